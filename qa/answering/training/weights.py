"""Writes a trained network as the file that ``qa.answering.reader`` reads, and reads it back into torch."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

from qa.answering.matching import Vocabulary
from qa.answering.reader import FORMAT, read_weights
from qa.answering.training.model import ReaderNetwork
from qa.answering.training.vectors import Array


def quantise(table: Array) -> tuple[np.ndarray, Array]:
    """Return rows as bytes and the scale of each row: ``bytes * scale`` is within scale / 2 of the table."""
    scale = (np.abs(table).max(1) / 127 + 1e-12).astype(np.float16).astype(np.float32)
    return np.clip(np.rint(table / scale[:, None].clip(1e-12)), -127, 127).astype(np.int8), scale


def rounded(table: Array) -> Array:
    """Return the table as it will be after ``quantise``, so that training sees what is shipped."""
    held, scale = quantise(table)
    return held.astype(np.float32) * scale[:, None]


def save(network: ReaderNetwork, vocabulary: Vocabulary, path: Path, *, exact: bool = False) -> None:
    """Write network and vocabulary: the word table in bytes, the rest in half precision (``exact``: all in single)."""
    state = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    table = state.pop("word_table")
    tensors = {name: value.astype(np.float32 if exact else np.float16) for name, value in state.items()}
    if exact:
        tensors["word_table"] = table
    else:
        tensors["word_table"], scale = quantise(table)
        tensors["word_scale"] = scale.astype(np.float16)
    tensors["words"] = np.frombuffer("\n".join(vocabulary.words).encode(), dtype=np.uint8)
    tensors["characters"] = np.frombuffer("\n".join(vocabulary.characters).encode(), dtype=np.uint8)
    tensors["rarity"] = vocabulary.rarity.astype(np.float16)
    about = {"format": FORMAT, "reach": str(network.reach), "tags": json.dumps(vocabulary.tags)}
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, str(path), metadata=about)


def load(path: Path, *, dropout: float = 0.0) -> tuple[Vocabulary, ReaderNetwork]:
    """Return vocabulary and torch network of a weights file, ready to score, or to train on with ``dropout``."""
    vocabulary, light = read_weights(path)
    state = {name: torch.from_numpy(value.copy()) for name, value in light.weights.items()}
    network = ReaderNetwork(
        state["word_table"],
        state["character_table.weight"],
        state["tag_table.weight"].shape[0],
        size=state["enter.weight"].shape[0],
        reach=light.reach,
        dropout=dropout,
    )
    network.load_state_dict(state)
    return vocabulary, network.eval()
