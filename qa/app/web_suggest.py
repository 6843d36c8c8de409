"""Questions made from the ledger of figures: whatever articles a library holds, there is something to ask it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qa.types import Figure

# Questions longer than this do not fit on a button.
_LONGEST = 42
# How many figures of one article are tried before giving up on it.
_TRIES = 8
# A figure worth asking for is written in digits and is not a handful; what it counts is a few plain words.
_SMALLEST = 10
_PLAIN = re.compile(r"[\u4e00-\u9fff]{2,12}(?<![的吗呢在等们后到])")


def questions_about(figures: Iterable[Figure]) -> Iterator[tuple[str, Figure]]:
    """Yield a question for each figure that tells what it counts and for whom, with the figure that answers it."""
    seen: set[str] = set()
    ready = (figure for figure in figures if _worth_asking(figure))
    for figure in ready:
        question = question_for(figure)
        if question and len(question) <= _LONGEST and question not in seen:
            seen.add(question)
            yield question, figure
            if len(seen) == _TRIES:
                return


def question_for(figure: Figure) -> str:
    """Return the question that a figure answers, or "" where its parts make none."""
    scope = figure.subject + (f"在{figure.operation}中" if figure.operation and figure.subject else figure.operation)
    if figure.kind == "percent":
        move = {"up": "上升", "down": "下降"}.get(figure.direction, "")
        return f"{scope}{figure.metric}{move}了百分之多少？" if move else ""
    if figure.kind == "count" and figure.unit:
        return f"{scope}{figure.metric}多少{figure.unit}？"
    if figure.kind == "money":
        return f"{scope}{figure.metric}多少元？"
    return ""


def _worth_asking(figure: Figure) -> bool:
    named = bool(figure.subject or figure.operation) and bool(_PLAIN.fullmatch(figure.metric))
    # A metric that names its subject again would be asked about twice.
    named = named and not (figure.subject and figure.subject in figure.metric)
    return named and figure.value >= _SMALLEST and any(digit in figure.text for digit in "0123456789")
