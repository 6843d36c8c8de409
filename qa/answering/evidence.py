"""Where the words of a question stand in an article, and which sentences hold most of them.

An ``ArticleView`` is one article prepared for reading: folded text, sentences, paragraphs; a ``Reading`` lays the terms
of one question over it. Knows nothing of answers.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, cached_property, lru_cache
from typing import TypeVar

from pypinyin import lazy_pinyin

from qa.answering.question import Question, Term, name_cores
from qa.answering.wording import STOP, pattern
from qa.corpus.clauses import Setting, settings
from qa.corpus.passages import sentences
from qa.language.dates import DateSpan, find_dates, when
from qa.language.gazetteer import places_sounding, province_of
from qa.language.names import Name, find_names
from qa.language.quantities import Quantity, find_quantities
from qa.language.scripts import fold
from qa.types import Article

Span = tuple[int, int]
# Stands for a month that is meant without being named: 本月, 上半年 of an untold year, 近三个月.
UNTOLD = 0
Found = TypeVar("Found", Quantity, DateSpan, Name)

# A line of at most so many characters before a paragraph is its heading.
LONGEST_HEADING = 24
# How well a term supports an answer by where it stands: in the value's own words, its clause, its sentence, the
# sentence beside it, its paragraph, the title, anywhere in the article.
CONTENT_LEVELS = (1.0, 0.85, 0.65, 0.45, 0.3, 0.25, 0.15)
NAME_LEVELS = (1.0, 1.0, 1.0, 0.8, 0.7, 0.6, 0.5)
SCOPE_LEVELS = (1.0, 1.0, 1.0, 0.95, 0.92, 0.92, 0.88)
DATE_LEVELS = (1.0, 1.0, 1.0, 0.7, 0.4, 0.1, 0.05)
PERIOD_LEVELS = (1.0, 1.0, 1.0, 0.9, 0.8, 0.7, 0.5)
_LEVELS = {
    "content": CONTENT_LEVELS,
    "name": NAME_LEVELS,
    "scene": NAME_LEVELS,
    "scope": SCOPE_LEVELS,
    "date": DATE_LEVELS,
    "period": PERIOD_LEVELS,
    "sound": SCOPE_LEVELS,
}
_YEARS = re.compile(r"(?<![\d.较比与同跟])20[0-3]\d(?=年|[-./]\d|[”」』\n ]|$)")
# Characters at the beginning of a text that say which year it is about.
BEGINNING = 200
# Terms for which no other word and no part of theirs will do.
_AS_IT_STANDS = frozenset({"scope", "name", "date", "period"})
_DATES = frozenset({"date", "period"})


class ArticleView:
    """One article prepared for reading; what is costly is worked out when first asked for."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.folded = fold(article.text)
        self.title = fold(article.title)
        self.sentences: list[Span] = sentences(article.text)
        self._starts = [start for start, _ in self.sentences]
        self._quantities: dict[int, list[Quantity]] = {}
        self._dates: dict[int, list[DateSpan]] = {}
        self._names: dict[int, list[Name]] = {}

    def sentence_at(self, position: int) -> int:
        """Return the number of the sentence that holds ``position``."""
        return max(bisect_right(self._starts, position) - 1, 0)

    def paragraph(self, number: int) -> Span:
        """Return the paragraph that sentence ``number`` stands in."""
        start, end = self.sentences[number]
        stop = self.folded.find("\n", end - 1)
        return self.folded.rfind("\n", 0, start) + 1, len(self.folded) if stop < 0 else stop

    def quantities(self, number: int) -> list[Quantity]:
        """Return the quantities of sentence ``number``, in offsets of the article."""
        if number not in self._quantities:
            start, end = self.sentences[number]
            self._quantities[number] = [_shift(q, start) for q in find_quantities(self.article.text[start:end])]
        return self._quantities[number]

    def dates(self, number: int) -> list[DateSpan]:
        """Return the dates of sentence ``number``, in offsets of the article."""
        if number not in self._dates:
            start, end = self.sentences[number]
            self._dates[number] = [_shift(d, start) for d in find_dates(self.article.text[start:end])]
        return self._dates[number]

    def names(self, number: int) -> list[Name]:
        """Return the names of sentence ``number``, in offsets of the article."""
        if number not in self._names:
            start, end = self.sentences[number]
            self._names[number] = [_shift(n, start) for n in find_names(self.article.text[start:end])]
        return self._names[number]

    def settings(self, number: int, values: Sequence[Span]) -> list[Setting]:
        """Return the settings of values of sentence ``number``."""
        return settings(self.folded, self.sentences[number], values)

    @cached_property
    def _places(self) -> set[str]:
        return {
            core
            for number in range(len(self.sentences))
            for name in self.names(number)
            if name.kind in {"agency", "place"}
            for core in name_cores(self.folded[name.start : name.end], name.kind)
        }

    @cached_property
    def most_named(self) -> int:
        """How often the place or agency stands in the text that stands there most often."""
        return max((self.folded.count(name) for name in self._places), default=0)

    @cached_property
    def persons(self) -> list[Name]:
        """The persons that the text names, as often as it does."""
        return [name for number in range(len(self.sentences)) for name in self.names(number) if name.kind == "person"]

    @cached_property
    def provinces(self) -> set[str]:
        """The provinces in which the places that the text names lie."""
        return {province_of(name) for name in self._places} - {""}

    @cached_property
    def months(self) -> set[int]:
        """The months that the dates of the text name or cover, 1..12, and ``UNTOLD`` where one names no month."""
        named = {month for number in range(len(self.sentences)) for d in self.dates(number) for month in months_of(d)}
        return named | {int(self.article.published[5:7])} if named and self.article.published else named

    @cached_property
    def frame_years(self) -> set[str]:
        """The years that the title and the beginning name, else the latest year of the text: those it is about."""
        begins = set(_YEARS.findall(f"{self.title}\n{self.folded[:BEGINNING]}"))
        return begins or set(sorted(_YEARS.findall(self.folded))[-1:])

    @cached_property
    def sounds(self) -> tuple[str, list[int]]:
        """The pinyin of the folded text run together, and for each letter the character it belongs to."""
        # Each character on its own, so that one syllable stands for one character.
        syllables = [lazy_pinyin(character, errors=lambda other: " ")[0] for character in self.folded]
        where: list[int] = []
        for index, syllable in enumerate(syllables):
            where += [index] * len(syllable)
        return "".join(syllables), where


def months_of(date: DateSpan) -> Iterable[int]:
    """Return the months that a date names or covers, 1..12, or ``UNTOLD``; none for a whole year."""
    if date.grain == "year":
        return [UNTOLD] if "月" in date.text else []
    if date.first and date.last:
        return {(date.first + timedelta(days)).month for days in range(min((date.last - date.first).days + 1, 366))}
    exact = date.grain in {"day", "time"}
    if date.month and (exact or date.relation not in {"range", "since"}):
        return [date.month]
    return [] if exact else [UNTOLD]


def _shift(found: Found, by: int) -> Found:
    return replace(found, start=found.start + by, end=found.end + by)


@lru_cache(maxsize=256)
def view_of(article: Article) -> ArticleView:
    """Return the view of ``article``, kept for the articles asked about last."""
    return ArticleView(article)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place where a term stands: ``worth`` is 1 for the term itself, less for words that say the same."""

    start: int
    end: int
    worth: float


class Reading:
    """The terms of one question laid over one article."""

    def __init__(self, question: Question, view: ArticleView) -> None:
        self.question = question
        self.view = view
        self.marks: list[list[Mark]] = [_marks(term, view) for term in question.terms]
        self._starts = [[mark.start for mark in marks] for marks in self.marks]
        self._scores: dict[int, float] = {}
        self._in_title = [_title_worth(term, view) for term in question.terms]

    def best_within(self, index: int, span: Span) -> float:
        """Return the best worth of term ``index`` inside ``span``, 0 when it is not there."""
        low = bisect_left(self._starts[index], span[0])
        high = bisect_right(self._starts[index], span[1])
        return max((m.worth for m in self.marks[index][low:high] if m.end <= span[1]), default=0.0)

    def anywhere(self, index: int) -> float:
        """Return the best worth of term ``index`` in the article or its title."""
        return max(max((m.worth for m in self.marks[index]), default=0.0), self._in_title[index])

    def best_anywhere(self, index: int) -> float:
        """Return the best worth of term ``index`` in the article's text."""
        return max((mark.worth for mark in self.marks[index]), default=0.0)

    def support(self, index: int, own: Sequence[Span], clause: Span, number: int) -> float:
        """Return how well term ``index`` supports a value by its nearest places, 0..1."""
        term = self.question.terms[index]
        levels = _LEVELS[term.role]
        view = self.view
        sentence = view.sentences[number]
        best = max((self.best_within(index, span) for span in own), default=0.0) * levels[0]
        best = max(best, self.best_within(index, clause) * levels[1], self.best_within(index, sentence) * levels[2])
        if best >= levels[3]:
            return best
        paragraph = view.paragraph(number)
        before = view.sentences[number - 1] if number else sentence
        if before[0] >= paragraph[0] or before[1] - before[0] <= LONGEST_HEADING:
            best = max(best, self.best_within(index, before) * levels[3])
        best = max(best, self.best_within(index, paragraph) * levels[4], self._in_title[index] * levels[5])
        return max(best, self.anywhere(index) * levels[6])

    def sentence_score(self, number: int) -> float:
        """Return the share of the question's weight that sentence ``number`` and its surroundings hold, 0..1."""
        if number not in self._scores:
            self._scores[number] = self._sentence_score(number)
        return self._scores[number]

    def _sentence_score(self, number: int) -> float:
        sentence = self.view.sentences[number]
        total = sum(term.weight for term in self.question.terms) or 1.0
        return sum(t.weight * self.support(i, (), sentence, number) for i, t in enumerate(self.question.terms)) / total

    def rival_nearer(self, at: int) -> bool:
        """Tell whether another body or place of the same kind was named between the one asked about and ``at``.

        What a sentence says of all (全市, 我县) goes back to the place that the article is about.
        """
        start = self.view.sentences[self.view.sentence_at(at)][0]
        of_all = _OF_ALL.search(self.view.folded, start, at) is not None
        for own, rivals in self._rivals:
            last = own[bisect_left(own, at) - 1] if own and own[0] < at else -1
            nearest = rivals[bisect_left(rivals, at) - 1] if rivals and rivals[0] < at else -1
            if nearest > last and not (of_all and nearest < start):
                return True
        return False

    @cached_property
    def _rivals(self) -> list[tuple[list[int], list[int]]]:
        """For each name that the question asks about: where it stands, and where others of its kind do."""
        found = []
        for term, starts in zip(self.question.terms, self._starts, strict=True):
            if term.role != "scope":
                continue
            told = [(self.view.folded, at + len(term.text)) for at in starts]
            asked = [(self.question.folded, term.start + len(term.text))] if term.start >= 0 else []
            if kind := _kind_of(term.text, asked + told):
                others = [m for m in _named(kind).finditer(self.view.folded) if term.text[:2] not in m.group()]
                found.append((starts, [m.start() for m in others]))
        return found

    def article_score(self) -> float:
        """Return the share of the question's weight that stands anywhere in the article, 0..1."""
        total = sum(term.weight for term in self.question.terms) or 1.0
        return sum(t.weight * self.anywhere(i) for i, t in enumerate(self.question.terms)) / total


# What bodies and places end in; those with one of these ends are of one kind.
_ENDS = (
    "站(?:派出所)?(?![在着点])",
    "派出所",
    "[大中支总]队",
    "检察院",
    "法院",
    "[镇乡]|街道",
    "(?<![社小园景地辖城郊校厂库全各两三四五六])区|(?<![全各两三四五六七八九十])县|(?<![城超股门全各两三])市|公安分局|分局",
)
_OF_ALL = re.compile(r"[全我][市县区州省旗]")


def _kind_of(name: str, followed: Sequence[tuple[str, int]]) -> str:
    """Return the end of its kind that a name has, or that follows it in a text (at the place told), or ``""``."""
    ends = ((end, re.compile(end)) for end in _ENDS)
    return next((e for e, x in ends if x.search(name[-3:]) or any(x.match(text, at) for text, at in followed)), "")


@cache
def _named(end: str) -> re.Pattern[str]:
    """Return what finds the names with an end that begin a clause; who is above (某市公安局领导) is none of them."""
    return re.compile(
        rf"(?:^|(?<=[\n。;,、: 【\[(]))(?![全我本该各两辖]|带回|来到|走进|返回|送到|深入|送法)"
        rf"[\u3400-\u9fff]{{2,5}}?(?:{end})"
        r"(?!(?:公安)?局?的?[\u3400-\u9fff]{0,4}(?:领导|指导|部署|支持)|委)"
    )


def best_sentences(readings: Sequence[Reading], most: int) -> list[tuple[Reading, int]]:
    """Return up to ``most`` sentences that hold most of the question; ties go to the better, then the earlier place."""
    places = [
        (reading.sentence_score(number), -order, -number, reading, number)
        for order, reading in enumerate(readings)
        for number in range(len(reading.view.sentences))
    ]
    places.sort(key=lambda place: place[:3], reverse=True)
    return [(reading, number) for _, _, _, reading, number in places[:most]]


def _marks(term: Term, view: ArticleView) -> list[Mark]:
    if term.role == "sound":
        return _sound_marks(term.text, view)
    if term.role == "scope":
        return _scope_marks(term.text, view)
    if term.role in _AS_IT_STANDS:
        found = [Mark(at, at + len(term.text), 1.0) for at in _all(view.folded, term.text)]
        return found or (_date_marks(term.text, view) if term.role in _DATES else [])
    expression, worth = pattern(term.text)
    return [Mark(m.start(), m.end(), worth.get(m.group(), 0.5)) for m in expression.finditer(view.folded)]


def _date_marks(words: str, view: ArticleView) -> list[Mark]:
    """Return where the article says the same date or period in other words: 2023年上半年 is 1至6月, 3月9号 3月9日."""
    if (asked := when(words)) is None:
        return []
    found = []
    for number in range(len(view.sentences)):
        for date in view.dates(number):
            told = when(view.folded[date.start : date.end])
            if told and (worth := asked.agrees(told)):
                found.append(Mark(date.start, date.end, worth))
    return found


def _scope_marks(name: str, view: ArticleView) -> list[Mark]:
    """Return where ``name`` stands; a long name that does not stand whole is looked for by its beginning or its parts.

    A question runs together what articles write apart: 甲山乙水派出所 is 乙水派出所 of 甲山; 向 begins no name.
    """
    if name.endswith("派出所") and (places := _all(view.folded, short := f"{name[:-3]}所")):
        # A station is called by its name once, then by a shorter one.
        whole = [Mark(at, at + len(name), 1.0) for at in _all(view.folded, name)]
        return sorted([*whole, *(Mark(at, at + len(short), 1.0) for at in places)], key=lambda mark: mark.start)
    for length, worth in ((len(name), 1.0), (len(name) - 2, 0.7)):
        if length == len(name) or length >= 2:
            places = _all(view.folded, name[:length])
            if places:
                return [Mark(at, at + length, worth) for at in places]
    for cut in range(1, len(name) - 2):
        head, tail = name[:cut], name[cut:]
        if tail in view.folded and (head in STOP or (cut > 1 and head in view.folded)):
            return [Mark(at, at + len(tail), 0.7) for at in _all(view.folded, tail)]
    return []


def _title_worth(term: Term, view: ArticleView) -> float:
    if term.role == "sound":
        return 0.0
    if term.role in _AS_IT_STANDS:
        return float(term.text in view.title)
    expression, worth = pattern(term.text)
    return max((worth.get(found, 0.5) for found in expression.findall(view.title)), default=0.0)


def _all(text: str, part: str) -> list[int]:
    found, at = [], text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def _sound_marks(sound: str, view: ArticleView) -> list[Mark]:
    return [Mark(start, end, 1.0) for start, end in sound_places(sound, view)]


def sound_places(sound: str, view: ArticleView) -> list[Span]:
    """Return where whole characters of the article together sound like ``sound`` (toneless pinyin without spaces)."""
    text, where = view.sounds
    # In a place's name a character may sound otherwise than by itself.
    places = [(at, at + len(name)) for name in places_sounding(sound) for at in _all(view.folded, name)]
    for at in _all(text, sound):
        first, last = where[at], where[at + len(sound) - 1]
        whole = (at == 0 or where[at - 1] != first) and (at + len(sound) == len(text) or where[at + len(sound)] != last)
        if whole and last > first:
            places.append((first, last + 1))
    return sorted(set(places))
