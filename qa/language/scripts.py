"""Folds text to one script and width without moving a character, so that offsets survive.

Knows characters only: no words, no numbers. The folded form serves searching and matching; what a reader sees is
always the text in its own script.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from opencc import OpenCC

# The converter refuses lone surrogates; they are copied as they stand.
_PIECES = re.compile("[\ud800-\udfff]+|[^\ud800-\udfff]+")

# t2s keeps 著 everywhere; in simplified text it is 着 except where it means "write" or "outstanding".
_ZHE = re.compile(
    "(?:(?<=[讨议谈评争辩]论)|(?<=翻译)|(?<![名显原专编论译土卓昭巨遗拙合撰]))著(?![名作称述者录]|书立|有《)"
)

# t2s keeps 瞭 everywhere; in simplified text it is 了 except where it means to look out: 瞭望.
_LIAO = re.compile("瞭(?![望哨])")

# Words in which t2s keeps a character that it turns into another one elsewhere: 乾隆, but 饼干.
_QIAN = re.compile("乾(?=[隆坤县陵清嘉元道])")


def fold(text: str) -> str:
    """Return the search form of ``text``: simplified, half-width, lower case; as long as ``text``, spaces kept.

    A character whose folded form would be longer than one character stays as it is.

    >>> fold("２９８０人次,嫌疑人數 APP")
    '2980人次,嫌疑人数 app'
    """
    folded = text.translate(_table())
    if "乾" in text:
        folded = _put_back(folded, text, _QIAN)
    return _mend(folded)


def to_simplified(text: str) -> str:
    """Return ``text`` in simplified characters (the phrase rules of OpenCC; the length may change)."""
    return _mend(_convert(text, _converter("t2s").convert))


def to_traditional(text: str) -> str:
    """Return ``text`` in traditional characters (the phrase rules of OpenCC; the length may change)."""
    return _convert(text, _converter("s2t").convert)


def is_traditional(text: str) -> bool:
    """Tell whether more characters of ``text`` exist only in traditional script than only in simplified script."""
    traditional = sum(a != b for a, b in zip(text, text.translate(_one_to_one("t2s")), strict=True))
    simplified = sum(a != b for a, b in zip(text, text.translate(_one_to_one("s2t")), strict=True))
    return traditional > simplified


class _Table(dict[int, str]):
    """A translation table that works out a character when it is first met."""

    def __init__(self, change: Callable[[str], str]) -> None:
        self._change = change

    def __missing__(self, code: int) -> str:
        changed = self._change(chr(code))
        self[code] = changed = changed if len(changed) == 1 else chr(code)
        return changed


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


@cache
def _one_to_one(name: str) -> _Table:
    return _Table(lambda char: _convert(char, _converter(name).convert))


@cache
def _table() -> _Table:
    return _Table(_folded_character)


def _folded_character(char: str) -> str:
    simplify = _one_to_one("t2s")
    for step in (lambda c: unicodedata.normalize("NFKC", c), lambda c: c.translate(simplify), str.lower):
        changed = step(char)
        char = changed if len(changed) == 1 else char
    return char


def _convert(text: str, convert: Callable[[str], str]) -> str:
    return "".join(piece if "\ud800" <= piece[0] <= "\udfff" else convert(piece) for piece in _PIECES.findall(text))


def _mend(text: str) -> str:
    text = _ZHE.sub("着", text) if "著" in text else text
    return _LIAO.sub("了", text) if "瞭" in text else text


def _put_back(folded: str, text: str, pattern: re.Pattern[str]) -> str:
    characters = list(folded)
    for match in pattern.finditer(text):
        characters[match.start()] = text[match.start()]
    return "".join(characters)
