"""Typed candidates: every span of a sentence that is of the kind a question asks for.

Structured extraction only proposes; what a candidate is about is judged in ``ranking``. Spans are offsets into the
article's text, so a candidate is always verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from qa.answering.evidence import ArticleView, Span
from qa.answering.kinds import Ask, same_unit
from qa.language.gazetteer import province_of
from qa.language.quantities import Quantity

_QUOTED = re.compile(r"[“「『]([^“”「」『』\n]{1,40})[”」』]")
_BOOK = re.compile(r"《([^《》\n]{1,60})》")
_RANK = re.compile(
    r"(?:全[省市国县区]|[\u3400-\u9fff]{2,4}(?:省|市|县|区)|同类[\u3400-\u9fff]{0,4})?(?:排名|位列|位居|排在|列|居)?(?:均|都|并列|稳居|高居)?(?:位?居|位列|名列)?(?:全[省市国县区])?(?:第[一二三四五六七八九十\d]+(?:名|位)?|榜首|首位|前列|前[一二三四五六七八九十\d]+(?:名|位)?)"
)
_CORE_RANK = re.compile(
    r"第[一二三四五六七八九十\d]+[名位年天次批届场期轮个]?|榜首|首位|前[一二三四五六七八九十\d]+(?:名|位)?|前列"
)
_QUANTITY_KINDS = {
    "count": {
        "count",
        "distance",
        "area",
        "weight",
        "multiple",
        "ratio",
        "volume",
        "length",
        "speed",
        "energy",
        "temperature",
        "score",
        "",
    },
    "percent": {"percent", "ratio"},
    "money": {"money"},
    "duration": {"duration"},
    "age": {"age"},
    "rank": {"ordinal"},
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may answer: ``own`` spans say what it is, ``clause`` and ``sentence`` surround it."""

    kind: str
    start: int
    end: int
    sentence: int  # number of the sentence in its view
    own: tuple[Span, ...]
    clause: Span
    unit: str = ""
    value: Decimal | None = None
    direction: str = ""
    fits: float = 1.0  # how well kind and unit agree with what is asked, 0..1
    row: int = 0
    row_size: int = 1
    items: tuple[Span, ...] = ()
    title: str = ""


def candidates(view: ArticleView, number: int, ask: Ask, asked: str = "") -> list[Candidate]:
    """Return the candidates of sentence ``number`` for what ``ask`` wants.

    What the question itself says (``asked``, folded) is no answer to it.
    """
    found = [end for c in _proposed(view, number, ask) for end in _ends(view.folded, c, asked)]
    if _PAIR.search(asked):
        found = _pairs(found)
    return [c for c in found if not said_already(view.folded[c.start : c.end], asked, c.kind)]


# Two figures that touch are asked for together: 几省几市, 多少家多少人.
_PAIR = re.compile(r"(?:几|多少)[^几多,，。?？]{1,2}(?:几|多少)[^几多,，。?？]{1,2}")


def _pairs(found: Sequence[Candidate]) -> list[Candidate]:
    """Return the figures that touch as one (5省12市), all of them where none do."""
    pairs = [(one, two) for one, two in pairwise(found) if one.end == two.start and one.kind == two.kind]
    return [replace(one, end=two.end, fits=1.0, own=(one.own[0], two.own[-1])) for one, two in pairs] or list(found)


# Which end of a range is asked for, and what joins its ends.
_WHEN = "(?:哪一?[天日年月]|几[日号点月]|何时|什么时候|啥时候?)"
_LOWEST = re.compile(
    r"最[低少小短早]|至少|起码|下限|始于|[哪几][天日号年月点]?(?:起|开始)|(?:何|什么)时候?(?:起|开始)"
    rf"|{_WHEN}[^,，。?？]{{0,10}}?(?:开始|启动|打响|拉开)"
)
_HIGHEST = re.compile(
    rf"最[高多大长晚]|至多|顶多|上限|止于|到{_WHEN}|{_WHEN}[^,，。?？]{{0,10}}?(?:结束|收的?尾|收官|为止|告终|截止)"
)
_JOINT = re.compile(
    r"(?<=[\d万亿元角%年月日号时分点天个家人名件起])\s?(?:至|到|[-—–~～]{1,2})\s?(?=[\d一二三四五六七八九十])"
)


def _ends(text: str, candidate: Candidate, asked: str) -> Iterator[Candidate]:
    """Yield a candidate, and before it the end of its range that the question (``asked``, folded) wants."""
    wanted = _end_wanted(asked)
    joint = _JOINT.search(text, candidate.start, candidate.end) if wanted else None
    if joint:
        start, end = (candidate.start, joint.start()) if wanted == "low" else (joint.end(), candidate.end)
        yield replace(candidate, start=start, end=end)
        candidate = replace(candidate, fits=candidate.fits - END_WANTED)
    yield candidate


# 从几月到几月 asks for both ends.
_BOTH = re.compile(r"(?:哪|几|何|什么)[^,，。?？]{0,3}?[到至](?:哪|几|何|什么)")


def _end_wanted(asked: str) -> str:
    """Return which end of a range the question (``asked``, folded) wants: low, high, or "" for the whole."""
    low, high = _LOWEST.search(asked), _HIGHEST.search(asked)
    return "" if bool(low) == bool(high) or _BOTH.search(asked) else "low" if low else "high"


def holds_both_ends(text: str, asked: str) -> bool:
    """Tell whether ``text`` is a whole range where the question (``asked``, folded) wants one of its ends.

    >>> holds_both_ends("9月1日到10月8日", "到哪一天为止?"), holds_both_ends("10月8日", "到哪一天为止?")
    (True, False)
    """
    return bool(_end_wanted(asked)) and _JOINT.search(text) is not None


# How much less a whole range fits where one of its ends is asked for.
END_WANTED = 0.2


def said_already(text: str, asked: str, kind: str) -> bool:
    """Tell whether the question itself (``asked``, folded) says what would be its answer."""
    if kind == "org" and (own := _own_name(text, asked)):
        return len(own) > 1
    if kind in {"person", "org", "place", "name", "date", "post"}:
        return text in asked
    return re.search(rf"(?<![\d.]){re.escape(text)}", asked) is not None and not re.search(r"比|差", asked)


# What a question about time wants to be told, and how a time tells it.
_GRAINS = (
    (
        re.compile(r"几点|几时(?!候)|几分(?!钟)|什么时刻|what (?:time|hour)"),
        re.compile(r"[\d一二两三四五六七八九十][时点]|\d:\d"),
    ),
    (re.compile(r"哪一?天|哪一?日|几[日号]|何日|(?:what|which) day"), re.compile(r"[日号天昨今周节夕]|星期|\d[./-]\d")),
    (re.compile(r"哪一?年|何年|(?:哪个|什么)年份|(?:what|which) year"), re.compile(r"年|\d{4}")),
)


def too_coarse(text: str, asked: str) -> bool:
    """Tell whether a time says less than the question (``asked``, folded) wants: no hour for 几点, no day for 哪天.

    >>> too_coarse("7月22日", "是几点到的?"), too_coarse("7月22日9时", "是几点到的?")
    (True, False)
    """
    return any(wanted.search(asked) and not told.search(text) for wanted, told in _GRAINS)


# What bodies of one kind share at the end of their names.
_KIND_OF_BODY = re.compile(
    r"(?:派出所|公安局|公安分局|分局|公安机关|公安|警方|支队|大队|中队|总队|法院|检察院|医院|公司|银行|中心|学校|大学|中学|小学|局|所|队|院)$"
)


def _own_name(text: str, asked: str) -> str:
    """Return what the longest end of ``text`` that stands in the question says beside the kind of body.

    >>> _own_name("甲市公安局乙丙派出所", "乙丙派出所把东西交给了哪个部门?")
    '乙丙'
    """
    end = next((text[at:] for at in range(len(text)) if text[at:] in asked), "")
    return _KIND_OF_BODY.sub("", end)


def _proposed(view: ArticleView, number: int, ask: Ask) -> list[Candidate]:
    if ask.kind in _QUANTITY_KINDS:
        found = list(_figures(view, number, ask))
        return found or (list(_ranks(view, number)) if ask.kind == "rank" else [])
    if ask.kind == "date":
        return list(_dates(view, number))
    if ask.kind == "post":
        return list(_posts(view, number))
    if ask.kind in {"person", "org", "place"}:
        return list(_names(view, number, ask)) + list(_classed(view, number, ask))
    if ask.kind == "name":
        return list(_named(view, number, ask))
    return []


def _figures(view: ArticleView, number: int, ask: Ask) -> Iterator[Candidate]:
    quantities = view.quantities(number)
    kinds = _QUANTITY_KINDS[ask.kind]
    spans = [(q.start, q.end) for q in quantities]
    for quantity, setting in zip(quantities, view.settings(number, spans), strict=True):
        fits = _fits(quantity, kinds, ask)
        if fits:
            yield Candidate(
                ask.kind, quantity.start, quantity.end, number, setting.own, setting.clause, quantity.unit,
                quantity.value, setting.direction, fits, setting.row, setting.row_size, setting.items,
            )  # fmt: skip


# "是多少" may ask for a sum of money or a share as well as for a number.
_AMOUNTS = frozenset("金款费钱额资失值利率")
_ANY_AMOUNT = frozenset({"money", "percent"})


def measures(quantity: Quantity, ask: Ask) -> bool:
    """Tell whether a quantity is of a kind that ``ask`` may want."""
    return _fits(quantity, _QUANTITY_KINDS[ask.kind], ask) > 0


def _fits(quantity: Quantity, kinds: set[str], ask: Ask) -> float:
    if quantity.kind in _ANY_AMOUNT and ask.kind == "count" and not ask.unit:
        return 0.4 if ask.noun and ask.noun[-1] not in _AMOUNTS else 0.8
    if quantity.kind not in kinds:
        return 0.0
    if quantity.value == 1 and quantity.text[0] == "一" and ask.kind == "count":
        return 0.5
    if ask.kind == "count" and ask.unit:
        if quantity.unit == ask.unit:
            return 1.0
        return 0.9 if same_unit(ask.unit, quantity.unit) else 0.5
    if ask.kind == "count" and not ask.unit:
        return 0.9
    if ask.kind == "duration" and ask.unit and ask.unit[-1] not in quantity.text:
        return 0.6
    return 1.0


def _ranks(view: ArticleView, number: int) -> Iterator[Candidate]:
    start, end = view.sentences[number]
    matches = list(_CORE_RANK.finditer(view.folded, start, end))
    spans = [match.span() for match in matches]
    for span, setting in zip(spans, view.settings(number, spans), strict=True):
        yield Candidate("rank", *span, number, setting.own, setting.clause)


def _dates(view: ArticleView, number: int) -> Iterator[Candidate]:
    dates = view.dates(number)
    for index, date in enumerate(dates):
        clause = _clause(view, number, date.start)
        limit = dates[index + 1].start if index + 1 < len(dates) else view.sentences[number][1]
        own = ((date.end, min(limit, date.end + 40)), (max(clause[0], date.start - 12), date.start))
        fits = 1.0 if date.day is not None else 0.85 if date.month is not None else 0.75
        if not re.search(r"\d|[一二三四五六七八九十]月|[一二三四五六七八九十]日", date.text):
            fits = 0.55
        yield Candidate("date", date.start, date.end, number, own, clause, fits=fits)


_PLACE_TAIL = re.compile(r"(?:省|市|县|区|镇|乡|村|街道|社区|小区|路|街|广场|国|地区)$")


def _names(view: ArticleView, number: int, ask: Ask) -> Iterator[Candidate]:
    wanted = {"person": {"person"}, "org": {"agency"}, "place": {"place", "agency"}}[ask.kind]
    for name in view.names(number):
        if name.kind not in wanted:
            continue
        if ask.kind == "person" and _signs(view.folded, name.start, name.end):
            continue
        clause = _clause(view, number, name.start)
        fits = 1.0
        text = view.folded[name.start : name.end]
        if ask.kind == "place" and name.kind == "agency":
            fits = 0.6
        if ask.noun in {"城市", "市"}:
            fits = 1.0 if name.kind == "place" and not province_of(text).startswith(text) else 0.6
        elif ask.noun and ask.kind != "person":
            fits = 1.0 if text.endswith(ask.noun) else 0.55
        own = ((max(clause[0], name.start - 20), name.start), (name.end, min(clause[1], name.end + 20)))
        yield Candidate(ask.kind, name.start, name.end, number, own, clause, fits=fits, title=name.title)


def _posts(view: ArticleView, number: int) -> Iterator[Candidate]:
    """Yield the post that stands right before each person's name: 政委 before 某某某."""
    for name in view.names(number):
        if name.kind != "person" or not name.title:
            continue
        at = view.folded.rfind(name.title.split("、")[0], max(view.sentences[number][0], name.start - 40), name.start)
        if at >= 0:
            own = ((name.start, name.end),)
            yield Candidate("post", at, name.start, number, own, _clause(view, number, name.start), title=name.title)


def _signs(text: str, start: int, end: int) -> bool:
    """Tell whether a name in brackets signs the report: (某某某) after the last sentence."""
    return text[start - 1 : start] in {"(", "（"} and text[end : end + 1] in {")", "）"}


# What a name of a class cannot reach across.
_BEFORE_NAME = re.compile(r"[在到去往从于的把被将对向与和及、,，。;；:：“”\s]|位于|前往|来到|赶到|进入|经过|抵达|附近")


def _classed(view: ArticleView, number: int, ask: Ask) -> Iterator[Candidate]:
    """Yield what ends in the class noun of the question (哪个车站: 某某站), where no name was recognised there."""
    if not ask.noun or ask.kind == "person" or ask.noun in {"城市", "市", "地方", "位置", "方向"}:
        return
    start, end = view.sentences[number]
    known = [(name.start, name.end) for name in view.names(number)]
    for tail in re.finditer(
        re.escape(ask.noun if len(ask.noun) > 2 or ask.kind == "org" else ask.noun[-1]), view.folded[start:end]
    ):
        stop = start + tail.end()
        if any(s < stop <= e for s, e in known):
            continue
        lead = [m.end() for m in _BEFORE_NAME.finditer(view.folded, start, start + tail.start())]
        begin = lead[-1] if lead else start
        if 2 <= stop - begin - len(tail.group()) <= 10:
            clause = _clause(view, number, begin)
            own = ((max(clause[0], begin - 20), begin), (stop, min(clause[1], stop + 20)))
            yield Candidate(ask.kind, begin, stop, number, own, clause, fits=0.85)


def _named(view: ArticleView, number: int, ask: Ask) -> Iterator[Candidate]:
    start, end = view.sentences[number]
    seen: list[Span] = []
    for match in [*_QUOTED.finditer(view.folded, start, end), *_BOOK.finditer(view.folded, start, end)]:
        seen.append(match.span())
        yield _name_candidate(view, number, match.span(1), match.span(), ask, 1.0)
    for name in view.names(number):
        if name.kind in {"operation", "document"} and not any(s < name.end and name.start < e for s, e in seen):
            yield _name_candidate(view, number, (name.start, name.end), (name.start, name.end), ask, 0.9)


def _name_candidate(view: ArticleView, number: int, span: Span, outer: Span, ask: Ask, fits: float) -> Candidate:
    clause = _clause(view, number, outer[0])
    tail = view.folded[outer[1] : outer[1] + 8]
    text = view.folded[span[0] : span[1]]
    if ask.noun and not (text.endswith(ask.noun) or ask.noun in tail or ask.noun in text):
        fits *= 0.75
    if re.search(r"[,，。！？]", text):
        fits *= 0.6
    # What stands beyond the neighbouring quotation belongs to the neighbour.
    before = max(view.folded.rfind(mark, clause[0], outer[0]) for mark in "”」》、")
    after = [at for at in (view.folded.find(mark, outer[1], clause[1]) for mark in "“「《、") if at >= 0]
    start, end = max(clause[0], outer[0] - 24, before + 1), min(clause[1], outer[1] + 16, *after)
    own = ((start, outer[0]), (outer[1], max(end, outer[1])))
    return Candidate("name", *span, number, own, clause, fits=fits)


def _clause(view: ArticleView, number: int, at: int) -> Span:
    setting = view.settings(number, [(at, at + 1)])
    return setting[0].clause
