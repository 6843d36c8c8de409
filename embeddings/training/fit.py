"""Learning: the right passage must come out nearer than those of the other pairs of the batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from embeddings.training.pairs import Ids, Mixture, Pair
from embeddings.training.table import Table, sums

# Cosines are multiplied by this before the softmax; half of it was measured to be worse.
_SCALE = 40.0
# The first dimensions must serve alone: (share of the dimensions, weight of their loss).
_NESTED = ((1, 1.0), (2, 0.3), (4, 0.15))
_RATE = 0.05
_WEIGHT_RATE = 0.03
_WARM_UP = 30


def encode(table: Table, texts: Sequence[Ids]) -> Tensor:
    """Return the sums of the word vectors of texts, (n, dimensions)."""
    words, places = np.unique(np.concatenate(texts), return_inverse=True)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    return sums(table.rows(torch.from_numpy(words.astype(np.int64))), places, owners, len(texts))


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
    dimensions = table.own.embedding_dim
    vectors = torch.optim.SparseAdam([table.own.weight, table.units.weight], lr=_RATE * dimensions**-0.5)
    weights = torch.optim.SparseAdam([table.weight.weight], lr=_WEIGHT_RATE)
    share = torch.optim.Adam([table.share], lr=0.01)
    optimisers: tuple[torch.optim.Optimizer, ...] = (vectors, weights, share)
    peaks = [optimiser.param_groups[0]["lr"] for optimiser in optimisers]
    losses = []
    bar = tqdm(range(steps), desc="learning", unit="step")
    for step in bar:
        rate = min(1, (step + 1) / _WARM_UP) * max(0.02, 1 - step / steps)
        for optimiser, peak in zip(optimisers, peaks, strict=True):
            optimiser.param_groups[0]["lr"] = peak * rate
            optimiser.zero_grad()
        loss = _loss(table, mixture.batch(batch, rng))
        loss.backward()  # type: ignore[no-untyped-call]
        for optimiser in optimisers:
            optimiser.step()
        losses.append(loss.item())
        bar.set_postfix(loss=f"{np.mean(losses[-20:]):.3f}")
    return losses


def _loss(table: Table, pairs: list[Pair]) -> Tensor:
    """Encode a batch and compare; the rivals stand beside the passages of the others."""
    passages = [pair.holds for pair in pairs] + [pair.rival for pair in pairs if pair.rival is not None]
    vectors = encode(table, [pair.asks for pair in pairs] + passages)
    return loss_of(vectors, len(pairs), torch.from_numpy(same_content(passages, len(pairs))))
