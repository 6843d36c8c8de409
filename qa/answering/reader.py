"""The learned reader: which span of a context answers a question, and how surely. Runs on numpy alone.

It proposes spans where rules find none, and chooses among candidates that rules propose. Every score is the logarithm
of a probability in which "not answered here" takes part, so scores compare across contexts for one question.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open

from qa.answering.matching import Encoded, Floats, Vocabulary, match
from qa.answering.network import Network
from qa.errors import InputError

WEIGHTS = Path(__file__).with_name("reader.safetensors")
# Raised when the tensors or their meaning change; other files are refused.
FORMAT = "wenju-reader-1"

# A paragraph of up to so many pieces is read at once; a longer text in smaller windows, of which so many that share
# most with the question are read: bounds the time of a call.
WHOLE = 512
WINDOW = 256
WINDOWS = 3
# Longer texts are cut here: more is no question, and no article.
MOST_QUESTION = 200
MOST_CONTEXT = 60_000
# Spans whose probabilities are spread over the candidates; the rest of thousands weighs nothing.
_CONSIDERED = 60
_FLOOR = 1e-6
# Spans whose score is this far below the best have a probability below the floor.
_DEPTH = 14.0
_ENDS = frozenset("。！？!?;；…")


@dataclass(frozen=True, slots=True)
class Span:
    """``context[start:end]`` with the logarithm of the probability that it answers."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class _Read:
    """What was found in one window: pieces, the likeliest spans (first, last, probability), and P(not answered)."""

    window: Encoded
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    share: Floats
    nothing: float


class Reader:
    """Scores spans of a context as answers to a question; deterministic, and safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary, network: Network) -> None:
        self._vocabulary, self._network = vocabulary, network
        self._remembered = lru_cache(maxsize=128)(self._windows)

    @classmethod
    def load(cls, path: str | Path | None = None) -> Reader:
        """Return the reader of the weights at ``path``, or the bundled one (read once per process)."""
        return _bundled() if path is None else cls(*read_weights(Path(path)))

    def score(self, question: str, context: str, spans: Sequence[tuple[int, int]]) -> list[float]:
        """Return log P(span answers) for each character span, between log 1e-6 and 0.

        A span gets the probability of every span that the network finds, by how well the two overlap (F1 in pieces):
        ragged borders cost little. P(not answered here) has its part, see ``absence``.
        """
        found = self._read(question, context, spans)
        return [max((_covered(one, start, end) for one in found), default=_logarithm(0)) for start, end in spans]

    def best_spans(self, question: str, context: str, k: int = 5) -> list[Span]:
        """Return up to ``k`` spans, the best first, none overlapping a better one; their scores are those of ``score``.

        Best is what is likely itself and agrees with the other likely spans: on validation that gave the same exact
        matches as the likeliest span alone, and better overlap.
        """
        options = [option for one in self._read(question, context) for option in _options(one)]
        chosen: list[Span] = []
        for _, span in sorted(options, key=lambda option: (-option[0], option[1].start, option[1].end)):
            if len(chosen) == k:
                break
            if all(span.end <= other.start or span.start >= other.end for other in chosen):
                chosen.append(span)
        return chosen

    def absence(self, question: str, context: str) -> float:
        """Return P(the context does not answer), that of the window that most likely does; 1.0 for an empty one."""
        return min((one.nothing for one in self._read(question, context)), default=1.0)

    def _read(self, question: str, context: str, spans: Sequence[tuple[int, int]] = ()) -> list[_Read]:
        asked = self._vocabulary.encode(question[:MOST_QUESTION])
        if not len(asked):
            return []
        windows = self._remembered(context[:MOST_CONTEXT])
        features = [match(asked, window) for window, _ in windows]
        return [self._read_window(asked, *windows[i], features[i]) for i in _worth(windows, features, spans)]

    def _read_window(self, asked: Encoded, window: Encoded, embedded: Floats, features: Floats) -> _Read:
        scores = self._network.read(asked, window, embedded, features)
        flat = scores.spans.ravel()
        highest = max(float(flat.max()), scores.nothing)
        likely = np.exp(flat - np.float32(highest))
        nothing = float(np.exp(scores.nothing - highest))
        total = float(likely.sum()) + nothing
        # What is no span at all is far below this line, so a small window gives fewer spans.
        top = np.flatnonzero(flat > highest - _DEPTH)
        top = top[np.lexsort((top, -flat[top]))][:_CONSIDERED]
        first, last = np.divmod(top, len(window))
        return _Read(window, first, last, (likely[top] / np.float32(total)).astype(np.float32), nothing / total)

    def _windows(self, context: str) -> list[tuple[Encoded, Floats]]:
        encoded = self._vocabulary.encode(context)
        return [
            (window, self._network.embed(window))
            for start, end in cut_windows(encoded, WHOLE if len(encoded) <= WHOLE else WINDOW)
            for window in [encoded.part(start, end)]
        ]


def cut_windows(encoded: Encoded, most: int) -> list[tuple[int, int]]:
    """Return runs of pieces of at most ``most``, of whole sentences where a sentence is no longer than that."""
    found, start, safe = [], 0, 0
    for i, piece in enumerate(encoded.pieces):
        if i - start >= most:
            end = safe if safe > start else i
            found.append((start, end))
            start = end
        if piece.text in _ENDS:
            safe = i + 1
    if start < len(encoded):
        found.append((start, len(encoded)))
    return found


def _worth(
    windows: Sequence[tuple[Encoded, Floats]], features: Sequence[Floats], spans: Sequence[tuple[int, int]]
) -> list[int]:
    """Return the numbers of the windows to read, in order: those that share most with the question.

    Windows without any of ``spans`` need not be read, when there are spans.
    """
    options = []
    for i, (window, _) in enumerate(windows):
        low, high = window.pieces[0].start, window.pieces[-1].end
        if not spans or any(start < high and end > low for start, end in spans):
            options.append((-float(features[i][0, 12]) - float(features[i][:, 6].max()), i))
    return sorted(i for _, i in sorted(options)[:WINDOWS])


def _options(read: _Read) -> list[tuple[float, Span]]:
    """Return every considered span of a window with its worth: its own share plus its expected overlap."""
    shared = np.minimum(read.last[:, None], read.last) - np.maximum(read.first[:, None], read.first) + 1
    lengths = read.last - read.first + 1
    overlap = (np.maximum(shared, 0) * 2 / (lengths[:, None] + lengths)) @ read.share
    pieces = read.window.pieces
    return [
        (float(covered + share), Span(pieces[first].start, pieces[last].end, _logarithm(float(covered))))
        for covered, share, first, last in zip(
            overlap, read.share, read.first.tolist(), read.last.tolist(), strict=True
        )
    ]


def _logarithm(share: float) -> float:
    return float(np.log(max(share, _FLOOR)))


def _covered(read: _Read, start: int, end: int) -> float:
    met = [i for i, piece in enumerate(read.window.pieces) if piece.start < end and piece.end > start]
    if not met:
        return _logarithm(0.0)
    shared = np.minimum(read.last, met[-1]) - np.maximum(read.first, met[0]) + 1
    lengths = (read.last - read.first + 1) + len(met)
    return _logarithm(float((np.maximum(shared, 0) * 2 / lengths) @ read.share))


@cache
def _bundled() -> Reader:
    return Reader(*read_weights(WEIGHTS))


def read_weights(path: Path) -> tuple[Vocabulary, Network]:
    """Return the vocabulary and the network of a weights file; ``InputError`` when it is none."""
    try:
        with safe_open(path, framework="numpy") as file:
            about = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError) as error:
        raise InputError(f"The reader's weights {path} cannot be read ({error}); train them or reinstall.") from error
    if about.get("format") != FORMAT:
        raise InputError(f"{path} has format {about.get('format')!r}, not {FORMAT!r}; train the reader again.")
    vocabulary = Vocabulary(
        bytes(tensors.pop("words")).decode().split("\n"),
        bytes(tensors.pop("characters")).decode().split("\n"),
        json.loads(about["tags"]),
        tensors.pop("rarity").astype(np.float32),
    )
    return vocabulary, Network(unpack(tensors), int(about["reach"]))


def unpack(tensors: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, Floats]:
    """Return weights as float32; the word table, if it is held in bytes with a scale per row, as such."""
    weights = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
    if "word_scale" in weights:
        weights["word_table"] = weights["word_table"] * weights.pop("word_scale")[:, None]
    return weights
