"""The learned reader: which span of a context answers a question, and how surely.

It proposes spans where rules find none, and chooses among candidates that rules propose. Every score is the logarithm
of a probability in which "not answered here" takes part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.answering.network import Floats, Network, Scores
from qa.answering.tokens import Cutter, Tokens, lead, runs

WEIGHTS = Path(__file__).parent / "model"

# A context is read in windows of so many tokens (about 200 characters): what the network was trained on.
WINDOW = 150
# Longer texts are cut here: more is no question, no background, and no article.
MOST_QUESTION, MOST_BACKGROUND, MOST_CONTEXT = 48, 64, 60_000
# Windows of a long context that are read: those that share most with the question. Bounds the time of a call.
WINDOWS = 4
# Spans whose probabilities are spread over the candidates; the rest of thousands weighs nothing.
_CONSIDERED = 60
_FLOOR = 1e-6
# Spans whose score is this far below the best have a probability below the floor.
_DEPTH = 14.0


@dataclass(frozen=True, slots=True)
class Span:
    """``context[start:end]`` with the logarithm of the probability that it answers."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Read:
    """What was found in one window: the likeliest spans (first, last token, probability), and P(not answered here)."""

    window: Tokens
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    share: Floats
    nothing: float

    def score(self, start: int, end: int) -> float:
        """Return log P(``start:end`` answers).

        A span gets the probability of every span that the network finds, by how well the two overlap (F1 in tokens):
        ragged borders cost little.
        """
        met = self.window.covering(start, end)
        if met is None:
            return _logarithm(0.0)
        shared = np.minimum(self.last, met[1]) - np.maximum(self.first, met[0]) + 1
        lengths = (self.last - self.first + 1) + (met[1] - met[0] + 1)
        return _logarithm(float((np.maximum(shared, 0) * 2 / lengths) @ self.share))

    def inside(self, start: int, end: int) -> float:
        """Return P(the answer stands within ``start:end``)."""
        spans = self.window.spans
        held = [spans[f][0] >= start and spans[la][1] <= end for f, la in zip(self.first, self.last, strict=True)]
        return float(self.share[np.array(held, dtype=bool)].sum())

    def options(self) -> list[tuple[float, Span]]:
        """Return every considered span with its worth: its own share plus its expected overlap."""
        shared = np.minimum(self.last[:, None], self.last) - np.maximum(self.first[:, None], self.first) + 1
        lengths = self.last - self.first + 1
        overlap = (np.maximum(shared, 0) * 2 / (lengths[:, None] + lengths)) @ self.share
        spans = self.window.spans
        return [
            (float(covered + share), Span(spans[first][0], spans[last][1], _logarithm(float(covered))))
            for covered, share, first, last in zip(
                overlap, self.share, self.first.tolist(), self.last.tolist(), strict=True
            )
        ]


class Reader:
    """Scores spans of a context as answers to a question; deterministic, and safe to share between threads."""

    def __init__(self, cutter: Cutter, network: Network) -> None:
        self._network = network
        self._cut = lru_cache(maxsize=512)(cutter.cut)

    @classmethod
    def load(cls, path: str | Path | None = None) -> Reader:
        """Return the reader of the folder ``path``, or the bundled one (read once per process)."""
        return _bundled() if path is None else _loaded(Path(path))

    def read(self, question: str, contexts: Sequence[str], background: str = "") -> list[Read]:
        """Return what is found in each of ``contexts``, in order, of a long one in its first window alone.

        ``background`` is what their article says elsewhere (``qa.answering.background``); no span is taken from it.
        """
        windows = [self._cut(context[:MOST_CONTEXT]).part(0, WINDOW) for context in contexts]
        return self._read_windows(self._lead(question, background), windows)

    def score(self, question: str, context: str, spans: Sequence[tuple[int, int]]) -> list[float]:
        """Return log P(span answers) for each character span, between log 1e-6 and 0."""
        found = self._read_long(question, context)
        return [max((one.score(start, end) for one in found), default=_logarithm(0.0)) for start, end in spans]

    def best_spans(self, question: str, context: str, k: int = 5) -> list[Span]:
        """Return up to ``k`` spans, the best first, none overlapping a better one, scored as by ``score``."""
        return best_of(self._read_long(question, context), k)

    def absence(self, question: str, context: str) -> float:
        """Return P(the context does not answer), that of the window that most likely does; 1.0 for an empty one."""
        return min((one.nothing for one in self._read_long(question, context)), default=1.0)

    def _read_long(self, question: str, context: str) -> list[Read]:
        asked = self._lead(question, "")
        windows = list(runs(self._cut(context[:MOST_CONTEXT]), WINDOW))
        if not asked or not windows:
            return []
        common = [-len(set(asked) & set(window.ids)) for window in windows]
        chosen = sorted(sorted(range(len(windows)), key=lambda i: (common[i], i))[:WINDOWS])
        return self._read_windows(asked, [windows[i] for i in chosen])

    def _lead(self, question: str, background: str) -> tuple[int, ...]:
        return lead(self._cut(question).part(0, MOST_QUESTION), self._cut(background).part(0, MOST_BACKGROUND))

    def _read_windows(self, asked: Sequence[int], windows: Sequence[Tokens]) -> list[Read]:
        return [_shares(window, self._network.read(asked, window)) for window in windows]


def best_of(found: Sequence[Read], k: int) -> list[Span]:
    """Return up to ``k`` spans of what was read, the best first, none overlapping a better one.

    Best is what is likely itself and agrees with the other likely spans.
    """
    chosen: list[Span] = []
    options = [option for one in found for option in one.options()]
    for _, span in sorted(options, key=lambda option: (-option[0], option[1].start, option[1].end)):
        if len(chosen) == k:
            break
        if all(span.end <= other.start or span.start >= other.end for other in chosen):
            chosen.append(span)
    return chosen


def _shares(window: Tokens, scores: Scores) -> Read:
    flat = scores.spans.ravel()
    highest = max(float(flat.max(initial=-1e4)), scores.nothing)
    likely = np.exp(flat - np.float32(highest))
    nothing = float(np.exp(scores.nothing - highest))
    total = float(likely.sum()) + nothing
    # What is no span at all is far below this line, so a small window gives fewer spans.
    top = np.flatnonzero(flat > highest - _DEPTH)
    top = top[np.lexsort((top, -flat[top]))][:_CONSIDERED]
    first, last = np.divmod(top, max(len(window), 1))
    return Read(window, first, last, (likely[top] / np.float32(total)).astype(np.float32), nothing / total)


def _logarithm(share: float) -> float:
    return float(np.log(min(max(share, _FLOOR), 1.0)))


@cache
def _bundled() -> Reader:
    return _loaded(WEIGHTS)


def _loaded(folder: Path) -> Reader:
    return Reader(Cutter.load(folder / "tokenizer.json"), Network.load(folder / "reader.onnx"))
