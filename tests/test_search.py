"""Hybrid search against the sum written out, and its dense part against numpy."""

from pathlib import Path

import numpy as np
import pytest

from qa.errors import LibraryError
from qa.language.scripts import fold
from qa.language.words import bigram_terms, word_terms
from qa.library import Library
from qa.library.lexical import Terms
from qa.library.records import split_key
from qa.library.search import ARTICLE_WEIGHT, MEANING_WEIGHT, with_context

SEEDS = Path(__file__).parent.parent / "seeds"


class Characters:
    """A real, small model: a text is how often each character occurs in it, hashed into 64 places."""

    def __init__(self, places: int = 64) -> None:
        self.dimension, self.name = places, f"characters-{places}"

    @property
    def fingerprint(self) -> str:
        return self.name

    def encode_passages(self, texts) -> np.ndarray:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for character in fold(text):
                row[ord(character) % self.dimension] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)

    encode_queries = encode_passages


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory):
    with Library.open(tmp_path_factory.mktemp("search") / "library", embedder=Characters()) as opened:
        opened.add(SEEDS)
        yield opened


@pytest.mark.parametrize("question", ["新乡公安抓获各类逃犯多少人?", "出动警力2980人次", "靖边县的百日严打"])
def test_a_score_is_the_weighted_sum_of_its_three_parts(library: Library, question: str) -> None:
    model = Characters()
    with library._searching() as (store, derived):
        terms = Terms(word_terms(question), bigram_terms(question))
        words = dict(derived.passages.search(terms, 10_000))
        articles = dict(derived.articles.search(terms, 10_000))
        expected = {}
        for key in store.article_keys():
            stored = store.article(key)
            texts = [stored.article.text[start:end] for start, end in stored.spans]
            rows = model.encode_passages(texts)
            mixed = rows + 0.5 * rows.mean(axis=0)
            cosines = mixed @ model.encode_queries([question])[0] / np.linalg.norm(mixed, axis=1)
            for index, cosine in enumerate(cosines):
                own = words.get((key << 20) + index, 0.0) / max(words.values())
                whole = articles.get(key, 0.0) / max(articles.values())
                expected[stored.article.id, index] = own + ARTICLE_WEIGHT * whole + MEANING_WEIGHT * float(cosine)
    found = {(hit.article.id, hit.passage.index): hit.score for hit in library.search(question, k=30)}
    best = dict(sorted(expected.items(), key=lambda pair: -pair[1])[:30])
    assert found == pytest.approx({key: expected[key] for key in found}, abs=2e-3)  # vectors are kept in half precision
    assert list(found)[:5] == list(best)[:5]


def test_context_is_half_the_mean_of_the_article() -> None:
    rows = np.array([[1, 0], [0, 1]], np.float32)
    mixed = np.array([[1.25, 0.25], [0.25, 1.25]])
    assert with_context(rows) == pytest.approx(mixed / np.linalg.norm(mixed, axis=1, keepdims=True))
    assert with_context(np.zeros((2, 2), np.float32)).tolist() == [[0, 0], [0, 0]]


def test_questions_without_chinese_are_left_to_the_words(library: Library) -> None:
    with library._searching() as (store, derived):
        terms = Terms(word_terms("APP 2980"), bigram_terms("APP 2980"))
        best = derived.passages.search(terms, 1)[0][0]
        expected = store.article(split_key(best)[0]).article.source
    hit = library.search("APP 2980", k=1)[0]
    assert (hit.article.source, hit.score) == (expected, pytest.approx(1 + ARTICLE_WEIGHT, abs=1e-6))


def test_another_model_is_refused_or_encodes_anew(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", embedder=Characters()) as first:
        first.add(SEEDS)
        before = [hit.passage for hit in first.search("新乡 逃犯")]
    with pytest.raises(LibraryError, match=r"'characters-64', not with 'characters-32'.*reencode"):
        Library.open(tmp_path / "library", embedder=Characters(32))
    with Library.open(tmp_path / "library", embedder=Characters(32), reencode=True) as second:
        assert [hit.passage for hit in second.search("新乡 逃犯")][:1] == before[:1]
        assert second.check() == []
        with second._searching() as (store, derived):
            assert len(derived.vectors) == second.passage_count and derived.vectors.dimension == 32
            assert len(store.article_keys()) == 5
    with pytest.raises(LibraryError, match="characters-32"):
        Library.open(tmp_path / "library", embedder=Characters())
    with Library.open(tmp_path / "library", embedder=Characters(32)) as third:
        assert third.search("新乡 逃犯")[0].passage == before[0]


def test_words_that_were_cut_otherwise_are_cut_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Library.open(tmp_path / "library", embedder=Characters()) as first:
        first.add(SEEDS)
        before = first.search("新乡 逃犯")
        with first._folder.writing() as store, store.write() as transaction:
            for key in store.article_keys():
                count = len(store.article(key).spans)
                from qa.library.records import pack_words

                transaction.replace_part("words", key, pack_words((("旧",),) * (count + 1)))
            transaction.set_meta("words", "0")
    with Library.open(tmp_path / "library", embedder=Characters()) as second:
        assert second.search("新乡 逃犯") == before
        assert second.document_frequency("旧") == 0 and second.check() == []
    assert "words are made anew for 5 articles" in caplog.text
