"""The provinces and prefecture-level cities of China and the districts of its municipalities: general knowledge."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from qa.language.dictionary import load_dictionary
from qa.language.lexicon import lexicon
from qa.language.scripts import fold

_LEVEL = re.compile("(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|省|市|新区|林区|区|地区|自治州|州|盟)$")
# Stems that are everyday words or people's names; as places they need their level: 朝阳区, not 朝阳.
_EVERYDAY = lexicon("place.everyday")


@cache
def places() -> dict[str, str]:
    """Return every name, with and without its level (河南省, 河南), and the province it lies in."""
    table: dict[str, str] = {}
    listing = files("qa.language").joinpath("data/places.tsv").read_text(encoding="utf-8")
    rows = [line.partition("\t")[::2] for line in listing.splitlines()]
    # Provinces first: 河北 is the province, not the district of 天津.
    named = [(province, province) for province, _ in rows]
    for province, name in named + [(province, city) for province, cities in rows for city in cities.split()]:
        if name:
            table.setdefault(name, province)
            stem = _LEVEL.sub("", name)
            if len(stem) > 1 and stem not in _EVERYDAY:
                table.setdefault(stem, province)
    return table


def is_place(text: str) -> bool:
    """Tell whether ``text`` names a province, a prefecture-level city or a district of a municipality."""
    return fold(text) in places()


@lru_cache(maxsize=4096)
def is_county(stem: str) -> bool:
    """Tell whether the segmenter's dictionary holds a county-level place of this name: 罗平, because of 罗平县."""
    dictionary = load_dictionary()
    if not 1 < len(stem) < 5 or dictionary.tag(stem) not in ("ns", "nr", "nz", "nrt", ""):
        return False
    return any(dictionary.tag(stem + level) == "ns" for level in ("县", "市", "旗"))


def places_sounding(sound: str) -> tuple[str, ...]:
    """Return the places that are spelled ``sound`` in toneless pinyin, the better known first.

    >>> places_sounding("zhengzhou")[:1]
    ('郑州',)
    """
    return _by_sound().get(sound, ())


@cache
def _by_sound() -> dict[str, tuple[str, ...]]:
    """Spell the gazetteer and every place of the segmenter's dictionary; takes some tenths of a second, once."""
    from pypinyin import lazy_pinyin

    table: dict[str, list[str]] = {}
    stems = (_COUNTY.sub("", name) if len(name) > 2 else name for name in load_dictionary().tagged("ns"))
    for name in dict.fromkeys((*places(), *stems)):
        if 1 < len(name) < 6:
            table.setdefault(_OWN_SOUND.get(name) or "".join(lazy_pinyin(name)), []).append(name)
    return {sound: tuple(names[:_MOST_NAMESAKES]) for sound, names in table.items()}


# Places whose characters sound otherwise than in other words.
_OWN_SOUND = {
    "洪洞": "hongtong", "浚县": "xunxian", "涡阳": "guoyang", "筠连": "junlian", "单县": "shanxian", "繁峙": "fanshi",
    "漯河": "luohe", "朝阳": "chaoyang", "长葛": "changge", "都匀": "duyun", "覃塘": "qintang", "什邡": "shifang",
    "荥经": "yingjing", "大城": "daicheng",
}  # fmt: skip


# More places of one sound only add noise to a search.
_MOST_NAMESAKES = 4
_COUNTY = re.compile("[县市区旗镇乡]$")


def province_of(text: str) -> str:
    """Return the province in which the place ``text`` lies, ``""`` when the place is not known.

    >>> province_of("郑州")
    '河南省'
    """
    return places().get(fold(text), "")
