"""Write a table as a folder of stock sentence-transformers modules, which every user of that library can load."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

_STATIC = "sentence_transformers.sparse_encoder.modules.sparse_static_embedding.SparseStaticEmbedding"
_SENTENCE = {"module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding"}


def quantise(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round each row to -127…127 of its own largest value; return the integers and the factor of each row."""
    factors = np.abs(table).max(axis=1) / 127
    rounded = np.rint(table / np.where(factors > 0, factors, 1)[:, None])
    return rounded.astype(np.int8), factors.astype(np.float32)


def write_folder(folder: Path, tokenizer: Tokenizer, table: NDArray[np.float32]) -> None:
    """Write the model to ``folder``: which words are there, each by its factor; the integers as a layer; the norm."""
    words, dimensions = table.shape
    rows, factors = quantise(table)
    modules = [("", _STATIC), ("1_Dense", "sentence_transformers.base.modules.dense.Dense")]
    modules.append(("2_Normalize", "sentence_transformers.base.modules.normalize.Normalize"))
    listed = [{"idx": i, "name": str(i), "path": path, "type": kind} for i, (path, kind) in enumerate(modules)]
    unknown = {"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "[UNK]", "pad_token": "[UNK]"}
    whole = {
        "model_type": "SentenceTransformer",
        "prompts": {"query": "", "document": ""},
        "similarity_fn_name": "cosine",
    }
    layer = {"in_features": words, "out_features": dimensions, "bias": False, **_SENTENCE}
    layer["activation_function"] = "torch.nn.modules.linear.Identity"
    for path, _ in modules:
        (folder / path).mkdir(parents=True, exist_ok=True)
    _write(folder / "modules.json", listed)
    _write(folder / "config_sentence_transformers.json", whole)
    _write(folder / "config.json", {"frozen": True})
    _write(folder / "tokenizer_config.json", unknown)
    _write(folder / "1_Dense" / "config.json", layer)
    _write(folder / "2_Normalize" / "config.json", _SENTENCE)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    _save({"weight": factors}, folder / "model.safetensors")
    _save({"linear.weight": np.ascontiguousarray(rows.T)}, folder / "1_Dense" / "model.safetensors")


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _save(tensors: dict[str, NDArray[np.generic]], path: Path) -> None:
    """Write safetensors that others may read (the library writes for the owner alone)."""
    save_file(tensors, path, metadata={"format": "pt"})
    path.chmod(0o644)
