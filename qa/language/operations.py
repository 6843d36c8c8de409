"""Finds what is named in quotation marks or by its kind: operations and campaigns, quoted names, documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.language.lexicon import lexicon
from qa.language.words import Word


@dataclass(frozen=True, slots=True)
class Label:
    """A named thing in folded text: an operation, a quoted name or a document."""

    start: int
    end: int
    kind: str  # operation | quoted | document


_DOCUMENT = re.compile(r"《[^《》\n]{1,60}》")
_QUOTED = re.compile(
    r"“([^“”\n]{1,32})”|‘([^‘’\n]{1,32})’|「([^「」\n]{1,32})」|『([^『』\n]{1,32})』|\"([^\"\n]{1,32})\""
)
# A pause inside the quotation marks: somebody speaks.
_SPOKEN = re.compile(r"[,。!?;:…~]|[吗呢吧啊呀了的]$|^[我你您他她咱这那请]")
_CAMPAIGN = re.compile("(?:行动|会战|战役|攻坚战|攻势|大比武|严打)")
# What makes a quoted name the name of an operation when it follows, or follows a list of further quoted names.
_SUFFIX = re.compile(
    "(?:[、和及与]?[“‘][^“”‘’\n]{1,32}[”’]){0,12}等?[一二两三四五六七八九十]?[个项大]?"
    "(?:系列|专项|统一|集中|打击|整治|清查|治安|护航|联合|严打)*"
    "(?:行动|活动(?=期间|以来|中)|专项(?:活动|整治|斗争|治理|工作)|会战|战役|[㐀-鿿]{0,2}工程|攻坚战|攻势|集群战役)"
)
_BEFORE = re.compile("(?:专项行动|整治行动|行动|会战|战役)(?:代号)?$")

_KIND_WORD = re.compile("(?:行动|会战|战役|攻坚战|专项活动|专项斗争)$")
_HINT = re.compile(
    "专项|整治|打击|会战|攻坚|清查|护航|严打|百日|[春夏秋冬][季夜]|巡查|巡防|宣防|夜查|反诈|走访|排查|扫黑|禁毒|治理|守护|安全|追逃|缉毒|缉枪|净化|安保"
)
_PLAIN = lexicon("operation.plain")
_OUTSIDE = lexicon("operation.outside")
# Verbs that are part of what an operation is called; any other verb stands before the name.
_INSIDE = lexicon("operation.inside")
_POLICE = tuple(lexicon("agency.police"))
_STOP_TAGS = lexicon("operation.stoptags")
_LONGEST = 24
# Verbs that begin a name although another verb follows.
_AIMS = frozenset(("打击", "整治", "严打", "防范", "查处", "清理", "清查", "治理"))


def find_labels(folded: str, words: Sequence[Word]) -> list[Label]:
    """Return documents, quoted names and operations in order, without overlap; documents hold what they quote."""
    documents = [Label(match.start(), match.end(), "document") for match in _DOCUMENT.finditer(folded)]
    kept = []
    free = bytearray(b"\1") * len(folded)
    for label in (*documents, *_quoted(folded), *_unquoted(words)):
        if all(free[label.start : label.end]):
            free[label.start : label.end] = bytes(label.end - label.start)
            kept.append(label)
    return sorted(kept, key=lambda label: label.start)


def _quoted(folded: str) -> Iterator[Label]:
    for match in _QUOTED.finditer(folded):
        group = match.lastindex or 1
        start, end = match.span(group)
        name = match[group]
        if not name.strip() or _SPOKEN.search(name) or not re.search("[㐀-鿿0-9a-z]", name):
            continue
        named = _CAMPAIGN.search(name) or _SUFFIX.match(folded, match.end())
        named = named or _BEFORE.search(folded, max(match.start() - 8, 0), match.start())
        yield Label(start, end, "operation" if named else "quoted")


def _unquoted(words: Sequence[Word]) -> Iterator[Label]:
    for at, word in enumerate(words):
        kind = _KIND_WORD.search("".join(part.text for part in words[max(at - 1, 0) : at + 1]))
        if not kind or not word.text.endswith(("行动", "会战", "战役", "攻坚战", "活动", "斗争")):
            continue
        first = _reach(words, at)
        parts = [part.text for part in words[first : at + 1]]
        named = any(part not in _PLAIN for part in parts) and len("".join(parts)) > 3
        if named and _HINT.search("".join(parts[:-1])):
            yield Label(words[first].start, word.end, "operation")


def _reach(words: Sequence[Word], at: int) -> int:
    """Return the first word of the name that ends at ``at``; 打击 begins it even before a verb: 打击|倒卖门票|行动."""
    first = at
    while first and _belongs(words[first - 1]) and words[at].end - words[first - 1].start <= _LONGEST:
        first -= 1
    for left in range(first - 1, max(first - 6, -1), -1):
        if words[left].text in _OUTSIDE or words[left].tag not in ("v", "vn", "n", "j"):
            break
        if words[left].text in _AIMS:
            return left
    return first


def _belongs(word: Word) -> bool:
    if word.text == "治安" or word.text in ("打击", "整治"):
        return True
    if word.text in _OUTSIDE or word.tag in _STOP_TAGS or word.text.endswith(_POLICE):
        return False
    if word.tag.startswith("v") and len(word.text) < 4 and word.text not in _INSIDE:
        return False
    return word.text.isalpha() and word.text[0] != "第" and not (word.tag == "m" and word.text[-1] in "次场轮个项起期")
