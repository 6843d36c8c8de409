"""The ledger of figures as rows: which ones are wanted, and how they look as a table, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qa.app.render import visible
from qa.language.scripts import fold
from qa.library.search import check_day
from qa.types import Article, Figure

FILTERS = ("source", "publisher", "since", "until", "agency", "metric", "operation", "period", "unit")

_HEADINGS = ("数字", "指标", "主体", "时期", "行动", "变化", "来源")
_WIDEST = 28
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DIRECTIONS = {"up": "上升", "down": "下降"}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure with the article it stands in."""

    figure: Figure
    article: Article

    def json(self) -> dict[str, Any]:
        """Return the figure as plain values; ``value`` is text, so that no digit is lost."""
        figure, article = self.figure, self.article
        return {
            "text": figure.text,
            "value": format(figure.value, "f"),
            "unit": figure.unit,
            "kind": figure.kind,
            "approximate": figure.approximate,
            "direction": figure.direction,
            "metric": figure.metric,
            "subject": figure.subject,
            "period": figure.period,
            "operation": figure.operation,
            "source": article.source,
            "title": article.title,
            "publisher": article.publisher,
            "published": article.published,
            "article_id": figure.article_id,
            "start": figure.start,
            "end": figure.end,
        }


def select(rows: Iterable[Row], **wanted: str) -> list[Row]:
    """Return the rows that meet every wish of FILTERS: words are contained, dates (ISO) are bounds."""
    for name in wanted.keys() & {"since", "until"}:
        check_day(wanted[name])
    folded = {name: value if name in {"since", "until"} else fold(value) for name, value in wanted.items()}
    return [row for row in rows if all(_meets(row, name, value) for name, value in folded.items())]


def csv_text(rows: Iterable[Row]) -> str:
    """Return the rows as CSV with a heading; a text that a spreadsheet would run as a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, row in enumerate(each.json() for each in rows):
        if not number:
            writer.writerow(row)
        writer.writerow(_harmless(value) for value in row.values())
    return out.getvalue()


def table_text(rows: Sequence[Row]) -> str:
    """Return the rows as aligned columns; a Chinese character takes two places."""
    lines = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    return "\n".join(
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _meets(row: Row, name: str, value: str) -> bool:
    published = row.article.published
    if name == "since":
        return published >= value
    if name == "until":
        # A year or month as the bound means its last day: 2023-10-09 is not after 2023-10.
        return bool(published) and published[: len(value)] <= value
    holder = row.article if name in {"source", "publisher"} else row.figure
    return value in fold(getattr(holder, "subject" if name == "agency" else name))


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _cells(row: Row) -> tuple[str, ...]:
    figure = row.figure
    cells = (
        figure.text,
        figure.metric,
        figure.subject,
        figure.period,
        figure.operation,
        _DIRECTIONS.get(figure.direction, ""),
        row.article.source,
    )
    return tuple(_shortened(visible(" ".join(cell.split()))) for cell in cells)


def _shortened(text: str) -> str:
    if _width(text) <= _WIDEST:
        return text
    while _width(text) > _WIDEST - 1:
        text = text[:-1]
    return text + "…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
