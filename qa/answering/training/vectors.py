"""Word and character vectors from plain text: counts within a window, PPMI, truncated SVD. No gradient, no torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from qa.answering.pieces import pieces, shape

Array = npt.NDArray[np.float32]

# Pieces held before their pairs are counted; bounds memory to about a gigabyte.
CHUNK = 2_000_000


def keys_of(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield the lookup keys of the pieces of each text."""
    for text in texts:
        yield [shape(piece.text) for piece in pieces(text)]


def most_frequent(sequences: Iterable[Sequence[str]], size: int, least: int = 5) -> list[str]:
    """Return up to ``size`` keys, the most frequent first, ties in code point order."""
    counts = Counter(key for sequence in sequences for key in sequence)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [key for key, count in ranked[:size] if count >= least]


def count_pairs(sequences: Iterable[Sequence[int]], size: int, window: int) -> sparse.csr_matrix:
    """Return the (size, size) matrix of weighted co-occurrences; -1 in a sequence is a word without a row."""
    total = sparse.csr_matrix((size, size), dtype=np.float32)
    held: list[int] = []
    for sequence in sequences:
        held.extend(sequence)
        held.extend([-1] * window)
        if len(held) >= CHUNK:
            total = total + _pairs(np.array(held), size, window)
            held = []
    total = total + _pairs(np.array(held, dtype=np.int64), size, window)
    return (total + total.T).tocsr()


def _pairs(ids: npt.NDArray[np.int64], size: int, window: int) -> sparse.csr_matrix:
    total = sparse.csr_matrix((size, size), dtype=np.float32)
    for distance in range(1, window + 1):
        left, right = ids[:-distance], ids[distance:]
        kept = (left >= 0) & (right >= 0)
        weight = np.full(int(kept.sum()), 1.0 / distance, dtype=np.float32)
        total = total + sparse.coo_matrix((weight, (left[kept], right[kept])), shape=(size, size)).tocsr()
    return total


def embed_counts(counts: sparse.csr_matrix, dimension: int, seed: int, *, smoothing: float = 0.75) -> Array:
    """Return (size, dimension) vectors of unit length from shifted PPMI of ``counts``."""
    from sklearn.utils.extmath import randomized_svd  # type: ignore[import-untyped]

    matrix = counts.tocoo()
    row = np.asarray(counts.sum(axis=1)).ravel() + 1e-9
    column = row**smoothing
    ppmi = np.log(matrix.data * column.sum() / (row[matrix.row] * column[matrix.col]))
    kept = ppmi > 0
    sparse_ppmi = sparse.csr_matrix(
        (ppmi[kept].astype(np.float32), (matrix.row[kept], matrix.col[kept])), shape=counts.shape
    )
    left, strength, _ = randomized_svd(sparse_ppmi, dimension, n_iter=3, random_state=seed)
    vectors = left * np.sqrt(strength)
    return np.asarray(vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9), dtype=np.float32)
