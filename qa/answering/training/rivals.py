"""What the bot itself would read for a question with a known answer: the windows that answer it and those that do not.

A reader that is to refuse must learn from what it will be shown: the best places that search and rules find, most of
them about the right thing and without the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.answering.assistant import rank, understand
from qa.answering.background import background
from qa.answering.choosing import places
from qa.answering.training.local import Span, answer_span, single_rows
from qa.language.scripts import fold
from qa.library import Library

# A run of the quote this long, in a window without the whole quote, may be enough of an answer.
_PART = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """A window as the reader is shown it, with its background."""

    text: str
    background: str


def read_windows(paths: Iterable[Path], library: Library) -> Iterator[tuple[str, Shown, Span | None]]:
    """Yield question, a window, and the answer's characters there, None where the window does not answer.

    Windows that may answer without the quoted sentence are left out.
    """
    for row in single_rows(paths):
        for window in windows(row["turns"][0], library):
            span = answer_span(row, window.text) if row["answerable"] else None
            if span or not (row["answerable"] and may_answer(row, window.text)):
                yield row["turns"][0], window, span


def windows(asked: str, library: Library) -> list[Shown]:
    """Return what the reader is shown for a question, the most promising first."""
    question, readings, _ = understand(asked, library)
    found = places(readings, rank(question, readings))
    return [Shown(reading.view.folded[slice(*span)], background(reading, span)) for reading, span in found]


def may_answer(row: Mapping[str, Any], window: str) -> bool:
    """Tell whether a window holds an accepted answer of ``row``, or a part of the sentence that it stands in."""
    quote = fold(row["evidence"][0]["quote"])
    if any(quote[i : i + _PART] in window for i in range(max(len(quote) - _PART, 0) + 1)):
        return True
    return any(_stands(fold(answer), window) for answer in row["answers"] if len(answer) > 1)


def _stands(answer: str, window: str) -> bool:
    left = r"(?<![\d.])" if answer[:1].isdigit() else ""
    right = r"(?![\d.])" if answer[-1:].isdigit() else ""
    return re.search(left + re.escape(answer) + right, window) is not None
