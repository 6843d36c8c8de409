"""Which arithmetic a question asks for, and the plain questions that give its numbers.

"A比B多多少" is two questions and a difference, "还剩多少没办完" a total and what was done, "A和B合计" a sum, "谁更多" a
comparison, "分别" one answer for each. Knows the words of questions, nothing of articles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from qa.answering.confidence import MEASURED
from qa.answering.kinds import Ask, read_ask
from qa.answering.measures import MEASURES, unit_of_noun
from qa.answering.question import Question, read_question
from qa.answering.wording import opposites_in
from qa.language.words import words

_MORE, _LESS = "多高大长早快强重", "少低小短晚慢弱轻"
_ASIDE = "上年|去年|上一?年|前一?年|上月|例|率|重|较|如|赛|武|昨|往年|同期|上期|前期|上次|去岁|以往|平时|一般"
_DIFFERENCE = re.compile(
    rf"^(?P<a>.+?)(?<![同环对相百])比(?!{_ASIDE})(?P<b>[^,，。?？]+?)(?:的)?(?:要|还)?(?P<way>[{_MORE}{_LESS}])(?:出|了|出了)?(?:多少|几|好几)"
)
# Two that did the same (甲县比乙县多化解多少件): each is asked how often it did.
_DID_MORE = re.compile(
    rf"^(?P<a>.+?)(?<![同环对相百])比(?!{_ASIDE})(?P<b>[^,，。?？]+?)(?<!的)(?P<way>[多少])"
    r"(?P<verb>(?:(?!百分)[\u3400-\u9fff]){1,4}?)(?P<done>了?)(?P<rest>(?:多少|几)[^,，。?？]*[?？]?)$"
)
_REMAINING = re.compile(
    rf"^(?P<head>.+?)(?:里头|里面|当中|里|中)?[,，]?(?:目前|现在)?(?:还有?|尚有?|仍有?)?(?:剩下?|剩余|余下|差|有)?(?<=[还尚仍有剩下余差])(?:多少|几)(?:{MEASURES})?(?P<object>[^,，。?？没未待]{{0,6}}?)(?:没有?|尚?未|待)(?:能|被|有|得到)?(?P<verb>[^,，。?？的]{{1,4}}?)(?:的)?[?？]?$"
)
_APART = re.compile(r"相差|差(?:了)?(?:多少|几)|差距|差值|差额|多多少|少多少")
_WHICH_MORE = re.compile(
    rf"(?:哪(?:里|儿|个|家|边|方|一?(?:个|家|方|地|起|项|种|类|次))|谁)[^,，。?？]{{0,14}}?(?:更|比较|最)?(?P<way>[{_MORE}{_LESS}])(?:一些|一点|些|点)?(?=[?？,，。;；]|$|的|呢|啊|相差)|(?:哪|谁)[^?？]{{0,14}}更(?P<way2>[{_MORE}{_LESS}])"
)
_OR_MORE = re.compile(rf"(?P<a>[^,，。?？是]{{1,16}}?)(?P<way>[{_MORE}{_LESS}])还是(?P<b>[^,，。?？]{{1,16}}?)(?P=way)")
_EXTREME = re.compile(r"最(?P<way>[多高大长重快久少低小短慢轻])")
_SUM = re.compile(
    r"合计|加起来|合起来|加在一起|合在一起|之和|总和|相加|(?:两|三|四|几)(?:次|项|类|者|家|起|地)[^,，。?？]{0,10}(?:一共|总共|共)"
)
# Measures that are added up stand right before the question words; where a verb follows, those named act together.
_ADDED = re.compile(r"(?:和|与|以及|、)[^,，。?？和与、的]{1,12}?(?:一共|总共|共计|共)(?:有|是)?(?:多少|几)")
_EACH = re.compile(r"分别|各自|各(?=是|为|有|占|多少|几)")
_ORDER = re.compile(r"从(?P<first>[高多大低少小])到[高多大低少小]|排(?:名|序|列|个)")
_AND = re.compile(r"和|与|跟|以及|、|及")
_MARKS = (
    "分别|各自|各(?=是|为|有|占|多少|几)|合计|一共|总共|共计?|加起来|合起来|加在一起|合在一起|之和|的?总和|相加|"
    "相差|相比|比较|哪|谁|两次|两项|两类|两者|两地|三项|三类"
)


# A part that says less than this (weights of its words) could be any figure.
LEAST_SAID = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to compute from which questions: ``way`` is "more" or "less" where a winner is asked.

    ``apart`` asks for the distance, ``ordered`` says that the first part is the larger one (a total and
    what was done of it) and ``ranking`` asks for all in order.
    """

    kind: str  # difference | sum | compare | each
    parts: tuple[tuple[str, Question], ...]  # (label, question)
    way: str = ""
    apart: bool = False
    ordered: bool = False
    ranking: bool = False


def plan(question: Question) -> Plan | None:
    """Return how to compute the answer of ``question``, or None when it asks for nothing computed."""
    folded = question.folded
    if question.english:
        return None
    if (match := _DIFFERENCE.search(folded)) and not re.search(r"同比|环比", match["a"][-4:]):
        return _difference(question, match)
    if (match := _DID_MORE.search(folded)) and not re.search(r"同比|环比", match["a"][-4:]):
        return _did_more(question, match)
    if (match := _REMAINING.search(folded)) and (remaining := _remaining(question, match)):
        return remaining
    if match := _OR_MORE.search(folded):
        return _either(question, match)
    asks_more, order = _WHICH_MORE.search(folded), _ORDER.search(folded)
    if asks_more or _APART.search(folded) or (order and question.ask.kind != "rank"):
        return _comparison(question, asks_more, order)
    if _EACH.search(folded) and (parts := _parts(question)):
        return Plan("each", parts)
    if (_SUM.search(folded) or _ADDED.search(folded) or _kinds_added(folded)) and (parts := _coordinates(question)):
        return Plan("sum", parts)
    return None


def _kinds_added(folded: str) -> bool:
    """Tell whether two that exclude each other (酒驾和醉驾) are asked for together, whatever verb follows."""
    together = re.search(r"一共|总共|共计|合计", folded) is not None
    return together and any(len(said) > 1 for _, said in opposites_in(folded))


def extreme_way(folded: str) -> str:
    """Return "more" or "less" when the question asks for the extreme of several values, else ``""``."""
    match = _EXTREME.search(folded)
    if not match or not re.search(r"哪|谁|什么", folded):
        return ""
    return "less" if match["way"] in _LESS else "more"


def _comparison(question: Question, asks_more: re.Match[str] | None, order: re.Match[str] | None) -> Plan | None:
    parts = _parts(question)
    if not parts:
        return None
    way = ""
    if asks_more:
        way = "less" if (asks_more["way"] or asks_more["way2"]) in _LESS else "more"
    elif order:
        way = "less" if (order["first"] or "多") in _LESS else "more"
    apart = bool(_APART.search(question.folded))
    return Plan("compare", parts, way, apart, ranking=bool(order and not asks_more))


def _either(question: Question, match: re.Match[str]) -> Plan:
    head, first, second = question.folded[: match.start()], match["a"], match["b"]
    shared, first = _shared_prefix(first.removeprefix("是"), second)
    kind = _measured(question)
    labels = ((item, _part(f"{head}{shared}{item}", kind, question.ask.unit)) for item in (first, second))
    return Plan("compare", tuple(labels), "less" if match["way"] in _LESS else "more")


def _difference(question: Question, match: re.Match[str]) -> Plan:
    first, second = match["a"], match["b"]
    shared = _scope_head(first)
    tail = re.search(r"的([\u3400-\u9fff]{2,8})$", first)
    left_out = question.folded[match.end("b")] == "的" or words(second)[-1].tag == "v"
    noun = tail.group(1) if tail and left_out else ""
    kind, unit = _measured(question), question.ask.unit or read_ask(question.folded).unit
    one = _part(first, kind, unit)
    two = _part(f"{shared}{second}{noun}", kind, unit)
    return Plan("difference", ((first, one), (second, two)))


def _did_more(question: Question, match: re.Match[str]) -> Plan:
    first, second = match["a"], match["b"]
    kind, unit = _measured(question), question.ask.unit
    # Each in plain words, as it stands: 甲县化解多少件?
    parts = ((who, f"{who}{match['verb']}{match['done']}{match['rest']}") for who in (first, second))
    return Plan("difference", tuple((who, replace(_part(asked, kind, unit), plain=asked)) for who, asked in parts))


def _remaining(question: Question, match: re.Match[str]) -> Plan | None:
    """Return total minus done: 受理的事项还剩多少没办完 is 受理事项 less 办完事项."""
    head, verb = match["head"].rstrip(",，") + match["object"], match["verb"]
    kind, unit = _measured(question), question.ask.unit
    before, of, noun = head.rpartition("的")
    done = f"{head}{verb}"
    if of:
        found = words(before.rstrip("出到了"))
        at = next((word.start for word in reversed(found) if word.tag[:1] == "v"), len(before))
        done = f"{before[:at]}{verb}{noun}"
    parts = ((head, _part(head, kind, unit)), (done, _part(done, kind, unit)))
    if any(sum(term.weight for term in part.terms) < LEAST_SAID for _, part in parts):
        return None
    return Plan("difference", parts, ordered=True)


def _measured(question: Question) -> str:
    """Return the kind of figure that is compared."""
    if question.ask.kind in {"money", "duration", "percent", "age"}:
        return question.ask.kind
    if re.search(r"同比|环比|[增降升涨跌]幅|率|百分|占比|比例", question.folded):
        return "percent"
    return "money" if re.search(r"金额|资金|损失|价值|赃款", question.folded) else "count"


def _scope_head(text: str) -> str:
    """Return the beginning of ``text`` that says who, where and when: up to its last comma or place word."""
    cut = max(text.rfind(","), text.rfind("，"), text.rfind("中"), text.rfind("里"))
    if cut > 0:
        return text[: cut + 1]
    force = re.match(
        r"[\u3400-\u9fff]{2,12}?(?:公安(?:局|机关)?|警方|分局|派出所|支队|大队)(?:[^的]{0,24}(?:日|行动|以来|期间))?",
        text,
    )
    return force.group() if force else ""


def _part(text: str, kind: str, unit: str) -> Question:
    asked = read_question(text)
    return replace(asked, ask=Ask(kind, len(asked.folded), len(asked.folded), unit))


def _parts(question: Question) -> tuple[tuple[str, Question], ...]:
    return _scoped(question) or _coordinates(question)


def _scoped(question: Question) -> tuple[tuple[str, Question], ...]:
    """Return the question once for each of the names that it sets side by side."""
    scopes = [term for term in question.terms if term.role == "scope"]
    scopes.sort(key=lambda term: question.folded.find(term.text))
    row: list[str] = []
    for first, second in pairwise(scopes):
        at, to = question.folded.find(first.text), question.folded.find(second.text)
        between = re.sub(r"\([^)]*\)", "", question.folded[at + len(first.text) : to])
        if len(between) <= 8 and _AND.search(between):
            row += [first.text, second.text] if not row or row[-1] != first.text else [second.text]
        elif row:
            break
    return tuple((_label(question, name), _without(question, [n for n in row if n != name])) for name in row)


def _label(question: Question, core: str) -> str:
    """Return the whole name that ``core`` is part of, as the question says it."""
    match = re.search(re.escape(core) + _POST.pattern, question.folded)
    return match.group() if match else core


# What may belong to a name after its core: 甲 -> 甲县公安局.
_POST = re.compile(r"(?:省|市|县|区|州|镇|乡)?(?:公安(?:局|机关|厅|处)?|警方|分局|派出所|支队|大队)?")


def _without(question: Question, names: list[str]) -> Question:
    """Return the question about all but ``names``, without the words that compare."""
    kind = _measured(question)
    if _EACH.search(question.folded) and question.ask.kind not in {"count", "money", "percent", "duration", "person"}:
        kind = question.ask.kind
    ask = Ask(kind, question.ask.start, question.ask.end, question.ask.unit, question.ask.noun)
    terms = tuple(t for t in question.terms if t.text not in names and t.role not in {"period", "date"})
    terms = tuple(
        t for t in terms if not re.fullmatch(r"更|最|相差|高|低|多|少|差|排|公安局|公安|警方|[二三四五六]", t.text)
    )
    scopes = tuple(s for s in question.scopes if s not in names)
    said = "".join(term.text for term in sorted(terms, key=lambda term: term.start) if len(term.text) > 1)
    plain = f"{said}多少{ask.unit or unit_of_noun(said)}?" if kind in MEASURED else ""
    return replace(question, ask=ask, terms=terms, scopes=scopes, dates=(), plain=plain)


_ROW = re.compile(
    rf"(?P<a>[^,，。?？]+?)(?P<rest_items>(?:(?:和|与|、|以及|及|跟)[^,，。?？和与、及跟]{{1,16}}?)+)(?=,|，|{_MARKS}|同比|环比|的(?!{_MARKS}))"
)


def _coordinates(question: Question) -> tuple[tuple[str, Question], ...]:
    """Split a row of measures (刑事拘留和行政拘留一共) into a question each; what stands around belongs to all."""
    folded = question.folded
    marker = re.search(rf"[,，]?(?:{_MARKS})", folded)
    match = _ROW.match(folded)
    if not match or not marker or match.end() > folded.rfind(marker.group()):
        return ()
    items = [item for item in re.split(r"和|与|、|以及|及|跟", match["rest_items"]) if item]
    shared, first = _shared_prefix(match["a"], items[0])
    rest = re.sub(rf"(?:{_MARKS})|[?？]", "", folded[match.end() :])
    rest = re.sub(rf"[,，]?(?:是|为)?(?:一?(?:个|类|项|种|次))?(?:更|最)[{_MORE}{_LESS}](?:些|一些|一点)?", "", rest)
    if _PLACE_END.search(first) and (place := _PLACE.match(items[-1])):
        rest = items[-1][place.end() :] + rest
        items[-1] = place.group()
    kind, unit = _measured(question), question.ask.unit
    if len(first) < 1 or any(len(item) > 16 for item in items):
        return ()
    return tuple((item, _part(f"{shared}{item}{rest}", kind, unit)) for item in (first, *items))


# Places and agencies side by side: what follows the last of them belongs to all.
_PLACE_END = re.compile(r"(?:省|市|县|区|公安局?|警方|派出所|支队|大队|分局)$")
_PLACE = re.compile(
    r"[^,，]{1,6}?(?:省|市|县|区)(?:公安(?:局|机关)?|警方)?|[^,，]{1,6}?(?:公安局?|警方|派出所|支队|大队|分局)"
)


def _shared_prefix(first: str, second: str) -> tuple[str, str]:
    """Split ``first`` into what it shares with the items after it and its own item, which has as many words as theirs.

    >>> _shared_prefix("某警方刑事拘留", "行政拘留")
    ('某警方', '刑事拘留')
    """
    tokens = words(first)
    size = max(len(words(second)), 1)
    at = tokens[-size].start if len(tokens) > size else 0
    of = first.rfind("的", 0, len(first) - 1)
    if 0 < len(first) - of - 1 <= len(second) + 6 and of >= 0:
        at = of + 1
    if first.count("“", at) < first.count("”", at):
        at = first.rfind("“", 0, at)
    return first[:at], first[at:]
