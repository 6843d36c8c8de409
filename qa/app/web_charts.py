"""Small bar charts in plain HTML: figures of one unit, side by side, each a link to its sentence."""

from __future__ import annotations

from collections.abc import Sequence

from qa.app.web_escape import escape
from qa.app.web_panels import figure_link
from qa.errors import InputError
from qa.library import Library
from qa.types import Answer, Figure

# More bars than these are a table, not a picture.
_MOST_BARS = 12


def bars_html(rows: Sequence[tuple[str, Figure]], caption: str = "") -> str:
    """Return labelled bars, longest full width; nothing when fewer than two can be compared."""
    if len(rows) < 2 or len({figure.unit for _, figure in rows}) > 1:
        return ""
    rows = rows[:_MOST_BARS]
    most = max(abs(figure.value) for _, figure in rows) or 1
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    lines = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td><span class="wj-bar" '
        f'style="width:{float(abs(figure.value) / most) * 60:.1f}%"></span>{figure_link(figure)}</td></tr>'
        for label, figure in rows
    )
    return f'<table class="wj-bars">{title}<tbody>{lines}</tbody></table>'


def comparison_html(answer: Answer, library: Library) -> str:
    """Return a chart of the figures an answer cites when they compare; "" when they do not."""
    if answer.abstained:
        return ""
    marked = {(citation.article_id, mark) for citation in answer.citations for mark in citation.marks}
    if len(marked) < 2:
        return ""
    articles = dict.fromkeys(citation.article_id for citation in answer.citations)
    try:
        ledger = [figure for article_id in articles for figure in library.figures(article_id)]
    except InputError:  # the article was removed since
        return ""
    # A mark may hold more than the figure itself: 上升14.67%.
    figures = [figure for figure in ledger if any(_holds(mark, figure) for mark in marked)]
    return bars_html([(label_for(figure, figures), figure) for figure in figures])


def _holds(mark: tuple[str, tuple[int, int]], figure: Figure) -> bool:
    article_id, (start, end) = mark
    return article_id == figure.article_id and start <= figure.start and figure.end <= end


def label_for(figure: Figure, among: Sequence[Figure]) -> str:
    """Return the words that tell a figure from the others: those of its parts in which they differ."""
    parts = ("subject", "period", "operation", "metric")
    telling = [getattr(figure, part) for part in parts if len({getattr(other, part) for other in among}) > 1]
    return " ".join(part for part in telling if part) or figure.metric or figure.text
