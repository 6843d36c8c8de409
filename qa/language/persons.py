"""Finds persons: a surname beside a post, a reporter's line, 张先生 and 朱某, and every later mention of a name.

Chinese names have no border of their own. Where a name may have two or three characters, the one after which a known
word begins wins: 民警张豪|告诉, 局长刘延召|动员.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import log10

from qa.language.dictionary import load_dictionary
from qa.language.lexicon import alternatives, lexicon

_SURNAMES = lexicon("surname.single")
_COMPOUND = lexicon("surname.double")
# Surnames that are everyday words; after these a name needs more than a post before it.
_EVERYDAY = lexicon("surname.everyday")

_HAN = re.compile("[㐀-鿿]")
_SPEAKS = re.compile("说|表示|介绍|告诉|称|带领|立即")
# What follows a name and never belongs to one.
_FOLLOWS = lexicon("person.follows")
# What may follow a name and may belong to one as well.
_MAY_FOLLOW = frozenset(
    "来过为于以所同会可能要时后前中上下再只不没一两三曾先从而帮替叫请问看见听想做拿走开找接送抓打查发报救进出回得"
)
_ROLE = alternatives("post.role")
_POST = re.compile(f"(?P<post>(?:{alternatives('post.prefix')})*(?:{_ROLE})(?:助理)?)(?P<gap>[ ::|/]{{0,2}})")
_ROLE_START = re.compile(_ROLE)
# Posts of a kind that need a name in due form: strangers are 市民王某, not 市民王府井.
_STRANGER = lexicon("post.stranger")
_CALLED = re.compile("名叫|叫做|姓名[::]|化名")
# What 某 means when it follows no surname: 某个, 某小区.
_SOME = frozenset("个些种小公市县村")
_NOBODY = lexicon("person.none")
_DISTRICT = frozenset("市县区镇乡")
_MEDIA = lexicon("post.media")
# Between two posts of one person, perhaps with a body: 副县长、公安局|党委书记.
_CHAIN = re.compile("[、兼]?|[、兼][㐀-鿿]{1,7}")
_JOINED = re.compile(r"[、 和/]\s?|\s?以及")
_COURTESY = re.compile(alternatives("courtesy"))
_NO_SURNAME_ALONE = lexicon("surname.alone")
_BYLINE = re.compile(
    r"[((]\s?(?:记者|通讯员|见习记者|文|图|作者)?[ ::/]?(?P<names>[㐀-鿿]{2,4}(?:[ 、][㐀-鿿]{2,4}){0,4})\s?[))]"
)
_MOU = re.compile("某(?:某|(?![说称等的在是与和对及还也被将把])[㐀-鿿](?=[((,。、;:的等]))?")
# Beginning scores: a Chinese name has three characters about three times out of four.
_THREE = 0.8
_LEAST = 1.6


@dataclass(frozen=True, slots=True)
class Person:
    """A person in folded text; ``title`` joins the posts before the name with 、."""

    start: int
    end: int
    title: str = ""


def find_persons(folded: str, agency_ends: Iterable[int] = ()) -> list[Person]:
    """Return persons in order, later mentions of full names included; a name may stand right after an agency."""
    found = {person.start: person for person in _with_posts(folded)}
    for person in [*_with_courtesy(folded), *_bylines(folded), *_named(folded, agency_ends)]:
        found.setdefault(person.start, person)
    for person in _again(folded, found):
        found.setdefault(person.start, person)
    return _apart(sorted(found.values(), key=lambda person: (person.start, -person.end)))


def _with_posts(folded: str) -> Iterator[Person]:
    unnamed: tuple[int, str] | None = None  # end and title of a post that no name followed yet
    for match in _POST.finditer(folded):
        title = match["post"]
        if title.endswith(("市长", "县长", "区长")) and folded[match.end() + 1 : match.end() + 2] in _DISTRICT:
            continue  # 重庆市|长寿区
        official = title not in _STRANGER and title not in _MEDIA
        if unnamed and official and _CHAIN.fullmatch(folded, unnamed[0], match.start()):
            title = f"{unnamed[1]}、{title}"
        names = list(_names_after(folded, match.end(), match["post"] in _STRANGER))
        yield from (Person(start, end, title) for start, end in names)
        unnamed = (match.end("post"), title) if official and not names else None


def _names_after(folded: str, start: int, strict: bool) -> Iterator[tuple[int, int]]:
    """Yield the name at ``start`` and those that are joined to it: 队长张勇、李伟."""
    length = _name_length(folded, start, strict)
    while length:
        yield start, start + length
        joint = _JOINED.match(folded, start + length)
        start = joint.end() if joint else len(folded)
        length = _name_length(folded, start, strict or joint is None or joint.group().isspace())


def _name_length(folded: str, start: int, strict: bool) -> int:
    """Return the length of the name that begins at ``start``, 0 when none does; ``strict`` asks for a clear end."""
    surname = 2 if folded[start : start + 2] in _COMPOUND else 1
    if surname == 1 and folded[start : start + 1] not in _SURNAMES:
        return 0
    if folded[start + surname : start + surname + 1] == "某":
        return surname + _mou_length(folded, start + surname)
    if _COURTESY.match(folded, start + surname):
        return 0
    scores = {}
    for given in (1, 2):
        end = start + surname + given
        part = folded[start:end]
        if len(part) == surname + given and _HAN.match(part[-1]) and part[-1] not in _FOLLOWS:
            scores[surname + given] = _border(folded, end)
            if given == 2:
                scores[surname + 2] += _THREE - max(_known(folded, end - 1) - 1, 0)
    if surname == 2 and 4 in scores:
        scores[4] += 0.5
    if not scores:
        return 0
    length = max(scores, key=lambda size: (scores[size], size))
    needed = 3.0 if strict else _LEAST
    if surname == 1 and folded[start] in _EVERYDAY and not _spoken_of(folded, start, start + length):
        return 0
    return 0 if scores[length] < needed or _is_word(folded, start, surname, length) else length


def _spoken_of(folded: str, start: int, end: int) -> bool:
    """Tell whether a name with an everyday surname is certain: by what follows it, or because it comes again."""
    clear = end - start > 2 and (end >= len(folded) or not _HAN.match(folded[end]))
    return (clear or bool(_SPEAKS.match(folded, end))) and not load_dictionary().knows(folded[start : start + 2])


def _known(folded: str, position: int) -> float:
    """Return the logarithm of how often the commonest word of two to four characters at ``position`` is met."""
    counts = load_dictionary().counts(folded[position : position + 1])
    sizes = [size for size in (2, 3, 4) if position + size <= len(folded)]
    return log10(1 + max((counts.get(folded[position : position + size], 0) for size in sizes), default=0))


# 任组长 and 担任专案组组长 begin behind a name.
_TAKES_POST = re.compile("担?任[^,。;、\\s]{0,10}?(?:[队组局所院校站厅处科省市县区镇警总挥]长|主任|书记|总?指挥)")


def _border(folded: str, position: int) -> float:
    """Say how surely a word ends before ``position``: by the word that begins there."""
    if position >= len(folded) or not _HAN.match(folded[position]) or _TAKES_POST.match(folded, position):
        return 5.0
    known = _known(folded, position)
    return max(4.2 if folded[position] in _FOLLOWS else 2.5 if folded[position] in _MAY_FOLLOW else 0.0, known)


def _is_word(folded: str, start: int, surname: int, length: int) -> bool:
    """Tell whether what looks like a name is an everyday word: 民警高度重视, 民警全力."""
    if any(folded[start : start + size] in _NOBODY for size in (2, 3)):
        return True
    dictionary = load_dictionary()
    for size in (4, 3, 2):
        word = folded[start : start + size]
        if size < length or not dictionary.knows(word):
            continue
        tag = dictionary.tag(word)
        if not tag.startswith("nr") and (size > length or tag not in ("ns", "nz")):
            return size != 2 or length == 2
    if length == surname + 2 and _ROLE_START.match(folded, start + surname):
        return True
    tag = dictionary.tag(folded[start : start + surname + 1])
    if length == surname + 1 or not tag:
        return False
    return tag[:1] in ("d", "c", "p", "t", "r") or (tag[:1] in ("v", "a", "n") and tag[:2] not in ("nr", "ns", "nz"))


def _mou_length(folded: str, position: int) -> int:
    match = _MOU.match(folded, position)
    return len(match.group()) if match else 0


def _with_courtesy(folded: str) -> Iterator[Person]:
    """Yield 张先生, 朱某, 马某新: a surname and a word that only follows surnames."""
    for match in _COURTESY.finditer(folded):
        start = match.start() - 1
        if start < 0 or folded[start] not in _SURNAMES:
            continue
        word = match.group()
        if word.startswith("某"):
            end = match.start() + _mou_length(folded, match.start())
            if folded[end : end + 1] not in _SOME and _is_surname_here(folded, start):
                yield Person(start, end)
        elif _may_be_addressed(folded, start):
            yield Person(start, match.end(), word if word[-1] in "长任记官" else "")


def _may_be_addressed(folded: str, start: int) -> bool:
    if folded[start] in _NO_SURNAME_ALONE or folded[start - 1 : start] in ("副", "某"):
        return False
    return not load_dictionary().knows(folded[start - 1 : start + 1])


@lru_cache(maxsize=2)
def _repeated(folded: str) -> frozenset[str]:
    """Return what stands more than once in a text of 于某 and the like."""
    return frozenset(name for name, count in Counter(re.findall(".某", folded)).items() if count > 1)


def _is_surname_here(folded: str, start: int) -> bool:
    """Tell whether the surname of 于某 is one: everyday words must come again with 某, and not as 由于某."""
    if folded[start] not in _NO_SURNAME_ALONE:
        return True
    return folded[start : start + 2] in _repeated(folded) and not load_dictionary().knows(folded[start - 1 : start + 1])


def _named(folded: str, agency_ends: Iterable[int]) -> Iterator[Person]:
    """Yield the names in 刑侦支队张建云 and 一个名叫冯建国."""
    for start in (*agency_ends, *(match.end() for match in _CALLED.finditer(folded))):
        length = _name_length(folded, start, strict=True)
        tag = load_dictionary().tag(folded[start : start + length])
        # 警方印发: after an agency a word is a word.
        if length and folded[start] not in _EVERYDAY and (not tag or tag.startswith("nr")):
            yield Person(start, start + length)


def _bylines(folded: str) -> Iterator[Person]:
    """Yield the names of a line like (记者 郭帅 通讯员 陈明) or (郭世霞)."""
    for match in _BYLINE.finditer(folded):
        start = match.start("names")
        for name in re.split("[ 、]", match["names"]):
            surname = 2 if name[:2] in _COMPOUND else 1
            if (surname == 2 or name[0] in _SURNAMES) and 1 <= len(name) - surname <= 2:
                word = load_dictionary().tag(name)
                if not word or word.startswith("nr"):
                    yield Person(start, start + len(name))
            start += len(name) + 1


def _again(folded: str, found: dict[int, Person]) -> Iterator[Person]:
    """Yield other places where a full name stands that was found once, with the first title that it had."""
    names: dict[str, str] = {}
    for person in sorted(found.values(), key=lambda person: person.start):
        name = folded[person.start : person.end]
        if len(name) > 2 or (len(name) == 2 and not load_dictionary().knows(name) and "某" not in name):
            names[name] = names.get(name) or person.title
    if not names:
        return
    pattern = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    for match in pattern.finditer(folded):
        yield Person(match.start(), match.end(), names[match.group()])


def _apart(persons: list[Person]) -> list[Person]:
    kept: list[Person] = []
    for person in persons:
        if not kept or person.start >= kept[-1].end:
            kept.append(person)
    return kept
