"""The teacher: multilingual-e5-small; first vectors of words.

Only training reads it: what it says of a word goes into that word's first vector, and nothing else of it is shipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, models
from torch import Tensor, nn
from tqdm import tqdm

from embeddings.training.published import Floats, read_base

# Ids of its vocabulary: begin, padding, end, unknown.
_BEGIN, _PAD, _END, _UNKNOWN = 0, 1, 2, 3
_PROMPT = "▁query:▁"
_TOKENS = 2_048
# All words lean the same ways, which says how long or how common they are: so many leading directions are taken out,
# and the others weigh more alike than they do in the teacher.
_COMMON = 4
_SPREAD = 0.5


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
        base = read_base(path)
        pieces = list(zip(base.pieces, base.scores.tolist(), strict=True))
        tokenizer = Tokenizer(models.Unigram(pieces, _UNKNOWN, byte_fallback=False))
        tensors = {name: torch.from_numpy(values) for name, values in base.tensors.items()}
        return cls(tokenizer, tensors, base.layers, base.heads)

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
