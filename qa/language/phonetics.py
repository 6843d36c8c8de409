"""How Chinese sounds: toneless syllables, and whether two spellings may be meant for the same word.

Serves typing errors (罗坪 for 罗平) and names written in pinyin (Zhengzhou for 郑州).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

from qa.language.scripts import fold

_HAN = re.compile("[㐀-鿿]")
# What many speakers do not keep apart: n and l, zh and z, ang and an. Only a final g is dropped.
_BLURS = ((re.compile("([zcs])h"), r"\1"), (re.compile("l"), "n"), (re.compile("(?<=[aeiou]n)g(?![aeiou])"), ""))


def syllables(text: str) -> list[str]:
    """Return the toneless pinyin of each Chinese character; runs of anything else stand as they are, folded.

    >>> syllables("罗平App")
    ['luo', 'ping', 'app']
    """
    from pypinyin import Style, lazy_pinyin

    return list(lazy_pinyin(fold(text), style=Style.NORMAL, errors="default"))


def sounds_like(a: str, b: str) -> bool:
    """Tell whether ``a`` and ``b`` may sound alike: Chinese with Chinese, or Chinese with pinyin.

    >>> sounds_like("罗坪", "罗平"), sounds_like("Zheng Zhou", "郑州"), sounds_like("郑州", "许昌")
    (True, True, False)
    """
    first, second = _letters(a), _letters(b)
    if not first or not second:
        return False
    if _all_chinese(first) and _all_chinese(second):
        return len(first) == len(second) and all(
            _readings(x) & _readings(y) for x, y in zip(first, second, strict=True)
        )
    return bool(_spellings(first) & _spellings(second))


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", fold(text))


def _all_chinese(text: str) -> bool:
    return all(_HAN.match(char) for char in text)


@lru_cache(maxsize=8192)
def _readings(char: str) -> frozenset[str]:
    """Return the blurred readings of a character, its rarer ones included."""
    from pypinyin import Style, pinyin

    (found,) = pinyin(char, style=Style.NORMAL, heteronym=True)
    return frozenset(_blur(reading) for reading in found)


def _spellings(text: str) -> set[str]:
    """Return the blurred spellings of a short text; long ones are spelled in their most likely reading only."""
    if len(text) > 4 or not _all_chinese(text):
        return {_blur("".join(syllables(text)))}
    return {"".join(parts) for parts in product(*(_readings(char) for char in text))}


def _blur(spelling: str) -> str:
    spelling = spelling.replace("ü", "u").replace("v", "u")
    for pattern, plain in _BLURS:
        spelling = pattern.sub(plain, spelling)
    return spelling
