"""Values made into HTML for the page: an answer, a refusal, an article with its cited sentence marked.

Only classes, addresses and titles are used as attributes: the page's own cleaner lets nothing else through. All text
passes ``escape``; every piece is a single line, so that no Markdown reader finds a paragraph in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote as quote_path

from qa.app.render import quote_parts
from qa.app.web_escape import escape, link
from qa.app.web_scope import Asked
from qa.app.web_texts import Texts
from qa.types import Answer, Article, Citation, Figure, Hit

_MARKER = re.compile(r"\[(\d{1,3})\]")
# More markers than these behind a headline say nothing.
_HEADLINE_MARKERS = 4
_EXCERPT = 140

Spans = Sequence[tuple[int, int]]


def turn_html(asked: Asked, body: str, texts: Texts) -> str:
    """Return one exchange: the question as it was typed, with its filters, then what came of it."""
    scope = " · ".join(escape(texts(f"scope.{name}", value=value)) for name, value in asked.scope)
    return (
        f'<section class="wj-turn"><p class="wj-asked"><span class="wj-sr">{texts("you")}</span>'
        f'<span class="wj-q">{escape(asked.text)}</span></p>'
        + (f'<p class="wj-within">{texts("scope")}{scope}</p>' if scope else "")
        + f"{body}</section>"
    )


def answer_html(answer: Answer, texts: Texts, chart: str = "") -> str:
    """Return an answer or a refusal as a card with its sources."""
    resolved = ""
    if answer.resolved_question and answer.resolved_question != answer.question:
        resolved = f'<p class="wj-resolved">{texts("resolved")}{escape(answer.resolved_question)}</p>'
    body = _refusal(answer, texts) if answer.abstained else _headline(answer, texts) + chart
    kind = "wj-card wj-refusal" if answer.abstained else "wj-card"
    sources = "".join(_source(citation, texts) for citation in answer.citations)
    if sources:
        sources = f'<h2 class="wj-label">{texts("sources")}</h2><ol class="wj-sources">{sources}</ol>'
    return f'<div class="{kind}">{resolved}{body}{sources}{_actions(texts)}</div>'


def notice_html(text: str, texts: Texts, kind: str = "error") -> str:
    """Return a card that says one sentence: an error, or that the answer is being looked for."""
    if kind == "pending":
        return f'<div class="wj-card wj-pending" role="status"><p>{escape(text)}</p></div>'
    if kind == "note":
        return f'<div class="wj-card wj-said" role="status"><p>{escape(text)}</p></div>'
    return f'<div class="wj-card wj-error" role="alert"><p>{escape(text)}</p>{_actions(texts)}</div>'


def suggestions_html(questions: Sequence[str], label: str) -> str:
    """Return questions as buttons that ask themselves."""
    if not questions:
        return ""
    buttons = "".join(
        f'<li><button type="button" class="wj-try">{escape(question)}</button></li>' for question in questions
    )
    return f'<div class="wj-follow"><p class="wj-label">{label}</p><ul>{buttons}</ul></div>'


def empty_html(articles: int, figures: int, texts: Texts) -> str:
    """Return what stands where no question has been asked yet."""
    return f'<div class="wj-empty"><h2>{texts("empty.title")}</h2><p>{greeting((articles, figures), texts)}</p></div>'


def greeting(counts: tuple[int, int] | None, texts: Texts) -> str:
    """Return what the library holds, ``counts`` of articles and figures where they are known, and what to expect."""
    if counts and not counts[0]:
        return escape(texts("empty.none"))
    held = texts("empty.counts", articles=counts[0], figures=counts[1]) if counts else ""
    return escape(held + texts("empty.promise"))


def cite_link(citation: Citation, texts: Texts) -> str:
    """Return the marker [n] as a link to the sentence in its article."""
    title = escape(texts("cite", n=citation.n))
    return f'<a class="wj-cite" href="{citation_address(citation)}" title="{title}">&#91;{citation.n}&#93;</a>'


def citation_address(citation: Citation) -> str:
    """Return where a citation stands, as a local address."""
    return article_address(citation.article_id, citation.start, citation.end, citation.marks)


def article_address(article_id: str, start: int, end: int, marks: Spans = (), page: str = "article") -> str:
    """Return the local address of a span of an article, ready for ``href``."""
    places = ",".join(f"{left}-{right}" for left, right in marks)
    return link(f"/{page}/{quote_path(article_id, safe='')}", start=str(start), end=str(end), marks=places)


def figure_link(figure: Figure) -> str:
    """Return a figure, letter for letter, as a link to its sentence."""
    return sentence_link(figure, figure.text)


def sentence_link(figure: Figure, words: str) -> str:
    """Return words as a link to the sentence of a figure."""
    address = article_address(figure.article_id, figure.start, figure.end, [(figure.start, figure.end)])
    return f'<a class="wj-cite" href="{address}">{escape(words)}</a>'


def article_facts(article: Article, texts: Texts) -> str:
    """Return publisher, author, date and file name of an article in one line."""
    facts = (article.publisher, article.author, article.published or texts("undated"), article.source)
    return " · ".join(escape(fact) for fact in facts if fact)


def marked_text(text: str, cited: tuple[int, int], marks: Spans) -> str:
    """Return ``text`` in paragraphs, the span ``cited`` and the ``marks`` inside it highlighted."""
    paragraphs = []
    place = 0
    for line in text.split("\n"):
        if line.strip():
            paragraphs.append(f"<p>{_line(text, place, place + len(line), cited, marks)}</p>")
        place += len(line) + 1
    return "".join(paragraphs)


def _line(text: str, start: int, end: int, cited: tuple[int, int], marks: Spans) -> str:
    left, right = max(start, cited[0]), min(end, cited[1])
    if left >= right:
        return escape(text[start:end])
    inner = "".join(
        f'<mark class="wj-exact">{escape(words)}</mark>' if exact else escape(words)
        for words, exact in _parts(text, left, right, marks)
    )
    return f'{escape(text[start:left])}<mark class="wj-cited">{inner}</mark>{escape(text[right:end])}'


def _parts(text: str, start: int, end: int, marks: Spans) -> list[tuple[str, bool]]:
    piece = Citation(1, "", "", "", "", "", text[start:end], start, end, start, end, tuple(marks))
    return quote_parts(piece)


def _headline(answer: Answer, texts: Texts) -> str:
    markers = " ".join(cite_link(citation, texts) for citation in answer.citations[:_HEADLINE_MARKERS])
    headline = f'<p class="wj-headline">{escape(answer.headline)} <span class="wj-markers">{markers}</span></p>'
    said = "\n".join(line for line in answer.text.split("\n") if not _repeats(line, answer)).strip()
    return headline + (f'<p class="wj-text">{_with_markers(said, answer, texts)}</p>' if said else "")


def _repeats(line: str, answer: Answer) -> bool:
    """Tell whether a line only says what stands beside it: the headline, or a quote that the sources show marked."""
    plain = _MARKER.sub("", line).strip()
    return plain in ("", answer.headline) or any(each.quote.strip() in line for each in answer.citations)


def _with_markers(text: str, answer: Answer, texts: Texts) -> str:
    """Make [n] links in a text where there is a citation n; other brackets stay text."""
    cited = {str(citation.n): citation for citation in answer.citations}
    pieces = _MARKER.split(text)
    shown = [escape(pieces[0])]
    for number, after in zip(pieces[1::2], pieces[2::2], strict=True):
        shown.append(cite_link(cited[number], texts) if number in cited else f"&#91;{number}&#93;")
        shown.append(escape(after))
    return "".join(shown)


def _refusal(answer: Answer, texts: Texts) -> str:
    reason = answer.text or answer.reason
    nearest = "".join(_nearest(hit) for hit in answer.nearest)
    if nearest:
        nearest = f'<h2 class="wj-label">{texts("nearest")}</h2><ul class="wj-nearest">{nearest}</ul>'
    said = _with_markers(answer.text, answer, texts) if answer.text else escape(reason)
    return f'<p class="wj-headline">{texts("refusal")}</p><p class="wj-text">{said}</p>{nearest}'


def _nearest(hit: Hit) -> str:
    address = article_address(hit.article.id, hit.passage.start, hit.passage.end)
    text = hit.passage.text.strip()
    shown = text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"
    title = escape(hit.article.title or hit.article.source)
    article = hit.article
    facts = _facts(article.publisher, article.published, article.source if article.title else "")
    return f'<li><a class="wj-cite" href="{address}">{title}</a>{facts}<blockquote>{escape(shown)}</blockquote></li>'


def _facts(publisher: str, published: str, source: str) -> str:
    # A date is never broken at its hyphens.
    day = f'<span class="wj-number">{escape(published)}</span>' if published else ""
    shown = " · ".join(fact for fact in (escape(publisher), day, escape(source)) if fact)
    return f'<span class="wj-facts">{shown}</span>' if shown else ""


def _source(citation: Citation, texts: Texts) -> str:
    quote = "".join(
        f'<mark class="wj-exact">{escape(words)}</mark>' if exact else escape(words)
        for words, exact in quote_parts(citation)
    )
    facts = _facts(citation.publisher, citation.published, citation.source)
    title = escape(citation.title or texts("untitled"))
    others = escape("、".join(citation.also))
    also = f'<span class="wj-facts">{texts("also")} {others}</span>' if others else ""
    return (
        f'<li>{cite_link(citation, texts)} <a class="wj-cite wj-title" href="{citation_address(citation)}">{title}</a>'
        f"{facts}{also}<blockquote>{quote}</blockquote></li>"
    )


def _actions(texts: Texts) -> str:
    names = ("copy", "retry", "link", "good", "bad")
    buttons = "".join(
        f'<button type="button" class="wj-act wj-act-{name}" value="{name}">{texts(name)}</button>' for name in names
    )
    return f'<p class="wj-acts">{buttons}</p>'
