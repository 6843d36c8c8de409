"""Where a numeral is no figure: words and set phrases with 一 and 两, and numbers inside quoted names and titles."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_DIGIT = "一二两双三四五六七八九"

# After these characters 一 belongs to a word: 统一, 唯一, 这一, 之一, 进一步.
_ONE_BEFORE = frozenset("统唯逐专单同万之其归划不任每某另这那哪进上下首第合惟均初星期周有整新头")
# Measure words with which 一 counts even without any further sign.
_ONE_COUNTS = frozenset("名位户辆部台栋处所座艘只份张把支枚人家件条例宗")
# Words that make 一 a count: 仅一个, 共一次, 致一人死亡.
_ONE_ASKED = re.compile(
    "(?:[共仅只]|只有|仅有|致|造成|伤|亡|死|抓获|长达|用时|耗时|历时|为期|短短|超过?|不到|不足|近|连续|徒刑|期限|满)$"
)
_CASE_AFTER = re.compile(r"[^,。;!?、\s]{0,24}?(?:案|事件|事故|纠纷|警情|火灾|团伙|火情|线索|求助|诈骗|盗窃)")
_CASE_BEFORE = re.compile(
    "(?:发生|破获|侦破|处理|化解|调处|查获|查处|办理|接到|侦办|审结|发现|处置|调解|制止|成功|这|了)$"
)
_PERIODS_OF_ONE = frozenset(["年", "个月", "小时", "个小时", "分钟", "周", "星期", "个星期", "秒", "秒钟"])
_PERIOD_WORD_BEFORE = frozenset("这那有某每新同哪第上下前后当的又头")
_PAIR_BEFORE = re.compile(f"(?!一行)[{_DIGIT}](?![至到])[^\\W\\d_]{{1,2}}$")
_PHRASES = re.compile(
    "千方百计|千家万户|成千上万|千千万万|万家灯火|三番五次|三令五申|一五一十|四面八方|三三两两|不管三七二十一|百分之百满意"
    "|千言万语|千辛万苦|五湖四海|七嘴八舌|一心一意|三言两语|一举一动|百家争鸣|万人空巷|千军万马|五花八门|七上八下|九牛一毛"
    "|十里八乡|三长两短|一家人|一家三口|一人之|百年大计|四处(?=[搜寻躲逃找打游流奔散借宣走张])|百年未有|万户千家"
)


def is_idiom(folded: str, start: int, end: int, numeral: str, unit: str, bound: str) -> bool:
    """Tell whether the numeral in characters at ``start`` is no figure, for all that a measure word follows."""
    if _in_phrase(folded, start):
        return True
    if numeral[:1] in ("百", "千", "万", "亿") and not bound:
        return not (unit in ("名", "元") and numeral in ("百", "千", "百万", "千万"))
    if len(numeral) > 1 or bound:
        return False
    if unit != "岁" and unit not in _PERIODS_OF_ONE and _paired(folded, start, end):
        return True
    before = folded[start - 1 : start]
    if numeral == "三" and before in ("周", "初", "高", "大", "再", "期"):
        return True
    return numeral == "一" and not _counts(folded, start, end, unit)


def _in_phrase(folded: str, start: int) -> bool:
    low = max(start - 6, 0)
    return any(match.start() <= start < match.end() for match in _PHRASES.finditer(folded, low, start + 8))


def _paired(folded: str, start: int, end: int) -> bool:
    """Recognise 一村一警, 两队一室: a numeral and a word or two, directly followed or preceded by the like."""
    after = folded[end : end + 1]
    return (after != "" and after in _DIGIT) or bool(_PAIR_BEFORE.search(folded, max(start - 3, 0), start))


def _counts(folded: str, start: int, end: int, unit: str) -> bool:
    """Tell whether 一 counts one: 一名儿童, 发生一起案件, 仅一个月; not 一个 for "a", 一起 for "together"."""
    if _ONE_ASKED.search(folded, max(start - 2, 0), start):
        return True
    before = folded[start - 1 : start]
    if before != "" and before in _ONE_BEFORE:
        return False
    if unit == "起":
        return bool(_CASE_BEFORE.search(folded, max(start - 2, 0), start) or _CASE_AFTER.match(folded, end))
    if unit in _PERIODS_OF_ONE:
        return before not in _PERIOD_WORD_BEFORE
    return unit in _ONE_COUNTS


@dataclass(frozen=True, slots=True)
class Labels:
    """Ranges of quoted names (short, without a pause inside) and of titles 《…》, in ascending order."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    titles: tuple[bool, ...]

    def holds(self, position: int) -> bool:
        """Tell whether ``position`` lies within a quoted name or a title."""
        at = bisect_right(self.starts, position) - 1
        return at >= 0 and position < self.ends[at]

    def is_title(self, position: int) -> bool:
        """Tell whether ``position``, which lies within a label, lies within a title."""
        return self.titles[bisect_right(self.starts, position) - 1]


_LABEL = re.compile(r"[“‘\"「『]([^“”‘’\"「」『』,。!?;:\n]{1,14})[”’\"」』]|《([^《》\n]{1,60})》")


def label_ranges(folded: str) -> Labels:
    """Return the labels of folded text."""
    found = [(match.start(), match.end(), match[2] is not None) for match in _LABEL.finditer(folded)]
    columns = tuple(zip(*found, strict=True)) or ((), (), ())
    return Labels(*columns)
