"""Questions in English: the kind of answer, and Chinese terms for the words the dictionary knows.

Names stay as their sound: "Wu Yunfei" becomes the syllables wu yun fei, which are compared with the pinyin of the
articles' own words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pypinyin import lazy_pinyin

from qa.answering.kinds import Ask

# Words between "which" and the noun that it asks for; a verb ends them: Which app did the police station install?
_UP_TO = r"(?:(?!(?:did|do|does|was|were|is|are|had|has|have|will|would|can|could|should|must|may|of)\b)[a-z'-]+ )"
_BODIES = (
    "station|bureau|department|company|police|court|hospital|school|unit|brigade|squadron|detachment|team|agency|office|branch"
    "|procuratorate|bank|bod(?:y|ies)|institution|organi[sz]ation|committee|ministry|authority|firm|university|newspaper"
)
_PLACES = "city|county|town|township|village|park|province|district|place|road|street|community|country|neighbou?rhood|station|mountain|river"
_NAMED = "operation|campaign|app|platform|project|programme|program|drive|film|movie|document|law|award|title|flight|case|festival|book|mini-program|contest|competition|conference|exhibition|agreement"
_PEOPLE = "officer|judge|prosecutor|mayor|secretary|policeman|person|reporter|chief|man|woman|member|official|lawyer|teacher|suspect|spokes(?:man|woman|person)|director|doctor|driver"
_SUMS = "fine|fee|penalty|compensation|sum|amount|turnover|value|price|cost|profit|revenue|income|deposit|balance|dividend|fund|funding|loan|debt|investment|budget|bond"
_KINDS: tuple[tuple[str, str], ...] = (
    (
        "percent",
        r"what percent|how many percent|percentage|by how much|what (?:proportion|share|fraction)|what (?:was|is|were) (?:[a-z0-9'-]+ ){1,8}rate\b",
    ),
    (
        "money",
        r"how much (?:money|cash|was|were|in|did .* (?:cost|lose|recover))|what (?:sum|amount)|how many (?:yuan|rmb|million|billion)|worth of"
        rf"|how (?:large|big|high) (?:was|is|were|are) (?:[a-z0-9'-]+ ){{1,6}}(?:{_SUMS})\b|what (?:was|is|were) (?:[a-z0-9'-]+ ){{1,6}}(?:{_SUMS})\b|what \"?[a-z]+\"? price\b",
    ),
    (
        "duration",
        r"how long|how many (?:days|hours|minutes|months|years|weeks)"
        r"|what (?:was|is|were) (?:[a-z0-9'-]+ ){1,6}(?:length|duration|prison term|period)\b",
    ),
    ("age", r"how old|what age"),
    ("date", r"\bwhen\b|what (?:date|day|year|month|time)|which (?:date|day|year|month)|on what"),
    (
        "count",
        r"how many|what number|how much|number of|what (?:was|is|were) (?:[a-z0-9'-]+ ){1,6}(?:volume|output|size|area|distance)\b",
    ),
    ("name", rf"which {_UP_TO}{{0,2}}?(?:{_NAMED})\b"),
    # An article would begin what a verb is about: Which squadron stopped the driver?
    ("person", rf"which (?:(?!(?:the|an?|his|her|their)\b){_UP_TO}){{0,6}}?(?:{_PEOPLE})\b"),
    (
        "org",
        rf"which {_UP_TO}{{0,4}}?(?:{_BODIES})\b|what (?:company|agency|department|organi[sz]ation)|(?:police|court|authorities|bureau|detectives) (?:of|in|from) (?:which|what)",
    ),
    ("place", rf"\bwhere\b|which {_UP_TO}{{0,3}}?(?:{_PLACES})\b|what (?:{_PLACES})\b|what (?:street )?address"),
    # A who behind a comma tells of somebody where another question word follows: Officer Li, who …, belongs to which?
    (
        "person",
        r"(?<!, )\bwho\b|, who\b(?!.*\b(?:which|what|where|how)\b|.*,.*\bwhen\b)|\bwhom\b|name of the (?:officer|reporter|chief|director)",
    ),
    ("name", r"what (?:is|was) the (?:name|code ?name|title)|what (?:operation|campaign|app|platform)|\bcalled\b|\bnamed\b"),
    ("why", r"\bwhy\b|what (?:caused|reason)"),
    ("how", r"^how\b|\bhow (?:did|do|does|was|were|is|are)\b"),
    ("what", r"\bwhat\b|\bwhich\b"),
)
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_NUMBERS = {
    w: n
    for n, w in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
}
_PLAIN = frozenset(
    (
        "the a an of in on at by to for with from and or was were is are be been did do does how many much "
        "what which who when where why that this these those it its their his her as during after before "
        "into out up down over under total number people person carry carried have has had there s t than "
        "between about said according report article so far name named called city county district province "
        "town village police officers officer public security bureau station local authorities "
    ).split()
)


@dataclass(frozen=True, slots=True)
class EnglishReading:
    """An English question in Chinese terms: ``(word, weight, role)``; latin names have role "sound"."""

    ask: Ask
    terms: tuple[tuple[str, float, str], ...]
    scopes: tuple[str, ...]
    dates: tuple[str, ...]
    direction: str


def english_terms(text: str, folded: str) -> EnglishReading:
    """Return the reading of an English question; ``text`` keeps its capitals, which tell names from words."""
    capital = {word.lower() for word in re.findall(r"(?<![.?!] )(?<!^)\b[A-Z][a-z]+", text)}
    quoted = " ".join(_QUOTED.findall(text)).lower()
    # What the question also writes in Chinese need not be known by its sound: the Fuxing (复兴号) train.
    spelled = "".join(lazy_pinyin("".join(re.findall(r"[\u3400-\u9fff]+", folded))))
    ask = _ask(folded)
    terms: dict[str, tuple[str, float, str]] = {}
    rest = folded
    scopes: list[str] = []
    for place, names in _entries("english_places.tsv"):
        if place.search(rest):
            rest = place.sub(" ", rest)
            scopes.append(names[0])
            terms.setdefault(names[0], (names[0], 1.2, "scope"))
    for phrase, chinese in dictionary():
        if phrase.search(rest):
            rest = phrase.sub(" ", rest)
            for word in chinese:
                terms.setdefault(word, (word, 0.8 / len(chinese) ** 0.5, "content"))
    dates = tuple(_dates(rest))
    for word in re.findall(r"[a-z]{3,}|\d+(?:\.\d+)?", rest):
        if word in _PLAIN or word in _MONTHS:
            continue
        if word.isdigit():
            terms.setdefault(word, (word, 0.8, "content"))
        elif word in capital and (is_pinyin(word) or word not in quoted) and word not in spelled:
            terms.setdefault(word, (word, 1.0, "sound"))
    up, down = (
        re.search(r"increas|rise|rose|grow|up by", folded),
        re.search(r"decreas|fall|fell|drop|declin|reduc", folded),
    )
    return EnglishReading(
        ask, tuple(terms.values()), tuple(scopes), dates, "up" if up and not down else "down" if down else ""
    )


def _ask(folded: str) -> Ask:
    found = [
        (match.start(), order, kind, match) for order, (kind, e) in enumerate(_KINDS) if (match := re.search(e, folded))
    ]
    for _, _, kind, match in sorted(found, key=lambda row: (row[0] > min(f[0] for f in found) + 3, row[1])):
        return Ask(kind, match.start(), match.end(), "", _class_noun(kind, match.group()))
    return Ask("yesno" if re.match(r"(?:is|are|was|were|did|do|does|can|will)\b", folded) else "what", 0, 0)


_NOUNS = {
    "police station": "派出所", "station": "站", "court": "法院", "hospital": "医院", "company": "公司", "school": "学校",
    "city": "市", "county": "县", "town": "镇", "village": "村", "community": "社区", "province": "省", "district": "区",
    "operation": "行动", "campaign": "行动", "app": "app", "platform": "平台",
}  # fmt: skip


def _class_noun(kind: str, phrase: str) -> str:
    if kind not in {"org", "place", "name"}:
        return ""
    return next((noun for english, noun in _NOUNS.items() if re.search(rf"\b{english}\b", phrase)), "")


def _dates(text: str) -> list[str]:
    found = []
    for match in re.finditer(rf"({'|'.join(_MONTHS)})\s*(\d{{1,2}})?(?:st|nd|rd|th)?(?:,?\s*(20\d\d))?", text):
        year = f"{match[3]}年" if match[3] else ""
        found.append(f"{year}{_MONTHS.index(match[1]) + 1}月" + (f"{match[2]}日" if match[2] else ""))
    # The year in a name that the question also writes in Chinese (利剑2024) is no date.
    years = [year for year in re.findall(r"\b20\d\d\b", text) if not re.search(rf"[\u3400-\u9fff]{year}", text)]
    return found or [f"{year}年" for year in years]


# Names in quotation marks may be translations: 'Bright Helmet' is no sound, "Wufang" is.
_QUOTED = re.compile(r"'[^']{2,40}'|\"[^\"]{2,40}\"|“[^”]{2,40}”")


def dictionary() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """Return the English phrases, longest first, each with its Chinese words."""
    return _entries("english.tsv")


@cache
def _entries(name: str) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    rows = []
    for line in files("qa.answering").joinpath("data", name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            english, chinese = line.split("\t")
            for phrase in english.split("|"):
                rows.append((len(phrase), _inflected(phrase), tuple(chinese.split())))
    rows.sort(key=lambda row: -row[0])
    return tuple((expression, chinese) for _, expression, chinese in rows)


def _inflected(phrase: str) -> re.Pattern[str]:
    if phrase[-1] in "ye":
        endings = {"y": "y|ys|ies|ied|yed|ying", "e": "e|es|ed|ing"}[phrase[-1]]
        return re.compile(rf"\b{phrase[:-1]}(?:{endings})\b")
    return re.compile(rf"\b{phrase}(?:{phrase[-1]}?(?:es|ed|ing|s))?\b")


_INITIAL = "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
_FINAL = (
    "(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|ve|a|e|i|o|u|v)"
)
_PINYIN = re.compile(rf"(?:{_INITIAL}{_FINAL})+")


def is_syllable(word: str) -> bool:
    """Tell whether a latin word can be read as one Chinese syllable."""
    return bool(re.fullmatch(_INITIAL + _FINAL, word))


def is_pinyin(word: str) -> bool:
    """Tell whether a latin word can be read as Chinese syllables."""
    return bool(_PINYIN.fullmatch(word))
