"""BM25 against the textbook's sum, for one index, for a finished one with a recent one beside it, and for filters."""

from collections import Counter
from math import log
from pathlib import Path

import pytest

from qa.library.lexical import Document, LexicalDamaged, LexicalIndex, Lexicon, Terms

TEXTS = {
    (1, 1): "公安 局 出动 警力 2980 人次",
    (2, 1): "走访 从业 人员 3506 人",
    (3, 2): "公安 抓获 逃犯 2283 人 公安",
    (4, 2): "化解 矛盾 纠纷 14 起 排查 矛盾 纠纷 23 起",
    (5, 3): "警力 下沉 社区",
}
K1, B = 1.2, 0.75


def documents(keys=TEXTS):
    return [Document(key, group, TEXTS[key, group].split(), pairs(TEXTS[key, group])) for key, group in keys]


def pairs(text: str) -> list[str]:
    joined = text.replace(" ", "")
    return [joined[i : i + 2] for i in range(len(joined) - 1)]


def lexicon_of(among: list[Document], folder: Path | None = None) -> Lexicon:
    index = LexicalIndex.create(folder) if folder else LexicalIndex.in_memory()
    with index.writing() as add:
        for document in among:
            add(document)
    return Lexicon(LexicalIndex.open(folder) if folder else index, {
        "words": sum(len(document.words) for document in among),
        "pairs": sum(len(document.pairs) for document in among),
    })


def textbook(terms: Terms, among: list[Document]) -> dict[int, float]:
    """The sum as it stands in any book, over both fields."""
    scores: Counter[int] = Counter()
    for field, asked in (("words", terms.words), ("pairs", terms.pairs)):
        bags = {document.key: Counter(getattr(document, field)) for document in among}
        mean = sum(bag.total() for bag in bags.values()) / len(bags)
        for term in asked:
            having = sum(term in bag for bag in bags.values())
            idf = log(1 + (len(bags) - having + 0.5) / (having + 0.5))
            for key, bag in bags.items():
                if term in bag:
                    length = K1 * (1 - B + B * bag.total() / mean)
                    scores[key] += idf * bag[term] * (K1 + 1) / (bag[term] + length)
    return dict(scores)


QUESTIONS = [
    Terms(["公安", "警力"], pairs("公安 警力")),
    Terms(["矛盾", "纠纷", "矛盾"], pairs("矛盾纠纷")),
    Terms(["2283"], []),
    Terms([], pairs("出动警力多少人次")),
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_are_the_textbooks(question: Terms) -> None:
    lexicon = lexicon_of(documents())
    found = lexicon.search(question, 10)
    assert dict(found) == pytest.approx(textbook(question, documents()), rel=1e-5)
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))


def test_what_came_later_is_weighed_as_the_finished_index_weighs(tmp_path: Path) -> None:
    """A twin of a finished document scores what its twin scores, to the last digit that tantivy keeps."""
    lexicon = lexicon_of(documents(), tmp_path / "base")
    twins = [Document(one.key + 10, one.group + 10, one.words, one.pairs) for one in documents()]
    lexicon.update(twins, [])
    for question in QUESTIONS:
        found = dict(lexicon.search(question, 20))
        assert found and {key: found[key + 10] for key in found if key < 10} == pytest.approx(
            {key: found[key] for key in found if key < 10}, rel=1e-5)
    assert lexicon.frequency("words", "警力") == 4


def test_a_group_that_is_gone_is_never_found(tmp_path: Path) -> None:
    lexicon = lexicon_of(documents()[:4], tmp_path / "base")
    asked = Terms(["公安", "警力", "矛盾"], [])
    lexicon.update(documents()[4:], [2])
    assert {key for key, _ in lexicon.search(asked, 10)} == {1, 5}
    lexicon.update([], [3])
    assert {key for key, _ in lexicon.search(asked, 10)} == {1}


def test_only_the_keys_or_groups_that_were_asked_for_with_unchanged_scores() -> None:
    lexicon = lexicon_of(documents())
    scores = dict(lexicon.search(QUESTIONS[0], 10))
    assert dict(lexicon.search(QUESTIONS[0], 10, keys=[1, 2])) == pytest.approx({1: scores[1]})
    assert dict(lexicon.search(QUESTIONS[0], 10, groups=[2, 3])) == pytest.approx({3: scores[3], 5: scores[5]})
    assert lexicon.search(QUESTIONS[0], 10, groups=[]) == []


def test_a_folder_that_is_no_index_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(LexicalDamaged, match=str(tmp_path)):
        LexicalIndex.open(tmp_path)
    lexicon_of(documents(), tmp_path / "index")
    for path in (tmp_path / "index").glob("*.term"):
        path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(LexicalDamaged):
        LexicalIndex.open(tmp_path / "index").search([("words", "公安")], 3)
