"""The behaviour of the three tabs where one looks instead of asking: figures, operations, articles."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from qa.app.ledger import Row, select
from qa.app.web_charts import bars_html, label_for
from qa.app.web_chat import texts_of
from qa.app.web_panels import notice_html
from qa.app.web_service import Service
from qa.app.web_tables import articles_html, figures_html, operations_html, pages, reports_html
from qa.app.web_texts import sentence
from qa.errors import WenjuError
from qa.language.scripts import fold
from qa.types import Article, Figure, FileReport

# A longer list of choices is no help; the box takes any word as well.
_CHOICES = 400
_FACETS = ("agency", "metric", "operation", "period")
_FIELD = {"agency": "subject"}


class Look:
    """Handles the events of the figures, operations and articles tabs."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def facets(self) -> list[Any]:
        """Return fresh choices for the boxes agency, metric, operation, period, article (in this order)."""
        try:
            rows = await asyncio.to_thread(self._service.rows)
        except WenjuError:  # the table beside the boxes says so
            return [gr.skip() for _ in (*_FACETS, "article")]
        boxes = [gr.Dropdown(choices=_frequent(rows, facet)) for facet in _FACETS]
        titled = {row.article.id: row.article.title or row.article.source for row in rows}
        return [*boxes, gr.Dropdown(choices=[(title, key) for key, title in list(titled.items())[:_CHOICES]])]

    async def figures(
        self, agency: str | None, metric: str | None, operation: str | None, period: str | None,
        article: str | None, order: str, page: float | None, request: gr.Request,
    ) -> tuple[str, Any, str]:  # fmt: skip
        """Return (table, page box, chart) for what is chosen."""
        texts = texts_of(request)
        chosen = {"agency": agency, "metric": metric, "operation": operation, "period": period}
        wanted = {name: value for name, value in chosen.items() if value}
        try:
            rows = select(await asyncio.to_thread(self._service.rows), **wanted)
        except WenjuError as error:
            return notice_html(sentence(error), texts), gr.Number(value=1), ""
        rows = [row for row in rows if not article or row.article.id == article]
        place = min(max(int(page or 1), 1), pages(len(rows)))
        filters = wanted | ({"article": article} if article else {})
        table = figures_html(_ordered(rows, order), place, filters, texts)
        chart = _chart(rows) if metric or operation else ""
        note = chart or f'<p class="wj-note">{texts("chart.none")}</p>'
        return table, _page_box(page, place), note

    async def figures_anew(
        self, agency: str | None, metric: str | None, operation: str | None, period: str | None,
        article: str | None, order: str, request: gr.Request,
    ) -> tuple[str, Any, str]:  # fmt: skip
        """Return what ``figures`` does, from the first page: another choice or order makes another list."""
        return await self.figures(agency, metric, operation, period, article, order, None, request)

    async def operations(self, words: str, request: gr.Request) -> str:
        """Return the operations whose name holds the words."""
        try:
            rows = await asyncio.to_thread(self._service.rows)
        except WenjuError as error:
            return notice_html(sentence(error), texts_of(request))
        return operations_html(rows, words.strip(), texts_of(request))

    async def articles(self, words: str, page: float | None, request: gr.Request) -> tuple[str, Any, Any]:
        """Return (table, page box, choices for removal) of the articles that hold the words in title or source."""
        texts = texts_of(request)
        try:
            found = await asyncio.to_thread(self._found, words)
        except WenjuError as error:
            return notice_html(sentence(error), texts), gr.Number(value=1), gr.Dropdown(choices=[])
        place = min(max(int(page or 1), 1), pages(len(found)))
        choices = [(f"{article.title or article.source} · {article.source}", article.id) for article in found]
        box = gr.Dropdown(choices=choices[:_CHOICES], value=[])
        return articles_html(found, place, texts), _page_box(page, place), box

    async def articles_anew(self, words: str, request: gr.Request) -> tuple[str, Any, Any]:
        """Return what ``articles`` does, from the first page."""
        return await self.articles(words, None, request)

    async def upload(self, paths: Sequence[str] | None, request: gr.Request) -> AsyncIterator[tuple[str, Any]]:
        """Add uploaded files one by one; yield (report so far, upload box) after each."""
        texts = texts_of(request)
        if not paths:
            yield notice_html(texts("upload.none"), texts, "note"), gr.File()
            return
        reports: list[FileReport] = []
        for number, path in enumerate(paths, start=1):
            waiting = f"{texts('upload.wait')} {number}/{len(paths)}: {Path(path).name}"
            yield notice_html(waiting, texts, "pending") + reports_html(reports, texts), gr.File()
            reports += await asyncio.to_thread(self._add, Path(path))
        yield reports_html(reports, texts), gr.File(value=None)

    async def confirm(self, chosen: Sequence[str] | None, request: gr.Request) -> tuple[str, Any]:
        """Return (question, confirmation group): nothing is removed before it is confirmed."""
        texts = texts_of(request)
        if not chosen:
            return notice_html(texts("remove.none"), texts, "note"), gr.Group(visible=False)
        return notice_html(texts("remove.sure", count=len(chosen)), texts, "note"), gr.Group(visible=True)

    async def remove(self, chosen: Sequence[str] | None, request: gr.Request) -> tuple[str, Any]:
        """Remove the chosen articles; return (message, hidden confirmation group)."""
        texts = texts_of(request)
        try:
            count = await asyncio.to_thread(lambda: self._service.library.remove(*(chosen or ())))
        except WenjuError as error:
            return notice_html(sentence(error), texts), gr.Group(visible=False)
        return notice_html(texts("remove.done", count=count), texts, "note"), gr.Group(visible=False)

    def _found(self, words: str) -> list[Article]:
        wanted = fold(words.strip())
        every = self._service.library.articles()
        return [each for each in every if not wanted or wanted in fold(f"{each.title} {each.source} {each.publisher}")]

    def _add(self, path: Path) -> list[FileReport]:
        try:
            return list(self._service.library.add(path))
        except WenjuError as error:
            return [FileReport(path.name, "skipped", sentence(error))]


def _page_box(asked: float | None, place: int) -> Any:  # noqa: ANN401 - an update has no type of its own
    """Return the page box of a list; a number that holds is left alone, the next one may stand there already."""
    return gr.skip() if asked == place else gr.Number(value=place)


def _frequent(rows: Sequence[Row], facet: str) -> list[str]:
    values = Counter(getattr(row.figure, _FIELD.get(facet, facet)) for row in rows)
    return [value for value, _ in values.most_common(_CHOICES) if value]


def _ordered(rows: Sequence[Row], order: str) -> list[Row]:
    if order in ("value", "value.up"):
        return sorted(rows, key=lambda row: row.figure.value, reverse=order == "value")
    if order in ("agency", "metric"):
        return sorted(rows, key=lambda row: _named_first(getattr(row.figure, _FIELD.get(order, order))))
    return list(rows)


def _named_first(name: str) -> tuple[bool, str]:
    """Return a key that puts figures without a name behind all others."""
    return not name, name


def _chart(rows: Sequence[Row]) -> str:
    """Compare the figures of the unit that most of the rows have; metrics of one name and one kind only."""
    figures = [row.figure for row in rows]
    kinds = Counter((figure.metric, figure.unit, figure.kind) for figure in figures if figure.metric)
    if not kinds:
        return ""
    (metric, unit, kind), count = kinds.most_common(1)[0]
    if count < 2:
        return ""
    alike: list[Figure] = [each for each in figures if (each.metric, each.unit, each.kind) == (metric, unit, kind)]
    return bars_html([(label_for(figure, alike), figure) for figure in alike], f"{metric} ({unit})" if unit else metric)
