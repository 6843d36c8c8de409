"""What a question takes for granted, held against the articles: a person's post, the direction of a change.

A question with a false premise is not answered; the correction is said with its source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.answering.evidence import Reading, Span
from qa.answering.question import Question
from qa.answering.ranking import posts_in
from qa.corpus.clauses import direction_of

_PERCENT = re.compile(r"\d+(?:\.\d+)?%")
_WORDS = {"up": "上升", "down": "下降"}


@dataclass(frozen=True, slots=True)
class Correction:
    """What the articles say instead, and where."""

    text: str
    reading: Reading
    sentence: int
    mark: Span


def false_premise(question: Question, readings: Sequence[Reading]) -> Correction | None:
    """Return the correction of a premise that the articles contradict, None where they contradict nothing."""
    return _wrong_post(question, readings) or _wrong_direction(question, readings)


def _wrong_post(question: Question, readings: Sequence[Reading]) -> Correction | None:
    for name in question.names:
        if name.kind != "person" or not name.title:
            continue
        asked = posts_in(name.title)
        held = [
            (found, reading, number)
            for reading in readings
            for number in range(len(reading.view.sentences))
            if reading.view.folded.find(name.text, *reading.view.sentences[number]) >= 0
            for found in reading.view.names(number)
            if found.kind == "person" and reading.view.folded[found.start : found.end] == name.text and found.title
        ]
        known = {post for found, _, _ in held for post in posts_in(found.title)}
        if asked and known and not set(asked) & known:
            found, reading, number = held[0]
            said = "、".join(posts_in(found.title))
            text = f"文章中{name.text}的职务是{said},没有说是{'、'.join(asked)}。"
            return Correction(text, reading, number, (found.start, found.end))
    return None


def _wrong_direction(question: Question, readings: Sequence[Reading]) -> Correction | None:
    for match in _PERCENT.finditer(question.folded):
        asked = direction_of(question.folded, 0, len(question.folded), match.start())
        if not asked:
            continue
        for reading in readings:
            at = reading.view.folded.find(match.group())
            if at < 0:
                continue
            number = reading.view.sentence_at(at)
            span = (at, at + len(match.group()))
            said = reading.view.settings(number, [span])[0].direction
            if said and said != asked:
                text = f"文章中是{_WORDS[said]}{match.group()},不是{_WORDS[asked]}。"
                return Correction(text, reading, number, span)
    return None
