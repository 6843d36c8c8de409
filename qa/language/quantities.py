"""Finds the figures of Chinese prose: value, unit, kind, and how exactly they are meant.

Not figures: dates, numbers inside names and labels (“7.16”, 春雷1号, 518国道, 1+1>2), telephone and licence numbers,
and 一 or 两 where they are part of a word (一起, 统一, 两侧, 一村一警). What is said in the dark keeps its lower bound:
数十名 has the value 10 and is ``over``; 数名 and 几名 say nothing and are left out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from qa.language import idioms, units
from qa.language.dates import date_ranges
from qa.language.numerals import DIGITS, SCALES, parse_number, plain
from qa.language.scripts import fold


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure: ``text[start:end]`` with its words of vagueness (近百名, 3万余元, 70%以上).

    ``value`` is exact, 万 and 亿 resolved; a percentage is the number before the sign. ``unit`` is the measure word as
    printed (simplified, without 万 and 余). ``bound`` is "" | "over" | "under" | "about"; ``high`` ends a range.
    """

    start: int
    end: int
    text: str
    value: Decimal
    unit: str
    kind: str
    approximate: bool = False
    bound: str = ""
    high: Decimal | None = None


def find_quantities(text: str) -> list[Quantity]:
    """Return the figures of ``text`` in order, without overlap.

    >>> [(q.text, q.value, q.unit) for q in find_quantities("走访入户4872家12168人,返还约300余万元")]
    [('4872家', Decimal('4872'), '家'), ('12168人', Decimal('12168'), '人'), ('约300余万元', Decimal('3000000'), '元')]
    """
    folded = fold(text)
    atoms = _share_units(folded, _compound(folded, list(_atoms(folded))))
    labels = idioms.label_ranges(folded)
    return [_quantity(text, atom) for atom in atoms if not _is_label(labels, atom)]


def in_seconds(quantity: Quantity) -> Decimal | None:
    """Return the length of a duration in seconds (a month is 30 days, a year 365), or None for other kinds."""
    seconds = units.SECONDS.get(quantity.unit)
    return None if seconds is None or quantity.kind != "duration" else quantity.value * seconds


class _Atom(NamedTuple):  # no dataclass: each number is replaced several times over, which costs a tuple a third
    start: int
    end: int
    number: int  # where the numeral itself begins, after 约 and 近
    value: Decimal
    scale: int = 1
    unit: str = ""
    kind: str = ""  # empty while no unit is known
    bound: str = ""
    high: Decimal | None = None
    spelled: bool = False  # in Chinese characters
    firm: bool = False  # a figure even without a unit


_C = "零〇一二两三四五六七八九十"
_BOUNDS = {
    "over": ("不少于", "不低于", "至少", "最少", "超过", "突破", "高于", "多于", "逾", "超", "上", "过"),
    "under": ("不超过", "不足", "不到", "不满", "最多", "低于", "少于"),
    "about": ("大约", "大概", "将近", "接近", "约", "近"),
}
_BOUND_OF = {word: bound for bound, words in _BOUNDS.items() for word in words}
_BEFORE = (
    "(?P<pre>不少于|不低于|至少|最少|超过|突破|高于|多于|逾|(?<![赶高])超|(?<![网路身手线街晚早以天马])上(?=[百千万亿])"
    "|(?<![不经通])过(?=[百千万亿])|不超过|不足|不到|不满|最多|低于|少于|大约|大概|将近|接近|约|(?<![附最靠就临])近)?"
)
_NUMBER = re.compile(
    _BEFORE + "(?:"
    rf"(?P<percent>百分之(?:[{_C}百]+(?:点[{_C}]+)?|\d+(?:\.\d+)?)|百分百)"
    rf"|(?P<part>[千万]分之(?:[{_C}]+|\d+)|(?:[二三四五六七八九十]+|\d+)分之(?:[{_C}]+|\d+)|一半|(?<=[过近])半(?![个小年天月]))"
    r"|(?P<ratio>(?<![\d.:/a-z])\d{1,4}(?:\.\d+)?[/:比]\d{1,4}(?:\.\d+)?(?![\d.:/年月日]))"
    r"|(?P<tenths>(?:(?<![\d.])\d(?:\.\d)?|(?<![一二三四五六七八九十])[一二两三四五六七八九])成"
    r"(?:半|[一二三四五六七八九](?![员人]))?(?=[多以的左、,。;!?)是由在]|$))"
    r"|(?P<digits>(?<![\d.a-z_#/+@])(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d+)?(?![\d+.])"
    r"(?:[余多几]?(?:万亿|[十百千]?[万亿]|[百千](?!米|克|瓦|伏|卡|分))(?:\d(?:\.\d)?[千百])?)?)"
    rf"|(?P<chars>(?:[数几](?=[十百千万亿]))?[{_C}百千万亿]+(?:点[{_C}]+)?(?:[余多几][万亿]+)?)"
    "|(?P<half>半)(?=个?多?(?:小时|钟头|月|年(?![级期])|天|个?星期))"
    ")"
    "(?P<post>[余多来几](?!样))?"
)
# 两个多月, 1个半小时: vagueness and halves inside the unit.
_INNER = re.compile("个?(?P<inner>多|半|余)(?P<unit>个?(?:小时|钟头|月|星期|季度))")
_AFTER = re.compile("(?P<more>半|多|余)?(?P<tail>以[上下内]|左右|上下|之多)?")
_TAILS = {"以上": "over", "之多": "over", "以下": "under", "以内": "under", "左右": "about", "上下": "about"}
_JOINT = re.compile(r"(?:至|到|[-—–~～]{1,2})")
_NEIGHBOURS = re.compile("(十?)([一二三四五六七八九])([二三四五六七八九])([十百千万]*)")
# Words after which a number needs no unit to be a figure.
_TELLING = re.compile("(?:共计?|合计|总计|累计|达到?|[增降升减]至|人口|总数|数量|警力)[约:]?$")
_ORDINAL = re.compile(
    rf"第(?P<number>\d+|[{_C}百]+)(?P<unit>名|位|个|次|批|期|届|条|款|项|轮|场|季|部|家|起|例|代|版)?"
    rf"|(?:(?<=[居列名于])|(?<=全[省市国县区]))(?P<top>首位|榜首|第一位|前(?P<before>\d+|[{_C}]+)(?P<rank>名|位)?)|(?P<head>榜首)"
    "|(?P<double>翻了?(?P<times>[一两三四]?)番)"
)
_NO_ORDINAL = re.compile(
    "时间|线|书记|责任人|手|步|课|道|关|件事|身份|议题|现场|天|日|年|者|方|[号页]|临时|产业|人民|中学|小学|医院|看守|监狱|季度|[大支分]队"
)


def _atoms(folded: str) -> Iterator[_Atom]:
    """Yield numbers with their units, dates left out; those still without a unit may share a neighbour's."""
    dates = date_ranges(folded)
    starts = [start for start, _ in dates]
    position = 0
    for match in re.finditer(_EITHER, folded):
        at = bisect_right(starts, match.end() - 1) - 1
        if match.start() < position or (at >= 0 and dates[at][1] > match.start()):
            continue
        atom = _ordinal(folded, match) if match["ordinal"] else _atom(folded, match)
        if atom:
            position = atom.end
            yield atom


_EITHER = re.compile(f"(?P<ordinal>{_ORDINAL.pattern})|{_NUMBER.pattern}")


def _ordinal(folded: str, match: re.Match[str]) -> _Atom | None:
    if match["double"]:
        times = DIGITS.get(match["times"], 1)
        return _Atom(match.start(), match.end(), match.start(), Decimal(2**times), 1, "倍", "multiple")
    if match["top"] or match["head"]:
        value = parse_number(match["before"]) if match["before"] else Decimal(1)
        bound = "under" if match["before"] else ""
        if value is None:
            return None
        return _Atom(match.start(), match.end(), match.start(), value, 1, match["rank"] or "", "ordinal", bound)
    value = parse_number(match["number"])
    if value is None or _NO_ORDINAL.match(folded, match.end()):
        return None
    return _Atom(match.start(), match.end(), match.start(), value, 1, match["unit"] or "", "ordinal")


def _atom(folded: str, match: re.Match[str]) -> _Atom | None:
    read = _read(match)
    if read is None:
        return None
    before = match["pre"] or ""
    bound = read.bound or _BOUND_OF.get(before, "")
    if match["post"]:
        bound = "over" if match["post"] in "余多几" else "about"
    atom = read._replace(start=match.start(), end=match.end(), number=match.start() + len(before), bound=bound)
    if not atom.kind:
        atom = _with_unit(folded, atom)
    atom = _negative(folded, _with_tail(folded, atom))
    return (
        None
        if atom.spelled and idioms.is_idiom(folded, atom.number, atom.end, match["chars"] or "", atom.unit, atom.bound)
        else atom
    )


def _read(match: re.Match[str]) -> _Atom | None:
    """Read the numeral of a match, whatever its form; kinds that need no unit are set already."""
    for form, reader in _READERS.items():
        if match[form]:
            return reader(match[form])
    return None


def _of(value: Decimal | None, kind: str = "", unit: str = "", **more: object) -> _Atom | None:
    return None if value is None else _Atom(0, 0, 0, plain(value), unit=unit, kind=kind, **more)  # type: ignore[arg-type]


@lru_cache(maxsize=4096)  # numbers come again and again
def _read_digits(word: str) -> _Atom | None:
    vague = re.search("[余多几]", word)
    bare = word.replace(vague.group(), "") if vague else word
    scale = 1
    for char in re.sub(r"[\d.,]", "", bare):
        scale *= SCALES[char]
    return _of(parse_number(bare), scale=scale, bound="over" if vague else "", firm=scale > 1)


@lru_cache(maxsize=4096)
def _read_chars(word: str) -> _Atom | None:
    if near := _NEIGHBOURS.fullmatch(word):
        low, high = (parse_number(near[1] + digit + near[4]) for digit in near.group(2, 3))
        if low is not None and high is not None and 0 < DIGITS[near[3]] - DIGITS[near[2]] <= 2:
            return _of(low, high=high, bound="about", spelled=True)
    if word in ("零", "〇") or (len(word) > 1 and all(char in DIGITS for char in word)):
        return None
    vague = "over" if word[0] in "数几" or re.search("[余多几]", word) else ""
    value = parse_number(word[0] + re.sub("[余多几]", "", word[1:]))
    return _of(value, spelled=True, bound=vague, firm=bool(vague) and len(word) > 2)


def _read_part(word: str) -> _Atom | None:
    if word in ("一半", "半"):
        return _of(Decimal("0.5"), "ratio")
    if word[0] in "千万":
        return _of(parse_number(word), "percent", "‰" if word[0] == "千" else "万分之")
    return _of(parse_number(word), "ratio")


def _read_ratio(word: str) -> _Atom | None:
    over, under = (Decimal(number) for number in re.split("[/:比]", word))
    return _of(over / under, "ratio") if under else None


_READERS: dict[str, Callable[[str], _Atom | None]] = {
    "percent": lambda word: _of(parse_number(word), "percent", "%"),
    "part": _read_part,
    "ratio": _read_ratio,
    "tenths": lambda word: _of(_tenths(word), "percent", "%", spelled=False),
    "digits": _read_digits,
    "chars": _read_chars,
    "half": lambda word: _of(Decimal("0.5"), spelled=True, firm=False),
}


def _tenths(word: str) -> Decimal | None:
    whole, _, rest = word.partition("成")
    value = parse_number(whole)
    more = Decimal(5) if rest == "半" else parse_number(rest) if rest else Decimal(0)
    return None if value is None or more is None else value * 10 + more


def _with_unit(folded: str, atom: _Atom) -> _Atom:
    if inner := _INNER.match(folded, atom.end):
        word = inner["unit"] if inner["unit"].startswith("个") else "个" + inner["unit"]
        half = inner["inner"] == "半"
        value, bound = (atom.value + Decimal("0.5"), atom.bound) if half else (atom.value, "over")
        return atom._replace(end=inner.end(), value=plain(value), unit=word, kind="duration", bound=bound)
    table = units.AFTER_CHARACTERS if atom.spelled else units.AFTER_DIGITS
    unit = table.match(folded, atom.end)
    if not unit:
        return atom
    kind = unit.lastgroup or "count"
    if unit.group() == "旬":
        return atom._replace(end=unit.end(), value=atom.value * 10, unit="岁", kind="age", bound=atom.bound or "about")
    word = units.SAME.get(unit.group(), unit.group())
    return atom._replace(end=unit.end(), unit=word, kind=units.KIND.get(kind, kind))


def _with_tail(folded: str, atom: _Atom) -> _Atom:
    if not atom.kind and not atom.firm and not atom.bound:
        return atom
    match = _AFTER.match(folded, atom.end)
    assert match is not None
    more = match["more"] or ""
    if more and not (
        (atom.kind == "duration" and atom.unit[-1] in "年月天时") or (more == "余" and atom.kind == "money")
    ):
        match, more = _TAIL_ONLY.match(folded, atom.end), ""
    value, bound, end = atom.value, atom.bound, atom.end
    if more == "半":
        value, end = value + Decimal("0.5"), end + 1
    elif more:
        bound, end = "over", end + 1
    if match and match["tail"]:
        bound, end = _TAILS[match["tail"]], match.end()
    return atom._replace(value=value, bound=bound, end=end)


def _negative(folded: str, atom: _Atom) -> _Atom:
    """Return a sum or a share with the sign before it: 净额-3689.81万元; a dash between two numbers is none."""
    signed = atom.kind in {"money", "percent"} and not atom.bound
    if not signed or not _MINUS.search(folded, max(atom.start - 2, 0), atom.start):
        return atom
    return atom._replace(start=atom.start - 1, value=-atom.value)


_MINUS = re.compile(r"(?:[^\d万亿千百十元年月日号时点%a-z至到][-−]|(?<![胜担肩背自])负)$")
_TAIL_ONLY = re.compile("(?P<tail>以[上下内]|左右|上下|之多)")


def _compound(folded: str, atoms: list[_Atom]) -> list[_Atom]:
    """Join the parts of one length of time (一年六个月, 3小时零20分); its value counts the smallest unit."""
    found: list[_Atom] = []
    for atom in atoms:
        before = found[-1] if found else None
        parts = _parts(before.unit, atom.unit) if before and before.kind == "duration" and not before.bound else 0
        if before and parts > atom.value and folded[before.end : atom.start] in ("", "零", "又"):
            value = before.value * parts + atom.value
            found[-1] = atom._replace(start=before.start, number=before.number, value=value, kind="duration")
        else:
            found.append(atom)
    return found


def _parts(large: str, small: str) -> int:
    """Return how many of the unit ``small`` make one of ``large``, 0 where nobody counts so."""
    return units.PARTS.get((units.PLAIN.get(large, large), units.PLAIN.get(small, small)), 0)


def _share_units(folded: str, atoms: list[_Atom]) -> list[_Atom]:
    """Join ranges (3至5天), give listed numbers the unit at the end (1、3、5分钟), drop what stays without one."""
    kept: list[_Atom] = []
    follower: _Atom | None = None  # the atom to the right, as it was recognised
    for atom in reversed(atoms):
        gap = folded[atom.end : follower.start] if follower else ""
        before, follower = follower, atom
        if (
            before
            and (gap == "、" or (gap in ("和", "与") and not atom.spelled))
            and not atom.kind
            and before.kind not in ("", "ordinal")
            and not atom.bound
        ):
            follower = atom._replace(unit=before.unit, kind=before.kind)
        elif before and kept and kept[-1] is before and _one_range(folded, atom, before):
            follower = _range(kept.pop(), atom)
        if follower.kind or _stands_alone(folded, follower):
            kept.append(follower)
    return kept[::-1]


def _joined(folded: str, low: _Atom, high: _Atom) -> bool:
    """Tell whether two numbers are joined as the ends of a range: 3至5天, 10日以上15日以下."""
    if low.end == high.start:
        return folded.endswith("以上", low.start, low.end) and folded.endswith(("以下", "以内"), high.start, high.end)
    return _JOINT.fullmatch(folded, low.end, high.start) is not None


def _one_range(folded: str, low: _Atom, high: _Atom) -> bool:
    if not _joined(folded, low, high) or folded[low.start - 1 : low.start] in ("从", "由"):
        return False
    if low.kind == high.kind == "duration" and low.unit != high.unit:
        return low.value < high.value * _parts(high.unit, low.unit)
    if low.kind and (low.unit, low.kind) != (high.unit, high.kind):
        return False
    return low.value * (high.scale if low.scale == 1 and not low.kind else 1) < high.value


def _range(high: _Atom, low: _Atom) -> _Atom:
    """Return the range from ``low`` to ``high``; 3至5万 begins at 30000, and 六个月至三年 is counted in months."""
    scale = high.scale if low.scale == 1 and not low.kind else 1
    parts = _parts(high.unit, low.unit) if low.kind == "duration" else 0
    return high._replace(
        start=low.start,
        number=low.number,
        value=low.value * scale,
        high=high.value * (parts or 1),
        unit=low.unit if parts else high.unit,
        bound="" if low.bound == "over" and high.bound == "under" else high.bound or low.bound,
    )


def _stands_alone(folded: str, atom: _Atom) -> bool:
    """Tell whether a number without a unit is a figure: 总人口66.7万, 四千五百多, 累计2980."""
    if atom.firm:
        return True
    if atom.spelled:
        return bool(atom.bound) and atom.value >= 100
    if atom.bound:
        return atom.value >= 10
    return atom.value >= 10 and bool(_TELLING.search(folded, max(atom.number - 4, 0), atom.number))


def _is_label(labels: idioms.Labels, atom: _Atom) -> bool:
    """Tell whether the atom is part of a quoted name; measured figures in digits are figures even there."""
    if not labels.holds(atom.start):
        return False
    return labels.is_title(atom.start) or atom.spelled or not atom.unit or atom.kind == "ordinal"


def _quantity(text: str, atom: _Atom) -> Quantity:
    kind = atom.kind or "count"
    return Quantity(
        atom.start,
        atom.end,
        text[atom.start : atom.end],
        atom.value,
        atom.unit,
        kind,
        bool(atom.bound),
        atom.bound,
        atom.high,
    )
