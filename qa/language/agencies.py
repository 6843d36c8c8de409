"""Finds agencies (police, courts, companies, schools) by their last word and the words before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from qa.language.gazetteer import is_county, places
from qa.language.lexicon import lexicon
from qa.language.words import Word

# No agency of prose has a longer name, in characters.
LONGEST = 32
# So many characters of unknown name may stand between a place and its police.
REACH = 3

_ENDS = {kind: tuple(lexicon(f"agency.{kind}")) for kind in ("police", "state", "private")}
_LAST = frozenset(end[-1] for ends in _ENDS.values() for end in ends)
_GENERIC = lexicon("agency.generic")
_INSIDE = lexicon("agency.inside")
_OUTSIDE = lexicon("agency.outside")
_AND = lexicon("agency.and")
_ALIAS = tuple(lexicon("agency.alias"))
_STOP_TAGS = lexicon("agency.stoptags")
_NO_PLACE = lexicon("place.none")
_LEVELS = frozenset("省市县区镇乡村旗州盟")
# A single character at the beginning of a name must be one of these: 新城分局, 东城派出所.
_SINGLE = frozenset("东西南北中上下大新老高市县区省")
_LOOSE = frozenset("来在到从对向由让被把将与和及或是有该此经据称按使为于以自去往赴至")


def find_agencies(folded: str, words: Sequence[Word]) -> list[tuple[int, int]]:
    """Return the spans of agencies in folded text, in order; a unit within a unit is one name with it."""
    found: list[tuple[int, int]] = []
    for at, word in enumerate(words):
        span = _alias(folded, words, at) if word.text.endswith(_ALIAS) else None
        if span is None and word.text[-1] in _LAST and (kind := _kind(folded, word)):
            span = _named(words, at, kind)
        if span:
            span = span[0] + len(_period(folded[span[0] : span[1]])), span[1]
            while found and found[-1][1] > span[0]:
                span = (min(found.pop()[0], span[0]), span[1])
            found.append(span)
    return found


# A period that runs into the name behind it: 三季度某县公安局, 去年9月以来某局.
_PERIOD = re.compile("(?:第?[一二三四前]+季度|[上下]半年|[今去前上]年|以来|期间|同期|日前|近日)+(?=.{4})")


def _period(name: str) -> str:
    match = _PERIOD.match(name)
    return match.group() if match else ""


def _kind(folded: str, word: Word) -> str:
    """Return the kind of agency whose name may end with ``word``, "" for none; 大队长 is a person."""
    if folded[word.end : word.end + 1] in ("长", "员") and word.text[-1] != "院":
        return ""
    return next((kind for kind, ends in _ENDS.items() if word.text.endswith(ends)), "")


def _alias(folded: str, words: Sequence[Word], at: int) -> tuple[int, int] | None:
    """Recognise 罗平公安 and 罗平警方: a place before the police, or what the text elsewhere calls a place (罗平县)."""
    start = at
    while start and _is_area(words[start - 1]):
        start -= 1
    if start == at and _is_unknown_area(folded, words, at - 1):
        start = at - 1
    if start < at or (words[at].tag == "nt" and words[at].text not in _ALIAS):
        return words[start].start, words[at].end
    return None


def _is_unknown_area(folded: str, words: Sequence[Word], at: int) -> bool:
    """Tell whether the word before the police, though unknown, must be a place: 罗平 of 罗平县, or a clause's first."""
    text = words[at].text if at >= 0 else ""
    if not 1 < len(text) < 5 or not text.isalpha() or text in _OUTSIDE:
        return False
    if text in _stems(folded):
        return True
    return words[at].tag in ("", "nz", "nr") and _begins(words, at)


@lru_cache(maxsize=2)
def _stems(folded: str) -> frozenset[str]:
    """Return what stands before 县, 市 and 区 in a text, two to four characters long."""
    ends = [match.start() for match in re.finditer("[县市区]", folded)]
    return frozenset(folded[end - size : end] for end in ends for size in (2, 3, 4) if end >= size)


def _begins(words: Sequence[Word], at: int) -> bool:
    """Tell whether a clause begins with the word at ``at``; after a quotation mark it may be any name."""
    return at == 0 or not (words[at - 1].text.isalnum() or words[at - 1].text in "“‘「")


def _is_area(word: Word) -> bool:
    if word.text in _NO_PLACE or word.text == "治安":
        return False
    return (
        word.tag == "ns"
        or word.text in places()
        or is_county(word.text)
        or (len(word.text) > 2 and word.text[-1] in _LEVELS)
    )


def _named(words: Sequence[Word], at: int, kind: str) -> tuple[int, int] | None:
    first = at
    while first and words[at].end - words[first - 1].start <= LONGEST and _belongs(words, first - 1):
        first -= 1
    first = _from_area(words, _reach_area(words, first), at)
    while first < at and (_hangs_loose(words[first], words[first + 1]) or words[first].text in _GENERIC):
        first += 1
    parts = words[first : at + 1]
    name = "".join(part.text for part in parts)
    if len(name) < 3 or name in _GENERIC or name.removeprefix("公安") in _GENERIC:
        return None
    if len(parts) == 1 and (len(name) < 4 or parts[0].tag not in ("nt", "ns", "")):
        return None
    if kind == "private" and len(parts) > 1 and not any(_is_specific(part) for part in parts[:-1]):
        return None
    return words[first].start, words[at].end


def _from_area(words: Sequence[Word], first: int, at: int) -> int:
    """Let a name begin at a province or city that stands in it: what comes before is another name or a verb."""
    return next((i for i in range(first, at) if words[i].text in places()), first)


def _reach_area(words: Sequence[Word], first: int) -> int:
    """Let 公安局 and the like reach a place close before them, over a name that was cut badly: 随州|曾|都|公安分局."""
    if words[first].text not in ("公安局", "公安分局", "分局", "警方", "公安"):
        return first
    if first and words[first - 1].text.isalpha() and len(words[first - 1].text) == 2 and _begins(words, first - 1):
        return first if words[first - 1].text in _OUTSIDE else first - 1
    for left in range(first - 1, max(first - 4, -1), -1):
        if _is_area(words[left]):
            return left
        if (
            words[first].start - words[left].start > REACH
            or not words[left].text.isalpha()
            or words[left].text in _OUTSIDE
        ):
            break
    return first


def _hangs_loose(word: Word, following: Word) -> bool:
    """Tell whether a word at the beginning of a name is left over from what stands before: 经|徐州市法院."""
    if len(word.text) > 1 or word.text in _SINGLE:
        return False
    return word.text in _LOOSE or _is_area(following) or word.tag not in ("", "zg", "ng", "g", "ns", "nr", "r")


def _belongs(words: Sequence[Word], left: int) -> bool:
    """Tell whether the word at ``left`` may be part of a name that the words right of it continue."""
    word = words[left]
    if word.text in _OUTSIDE:
        return False
    if word.text in ("和", "与"):
        return left > 0 and words[left - 1].text in _AND and (left == 1 or words[left - 2].text[-1] in "局,。、")
    if word.text == "某" or word.text in _INSIDE:
        return True
    if word.tag == "m":
        return word.text[0] == "第" or _is_number_name(word.text, words[left + 1].text)
    if word.tag in _STOP_TAGS:
        return word.tag == "zg" and len(word.text) == 1
    if word.tag.startswith("v"):
        return False
    return word.tag != "a" or word.text in ("高新", "新", "老", "大", "小", "高")


def _is_number_name(number: str, following: str) -> bool:
    """Tell whether a numeral is part of a name: 二七|区, 五|中."""
    return len(number) <= 2 and not number[0].isascii() and following[:1] in ("区", "县", "院", "中", "小")


def _is_specific(word: Word) -> bool:
    return word.tag in ("ns", "nz", "nr", "nt", "", "nrt") or word.text == "某" or word.text in places()
