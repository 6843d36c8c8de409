"""Answers that are several things: rows of items, runs of quoted names, and sentences for open questions."""

from __future__ import annotations

import re

from qa.answering.candidates import Candidate
from qa.answering.evidence import ArticleView, Span
from qa.corpus.clauses import clause_spans
from qa.language.words import words

# Descriptions, in characters: what is shorter is a heading, what is longer a pasted paragraph.
SHORTEST_DESCRIPTION, LONGEST_DESCRIPTION = 18, 118

# A quoted name as an item of a row.
_NAME = r"[“「《][^“”「」《》\n]{1,40}[”」》]"
_RUN = re.compile(
    rf"(?:{_NAME}(?:[、和与及,，]|以及)?(?:[^“”「」《》、,，。;；\n]{{0,14}})?){{2,}}"
)
# 一是…,二是…: each behind its number, as far as the sentence goes.
_ENUMERATION = re.compile(r"一是[^。!！?？\n]+?二是[^。!！?？\n]+")
_ORDINAL = re.compile(r"(?<![\u3400-\u9fff])[一二三四五六七八九十]是|(?<=[:：])一是")
# A law and the words of one of its articles are no row: 《…法》第四十四条“变更车道时…”.
_CITED_LAW = re.compile(r"》[^“”「」《》]*第[一二三四五六七八九十百\d]+[条款项]")
_CHAIN_MARK = re.compile(r"、|以及|和|与|及")
_LEAD = re.compile(
    r"(?:包括|包含|涵盖|分为|分别为|分别是|即|如|具有|拥有|有|为|是|以|对|在|从|把|将|等|开展了?|实施了?|推出了?|获得了?|催生了?|聚焦|围绕|[:：])"
)
_TAIL = re.compile(r"等(?=[\u3400-\u9fff])|等$")
# After these even two items joined by 和 are a row.
_NAMED_LEAD = re.compile(r"分别(?:是|为|叫)|包括|分为|即(?!将|使|可|时)|有(?!效|关|序)")
_NUMERALS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2}
_NUMERALS |= {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
# 哪六地 names a number of things, 哪八个字 a length, 哪三天 a date.
_SIZE = re.compile(
    r"(?:哪|which |what )\s*(?P<n>[二两三四五六七八九十]|\d+|two|three|four|five|six)\s*(?!个?字|年|天|月|日|号|点|\d)"
)
# An item of a row before a span and after it, as far as its part of the sentence goes.
_BEFORE = re.compile(rf"(?:{_NAME}|[^、,，。;；:：!！?？\n“”「」《》]{{1,16}})$")
_AFTER = re.compile(rf"、(?:{_NAME}|[^、,，。;；:：!！?？\n“”「」《》等]{{1,8}})")


def asked_size(folded: str) -> int:
    """Return how many items the question names (哪四种 -> 4), 0 when it does not say."""
    match = _SIZE.search(folded)
    if not match:
        return 0
    return int(match["n"]) if match["n"].isdigit() else _NUMERALS[match["n"]]


def size_of(text: str) -> int:
    """Return how many items a row of things names: quoted names, or what 、 and 和 join.

    >>> size_of("甲、乙和丙")
    3
    """
    outside, quoted = re.subn(_NAME, "x", text)
    return max(len([part for part in _CHAIN_MARK.split(outside) if part]), quoted)


def completed(text: str, span: Span, within: Span) -> Span:
    """Return ``span`` with the items of its row that it leaves out on either side, inside ``within``.

    >>> completed("在甲、乙、丙和丁", (5, 6), (0, 8))
    (1, 6)
    """
    start, end = span
    while start - 1 > within[0] and text[start - 1] == "、":
        item = _BEFORE.search(text, within[0], start - 1)
        if not item:
            break
        lead = _lead(text, item.start(), start - 1)
        start = item.start() if lead is None else lead
    while more := _AFTER.match(text, end, within[1]):
        end = more.end()
    return start, end


def rows(view: ArticleView, number: int, wanted: int = 0) -> list[Candidate]:
    """Return the rows of items in sentence ``number``: runs of quoted names and chains joined by 、."""
    start, end = view.sentences[number]
    found = []
    clauses = clause_spans(view.folded, start, end)
    for match in _RUN.finditer(view.folded, start, end):
        if _CITED_LAW.search(match.group()):
            continue
        span = _trimmed(view.folded, match.span())
        around = [c for c in clauses if c[0] < span[1] and span[0] < c[1]]
        found.append(_row(number, span, (around[0][0], around[-1][1]), _count(view.folded, span), wanted, 1.0))
    for match in _ENUMERATION.finditer(view.folded, start, end):
        span = (match.start(), match.start() + len(match.group().rstrip("。;；,， \n”")))
        found.append(_row(number, span, span, len(_ORDINAL.findall(match.group())), wanted, 1.0))
    for clause in clauses:
        items = _chain(view.folded, clause)
        if len(items) >= 2:
            span = (items[0][0], items[-1][1])
            if not any(r.start <= span[0] and span[1] <= r.end for r in found):
                found.append(_row(number, span, clause, len(items), wanted, 0.95 if len(items) > 2 else 0.85))
    return found


def _row(number: int, span: Span, clause: Span, count: int, wanted: int, fits: float) -> Candidate:
    if wanted and count != wanted:
        fits -= 0.1
    own = ((clause[0], span[0]), (span[1], clause[1]), span)
    return Candidate("list", *span, number, own, clause, fits=fits, row_size=count)


def _count(text: str, span: Span) -> int:
    return len(re.findall(r"[“「《]", text[span[0] : span[1]]))


def _trimmed(text: str, span: Span) -> Span:
    start, end = span
    while end > start and text[end - 1] not in "”」》":
        end -= 1
    return (start, end) if end > start else span


def _chain(text: str, clause: Span) -> list[Span]:
    """Return the items of the row in ``clause``: at least one 、 outside quotes; the lead-in and 等… cut away."""
    start, end = clause
    marks = [m for m in _CHAIN_MARK.finditer(text, start, end) if not _inside_quotes(text, start, m.start())]
    strong = [m for m in marks if m.group() == "、"] or [
        m for m in marks if _NAMED_LEAD.search(text[start : m.start()])
    ]
    if not strong:
        return []
    first = strong[0]
    lead = _lead(text, start, first.start())
    begin = start if lead is None else lead
    tail = _TAIL.search(text, first.end(), end)
    stop = tail.start() if tail else end
    items, at = [], begin
    for mark in marks:
        if max(begin, at, first.start() - 1) < mark.start() < stop:
            items.append((at, mark.start()))
            at = mark.end()
    if at < stop:
        items.append((at, stop))
    return items


def _lead(text: str, start: int, end: int) -> int | None:
    """Return where the first item of a row begins in ``text[start:end]``: behind the last word that leads in a row.

    A character that is part of another word (是否有, 以上) leads in nothing.
    """
    leads = [match for match in _LEAD.finditer(text, start, end) if match.end() < end]
    single = {start + word.start for word in words(text[start:end]) if len(word.text) == 1}
    ends = [match.end() for match in leads if match.end() - match.start() > 1 or match.start() in single]
    return ends[-1] if ends else None


def _inside_quotes(text: str, start: int, at: int) -> bool:
    part = text[start:at]
    return sum(part.count(c) for c in "“「《（(") > sum(part.count(c) for c in "”」》）)")


def windows(view: ArticleView, number: int) -> list[Candidate]:
    """Return sentence ``number`` alone and with the sentences after it, as long as they make one description."""
    found = []
    start, end = view.sentences[number]
    if view.folded[start:end].rstrip("”」 \n")[-1:] in "?？":
        return []
    paragraph = view.paragraph(number)
    last = number
    while True:
        span = (start, view.sentences[last][1])
        if last > number and view.folded[span[0] : span[1]].rstrip("”」 \n")[-1:] in "?？":
            break
        if span[1] - span[0] > LONGEST_DESCRIPTION and last > number:
            break
        own = ((start, span[1]),)
        found.append(Candidate("text", *span, number, own, span, fits=1.0, row_size=last - number + 1))
        last += 1
        if last >= len(view.sentences) or view.sentences[last][0] >= paragraph[1]:
            break
    return found
