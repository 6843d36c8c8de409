"""Writes the trained network as ONNX with weights in int8, and its vocabulary beside it; and takes one up again."""

from __future__ import annotations

import json
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from qa.answering.network import FORMAT, Floats
from qa.answering.training.model import REACH, Layer, ReaderNetwork
from qa.errors import InputError

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
    heads = next(layer.heads for layer in network.layers if isinstance(layer, Layer))
    onnx.helper.set_model_props(model, {"format": FORMAT, "reach": json.dumps(REACH), "heads": json.dumps(heads)})
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


def restore(folder: Path) -> tuple[ReaderNetwork, Tokenizer]:
    """Return the network and the vocabulary that ``export`` wrote into ``folder``, weights as exact as int8 is.

    Raises ``InputError`` where the file is of another make.
    """
    model = onnx.load(str(folder / "reader.onnx"))
    graph, about = model.graph, {one.key: one.value for one in model.metadata_props}
    tensors = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    layers = len({name.split(".")[1] for name in tensors if name.startswith("layers.")})
    network = ReaderNetwork(
        tokenizer.get_vocab_size(),
        layers,
        size=len(tensors["norm.weight"]),
        inner=len(tensors["layers.0.widen.bias"]),
        heads=json.loads(about.get("heads", "12")),
        longest=len(tensors["position.weight"]),
    )
    # Products stand in the graph in the order in which the network runs them.
    products = [node.input[1].removesuffix("_quantized") for node in graph.node if node.op_type == "MatMulInteger"]
    wide = [part for layer in range(layers) for part in _products(layer)] + ["start", "end", "nothing"]
    if len(products) != len(wide):
        raise InputError(f"{folder} has {len(products)} products in int8, not {len(wide)}; train from the base.")
    state = {f"{part}.weight": _exact(tensors, name).T for part, name in zip(wide, products, strict=True)}
    state |= {f"{name}.weight": _exact(tensors, f"{name}.weight") for name in ("word", "side")}
    state |= {name: tensors[name] for name in network.state_dict().keys() - state}
    network.load_state_dict({name: torch.from_numpy(np.array(values)) for name, values in state.items()})
    return network, tokenizer


def _products(layer: int) -> list[str]:
    return [f"layers.{layer}.{part}" for part in ("mix", "mixed", "widen", "narrow")]


def _exact(tensors: dict[str, Any], name: str) -> Floats:
    """Return the weights ``name`` as float32."""
    zero = tensors[f"{name}_zero_point"].astype(np.float32)
    whole: Floats = (tensors[f"{name}_quantized"].astype(np.float32) - zero) * tensors[f"{name}_scale"]
    return whole
