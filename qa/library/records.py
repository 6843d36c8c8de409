"""What the store keeps for one article, and how it is packed into bytes that show any damage.

A passage is known everywhere in the library by one number, its key: the article's row number and the passage's place
in it. Row numbers are never given twice, so a key always means the same words.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, fields
from decimal import Decimal
from hashlib import blake2b
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from qa.errors import LibraryDamaged
from qa.types import Article, Figure, OffsetMap, Passage

# An article has fewer passages than this; a passage key is article row * PASSAGES_PER_ARTICLE + index.
PASSAGES_PER_ARTICLE = 1 << 20
DIGEST = 16

Vectors: TypeAlias = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Record:
    """One article with all that is derived from it before it is stored.

    ``spans`` are the passages' offsets; ``words`` holds the search words of the title and then of each passage;
    ``vectors`` is one row a passage, shape (len(spans), dimension).
    """

    article: Article
    spans: tuple[tuple[int, int], ...]
    words: tuple[tuple[str, ...], ...]
    vectors: Vectors
    figures: tuple[Figure, ...] = ()
    sketch: bytes = b""


@dataclass(frozen=True, slots=True)
class State:
    """What the last commit left: readers and derived indexes compare these."""

    generation: int
    token: str  # a random name of the generation: two histories never share one
    articles: int
    passages: int
    total: int  # sum of the articles' seals, modulo 2**128


@dataclass(frozen=True, slots=True)
class Stored:
    """An article as it lies in the store: its row number, and its passages' offsets."""

    key: int
    article: Article
    spans: tuple[tuple[int, int], ...]
    sketch: bytes
    seal: bytes


@dataclass(frozen=True, slots=True)
class Salvaged:
    """An article that is whole in a damaged store; ``vectors`` are packed, None when they are not whole."""

    stored: Stored
    vectors: bytes | None
    fingerprint: str  # of the model they are from


@dataclass(frozen=True, slots=True)
class FileRow:
    """What is remembered of a file that was indexed: enough to see that it has not changed."""

    path: str
    size: int
    modified: int
    changed: int
    inode: int
    noted: int  # when it was looked at, ns; a file as young as this may still change within the same tick
    digest: bytes


def passage_key(article_key: int, index: int) -> int:
    """Return the number by which the derived indexes know a passage."""
    return article_key * PASSAGES_PER_ARTICLE + index


def split_key(key: int) -> tuple[int, int]:
    """Return ``(article row, passage index)`` of a passage key."""
    return divmod(key, PASSAGES_PER_ARTICLE)


def passage(article: Article, spans: tuple[tuple[int, int], ...], index: int) -> Passage:
    """Return one passage of the article, cut at its stored offsets."""
    start, end = spans[index]
    return Passage(article.id, index, start, end, article.text[start:end])


def digest(*parts: bytes) -> bytes:
    """Return a 16-byte digest of the parts; where one ends and the next begins counts too."""
    state = blake2b(digest_size=DIGEST)
    for part in parts:
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
    return state.digest()


def seal(kind: str, key: int, body: bytes) -> bytes:
    """Return ``body`` behind a digest that also covers what it is and whose it is."""
    return digest(kind.encode(), key.to_bytes(8, "little"), body) + body


def is_sealed(kind: str, key: int, sealed: bytes) -> bool:
    """Tell whether not a single bit differs from what :func:`seal` returned."""
    return sealed[:DIGEST] == digest(kind.encode(), key.to_bytes(8, "little"), sealed[DIGEST:])


def unseal(kind: str, key: int, sealed: bytes) -> bytes:
    """Return the body of :func:`seal`; raises LibraryDamaged when a single bit differs."""
    if not is_sealed(kind, key, sealed):
        message = f"the {kind} of article row {key} are damaged: run `wenju check --repair`"
        raise LibraryDamaged(message)
    return sealed[DIGEST:]


def pack_pairs(pairs: tuple[tuple[int, ...], ...]) -> bytes:
    """Pack rows of non-negative integers, differences first, so that long offset maps stay small."""
    table = np.array(pairs, dtype="<i8")
    return zlib.compress(np.diff(table, axis=0, prepend=0).tobytes(), 6) if pairs else b""


def unpack_pairs(data: bytes, width: int) -> tuple[tuple[int, ...], ...]:
    """Return the rows of :func:`pack_pairs`, ``width`` integers each."""
    if not data:
        return ()
    table = np.cumsum(np.frombuffer(zlib.decompress(data), dtype="<i8").reshape(-1, width), axis=0)
    return tuple(map(tuple, table.tolist()))


def pack_words(words: tuple[tuple[str, ...], ...]) -> bytes:
    """Pack the search words, one line a passage; words hold no white space."""
    return zlib.compress("\n".join(map(" ".join, words)).encode("utf-8", "surrogatepass"), 3)


def unpack_words(data: bytes) -> list[list[str]]:
    """Return the words of :func:`pack_words`: the title's first, then each passage's."""
    lines = zlib.decompress(data).decode("utf-8", "surrogatepass").split("\n")
    return [line.split(" ") if line else [] for line in lines]


def pack_vectors(vectors: Vectors) -> bytes:
    """Pack rows of half-precision numbers."""
    return np.ascontiguousarray(vectors, dtype="<f2").tobytes()


def unpack_vectors(data: bytes, dimension: int) -> Vectors:
    """Return the rows of :func:`pack_vectors`, shape (n, dimension)."""
    return np.frombuffer(data, dtype="<f2").reshape(-1, dimension)


def pack_figures(figures: tuple[Figure, ...]) -> bytes:
    """Pack the ledger of one article as JSON; values stay exact decimals."""
    rows = [{name: getattr(each, name) for name in _FIGURE_FIELDS} | {"value": str(each.value)} for each in figures]
    return json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass")


def unpack_figures(data: bytes) -> list[Figure]:
    """Return the figures of :func:`pack_figures`."""
    rows = json.loads(data.decode("utf-8", "surrogatepass"))
    return [Figure(**(row | {"value": Decimal(row["value"])})) for row in rows]


_FIGURE_FIELDS = tuple(field.name for field in fields(Figure))


def unpack_offsets(data: bytes) -> OffsetMap:
    """Return the offset map that was packed as rows of three."""
    return OffsetMap(tuple((a, b, c) for a, b, c in unpack_pairs(data, 3)))


def spans_problem(article: Article, spans: tuple[tuple[int, int], ...]) -> str:
    """Return what is wrong with the passages' offsets, or an empty string: in order, not empty, inside the text."""
    if any(not 0 <= start < end <= len(article.text) for start, end in spans):
        return "a passage lies outside its article"
    if any(after[0] < before[1] for before, after in pairwise(spans)):
        return "passages overlap"
    return ""
