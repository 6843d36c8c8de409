"""How well a candidate answers a question: coverage of the question's words, fit of its own words, and what is missing.

Pure functions over a ``Reading``; deterministic, ties go to the earlier place of the better ranked article.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.answering.candidates import Candidate
from qa.answering.evidence import Reading, Span
from qa.answering.listing import LONGEST_DESCRIPTION, SHORTEST_DESCRIPTION
from qa.answering.wording import weight
from qa.language.words import words


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its scores: ``coverage`` of the question 0..1, ``precision`` of its own words 0..1."""

    candidate: Candidate
    reading: Reading
    score: float
    coverage: float
    content: float  # coverage of the content words alone
    precision: float
    focus: float  # best support of the words beside the question word, 0..1; 1 where there are none
    said: bool  # whether the candidate's own words say what is counted
    scope: float  # support of the least supported of the names that the question asks about, 1 where there are none
    period: float  # the same of its dates and periods
    rival: bool  # whether another body was named after the one asked about
    row_lead: float  # by how much the question says the candidate's own item of a row rather than another's, -1..1
    missing: tuple[str, ...]  # content words of the question that nothing near the candidate supports

    @property
    def sentence(self) -> str:
        """The folded sentence that the candidate stands in."""
        view = self.reading.view
        return view.folded[slice(*view.sentences[self.candidate.sentence])]


COUNTED = frozenset({"count", "percent", "money"})
# A content word is missing when its best support is below this: neither in the paragraph nor in the title.
MISSING_BELOW = 0.28
# Between items of a row stands a mark or a word of at most so many characters.
LONGEST_JOINT = 3
# The terms that tell one item of a row from another; lighter ones stand anywhere.
_TELLING, LEAST_TELLING = frozenset({"content", "name", "scope"}), 0.3


def score(reading: Reading, candidate: Candidate) -> Scored:
    """Score ``candidate`` for the question of ``reading``."""
    total = gained = content_total = content_gained = 0.0
    missing = []
    focal = reading.question.focus
    focus = 0.0 if focal else 1.0
    least = {"scope": 1.0, "period": 1.0}
    text = reading.view.folded[candidate.start : candidate.end]
    for index, term in enumerate(reading.question.terms):
        support = reading.support(index, candidate.own, candidate.clause, candidate.sentence)
        if candidate.title and is_byline(candidate.title):
            support = max(support, 0.9 * reading.anywhere(index))
        if candidate.kind in {"person", "org", "place", "name"} and term.role == "content" and term.text in text:
            support = max(support, 0.9)
        if index in focal:
            focus = max(focus, support)
        if role := _LEAST_OF.get(term.role):
            least[role] = min(least[role], support)
        total += term.weight
        gained += term.weight * support
        if term.role in {"content", "name", "scene"}:
            content_total += term.weight
            content_gained += term.weight * support
            if support < MISSING_BELOW and term.weight >= LEAST_TELLING:
                missing.append(term.text)
    coverage = gained / total if total else 0.0
    content = content_gained / content_total if content_total else 1.0
    precision = _precision(reading, candidate)
    row_lead = _row_lead(reading, candidate)
    value = (
        coverage
        + (0.2 * row_lead if row_lead < 0 else 0.04 * row_lead)
        + 0.1 * (min(focus, 0.6) - 0.6)
        + 0.18 * precision
        + 0.5 * (candidate.fits - 1.0)
        + _agreement(reading, candidate)
    )
    said = candidate.kind not in COUNTED or not focal or _own_focus(reading, candidate)
    rival = reading.rival_nearer(candidate.start)
    value -= (0.0 if said else 0.12) + 0.04 * rival
    return Scored(
        candidate, reading, value, coverage, content, precision, focus, said, least["scope"], least["period"], rival,
        row_lead, tuple(missing),
    )  # fmt: skip


# The terms of which the least supported is told, by role.
_LEAST_OF = {"scope": "scope", "sound": "scope", "date": "period", "period": "period"}


def _precision(reading: Reading, candidate: Candidate) -> float:
    """Return the share of the candidate's own words that the question says too."""
    spans = [span for span in candidate.own if span[1] > span[0]]
    total = matched = 0.0
    for start, end in spans:
        for word in words(reading.view.folded[start:end]):
            value = weight(word.text)
            if not value:
                continue
            total += value
            at, to = start + word.start, start + word.end
            if any(mark.start < to and at < mark.end and mark.worth > 0.5 for marks in reading.marks for mark in marks):
                matched += value
    return matched / total if total else 0.3


_POSTS = re.compile(
    r"副?(?:党委)?(?:局长|政委|书记|所长|支队长|大队长|中队长|队长|厅长|处长|科长|主任|县长|市长|区长|镇长|省长|教导员|指导员|警长|院长|校长|经理|董事长|检察长|乘警长?|协警|会长|站长|组长|部长)|"
    r"通讯员|记者|编辑|作者|审核|责编|法官|律师|民警|辅警|交警"
)
_BYLINE = re.compile(r"通讯员|记者|编辑|作者|审核|责编|文|图|摄影|供稿")


def posts_in(text: str) -> list[str]:
    """Return the posts that ``text`` names, 副局长 apart from 局长."""
    return list(_POSTS.findall(text))


def is_byline(title: str) -> bool:
    """Tell whether a post is that of someone who made the report rather than someone in it."""
    return bool(_BYLINE.search(title))


def _post(asked: str, title: str) -> float:
    """Return a bonus where the person's post is the one asked for, a penalty where it is another (副局长, 局长)."""
    posts = _POSTS.findall(asked)
    byline = any(is_byline(post) for post in posts)
    if bool(title and is_byline(title)) != byline:
        return -0.3 if title and is_byline(title) else -0.15 if byline else 0.0
    if not posts or not title:
        return 0.0
    held = _POSTS.findall(title)
    if any(post in held for post in posts):
        return 0.2
    # Another post is another person.
    return -0.6 if held and posts[-1] not in {"民警", "辅警"} else 0.0


def _own_focus(reading: Reading, candidate: Candidate) -> bool:
    """Tell whether the candidate's own words say what is counted; true where they say nothing at all."""
    spans = [span for span in candidate.own if reading.view.folded[span[0] : span[1]].strip(" 、,，")]
    terms = reading.question.terms
    counted = [i for i in reading.question.focus if terms[i].start > reading.question.ask.start]
    if counted and candidate.kind == "count" and (noun := _noun_after(reading, candidate)):
        # 5名逃犯 counts fugitives, whoever caught them stands before it.
        spans = [noun]
    best = [reading.best_within(index, span) for index in reading.question.focus for span in spans]
    return not best or max(best) >= 0.5


_BECAUSE = re.compile(r"因为?|由于|为了|鉴于|基于|之所以|原因|出于|导致|所以|因此|得名|旨在|目的")
_BY_MEANS = re.compile(
    r"通过|采取|采用|利用|借助|依托|以[^,，。]{1,12}(?:方式|形式|名义|手段)|先[^。]{1,30}(?:再|然后|后)|建立|推行|就是"
)


def _manner(reading: Reading, candidate: Candidate) -> float:
    """Return a bonus for a description that gives reasons when reasons are asked, means when means are asked."""
    said = {"why": _BECAUSE, "how": _BY_MEANS}.get(reading.question.ask.kind)
    return 0.1 if said and said.search(reading.view.folded, candidate.start, candidate.end) else 0.0


def _noun_after(reading: Reading, candidate: Candidate) -> Span | None:
    """Return the words right after the figure where they name what it counts, None where nothing follows it."""
    after = candidate.own[-1]
    text = reading.view.folded[after[0] : after[1]]
    return after if after[0] == candidate.end and any(weight(word.text) > 0 for word in words(text)) else None


def _heading(reading: Reading, candidate: Candidate) -> float:
    """Return a penalty for a description that is only a heading or a title."""
    text = reading.view.folded[candidate.start : candidate.end].strip()
    if text.startswith("原标题") or text in reading.view.title:
        return 0.4
    return 0.25 if len(text) < SHORTEST_DESCRIPTION else 0.0


def _other_base(reading: Reading, candidate: Candidate) -> float:
    """Return a penalty where a change against the month before is asked and one against the year before is given."""
    clause = reading.view.folded[candidate.clause[0] : candidate.start]
    for asked, given in (("环比", "同比"), ("同比", "环比")):
        if asked in reading.question.folded and given in clause and asked not in clause:
            return 0.3
    return 0.0


def _row_lead(reading: Reading, candidate: Candidate) -> float:
    """Return by how much the question says the candidate's own item of a row rather than another's, -1..1."""
    if not candidate.items:
        return 0.0
    heads = _heads(reading, candidate)
    # The first of items that stand apart begins with whose they all are.
    roles = _TELLING - {"scope"} if _apart(candidate.items) else _TELLING
    terms = [(i, t) for i, t in enumerate(reading.question.terms) if t.role in roles and t.weight >= LEAST_TELLING]
    told = {i: t.weight for i, t in terms if any(reading.best_within(i, head) for head in heads)}
    total = sum(told.values()) or 1.0
    said = [sum(worth * reading.best_within(i, head) for i, worth in told.items()) / total for head in heads]
    return said[candidate.row] - max((worth for row, worth in enumerate(said) if row != candidate.row), default=0.0)


def _apart(items: Sequence[Span]) -> bool:
    return any(after[0] - before[1] > LONGEST_JOINT for before, after in pairwise(items))


def _heads(reading: Reading, candidate: Candidate) -> list[Span]:
    """Return what the items of a row surely name apart from each other.

    The items at its ends hold what all share as well: of 全县刑事、治安警情 only 刑事 and 治安, which touch, are sure.
    Items that have figures of their own (刑事警情21起、治安警情203起,分别…) share nothing.
    """
    if _apart(candidate.items):
        return list(candidate.items)
    heads = []
    for number, (start, end) in enumerate(candidate.items):
        cut = [word for word in words(reading.view.folded[start:end]) if weight(word.text)]
        cut = cut[-1:] if number == 0 else cut[:1] if number == candidate.row_size - 1 else cut
        heads.append((start + cut[0].start, start + cut[-1].end) if cut else (start, end))
    return heads


def _agreement(reading: Reading, candidate: Candidate) -> float:
    """Return a penalty where the direction of change contradicts the question."""
    asked = reading.question.direction
    if candidate.kind == "name":
        text = reading.view.folded[candidate.start : candidate.end]
        named = [term.text for term in reading.question.terms if term.role == "name"]
        return 0.3 * any(name in text for name in named)
    if candidate.kind == "list":
        noun = reading.question.ask.noun
        clause = reading.view.folded[candidate.clause[0] : candidate.clause[1]]
        return 0.0 if not noun else 0.08 if noun in clause or noun[-2:] in clause else -0.08
    if candidate.kind == "text":
        size = min((candidate.end - candidate.start) / LONGEST_DESCRIPTION, 1.0)
        return 0.06 * size + _manner(reading, candidate) - _heading(reading, candidate)
    if candidate.kind == "person":
        return _post(reading.question.folded, candidate.title)
    if candidate.kind == "percent":
        other_base = _other_base(reading, candidate)
        if asked and candidate.direction and asked != candidate.direction:
            return -0.3 - other_base
        if not candidate.direction and asked:
            return -0.15 - other_base
        return -other_base
    return 0.0
