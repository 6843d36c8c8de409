"""The tables that training starts from: words and characters of plain text with their counts and vectors."""

from __future__ import annotations

import array
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from qa.answering.matching import Vocabulary, rarity
from qa.answering.pieces import pieces, shape
from qa.answering.training.progress import Progress
from qa.answering.training.vectors import Array, count_pairs, embed_counts

WORDS, WORD_SIZE, CHARACTER_SIZE, WINDOW = 60_000, 128, 64, 5
# A word must be seen this often, a character twice as often, to get a row.
LEAST = 5
# Characters need less text than words.
CHARACTER_TEXT = 9_000_000
# Parts of speech of jieba's dictionary; others share the row of the unknown.
TAGS = [
    *("n", "nr", "ns", "nt", "nz", "nrt", "nrfg", "nw", "ng", "v", "vn", "vd", "vg", "vi", "a", "ad", "an", "ag", "d"),
    *("m", "mq", "q", "t", "tg", "r", "p", "c", "u", "uj", "ul", "uv", "ud", "uz", "ug", "f", "s", "b", "z", "i", "l"),
    *("j", "k", "o", "e", "y", "x", "h", "eng", "zg", "g"),
]


@dataclass(frozen=True, slots=True)
class Tables:
    """Words (most frequent first) with counts and vectors (n, 128); characters with vectors (m, 64)."""

    words: list[str]
    counts: npt.NDArray[np.int64]
    vectors: Array
    characters: list[str]
    character_vectors: Array

    def vocabulary(self) -> Vocabulary:
        """Return the vocabulary of these rows."""
        return Vocabulary(self.words, self.characters, TAGS, rarity(self.counts))

    def save(self, path: Path) -> None:
        """Write one .npz; names as UTF-8 JSON."""
        names = np.frombuffer(json.dumps([self.words, self.characters]).encode(), dtype=np.uint8)
        np.savez(path, names=names, counts=self.counts, vectors=self.vectors, characters=self.character_vectors)

    @classmethod
    def load(cls, path: Path) -> Tables:
        """Read what ``save`` wrote."""
        with np.load(path) as held:
            words, characters = json.loads(bytes(held["names"]))
            return cls(words, held["counts"], held["vectors"], characters, held["characters"])


def build(texts: Iterable[str], seed: int, progress: Progress) -> Tables:
    """Count ``texts`` and return their tables."""
    names, flat, lengths = _read(texts, progress)
    seen = np.bincount(flat, minlength=len(names))
    order = sorted(range(len(names)), key=lambda i: (-seen[i], names[i]))[:WORDS]
    order = [i for i in order if seen[i] >= LEAST]
    row = np.full(len(names), -1, dtype=np.int64)
    row[order] = np.arange(len(order))
    ends = np.cumsum(lengths)
    progress.say("counting pairs of words")
    counts = count_pairs((ids.tolist() for ids in np.split(row[flat], ends[:-1])), len(order), WINDOW)
    progress.say("word vectors")
    vectors = embed_counts(counts, min(WORD_SIZE, len(order) - 1), seed)
    characters, character_vectors = _characters(names, seen, flat[:CHARACTER_TEXT], seed)
    return Tables([names[i] for i in order], seen[order], vectors, characters, character_vectors)


def _read(texts: Iterable[str], progress: Progress) -> tuple[list[str], npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    rows: dict[str, int] = {}
    flat = array.array("i")
    lengths = []
    for text in progress.over(texts, "cutting texts"):
        keys = [rows.setdefault(shape(piece.text), len(rows)) for piece in pieces(text)]
        flat.extend(keys)
        lengths.append(len(keys))
    return list(rows), np.frombuffer(flat, dtype=np.int32), np.array(lengths)


def _characters(
    names: Sequence[str], seen: npt.NDArray[np.int64], flat: npt.NDArray[np.int32], seed: int
) -> tuple[list[str], Array]:
    counts: Counter[str] = Counter()
    for name, count in zip(names, seen.tolist(), strict=True):
        for character in name:
            counts[character] += count
    kept = [c for c, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count >= 2 * LEAST]
    row = {character: i for i, character in enumerate(kept)}
    spelled = [[row.get(character, -1) for character in name] for name in names]
    run = np.fromiter((i for word in flat.tolist() for i in spelled[word]), dtype=np.int64)
    pairs = np.zeros(len(kept) ** 2, dtype=np.float32)
    for distance in range(1, WINDOW + 1):
        left, right = run[:-distance], run[distance:]
        both = (left >= 0) & (right >= 0)
        met = np.bincount((left * len(kept) + right)[both], minlength=len(kept) ** 2)
        pairs += (met / distance).astype(np.float32)
    square = pairs.reshape(len(kept), len(kept))
    return kept, embed_counts(sparse.csr_matrix(square + square.T), min(CHARACTER_SIZE, len(kept) - 1), seed)
