"""The reader: its promises on any text, and what it reaches on a paragraph of the seeds' kind."""

import threading
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answering.reader import WEIGHTS, Reader
from qa.answering.tokens import Cutter, runs
from qa.answering.training.evaluate import bare, kind, mark, overlap
from qa.errors import InputError

CONTEXT = (
    "市公安局开展专项行动以来,累计出动警力2980人次,走访群众1.2万余户,化解矛盾纠纷136起。"
    "6月29日,民警李建国在东风路派出所介绍,盗窃案件同比下降14.67%。"
)
# Like the questions that it learnt from, this one names whose figure it asks for.
QUESTION = "市公安局累计出动警力多少人次?"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("累计出动警力多少人次?", "2980人次"),
        ("化解矛盾纠纷多少起?", "136起"),
        ("盗窃案件同比下降多少?", "14.67%"),
        ("在派出所介绍情况的民警是谁?", "李建国"),
    ],
)
def test_bundled_finds_the_right_span_among_others(question, answer):
    reader = Reader.load()
    best = reader.best_spans(question, CONTEXT, 3)
    assert bare(CONTEXT[best[0].start : best[0].end]) == bare(answer)
    candidates = ["2980人次", "1.2万余户", "136起", "6月29日", "李建国", "14.67%"]
    spans = [(CONTEXT.index(c), CONTEXT.index(c) + len(c)) for c in candidates]
    scores = reader.score(question, CONTEXT, spans)
    assert candidates[int(np.argmax(scores))] == answer
    assert all(np.log(1e-6) - 1e-6 <= score <= 1e-6 for score in scores)


def test_proposed_spans_have_the_scores_that_score_gives():
    reader = Reader.load()
    best = reader.best_spans(QUESTION, CONTEXT, 4)
    scores = reader.score(QUESTION, CONTEXT, [(b.start, b.end) for b in best])
    assert scores == pytest.approx([b.score for b in best], abs=1e-4)
    assert all(a.end <= b.start or b.end <= a.start for i, a in enumerate(best) for b in best[:i])


def test_absence_is_likelier_where_the_context_does_not_answer():
    reader = Reader.load()
    other = "该校今年录取新生,图书馆新到一批图书,食堂换了新的桌椅。校长王敏在开学典礼上讲话。"
    assert reader.absence(QUESTION, CONTEXT) < 0.3 < 0.7 < reader.absence(QUESTION, other)


def test_probabilities_add_up():
    one = Reader.load().read(QUESTION, [CONTEXT])[0]
    assert float(one.share.sum()) + one.nothing == pytest.approx(1, abs=0.02)
    assert one.inside(0, len(CONTEXT)) == pytest.approx(float(one.share.sum()), abs=1e-6)
    at = CONTEXT.index("2980人次")
    assert one.inside(at, at + 6) > 0.5 > one.inside(at + 6, len(CONTEXT))


def test_each_context_is_read_as_it_would_be_alone():
    contexts = [CONTEXT, "当天天气晴朗。", "出动警力136人次。"]
    together = Reader.load().read(QUESTION, contexts)
    for context, found in zip(contexts, together, strict=True):
        alone = Reader.load().read(QUESTION, [context])[0]
        assert found.nothing == alone.nothing
        assert found.options() == alone.options()


def test_scores_are_the_same_every_time_and_in_every_thread():
    reader = Reader.load()
    spans = [(i, i + 4) for i in range(0, 40, 4)]
    wanted = reader.score(QUESTION, CONTEXT, spans)
    got = []
    threads = [threading.Thread(target=lambda: got.append(reader.score(QUESTION, CONTEXT, spans))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [wanted] * 6


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=200))
def test_any_text_gives_spans_within_it(question, context):
    for span in Reader.load().best_spans(question, context, 4):
        assert 0 <= span.start < span.end <= len(context)
        assert span.score <= 1e-6


@pytest.mark.parametrize(("question", "context"), [("", CONTEXT), (QUESTION, ""), (" ", " \n"), ("？？", "。。。")])
def test_empty_and_wordless_texts_are_scored_low(question, context):
    reader = Reader.load()
    assert len(reader.score(question, context, [(0, 1)])) == 1
    assert 0 <= reader.absence(question, context) <= 1


def test_long_contexts_are_read_in_windows():
    reader = Reader.load()
    filler = "当天天气晴朗,市民在公园散步,孩子们在草地上玩耍,老人们坐在树下聊天。" * 120
    text = filler + CONTEXT + filler
    best = reader.best_spans(QUESTION, text, 1)[0]
    assert text[best.start : best.end] == "2980人次"


def test_traditional_script_reads_alike():
    reader = Reader.load()
    question, context = "累計出動警力多少人次?", "市公安局開展專項行動以來,累計出動警力2980人次,走訪群眾1.2萬余戶。"
    best = reader.best_spans(question, context, 1)[0]
    assert context[best.start : best.end] == "2980人次"


def test_runs_cover_the_text_in_whole_sentences():
    tokens = Cutter.load(WEIGHTS / "tokenizer.json").cut(CONTEXT * 9)
    cut = list(runs(tokens, 70))
    assert [span for run in cut for span in run.spans] == list(tokens.spans)
    assert all(len(run) <= 70 for run in cut)
    assert all(a.spans[-1][1] == b.spans[0][0] and tokens.text[a.spans[-1][1] - 1] == "。" for a, b in pairwise(cut))


def test_halves_of_characters_are_read_like_any_other_unknown_one():
    best = Reader.load().best_spans("累计\ud800出动警力多少人次?", CONTEXT, 1)[0]
    assert CONTEXT[best.start : best.end] == "2980人次"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_tokens_stand_for_their_characters_in_order(text):
    tokens = Cutter.load(WEIGHTS / "tokenizer.json").cut(text)
    assert len(tokens.ids) == len(tokens.spans)
    assert all(0 <= a[0] < a[1] <= b[0] for a, b in pairwise(tokens.spans))
    assert not tokens.spans or tokens.spans[-1][1] <= len(text)


def test_marks_follow_the_rules_of_cmrc():
    assert overlap("2980人次", "2980人次。") == 1
    assert overlap("警力2980人", "2980人次") == pytest.approx(2 * 2 / (4 + 3))
    assert mark([("a", ["b", "a"]), ("x", ["y"])]).exact == 0.5
    kinds = {"6月29日": "date", "136起": "number", "14.67%": "number", "三百多人": "number", "李建国": "other"}
    assert {answer: kind(answer) for answer in kinds} == kinds


@pytest.mark.parametrize("name", ["reader.onnx", "tokenizer.json"])
def test_a_damaged_reader_is_named(tmp_path, name):
    for file in WEIGHTS.iterdir():
        (tmp_path / file.name).write_bytes(b"not this" if file.name == name else file.read_bytes())
    with pytest.raises(InputError, match=name.replace(".", r"\.")):
        Reader.load(tmp_path)


def test_a_folder_without_a_reader_is_named(tmp_path):
    with pytest.raises(InputError, match=r"tokenizer\.json"):
        Reader.load(tmp_path)
