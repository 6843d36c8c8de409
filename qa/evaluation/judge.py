"""Judge one answer against its gold: right or wrong by value, never by resemblance.

A value counts only at digit boundaries, a distractor beside it makes the answer wrong, and a pasted sentence is no
answer: one-value headlines are short and hold no second number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from qa.evaluation.gold import Forms, Gold
from qa.language.scripts import to_simplified

# A pinyin gloss after its character, 評(píng), with or without the closing bracket.
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿêü"
_GLOSS = re.compile(rf"(?<=[\u3400-\u9fff])\([A-Za-z{_TONED}\u0300-\u036f]{{1,7}}\)?")
_QUOTES = re.compile(r"""[“”‘’"'「」『』〝〟*_`\\]|ldquo;|rdquo;""")
# Punctuation says nothing about a value, unless a digit follows: 1,234 and 3.5 keep theirs.
_PUNCTUATION = re.compile(r"[,。、;:!?()·—\-…《》<>・,](?!\d)")
_DATE = re.compile(r"\d+(年|月|日|时|点|号)(?!以来)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DENIAL = re.compile("没有|并非|不是|未")

_COUNTED = frozenset({"figure", "percent", "money", "duration"})
_ONE_VALUE = _COUNTED | {"date", "person", "org", "place"}
# The longest headline of a one-value answer; the room that a list or description has beside its elements.
_HEADLINE, _ROOM, _DESCRIPTION = 60, 40, 120

RIGHT = frozenset({"correct", "refused-right", "corrected"})


@dataclass(frozen=True, slots=True)
class Quoted:
    """A citation as the judge sees it: the words and the file they are said to stand in."""

    source: str
    quote: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as the judge sees it; ``confidence`` may be unknown."""

    headline: str
    text: str
    abstained: bool
    citations: tuple[Quoted, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """``name``: correct wrong refused refused-right corrected invented missing; ``cited`` only for correct ones."""

    name: str
    cited: bool = False

    @property
    def right(self) -> bool:
        """Whether this is what a careful person would have answered."""
        return self.name in RIGHT


def comparable(text: str) -> str:
    """Return ``text`` without what does not change a value: script, width, spaces, quotes, glosses, punctuation.

    >>> comparable("出動 警力“2,980人次”。")
    '出动警力2,980人次'
    """
    text = _GLOSS.sub("", unicodedata.normalize("NFKC", text))
    text = re.sub(r"\s+", "", to_simplified(text)).lower()
    return _PUNCTUATION.sub("", _QUOTES.sub("", text))


def holds(form: str, text: str) -> bool:
    """Return whether ``form`` stands in ``text`` and not as a part of a longer number.

    >>> holds("46人", "刑事拘留46人"), holds("46人", "刑事拘留146人"), holds("2980", "2,980人次")
    (True, False, True)
    """
    wanted, found = comparable(form), comparable(text)
    if not wanted:
        return False
    left = r"(?<![\d.])" if wanted[0].isdigit() else ""
    right = r"(?![\d.%]|分之)" if wanted[-1].isdigit() else ""
    pattern = re.compile(left + re.escape(wanted) + right)
    return bool(pattern.search(found.replace(",", "")) or pattern.search(found))


def judge(gold: Gold, given: Given) -> Verdict:
    """Return the verdict on one answer; only the headline decides whether an answer is correct."""
    if not gold.answerable:
        if given.abstained:
            return Verdict("refused-right")
        premise_denied = "false_premise" in gold.note and _DENIAL.search(given.text)
        return Verdict("corrected" if premise_denied else "invented")
    if given.abstained:
        return Verdict("refused")
    if not _correct(gold, given.headline):
        return Verdict("wrong")
    return Verdict("correct", cited=any(_supports(gold, citation.quote) for citation in given.citations))


def _any(forms: Iterable[str], text: str) -> bool:
    return any(holds(form, text) for form in forms)


def _correct(gold: Gold, headline: str) -> bool:
    if gold.type in {"list", "descriptive"} and gold.all_of:
        size = sum(len(comparable(forms[0])) for forms in gold.all_of)
        room = max(3 * size + _ROOM, _DESCRIPTION if gold.type == "descriptive" else 0)
        return all(_any(forms, headline) for forms in gold.all_of) and len(comparable(headline)) <= room
    if not _any(gold.answers, headline):
        return False
    return gold.type == "comparison" or _one_answer(gold, headline)


def _one_answer(gold: Gold, headline: str) -> bool:
    """Every element is there, and nothing beside them that would let a guess pass."""
    if not all(_any(forms, headline) for forms in gold.all_of) or _any(gold.distractors, headline):
        return False
    if gold.type in _COUNTED and _other_numbers(gold.answers, headline):
        return False
    short = gold.type in _ONE_VALUE or (gold.type == "followup" and not gold.all_of)
    return not short or len(comparable(headline)) <= _HEADLINE


def _other_numbers(accepted: Forms, headline: str) -> list[str]:
    """Return the numbers of a headline that are neither the accepted value nor part of a date."""
    rest = _DATE.sub("", comparable(headline).replace(",", ""))
    for form in sorted(accepted, key=len, reverse=True):
        rest = rest.replace(comparable(form).replace(",", ""), "")
    return _NUMBER.findall(rest)


def _supports(gold: Gold, quote: str) -> bool:
    """Whether a quote holds the accepted value, or overlaps the sentence that does."""
    if _any(gold.answers, quote):
        return True
    shown = comparable(quote)
    evidence = [comparable(each) for each in gold.quotes]
    # A shown quote of six characters or fewer would lie inside almost any sentence.
    return any(each in shown or (len(shown) > 6 and shown in each) for each in evidence)
