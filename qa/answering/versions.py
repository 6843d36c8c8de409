"""Where a near-reprint prints another figure among the same words: two versions, neither of which code can prefer.

Knows articles and places in them, nothing of questions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answering.evidence import ArticleView, Span, view_of
from qa.language.quantities import Quantity
from qa.types import Article

# Letters of the words on either side of a figure that both versions must share, and the fewest of them in all.
BESIDE, LEAST_BESIDE = 12, 10
# Other figures beside it may differ too, days and hours not: then both may be right.
_PARTS = re.compile(r"\d+[年月日号时点]|\d+(?:[.,]\d+)*|[^\W_]")
_APART = r"[\W_]*"
_NUMBER = r"\d+(?:[.,]\d+)*"


def other_figures(article: Article, mark: Span, others: Sequence[Article]) -> list[tuple[Article, Span]]:
    """Return the articles of ``others`` that print another figure where ``article`` prints the one at ``mark``.

    Each comes with the place of its figure. A value is compared, not its digits (3万 is 30000), and only with one of
    the same unit, in an article of the same year. Of several articles with the same other value the first is returned.
    """
    view = view_of(article)
    own = _figure_at(view, mark)
    words = _words_beside(view.folded, mark)
    if own is None or words is None:
        return []
    found: dict[object, tuple[Article, Span]] = {}
    for other in others:
        if article.published and other.published and article.published[:4] != other.published[:4]:
            continue
        theirs = view_of(other)
        match = words.search(theirs.folded)
        figure = _figure_at(theirs, match.span("figure")) if match else None
        if figure and figure.unit == own.unit and _says(figure) != _says(own):
            found.setdefault(_says(figure), (other, (figure.start, figure.end)))
    return list(found.values())


def _says(figure: Quantity) -> tuple[object, ...]:
    return figure.value, figure.high


def _figure_at(view: ArticleView, span: Span) -> Quantity | None:
    """Return the only figure that overlaps ``span``."""
    figures = [q for q in view.quantities(view.sentence_at(span[0])) if q.start < span[1] and q.end > span[0]]
    return figures[0] if len(figures) == 1 else None


def _words_beside(text: str, mark: Span) -> re.Pattern[str] | None:
    """Return a pattern for the words around a figure, whatever marks and numbers stand among them."""
    before = _PARTS.findall(text[max(mark[0] - 2 * BESIDE, 0) : mark[0]])[-BESIDE:]
    after = _PARTS.findall(text[mark[1] : mark[1] + 2 * BESIDE])[:BESIDE]
    if len(before) + len(after) < LEAST_BESIDE:
        return None
    left = "".join(_pattern(part) + _APART for part in before)
    right = "".join(_APART + _pattern(part) for part in after)
    return re.compile(rf"{left}(?P<figure>\S{{1,20}}?){right}")


def _pattern(part: str) -> str:
    return _NUMBER if part[-1].isdigit() else part
