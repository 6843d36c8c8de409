"""The values that travel between the rooms. Read this page first.

Every value is frozen: a stage makes a new one, it never edits the one it was given. Positions are character offsets
into ``Article.text`` (``start`` inclusive, ``end`` exclusive); they are set when a text is first cut and carried from
then on, so that a citation is a lookup and never a search.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Leads from a position in cleaned text back to the position in the decoded raw file.

    ``runs`` holds ``(text_start, raw_start, length)`` in ascending order: inside a run both sides advance together;
    between runs raw characters were cut away. A replaced character (an entity, say) is a run of its own.

    >>> OffsetMap(((0, 10, 3), (3, 20, 2))).raw_span(2, 4)
    (12, 21)
    """

    runs: tuple[tuple[int, int, int], ...] = ()

    def raw(self, position: int) -> int:
        """Return the raw position of the text character at ``position`` (identity where the map is empty)."""
        if not self.runs:
            return position
        text_start, raw_start, _ = self.runs[max(bisect_right(self.runs, position, key=lambda run: run[0]) - 1, 0)]
        return raw_start + position - text_start

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw span that covers text ``[start, end)``; an empty span stays empty."""
        if end <= start:
            return self.raw(start), self.raw(start)
        return self.raw(start), self.raw(end - 1) + 1


@dataclass(frozen=True, slots=True)
class Article:
    """One article as a reader sees it: ``text`` in its own script, junk removed, ``offsets`` back to the raw file."""

    id: str  # hash of the content: the same words always get the same id
    source: str  # file name (or record id) that users recognise
    title: str
    publisher: str
    author: str
    published: str  # ISO date "2023-10-10", or "" when the article does not tell
    text: str
    offsets: OffsetMap = field(default=OffsetMap(), repr=False)
    codec: str = "utf-8"  # how the bytes were decoded
    url: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What an article names, as it prints it: the most frequent first, of equal ones the earlier."""

    agencies: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences: ``article.text[start:end] == text``."""

    article_id: str
    index: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with its article; ``score`` is higher for better and only comparable in one search."""

    passage: Passage
    article: Article
    score: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an article: what it counts, for whom, when, and where it stands.

    ``text`` is the figure letter for letter (``article.text[start:end]``); ``value`` is exact, with 万/亿 resolved.
    """

    value: Decimal
    unit: str
    kind: str  # count | percent | money | duration | ordinal | ...
    text: str
    approximate: bool
    direction: str  # "up" | "down" | ""
    metric: str  # what is counted: 化解矛盾纠纷
    subject: str  # who: 某县公安局
    period: str  # when: 今年以来, 2022年
    operation: str  # within which operation or campaign
    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer stands: ``quote`` is ``article.text[start:end]``, letter for letter.

    ``marks`` are spans of the exact words (a figure, a name) inside the quote, in article offsets. ``also`` names the
    sources of reprints in which the same words stand: together they are one source.
    """

    n: int
    article_id: str
    source: str
    title: str
    publisher: str
    published: str
    quote: str
    start: int
    end: int
    raw_start: int
    raw_end: int
    marks: tuple[tuple[int, int], ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier exchange of the same conversation."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its sources, or a refusal with its reason.

    ``headline`` is the direct answer and nothing else; ``text`` is what a person reads, with [1] [2] markers that
    name the citations. When ``abstained``, ``reason`` names what is missing and ``nearest`` holds the nearest passages.
    """

    question: str
    resolved_question: str
    headline: str
    text: str
    abstained: bool
    reason: str
    confidence: float  # 0..1
    citations: tuple[Citation, ...]
    nearest: tuple[Hit, ...]
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one input file or record.

    ``status`` is added | replaced | unchanged | duplicate | renamed | removed | skipped.
    """

    source: str
    status: str
    reason: str = ""  # why it was skipped
    codec: str = ""
    articles: int = 0
    passages: int = 0
    removed_characters: int = 0  # characters of the raw text that cleaning cut away
    article_id: str = ""
