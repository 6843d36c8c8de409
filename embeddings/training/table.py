"""The table while it is learnt: a vector for each word, backed by those of the characters it is made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Floats = NDArray[np.float32]
# How much of a word's first vector comes from its company (see cooccurrence); the rest is chance, which keeps
# words apart that must not be confused (names, numbers).
COMPANY = 0.4
# First weight of a word: its inverse document frequency to this power, since it counts on both sides of a cosine.
_RARITY = 0.75


def parts_of(word: str) -> list[str]:
    """Return the characters and neighbouring pairs of a word: ``公安局`` gives 公 安 局 公安 安局."""
    return [*word, *(word[i : i + 2] for i in range(len(word) - 1))]


class Table(nn.Module):
    """Vectors of words as ``weight · (own + share · parts)``; folded into one table at the end."""

    _ends: Tensor
    _lengths: Tensor
    _parts: Tensor
    _rarity: Tensor

    def __init__(self, words: Sequence[str], rarity: Floats, space: Floats, dimensions: int) -> None:
        super().__init__()
        units: dict[str, int] = {}
        parts = [[units.setdefault(part, len(units)) for part in parts_of(word)] for word in words[1:]]
        lengths = torch.tensor([0, *map(len, parts)])
        self.register_buffer("_ends", lengths.cumsum(0))
        self.register_buffer("_lengths", lengths)
        self.register_buffer("_parts", torch.tensor([unit for row in parts for unit in row], dtype=torch.long))
        self.register_buffer("_rarity", torch.from_numpy(rarity**_RARITY))
        self.own = nn.Embedding(len(words), dimensions, sparse=True)
        self.units = nn.EmbeddingBag(len(units), dimensions, mode="sum", sparse=True)
        self.weight = nn.Embedding(len(words), 1, sparse=True)
        self.share = nn.Parameter(torch.tensor(0.5))
        nn.init.normal_(self.own.weight, std=dimensions**-0.5)
        nn.init.normal_(self.units.weight, std=dimensions**-0.5)
        nn.init.zeros_(self.weight.weight)
        with torch.no_grad():
            self.own.weight.mul_((1 - COMPANY**2) ** 0.5).add_(torch.from_numpy(space) * COMPANY)

    def rows(self, ids: Tensor) -> Tensor:
        """Return the vectors of words, (n, dimensions)."""
        lengths, ends = self._lengths[ids], self._ends[ids]
        offsets = lengths.cumsum(0) - lengths
        places = torch.repeat_interleave(ends - lengths - offsets, lengths) + torch.arange(int(lengths.sum()))
        parts = self.units(self._parts[places], offsets) / lengths.clamp(min=1).float().sqrt()[:, None]
        factor = self._rarity[ids] * torch.exp(self.weight(ids)[:, 0])
        vectors: Tensor = factor[:, None] * (self.own(ids) + self.share * parts)
        return vectors

    @torch.no_grad()
    def flatten(self, power: float) -> None:
        """Raise the lengths of the vectors to a power; below 1 it brings them nearer to each other."""
        lengths = torch.from_numpy(np.linalg.norm(self.fold(), axis=1)).clamp(min=1e-6)
        self.weight.weight[1:, 0] += (power - 1) * lengths[1:].log()

    @torch.no_grad()
    def fold(self) -> Floats:
        """Return the finished table, (words, dimensions); the unknown word 0 is zero."""
        count = self.own.num_embeddings
        pieces = [self.rows(torch.arange(start, min(count, start + 8_192))) for start in range(0, count, 8_192)]
        table = torch.cat(pieces).numpy()
        table[0] = 0
        return np.ascontiguousarray(table, dtype=np.float32)


def sums(rows: Tensor, places: NDArray[np.int64], owners: NDArray[np.int64], count: int) -> Tensor:
    """Add up the rows of each text, every different word once; ``places`` and ``owners`` run in parallel."""
    pairs = np.unique(owners * len(rows) + places)
    starts = np.searchsorted(pairs // len(rows), np.arange(count))
    words = torch.from_numpy(pairs % len(rows))
    return nn.functional.embedding_bag(words, rows, torch.from_numpy(starts), mode="sum")
