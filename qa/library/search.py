"""Hybrid search: passages by words, by the words of their whole article, and by meaning; scores added.

A passage says 该局 or 全县 where only the article names the place, so what the whole article scores counts as much as
what the passage itself does. Ranks are never fused: on police questions that lost seven points at rank 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from qa.errors import InputError
from qa.language.scripts import fold
from qa.language.words import bigram_terms, word_terms
from qa.library.derived import Derived
from qa.library.lexical import Lexicon, Terms
from qa.library.records import passage_key, split_key
from qa.library.store import Store

# Weights of the article's own words and of meaning, beside 1.0 for the passage's words (its best score is 1.0 too).
# Among all news an article's weight of 2 instead of 1 raised recall@5 of paraphrases from .359 to .410, and of plain
# questions about local reports from .935 to .953 (recall@1 from .663 to .675); 3 to 6 lost plain questions at rank 1.
ARTICLE_WEIGHT = 2.0
MEANING_WEIGHT = 0.7
# So many of the best by each measure are looked at by all the measures.
CANDIDATES = 200
# All passages of so many of the best articles are looked at too: the one that answers may share no word.
WHOLE_ARTICLES = 10
# A vector stands for a passage together with this share of its article's mean.
CONTEXT_SHARE = 0.5
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_DAY = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may be found; an empty string lets all pass. ``since``, ``until``: 2023, 2023-10 or 2023-10-09."""

    source: str = ""
    publisher: str = ""
    since: str = ""
    until: str = ""
    agency: str = ""

    @classmethod
    def of(cls, source: str | None, publisher: str | None, since: str | date | None, until: str | date | None,
           agency: str | None) -> Filters:
        """Check what was asked for; raises InputError for a day that is none."""
        days = ["" if day is None else str(day).strip() for day in (since, until)]
        for day in filter(None, days):
            check_day(day)
        return cls((source or "").strip(), (publisher or "").strip(), days[0], days[1], (agency or "").strip())

    def __bool__(self) -> bool:
        return any((self.source, self.publisher, self.since, self.until, self.agency))


def check_day(text: str) -> None:
    """Raise InputError where ``text`` is no year, month or day in ISO form."""
    if not _DAY.fullmatch(text):
        raise InputError(f"{text!r} is no date: write 2023, 2023-10 or 2023-10-09")


def with_context(vectors: Floats) -> Floats:
    """Return the vectors that stand for an article's passages: each with a share of their mean, of length 1 or 0."""
    if not len(vectors):
        return vectors
    mixed = vectors + CONTEXT_SHARE * vectors.mean(axis=0)
    lengths = np.linalg.norm(mixed, axis=1, keepdims=True)
    return np.asarray(mixed / np.where(lengths > 0, lengths, 1), np.float32)


def has_chinese(text: str) -> bool:
    """Tell whether meaning can be compared: the vectors know Chinese, and mislead for other languages."""
    return _CHINESE.search(text) is not None


def allowed_articles(store: Store, derived: Derived, filters: Filters) -> list[int] | None:
    """Return the rows of the articles that the filters let pass, None when all do."""
    if not filters:
        return None
    conditions, values = ["1"], []
    for column, wanted in (("source", filters.source), ("publisher", filters.publisher)):
        if wanted:
            conditions.append(f"instr(lower({column}), lower(?)) > 0")
            values.append(wanted)
    if filters.since:
        conditions.append("published >= ?")
        values.append(filters.since)
    if filters.until:
        conditions.append("published != '' AND substr(published, 1, length(?)) <= ?")
        values += [filters.until, filters.until]
    keys = store.select(" AND ".join(conditions), values)
    return _naming(store, derived, keys, filters.agency) if filters.agency else keys


def _naming(store: Store, derived: Derived, keys: list[int], agency: str) -> list[int]:
    """Return those of the articles that name the agency, whatever the script."""
    pairs = [("pairs", term) for term in dict.fromkeys(bigram_terms(agency))]
    possible = set(derived.articles.holding(pairs)) if pairs else set(keys)
    wanted = fold(agency)
    articles = ((key, store.article(key).article) for key in keys if key in possible)
    return [key for key, article in articles if wanted in fold(article.title) or wanted in fold(article.text)]


def ranked(question: str, store: Store, derived: Derived, vector: Floats | None,
           allowed: Sequence[int] | None = None) -> list[tuple[int, float]]:
    """Return ``(passage key, score)`` of what may fit, best first; ``vector`` stands for the question, (dimension,)."""
    terms = Terms(word_terms(question), bigram_terms(question))
    words = dict(derived.passages.search(terms, CANDIDATES, groups=allowed))
    articles = dict(derived.articles.search(terms, CANDIDATES, keys=allowed))
    meanings = _nearest(store, derived, vector, allowed)
    candidates = {*words, *meanings, *_passages_of(store, list(articles)[:WHOLE_ARTICLES])}
    words |= _rest(derived.passages, terms, candidates - words.keys())
    articles |= _rest(derived.articles, terms, {split_key(key)[0] for key in candidates} - articles.keys())
    meanings |= _cosines(derived, vector, candidates - meanings.keys())
    best_words, best_article = max(words.values(), default=0.0) or 1.0, max(articles.values(), default=0.0) or 1.0
    found = [
        (key, words.get(key, 0.0) / best_words + ARTICLE_WEIGHT * articles.get(split_key(key)[0], 0.0) / best_article
         + MEANING_WEIGHT * meanings.get(key, 0.0))
        for key in candidates
    ]
    return sorted((pair for pair in found if pair[1] > 0), key=lambda pair: (-pair[1], pair[0]))


def _rest(lexicon: Lexicon, terms: Terms, keys: set[int]) -> dict[int, float]:
    """Return the scores of documents that were not among the best."""
    return dict(lexicon.search(terms, len(keys), keys=sorted(keys))) if keys else {}


def _nearest(store: Store, derived: Derived, vector: Floats | None, allowed: Sequence[int] | None) -> dict[int, float]:
    """Return the cosines of the passages nearest in meaning."""
    if vector is None or not vector.any() or not len(derived.vectors):
        return {}
    among = None if allowed is None else _passages_of(store, allowed)
    scores, keys = derived.vectors.search(vector[None, :], CANDIDATES, among=among)
    return dict(zip(keys[0].tolist(), scores[0].tolist(), strict=True))


def _cosines(derived: Derived, vector: Floats | None, keys: Iterable[int]) -> dict[int, float]:
    """Return the cosines of given passages."""
    wanted = sorted(keys)
    if vector is None or not vector.any() or not wanted:
        return {}
    return dict(zip(wanted, (derived.vectors.vectors(wanted) @ vector).tolist(), strict=True))


def _passages_of(store: Store, articles: Iterable[int]) -> list[int]:
    return [passage_key(key, index) for key in articles for index in range(store.passage_count(key))]
