"""Learning: the right passage must come out nearer than those of the other pairs of the batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from embeddings.training.pairs import Ids, Mixture, Pair
from embeddings.training.table import Table

# Cosines are multiplied by this before the softmax; half of it was measured to be worse.
_SCALE = 40.0
# The first dimensions must serve alone: (share of the dimensions, weight of their loss).
_NESTED = ((1, 1.0), (2, 0.3), (4, 0.15))
_RATE = 0.05
_WEIGHT_RATE = 0.03
_WARM_UP = 30
_LEAST_RATE = 0.02
# Adam's usual decays of the mean gradient and of its mean square.
_DECAY, _SQUARE_DECAY = 0.9, 0.999


class RowAdam:
    """Adam for the rows that a batch met; the others keep still, and cost nothing."""

    def __init__(self, values: Tensor, rate: float) -> None:
        self._values = values
        self._rate = rate
        self._means, self._squares = torch.zeros_like(values), torch.zeros_like(values)
        self._steps = 0

    def step(self, ids: Tensor, gradient: Tensor, share: float) -> None:
        """Move the rows ``ids`` against their gradient, at ``share`` of the full rate."""
        self._steps += 1
        means = torch.lerp(self._means[ids], gradient, 1 - _DECAY)
        squares = torch.lerp(self._squares[ids], gradient**2, 1 - _SQUARE_DECAY)
        self._means[ids], self._squares[ids] = means, squares
        unbias = (1 - _SQUARE_DECAY**self._steps) ** 0.5 / (1 - _DECAY**self._steps)
        self._values[ids] -= self._rate * share * unbias * means / (squares.sqrt() + 1e-8)


def sums(rows: Tensor, places: NDArray[np.int64], texts: Sequence[Ids]) -> Tensor:
    """Add up the rows of each text; ``places`` are those of all texts in turn."""
    starts = np.cumsum([0, *map(len, texts)])[:-1]
    return nn.functional.embedding_bag(torch.from_numpy(places), rows, torch.from_numpy(starts), mode="sum")


def loss_of(vectors: Tensor, count: int, same: Tensor) -> Tensor:
    """Cross entropy of the right passage among all, at each nested dimension; the first ``count`` rows ask."""
    total = torch.zeros(())
    target = torch.arange(count)
    for part, weight in _NESTED:
        unit = nn.functional.normalize(vectors[:, : vectors.shape[1] // part], dim=1)
        scores = (_SCALE * unit[:count] @ unit[count:].T).masked_fill(same, -1e4)
        total = total + weight * nn.functional.cross_entropy(scores, target)
    return total


def same_content(passages: Sequence[Ids], count: int) -> NDArray[np.bool_]:
    """Tell which passages equal the right one of a row, which they must not be held against."""
    seen: dict[bytes, int] = {}
    kinds = np.array([seen.setdefault(passage.tobytes(), len(seen)) for passage in passages])
    same = kinds[:count, None] == kinds[None, :]
    np.fill_diagonal(same, False)
    return np.asarray(same)


def fit(table: Table, mixture: Mixture, *, steps: int, batch: int, seed: int) -> list[float]:
    """Learn for ``steps`` batches; return the loss of each."""
    rng = np.random.default_rng(seed)
    vectors = RowAdam(table.vectors, _RATE * table.vectors.shape[1] ** -0.5)
    weights = RowAdam(table.weights, _WEIGHT_RATE)
    losses: list[float] = []
    bar = tqdm(range(steps), desc="learning", unit="step")
    for step in bar:
        share = min(1, (step + 1) / _WARM_UP) * max(_LEAST_RATE, 1 - step / steps)
        ids, loss, gradients = _gradients(table, mixture.batch(batch, rng))
        vectors.step(ids, gradients[0], share)
        weights.step(ids, gradients[1], share)
        losses.append(loss)
        bar.set_postfix(loss=f"{np.mean(losses[-20:]):.3f}")
    return losses


def _gradients(table: Table, pairs: list[Pair]) -> tuple[Tensor, float, tuple[Tensor, ...]]:
    """Return the words of a batch, its loss, and the gradients of their vectors and weights.

    Every text counts a word once; the rivals stand beside the passages of the others.
    """
    passages = [pair.holds for pair in pairs] + [pair.rival for pair in pairs if pair.rival is not None]
    texts = [np.unique(text) for text in (*(pair.asks for pair in pairs), *passages)]
    words, places = np.unique(np.concatenate(texts), return_inverse=True)
    ids = torch.from_numpy(words.astype(np.int64))
    vectors, weights = table.vectors[ids].requires_grad_(), table.weights[ids].requires_grad_()
    encoded = sums(vectors * weights.exp()[:, None], places, texts)
    loss = loss_of(encoded, len(pairs), torch.from_numpy(same_content(passages, len(pairs))))
    return ids, loss.item(), torch.autograd.grad(loss, (vectors, weights))
