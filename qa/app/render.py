"""One answer, two forms: plain values for programs, text for a reader. Every face shows answers through here.

Nothing is decided here: what is shown stands in the values that come in. Text for a terminal has its control
characters made visible, so that an article can never move the cursor or colour the screen.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from qa.types import About, Answer, Article, Citation, FileReport, Hit

# C0 and C1 controls (a terminal obeys them) and bidirectional overrides (they show words in another order).
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# How much of a passage a list of hits shows; the JSON has all of it.
_EXCERPT = 70
# How many agencies, places and operations a line about an article shows; the JSON has all.
_NAMES = 5


def as_json(value: dict[str, Any]) -> str:
    """Return one line of JSON with Chinese as Chinese."""
    return json.dumps(value, ensure_ascii=False)


def answer_json(answer: Answer, id: str | int | None = None) -> dict[str, Any]:  # noqa: A002
    """Return the fields of an answer as plain values; ``id`` comes first when it is given."""
    fields: dict[str, Any] = {} if id is None else {"id": id}
    fields |= {
        "question": answer.question,
        "resolved_question": answer.resolved_question,
        "headline": answer.headline,
        "text": answer.text,
        "abstained": answer.abstained,
        "reason": answer.reason,
        "confidence": round(float(answer.confidence), 4),
        "citations": [citation_json(citation) for citation in answer.citations],
        "nearest": [hit_json(hit) for hit in answer.nearest],
        "elapsed_ms": round(float(answer.elapsed_ms), 3),
    }
    return fields


def refusal_json(question: str, reason: str, id: str | int | None = None) -> dict[str, Any]:  # noqa: A002
    """Return the fields of a refusal to a question that could not be asked at all, in the shape of an answer."""
    return answer_json(Answer(question, question, "", reason, True, reason, 0.0, (), (), 0.0), id)


def citation_json(citation: Citation) -> dict[str, Any]:
    """Return a citation as plain values; ``marks`` are ``[start, end]`` pairs in article offsets."""
    return asdict(citation) | {"marks": [list(mark) for mark in citation.marks], "also": list(citation.also)}


def hit_json(hit: Hit) -> dict[str, Any]:
    """Return a found passage as plain values; ``start`` and ``end`` are offsets into the article's text."""
    return {
        "source": hit.article.source,
        "article_id": hit.article.id,
        "title": hit.article.title,
        "publisher": hit.article.publisher,
        "published": hit.article.published,
        "text": hit.passage.text,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "score": float(hit.score),
    }


def hits_json(hits: Iterable[Hit], id: str | int | None = None) -> dict[str, Any]:  # noqa: A002
    """Return the hits of one search as plain values; ``id`` comes first when it is given."""
    fields: dict[str, Any] = {} if id is None else {"id": id}
    return fields | {"hits": [hit_json(hit) for hit in hits]}


def answer_text(answer: Answer, mark: Callable[[str], str] = str) -> str:
    """Return an answer as a reader sees it: headline, text, sources; ``mark`` sets off the exact words of a quote."""
    parts: list[str] = []
    if answer.resolved_question and answer.resolved_question != answer.question:
        parts.append(f"(问:{visible(answer.resolved_question)})")
    if answer.abstained:
        parts.append(visible(answer.text or answer.reason))
        if answer.nearest:
            parts.append("最接近的原文:\n" + hits_text(answer.nearest))
    else:
        # The text usually begins with the headline, and may quote its sources itself: nothing is shown twice.
        rest = answer.text.removeprefix(answer.headline)
        apart = "" if rest != answer.text or not rest else "\n\n"
        parts.append(mark(visible(answer.headline)) + apart + visible(rest))
    if answer.citations:
        parts.append("来源:\n" + "\n".join(_source(citation, answer.text, mark) for citation in answer.citations))
    return "\n\n".join(part for part in parts if part)


def citation_text(citation: Citation, mark: Callable[[str], str] = str) -> str:
    """Return a citation in two lines: number and where it stands, then the quote."""
    head = _joined(citation.title, citation.publisher, citation.published, citation.source)
    quote = "".join(mark(visible(words)) if exact else visible(words) for words, exact in quote_parts(citation))
    also = f" (另见 also in: {'、'.join(map(visible, citation.also))})" if citation.also else ""
    return f"[{citation.n}] {head}{also}\n    {_one_line(quote)}"


def _source(citation: Citation, text: str, mark: Callable[[str], str]) -> str:
    whole = citation_text(citation, mark)
    return whole.split("\n", 1)[0] if citation.quote in text else whole


def quote_parts(citation: Citation) -> list[tuple[str, bool]]:
    """Cut a quote at its marks: ``(words, is_mark)`` in order, together the whole quote.

    Marks outside the quote are ignored, overlapping ones are joined.
    """
    parts: list[tuple[str, bool]] = []
    place = 0
    for start, end in sorted(citation.marks):
        left, right = max(start - citation.start, place), min(end - citation.start, len(citation.quote))
        if left < right:
            parts += [(citation.quote[place:left], False), (citation.quote[left:right], True)]
            place = right
    parts.append((citation.quote[place:], False))
    return [part for part in parts if part[0]]


def hits_text(hits: Sequence[Hit]) -> str:
    """Return found passages as a numbered list, each with its source and the beginning of its text."""
    return "\n".join(f"{number}. {_hit_text(hit)}" for number, hit in enumerate(hits, start=1))


def article_json(article: Article, first: str = "", names: About | None = None) -> dict[str, Any]:
    """Return what identifies an article as plain values, without its text; ``first`` is the article it reprints."""
    fields = ("id", "source", "title", "publisher", "author", "published", "codec", "url")
    known = {name: getattr(article, name) for name in fields} | {"characters": len(article.text), "reprint_of": first}
    return known | (asdict(names) if names else {})


def article_text(article: Article, first: str = "", names: About | None = None) -> str:
    """Return an article in one line: id, date, publisher, title, source; what it names in one more."""
    line = _joined(article.id, article.published or "----------", article.publisher, article.title, article.source,
                   f"reprint of {first}" if first else "")
    lists = (names.agencies, names.places, names.operations) if names else ()
    named = _joined(*("、".join(each[:_NAMES]) for each in lists))
    return f"{line}\n    {named}" if named else line


def report_json(report: FileReport) -> dict[str, Any]:
    """Return the report on one file as plain values."""
    return asdict(report)


def report_text(report: FileReport) -> str:
    """Return the report on one file in one line: what became of it, and how it was read or why it was not."""
    facts = [report.codec] if report.codec else []
    if report.articles > 1:
        facts.append(f"{report.articles} articles")
    if report.passages:
        facts.append(f"{report.passages} passages")
    if report.removed_characters:
        facts += [f"{report.removed_characters} characters of navigation and glosses left out"]
    return _joined(f"{report.status:<9} {report.source}", ", ".join(facts), report.reason)


def reports_summary(reports: Sequence[FileReport]) -> str:
    """Return the counts of an indexing run in one line; the parts add up to the whole."""
    counts = Counter(report.status for report in reports)
    parts = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    return f"{len(reports)} files: {parts}" if reports else "0 files"


def visible(text: str) -> str:
    r"""Return ``text`` with control and bidirectional characters written out, safe for any terminal.

    >>> visible("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def _hit_text(hit: Hit) -> str:
    text = _one_line(visible(hit.passage.text))
    excerpt = text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"
    return f"{_joined(hit.article.title, hit.article.published, hit.article.source)} ({hit.score:.3f})\n    {excerpt}"


def _joined(*parts: str) -> str:
    return " · ".join(_one_line(visible(part)) for part in parts if part)


def _one_line(text: str) -> str:
    return " ".join(text.split())
