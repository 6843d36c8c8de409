"""Sentences of a text and passages of an article: every cut lies where a reader would pause.

Nothing is cut inside a number, a date, a pair of quotation marks or of brackets, unless the pair holds more than
``PAIR`` characters. Sentences and passages cover the text in order; only white space and the marks of lost characters
lie between them, so that a sentence always stands in the raw file as it is quoted.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from qa.corpus.characters import LOST
from qa.types import Article, Passage

# A pair of marks with more inside than this is a speech or a forgotten mark, and may be cut at its own sentence ends.
PAIR = 200
# A sentence that would be longer is cut at a comma; speech without any stop exists.
LONGEST = 600
# Passages aim at this many characters, end with a paragraph when they hold enough, and stay below the limit.
ENOUGH, TARGET, LIMIT = 160, 240, 320
# A last passage this short (an editor's name) joins the one before it.
SCRAP = 80

_LINE = re.compile(f"[^\n{LOST}]+")
_CLOSING = {"”": "“", "’": "‘", "」": "「", "』": "『", "》": "《", "〉": "〈", ")": "(",
            "）": "（", "】": "【", "]": "["}
_OPENING = frozenset(_CLOSING.values())
_MARKS = re.compile("[" + re.escape("".join(_CLOSING) + "".join(_OPENING)) + "]")
_STOP = re.compile(r"(?:[。！？!?]|(?<=[。！？!?])…)+[”’」』）)\"]*")
# What goes on after a quotation that ends with its own stop: “谁来办?”的问题, “好。”他说。
_GOES_ON = re.compile("[的地得等、，,；;：:和与與及或之》】]")
_ATTRIBUTION = re.compile(
    "[^。！？!?“”\n]{0,12}(?:说|說|道|表示|坦言|介绍|介紹|告诉记者|告訴記者)[^。！？!?“”\n]{0,2}[。！？!?]"
)
_PAUSE = re.compile(r"[；;]|[，,](?!\d)|(?<!\d)[，,]|[、 ]")
# Signs that hold together: a figure with its unit, a date, a Latin word.
_GLUED = re.compile(r"[0-9０-９A-Za-z%％.,:/~\-年月日时時分万萬亿億千百十余餘多点點第]+[一-鿿]{0,2}")
_STOPPED = re.compile("[。！？!?；;：:，,”』」]$")


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of ``text`` in order; a line end always ends one, headings are their own."""
    return [span for line in _LINE.finditer(text) for span in _line_sentences(text, *line.span())]


def split(article: Article) -> list[Passage]:
    """Return the passages of ``article``: whole sentences, about 240 characters, never ending with a heading."""
    text, runs = article.text, list[list[tuple[int, int]]]()
    for span in sentences(text):
        if runs and not _is_full(text, runs[-1], span):
            runs[-1].append(span)
        else:
            runs.append([span])
    if len(runs) > 1 and runs[-1][-1][1] - runs[-1][0][0] < SCRAP and runs[-1][-1][1] - runs[-2][0][0] < LIMIT + SCRAP:
        runs[-2:] = [runs[-2] + runs[-1]]
    edges = [(run[0][0], run[-1][1]) for run in runs]
    return [Passage(article.id, index, start, end, text[start:end]) for index, (start, end) in enumerate(edges)]


def _is_full(text: str, run: list[tuple[int, int]], span: tuple[int, int]) -> bool:
    """Tell whether the passage ``run`` ends before ``span``."""
    size = run[-1][1] - run[0][0]
    longer = span[1] - run[0][0]
    if _is_heading(text, run[-1]):
        return longer > LONGEST
    if "\n" in text[run[-1][1]:span[0]]:
        return longer > LIMIT or size >= ENOUGH
    return longer > LIMIT or size >= TARGET


def _is_heading(text: str, span: tuple[int, int]) -> bool:
    whole_line = text[max(span[0] - 1, 0):span[0]] in ("", "\n") and text[span[1]:span[1] + 1] == "\n"
    return whole_line and span[1] - span[0] <= 40 and not _STOPPED.search(text[span[0]:span[1]])


def _line_sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut one line at its stops that stand outside of every pair of marks."""
    pairs = _pairs(text, start, end)
    spans: list[tuple[int, int]] = []
    at = start
    for stop in _STOP.finditer(text, start, end):
        cut = stop.end()
        if cut <= at or _inside(pairs, cut) or not _ends_here(text, stop, end):
            continue
        said = _ATTRIBUTION.match(text, cut, end) if _closes(stop) else None
        cut = said.end() if said and not _inside(pairs, said.end()) else cut
        spans += _bounded(text, at, cut, pairs)
        at = cut
    return spans + _bounded(text, at, end, pairs)


def _closes(stop: re.Match[str]) -> bool:
    return stop.group()[-1] in "”’」』）)\""


def _ends_here(text: str, stop: re.Match[str], end: int) -> bool:
    following = text[stop.end():min(stop.end() + 1, end)]
    if _closes(stop):
        return not _GOES_ON.match(following)
    around = text[stop.start() - 1:stop.start()] + following  # a question mark inside an address is no stop
    return not (stop.group() in "!?" and len(around) == 2 and around.isascii() and following.isalnum())


def _pairs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the outermost pairs of marks of a line as (opening, after closing), those that may not be cut."""
    open_marks: list[tuple[str, int]] = []
    found: list[tuple[int, int]] = []
    for match in _MARKS.finditer(text, start, end):
        mark, position = match.group(), match.start()
        if mark in _OPENING:
            open_marks = [*open_marks[-7:], (mark, position)]
            continue
        for depth in range(len(open_marks) - 1, -1, -1):
            if open_marks[depth][0] == _CLOSING[mark]:
                if position - open_marks[depth][1] <= PAIR:
                    found.append((open_marks[depth][1], position + 1))
                del open_marks[depth:]
                break
    return _merged(found)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _inside(pairs: list[tuple[int, int]], position: int) -> tuple[int, int] | None:
    """Return the pair that a cut before ``position`` would break."""
    i = bisect_right(pairs, (position, -1)) - 1
    return pairs[i] if i >= 0 and pairs[i][0] < position < pairs[i][1] else None


def _bounded(text: str, start: int, end: int, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ``[start, end)`` without the white space at its edges, in pieces of at most LONGEST characters."""
    spans = []
    while start < end:
        cut = end if end - start <= LONGEST else _pause(text, start, start + LONGEST, pairs)
        piece = text[start:cut]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if right > left:
            spans.append((left, right))
        start = cut
    return spans


def _pause(text: str, start: int, limit: int, pairs: list[tuple[int, int]]) -> int:
    """Return the last place before ``limit`` where a sentence without a stop may be cut."""
    pauses = [match.end() for match in _PAUSE.finditer(text, start + LONGEST // 3, limit)]
    for cut in reversed(pauses):
        if not _inside(pairs, cut):
            return cut
    for glued in _GLUED.finditer(text, max(start, limit - 60), limit + 1):
        if start < glued.start() < limit < glued.end():
            limit = glued.start()
            break
    pair = _inside(pairs, limit)
    return pair[0] if pair and pair[0] > start else limit
