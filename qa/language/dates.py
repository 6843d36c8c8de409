"""Finds dates and periods of Chinese prose and says which days they mean.

A year comes from the text (2022年), from an earlier date of the same sentence, or from the day the article was
published (``anchor``); where none of these tells, ``first`` and ``last`` stay None and month and day are still given.
Durations (3天, 28年) are no dates: they belong to ``quantities``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from qa.language.dateline import Dateline, Partial
from qa.language.numerals import parse_number
from qa.language.scripts import fold


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date or a period: ``text[start:end]``, from ``first`` to ``last`` (both included, None where it is open).

    ``grain`` is year half quarter season month ten_days day time; ``relation`` is "" until since range. The words
    that make a relation (截至, 自, 起) stand outside the span, 以来 stands inside. ``year month day clock`` are as
    far as the text or the anchor tells them, for the beginning of a range.
    """

    start: int
    end: int
    text: str
    first: date | None
    last: date | None
    grain: str
    relation: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    clock: str = ""


_C = "一二三四五六七八九"
_TO = "(?:至|到|[-—–~～]{1,2})"
_D = r"(?:3[01]|[12]\d|0?[1-9])"
_M = r"(?:1[0-2]|0?[1-9])"
# A numbered thing, not a day: 3号线, 15号楼.
_NO_DAY = "(?![线楼院店机车库馆门桌厅桥路])"
_ATOM = re.compile(
    # What a date can begin with: the rest is tried at no other character.
    rf"(?=[\d{_C}十两今去前头明上下同当次翌本第年元昨凌清早中午傍晚深夜半初底末春夏秋冬])"
    rf"(?:(?P<iso>(?<![\d.])(?:19|20)\d\d(?P<sep>[-/.]){_M}(?P=sep){_D}(?![\d.]))"
    rf"|(?P<years>(?<!\d)(?:19|20)\d\d年?{_TO}(?:19|20)\d\d年)"
    r"|(?P<year>(?<!\d)(?:19|20)\d\d年(?!代)|(?:二[〇零]|一九)[〇零一二三四五六七八九]{2}年"
    r"|今年|去年|前年(?!度)|明年|上年(?!度)|同年|当年|次年|翌年|本年度?|[今去](?=[春夏秋冬](?![奥节运晚夜])))"
    r"|(?P<half>[上下头前]半年|[第前][一二三四1-4]个?季度|(?<![\d第个])[一二三四1-4]季度|年[初底末](?!考))"
    rf"|(?P<firsts>[前头](?:\d{{1,2}}|[{_C}十两]{{1,2}})个月)"
    rf"|(?P<months>(?<!\d){_M}月?(?:{_TO}|、){_M}月份?)"
    rf"|(?P<month>(?<!\d){_M}月份?|(?<![{_C}十第几数])(?:十[一二]?|[{_C}])月份?|元月|本月|[上下]个?月|当月|同月|次月)"
    rf"|(?P<days>(?<!\d){_D}[日号]?(?:{_TO}|、){_D}[日号]{_NO_DAY})"
    rf"|(?P<day>(?<!\d){_D}[日号]{_NO_DAY}|(?<=月)(?:三十一?|二?十[{_C}]?|二十|[{_C}])[日号])"
    r"|(?P<later>今天|今日(?!头条)|昨[天日晚夜]|前天|明[天日]|当[天日晚]|同日|次日|翌日|今[晚晨早](?!报))"
    r"|(?P<part>凌晨|清晨|早晨|早上|上午|中午|午后|下午|傍晚|晚上|晚间|深夜|夜间|半夜|夜里|晚(?=\d)|早(?=\d))"
    r"|(?P<clock>(?<![\d:.])\d{1,2}(?::\d\d){1,2}(?![\d:])|(?<![\d.])\d{1,2}时(?:\d{1,2}分|半|整)?(?:\d{1,2}秒)?许?"
    r"|(?<![\d.])\d{1,2}点(?:\d{1,2}分|半|整|多|钟)许?|(?<![\d.])\d{1,2}点(?=许|左右)许?"
    rf"|(?<![{_C}十百])(?:十[一二]?|[{_C}两])(?:时许|点(?:许|多|半|钟|整)))"
    rf"|(?P<loose>(?<![\d.])\d{{1,2}}点|(?<![{_C}十百])(?:十[一二]?|[{_C}两])[时点]|[上中下]旬|[初底末]|[春夏秋冬][季天]?(?![奥节运晚联游夜])))"
)
# A period counted back from the dateline, or what runs up to it.
_PERIOD = re.compile(
    rf"(?P<lead>最近|(?<![最附就靠临将])近|过去)(?P<count>\d+|[{_C}十两半]+)(?P<unit>年|个?多?月|周|个?星期|天|日)(?:以来|来)?"
    r"|(?P<streak>连续(?P<streak_count>\d+|[一二三四五六七八九十两]+)(?:年|个月|天))"
    r"|(?P<now>截[至止]到?(?:目前|发稿))"
)
_JOINT = re.compile(rf"\s?{_TO}\s?")
_SINCE = re.compile("(?:开始)?以来")
_BEFORE = re.compile(r"(?:(?P<until>截[至止](?:到|至)?|[直续][至到])|(?P<since>[自从]))\s?$")
_AFTER = re.compile(
    r"(?P<since>起(?![诉义点])|(?<![时点分])开始|至今|到现在)|(?P<until>之?前(?![往来夕后期列锋\d一二三四五六七八九十两几])|以前|为?止)"
)
# A number of days instead of a day of the month: 拘留15日, 15日内.
_COUNT_BEFORE = re.compile("(?:拘留|连续|为期|历时|[近达满超共前后]|超过|期限|最[长多])$")
_COUNT_AFTER = re.compile("以?内|之内|以[上下]|游|无理由|的?期限|[、,和并及]?并?处?罚款|的?(?:行政|治安)?(?:拘留|处罚)")
_STOP = re.compile(r"[。!?\n]")


def find_dates(text: str, anchor: date | None = None) -> list[DateSpan]:
    """Return the dates of ``text`` in order, without overlap; ``anchor`` is the day the text was published."""
    folded = fold(text)
    line = Dateline(anchor)
    spans: list[DateSpan] = []
    position = 0
    for partial in _partials(folded):
        if _STOP.search(folded, position, partial.start):
            line.next_sentence()
        span = _span(text, folded, partial, line)
        position = partial.end
        if spans and _JOINT.fullmatch(folded, spans[-1].end, span.start):
            spans[-1] = _joined(text, spans[-1], span)
        else:
            spans.append(span)
    return _with_periods(text, folded, spans, anchor)


@dataclass(frozen=True, slots=True)
class When:
    """What a date says by itself: its year, its first and last month, its day; None where it says nothing of them."""

    year: int | None
    months: tuple[int, int] | None
    day: int | None

    def agrees(self, other: When) -> float:
        """Return how well ``other`` is what this date means, 0..1; a year that only one of them tells is left open."""
        if self.year and other.year and self.year != other.year:
            return 0.0
        if self.months:
            same = (self.months, self.day) == (other.months, other.day)
            return 0.0 if not same else 1.0 if self.year == other.year else OPEN_YEAR
        return 0.0 if self.year != other.year else 1.0 if other.months is None else IN_YEAR


# How well a date stands for the same one of a year that is not told, and a day for its year.
OPEN_YEAR, IN_YEAR = 0.9, 0.7
# 昨天 and 本月 say nothing by themselves.
_SAYS_WHEN = re.compile(f"[\\d{_C}十]|半年")
# Stands for the day of publication where only the months between two ends are wanted.
_ANY_DAY = date(1904, 12, 31)


@lru_cache(maxsize=4096)
def when(words: str) -> When | None:
    """Return what the one date in ``words`` says; None where they hold none, or one that says no month and no year.

    >>> when("2023年1至6月") == When(2023, (1, 6), None) and when("上半年").agrees(when("1至6月"))
    1.0
    """
    found = find_dates(words, _ANY_DAY) if _SAYS_WHEN.search(words) else []
    if not found:
        return None
    one = found[0]
    year = one.year if one.year and one.year > _ANY_DAY.year else None
    months = (one.month, one.month) if one.month else None
    # What is counted back from a day (近三个月) says no months by itself.
    counted_back = one.relation == "since" or (one.relation == "range" and not one.month)
    if one.first and one.last and not counted_back and one.grain != "year" and one.first.year == one.last.year:
        months = one.first.month, one.last.month
    return When(year, months, one.day) if year or months else None


def date_ranges(folded: str) -> list[tuple[int, int]]:
    """Return where dates stand in folded text, so that their numbers are not read as figures."""
    return [(partial.start, partial.end) for partial in _partials(folded)]


def _partials(folded: str) -> Iterator[Partial]:
    """Yield dates without their missing parts: neighbouring atoms from the year down to the clock make one date."""
    current: Partial | None = None
    rank = 0
    for match in _ATOM.finditer(folded):
        kind = match.lastgroup if match.lastgroup != "sep" else "iso"
        assert kind is not None
        kind = _settle(kind, match.group(), rank if current and current.end == match.start() else 0)
        if current and _joins(folded, current, match.start(), rank, kind):
            _READ[kind](current, match.group())
            current.end, rank = match.end(), _RANK[kind]
            continue
        if current and _stands(folded, current):
            yield current
        current, rank = None, 0
        if kind in _RANK and kind not in ("tenth", "season"):
            current, rank = Partial(match.start(), match.end()), _RANK[kind]
            _READ[kind](current, match.group())
    if current and _stands(folded, current):
        yield current


def _settle(kind: str, word: str, rank: int) -> str:
    """Return what a loose word is after a date of ``rank`` that it touches: 底 after a month, 点 after 下午."""
    if kind != "loose":
        return kind
    if word[-1] in "时点":
        return "clock" if rank >= _RANK["day"] else ""
    if word[0] in "春夏秋冬":
        return "season" if rank == _RANK["year"] else ""
    if word in ("初", "底", "末"):
        return "tenth" if rank == _RANK["month"] else "season" if rank == _RANK["year"] else ""
    return "tenth" if rank == _RANK["month"] else ""


# What may follow what within one date: only a greater rank.
_RANK = {"years": 1, "year": 1, "half": 2, "firsts": 2, "season": 2, "months": 2, "month": 2, "tenth": 3}
_RANK |= {"iso": 4, "days": 4, "day": 4, "later": 4, "part": 5, "clock": 6}


def _joins(folded: str, current: Partial, start: int, rank: int, kind: str) -> bool:
    if kind not in _RANK or _RANK[kind] <= rank or kind in ("iso", "years", "later"):
        return False
    gap = folded[current.end : start]
    if kind in ("day", "days") and rank != _RANK["month"]:
        return False
    return gap == "" or (gap.isspace() and len(gap) == 1 and kind in ("part", "clock")) or (gap in "的度" and rank == 1)


def _stands(folded: str, partial: Partial) -> bool:
    """Tell whether what was found is a date by itself: not a lone 上午, not a number of days."""
    if partial.year_word == "当年" and not partial.month:
        return False  # back then
    if partial.month or partial.month_word or partial.year or partial.year_word or partial.half or partial.later:
        return True
    if partial.day:
        before = folded[max(partial.start - 3, 0) : partial.start]
        if partial.second_day is None and folded[partial.end - 1] == "号":
            return False
        return not _COUNT_BEFORE.search(before) and not _COUNT_AFTER.match(folded, partial.end)
    return any(mark in partial.clock for mark in "时点:")


def _read_iso(partial: Partial, word: str) -> None:
    partial.year, partial.month, partial.day = map(int, re.split(r"\D", word))


def _read_years(partial: Partial, word: str) -> None:
    partial.year, partial.second_year = (int(number) for number in re.findall(r"\d{4}", word))


def _read_year(partial: Partial, word: str) -> None:
    value = parse_number(word[:-1]) if len(word) == 5 else None
    if value is None:
        partial.year_word = word
    else:
        partial.year = int(value)


def _read_half(partial: Partial, word: str) -> None:
    partial.half = "上半年" if word in {"头半年", "前半年"} else word


def _read_months(partial: Partial, word: str) -> None:
    partial.month, partial.second_month = (int(number) for number in re.findall(r"\d+", word))


def _read_firsts(partial: Partial, word: str) -> None:
    partial.month, partial.second_month = 1, min(int(parse_number(word[1:-2]) or 1), 12)


def _read_month(partial: Partial, word: str) -> None:
    value = 1 if word == "元月" else parse_number(word.rstrip("月份"))
    if value is None:
        partial.month_word = word
    else:
        partial.month = int(value)


def _read_tenth(partial: Partial, word: str) -> None:
    partial.tenth = word


def _read_days(partial: Partial, word: str) -> None:
    partial.day, partial.second_day = (int(number) for number in re.findall(r"\d+", word))


def _read_day(partial: Partial, word: str) -> None:
    partial.day = int(parse_number(word[:-1]) or 0)


def _read_later(partial: Partial, word: str) -> None:
    partial.later = word


def _read_clock(partial: Partial, word: str) -> None:
    partial.clock += word


_READ = {
    "iso": _read_iso, "years": _read_years, "year": _read_year, "half": _read_half, "season": _read_half,
    "months": _read_months, "firsts": _read_firsts, "month": _read_month, "tenth": _read_tenth,
    "days": _read_days, "day": _read_day, "later": _read_later, "part": _read_clock, "clock": _read_clock,
}  # fmt: skip


def _span(text: str, folded: str, partial: Partial, line: Dateline) -> DateSpan:
    end = partial.end
    first, last = line.days(partial)
    relation = "range" if partial.second_year or partial.second_month or partial.second_day else ""
    before = _BEFORE.search(folded, max(partial.start - 4, 0), partial.start)
    if since := _SINCE.match(folded, end):
        end, relation = since.end(), "since"
    elif after := _AFTER.match(folded, end):
        relation = after.lastgroup or ""
    elif before and not relation:
        relation = before.lastgroup or ""
    if relation == "since":
        last = line.anchor
        line.next_sentence()  # 去年以来 says nothing of the year of what follows
    elif relation == "until":
        first = None
    return DateSpan(
        partial.start, end, text[partial.start : end], first, last, partial.grain, relation,
        partial.year, partial.month, partial.day, partial.clock,
    )  # fmt: skip


def _joined(text: str, one: DateSpan, two: DateSpan) -> DateSpan:
    """Make one range of two dates; a relation of the second reaches over both."""
    return replace(one, end=two.end, text=text[one.start : two.end], last=two.last, grain=two.grain, relation="range")


def _with_periods(text: str, folded: str, spans: list[DateSpan], anchor: date | None) -> list[DateSpan]:
    taken = [span.start for span in spans]
    periods = []
    for match in _PERIOD.finditer(folded):
        if any(match.start() <= start < match.end() for start in taken):
            continue
        periods.append(_period(text, match, anchor))
    return sorted([*spans, *periods], key=lambda span: span.start) if periods else spans


def _period(text: str, match: re.Match[str], anchor: date | None) -> DateSpan:
    words = text[match.start() : match.end()]
    if match["now"]:
        return DateSpan(match.start(), match.end(), words, None, anchor, "day", "until")
    unit = match["unit"] or match["streak"][-1]
    grain = "year" if "年" in unit else "month" if "月" in unit else "day"
    count = parse_number(match["count"]) if match["count"] else None
    first = _back(anchor, int(count), unit) if anchor and count and count < 1000 else None
    return DateSpan(match.start(), match.end(), words, first, anchor if first else None, grain, "range")


def _back(anchor: date, count: int, unit: str) -> date | None:
    if "年" in unit or "月" in unit:
        months = anchor.year * 12 + anchor.month - 1 - count * (12 if "年" in unit else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(anchor.day, 28)) if year > 0 else None
    try:
        return anchor - timedelta(days=count * (7 if unit[-1] in "周期" else 1))
    except OverflowError:
        return None
