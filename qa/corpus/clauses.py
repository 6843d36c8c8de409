"""What the words around a value say about it: its own words, the words it shares, and the words of its neighbours.

Chinese reports string values together: "走访单位50家、门店1817家,走访入户4872家12168人" holds four values,
and each has its own words. The own words of a value are those since the value before it, or those after it where a list
puts values first; values that nothing separates share theirs; values in a row align with the items of a row
("刑事、治安警情同比下降11.12%、12.1%"). Knows positions in one text, nothing of questions.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.language.numerals import parse_number

Span = tuple[int, int]

_CLAUSE_MARK = re.compile(r"[，；。！？!?;:：\n]|,(?!\d{3}(?!\d))|(?<!\d),")
_SEPARATORS = re.compile(r"[、\s和与及或,，]*(?:以及|分别)?[、\s]*")
_ITEM_MARK = re.compile(r"、|和|与|以及|及")
_RESPECTIVELY = re.compile(r"(?:分别|依次)[对向给在从由被]?")
_MEASURE_OF_ITEMS = "家名人个位地市县区类项起种所国省"
_AFTER_END = re.compile(r"[，,；;。！？!?、：:（）()\n“”]")
_UP = re.compile(r"上升|增长|增加|提升|提高|上涨|攀升|升高|增幅|升幅|多了|上扬|激增|增多|扩大")
_DOWN = re.compile(r"下降|减少|降低|下滑|下跌|回落|降幅|压降|缩减|少了|锐减|减幅|缩小|下调")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a value stands: ``own`` spans say what it is, ``clause`` and ``sentence`` surround it.

    ``row`` is the number of the value within its row of aligned values and ``row_size`` the length of that row (1 when
    it stands alone); ``inherited`` is the span before the first item of the list that the value belongs to.
    """

    own: tuple[Span, ...]
    inherited: Span
    clause: Span
    sentence: Span
    direction: str
    row: int = 0
    row_size: int = 1
    items: tuple[Span, ...] = ()  # the items that a row of values aligns with, this value's among them


def clause_spans(text: str, start: int, end: int) -> list[Span]:
    """Return the clauses of ``text[start:end]``, cut at commas, colons and stops, marks left out."""
    spans, at = [], start
    for match in _CLAUSE_MARK.finditer(text, start, end):
        if match.start() > at:
            spans.append((at, match.start()))
        at = match.end()
    if at < end:
        spans.append((at, end))
    return spans


def settings(text: str, sentence: Span, values: Sequence[Span]) -> list[Setting]:
    """Return the setting of each of ``values`` (ascending spans inside ``sentence``).

    >>> text = "走访单位50家、门店1817家"
    >>> [text[slice(*s.own[0])] for s in settings(text, (0, len(text)), [(4, 7), (10, 15)])]
    ['走访单位', '门店']
    """
    clauses = clause_spans(text, *sentence) or [sentence]
    starts = [clause[0] for clause in clauses]
    found: list[Setting] = []
    for at, row in _rows(text, values):
        clause = clauses[max(bisect_right(starts, values[at][0]) - 1, 0)]
        before = at - 1 if not at or not _sums_up(text[slice(*values[at - 1])], row) else at - 2
        floor = max(clause[0], values[before][1]) if before >= 0 else clause[0]
        found += _row_settings(text, sentence, clause, floor, values[at : at + row], _next(values, at + row, sentence))
        if row == 1 and at and _empty(text, values[at - 1][1], values[at][0]) and found[-1].own[0][1] <= values[at][0]:
            found[-1] = _joined(found[-2], found[-1])
    return _aligned(text, values, found)


# What joins shares that are given respectively, with their directions: 分别下降16.0%、7.7%和上升5.4%.
_BETWEEN_SHARES = re.compile(
    r"(?:、|,|，|和|与|及|以及)?(?:较上年|同比|环比)?(?:上升|增长|增加|提升|提高|上涨|下降|减少|降低|下滑|回落)?了?"
)
_SHARE = re.compile(r"(?:%|个百分点)$")


def _aligned(text: str, values: Sequence[Span], found: list[Setting]) -> list[Setting]:
    """Give shares that stand respectively (21起、203起,同比分别下降16%、7.7%) the words of the figures before them."""
    shares = [_SHARE.search(text[start:end]) is not None for start, end in values]
    for first in range(1, len(values)):
        if shares[first - 1] or not shares[first]:
            continue
        size = 1
        while first + size < len(values) and shares[first + size] and _BETWEEN_SHARES.fullmatch(
            text, values[first + size - 1][1], values[first + size][0]
        ):
            size += 1
        lead = text[values[first - 1][1] : values[first][0]]
        respectively = "分别" in lead and len(lead) <= LONGEST_LEAD
        if not respectively or not 2 <= size <= first or any(shares[first - size : first]):
            continue
        items = tuple(setting.own[0] for setting in found[first - size : first])
        for row in range(size):
            own = (items[row], *found[first + row].own[1:])
            found[first + row] = replace(found[first + row], own=own, row=row, row_size=size, items=items)
    return found


# Between the last figure and the first share: ",分别较2023年同期下降".
LONGEST_LEAD = 16


def direction_of(text: str, start: int, end: int, at: int) -> str:
    """Return "up" or "down" by the word of change nearest before ``at`` in ``text[start:end]``, else nearest after."""
    marks = [(match.start(), "up") for match in _UP.finditer(text, start, end)]
    marks += [(match.start(), "down") for match in _DOWN.finditer(text, start, end)]
    if not marks:
        return ""
    before = [mark for mark in marks if mark[0] < at]
    return max(before)[1] if before else min(marks)[1]


def _rows(text: str, values: Sequence[Span]) -> list[tuple[int, int]]:
    """Group values that only 、 or 和 separates: (index of the first, how many)."""
    rows: list[tuple[int, int]] = []
    for index, (start, _) in enumerate(values):
        between = text[values[index - 1][1] : start] if index else ""
        if index and between and _SEPARATORS.fullmatch(between):
            rows[-1] = (rows[-1][0], rows[-1][1] + 1)
        else:
            rows.append((index, 1))
    return rows


def _row_settings(
    text: str, sentence: Span, clause: Span, floor: int, row: Sequence[Span], limit: int
) -> list[Setting]:
    before = (floor, row[0][0])
    after = (row[-1][1], _end_of_after(text, row[-1][1], limit))
    direction = direction_of(text, clause[0], clause[1], row[0][0])
    items = _items(text, before)
    if len(row) > 1 and len(items) == len(row):
        shared = (items[-1][1], before[1])
        return [
            Setting((item, shared, after), before, clause, sentence, direction, number, len(row), tuple(items))
            for number, item in enumerate(items)
        ]
    item = _last_item(text, before)
    own = (after,) if _blank(text, item) else (item, after)
    if _blank(text, item) and after[0] == after[1]:
        own = (before,)
    return [Setting(own, before, clause, sentence, direction, number, len(row)) for number in range(len(row))]


def _sums_up(value: str, row: int) -> bool:
    """Tell whether a value only counts the items of the row behind it: 对甲、乙和丙三家罚款3万元、4万元和5万元."""
    return row > 1 and parse_number(value.rstrip(_MEASURE_OF_ITEMS)) == row


def _joined(first: Setting, second: Setting) -> Setting:
    """Two values that nothing separates (4872家12168人) share the words before the first."""
    return Setting(first.own, first.inherited, second.clause, second.sentence, second.direction)


def _items(text: str, span: Span) -> list[Span]:
    """Return the items of a row before aligned values; the last one ends where its words of change begin."""
    start, end = span
    lead, mark = _RESPECTIVELY.search(text, start, end), _ITEM_MARK.search(text, start, end)
    if lead and mark and lead.end() <= mark.start():
        # 分别对甲、乙处以3万元、4万元: the row begins behind 分别.
        start = lead.end()
    stop = re.search(r"(?:同比|环比|均|分别|各|依次|较|比上年|是|为|达|下降|上升|增长|减少)", text[start:end])
    cut = start + stop.start() if stop and stop.start() else end
    spans, at = [], start
    for match in _ITEM_MARK.finditer(text, start, cut):
        if match.start() > at:
            spans.append((at, match.start()))
        at = match.end()
    if at < cut:
        spans.append((at, cut))
    return spans


def _last_item(text: str, span: Span) -> Span:
    """Return what follows the last 、 outside quotes in ``span``; items that only name ("局长、政委") count as one."""
    start, end = span
    if text[start:end].rstrip().endswith("、"):
        return (end, end)
    depth = 0
    for at in range(end - 1, start - 1, -1):
        if text[at] in "”」》)）":
            depth += 1
        elif text[at] in "“「《(（":
            depth = max(depth - 1, 0)
        elif text[at] == "、" and not depth:
            return (
                (at + 1, end)
                if at + 1 - start <= 1 or _VALUE_BEFORE.search(text[start - 8 if start > 8 else 0 : at + 1])
                else span
            )
    return span


_VALUE_BEFORE = re.compile(r"\d[^，,。]{0,6}、$")


def _end_of_after(text: str, start: int, limit: int) -> int:
    match = _AFTER_END.search(text, start, limit)
    return match.start() if match else limit


def _next(values: Sequence[Span], index: int, sentence: Span) -> int:
    return values[index][0] if index < len(values) else sentence[1]


def _empty(text: str, start: int, end: int) -> bool:
    return not text[start:end].strip(" (（")


def _blank(text: str, span: Span) -> bool:
    return not text[span[0] : span[1]].strip(" 、，,和与及共约近超了的达“”()（）")
