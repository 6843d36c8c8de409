"""The reader's network in torch: the base's transformer over question and context, and a head that scores spans."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from embeddings.training.published import Base

# Numbers by which a start and an end are matched, and the longest span in tokens.
MATCH, REACH = 128, 48


class Layer(nn.Module):
    """One transformer layer, normalised after each half as the base is."""

    def __init__(self, size: int, inner: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.mix = nn.Linear(size, 3 * size)
        self.mixed = nn.Linear(size, size)
        self.first_norm = nn.LayerNorm(size, 1e-12)
        self.widen = nn.Linear(size, inner)
        self.narrow = nn.Linear(inner, size)
        self.second_norm = nn.LayerNorm(size, 1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, hidden: Tensor) -> Tensor:
        """Return the layer's output for ``x`` (batch, tokens, size); ``hidden`` is added to the attention's logits."""
        batch, tokens, size = x.shape
        parts = self.mix(x).view(batch, tokens, 3, self.heads, size // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = parts[0], parts[1], parts[2]
        mask = hidden.to(query.dtype).expand(batch, 1, tokens, tokens)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        seen = mixed.transpose(1, 2).reshape(batch, tokens, size)
        x = self.first_norm(x + self.dropout(self.mixed(seen)))
        out: Tensor = self.second_norm(x + self.dropout(self.narrow(functional.gelu(self.widen(x)))))
        return out


class ReaderNetwork(nn.Module):
    """Token numbers, sides (1 in the context) and which tokens are there, to starts, ends and "not answered here"."""

    def __init__(
        self, words: int, layers: int = 12, size: int = 384, inner: int = 1536, heads: int = 12, longest: int = 512,
        dropout: float = 0.1,
    ) -> None:  # fmt: skip
        super().__init__()
        self.word = nn.Embedding(words, size)
        self.position = nn.Embedding(longest, size)
        self.side = nn.Embedding(2, size)
        self.norm = nn.LayerNorm(size, 1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(size, inner, heads, dropout) for _ in range(layers))
        self.start = nn.Linear(size, MATCH + 1)
        self.end = nn.Linear(size, MATCH + 1)
        self.nothing = nn.Linear(size, 1)
        for head in (self.start, self.end):
            nn.init.normal_(head.weight, std=0.02)

    def forward(self, ids: Tensor, sides: Tensor, there: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return starts and ends (batch, tokens, MATCH + 1) and "not answered here" (batch, 1)."""
        x = self.word(ids) + self.position.weight[: ids.shape[1]] + self.side(sides)
        x = self.dropout(self.norm(x))
        hidden = ((1.0 - there) * -1e4)[:, None, None, :].to(x.dtype)
        for layer in self.layers:
            x = layer(x, hidden)
        return self.start(x), self.end(x), self.nothing(x[:, 0])

    def take(self, base: Base, kept: Sequence[int]) -> None:
        """Start from the weights of ``base``, the rows of its vocabulary being the special four and ``kept``."""
        tensors = {name: torch.from_numpy(values) for name, values in base.tensors.items()}
        rows = torch.tensor([0, 1, 2, 3, *kept])
        with torch.no_grad():
            self.word.weight.copy_(tensors["emb.word"][rows])
            self.position.weight.copy_(tensors["emb.pos"][: len(self.position.weight)])
            # The base was never trained with a second side.
            self.side.weight.copy_(tensors["emb.type"][:1].expand(2, -1))
            _copy(self.norm, tensors, "emb.ln")
            for number, layer in enumerate(self.layers):
                assert isinstance(layer, Layer)
                for own, name in (("mixed", "ao"), ("widen", "fi"), ("narrow", "fo")):
                    _copy(getattr(layer, own), tensors, f"l{number}.{name}")
                _copy(layer.first_norm, tensors, f"l{number}.aln")
                _copy(layer.second_norm, tensors, f"l{number}.oln")
                for part, into in (("w", layer.mix.weight), ("b", layer.mix.bias)):
                    into.copy_(torch.cat([tensors[f"l{number}.{name}.{part}"] for name in "qkv"]))


def _copy(into: nn.Linear | nn.LayerNorm, tensors: dict[str, Tensor], name: str) -> None:
    into.weight.copy_(tensors[f"{name}.w"])
    assert into.bias is not None
    into.bias.copy_(tensors[f"{name}.b"])


def span_scores(starts: Tensor, ends: Tensor, sides: Tensor) -> Tensor:
    """Return the scores of all spans (batch, first, last), -1e4 outside the context and beyond the reach."""
    scores = starts[..., :MATCH] @ ends[..., :MATCH].transpose(1, 2) / math.sqrt(MATCH)
    scores = scores + starts[..., MATCH:] + ends[..., MATCH:].transpose(1, 2)
    place = torch.arange(sides.shape[1])
    distance = place[None, :] - place[:, None]
    inside = sides.bool()
    allowed = ((distance >= 0) & (distance < REACH))[None] & inside[:, :, None] & inside[:, None, :]
    return scores.masked_fill(~allowed, -1e4)
