"""The table while it is learnt: a vector and a weight for each word, begun from chance, company and characters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Floats = NDArray[np.float32]
# How much of a word's first vector comes from what is known of it (its company, or a teacher); the rest is chance,
# which keeps words apart that must not be confused (names, numbers).
KNOWN = 0.5
# How much its characters and pairs of characters, each with a chance vector of its own, add to it.
_SHARE = 0.5
# First weight of a word: its inverse document frequency to this power, since it counts on both sides of a cosine.
_RARITY = 0.75


def parts_of(word: str) -> list[str]:
    """Return the characters and neighbouring pairs of a word: ``公安局`` gives 公 安 局 公安 安局."""
    return [*word, *(word[i : i + 2] for i in range(len(word) - 1))]


class Table:
    """Vectors of words and the logarithms of their weights; ``fold`` makes one table of both."""

    def __init__(self, vectors: Tensor, weights: Tensor) -> None:
        self.vectors = vectors
        self.weights = weights

    @classmethod
    def begin(cls, words: Sequence[str], rarity: Floats, space: Floats, seed: int) -> Table:
        """Make the first table; ``space`` holds unit vectors of what is known of the words, zero where nothing is."""
        dimensions = space.shape[1]
        chance = torch.Generator().manual_seed(seed)
        vectors = torch.randn(len(words), dimensions, generator=chance) * dimensions**-0.5
        vectors = vectors * (1 - KNOWN**2) ** 0.5 + torch.from_numpy(space) * KNOWN
        vectors += _SHARE * _characters(words, dimensions, chance)
        return cls(vectors * torch.from_numpy(rarity**_RARITY)[:, None], torch.zeros(len(words)))

    def flatten(self, power: float) -> None:
        """Raise the lengths of the vectors to a power; below 1 it brings them nearer to each other."""
        lengths = torch.from_numpy(np.linalg.norm(self.fold(), axis=1)).clamp(min=1e-6)
        self.weights[1:] += (power - 1) * lengths[1:].log()

    def fold(self) -> Floats:
        """Return the finished table, (words, dimensions); the unknown word 0 is zero."""
        table = (self.vectors * self.weights.exp()[:, None]).numpy()
        table[0] = 0
        return np.ascontiguousarray(table, dtype=np.float32)


def _characters(words: Sequence[str], dimensions: int, chance: torch.Generator) -> Tensor:
    """Return for each word but the first the sum of the vectors of its parts over the root of their number."""
    units: dict[str, int] = {}
    parts = [[], *([units.setdefault(part, len(units)) for part in parts_of(word)] for word in words[1:])]
    vectors = torch.randn(len(units), dimensions, generator=chance) * dimensions**-0.5
    lengths = torch.tensor([len(row) for row in parts])
    flat = torch.tensor([unit for row in parts for unit in row])
    sums = nn.functional.embedding_bag(flat, vectors, lengths.cumsum(0) - lengths, mode="sum")
    return sums / lengths.clamp(min=1).sqrt()[:, None]
