"""Writes the trained network as ONNX with weights in int8, and its vocabulary beside it."""

from __future__ import annotations

import json
import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from qa.answering.network import FORMAT
from qa.answering.training.model import REACH, ReaderNetwork

INPUTS, OUTPUTS = ("ids", "sides", "there"), ("starts", "ends", "nothing")
OPSET = 17


def export(network: ReaderNetwork, tokenizer: Tokenizer, folder: Path, *, exact: bool = False) -> None:
    """Write ``reader.onnx`` and ``tokenizer.json`` into ``folder``; ``exact`` keeps the weights as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    network.eval()
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        _write(network, whole)
        if not exact:
            quantize_dynamic(whole, whole, weight_type=QuantType.QInt8, per_channel=True)
        model = onnx.load(str(whole))
    onnx.helper.set_model_props(model, {"format": FORMAT, "reach": json.dumps(REACH)})
    onnx.save(model, str(folder / "reader.onnx"))


def _write(network: ReaderNetwork, path: Path) -> None:
    ids = torch.randint(4, network.word.num_embeddings, (2, 40))
    sides = torch.zeros_like(ids)
    sides[:, 20:] = 1
    axes = {name: {0: "batch", 1: "tokens"} for name in (*INPUTS, "starts", "ends")} | {"nothing": {0: "batch"}}
    with warnings.catch_warnings():
        # The exporter warns of itself: a newer one needs one more package and gains nothing here.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (ids, sides, torch.ones(ids.shape)),
            str(path),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
