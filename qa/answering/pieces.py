"""Cuts text into the pieces that the reader reads: words, with numbers split from their units and dates into parts.

Knows nothing of questions or of the network. The same cut is used in training and in answering.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.language.scripts import fold
from qa.language.words import words

# A number, a run of Latin letters, or what stands between them: 2023年6月 -> 2023, 年, 6, 月; 1.2万 -> 1.2, 万.
_PARTS = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+|[^\da-z]+")
_MIXED = re.compile(r"[\da-z]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*\Z")
_YEAR = re.compile(r"(?:1[0-9]|20)\d\d\Z")
_CHINESE_NUMBER = re.compile(r"[零〇一二三四五六七八九十百千万亿两]{2,}\Z")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: folded ``text``, its place ``[start, end)``, and the part of speech of its word."""

    text: str
    start: int
    end: int
    tag: str


def pieces(text: str) -> list[Piece]:
    """Return the pieces of ``text`` in order; white space is left out.

    >>> [piece.text for piece in pieces("截至6月29日, 走访3506人")]
    ['截至', '6', '月', '29', '日', ',', '走访', '3506', '人']
    """
    found: list[Piece] = []
    folded = fold(text)
    for word in words(text):
        content = folded[word.start : word.end]
        if content.isspace():
            continue
        if not _MIXED.search(content):
            found.append(Piece(content, word.start, word.end, word.tag))
            continue
        for part in _PARTS.finditer(content):
            tag = word.tag if not part.group()[0].isdigit() else "m"
            found.append(Piece(part.group(), word.start + part.start(), word.start + part.end(), tag))
    return found


def shape(text: str) -> str:
    """Return the key under which a piece is looked up: numbers share one row per form, words keep their own.

    >>> shape("2980"), shape("2023"), shape("14.67"), shape("警力")
    ('#4', '#y', '#.', '警力')
    """
    if _NUMBER.match(text):
        if "." in text:
            return "#."
        return "#y" if _YEAR.match(text) else f"#{min(len(text.replace(',', '')), 6)}"
    return "#c" if _CHINESE_NUMBER.match(text) else text
