"""Tables of what the library holds, as HTML: figures, operations, articles, and the report of an upload.

On a narrow screen a row is laid out as a card; each cell carries its heading for that, hidden where the table's own
heading can be seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import quote as quote_path

from qa.app.ledger import Row
from qa.app.web_escape import escape, link
from qa.app.web_panels import figure_link, sentence_link
from qa.app.web_texts import Texts
from qa.types import Article, Figure, FileReport

PAGE = 50
# An operation that names more figures than these shows the first ones; the figures tab has all.
_FIGURES_SHOWN = 24
_ARROWS = {"up": "↑", "down": "↓"}
# A cell without a value: a dash in a table, left out of a card.
_NOTHING = ' class="wj-none"'


def table_html(headings: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """Return a table of cells that are HTML already."""
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(
        "<tr>" + "".join(_cell(heading, cell) for heading, cell in zip(headings, row, strict=True)) + "</tr>"
        for row in rows
    )
    title = f"<caption>{caption}</caption>" if caption else ""
    return f'<table class="wj-table">{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def figures_html(rows: Sequence[Row], page: int, filters: dict[str, str], texts: Texts) -> str:
    """Return one page of the ledger, each figure a link to its sentence, with the way to export all of it."""
    exports = " ".join(
        f'<a class="wj-export" href="{link(f"/figures.{form}", **filters)}" download>{form.upper()}</a>'
        for form in ("csv", "xlsx")
    )
    if not rows:
        return f'<p class="wj-note">{texts("none")}</p>'
    shown = rows[(page - 1) * PAGE : page * PAGE]
    names = ("figure", "metric", "agency", "operation", "period", "article")
    table = table_html([texts(name) for name in names], (_figure_cells(row, texts) for row in shown))
    ways = f'<span class="wj-exports">{texts("export")} {exports}</span>'
    return f'<p class="wj-count">{counted(len(rows), page, texts)}{ways}</p>{table}'


def operations_html(rows: Sequence[Row], words: str, texts: Texts) -> str:
    """Return the operations that figures belong to: who, when, what came of it, and where that is written."""
    names = Counter(row.figure.operation for row in rows if row.figure.operation)
    wanted = [name for name, _ in names.most_common() if words in name]
    if not wanted:
        return f'<p class="wj-note">{texts("none")}</p>'
    return "".join(_operation(name, [row for row in rows if row.figure.operation == name], texts) for name in wanted)


def articles_html(articles: Sequence[Article], page: int, texts: Texts) -> str:
    """Return one page of the list of articles; each title opens its article."""
    if not articles:
        return f'<p class="wj-note">{texts("none")}</p>'
    names = ("article", "publisher", "published", "file", "codec", "characters")
    shown = articles[(page - 1) * PAGE : page * PAGE]
    table = table_html([texts(name) for name in names], (_article_cells(article, texts) for article in shown))
    return f'<p class="wj-count">{counted(len(articles), page, texts)}</p>{table}'


def reports_html(reports: Sequence[FileReport], texts: Texts) -> str:
    """Return what became of each uploaded file: result, encoding, what was cut away, and why it was skipped."""
    names = ("file", "status", "codec", "articles", "passages", "cut", "reason")
    rows = (
        (escape(report.source), _status(report.status, texts), escape(report.codec), *_counts(report),
         escape(report.reason))
        for report in reports
    )
    return table_html([texts(name) for name in names], rows)


def counted(count: int, page: int, texts: Texts) -> str:
    """Return how many there are and which page of them this is."""
    return escape(texts("count", count=count, page=page, pages=pages(count)))


def pages(count: int) -> int:
    """Return the number of pages that so many rows fill; at least one."""
    return max((count + PAGE - 1) // PAGE, 1)


def article_link(article: Article, texts: Texts) -> str:
    """Return the title of an article as a link that opens it."""
    title = escape(article.title or article.source or texts("untitled"))
    return f'<a class="wj-cite" href="/article/{quote_path(article.id, safe="")}">{title}</a>'


def _cell(heading: str, cell: str) -> str:
    return f'<td{"" if cell else _NOTHING}><span class="wj-col">{heading}</span>{cell or "—"}</td>'


def _figure_cells(row: Row, texts: Texts) -> tuple[str, ...]:
    figure = row.figure
    return (
        f'<b class="wj-number">{_moving(figure)}</b>', escape(figure.metric), escape(figure.subject),
        escape(figure.operation), escape(figure.period),
        sentence_link(figure, row.article.title or row.article.source or texts("untitled")),
    )  # fmt: skip


def _article_cells(article: Article, texts: Texts) -> tuple[str, ...]:
    return (
        article_link(article, texts), escape(article.publisher), _whole(article.published or texts("undated")),
        escape(article.source), _whole(article.codec), _whole(str(len(article.text))),
    )  # fmt: skip


def _whole(text: str) -> str:
    return f'<span class="wj-number">{escape(text)}</span>'


def _moving(figure: Figure) -> str:
    return _ARROWS.get(figure.direction, "") + figure_link(figure)


def _named(rows: Sequence[Row], part: str) -> str:
    """Return the different values of a part of the figures, each a link to the first sentence that has it."""
    first = {getattr(row.figure, part): row.figure for row in reversed(rows)}
    values = dict.fromkeys(getattr(row.figure, part) for row in rows)
    return "、".join(sentence_link(first[value], value) for value in values if value)


def _operation(name: str, rows: Sequence[Row], texts: Texts) -> str:
    agencies, periods = _named(rows, "subject"), _named(rows, "period")
    articles = "、".join(dict.fromkeys(article_link(row.article, texts) for row in rows))
    figures = "".join(
        f"<li>{escape(row.figure.metric)} <b>{_moving(row.figure)}</b></li>" for row in rows[:_FIGURES_SHOWN]
    )
    facts = "".join(
        f"<dt>{texts(key)}</dt><dd>{value}</dd>"
        for key, value in (("agency", agencies), ("period", periods), ("article", articles))
        if value
    )
    return (
        f'<section class="wj-operation"><h2>{sentence_link(rows[0].figure, name)}</h2><dl>{facts}</dl>'
        f'<ul class="wj-figures">{figures}</ul></section>'
    )


def _counts(report: FileReport) -> tuple[str, str, str]:
    return str(report.articles), str(report.passages), str(report.removed_characters)


def _status(status: str, texts: Texts) -> str:
    known = ("added", "replaced", "unchanged", "duplicate", "renamed", "skipped")
    shown = texts(f"status.{status}") if status in known else escape(status)
    return f'<span class="wj-status wj-status-{status if status in known else "other"}">{shown}</span>'
