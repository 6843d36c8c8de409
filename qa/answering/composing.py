"""From a chosen candidate to an answer: the headline, the text with its markers, the citations.

Every piece shown is a slice of the article; nothing is rephrased.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.answering.evidence import ArticleView, Span, view_of
from qa.answering.ranking import Scored
from qa.language.scripts import is_traditional, to_simplified, to_traditional
from qa.types import Answer, Article, Citation

_CHANGE = re.compile(r"上升|下降|增长|减少|增加|降低|提高|提升|下滑|上涨|攀升|升高|下跌|回落|缩减|压降")
_TRIM = " \n\t,，、;；:："
# Quotes around a name are not part of the name.
_QUOTES = "“”「」『』\"'"


def cite(article: Article, span: Span, marks: Sequence[Span], n: int) -> Citation:
    """Return citation ``n`` of ``span``, letter for letter, blanks at its ends left out."""
    start, end = span
    while start < end and article.text[start].isspace():
        start += 1
    while end > start and article.text[end - 1].isspace():
        end -= 1
    raw_start, raw_end = article.offsets.raw_span(start, end)
    return Citation(
        n, article.id, article.source, article.title, article.publisher, article.published, article.text[start:end],
        start, end, raw_start, raw_end, tuple(mark for mark in marks if start <= mark[0] and mark[1] <= end),
    )  # fmt: skip


def headline_of(scored: Scored) -> str:
    """Return the candidate as a direct answer: a percentage with its direction, a row with its items."""
    candidate, view = scored.candidate, scored.reading.view
    text = view.article.text[candidate.start : candidate.end].strip(_TRIM)
    if candidate.kind == "percent":
        return _change_word(view, scored) + text
    if candidate.kind == "list":
        return text
    return text


def _change_word(view: ArticleView, scored: Scored) -> str:
    candidate = scored.candidate
    if not candidate.direction:
        return ""
    before = [m.group() for m in _CHANGE.finditer(view.article.text, candidate.clause[0], candidate.start)]
    before = before or [m.group() for m in _CHANGE.finditer(view.folded, candidate.clause[0], candidate.start)]
    if before:
        return before[-1]
    return ""


def in_script(text: str, question: str) -> str:
    """Return ``text`` in the script of ``question``; where the question has no say, as it stands."""
    if is_traditional(question):
        return to_traditional(text)
    if is_traditional(text):
        return to_simplified(text)
    return text


def quoted_source(citation: Citation) -> str:
    """Return how a citation names its source: 《title》(publisher, date)."""
    told = ",".join(part for part in (citation.publisher, citation.published) if part)
    title = citation.title or citation.source
    return f"《{title}》" + (f"({told})" if told else "")


def answer_text(headline: str, citations: Sequence[Citation], working: str = "") -> str:
    """Return what a person reads: the direct answer, how it was computed, then each source sentence with its marker."""
    lines = [headline + "".join(f" [{citation.n}]" for citation in citations)]
    if working:
        lines.append(working)
    for citation in citations:
        lines.append(f"[{citation.n}] {quoted_source(citation)}:“{citation.quote}”")
    return "\n".join(lines)


def beside_each_other(answer: Answer, versions: Sequence[tuple[Article, Span]]) -> Answer:
    """Return an answer with one source, and beside its figure those that ``versions`` of its article print instead."""
    citations, figures = list(answer.citations), []
    for article, mark in versions:
        view = view_of(article)
        citations.append(cite(article, view.sentences[view.sentence_at(mark[0])], [mark], len(citations) + 1))
        figures.append(in_script(article.text[slice(*mark)], answer.question))
    headline = f"{answer.headline}({in_script('另有报道作', answer.question)}{'、'.join(figures)})"
    return replace(answer, headline=headline, text=answer_text(headline, citations), citations=tuple(citations))
