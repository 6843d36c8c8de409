"""Follow-up questions: what the earlier turn leaves unsaid is put back, and the whole question is shown.

"那抓获逃犯呢?" after a question about one force and one campaign keeps both; "他们是从哪里来的?" names them again; a
question that names its own subject starts a new topic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answering.context import Earlier
from qa.answering.kinds import read_ask
from qa.answering.measures import unit_of_noun
from qa.answering.question import is_english, name_cores
from qa.answering.wording import weight
from qa.language.names import Name, find_names
from qa.language.scripts import fold
from qa.language.words import words
from qa.types import Turn

_MEASURE = "(?:个|次|起|一|位|名|场|项|款|家|所|群|件|批|伙|支|类|种|篇|辆|台|套|条)"
_DEMONSTRATIVE = f"(?:这|那)(?:些|几)?{_MEASURE}?(?![么样里边儿时天年月])"
# What points back: pronouns, 其中, 同期, and a leading 那.
_POINTS_BACK = re.compile(
    rf"^(?:那么?|而|其中|同期|同时|另外|还有|然后|后来|结果|具体|分别|那)|(?:他们|她们|它们|他|她|它)(?!人|国|乡)|{_DEMONSTRATIVE}(?:人|话|案|[\u3400-\u9fffa-z]{{2}})|"
    r"该(?:局|县|市|区|镇|村|所|队|公司|行动|活动|平台|软件|系统|团伙|案|男子|女子|机制|人|院|校)|其(?!他|它|实|余|间|次)|呢[?？。!！]*$|上述|同一|当时|此次|此案|此人|此事|前者|后者"
)
_CHANGE_OF_TOPIC = re.compile(
    r"^(?:对了|换个(?:话题|问题)|再问(?:一|个|你)[^,，]{0,4}|另外(?:想)?问[^,，]{0,4}|我还想问)[,，]?"
)
_LEAD = re.compile(r"^(?:那么|那|而且|而|然后|后来|另外|还有|结果|同时|同期|再|对了)?[,，]?(?![个位名次起些里边])")
_ELLIPSIS = re.compile(r"^(?:那么?|而)?[,，]?(?P<what>.*?)(?:又)?呢[?？。!！]*$")
_THEY = re.compile(r"他们|她们|这(?:些|几个?|伙|群|批|名|位)人|那(?:些|几个?|伙|群|批)人")
_ONE = re.compile(
    r"他|她|此人|这(?:个|位|名)?人(?!员)|那(?:个|位|名)人(?!员)|(?:这|那)(?:位|名)(?:民警|警官|局长|同志|男子|女子|记者)|该(?:男子|女子|民警)"
)
_IT = re.compile(r"它们?")
_SAYING = re.compile(r"(?:说|讲)?(?:这|那|此)(?:句|番|段)?话")
_THING = re.compile(rf"(?:{_DEMONSTRATIVE}|该|此次|此)(?=[\u3400-\u9fffa-z])")
_AGENCY_NOUNS = re.compile(
    r"^(?:局|县|市|区|镇|村|所|队|支队|大队|派出所|分局|公安局|单位|公司|学校|医院|地方|社区|县局|市局)$"
)


def resolve(question: str, history: Sequence[Turn]) -> str:
    """Return ``question`` with what the conversation supplies; unchanged where it stands alone."""
    folded = fold(question)
    if not history or is_english(folded) or not re.search(r"[\u3400-\u9fff]", folded):
        return question
    if match := _CHANGE_OF_TOPIC.match(folded):
        return question[match.end() :] or question
    if not _POINTS_BACK.search(folded) and (_names_subject(folded) or len(folded) > 24):
        return question
    earlier = Earlier.of(history[-1])
    if not _POINTS_BACK.search(folded) and _is_new(folded, earlier):
        return question
    ellipsis = _ELLIPSIS.match(folded)
    if ellipsis and read_ask(folded).kind in {"what", "yesno"} and ellipsis["what"]:
        return _elliptical(question[slice(*ellipsis.span("what"))], earlier)
    body = _referred(question[_lead(folded) :], earlier)
    return _in_context(body, earlier)


def _is_new(folded: str, earlier: Earlier) -> bool:
    """Tell whether an open question shares no telling word with the turn before: 红烧肉怎么烧才好吃."""
    if read_ask(folded).kind not in {"how", "what", "yesno"}:
        return False
    telling = [word.text for word in words(folded) if weight(word.text) > 0.5]
    said = earlier.folded + fold(earlier.answer)
    return len(telling) > 1 and not any(word in said for word in telling)


def _lead(folded: str) -> int:
    match = _LEAD.match(folded)
    return match.end() if match else 0


def _names_subject(folded: str) -> bool:
    """Tell whether the question names who or where by itself."""
    return any(name.kind in {"agency", "place", "operation", "quoted"} for name in find_names(folded))


def _elliptical(what: str, earlier: Earlier) -> str:
    """Return the earlier question with ``what`` in the place of its like: 那乙市呢, 那去年呢, 那抓获逃犯呢."""
    folded = fold(what).removeprefix("同期").removeprefix("其中")
    what = what[len(what) - len(folded) :]
    name = next(
        (n for n in find_names(folded) if n.kind in {"agency", "place"} and n.end - n.start >= len(folded) - 1), None
    )
    if name and (swapped := _swap_name(what, name, earlier)):
        return swapped
    if _is_period(folded) and (swapped := _swap_period(what, earlier)):
        return swapped
    scope = earlier.scope(period=not _is_period(folded[:5]))
    if any(core in folded for n in find_names(fold(scope)) for core in name_cores(n.text, n.kind)):
        scope = ""
    if earlier.ask.kind in {"person", "place", "org", "name", "date"}:
        return f"{_unless_named(scope, folded)}{what}{_question_words(earlier)}?"
    if earlier.ask.noun and _only_noun(folded):
        before = earlier.text[: earlier.ask.start]
        return f"{before}多少{what}?"
    has = "有" if "的" in folded and not folded.endswith("有") else ""
    return f"{scope}{what}{has}{_how_many(folded, earlier)}?"


def _unless_named(scope: str, folded: str) -> str:
    """Return ``scope`` unless the follow-up names an agency or a place of its own."""
    return "" if any(n.kind in {"agency", "place"} for n in find_names(folded)) else scope


def _question_words(earlier: Earlier) -> str:
    words_ = earlier.text[earlier.ask.start : earlier.ask.end]
    return words_ if earlier.ask.kind != "person" or words_.startswith("是") else f"是{words_}"


def _how_many(folded: str, earlier: Earlier) -> str:
    """Return the question words for another measure: the unit only where the new noun agrees with it."""
    if earlier.ask.kind != "count":
        return earlier.text[earlier.ask.start : earlier.ask.end]
    unit = unit_of_noun(folded) or (earlier.ask.unit if folded.endswith("的") else "")
    return f"多少{unit}"


def _only_noun(folded: str) -> bool:
    return all(word.tag[:1] == "n" or word.tag in {"vn", "j", ""} for word in words(folded))


def _swap_name(what: str, name: Name, earlier: Earlier) -> str:
    """Return the earlier question about another place or agency; a bare place takes the post of an agency's place."""
    old = next((n for n in earlier.names if n.kind in {"agency", "place"}), None)
    if old is None:
        return ""
    new = what[name.start : name.end]
    if old.kind == "agency" and name.kind == "place":
        core = name_cores(old.text, old.kind)[0]
        tail = earlier.text[old.start : old.end][earlier.folded[old.start : old.end].find(core) + len(core) :]
        tail = tail[1:] if tail[:1] in "省市县区州" and (new[-1:] in "省市县区州" or len(tail) > 1) else tail
        new += tail
    return f"{earlier.text[: old.start]}{new}{earlier.text[old.end :]}"


def _is_period(folded: str) -> bool:
    return bool(
        re.fullmatch(
            r"(?:(?:19|20)\d\d年?|去年|今年|前年|上一年|\d{1,2}月份?|上半年|下半年|上个?月)(?:同期|以来|全年)?.{0,1}",
            folded,
        )
    )


_OLD_PERIOD = re.compile(r"(?:19|20)\d\d年(?:以来|全年)?|今年以来|今年|去年|前年|上半年|下半年|\d{1,2}月份?")


def _swap_period(what: str, earlier: Earlier) -> str:
    match = _OLD_PERIOD.search(earlier.folded)
    if match:
        return f"{earlier.text[: match.start()]}{what}{earlier.text[match.end() :]}"
    scope = earlier.scope()
    return (
        f"{scope}{what}{earlier.text[len(scope) :]}"
        if scope and earlier.text.startswith(scope)
        else f"{what}{earlier.text}"
    )


def _referred(body: str, earlier: Earlier) -> str:
    """Return ``body`` with its pronouns and demonstratives replaced by what they stand for, where that is known."""
    folded = fold(body)
    person = earlier.people[0] if earlier.people else ""
    if (match := _SAYING.search(folded)) and earlier.quotes:
        rest = body[match.end() :]
        rest = rest.replace("的人", f"的{person}", 1) if person and rest.startswith("的人") else rest
        says = "说" if match.group()[0] in "说讲" else ""
        return f"{body[: match.start()]}{says}{earlier.quotes[-1]}{rest}"
    if match := _THEY.search(folded):
        people = "、".join(earlier.people) if len(earlier.people) > 1 else ""
        topic = earlier.topic()
        return _put(body, match, people or (topic if unit_of_noun(fold(topic)) else earlier.counted() or topic))
    if match := _ONE.search(folded):
        said = earlier.quotes and re.search(r"[说讲]", earlier.folded)
        return _put(body, match, f"说{earlier.quotes[-1]}的{person}" if said and person else person)
    if match := _IT.search(folded):
        named = f"“{earlier.answer.strip('“”')}”" if earlier.ask.kind == "name" and earlier.answer else ""
        return _put(body, match, named or "".join(earlier.quotes[-1:]) or earlier.topic())
    if match := _THING.search(folded):
        noun = _noun_at(folded, match.end(), earlier)
        return f"{body[: match.start()]}{_thing(noun, earlier)}{body[match.end() + len(noun) :]}"
    return body


def _put(body: str, match: re.Match[str], what: str) -> str:
    return f"{body[: match.start()]}{what}{body[match.end() :]}" if what else body


def _noun_at(folded: str, at: int, earlier: Earlier) -> str:
    """Return the noun that begins at ``at``: one word and the nouns that follow it, as long as the turn before says."""
    if folded[at - 1] == "该" and folded[at] in "局县市区镇村所队院校":
        return folded[at]
    found = words(folded[at : at + 16])
    run = [found[0].text] if found else []
    for word in found[1:]:
        if word.tag[:1] != "n" and word.tag not in {"vn"}:
            break
        run.append(word.text)
    known = (n for n in range(len(run), 0, -1) if "".join(run[:n]) in earlier.folded)
    return "".join(run[: next(known, len(run))])


def _thing(noun: str, earlier: Earlier) -> str:
    """Return what 这…/该 with ``noun`` stands for: the earlier answer of that class, or the earlier words for it.

    "" where the scope that will be put before it ends in it: 某行动该行动.
    """
    kind, answer = earlier.ask.kind, earlier.answer
    if answer and len(answer) <= 24:
        if kind in {"org", "place"} and _AGENCY_NOUNS.match(noun):
            return answer
        if kind == "name":
            bare = answer.strip("“”「」")
            return f"“{bare}”" if fold(bare).endswith(noun) else f"“{bare}”{noun}"
    if _AGENCY_NOUNS.match(noun) and (named := _agency_of(noun, earlier)):
        return named
    if re.search(rf"{re.escape(noun)}(?:期间|以来|当中|中|里)?$", fold(earlier.scope())):
        return ""
    if earlier.quotes and noun not in earlier.folded:
        return f"{earlier.quotes[-1]}{noun}"
    return earlier.phrase_ending_in(noun) or f"这{noun}"


def _agency_of(noun: str, earlier: Earlier) -> str:
    kinds = {"place"} if noun in {"县", "市", "区", "镇", "村"} else {"agency"}
    found = [n for n in earlier.names if n.kind in kinds] or [n for n in earlier.names if n.kind in {"agency", "place"}]
    return earlier.text[found[0].start : found[0].end] if found else ""


def _in_context(body: str, earlier: Earlier) -> str:
    """Return ``body`` after who, where and when of the earlier question, as far as it does not say them itself."""
    folded = fold(body)
    if folded.startswith("其中") and earlier.ask.kind == "count":
        return f"{earlier.statement()},{body}"
    if _says_nothing(folded):
        return f"{earlier.statement()},{body}"
    dated = bool(re.search(r"\d{1,2}月|(?:19|20)\d\d年|今年|去年", folded))
    topic = earlier.topic()
    if (topic and topic in body) or any(quote in body for quote in earlier.quotes):
        return body
    if earlier.ask.kind == "name" and earlier.answer and earlier.answer.strip("“”") in body:
        return body
    if _names_subject(folded) and not re.match(r"其中", folded):
        return (
            f"{earlier.scope(place=False, period=not dated)}{body}"
            if not _has(folded, {"operation", "quoted"})
            else body
        )
    body = _with_object(body, earlier)
    scope = earlier.scope(period=not dated)
    if not _has(fold(scope), {"agency", "place", "operation", "quoted"}) and topic:
        scope = topic
    if scope and scope in body:
        return body
    return f"{scope}{'的' if _is_thing(scope) and _begins_with_noun(body) else ''}{body}"


# A verb that lacks what it was done to: 化解了多少起?
_BARE_VERB = re.compile(r"(?P<verb>[\u3400-\u9fff]{2,4}?)了?(?P<rest>(?:多少|几)(?P<unit>[\u3400-\u9fff]{0,2})[?？]?)")


def _with_object(body: str, earlier: Earlier) -> str:
    """Return a follow-up of a verb alone with what the earlier question counts: 化解了多少起 counts 矛盾纠纷 too."""
    bare = _BARE_VERB.fullmatch(fold(body))
    if not bare or earlier.ask.kind != "count" or bare["unit"] != earlier.ask.unit:
        return body
    (*_, verb) = words(bare["verb"])
    start = at = earlier.ask.start
    for word in reversed(words(earlier.folded[:at])):
        if word.tag[:1] != "n" or word.tag in {"ns", "nt", "nr"}:
            break
        start = word.start
    counted = earlier.text[start:at]
    return f"{body[: bare.end('verb')]}{counted}{body[bare.start('rest') :]}" if verb.tag[:1] == "v" else body


_MATTER_END = re.compile(r"(?:案件?|事件|事故|火灾|爆炸|水害|洪水)$")


def _is_thing(scope: str) -> bool:
    """Tell whether a scope ends in a matter or a person, not in a force, a place, a time or 期间."""
    folded = fold(scope)
    names = find_names(folded)
    whole = bool(names) and names[-1].end >= len(folded) - 1
    return bool(_MATTER_END.search(folded)) or (not whole and bool(unit_of_noun(folded)))


def _begins_with_noun(body: str) -> bool:
    found = words(fold(body))
    return bool(found) and (found[0].tag[:1] in {"n", "b"} or found[0].tag in {"vn", "j"} or found[0].text in {"办案"})


def _has(folded: str, kinds: set[str]) -> bool:
    return any(name.kind in kinds for name in find_names(folded))


def _says_nothing(folded: str) -> bool:
    """Tell whether a question holds question words alone: 分别叫什么, 什么时候."""
    ask = read_ask(folded)
    rest = f"{folded[: ask.start]} {folded[ask.end :]}"
    return not any(weight(word.text) for word in words(rest)) and not re.search(r"呢", folded)
