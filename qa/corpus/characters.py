"""Dirt inside the lines: entities, pinyin glosses, invisible and private-use characters, stray white space.

Each rule is a pattern and what stands in its place: nothing, or one character that says the same.
"""

from __future__ import annotations

import html.entities
import re
import unicodedata

from qa.corpus.draft import Draft

HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
# One syllable of pinyin with its tone mark; the tone is what tells a gloss from (App) or (WTO).
_INITIAL = "(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?"
_TONED_SYLLABLE = f"{_INITIAL}[aeiouü]{{0,2}}[{TONED}][aeiouü]{{0,2}}(?:ng|n|r)?"
_PLAIN_SYLLABLE = f"{_INITIAL}[aeiouüê]{{1,3}}(?:ng|n|r)?"
_GLOSS = re.compile(f"(?<=[{HAN}])[(\uff08]{_TONED_SYLLABLE}(?:[)\uff09]|(?![A-Za-z{TONED}]))")
_NEUTRAL_GLOSS = re.compile(f"(?<=[{HAN}])[(\uff08]{_PLAIN_SYLLABLE}[)\uff09]")
# A gloss without its opening bracket; with a question mark before it ("?lián)") its character was lost as well.
_BROKEN_GLOSS = re.compile(f"[?]{_TONED_SYLLABLE}[)\uff09][?]?|(?<![A-Za-z{TONED}(\uff08?]){_TONED_SYLLABLE}[)\uff09]")
# What stands where a character was lost for good; no sentence reaches across it.
LOST = "\ufffd"
# So many glosses make a glossed page, whose neutral ones (們(men)) go too.
_GLOSSED_PAGE = 3

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]+")
_SPACES = re.compile("[ \t\x1f\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LINE_EDGES = re.compile(r" *\n[ \n]*")

# Fonts of PDF files name the radical 日 (U+2F47) where the character 日 is meant; both look the same.
_RADICALS = re.compile("[\u2e80-\u2fdf]")
_RADICAL = str.maketrans(
    "⺠⻛⻚⻓⻔⻢⻅⻋⻉⻘⻝⻦⻥⻩⻬⻰⻳⻄⻆⻁⻙⻜⻨⻮⻤⻣",
    "民风页长门马见车贝青食鸟鱼黄齐龙龟西角虎韦飞麦齿鬼骨",
)

_NAMES = {
    name[:-1]: value for name, value in html.entities.html5.items()
    if name.endswith(";") and len(value) == 1 and value not in "\r"
}
# The ampersand itself may be escaped any number of times: &amp;amp;ldquo; is one quotation mark.
_ENTITY = re.compile(r"&(?:amp;|#38;|#x26;)*(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,30}));")
_REMAINS = re.compile(
    "[?&]?(?<![A-Za-z])(ldquo|rdquo|lsquo|rsquo|nbsp|quot|middot|mdash|ndash|hellip|bull|ensp|emsp|amp|lt|gt);"
)


def tidy(draft: Draft) -> Draft:
    """Return the draft with every rule of this module applied once, in order."""
    draft = even_lines(draft).rewrite(_ENTITY, _entity).rewrite(_REMAINS, _remains)
    draft = _without_glosses(draft.rewrite(_INVISIBLE)).rewrite(_PRIVATE, _private)
    draft = draft.rewrite(_RADICALS, _character).rewrite(_SPACES, " ").rewrite(_LINE_EDGES, "\n")
    left = len(draft.text) - len(draft.text.lstrip("\n "))
    right = len(draft.text.rstrip("\n "))
    return draft.without([(0, left), (max(left, right), len(draft.text))])


def even_lines(draft: Draft) -> Draft:
    """Return the draft with every kind of line end as one line feed."""
    return draft.rewrite(_LINE_ENDS, "\n")


def _without_glosses(draft: Draft) -> Draft:
    glossed = sum(1 for _ in _GLOSS.finditer(draft.text)) >= _GLOSSED_PAGE
    draft = draft.rewrite(_GLOSS).rewrite(_BROKEN_GLOSS, _broken)
    return draft.rewrite(_NEUTRAL_GLOSS) if glossed else draft


def _entity(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMES.get(name, match.group())
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0 < code <= 0x10FFFF else ""


def _remains(match: re.Match[str]) -> str:
    return _NAMES[match.group(1)]


def _character(match: re.Match[str]) -> str:
    same = unicodedata.normalize("NFKC", match.group().translate(_RADICAL))
    return same if len(same) == 1 else match.group()


def _broken(match: re.Match[str]) -> str:
    return LOST if match.group().startswith("?") else ""


def _private(match: re.Match[str]) -> str:
    """Return the mark of loss for a character lost inside a word, nothing for an ornament or beside another mark."""
    before = match.string[max(match.start() - 1, 0):match.start()]
    after = match.string[match.end():match.end() + 1]
    return LOST if before.isalnum() and after.isalnum() else ""
