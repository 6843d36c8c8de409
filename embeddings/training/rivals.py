"""Passages that share rare words with a question and do not answer it: what a learner must tell apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from tqdm import tqdm

from embeddings.training.pairs import Ids, Texts

_STEP = 500


def sample_passages(texts: Texts, count: int, rng: np.random.Generator) -> tuple[list[Ids], list[int]]:
    """Draw passages and the documents that they come from."""
    passages, owners = [], []
    for sentence in rng.integers(len(texts.sentences), size=count):
        start, end = texts.window(int(sentence), rng)
        passages.append(texts.join(start, end))
        owners.append(texts.document_of(start))
    return passages, owners


def rarity(passages: Sequence[Ids], size: int) -> NDArray[np.float32]:
    """Return the inverse document frequency of each word over passages, (size,); the unknown word has none."""
    found = np.zeros(size)
    for passage in passages:
        found[np.unique(passage)] += 1
    rare = np.log((len(passages) + 1) / (found + 1))
    rare[0] = 0
    return rare.astype(np.float32)


def weigh(texts: Sequence[Ids], rare: NDArray[np.float32]) -> csr_array:
    """Return unit rows of words, each met word once, weighted by rarity, (n, words)."""
    starts = np.cumsum([0, *map(len, texts)])
    words = np.concatenate(texts) if len(texts) else np.empty(0, np.int32)
    matrix = csr_array((np.ones(len(words), np.float32), words, starts), shape=(len(texts), len(rare)))
    matrix.sum_duplicates()
    matrix.data = rare[matrix.indices]
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return csr_array(diags_array(1 / np.maximum(lengths, 1e-9)) @ matrix)


def mine(
    questions: Sequence[Ids],
    documents: Sequence[int],
    passages: list[Ids],
    owners: Sequence[int],
    rare: NDArray[np.float32],
    count: int,
) -> list[list[Ids]]:
    """Return for each question its ``count`` nearest passages by words that are not of its own document."""
    columns = csr_array(weigh(passages, rare).T)
    rows, sources = weigh(questions, rare), np.asarray(owners)
    found: list[list[Ids]] = []
    for start in tqdm(range(0, len(questions), _STEP), desc="rivals", unit="batch"):
        scores = (rows[start : start + _STEP] @ columns).toarray()
        for place, row in enumerate(scores, start):
            row[sources == documents[place]] = -1
            found.append([passages[i] for i in np.argpartition(-row, count)[:count]])
    return found
