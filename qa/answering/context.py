"""What an earlier turn of a conversation leaves to be taken up: who, where, when, about whom, and its own answer.

A follow-up question leaves out what was just said. This page knows what can be taken from one earlier question and
its answer; ``conversation`` decides what a follow-up needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from qa.answering.kinds import Ask, read_ask
from qa.answering.measures import unit_of_noun
from qa.language.names import Name, find_names
from qa.language.scripts import fold
from qa.language.words import words
from qa.types import Turn

_PERIOD = re.compile(
    r"(?:(?:19|20)\d\d年|今年|去年|前年|\d{1,2}月份?)(?:\d{1,2}月)?(?:\d{1,2}[日号])?(?:(?:至|到)(?=\d)(?:(?:19|20)\d\d年)?(?:\d{1,2}月)?(?:\d{1,2}[日号])?)?(?:底|初|末|上半年|下半年)?(?:以来|起|期间)?"
    r"|(?:今年|去年)?(?:上半年|下半年|第?[一二三四]季度)|今年以来|去年同期|近日|(?:近|最近)?[一二两三几]个?(?:月|年)来"
)
# What may stand between two names that together say who, where and when.
_BETWEEN = re.compile(
    r"(?:在|的|于|从|和|与|,|、|公安|警方|民警|共|今年|开展的?|组织的?|那次|这次|中|里|期间|以来){0,3}"
)
# What belongs to a name that ends the row: 行动中, 期间.
_AFTER = re.compile(
    r"(?:(?:专项|集中|统一|打击|整治)*(?:行动|活动|会战|战役|整治))?(?:期间|以来|当中|之中|中|里)?(?:警方|公安(?:局|机关)?|民警|警察)?"
)
# A matter or campaign that is spoken of, right after the names: 某县砸车窗盗窃案, 夏夜第二次集中行动期间.
_MATTER = re.compile(
    r"[^,，。?？的了多几哪]{2,22}?(?:行动|会战|战役|攻坚战|活动)(?!员|家|室)(?:期间|以来|当中|中|里)?|"
    r"(?:的|那起|那个|这起)?[^,，。?？的]{1,14}?(?:案件?|事件|事故|火灾|爆炸|洪水|大水|水害|会议|仪式|演练|比赛)(?=的|中|里|一共|共|总共|有|是|被|涉|,|，|上)"
)
_WHO_SAID = re.compile(r"[“「『][^”」』]+[”」』]")
_WH = re.compile(r"哪|什么|多少|几(?=个|家|名|所)|谁")
_PREDICATE = frozenset({"v", "d", "p", "m", "c", "r", "ul", "u", "j", "y", "vd"})


@dataclass(frozen=True)
class Earlier:
    """The turn before, read: its question as resolved, and its answer ("" where it was refused)."""

    text: str
    answer: str

    @classmethod
    def of(cls, turn: Turn) -> Earlier:
        """Return what ``turn`` leaves."""
        answer = "" if turn.answer.abstained else turn.answer.headline
        return cls(turn.answer.resolved_question or turn.question, answer)

    @cached_property
    def folded(self) -> str:
        """The question in folded form, of the same length."""
        return fold(self.text)

    @cached_property
    def ask(self) -> Ask:
        """What the question asked for."""
        return read_ask(self.folded)

    @cached_property
    def names(self) -> list[Name]:
        """The names of the question."""
        return [_asked_out(name) for name in find_names(self.folded) if not _WH.match(name.text)]

    @cached_property
    def quotes(self) -> list[str]:
        """What the question quotes, with its quotation marks."""
        return [self.text[slice(*match.span())] for match in _WHO_SAID.finditer(self.folded)]

    @cached_property
    def people(self) -> list[str]:
        """The people the conversation speaks of: those of the answer, else those of the question, else none."""
        told = [name.text for name in find_names(fold(self.answer)) if name.kind == "person"]
        if self.ask.kind == "person" and self.answer:
            return [self.answer] if 2 <= len(self.answer) <= 4 else told
        return [self.text[name.start : name.end] for name in self.names if name.kind == "person"]

    def scope(self, *, place: bool = True, period: bool = True) -> str:
        """Return who, where, when and within what, as the question says it; parts may be left out.

        >>> Earlier("甲乙县公安局在“春雷行动”中抓了多少人?", "").scope()
        '甲乙县公安局在“春雷行动”中'
        """
        parts = self._parts(place, period)
        if not parts:
            return ""
        start, end = parts[0]
        for at, to in parts[1:]:
            if at > end and not _BETWEEN.fullmatch(self.folded[end:at]):
                break
            end = max(end, to)
        limit = self.ask.start if self.ask.start > start else len(self.folded)
        if matter := _MATTER.match(self.folded, end, limit):
            end = matter.end()
        elif after := _AFTER.match(self.folded, end, max(limit, end)):
            end = after.end()
        rest = [self._quoted(at, to) for at, to in parts if at >= end and self._is_title(at, to)]
        return self.text[start:end] + "".join(rest)

    def _parts(self, place: bool, period: bool) -> list[tuple[int, int]]:
        """Return the spans of names and periods in the question, in order; people only where nothing else is named."""
        kinds = {"agency", "place", "operation", "quoted"} if place else {"operation", "quoted"}
        kept = [(n.start, n.end) for n in self.names if n.kind in kinds]
        if period:
            kept += [match.span() for match in _PERIOD.finditer(self.folded)]
        kept = [(at, to) for at, to in kept if not any(s <= at and to <= e and (s, e) != (at, to) for s, e in kept)]
        return sorted({self._widened(at, to) for at, to in kept})

    def _widened(self, at: int, to: int) -> tuple[int, int]:
        """Take the quotation marks around a quoted name along."""
        if at and self.folded[at - 1] in "“「『" and self.folded[to : to + 1] in {"”", "」", "』"}:
            return at - 1, to + 1
        return at, to

    def _is_title(self, at: int, to: int) -> bool:
        return self.folded[at] in "“「『" or any(n.start == at and n.kind == "operation" for n in self.names)

    def _quoted(self, at: int, to: int) -> str:
        return self.text[at:to]

    def topic(self) -> str:
        """Return the thing or people the question speaks of: what stands before its predicate.

        >>> Earlier("某县砸车窗盗窃案的嫌疑人共有几名?", "").topic()
        '某县砸车窗盗窃案的嫌疑人'
        """
        head = self.folded[: self.ask.start]
        found = words(head)
        last = max((w.end for w in found if w.text == "的"), default=0)
        end = 0
        for word in found:
            if word.start < last:
                continue
            if word.tag in _PREDICATE and (len(word.text) > 1 or word.tag != "v"):
                break
            if word.tag != "v":
                end = word.end
        return self.text[:end].rstrip("的,，、")

    def counted(self) -> str:
        """Return the people or things the question counts, with what was done to them.

        >>> Earlier("某公安局抓获逃犯多少人?", "").counted()
        '抓获的逃犯'
        """
        head = self.folded[: self.ask.start].rstrip("了过共有")
        verb = noun = ""
        for word in reversed(words(head)):
            if not noun or word.tag[:1] in {"n", "b", "l"} or word.tag in {"vn", "j"}:
                noun = f"{word.text}{noun}"
            elif word.tag[:1] == "v" and word.tag != "vn":
                verb = word.text
                break
            else:
                break
        if self.ask.noun:
            return f"{words(head)[-1].text}的{self.ask.noun}" if head else self.ask.noun
        return f"{verb}的{noun}" if verb and unit_of_noun(noun) == "人" else ""

    def statement(self) -> str:
        """Return the question as a statement: the answer, or nothing, in the place of its question words."""
        start, end = self.ask.start, self.ask.end
        told = self.answer if self.ask.kind == "count" and len(self.answer) <= 12 else ""
        return f"{self.text[:start]}{told}{self.text[end:]}".strip("?？。!！呢啊呀吗 ")

    def phrase_ending_in(self, noun: str) -> str:
        """Return the longest run of nouns of the question that ends in ``noun``, "" when it does not say it."""
        at = self.folded.rfind(noun)
        if at < 0:
            return ""
        if (topic := self.topic().removesuffix("们")).endswith(noun):
            return topic
        start = at
        for word in reversed(words(self.folded[:at])):
            if not (word.tag[:1] in {"n", "b"} or word.tag in {"vn", "j", "l"} or word.text in "“”"):
                break
            if self.ask.start <= word.start < self.ask.end:
                break
            start = word.start
        return self.text[start : at + len(noun)]


def _asked_out(name: Name) -> Name:
    """Cut question words from the end of a name: 甲乙哪个分局 names 甲乙."""
    wh = _WH.search(name.text)
    return replace(name, end=name.start + wh.start(), text=name.text[: wh.start()]) if wh else name
