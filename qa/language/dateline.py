"""Works out which days a partial date means: what it leaves out comes from its sentence or from the dateline."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta

# A date without a year that lies further ahead of the dateline than this is meant to be last year's.
AHEAD = timedelta(days=45)

_YEAR_WORDS = {"今": 0, "今年": 0, "本年": 0, "本年度": 0, "去": -1, "去年": -1, "上年": -1, "前年": -2, "明年": 1}
_STORY_YEARS = {"同年": 0, "当年": 0, "次年": 1, "翌年": 1}
_MONTH_WORDS = {"本月": 0, "上月": -1, "上个月": -1, "下月": 1, "下个月": 1}
_STORY_MONTHS = {"当月": 0, "同月": 0, "次月": 1}
_DAY_WORDS = {"今": 0, "昨": -1, "前": -2, "明": 1}
_STORY_DAYS = {"当": 0, "同": 0, "次": 1, "翌": 1}
# First and last month of what is said instead of months. Winter runs into the next year.
_PARTS_OF_YEAR = {
    "上半": (1, 6), "下半": (7, 12), "前三": (1, 9), "前二": (1, 6), "前2": (1, 6), "前3": (1, 9),
    "一": (1, 3), "二": (4, 6), "三": (7, 9), "四": (10, 12), "1": (1, 3), "2": (4, 6), "3": (7, 9), "4": (10, 12),
    "春": (3, 5), "夏": (6, 8), "秋": (9, 11), "冬": (12, 14),
    "初": (1, 1), "底": (12, 12), "末": (12, 12), "中": (6, 6),
}  # fmt: skip
_TENTHS = {"上旬": (1, 10), "初": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "底": (21, 31), "末": (21, 31)}


@dataclass(slots=True)
class Partial:
    """A date as far as its words tell; ``second_*`` end a range within one expression (1至11月)."""

    start: int
    end: int
    year: int | None = None
    year_word: str = ""
    half: str = ""
    month: int | None = None
    month_word: str = ""
    tenth: str = ""
    day: int | None = None
    later: str = ""
    clock: str = ""
    second_year: int | None = None
    second_month: int | None = None
    second_day: int | None = None
    grain: str = field(default="", compare=False)

    def is_clock(self) -> bool:
        """Tell whether only a time of day is given."""
        return not (self.year_word or self.half or self.month or self.month_word or self.day or self.later)


@dataclass(slots=True)
class Dateline:
    """Reads the dates of one text in order; ``anchor`` is the day of publication, if it is known."""

    anchor: date | None
    year: int | None = None  # of the latest date of the text
    month: int | None = None
    day: int | None = None
    sentence_year: int | None = None  # only of the sentence that is being read
    sentence_month: int | None = None

    def next_sentence(self) -> None:
        """Forget what only holds within a sentence."""
        self.sentence_year = self.sentence_month = None

    def days(self, partial: Partial) -> tuple[date | None, date | None]:
        """Fill in what ``partial`` leaves out and return its first and last day."""
        if partial.later:
            self._read_day_word(partial)
        else:
            self._read_month(partial)
            self._read_year(partial)
        self._remember(partial)
        return _span(partial)

    def _read_day_word(self, partial: Partial) -> None:
        word = partial.later[0]
        base = self.anchor
        if word in _STORY_DAYS:
            base = _day(self.year, self.month, self.day)
        moved = _shift(base, _DAY_WORDS.get(word, _STORY_DAYS.get(word, 0)))
        if moved:
            partial.year, partial.month, partial.day = moved.year, moved.month, moved.day
        partial.grain = _grain(partial)

    def _read_month(self, partial: Partial) -> None:
        if partial.month_word in _MONTH_WORDS and self.anchor:
            self._put_month(partial, self.anchor.year, self.anchor.month + _MONTH_WORDS[partial.month_word])
        elif partial.month_word in _STORY_MONTHS and self.month:
            self._put_month(partial, self.year, self.month + _STORY_MONTHS[partial.month_word])
        elif partial.day and not partial.month:
            if self.sentence_month:
                partial.month, partial.year = self.sentence_month, partial.year or self.sentence_year
            elif self.anchor:
                back = 1 if partial.day > self.anchor.day + 1 else 0
                self._put_month(partial, self.anchor.year, self.anchor.month - back)

    @staticmethod
    def _put_month(partial: Partial, year: int | None, month: int) -> None:
        partial.month = (month - 1) % 12 + 1
        partial.year = None if year is None else year + (month - 1) // 12

    def _read_year(self, partial: Partial) -> None:
        if partial.year is not None:
            return
        if partial.is_clock():
            if self.sentence_month:
                partial.year, partial.month, partial.day = self.sentence_year, self.month, self.day
            return
        if partial.year_word in _YEAR_WORDS:
            partial.year = self.anchor.year + _YEAR_WORDS[partial.year_word] if self.anchor else None
        elif partial.year_word in _STORY_YEARS:
            partial.year = self.year + _STORY_YEARS[partial.year_word] if self.year else None
        elif self.sentence_year:
            partial.year = self.sentence_year
        elif self.anchor and (partial.month or partial.half):
            partial.year = self.anchor.year
            first, _ = _span(partial)
            if first and partial.month and first > self.anchor + AHEAD:
                partial.year -= 1

    def _remember(self, partial: Partial) -> None:
        if partial.year:
            self.year = self.sentence_year = partial.year
        if partial.month:
            self.month = self.sentence_month = partial.second_month or partial.month
            self.day = partial.second_day or partial.day


def _shift(base: date | None, days: int) -> date | None:
    try:
        return None if base is None else base + timedelta(days=days)
    except OverflowError:
        return None


def _day(year: int | None, month: int | None, day: int | None) -> date | None:
    if not (year and month and day and day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def _span(partial: Partial) -> tuple[date | None, date | None]:
    """Return the first and last day of a date whose parts are filled in, and note its grain."""
    partial.grain = partial.grain or _grain(partial)
    if partial.year is None or not 1 <= partial.year < 9998:
        return None, None
    if partial.month and partial.day:
        last_month = partial.second_month or partial.month
        first = _day(partial.year, partial.month, partial.day)
        return first, _day(partial.year, last_month, partial.second_day or partial.day)
    if partial.day:
        return None, None
    begin, end = _months(partial)
    if partial.month and partial.tenth:
        low, high = _TENTHS[partial.tenth]
        return _day(partial.year, begin, low), _day(partial.year, begin, min(high, monthrange(partial.year, begin)[1]))
    year, end = (partial.second_year or partial.year) + (end - 1) // 12, (end - 1) % 12 + 1
    return date(partial.year, begin, 1), date(year, end, monthrange(year, end)[1])


def _months(partial: Partial) -> tuple[int, int]:
    if partial.month:
        return partial.month, partial.second_month or partial.month
    key = partial.half.removeprefix("第").removeprefix("年")
    return _PARTS_OF_YEAR.get(key[:2]) or _PARTS_OF_YEAR.get(key[:1]) or (1, 12)


def _grain(partial: Partial) -> str:
    half = partial.half
    if any(mark in partial.clock for mark in "时点:"):
        return "time"
    if partial.day or partial.later:
        return "day"
    if partial.month or half[-1:] in tuple("初底末中"):
        return "ten_days" if partial.tenth else "month"
    if half:
        return "half" if "半年" in half else "quarter" if "季度" in half else "season"
    return "year"
