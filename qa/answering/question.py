"""A question, read: what it asks for, its weighted terms, and what an answer must agree with.

Terms carry a role: ``scope`` names who or where (hard to do without), ``name`` is quoted, ``scene`` says within which
operation or case, ``date`` is a day, ``content`` is what is asked about. Roles decide how far from the answer a term
may stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from qa.answering.english import english_terms
from qa.answering.kinds import Ask, read_ask
from qa.answering.wording import weight
from qa.language.dates import DateSpan, find_dates
from qa.language.dictionary import load_dictionary
from qa.language.gazetteer import is_county, is_place, places_sounding, province_of
from qa.language.names import Name, find_names
from qa.language.scripts import fold
from qa.language.words import Word, words

# What a question sets as its scene: 在夏夜统一行动中, …案子里.
_SCENE = re.compile(
    r"(?:在|自|从)?([^,，。?？把被将]{2,24}?(?:行动|活动|整治|会战|工程|战役|案件|案子|案|期间|会议上?|大会|工作))(?:中|里头?|期间|以来|当中|时候?|后|上|,|，)"
)
# A noun of this weight right before the question word is what is counted; a lighter one needs its verb.
LEAST_NOUN = 1.0
_ASKING = re.compile(r"[哪谁几]|什么|多少")
# Words of change say nothing of what changes.
_CHANGE = re.compile(r"同比|环比|上升|下降|增长|减少|增加|降低|提升|提高|下滑|上涨|达到?|造成|比例|涨|跌|升|降")
_QUOTED = re.compile(r"[“「『《\"‘]([^”」』》\"’]{1,40})[”」』》\"’]")
# Question words with their measure words; blanked before the question is cut into words, or they would stick to them.
_WH = re.compile(
    r"(?:多少|(?<![哪那这前近十好第每])几|哪一?|哪几)(?:人次|个|名|位|起|件|宗|处|项|条|家|户|份|张|辆|台|次|场|期|只|支|种|类|所|间|元|万元)?(?=[\u3400-\u9fff])"
    r"|是(?:什么|谁|哪)|什么|怎么样?|怎样|如何|为什么|叫什么|是谁"
)
# A comparison with the period before; it says nothing of what is compared.
_PERIOD_BEFORE = re.compile(r"(?:和|跟|与|同|较|比)上(?:一?[期周次]|个?月|一?季度)(?:相比|比较|比)?")
# A comparison with the year before, however it is worded.
_YEAR_BEFORE = re.compile(
    r"(?:和|跟|与|同|较|比)(?:上一?年|去年|前一年|上年度?)(?:的?(?:同期|同一时候|同一时期|这个时候|同时期))?(?:相比|比较|比)?"
)
_DIRECTION_UP = re.compile(r"上升|增长|增加|提高|提升|上涨|多了|涨|贵了|升(?!还是)")
_DIRECTION_DOWN = re.compile(r"下降|减少|降低|下滑|少了|回落|便宜了|掉了|降(?!低级)|跌")


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the question: ``text`` folded, ``weight`` 0..1.5, ``role`` scope | name | date | period | content."""

    text: str
    weight: float
    role: str
    start: int = -1  # where it first stands in the folded question


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what was read out of it; ``folded`` has the length of ``text``."""

    text: str
    folded: str
    ask: Ask
    terms: tuple[Term, ...]
    scopes: tuple[str, ...]  # names of places, agencies, people that the articles must know
    dates: tuple[DateSpan, ...]
    direction: str  # "up" | "down" | ""
    english: bool = False
    names: tuple[Name, ...] = field(default=())
    plain: str = ""  # the question in plain words, where ``folded`` asks for more than this part of it

    @property
    def search_text(self) -> str:
        """What to search for: the question itself, for one in English its Chinese words and the places it names."""
        if not self.english:
            return self.text
        words = [name for term in self.terms for name in (places_sounding(term.text) or (term.text,))]
        return " ".join([*words, *(date.text for date in self.dates)])

    @property
    def focus(self) -> tuple[int, ...]:
        """The numbers of the terms that say what is counted or named; empty where none stands beside the question word.

        多少名女性 asks about 女性; 查处酒驾多少起 about 查处 and 酒驾.
        """
        content = [
            (t.start, n)
            for n, t in enumerate(self.terms)
            if t.role == "content" and t.weight >= 0.3 and not _CHANGE.fullmatch(t.text)
        ]
        stop = re.search(r"[,，。?？]", self.folded[self.ask.end :])
        limit = self.ask.end + min(stop.start() if stop else 12, 12)
        after = [pair for pair in content if self.ask.start < pair[0] < limit]
        before = [pair for pair in content if self.ask.start - 9 <= pair[0] < self.ask.start]
        if after:
            return tuple(number for _, number in sorted(after)[: 3 if "的" in self.folded[self.ask.end : limit] else 2])
        nearest = [number for _, number in sorted(before)[-2:]]
        named = nearest and load_dictionary().tag(self.terms[nearest[-1]].text).startswith("n")
        return tuple(nearest[-1:] if named and self.terms[nearest[-1]].weight >= LEAST_NOUN else nearest)


def read_question(text: str) -> Question:
    """Read ``text``; any text gives a question, an empty one has no terms."""
    folded = fold(text)
    folded = _YEAR_BEFORE.sub(lambda match: "同比".ljust(len(match.group()), " "), folded)
    if is_english(folded):
        return _read_english(text, folded)
    ask = read_ask(folded)
    names = tuple(find_names(folded))
    scopes = _scopes(folded, names)
    dates = tuple(date for date in find_dates(folded) if re.search(r"\d|[一二三四五六七八九十]月", date.text))
    return Question(
        text, folded, ask, _terms(folded, scopes, dates, ask), scopes, dates, _direction(folded), names=names
    )


def is_english(folded: str) -> bool:
    """Tell whether a question is written in English words rather than Chinese ones."""
    latin = len(re.findall(r"[a-z]{2,}", folded))
    return latin >= 4 and latin * 2 > len(re.findall(r"[\u3400-\u9fff]", folded))


def _read_english(text: str, folded: str) -> Question:
    reading = english_terms(text, folded)
    terms = tuple(Term(word, value, role) for word, value, role in reading.terms)
    quoted = tuple(Term(q, 1.2, "name") for q in re.findall(r"[\u3400-\u9fff]{2,}", folded))
    dates = tuple(find_dates("".join(reading.dates)))
    return Question(text, folded, reading.ask, terms + quoted, reading.scopes, dates, reading.direction, english=True)


def _scopes(folded: str, names: tuple[Name, ...]) -> tuple[str, ...]:
    """Return the names that an article must know to answer: places, agencies, people; the core without suffixes."""
    quoted = [match.span() for match in _QUOTED.finditer(folded)]
    found: dict[str, None] = {}
    for name in names:
        # 哪个城市警方 is asked for, not said.
        asked = _ASKING.search(folded[max(name.start - 2, 0) : name.end])
        if asked or any(start <= name.start and name.end <= end for start, end in quoted):
            continue
        if name.kind in {"place", "agency", "person"}:
            for core in name_cores(name.text, name.kind):
                found.setdefault(core)
    for word in words(folded):
        if any(start <= word.start < end for start, end in quoted):
            continue
        if (
            not is_place(word.text)
            and not is_county(word.text)
            and not (word.tag == "ns" and _REGION_NEXT.match(folded, word.end))
        ):
            continue
        core = name_cores(word.text, "place")[0]
        if not any(core in other for other in found):
            found.setdefault(core)
    return tuple(found)


# jieba's tag for places is unsafe alone (上门, 东西); what follows must agree.
_REGION_NEXT = re.compile(r"省|市(?!民)|县|区(?!分)|州|镇|乡|村|公安|警方")
_UNIT_SUFFIX = re.compile(
    r"(?:巡警|交警|刑警|治安|特警|网安|法制|巡特警|特巡警|刑侦|经侦|禁毒)?(?:大队|支队|中队|总队)$"
)
_FORCE_SUFFIX = re.compile(r"(?:公安局|公安机关|公安厅|公安处|公安|警方|分局)$")
_REGION_SUFFIX = re.compile(r"(?:省|市|县|区|州|镇|乡|自治区|自治州|自治县)$")
_AGENCY_PARTS = re.compile(
    r"[\u3400-\u9fff]+?(?:(?<=.{2})(?:省|市|县|区|州|镇|乡)(?!公安|分局|警)|公安局|公安厅|公安处|分局|支队|大队|中队|派出所|总队|法院|检察院)|[\u3400-\u9fff]+$"
)


def name_cores(text: str, kind: str) -> list[str]:
    """Return the parts of a name that an article must know, suffixes left out where two characters remain.

    >>> name_cores("甲乙市公安局丙丁分局", "agency")
    ['甲乙', '丙丁']
    >>> name_cores("枣庄滕州", "place")
    ['枣庄', '滕州']
    >>> name_cores("甲乙县公安局和丙丁市公安局", "agency")
    ['甲乙', '丙丁']
    """
    if kind == "person":
        return [text]
    parts = [piece for part in _AGENCY_PARTS.findall(text) for piece in _split_place(_without_joint(part))]
    cores = [_core(part) for part in parts if len(_core(part)) > 1] or [text]
    return [piece for core in cores for piece in _split_place(core)]


def _without_joint(part: str) -> str:
    """Return a part of a run of names without the word before it: 和永宁市, 从某校, but 和平区."""
    joined = part[0] in "和与跟及从由被" and len(part) > 2 and not (is_place(part[:2]) or is_county(part[:2]))
    return part[1:] if joined else part


def _split_place(core: str) -> list[str]:
    """Return the place before a smaller name apart from it: articles rarely write both together."""
    for length in (3, 2):
        if len(core) >= length + 2 and (is_place(core[:length]) or is_county(core[:length])):
            return [core[:length], core[length:]]
    return [core]


def _core(part: str) -> str:
    for suffix in (_UNIT_SUFFIX, _FORCE_SUFFIX, _REGION_SUFFIX):
        bare = suffix.sub("", part)
        part = bare if len(bare) > 1 else "" if suffix is _FORCE_SUFFIX else part
    return part


class _Terms:
    """Collects the terms of a question; what one term took no other takes."""

    def __init__(self, folded: str) -> None:
        self.found: dict[str, Term] = {}
        self._taken = [False] * len(folded)

    def take(self, text: str, value: float, role: str, start: int, end: int) -> None:
        if value > 0 and text not in self.found:
            self.found[text] = Term(text, value, role, start)
        self._taken[start:end] = [True] * (end - start)

    def free(self, start: int, end: int) -> bool:
        return not any(self._taken[start:end])


def _terms(folded: str, scopes: tuple[str, ...], dates: tuple[DateSpan, ...], ask: Ask) -> tuple[Term, ...]:
    terms = _Terms(folded)
    for match in _QUOTED.finditer(folded):
        if len(match.group(1)) <= 16:
            terms.take(match.group(1), 1.3, "name", *match.span())
    for scope in scopes:
        for match in re.finditer(re.escape(scope), folded):
            broad = _is_province(scope) or (is_place(scope) and _leads_to_another(folded, match.end(), scopes))
            terms.take(scope, 0.5 if broad else 1.2, "period" if broad else "scope", *match.span())
    for date in dates:
        role = "date" if date.day is not None else "period"
        terms.take(folded[date.start : date.end], 1.0 if role == "date" else 0.35, role, date.start, date.end)
    _take_words(terms, folded, ask)
    return tuple(terms.found.values())


def _take_words(terms: _Terms, folded: str, ask: Ask) -> None:
    """Take what is left, word by word; question words and relative dates are blanked first."""
    scenes = [match.span(1) for match in _SCENE.finditer(folded)]
    blanked = _WH.sub(lambda match: " " * len(match.group()), folded)
    for date in find_dates(folded):
        if terms.free(date.start, date.end):
            terms.take(folded[date.start : date.end], 0.35, "period", date.start, date.end)
        blanked = blanked[: date.start] + " " * (date.end - date.start) + blanked[date.end :]
    blanked = _PERIOD_BEFORE.sub(lambda match: " " * len(match.group()), blanked)
    for word in words(blanked):
        if not terms.free(word.start, word.end):
            continue
        for text, start in _pieces(word):
            value = weight(text) * (0.6 if ask.start <= start < ask.end and text in ask.noun else 1.0)
            scene = any(at <= start < to for at, to in scenes)
            terms.take(text, value * (0.7 if scene else 1.0), "scene" if scene else "content", start, start + len(text))


def _pieces(word: Word) -> list[tuple[str, int]]:
    """Return ``word`` itself, or its parts where the segmenter only guessed it around a stop word (人作, 是否有)."""
    text = word.text
    if len(text) != 2 or not _HAN_PAIR.fullmatch(text) or load_dictionary().knows(text):
        return [(text, word.start)]
    if not weight(text[0]) or not weight(text[1]):
        return [(text[0], word.start), (text[1], word.start + 1)]
    return [(text, word.start)]


_HAN_PAIR = re.compile(r"[\u3400-\u9fff]{2}")


def _leads_to_another(folded: str, at: int, scopes: tuple[str, ...]) -> bool:
    """Tell whether a smaller place follows at once (某市某县): articles often name only the smaller one.

    A body that every city has (某市交警, 某市法院) is none: without its city it says nothing.
    """
    rest = re.sub(r"^(?:市|地区|州|盟)?(?:公安局)?", "", folded[at : at + 12])
    return any(rest.startswith(other) and not is_any_body(other) for other in scopes)


def is_any_body(text: str) -> bool:
    """Tell whether ``text`` names a body or a facility without a name of its own: 交警, 市场监管局, 机场."""
    return _ANYWHERE.fullmatch(text) is not None


_ANYWHERE = re.compile(
    r"(?:[交特刑巡民水网武]警|警方|公安|检察|法[院庭]|互联网|国际|商事|人民|[中高]级|第[一二三四五六七八九十]+|高速|铁路|机场|火?车站|[东西南北]站|口岸|海关|"
    r"港区|经开|高新|新区|城区|开发|技术|经济|综保|反诈|中心|派出所|消防|救援|市?场|监管|司法|商务|教育|审计|统计|交通|运输|综合|行政|执法|城管|治安|"
    r"[经刑]侦|网安|禁毒|巡?特警|户政|卫健|政法|纪|监|政府|日报|电视|公交|客运|文旅|金融|儿童|服务|公司|支行|银行|医院|学[校院]|大学|小区|商场|宾馆|"
    r"酒店|夜市|[支大中总]队|[局厅处所队院委会台区县])+"
)


def _is_province(name: str) -> bool:
    """Tell whether a name is a whole province: articles about a place in it often leave it out."""
    province = province_of(name)
    return province.startswith(name) and not province.endswith("市")


def _direction(folded: str) -> str:
    if re.search(r"升还是|降还是|增还是|减还是|多还是|少还是|变化", folded):
        return ""
    up, down = _DIRECTION_UP.search(folded), _DIRECTION_DOWN.search(folded)
    if bool(up) == bool(down):
        return ""
    return "up" if up else "down"
