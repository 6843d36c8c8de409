"""Turns a question and a context into the numbers that the reader's network eats: rows of tables and match features.

Knows words and characters, not the network. ``FEATURES`` columns per piece of the context say how it, its clause and
its sentence meet the question's words, weighted by their rarity.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from qa.answering.pieces import Piece, pieces, shape

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int32]

# Characters of a piece that are looked at: the first three and the last; longer pieces are rare.
CHARACTERS = 4
FEATURES = 16
_SENTENCE_ENDS = frozenset("。！？!?;；…")
_CLAUSE_ENDS = _SENTENCE_ENDS | frozenset(",，:：、")
# How fast the nearness of a matched word fades, in pieces.
_FADE = 0.85


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as rows: ``words`` (n,), ``characters`` (n, CHARACTERS), ``tags`` (n,); 0 pads and is unknown."""

    pieces: Sequence[Piece]
    words: Rows
    characters: Rows
    tags: Rows
    rarity: Floats

    def part(self, start: int, end: int) -> Encoded:
        """Return pieces ``[start, end)`` as a text of their own."""
        cut = slice(start, end)
        return Encoded(self.pieces[cut], self.words[cut], self.characters[cut], self.tags[cut], self.rarity[cut])

    def __len__(self) -> int:
        return len(self.pieces)


class Vocabulary:
    """The rows of words, characters and parts of speech; row 0 of each is padding and the unknown."""

    def __init__(self, words: Sequence[str], characters: Sequence[str], tags: Sequence[str], rarity: Floats) -> None:
        self.words, self.characters, self.tags = list(words), list(characters), list(tags)
        self.rarity = rarity  # (len(words) + 1,), in [0, 1]; row 0 is for unknown words
        self._word = {word: row for row, word in enumerate(self.words, 1)}
        self._character = {character: row for row, character in enumerate(self.characters, 1)}
        self._tag = {tag: row for row, tag in enumerate(self.tags, 1)}

    def encode(self, text: str) -> Encoded:
        """Return ``text`` as rows, one per piece."""
        return self.encode_pieces(pieces(text))

    def encode_pieces(self, cut: Sequence[Piece]) -> Encoded:
        """Return pieces as rows."""
        words = np.array([self._word.get(shape(piece.text), 0) for piece in cut], dtype=np.int32)
        characters = np.zeros((len(cut), CHARACTERS), dtype=np.int32)
        for i, piece in enumerate(cut):
            text = piece.text if len(piece.text) <= CHARACTERS else piece.text[: CHARACTERS - 1] + piece.text[-1]
            for j, character in enumerate(text):
                characters[i, j] = self._character.get(character, 0)
        tags = np.array([self._tag.get(piece.tag, 0) for piece in cut], dtype=np.int32)
        return Encoded(cut, words, characters, tags, self.rarity[words])


def rarity(counts: npt.NDArray[np.int64]) -> Floats:
    """Return idf-like weights in [0, 1] for words seen ``counts`` times; the unknown word (row 0) gets 1."""
    weights = np.log(counts.max() / counts) / math.log(counts.max())
    return np.concatenate([[1.0], weights]).astype(np.float32)


def match(question: Encoded, context: Encoded) -> Floats:
    """Return (len(context), FEATURES) float32, all within [0, 1]; how is told at each column."""
    found = np.zeros((len(context), FEATURES), dtype=np.float32)
    weights = _weights(question)
    texts = [piece.text for piece in context.pieces]
    characters = set("".join(piece.text for piece in question.pieces))
    joined = "".join(piece.text for piece in question.pieces)
    hit = np.array([weights.get(text, 0.0) for text in texts], dtype=np.float32)
    found[:, 0] = hit > 0
    found[:, 1] = hit  # rarity of the matched word
    found[:, 2] = [sum(c in characters for c in text) / len(text) for text in texts]
    found[:, 3] = [text in joined for text in texts]
    pairs = [a[-1] + b[0] in joined for a, b in pairwise(texts)]
    found[1:, 4] = pairs  # meets the question together with the piece before
    found[:-1, 5] = pairs  # and after
    total = sum(weights.values()) + 1e-6
    for column, ends in ((6, _SENTENCE_ENDS), (8, _CLAUSE_ENDS)):
        groups = _groups(texts, ends)
        share = _shares(groups, texts, weights) / total
        found[:, column] = share[groups]  # share of the question that its sentence (clause) has
        found[:, column + 1] = share[groups] / (share.max() + 1e-6)  # against the best sentence (clause)
    found[:, 10] = _fading(hit)
    found[:, 11] = _fading(hit[::-1])[::-1]
    found[:, 12] = sum(weights[text] for text in weights.keys() & set(texts)) / total  # share the context has
    found[:, 13] = [text[0].isdigit() for text in texts]
    found[:, 14] = np.arange(len(texts)) / 512 if len(texts) < 512 else np.linspace(0, 1, len(texts))
    found[:, 15] = context.words == 0
    return found


def _weights(question: Encoded) -> dict[str, float]:
    marks = _CLAUSE_ENDS
    return {p.text: float(w) for p, w in zip(question.pieces, question.rarity, strict=True) if p.text not in marks}


def _groups(texts: Sequence[str], ends: frozenset[str]) -> npt.NDArray[np.int64]:
    last = np.array([text in ends for text in texts], dtype=np.int64)
    groups: npt.NDArray[np.int64] = np.concatenate([[0], np.cumsum(last)[:-1]])
    return groups


def _shares(groups: npt.NDArray[np.int64], texts: Sequence[str], weights: dict[str, float]) -> Floats:
    share = np.zeros(int(groups[-1]) + 1, dtype=np.float32)
    seen = set()
    for group, text in zip(groups.tolist(), texts, strict=True):
        if text in weights and (group, text) not in seen:
            seen.add((group, text))
            share[group] += weights[text]
    return share


def _fading(hit: Floats) -> Floats:
    found = np.zeros_like(hit)
    level = 0.0
    for i, weight in enumerate(hit.tolist()):
        found[i] = min(level, 4.0) / 4
        level = level * _FADE + weight
    return found
