"""The reader's network in numpy: rows in, a score for every span out. Knows weights and arrays, no text.

It is the network of ``qa.answering.training.model`` for one question and one context, without torch; a test holds the
two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa.answering.matching import Encoded

Floats = npt.NDArray[np.float32]

DILATIONS = (1, 2, 4, 8, 16, 1)
EARLY = (1, 2)
# The block after which the question and the whole context are looked at again.
LOOK_AFTER = 2
HEADS = 4
_NEVER = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Scores:
    """``spans`` (n, n): score of [first, last], -1e9 where no span may be; ``nothing``: score of "not answered"."""

    spans: Floats
    nothing: float


class Network:
    """The weights, and the two halves of the computation: ``embed`` a text, ``read`` a context for a question."""

    def __init__(self, weights: Mapping[str, Floats], reach: int) -> None:
        self.weights = weights
        self.reach = reach
        self._buckets = length_buckets(reach)

    def embed(self, text: Encoded) -> Floats:
        """Return (n, size) for the n pieces of a text, the same whatever is asked."""
        w, rows = self.weights, text.characters
        characters = w["character_table.weight"][rows]
        count = (rows > 0).sum(1)
        mean = characters.sum(1) / np.maximum(count, 1)[:, None].astype(np.float32)
        last = characters[np.arange(len(rows)), np.maximum(count - 1, 0)]
        parts = [w["word_table"][text.words], mean, characters[:, 0], last, w["tag_table.weight"][text.tags]]
        x = self._linear("enter", np.concatenate(parts, 1))
        for i, dilation in enumerate(EARLY):
            x = self._block(f"early.{i}", x, dilation)
        return x

    def read(self, question: Encoded, context: Encoded, c: Floats, match: Floats) -> Scores:
        """Score the spans of ``context``, of which ``c`` is the embedding and ``match`` the match features."""
        w = self.weights
        q = self.embed(question)
        hint: Floats = _softmax(self._linear("pool", q), 0).T @ q
        own, its = c @ w["by_context.weight"].T, q @ w["by_question.weight"].T
        meet: Floats = (c * w["by_both"]) @ q.T + own + its.T
        answer = _softmax(meet, 1) @ q
        whole = _softmax(meet.max(1, keepdims=True), 0).T @ c
        parts = [c, answer, c * answer, c * whole, match, self._similar(question, context)]
        x = self._linear("fuse", np.concatenate(parts, 1))
        for i, dilation in enumerate(DILATIONS):
            x = self._block(f"blocks.{i}", x, dilation, hint)
            if i == LOOK_AFTER:
                x = self._attend("look", x, q)
                x = self._attend("recall", x, x)
        x = _norm(x, w["last.scale"])
        return Scores(self._spans(x, hint), self._nothing(x, hint, match))

    def _linear(self, name: str, x: Floats) -> Floats:
        bias = self.weights.get(f"{name}.bias")
        y: Floats = x @ self.weights[f"{name}.weight"].T
        return y if bias is None else y + bias

    def _block(self, name: str, x: Floats, dilation: int, hint: Floats | None = None) -> Floats:
        y = _norm(x, self.weights[f"{name}.norm.scale"])
        wide = np.zeros((len(y), 3 * y.shape[1]), dtype=np.float32)
        size, step = y.shape[1], min(dilation, len(y))
        wide[step:, :size] = y[: len(y) - step]
        wide[:, size : 2 * size] = y
        wide[: len(y) - step, 2 * size :] = y[step:]
        z = self._linear(f"{name}.mix", wide)
        if hint is not None:
            z = z + hint @ self.weights[f"{name}.hint.weight"].T
        return x + z[:, :size] * _sigmoid(z[:, size:])

    def _attend(self, name: str, x: Floats, memory: Floats) -> Floats:
        y = _norm(x, self.weights[f"{name}.norm.scale"])
        q = self._linear(f"{name}.query", y).reshape(len(y), HEADS, -1).transpose(1, 0, 2)
        k = self._linear(f"{name}.key", memory).reshape(len(memory), HEADS, -1).transpose(1, 2, 0)
        v = self._linear(f"{name}.value", memory).reshape(len(memory), HEADS, -1).transpose(1, 0, 2)
        z = _softmax(q @ k / np.float32(np.sqrt(q.shape[-1])), 2) @ v
        return x + self._linear(f"{name}.out", z.transpose(1, 0, 2).reshape(len(y), -1))

    def _similar(self, question: Encoded, context: Encoded) -> Floats:
        table = self.weights["word_table"]
        cosine = (table[context.words] @ table[question.words].T) * question.rarity
        return np.stack([cosine.max(1), cosine.sum(1) / 4], 1)

    def _spans(self, x: Floats, hint: Floats) -> Floats:
        n = len(x)
        both = np.concatenate([x, hint * x], 1)
        scores = self._linear("first_key", both) @ self._linear("last_key", both).T / np.float32(8)
        scores += self._linear("first_score", x) + self._linear("last_score", x).T
        gap = np.arange(n)[None, :] - np.arange(n)[:, None]
        scores += self._linear("length", hint)[0][self._buckets][np.clip(gap, 0, self.reach - 1)]
        scores[(gap < 0) | (gap >= self.reach)] = _NEVER
        return scores

    def _nothing(self, x: Floats, hint: Floats, match: Floats) -> float:
        seen = np.concatenate([x.max(0), hint[0], match[0, 12:13]])
        return float(self._linear("nothing.2", np.maximum(self._linear("nothing.0", seen), 0))[0])


def length_buckets(reach: int) -> npt.NDArray[np.int64]:
    """Return (reach,) bucket numbers below 16 for spans of 1..reach pieces: single steps at first, then coarser.

    >>> length_buckets(12).tolist()
    [0, 1, 2, 3, 4, 5, 6, 6, 6, 7, 7, 7]
    """
    steps = [n if n <= 6 else int(6 + 2.2 * np.log2(n / 6)) for n in range(reach)]
    return np.minimum(np.array(steps, dtype=np.int64), 15)


def _norm(x: Floats, scale: Floats) -> Floats:
    normal: Floats = x / np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(1e-6)) * scale
    return normal


def _softmax(x: Floats, axis: int) -> Floats:
    raised = np.exp(x - x.max(axis, keepdims=True))
    shares: Floats = raised / raised.sum(axis, keepdims=True)
    return shares


def _sigmoid(x: Floats) -> Floats:
    # By tanh: exp would overflow, and warn, on large negative gates.
    half = np.float32(0.5)
    gate: Floats = half + half * np.tanh(x * half)
    return gate
