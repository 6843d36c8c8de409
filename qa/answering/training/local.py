"""Questions about local reports with known answers, as the reader learns from them: where each stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from qa.language.scripts import fold

Span = tuple[int, int]
# Types whose answer is one place of the text.
_ONE_PLACE = frozenset(["figure", "percent", "money", "date", "duration", "person", "org", "place", "operation"])
# The name of an article in a note.
ARTICLE = re.compile(r"[a-z]+-\d{6}[\d-]*|made-[A-Z]\d{3}")
# A list may go on a little beyond its quote.
_BEYOND = 40


def read_local(paths: Iterable[Path], texts: Mapping[str, str]) -> Iterator[tuple[str, str, Span | None]]:
    """Yield question, text of its article, and the answer's characters there, None where the article does not answer.

    ``texts`` are the articles by id. Follow-ups, computed answers, and questions without an article are left out.
    """
    for row in single_rows(paths):
        if not row["answerable"]:
            if (near := ARTICLE.search(row["note"])) and near.group() in texts:
                yield row["turns"][0], texts[near.group()], None
        elif (text := texts.get(row["evidence"][0]["doc"])) and (span := answer_span(row, text)):
            yield row["turns"][0], text, span


def single_rows(paths: Iterable[Path]) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of gold files that ask once for something that stands in one place."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if len(row["turns"]) == 1 and not row.get("computed") and row["type"] != "comparison":
                yield row


def answer_span(row: Mapping[str, Any], text: str) -> Span | None:
    """Return where the answer of a question with known answers stands in its article, None where it is not found."""
    folded, quote = fold(text), fold(row["evidence"][0]["quote"])
    at = folded.find(quote)
    if at < 0:
        return None
    if row["type"] == "descriptive":
        return at, at + len(quote)
    if row["type"] == "list":
        return _hull([_first(element, folded, at - 5, at + len(quote) + _BEYOND) for element in row["all_of"]])
    if row["type"] not in _ONE_PLACE:
        return None
    for form in sorted(map(fold, row["answers"]), key=len, reverse=True):
        left = r"(?<![\d.])" if form[:1].isdigit() else ""
        if found := re.search(left + re.escape(form), quote):
            return at + found.start(), at + found.end()
    return None


def _first(element: str | list[str], folded: str, start: int, end: int) -> Span | None:
    forms = [fold(form) for form in ([element] if isinstance(element, str) else element)]
    found = [(place, place + len(form)) for form in forms if (place := folded.find(form, max(start, 0), end)) >= 0]
    return min(found, default=None)


def _hull(spans: list[Span | None]) -> Span | None:
    found = [span for span in spans if span]
    whole = found and len(found) == len(spans)
    return (min(start for start, _ in found), max(end for _, end in found)) if whole else None
