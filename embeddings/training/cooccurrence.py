"""Word vectors from the company that words keep: positive pointwise mutual information, its leading directions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from tqdm import tqdm

Ids = NDArray[np.int32]
Floats = NDArray[np.float32]
# Words further apart than this say little about each other; nearer ones count more.
WINDOW = 5
# Contexts are smoothed with this power, so that rare ones do not rule (Levy, Goldberg and Dagan 2015).
_SMOOTHING = 0.75
# Singular values to this power weigh the directions; near 0 all count alike, which served synonyms best.
_SPREAD = 0.15
_FEWEST = 0.9
_TURNS = 4
_PIECE = 4_000_000


def count_together(sentences: Sequence[Ids], size: int) -> csr_array:
    """Count how often two words stand within a window of one sentence, (size, size), symmetric."""
    total = csr_array((size, size), dtype=np.float32)
    for words, owners in _pieces(sentences):
        for distance in range(1, min(WINDOW, len(words) - 1) + 1):
            left, right = words[:-distance], words[distance:]
            near = (owners[:-distance] == owners[distance:]) & (left > 0) & (right > 0)
            values = np.full(int(near.sum()), (WINDOW + 1 - distance) / WINDOW, np.float32)
            total = total + csr_array((values, (left[near], right[near])), shape=(size, size))
    return csr_array(total + total.T)


def _pieces(sentences: Sequence[Ids]) -> Iterable[tuple[Ids, NDArray[np.int64]]]:
    """Yield runs of words with the number of the sentence that each belongs to, a few million at a time."""
    ends = np.cumsum([len(sentence) for sentence in sentences])
    start = 0
    while start < len(sentences):
        before = ends[start - 1] if start else 0
        stop = max(int(np.searchsorted(ends, before + _PIECE, side="right")), start + 1)
        part = sentences[start:stop]
        yield np.concatenate(part), np.repeat(np.arange(len(part)), [len(sentence) for sentence in part])
        start = stop


def mutual_information(counts: csr_array) -> csr_array:
    """Turn counts into positive pointwise mutual information with smoothed contexts."""
    counts = csr_array(counts)
    counts.data[counts.data < _FEWEST] = 0
    counts.eliminate_zeros()
    rows = np.asarray(counts.sum(axis=1)).ravel()
    contexts = rows**_SMOOTHING / max(float((rows**_SMOOTHING).sum()), 1e-9)
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    expected = np.maximum(rows[row] * contexts[counts.indices], 1e-12)
    counts.data = np.maximum(np.log(counts.data / expected), 0).astype(np.float32)
    counts.eliminate_zeros()
    return counts


def word_space(sentences: Sequence[Ids], size: int, dimensions: int, seed: int) -> Floats:
    """Return unit vectors of words, (size, dimensions): words of like company are near, unmet ones are zero."""
    matrix = mutual_information(count_together(sentences, size))
    extra = min(dimensions + 32, size)
    basis = np.random.default_rng(seed).standard_normal((size, extra)).astype(np.float32)
    for _ in tqdm(range(_TURNS), desc="directions", unit="turn"):
        basis = np.linalg.qr(matrix @ basis)[0]
    inner = basis.T @ (matrix @ basis)
    values, turns = np.linalg.eigh((inner + inner.T) / 2)
    leading = np.argsort(-np.abs(values))[:dimensions]
    vectors = (basis @ turns[:, leading]) * np.abs(values[leading]) ** _SPREAD
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    space = np.zeros((size, dimensions), np.float32)
    space[:, : len(leading)] = np.where(lengths > 1e-6, vectors / np.maximum(lengths, 1e-6), 0)
    return space
