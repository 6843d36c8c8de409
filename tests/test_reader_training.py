"""The reader's training: tables against counting by hand, made questions by value, crops, and one small run."""

import gzip
import json
import random

import numpy as np
import pytest

from qa.answering.matching import Vocabulary, rarity
from qa.answering.pieces import pieces
from qa.answering.reader import Reader
from qa.answering.training import __main__ as command
from qa.answering.training.data import crops, encode
from qa.answering.training.files import Asked, read_ids
from qa.answering.training.silver import Maker, targets
from qa.answering.training.vectors import count_pairs, embed_counts, most_frequent
from qa.answering.training.weights import quantise
from qa.answering.training.wording import Wording

NEWS = (
    "6月29日,记者从市公安局获悉,今年以来全市累计出动警力2980人次,同比上升14.67%。民警王建国介绍,"
    "因部分路段积水严重,车辆绕行《滨河快速路方案》指定路线。"
)


def vocabulary() -> Vocabulary:
    words = ["警力", "累计", "出动"]
    return Vocabulary(words, list("警力累计出动多少"), ["n", "v", "m", "nr"], rarity(np.array([9, 5, 3])))


def asked(text: str, question: str, *answers: str) -> Asked:
    places = tuple((text.index(a), text.index(a) + len(a)) for a in answers)
    return Asked("q", question, "c", "page", text, answers, places)


def test_pairs_are_counted_as_by_hand():
    sequences = [[0, 1, 2, 0], [1, -1, 1]]
    wanted = np.zeros((3, 3))
    for sequence in sequences:
        for i, a in enumerate(sequence):
            for j, b in enumerate(sequence):
                if 0 < abs(i - j) <= 2 and a >= 0 and b >= 0:
                    wanted[a, b] += 1 / abs(i - j)
    assert np.allclose(count_pairs(sequences, 3, 2).toarray(), wanted)


def test_words_in_like_company_get_like_vectors():
    # 0 and 1 stand among 2..5, 6 and 7 among 8..11: two groups that never meet.
    rng = random.Random(1)
    sequences = [[rng.choice([0, 1]), *rng.sample(range(2, 6), 3)] for _ in range(300)]
    sequences += [[rng.choice([6, 7]), *rng.sample(range(8, 12), 3)] for _ in range(300)]
    vectors = embed_counts(count_pairs(sequences, 12, 3), 4, seed=1)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.9 > 0.2 > abs(vectors[0] @ vectors[6])


def test_frequent_keys_come_first_and_ties_in_order():
    assert most_frequent([["b", "a", "c"], ["b", "a"], ["d"]], 3, least=1) == ["a", "b", "c"]


def test_bytes_hold_the_table_within_half_a_step():
    table = np.random.default_rng(0).normal(size=(50, 16)).astype(np.float32)
    held, scale = quantise(table)
    assert held.dtype == np.int8
    assert np.all(np.abs(held * scale[:, None] - table) <= scale[:, None] * 0.57)


def test_targets_are_figures_dates_names_titles_and_reasons():
    cut = pieces(NEWS)
    found = ["".join(p.text for p in cut[t.first : t.last + 1]) for t in targets(cut)]
    assert {"6月29日", "2980人次", "14.67%", "王建国"} <= set(found)
    assert any(text.startswith("《滨河") for text in found)
    assert any(text.startswith("部分路段") for text in found)


def test_made_questions_ask_for_what_stands_at_their_span():
    words = Wording(["警力"], np.ones((1, 4), dtype=np.float32))
    made = list(Maker(vocabulary(), words, random.Random(5)).questions([NEWS] * 5, each=6))
    assert len(made) >= 15
    for question in made:
        cut = question.context.encoded.pieces
        for first, last in question.spans:
            assert NEWS[cut[first].start : cut[last].end] == question.answers[0]
        assert question.answers[0] not in question.text
    again = list(Maker(vocabulary(), words, random.Random(5)).questions([NEWS] * 5, each=6))
    assert [q.text for q in again] == [q.text for q in made]


def test_everyday_words_stand_for_official_ones():
    words = Wording(["警力"], np.ones((1, 4), dtype=np.float32))
    assert words.other("抓获", random.Random(1)) in {"抓了", "抓住", "抓到", "逮住", "捉拿归案", "捕获", "擒获"}
    assert words.other("滨河", random.Random(1)) == "滨河"


def test_crops_hold_the_answer_or_leave_it_out():
    text = "甲地天气晴朗,市民出行。" * 20 + "全市出动警力2980人次。" + "乙地正在修建道路,车辆绕行。" * 20
    questions = encode([asked(text, "出动警力多少?", "2980人次")], vocabulary())
    for seed in range(20):
        kept = crops(questions, 60, 0.0, random.Random(seed))[0]
        (first, last), = kept.spans[0]
        assert "".join(p.text for p in kept.context.pieces[first : last + 1]) == "2980人次"
        assert len(kept.context) <= 60
        for gone in crops(questions, 60, 1.0, random.Random(seed)):
            assert gone.spans == ((),)
            assert "2980" not in "".join(p.text for p in gone.context.pieces)


def test_ids_are_found_in_any_file(tmp_path):
    (tmp_path / "a.json").write_text('{"final": ["crud-000015"]}')
    (tmp_path / "b.jsonl").write_text('{"doc": "crud-012345"}\n')
    assert read_ids(sorted(tmp_path.iterdir())) == {"crud-000015", "crud-012345"}


def write_lines(path, rows):
    path.parent.mkdir(exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.mark.slow
def test_one_command_makes_a_reader_that_learns(tmp_path):
    """A world of one pattern: what is asked for stands after the word of the question."""
    rng = random.Random(1)
    names = ["警力", "车辆", "群众", "企业", "道路", "学校", "医院", "商店"]

    def world(i):
        picked = rng.sample(names, 4)
        values = rng.sample(range(100, 999), 4)
        text = ",".join(f"{name}共有{value}个" for name, value in zip(picked, values, strict=True)) + "。"
        at = rng.randrange(4)
        answer = {"text": f"{values[at]}个", "start": text.index(f"{values[at]}个")}
        return {"id": f"c{i}", "title": "", "text": text}, {
            "id": f"q{i}", "question": f"{picked[at]}有多少?", "context_id": f"c{i}", "answers": [answer]}

    for name, count in zip(command.HUMAN, (600, 30), strict=True):
        rows = [world(i) for i in range(count)]
        write_lines(tmp_path / f"train/{name}.contexts.jsonl.gz", [c for c, _ in rows])
        write_lines(tmp_path / f"train/{name}.questions.jsonl.gz", [q for _, q in rows])
    for name in ("police-local", "general", "cctv"):
        write_lines(tmp_path / f"news/{name}.jsonl.gz", [{"id": f"x-{i}", "text": NEWS} for i in range(12)])
    command.main(["--data", str(tmp_path), "--out", str(tmp_path / "out"), "--rounds", "12", "--size", "32"])
    reader = Reader.load(tmp_path / "out/reader.safetensors")
    right = 0
    for i in range(40):
        context, question = world(1000 + i)
        best = reader.best_spans(question["question"], context["text"], 1)[0]
        right += context["text"][best.start : best.end] == question["answers"][0]["text"]
    assert right >= 32
