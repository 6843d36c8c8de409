"""Finds places: chains of names that end with 省, 县, 镇, 路 and the like, and what the gazetteer knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.language.gazetteer import is_county, places
from qa.language.lexicon import lexicon
from qa.language.words import Word

# How places end that are one word: 东坑镇, 安家庄站.
_ENDS = frozenset("省市县区镇乡村旗州盟站")
_LEVEL_WORDS = lexicon("place.level")
_NO_PLACE = lexicon("place.none")
_BEFORE = lexicon("place.before")
_OUTSIDE = lexicon("agency.outside")
_STEM_TAGS = lexicon("place.stemtags") | {""}

# A town, perhaps with its village, right after a word of place; its characters need not be known words.
_TOWN = re.compile(
    "(?:(?<=[到在赴至于往来,。、(“ 县市区])|(?<=分包的)|^)"
    "(?:[称据经由对将从让与和距]|位于|家住|途经)?(?P<name>(?![称据经由对将从让与和距在到市县区])[㐀-鿿]{2,3}(?<![乡城])[镇乡](?![政上区内党村长])(?:[㐀-鿿]{1,4}?(?:村|社区))?)"
)
_NO_TOWN = re.compile("[各全该本我某个多其两些所每在的]|乡镇|城镇|重点")


def find_places(folded: str, words: Sequence[Word]) -> list[tuple[int, int]]:
    """Return the spans of places in folded text, in order, without overlap."""
    found: list[tuple[int, int]] = []
    for span in sorted([*_towns(folded), *_chains(words)], key=lambda span: (span[0], -span[1])):
        if not found or span[0] >= found[-1][1]:
            found.append(span)
    return found


def _towns(folded: str) -> Iterator[tuple[int, int]]:
    for match in _TOWN.finditer(folded):
        if not _NO_TOWN.search(match["name"][:4]) and match["name"][-2:] not in places():
            yield match.span("name")


def _chains(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yield neighbouring places as one: 江津区圣泉街道."""
    at = 0
    while at < len(words):
        last = at + _length(words, at)
        if last == at:
            at += 1
            continue
        while last < len(words) and (more := _length(words, last, chained=True)):
            last += more
        yield words[at].start, words[last - 1].end
        at = last


def _length(words: Sequence[Word], at: int, chained: bool = False) -> int:
    """Return how many words from ``at`` on make one place, 0 when none begins there; ``chained`` after a place."""
    word = words[at]
    if word.tag in ("x", "eng", "t") or word.text in _NO_PLACE:
        return 0
    following = words[at + 1].text if at + 1 < len(words) else ""
    if following in _LEVEL_WORDS and _is_stem(word, chained):
        return 2
    if len(word.text) > 2 and word.text[-1] in _ENDS and word.tag in ("ns", "", "nr", "nz"):
        return 1
    return int(_is_known(words, at, chained))


def _is_known(words: Sequence[Word], at: int, chained: bool) -> bool:
    """Tell whether the gazetteer knows the word and it stands like a place: tagged as one, or after 在, or first."""
    word = words[at]
    if word.text in places():
        begins = at == 0 or not words[at - 1].text.isalnum() or words[at - 1].text in _BEFORE
        return word.tag in ("ns", "nt") or chained or begins
    return is_county(word.text) and (word.tag == "ns" or chained)


def _is_stem(word: Word, chained: bool) -> bool:
    if word.text in _OUTSIDE or word.text[-1] in "某各全该本":
        return False
    return word.tag in _STEM_TAGS or (chained and word.tag == "n") or word.text in places()
