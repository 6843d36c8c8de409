"""Reads a numeral, in digits or Chinese characters or a mixture, as an exact decimal.

Knows numbers only; units, kinds and the places where a numeral is no figure belong to ``quantities``.
"""

from __future__ import annotations

import re
from decimal import Decimal

from qa.language.scripts import fold

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3}
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}

# No numeral of prose is longer; with digits up to 25 decimal arithmetic is exact.
MAX_LENGTH = 40
MAX_DIGITS = 25

# Words beside a numeral that change how exactly it is meant, never its value.
_AROUND = re.compile(r"^(?:大约|约|将近|近|超过|逾|超|上|过|不到|不足|至少|第)+|(?:左右|以上|以下|上下|许|余|多|来)+$")
_INSIDE = re.compile("(?<=[0-9零〇一二两三四五六七八九十百千万亿])[余多来](?=[十百千万亿])")
_FRACTION = re.compile(r"(百|千|万|[一二三四五六七八九十]+|\d+)分之(.+)")
_DIGIT_RUN = re.compile(r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)([十百千万亿]*)")
_PERCENT = re.compile(r"(.+?)(?:%|个百分点)")
_CHINESE = re.compile("[零〇一二两俩仨三四五六七八九十百千万亿]+")


def parse_number(text: str) -> Decimal | None:
    """Return the value of the numeral ``text``, or None when it is none.

    万 and 亿 are resolved. Words of vagueness are passed over: 近百 is 100, 3000余 is 3000. A percentage is the number
    before the sign (百分之十三点五 is 13.5, 三成 is 30); 数十 and 几百 give their scale (10, 100).

    >>> parse_number("1.2万")
    Decimal('12000')
    """
    if len(text) > MAX_LENGTH:
        return None
    bare = _INSIDE.sub("", _AROUND.sub("", fold(text).strip()))
    if percent := _PERCENT.fullmatch(bare):
        return parse_number(percent[1])
    if fraction := _FRACTION.fullmatch(bare):
        return _fraction(fraction[1], fraction[2])
    if bare == "百分百":
        return Decimal(100)
    if bare in ("半", "一半"):
        return Decimal("0.5")
    if len(bare) > 1 and bare.endswith("成"):
        tenths = parse_number(bare[:-1])
        return None if tenths is None else tenths * 10
    return _mixed(bare)


def plain(value: Decimal) -> Decimal:
    """Return ``value`` without a fraction that says nothing: 12000.0 becomes 12000."""
    return Decimal(int(value)) if value == value.to_integral_value() else value


def _fraction(below: str, above: str) -> Decimal | None:
    value = parse_number(above)
    if value is None or below in ("百", "千", "万"):
        return value
    divisor = parse_number(below)
    return value / divisor if divisor else None


def _mixed(text: str) -> Decimal | None:
    """Read digits with scales, one group after another (1万5千), or a numeral in characters."""
    if not text or text[0] not in "0123456789":
        return _chinese(text)
    if len(text) > MAX_DIGITS:
        return None
    total = Decimal(0)
    position = 0
    for group in _DIGIT_RUN.finditer(text):
        if group.start() != position or (position and not group[2]):
            return None
        total += Decimal(group[1].replace(",", "")) * _scale(group[2])
        position = group.end()
    return plain(total) if position == len(text) else None


def _scale(characters: str) -> int:
    product = 1
    for char in characters:
        product *= SCALES[char]
    return product


def _chinese(text: str) -> Decimal | None:
    whole, point, decimals = text.partition("点")
    if len(whole) > 1 and whole[0] in "数几":
        whole = whole[1:] if whole[1] in SCALES else ""
    if len(whole) > 1 and whole[-1] == "几" and whole[-2] == "十":
        whole = whole[:-1]
    if not _CHINESE.fullmatch(whole) or (point and (not decimals or any(char not in DIGITS for char in decimals))):
        return None
    value = Decimal(_whole(whole))
    if decimals:
        value += Decimal("0." + "".join(str(DIGITS[char]) for char in decimals))
    return value


def _whole(text: str) -> int:
    """Return the integer that ``text`` spells; digits in a row are read one by one (二〇二三), 一万五 is 15000."""
    if all(char in DIGITS for char in text):
        return int("".join(str(DIGITS[char]) for char in text)) if text else 0
    for mark in "亿万":
        left, found, right = text.rpartition(mark)
        if found:
            return (_whole(left) or 1) * SCALES[mark] + _rest(right, SCALES[mark])
    return _below_ten_thousand(text)


def _rest(text: str, scale: int) -> int:
    return DIGITS[text] * scale // 10 if len(text) == 1 and text in DIGITS else _whole(text)


def _below_ten_thousand(text: str) -> int:
    total = 0
    digit: int | None = None
    scale = 1
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
            # After a zero a digit counts ones again (一百零五); without one it takes the next place (一百五).
            scale = 10 if digit == 0 else scale
        else:
            scale = SCALES[char]
            total += (1 if digit is None else digit) * scale
            digit = None
    return total + (digit or 0) * max(scale // 10, 1)
