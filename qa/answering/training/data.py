"""Questions with their contexts and answers as pieces, and the crops of them that one batch is made of."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from qa.answering.matching import Encoded, Vocabulary, match
from qa.answering.training.files import Asked

_ENDS = frozenset("。！？!?;；…")


@dataclass(frozen=True, slots=True)
class Context:
    """A paragraph: its ``text``, its pieces as rows, and where its sentences begin (in pieces, with the end last)."""

    id: str
    text: str
    encoded: Encoded
    borders: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question asked of one context; ``spans`` are its answers as pieces [first, last], empty for "not answered"."""

    id: str
    text: str
    encoded: Encoded
    context: Context
    answers: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def make_context(name: str, text: str, vocabulary: Vocabulary) -> Context:
    """Cut and look up one paragraph."""
    encoded = vocabulary.encode(text)
    ends = [i + 1 for i, piece in enumerate(encoded.pieces) if piece.text in _ENDS]
    borders = sorted({0, *ends, len(encoded)})
    return Context(name, text, encoded, tuple(borders))


def encode(asked: Iterable[Asked], vocabulary: Vocabulary) -> list[Question]:
    """Cut and look up questions and their contexts; questions without words are left out."""
    contexts: dict[str, Context] = {}
    found = []
    for one in asked:
        if one.context_id not in contexts:
            contexts[one.context_id] = make_context(one.context_id, one.text, vocabulary)
        context = contexts[one.context_id]
        spans = tuple(sorted({cover(context.encoded, start, end) for start, end in one.places}))
        encoded = vocabulary.encode(one.question)
        if len(encoded):
            found.append(Question(one.id, one.question, encoded, context, one.answers, spans))
    return found


def cover(encoded: Encoded, start: int, end: int) -> tuple[int, int]:
    """Return the first and the last piece that meet the characters [start, end)."""
    met = [i for i, piece in enumerate(encoded.pieces) if piece.start < end and piece.end > start]
    return (met[0], met[-1]) if met else (0, 0)


@dataclass(frozen=True, slots=True)
class Crop:
    """A run of whole sentences of a context with the questions asked of it; an empty list of spans: not answered."""

    context: Encoded
    questions: tuple[Encoded, ...]
    spans: tuple[tuple[tuple[int, int], ...], ...]


def crops(questions: Iterable[Question], most: int, absent: float, rng: random.Random, together: int = 4) -> list[Crop]:
    """Cut each context around the answers of up to ``together`` of its questions to at most ``most`` pieces.

    A share ``absent`` of the crops leaves the sentences with the answers out, when the rest does not hold them.
    """
    groups: dict[str, list[Question]] = {}
    for question in questions:
        groups.setdefault(question.context.id, []).append(question)
    found = []
    for group in groups.values():
        rng.shuffle(group)
        for i in range(0, len(group), together):
            found += _crop(group[i : i + together], most, absent, rng)
    return found


def _crop(group: Sequence[Question], most: int, absent: float, rng: random.Random) -> list[Crop]:
    context = group[0].context
    if len(context.encoded) <= most and rng.random() >= absent:
        return [Crop(context.encoded, tuple(q.encoded for q in group), tuple(q.spans for q in group))]
    return [crop for question in group for crop in _crop_one(question, most, rng.random() < absent, rng)]


def _crop_one(question: Question, most: int, absent: bool, rng: random.Random) -> Iterator[Crop]:
    context = question.context
    start, end = _absent_window(question, most, rng) if absent else _window(question, most, rng)
    if end - start < 8:
        return
    spans = tuple((a - start, b - start) for a, b in question.spans if a >= start and b < end)
    yield Crop(context.encoded.part(start, end), (question.encoded,), (spans,))


def _window(question: Question, most: int, rng: random.Random) -> tuple[int, int]:
    borders = question.context.borders
    if not question.spans:
        first = rng.choice(borders[:-1])
        start = end = first
    else:
        a, b = rng.choice(question.spans)
        start = max(border for border in borders if border <= a)
        end = min(border for border in borders if border > b)
    before, after = borders.index(start), borders.index(end)
    while True:
        options = []
        if before > 0 and end - borders[before - 1] <= most:
            options.append(-1)
        if after < len(borders) - 1 and borders[after + 1] - start <= most:
            options.append(1)
        if not options:
            return start, min(end, start + 2 * most)
        if rng.choice(options) < 0:
            before -= 1
            start = borders[before]
        else:
            after += 1
            end = borders[after]


def _absent_window(question: Question, most: int, rng: random.Random) -> tuple[int, int]:
    borders, text = question.context.borders, question.context.text
    runs = list(pairwise(borders))
    free = [run for run in runs if not any(a < run[1] and b >= run[0] for a, b in question.spans)]
    if not free:
        return 0, 0
    middle = rng.randrange(len(free))
    start, end = free[middle]
    for run in free[middle + 1 :]:
        if run[0] == end and run[1] - start <= most:
            end = run[1]
    cut = question.context.encoded.pieces[start:end]
    held = text[cut[0].start : cut[-1].end] if cut else ""
    return (0, 0) if any(answer in held for answer in question.answers) else (start, end)


def batches(cut: Sequence[Crop], budget: int, rng: random.Random) -> list[list[Crop]]:
    """Group crops of like length so that questions times pieces stay within ``budget``; the order is shuffled."""
    ranked = sorted(cut, key=lambda crop: (len(crop.context) + rng.randrange(16), rng.random()))
    found: list[list[Crop]] = [[]]
    asked = 0
    for crop in ranked:
        asked += len(crop.questions)
        if found[-1] and asked * (len(crop.context) + 8) > budget:
            found.append([])
            asked = len(crop.questions)
        found[-1].append(crop)
    rng.shuffle(found)
    return found


Numbers = npt.NDArray[np.float32]


def pad_texts(texts: Sequence[Encoded]) -> dict[str, npt.NDArray[np.generic]]:
    """Return the rows of texts padded to the longest: words, characters, tags, rarity, mask."""
    longest = max(len(text) for text in texts)

    def padded(name: str) -> npt.NDArray[np.generic]:
        parts = [getattr(text, name) for text in texts]
        whole = np.zeros((len(texts), longest, *parts[0].shape[1:]), dtype=parts[0].dtype)
        for row, part in zip(whole, parts, strict=True):
            row[: len(part)] = part
        return whole

    mask = np.array([[i < len(text) for i in range(longest)] for text in texts], dtype=np.float32)
    return {name: padded(name) for name in ("words", "characters", "tags", "rarity")} | {"mask": mask}


def pad_match(crop: Sequence[Crop]) -> Numbers:
    """Return the match features of all questions of the crops, padded."""
    longest = max(len(one.context) for one in crop)
    rows = []
    for one in crop:
        for question in one.questions:
            features = match(question, one.context)
            rows.append(np.pad(features, ((0, longest - len(features)), (0, 0))))
    return np.stack(rows)
