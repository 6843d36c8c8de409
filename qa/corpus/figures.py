"""The ledger of an article: every figure with what it counts, for whom, when and within which operation.

What a figure counts is read from its own words (``clauses``); who, when and within what from the names and dates
nearest before it, first in its sentence, then in its paragraph, then from what the whole article is about.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from qa.corpus.clauses import Setting, settings
from qa.corpus.metrics import metric_of
from qa.corpus.passages import sentences
from qa.language.dates import DateSpan, find_dates
from qa.language.names import Name, find_names
from qa.language.quantities import Quantity, find_quantities
from qa.language.scripts import fold
from qa.types import Article, Figure

_OPERATION = re.compile(r"(?:行动|会战|战役|工程|攻坚战|专项活动|整治|严打|工作法|大比武)$")
# Words that speak of the force the whole article is about, found wherever one begins; each has two characters.
_BACKWARD = re.compile(r"(?=该局|我市|我县|我省|我区|全市|全县|全区|全省|我局|市局|县局|省厅)")
_BACKWARD_LENGTH = 2
# Those who police, or govern; a company or a school in passing is not whose figures an article gives.
_FORCE = re.compile(r"公安|警方|分局|派出所|支队|大队|中队|总队|警务|检察院|法院|政府|委员会|警察|厅|局")
# A room of a force: never the subject of what is said of the whole city.
_ROOM = re.compile(r"(?:警务室|看守所|窗口|办公室|工作室|服务中心|拘留所|戒毒所|警务站|驿站)$")
# After these an agency is spoken to, helped or handed over to; it does not act.
_NOT_ACTING = re.compile(
    r"(?:被|移交给?|移送|送[至到]|转交|交由|交给|上交|向|请求|接到|收到|报告|报|联系|来到|前往|赶[到往]|抓捕|协助|配合|支援|会同|联合|发往|走进|进入|位于|隶属于?|返回|带至|带到|带回)$"
)
_ONLY_HELPING = re.compile(r"^(?:警方|公安)?的?(?:大力|密切|积极)?(?:协助|配合|帮助|支持|指导|请求|协查)")
# 一名, 一起 before its noun is no figure but "a"; 两人 at the beginning of a clause speaks of people named before.
_INDEFINITE = re.compile(r"一[\u3400-\u9fff]{1,2}")
_BOTH = re.compile(r"[两二三]人|两位|两名")
# A quantity holds one of these; most lines of a list hold none, and need not be read for one.
_NUMERAL = re.compile(r"[\d零〇一二两三四五六七八九十百千万亿半首榜翻]")
_PASSING = frozenset({"今天", "当天", "近日", "日前", "目前", "昨日", "昨天", "当日", "当晚", "次日", "如今", "现在"})


def find_figures(article: Article) -> list[Figure]:
    """Return the figures of ``article`` in the order of its text; every ``text`` is a slice of it.

    Dates, labels and numbers inside names are no figures (see ``qa.language.quantities``).
    """
    folded = fold(article.text)
    reader = _Reader(article, folded)
    return [figure for span in sentences(article.text) for figure in reader.figures(span)]


class _Line:
    """Things with places in a text, in order: which stands last between two places is told without a walk.

    An article may hold a hundred thousand of them, and each of its figures asks.
    """

    def __init__(self, things: Iterable[tuple[int, str, int]]) -> None:
        self._things = sorted(things)
        self._starts = [thing[0] for thing in self._things]

    def last(self, floor: int, at: int) -> tuple[int, str, int] | None:
        """Return the last ``(start, text, end)`` that begins in ``[floor, at)``."""
        index = bisect_left(self._starts, at) - 1
        return self._things[index] if index >= 0 and self._starts[index] >= floor else None

    def between(self, start: int, end: int) -> list[tuple[int, str, int]]:
        """Return all that begin in ``[start, end)``."""
        return self._things[bisect_left(self._starts, start) : bisect_left(self._starts, end)]


def _line(spans: Iterable[Name | DateSpan]) -> _Line:
    return _Line((span.start, span.text, span.end) for span in spans)


class _Reader:
    """Walks an article from its beginning and remembers who, when and within what was spoken of last."""

    def __init__(self, article: Article, folded: str) -> None:
        self._article = article
        self._folded = folded
        names, dates = find_names(article.text), find_dates(article.text)
        self._main = _main_agency(names)
        acting = [name for name in names if name.kind == "agency" and self._acts(name)]
        self._acting = _line(acting)
        self._outdoors = _line(name for name in acting if not _ROOM.search(name.text))
        self._operations = _line(name for name in names if _is_operation(name))
        self._periods = _line(date for date in dates if _dated(date))
        self._cuts = _line([*dates, *(name for name in names if name.kind in {"agency", "person"})])
        self._backward = [match.start() for match in _BACKWARD.finditer(folded)]
        self._paragraphs = [0, *(match.end() for match in re.finditer("\n", folded))]

    def _acts(self, name: Name) -> bool:
        """Tell whether an agency does something where it is named, rather than have it done to it."""
        before, after = self._folded[max(name.start - 4, 0) : name.start], self._folded[name.end : name.end + 8]
        if not _FORCE.search(name.text) or _NOT_ACTING.search(before):
            return False
        return not _ONLY_HELPING.match(after)

    def figures(self, span: tuple[int, int]) -> list[Figure]:
        start, end = span
        if not _NUMERAL.search(self._folded, start, end):
            return []
        found = [_moved(q, start) for q in find_quantities(self._article.text[start:end])]
        spans = [(at, to) for _, at, to in found]
        around = settings(self._folded, span, spans)
        pairs = zip(found, around, strict=True)
        return [self._figure(q, at, to, setting) for (q, at, to), setting in pairs if self._counts(q, at, to, setting)]

    def _counts(self, quantity: Quantity, start: int, end: int, setting: Setting) -> bool:
        """Tell whether a quantity is a figure of the article: not "a", not "both", not a paragraph of a law."""
        text, after = self._folded[start:end], self._folded[end : end + 1]
        opens = start == setting.clause[0]
        if _INDEFINITE.fullmatch(text):
            return bool(re.match(r"[，。；、,;.!\n）)]|$", after)) and not opens
        if _BOTH.fullmatch(text) and opens:
            return False
        law = self._folded[end : end + 6]
        return not (quantity.kind == "duration" and re.match(r"(?:以[上下])?有?期徒刑", law)) and not (
            quantity.kind == "ordinal" and re.match(r"第.+条", text)
        )

    def _figure(self, quantity: Quantity, start: int, end: int, setting: Setting) -> Figure:
        paragraph = self._paragraphs[bisect_right(self._paragraphs, start) - 1]
        direction = setting.direction if quantity.kind == "percent" else ""
        return Figure(
            value=quantity.value,
            unit=quantity.unit,
            kind=quantity.kind,
            text=self._article.text[start:end],
            approximate=quantity.approximate,
            direction=direction,
            metric=self._metric(setting, start, end),
            subject=self._subject(start, setting, paragraph),
            period=self._period(start, setting, paragraph),
            operation=self._operation(start, setting, paragraph),
            article_id=self._article.id,
            start=start,
            end=end,
        )

    def _metric(self, setting: Setting, start: int, end: int) -> str:
        """Return what the figure counts by its own words, dates and agencies left out."""
        for at, to in setting.own:
            before = self._bare(at, to) if at < start else ""
            after = self._folded[end : end + 24] if setting.row_size == 1 else ""
            text = metric_of(before, after)
            if len(text) > 1:
                return text
        return ""

    def _bare(self, start: int, end: int) -> str:
        """Return ``[start, end)`` behind the last date, agency or person in it."""
        for at, _, to in self._cuts.between(start, end):
            if start <= at < end and to < end:
                start = min(max(start, to), end)
        return self._folded[start:end]

    def _subject(self, at: int, setting: Setting, paragraph: int) -> str:
        """Return whose figure it is: the force that acts nearest before it, else the one the article is about."""
        for floor in (setting.sentence[0], paragraph):
            whole = self._whole(floor, at)
            near = (self._acting if whole < 0 else self._outdoors).last(floor, at)
            if near and whole <= near[2]:
                return near[1]
            if whole >= 0:
                return self._main
        return self._main

    def _whole(self, floor: int, at: int) -> int:
        """Return where a word for the force of the whole article stands first in ``[floor, at)``, or -1."""
        index = bisect_left(self._backward, floor)
        found = index < len(self._backward) and self._backward[index] + _BACKWARD_LENGTH <= at
        return self._backward[index] if found else -1

    def _period(self, at: int, setting: Setting, paragraph: int) -> str:
        return _nearest(self._periods, at, setting, paragraph)

    def _operation(self, at: int, setting: Setting, paragraph: int) -> str:
        return _nearest(self._operations, at, setting, paragraph)


def _nearest(line: _Line, at: int, setting: Setting, paragraph: int) -> str:
    """Return the last before ``at``, in the sentence or else in the paragraph."""
    near = line.last(setting.sentence[0], at) or line.last(paragraph, at)
    return near[1] if near else ""


def _moved(quantity: Quantity, by: int) -> tuple[Quantity, int, int]:
    return quantity, quantity.start + by, quantity.end + by


def _dated(date: DateSpan) -> bool:
    return date.grain not in {"time"} and date.text not in _PASSING and date.text[0] not in "连連"


def _is_operation(name: Name) -> bool:
    return name.kind == "operation" or (name.kind == "quoted" and bool(_OPERATION.search(name.text)))


def _main_agency(names: Sequence[Name]) -> str:
    """Return the agency that the article speaks of most, the earliest where several are equal."""
    agencies = [name.text for name in names if name.kind == "agency"]
    forces = [text for text in agencies if _FORCE.search(text) and not _ROOM.search(text)]
    counts = Counter(forces or agencies)
    return max(counts, key=lambda text: counts[text], default="")
