"""Lexical search: BM25 over words plus BM25 over character pairs. The one home of tantivy.

An index knows documents as numbers with a group number (a passage and its article), and knows terms as strings. It
must not know where either comes from. ``Lexicon`` joins a finished index, on disk or in memory, with the few documents
that came since, so that adding one article writes nothing here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

import tantivy

from qa.errors import LibraryDamaged

# Memory for new documents before tantivy writes them out as a segment.
_HEAP = 128_000_000
# How fast a repeated word stops counting, and how much a document's length matters: tantivy's, which cannot be set.
K1, B = 1.2, 0.75
# A question of more different terms is no question; the rarest ones decide.
MAX_TERMS = 192
FIELDS = ("words", "pairs")


class LexicalDamaged(LibraryDamaged):
    """A lexical index on disk cannot be read; it is derived and can be built again."""


@dataclass(frozen=True, slots=True)
class Document:
    """What an index counts: a number, the number of its group, and its terms by field."""

    key: int
    group: int
    words: Sequence[str]
    pairs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a question by field."""

    words: Sequence[str]
    pairs: Sequence[str]

    def listed(self) -> list[tuple[str, str]]:
        """Return ``(field, term)`` in a fixed order, repeated ones as often as they are."""
        return [("words", term) for term in sorted(self.words)] + [("pairs", term) for term in sorted(self.pairs)]


class LexicalIndex:
    """One tantivy index, in a folder or in memory; written once, then only read."""

    def __init__(self, index: Any) -> None:  # noqa: ANN401 - tantivy's types say little
        index.register_tokenizer("spaces", _spaces())
        self._index = index
        self._searcher = index.searcher()

    @classmethod
    def in_memory(cls) -> LexicalIndex:
        """Return an empty index in memory."""
        return cls(tantivy.Index(_schema()))

    @classmethod
    def create(cls, folder: Path) -> LexicalIndex:
        """Return an empty index in a new folder."""
        folder.mkdir(parents=True)
        return cls(tantivy.Index(_schema(), path=str(folder)))

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Open the index in ``folder``; raises LexicalDamaged when it cannot be read."""
        with _guarded(folder):
            return cls(tantivy.Index.open(str(folder)))

    @contextmanager
    def writing(self) -> Iterator[Callable[[Document], None]]:
        """Give a function that adds a document; all are committed at the end."""
        with _guarded(None):
            # One thread: the same documents always make the same segments.
            writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            yield lambda document: writer.add_document(_document(document))
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()
            self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def frequencies(self, terms: Sequence[tuple[str, str]]) -> list[int]:
        """Return how many documents hold each ``(field, term)``."""
        with _guarded(None):
            return [int(self._searcher.doc_freq(field, term)) for field, term in terms]

    def holding(self, terms: Sequence[tuple[str, str]]) -> list[int]:
        """Return the documents that hold every ``(field, term)``."""
        if not len(self):
            return []
        with _guarded(None):
            schema, query = self._index.schema, tantivy.Query
            must = [(tantivy.Occur.Must, query.term_query(schema, field, term, "basic")) for field, term in terms]
            found = self._searcher.search(query.boolean_query(must), len(self), count=False).hits
            return [int(key) for key in self._searcher.fast_field_values("key", [address for _, address in found])]

    def search(self, terms: Sequence[tuple[str, str]], k: int, *, keys: Sequence[int] | None = None,
               groups: Sequence[int] | None = None, without: Sequence[int] = ()) -> list[tuple[int, float]]:
        """Return the ``k`` best ``(key, score)``, best first; only ``keys`` or ``groups`` if given, never ``without``.

        A document scores the sum of the BM25 (k1 1.2, b 0.75) of each ``(field, term)``.
        """
        if not terms or not len(self) or (keys is not None and not keys) or (groups is not None and not groups):
            return []
        with _guarded(None):
            query = self._query(terms, keys, groups, without)
            found = self._searcher.search(query, k, count=False).hits
            numbers = self._searcher.fast_field_values("key", [address for _, address in found])
        scored = [(int(key), float(score)) for key, (score, _) in zip(numbers, found, strict=True)]
        return sorted(scored, key=_best_first)

    def _query(self, terms: Sequence[tuple[str, str]], keys: Sequence[int] | None,
               groups: Sequence[int] | None, without: Sequence[int]) -> Any:  # noqa: ANN401
        schema, query = self._index.schema, tantivy.Query
        # Plain term queries, a repeated one twice: a boosted one would cost tantivy its short cuts.
        asked = query.boolean_query([
            (tantivy.Occur.Should, query.term_query(schema, field, term, "freq")) for field, term in terms
        ])
        clauses = [(tantivy.Occur.Must, asked)]
        for field, values in (("key", keys), ("group", groups)):
            if values is not None:
                only = query.term_set_query(schema, field, list(values))
                clauses.append((tantivy.Occur.Must, query.const_score_query(only, 0.0)))
        if without:
            clauses.append((tantivy.Occur.MustNot, query.term_set_query(schema, "group", list(without))))
        return query.boolean_query(clauses) if len(clauses) > 1 else asked


class RecentIndex:
    """A few documents in memory, scored like those of the finished index beside it."""

    def __init__(self) -> None:
        self._holding: dict[tuple[str, str], dict[int, int]] = {}  # (field, term) -> key -> how often
        self._lengths: dict[int, dict[str, int]] = {}
        self._groups: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._groups)

    def update(self, documents: Iterable[Document], gone: Container[int]) -> None:
        """Take the groups ``gone`` out and the documents in."""
        self._drop({key for key, group in self._groups.items() if group in gone})
        for document in documents:
            self._groups[document.key] = document.group
            self._lengths[document.key] = {"words": len(document.words), "pairs": len(document.pairs)}
            for field, terms in (("words", document.words), ("pairs", document.pairs)):
                for term, count in Counter(terms).items():
                    self._holding.setdefault((field, term), {})[document.key] = count

    def _drop(self, keys: set[int]) -> None:
        if keys:
            for key in keys:
                del self._groups[key], self._lengths[key]
            for holding in self._holding.values():
                for key in keys & holding.keys():
                    del holding[key]

    def frequency(self, field: str, term: str) -> int:
        """Return how many documents hold the term."""
        return len(self._holding.get((field, term), ()))

    def holding(self, terms: Sequence[tuple[str, str]]) -> set[int]:
        """Return the documents that hold every ``(field, term)``."""
        return set(self._groups).intersection(*(self._holding.get(term, {}) for term in terms))

    def search(self, weighted: Iterable[tuple[tuple[str, str], float]], means: Mapping[str, float],
               keys: Container[int] | None, groups: Container[int] | None) -> list[tuple[int, float]]:
        """Return every ``(key, score)``; ``weighted`` are ((field, term), idf), ``means`` the mean lengths by field."""
        scores: dict[int, float] = {}
        for (field, term), idf in weighted:
            for key, count in self._holding.get((field, term), {}).items():
                norm = K1 * (1 - B + B * self._lengths[key][field] / means[field])
                scores[key] = scores.get(key, 0.0) + idf * count * (K1 + 1) / (count + norm)
        return [(key, score) for key, score in scores.items()
                if (keys is None or key in keys) and (groups is None or self._groups[key] in groups)]


class Lexicon:
    """A finished index, and beside it what was added and removed since, searched as one.

    The finished one decides what a word weighs and how long a document is in the mean: it holds nearly everything,
    and so scores of both can be compared. ``lengths`` are the terms of all its documents, by field.
    """

    def __init__(self, base: LexicalIndex, lengths: Mapping[str, int]) -> None:
        self._base = base
        self._recent = RecentIndex()
        self._gone: set[int] = set()
        self._means = {field: max(lengths[field], 1) / max(len(base), 1) for field in FIELDS}

    def __len__(self) -> int:
        return len(self._base) + len(self._recent)

    def update(self, documents: Iterable[Document], gone: Iterable[int]) -> None:
        """Take the groups ``gone`` out and the documents in; nothing on disk changes."""
        gone = set(gone)
        self._gone |= gone
        self._recent.update(documents, gone)

    def frequency(self, field: str, term: str) -> int:
        """Return how many documents hold the term."""
        return self._base.frequencies([(field, term)])[0] + self._recent.frequency(field, term)

    def holding(self, terms: Sequence[tuple[str, str]]) -> list[int]:
        """Return the documents that hold every ``(field, term)``, those that are gone among them."""
        return sorted({*self._base.holding(terms), *self._recent.holding(terms)})

    def search(self, terms: Terms, k: int, *, keys: Sequence[int] | None = None,
               groups: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Return the ``k`` best ``(key, score)``, best first and of equal ones the smaller key."""
        asked = terms.listed()
        frequencies = dict(zip(asked, self._base.frequencies(asked), strict=True))
        rare = sorted((pair for pair in asked if frequencies[pair]), key=lambda pair: frequencies[pair])[:MAX_TERMS]
        found = self._base.search(rare, k, keys=keys, groups=groups, without=sorted(self._gone))
        if len(self._recent):
            weighted = [(pair, _idf(frequencies[pair], len(self._base))) for pair in asked]
            found += self._recent.search(weighted, self._means, None if keys is None else set(keys),
                                         None if groups is None else set(groups))
        return sorted(found, key=_best_first)[:k]


def _idf(frequency: int, documents: int) -> float:
    """Return the weight that tantivy gives a term that ``frequency`` of ``documents`` hold."""
    return log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def _best_first(found: tuple[int, float]) -> tuple[float, int]:
    return -found[1], found[0]


def _document(document: Document) -> Any:  # noqa: ANN401
    made = tantivy.Document()
    made.add_unsigned("key", document.key)
    made.add_unsigned("group", document.group)
    made.add_text("words", " ".join(document.words))
    made.add_text("pairs", " ".join(document.pairs))
    return made


def _schema() -> Any:  # noqa: ANN401
    builder = tantivy.SchemaBuilder()
    for name in ("key", "group"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    for name in FIELDS:
        builder.add_text_field(name, tokenizer_name="spaces", index_option="freq")
    return builder.build()


def _spaces() -> Any:  # noqa: ANN401
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


@contextmanager
def _guarded(folder: Path | None) -> Iterator[None]:
    """Turn tantivy's errors into ours; on a damaged index it raises PanicException, which is no Exception."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise LexicalDamaged(f"the lexical index {folder or ''} cannot be read: {error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise LexicalDamaged(f"the lexical index {folder or ''} cannot be read: {error}") from error
