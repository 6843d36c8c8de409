"""The judge and the table against figures worked out by hand."""

import json

import pytest

from qa.errors import InputError
from qa.evaluation import Given, Gold, Quoted, judge, read_answers, read_gold, score
from qa.evaluation.judge import comparable, holds
from qa.evaluation.score import reliability


def gold(**changes):
    fields = {
        "id": "g1",
        "type": "figure",
        "style": "plain",
        "turns": ("出动多少警力?",),
        "answers": ("2980", "2980人次"),
        "all_of": (),
        "distractors": ("325辆次",),
        "quotes": ("该局累计出动警力2980人次",),
        "answerable": True,
        "note": "",
    }
    return Gold(**fields | changes)


def said(headline, *quotes, abstained=False, text="", confidence=None):
    return Given(headline, text or headline, abstained, tuple(Quoted("a.txt", quote) for quote in quotes), confidence)


@pytest.mark.parametrize(
    ("form", "text", "found"),
    [
        ("2980人次", "出動警力2980人次", True),
        ("2980", "2,980人次", True),
        ("46人", "146人", False),
        ("46", "46.5%", False),
        ("46", "46%", False),
        ("五", "百分之五", True),
        ("5", "5分之一", False),
        ("14.67%", "上升14.67%", True),
        ("4.67%", "14.67%", False),
        ("评出", "評(píng)出", True),
        ("“雷霆1号”", "雷霆1号", True),
        ("", "什么都行", False),
    ],
)
def test_a_form_counts_only_at_digit_boundaries(form, text, found):
    assert holds(form, text) is found


def test_what_does_not_change_a_value_is_folded_away():
    assert comparable("截至６月２９日,“出動 警力”1,234人 次。") == "截至6月29日出动警力1,234人次"
    assert comparable("3.5万、4") == "3.5万、4"
    assert comparable("评(píng)、出。") == "评出"


@pytest.mark.parametrize(
    ("changes", "answer", "verdict", "cited"),
    [
        ({}, said("2980人次", "累计出动警力2980人次"), "correct", True),
        ({}, said("2980人次", "别的一句话,没有数字"), "correct", False),
        ({}, said("2980人次", "该局累计出动警力"), "correct", True),
        ({}, said("2980人次", "出动"), "correct", False),
        ({}, said("12980人次"), "wrong", False),
        ({}, said("2980人次,325辆次"), "wrong", False),
        ({}, said("2980人次,另有17起"), "wrong", False),
        ({}, said("6月29日2980人次"), "correct", False),
        ({}, said("2980人次" + "字" * 60), "wrong", False),
        ({}, said("", abstained=True), "refused", False),
        ({"type": "person", "answers": ("张三",)}, said("张三"), "correct", False),
        ({"type": "person", "answers": ("张三",)}, said("张三" + "字" * 59), "wrong", False),
        ({"type": "comparison", "answers": ("甲",)}, said("甲,325辆次对17辆次" + "字" * 60), "correct", False),
        ({"type": "followup", "answers": ("17起",)}, said("17起" + "字" * 60), "wrong", False),
        ({"answerable": False, "answers": ()}, said("", abstained=True), "refused-right", False),
        ({"answerable": False, "answers": ()}, said("17起"), "invented", False),
        ({"answerable": False, "note": "false_premise"}, said("17起", text="并非17起"), "corrected", False),
        ({"answerable": False, "note": "false_premise"}, said("17起", text="是17起"), "invented", False),
    ],
)
def test_verdicts(changes, answer, verdict, cited):
    got = judge(gold(**changes), answer)
    assert (got.name, got.cited) == (verdict, cited)


def test_a_list_needs_every_element_and_no_pasted_paragraph():
    wanted = gold(type="list", answers=(), all_of=(("雷霆1号",), ("雷霆2号", "二号")), distractors=())
    assert judge(wanted, said("雷霆1号、雷霆2号")).name == "correct"
    assert judge(wanted, said("雷霆1号、二号")).name == "correct"
    assert judge(wanted, said("雷霆1号")).name == "wrong"
    # The elements have 8 characters: 3 * 8 + 40 = 64 are allowed.
    assert judge(wanted, said("雷霆1号雷霆2号" + "字" * 56)).name == "correct"
    assert judge(wanted, said("雷霆1号雷霆2号" + "字" * 57)).name == "wrong"


def test_a_description_may_be_longer():
    wanted = gold(type="descriptive", answers=(), all_of=(("走访",),), distractors=())
    assert judge(wanted, said("走访" + "字" * 118)).name == "correct"
    assert judge(wanted, said("走访" + "字" * 119)).name == "wrong"


def test_the_table_has_the_figures_worked_out_by_hand():
    questions = [
        gold(id="a"),
        gold(id="b", style="typo"),
        gold(id="c", type="person", answers=("张三",), distractors=()),
        gold(id="d", type="percent", answers=("5%",), distractors=()),
        gold(id="e", type="unanswerable", answerable=False, answers=(), quotes=()),
        gold(id="f", type="unanswerable", answerable=False, answers=(), quotes=()),
        gold(id="g", type="person", answers=("李四",), distractors=()),
    ]
    answers = {
        "a": said("2980人次", "累计出动警力2980人次", confidence=0.9),
        "b": said("325辆次", "警车325辆次", confidence=0.7),
        "c": said("张三", "此句不在文中", confidence=0.95),
        "d": said("", abstained=True, confidence=0.1),
        "e": said("", abstained=True),
        "f": said("17起", confidence=0.3),
    }
    scores = score(questions, answers, {"a.txt": "该局累计出动警力2980人次、警車325輛次。"}.get)
    assert scores.questions == 7
    assert scores.correct == pytest.approx(2 / 5)
    assert scores.figures_correct == pytest.approx(1 / 3)
    assert scores.wrong == pytest.approx(1 / 5)
    assert scores.over_refused == pytest.approx(1 / 5)
    assert scores.missing == 1
    assert scores.invented_on_unanswerable == pytest.approx(1 / 2)
    assert scores.cited_when_correct == pytest.approx(1 / 2)
    assert scores.verbatim_citations == pytest.approx(2 / 3)
    assert scores.citations == 3
    assert scores.by_type == {"figure": "1/2", "percent": "0/1", "person": "1/2", "unanswerable": "1/2"}
    assert scores.by_style == {"plain": "3/6", "typo": "0/1"}
    lines = scores.table().splitlines()
    assert lines[0] == "b | wrong | 出动多少警力? | ['2980', '2980人次'] | 325辆次"
    assert "f | invented | 出动多少警力? | abstain | 17起" in lines
    assert "g | missing | 出动多少警力? | ['李四'] | None" in lines
    assert "correct: 0.400" in lines
    assert "missing: 1" in lines


def test_reliability_by_hand():
    rows = [
        (said("甲", confidence=0.9), True),
        (said("乙", confidence=1.0), True),
        (said("丙", confidence=0.8), False),
        (said("丁", confidence=0.1), False),
        (said("", abstained=True, confidence=0.1), True),
        (said("戊"), True),
    ]
    low, high = reliability(rows)
    assert (low.low, low.high, low.answers, low.confidence, low.right) == (0.0, 0.2, 1, 0.1, 0.0)
    assert (high.low, high.answers) == (0.8, 3)
    assert high.confidence == pytest.approx(0.9)
    assert high.right == pytest.approx(2 / 3)


def test_calibration_error_by_hand():
    questions = [gold(id="a"), gold(id="b")]
    answers = {"a": said("2980", confidence=0.7), "b": said("17", confidence=0.3)}
    # |0.7 - 1| and |0.3 - 0|, one answer each.
    assert score(questions, answers, {}.get).calibration_error == pytest.approx(0.3)


def test_gold_and_answers_are_read_and_checked(tmp_path):
    file = tmp_path / "gold.jsonl"
    row = {"id": 7, "type": "list", "style": "plain", "turns": ["问"], "answers": ["甲"], "answerable": True}
    row |= {"all_of": ["甲", ["乙", "丙"]], "evidence": [{"doc": "a.txt", "quote": "甲乙"}]}
    file.write_text("\ufeff" + json.dumps(row) + "\n\n", encoding="utf-8")
    (only,) = read_gold(file)
    assert (only.id, only.all_of, only.quotes, only.note) == ("7", (("甲",), ("乙", "丙")), ("甲乙",), "")
    for text, words in [("", "no questions"), ("{", "line 1 is not JSON"), ("[]", "line 1"), ("{}", "no 'id'")]:
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=words):
            read_gold(file)
    with pytest.raises(InputError, match="cannot read"):
        read_gold(tmp_path / "none.jsonl")


def test_printed_answers_are_read(tmp_path):
    file = tmp_path / "answers.jsonl"
    row = {
        "id": "a",
        "headline": "甲",
        "text": "甲[1]",
        "abstained": False,
        "citations": [{"source": "x", "quote": "甲乙"}],
    }
    file.write_text("a log line\n" + json.dumps(row) + "\n", encoding="utf-8")
    assert read_answers(file) == {"a": Given("甲", "甲[1]", False, (Quoted("x", "甲乙"),), None)}
    file.write_text('{"id": "a"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        read_answers(file)
