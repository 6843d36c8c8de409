"""A table of word vectors read straight from its folder: numpy and the Rust tokenizer, no torch.

The folder is an ordinary sentence-transformers model of three modules: ``SparseStaticEmbedding`` (which words are
there, by their weights), ``Dense`` (the table) and ``Normalize``; the vectors are the same as that library's. A word
counts once however often it stands in a text: the topic that a passage names five times must not drown the rest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer

from embeddings.errors import ModelDamaged

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Ids = Sequence[int]
_MODULES = ["SparseStaticEmbedding", "Dense", "Normalize"]
# From this many texts on, a sparse product pays for the import of scipy.
_MANY = 64
# Texts cut and summed at once; the rows of the words they share are read from the table once.
_BATCH = 1_024
# From this many on, the table is turned so that the vector of a word lies in one place.
_BULK = 512
# Columns turned at once: small enough for the cache.
_STRIP = 1_024


def is_static_model(folder: Path) -> bool:
    """Tell whether ``folder`` is a sentence-transformers model that this module can read by itself."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        if [str(module["type"]).rpartition(".")[2] for module in modules] != _MODULES:
            return False
        dense = json.loads((folder / modules[1]["path"] / "config.json").read_text(encoding="utf-8"))
        return dense["bias"] is False and str(dense["activation_function"]).endswith(".Identity")
    except (OSError, ValueError, KeyError, TypeError):
        return False


class StaticModel:
    """A table with a column for each piece of the tokenizer, kept as it is stored (int8 or floats)."""

    def __init__(self, tokenizer: Tokenizer, weights: Floats, columns: NDArray[Any], digest: str) -> None:
        self.tokenizer = tokenizer
        self._weights = weights
        self._columns = columns
        self.digest = digest

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read ``folder``; raises ModelDamaged when a file is missing or does not fit the others."""
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        first, second = (folder / module["path"] for module in modules[:2])
        files = (first / "tokenizer.json", first / "model.safetensors", second / "model.safetensors")
        try:
            tokenizer = _tokenizer(files[0])
            weights = _tensor(files[1], "weight").astype(np.float32)
            columns = _tensor(files[2], "linear.weight")
        except (OSError, SafetensorError, ValueError) as error:
            raise ModelDamaged(f"The model in {folder} cannot be read ({error}); put a whole copy there.") from error
        if not tokenizer.get_vocab_size() == len(weights) == columns.shape[1]:
            raise ModelDamaged(
                f"The model in {folder} has {columns.shape[1]} vectors and {len(weights)} weights for "
                f"{tokenizer.get_vocab_size()} words; put a whole copy there."
            )
        digest = hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files))
        return cls(tokenizer, weights, columns, digest.hexdigest())

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._columns.shape[0])

    def cut(self, texts: Sequence[str]) -> list[Ids]:
        """Cut texts into the ids of their pieces."""
        return [encoding.ids for encoding in self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)]

    def encode(self, texts: Sequence[str], *, dimensions: int | None = None) -> Floats:
        """Return the sum of the vectors of each text's words, (n, dimensions) float32, not normalised."""
        width = dimensions or self.dimension
        vectors = np.zeros((len(texts), width), np.float32)
        for start in range(0, len(texts), _BATCH):
            part = self.cut(texts[start : start + _BATCH])
            vectors[start : start + len(part)] = self.encode_cut(part, dimensions=width)
        return vectors

    def encode_cut(self, cut: Sequence[Ids], *, dimensions: int | None = None) -> Floats:
        """Return the sums for texts that are cut into ids already."""
        size = len(self._weights)
        lengths = np.fromiter(map(len, cut), np.int64, len(cut))
        ids = np.fromiter(chain.from_iterable(cut), np.int64, int(lengths.sum()))
        owners, ids = np.divmod(_distinct(np.repeat(np.arange(len(cut)) * size, lengths) + ids), size)
        ends = np.searchsorted(owners, np.arange(len(cut) + 1))
        met = np.zeros(size, np.bool_)
        met[ids] = True
        if len(cut) >= _BULK and self._columns.flags.c_contiguous:
            self._columns = _turned(self._columns)
        places = (np.cumsum(met) - 1)[ids]
        rows = self._rows(np.flatnonzero(met), dimensions or self.dimension)
        return (_sum_many if len(cut) >= _MANY else _sum_few)(rows, places, ends)

    def _rows(self, ids: Integers, width: int) -> Floats:
        """Return the vectors of pieces as float32, (n, width)."""
        rows = self._columns.T[ids, :width].astype(np.float32, order="C")
        rows *= self._weights[ids, None]
        return rows


def _distinct(values: Integers) -> Integers:
    """Return the distinct values in order; plain sorting is three times as fast as numpy's own way here."""
    ordered = np.sort(values)
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def _turned(columns: NDArray[Any]) -> NDArray[Any]:
    """Return the same matrix laid out column by column."""
    turned = np.empty(columns.shape[::-1], columns.dtype)
    for start in range(0, len(turned), _STRIP):
        turned[start : start + _STRIP] = columns[:, start : start + _STRIP].T
    return turned.T


def _sum_few(rows: Floats, places: Integers, ends: Integers) -> Floats:
    """Add up rows text by text; word after word, so that the last bit agrees with ``_sum_many``."""
    sums = np.zeros((len(ends) - 1, rows.shape[1]), np.float32)
    for total, start, end in zip(sums, ends[:-1], ends[1:], strict=True):
        for place in places[start:end]:
            total += rows[place]
    return sums


def _sum_many(rows: Floats, places: Integers, ends: Integers) -> Floats:
    """Add up rows text by text as the product of a sparse matrix of ones with the rows."""
    from scipy.sparse import csr_array

    ones = np.ones(len(places), np.float32)
    return np.asarray(csr_array((ones, places, ends), shape=(len(ends) - 1, len(rows))) @ rows)


def _tokenizer(path: Path) -> Tokenizer:
    """Read a tokenizer; that library raises a bare Exception for a file that it cannot understand."""
    text = path.read_text(encoding="utf-8")
    try:
        tokenizer = Tokenizer.from_str(text)
    except Exception as error:
        raise ValueError(f"{path.name}: {error}") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _tensor(path: Path, name: str) -> NDArray[Any]:
    """Read one tensor of a file."""
    with safe_open(path, framework="numpy") as tensors:
        found: NDArray[Any] = tensors.get_tensor(name)
    return found
