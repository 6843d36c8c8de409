"""When not to answer, and how to say what is missing.

A refusal names the constraint that fails: a name the articles do not know, a year without figures, a measure that is
not reported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from qa.answering.belonging import LEAD, NEAR_YEARS, STATION
from qa.answering.confidence import MEASURED, NAMED
from qa.answering.english import is_pinyin, is_syllable
from qa.answering.evidence import UNTOLD, ArticleView, Reading, Span, months_of
from qa.answering.question import Question, Term, is_any_body, name_cores
from qa.answering.ranking import Scored
from qa.corpus.clauses import clause_spans
from qa.language.gazetteer import is_county, is_place, places_sounding, province_of
from qa.language.numerals import parse_number

# The probability below which a choice is not shown; a wrong number is worse than none and worse than a wrong name, and
# either is worse than a few words or a sentence that say less than was asked.
LEAST_SURE_FIGURE, LEAST_SURE, LEAST_SURE_WORDS, LEAST_SURE_TEXT = 0.55, 0.5, 0.4, 0.3
# A part of a sum is asked for in half a question, of which the reader is less sure.
LEAST_SURE_PART = 0.2


def least_sure(kind: str) -> float:
    """Return the probability that a candidate of ``kind`` must have to be shown."""
    if kind in MEASURED:
        return LEAST_SURE_FIGURE
    return {"text": LEAST_SURE_TEXT, "span": LEAST_SURE_WORDS}.get(kind, LEAST_SURE)


def unknown_scopes(question: Question, readings: Sequence[Reading]) -> list[str]:
    """Return the names of the question that no article knows."""
    return [
        term.text
        for index, term in enumerate(question.terms)
        if _must_be_known(term) and not any(reading.anywhere(index) for reading in readings)
    ]


def scopes_apart(question: Question, scored: Scored) -> list[str]:
    """Return the names of the question that the candidate's own article does not know."""
    return scopes_missing(question, scored.reading)


def scopes_missing(question: Question, reading: Reading) -> list[str]:
    """Return the names of the question that the article of ``reading`` does not know."""
    return [
        term.text for index, term in enumerate(question.terms) if _must_be_known(term) and not reading.anywhere(index)
    ]


# Shorter words that can be read as pinyin may be English: more, mobile, china.
LONG_PINYIN = 8


def _must_be_known(term: Term) -> bool:
    """Names must be known; latin words only where they sound like a place, or are pinyin too long for another word."""
    if term.role == "scope":
        return not is_any_body(term.text)
    # A single syllable is a surname, which articles write as 某某.
    if term.role != "sound" or is_syllable(term.text):
        return False
    return (len(term.text) >= LONG_PINYIN and is_pinyin(term.text)) or bool(places_sounding(term.text))


# A year that a figure is only compared with (较2022年末增加) is not its own.
_YEAR = re.compile(
    r"(?<![较比与同跟])(?:((?:19|20)\d\d)年?(?:至|到|[-—–~～])((?:19|20)\d\d)(?=年)|((?:19|20)\d\d)(?=年(?!同期))|[去今前明]年(?!同期))"
)
# The year right before a figure is its own, even where others are compared with it: 比2017年同期的246名增长.
_YEAR_BESIDE = re.compile(r"((?:19|20)\d\d)年(?:度|同期|全年|同一时期)?(?:的|为|是|有)?$")
# What means a time of the year in which the report was made, where no year stands beside it.
_THIS_YEAR = re.compile(r"(?<!年)(?:[上下]半年|[一二三四1-4]季度|\d{1,2}月|目前)")


def conflicting_year(question: Question, scored: Scored) -> str:
    """Return the year that the question names and the candidate's surroundings contradict, or ``""``.

    A candidate belongs to the years before it in its sentence, else to those named a little before the sentence in its
    paragraph or behind it there, else to the year named last, to those that the article begins with, and to the year in
    which it was published. The latter is meant too where the sentence names a month or a half of no year.
    """
    asked = {
        year
        for date in question.dates
        # What a figure is compared with (比2022年提高了多少) is not its own year.
        if question.folded[date.start - 1 : date.start] not in {"比", "较"}
        for year in re.findall(r"(?:19|20)\d\d(?=年)", date.text)
    }
    if not asked:
        return ""
    view = scored.reading.view
    if question.ask.kind == "date" and any(year in view.folded for year in asked):
        # The year of what is dated: 2005年的命案是哪天侦破的?
        return ""
    published = view.article.published[:4]
    start, end = view.sentences[scored.candidate.sentence]
    at = scored.candidate.start
    if (beside := _YEAR_BESIDE.search(view.folded[start:at])) and beside[1] in asked:
        return ""
    years = set(_years(view.folded[start : scored.candidate.end], published))
    if not years:
        near = max(start - NEAR_YEARS, view.paragraph(scored.candidate.sentence)[0])
        years = {*_years(view.folded[near:start], published), *_years(view.folded[at:end], published)}
        years = years or {*view.frame_years, *_years(view.folded[:start], published)[-1:]}
        if published and (not years or _THIS_YEAR.search(view.folded, start, at)):
            years.add(published)
        if not published and _THIS_YEAR.search(view.folded, start, at):
            years |= view.frame_years
    return "" if asked & years else max(asked)


def conflicting_month(question: Question, scored: Scored) -> str:
    """Return the month that the question names and the candidate's article knows nothing of, or ``""``."""
    asked = {date.month: date for date in question.dates if date.month}
    if len(asked) != 1 or any(date.relation == "range" for date in question.dates):
        return ""
    ((month, date),) = asked.items()
    view = scored.reading.view
    beside = {d.month for d in view.dates(scored.candidate.sentence) if d.grain in {"month", "ten_days"} and d.month}
    if scored.candidate.kind in MEASURED and len(beside) == 1 and not _reaches(view, scored, month):
        return "" if month in beside else date.text
    return "" if not view.months or month in view.months or UNTOLD in view.months else date.text


def _reaches(view: ArticleView, scored: Scored, month: int) -> bool:
    """Tell whether the candidate's sentence names a span of time that holds ``month``, or may hold it."""
    told = {m for date in view.dates(scored.candidate.sentence) for m in months_of(date)}
    return month in told or UNTOLD in told


# What a question makes of figures, and how an article says that it has done so.
_MADE = (
    ("平均", re.compile(r"平均|人均"), re.compile(r"均|每|日赚")),
    ("相差", re.compile(r"相差|差了?(?:多少|几)"), re.compile(r"差")),
)


# A比B多(查处)多少, and what an article writes of the distance between two.
_MORE_THAN = re.compile(r"(?<![同环对相百])比[^,，。?？]+?[多少][\u3400-\u9fff]{0,4}?了?(?:多少|几)")
_CHANGED = re.compile(r"差|多[出了]?\d|少[了]?\d|增|减|升|降|高|低")


def made_of_figures(question: Question, scored: Scored) -> str:
    """Return 平均 or 相差 where the question asks for it and nothing beside the candidate speaks of it."""
    for word, asked, said in _MADE:
        if asked.search(question.folded) and not said.search(scored.sentence):
            return word
    clause = scored.reading.view.folded[slice(*scored.candidate.clause)]
    apart = question.ask.kind != "percent" and _MORE_THAN.search(question.folded)
    return "相差" if apart and not _CHANGED.search(clause) else ""


_WIDER = re.compile(
    r"(?<![在居列占被为向到获])全(?:省|国|自治区)(?!\d|系统|公安系统|各地|统一|第|首|前|最|率|先|优|位|排|名|范围|领|通报|公安厅|人大|重点)"
)


# Words by which a report returns from the whole province to its own place.
_OWN = re.compile(r"[我本该全][市县区州旗镇乡局]|当地|(?:省|市|自治[区州])[^、,，。;；]{0,12}$")


def of_a_wider_place(question: Question, scored: Scored) -> str:
    """Return 全省 or 全国 where the candidate is the figure of that, and the question asks for a smaller place's."""
    view = scored.reading.view
    start, end = view.sentences[scored.candidate.sentence]
    if whole := _of_all_stations(question, view, (start, scored.candidate.start)):
        return whole
    places = [t.text for t in question.terms if t.role == "scope" and (is_place(t.text) or is_county(t.text))]
    if not places or re.search(r"全[省国]", question.folded):
        return ""
    wider = list(_WIDER.finditer(view.folded, start, scored.candidate.start))
    if not wider or any(place in view.folded[start:end] for place in places):
        return ""
    return "" if _OWN.search(view.folded, wider[-1].end(), scored.candidate.start) else wider[-1].group()


_ALL_OF_THEM = re.compile(r"(?<![在居列占被为向到获])全[省市县区局旗](?![第首前最率先优位排名领各]|范围|通报|重点)")


# What stands before a word that begins a clause: 今年以来全县….
_BEGINS = re.compile(r"(?:[,，、;；:：来月年日底前]|共|累计)$")


def _of_all_stations(question: Question, view: ArticleView, before: Span) -> str:
    """Return 全市, 全县, 全局 where it begins what stands before a figure, and the question asks for one station's."""
    stations = [name for name in question.names if name.kind == "agency" and STATION.search(name.text)]
    cores = [core for name in stations for core in name_cores(name.text, "agency") if not is_any_body(core)]
    whole = list(_ALL_OF_THEM.finditer(view.folded, *before))
    if not stations or not whole or _ALL_OF_THEM.search(question.folded):
        return ""
    if any(name.text.endswith("分局") for name in stations) and whole[-1].group() in {"全区", "全局"}:
        return ""
    at = whole[-1].start()
    begins = at == before[0] or _BEGINS.search(view.folded, before[0], at) is not None
    # 贯彻全县会议精神 stands in a sentence on the station.
    if not begins and any(core in view.folded[slice(*before)] for core in cores):
        return ""
    told = any(core in view.folded[whole[-1].end() : before[1]] for core in cores)
    return "" if told or STATION.search(view.folded, whole[-1].end(), before[1]) else whole[-1].group()


# From here on the question says another item of the row than the figure's own.
OTHER_ITEM = -0.5


def of_another_item(scored: Scored) -> bool:
    """Tell whether a figure stands in a row with that of the item which the question names."""
    return scored.row_lead <= OTHER_ITEM


def other_direction(question: Question, scored: Scored) -> str:
    """Return 上升 or 下降 where a share went that way and the question asks by how much it went the other."""
    told = scored.candidate.direction
    if scored.candidate.kind != "percent" or not told or not question.direction or told == question.direction:
        return ""
    return "上升" if told == "up" else "下降"


def other_province(question: Question, scored: Scored) -> str:
    """Return the province that the question names where the candidate's article tells of others alone, or ``""``."""
    names = [term.text for term in question.terms if term.role in {"scope", "period"} and province_of(term.text)]
    asked = [name for name in names if province_of(name).startswith(name)]
    view = scored.reading.view
    if len(asked) != 1 or len(names) > 1 or asked[0] in view.folded or asked[0] in view.title:
        return ""
    return asked[0] if view.provinces and province_of(asked[0]) not in view.provinces else ""


_TOTAL = re.compile(r"[一总]共|[合总]计|加起来|总[数额]|(?<![公中])共(?![同和享])")
_EACH, _ASKED_EACH = re.compile(r"(?:各自?|[每单][\u3400-\u9fff])(?:约|近|仅)?$"), re.compile(r"各|每|单")


def given_each(question: Question, scored: Scored) -> bool:
    """Tell whether the question asks for a total, and the candidate is what each of several has (三个等次各5名)."""
    start = scored.candidate.start
    if not _TOTAL.search(question.folded) or _ASKED_EACH.search(question.folded):
        return False
    return _EACH.search(scored.reading.view.folded, max(start - 4, 0), start) is not None


# A question that adds up what may stand apart, and what a text writes before a sum.
_ADDS_UP = re.compile(r"加起来|加上|合起来|加在一起|合在一起|相加|总和|之和|前前后后|前后一共")
_SUMMED = re.compile(r"共|合计|总|累计|全部|先后|统统|一起|至此|悉数")


def only_a_part(question: Question, scored: Scored) -> bool:
    """Tell whether the question adds up what stands apart (加起来), and nothing says that the candidate is the sum."""
    view, candidate = scored.reading.view, scored.candidate
    return (
        _ADDS_UP.search(question.folded) is not None
        and _SUMMED.search(view.folded, view.sentences[candidate.sentence][0], candidate.start) is None
    )


_APIECE = re.compile(r"每人|人均|各自(?:拿|分|得|获|赔|出|交)")
_TOLD_APIECE = re.compile(r"各|每|均|分别|平分|/人|一人")


def only_together(question: Question, scored: Scored) -> bool:
    """Tell whether the question asks what each got (每人), and the candidate is told of all together."""
    return _APIECE.search(question.folded) is not None and _TOLD_APIECE.search(scored.sentence) is None


_WHOLE = re.compile(r"全[省市县区州](?!重点|第)")
# What speaks of one case, of one of several bodies; what of all of them.
_ONE_CASE = re.compile(r"该案|此案|本案|案件中|其中一|现场抓获")
_SMALLER = re.compile(r"(?!组织|基层|各地|全体|下辖)[\u3400-\u9fff]{2}(?:分局|派出所|[大中]队)")
_OF_ALL = re.compile(r"[全各]|共|累计|合计|总|公安机关|均|每|名列|排名")


def of_a_smaller_place(question: Question, scored: Scored) -> str:
    """Return 全市, 全省 of the question where the candidate is told of one case or of one of its stations alone."""
    asked = _WHOLE.search(question.folded)
    view = scored.reading.view
    start, end = view.sentences[scored.candidate.sentence]
    if not asked:
        return ""
    if _ONE_CASE.search(view.folded, start, scored.candidate.start):
        return asked.group()
    if _OF_ALL.search(view.folded, start, end):
        return ""
    bodies = _SMALLER.findall(view.folded, start, end)
    return asked.group() if any(body not in question.folded for body in bodies) else ""


_NUMBERED = re.compile(r"第([一二三四五六七八九十]|\d+)(届|次|批|期|轮|阶段|场)")
_FIRST = re.compile("首(届|次|批|期|轮|阶段|场)")


def _numbers(text: str) -> set[tuple[Decimal | None, str]]:
    """Return the numbers of what ``text`` counts, each with its counter: (2, 次) for 第二次, (1, 批) for 首批."""
    found = {(parse_number(match[1]), match[2]) for match in _NUMBERED.finditer(text)}
    return found | {(Decimal(1), match[1]) for match in _FIRST.finditer(text)}


def other_number(question: Question, scored: Scored) -> str:
    """Return 第二次, 第一届 and the like of the question, where the candidate's article knows nothing so numbered."""
    for match in _NUMBERED.finditer(question.folded):
        asked = (parse_number(match[1]), match[2])
        # 第一次 may count what the article does not number.
        unknown = match.group() != "第一次" and asked not in _numbers(scored.reading.view.folded)
        if unknown or _another_of(asked, _numbers(scored.sentence)):
            return match.group()
    return ""


_RANKED = re.compile(
    r"第([一二三四五六七八九十]|\d+)(?![\d十]|时间|书记|现场|手|线|[天次批起案届期季轮年个])(?:名|位)?"
)
_FIRST_OF_ALL = re.compile("之首|榜首|首位")


def other_rank(question: Question, scored: Scored) -> str:
    """Return the rank (第三) whose holder is asked for, where the candidate's sentence tells of others alone."""
    asked = _RANKED.search(question.folded)
    if not asked or scored.candidate.kind not in NAMED or not re.search(r"[排列居得]", question.folded):
        return ""
    told = {parse_number(match[1]) for match in _RANKED.finditer(scored.sentence)}
    told |= {Decimal(1)} if _FIRST_OF_ALL.search(scored.sentence) else set()
    return asked.group() if told and parse_number(asked[1]) not in told else ""


def _another_of(asked: tuple[Decimal | None, str], told: set[tuple[Decimal | None, str]]) -> bool:
    """Tell whether another number of the same series is told (第二次 for 第一次), and not the one asked for."""
    return asked not in told and any(counter == asked[1] for _, counter in told)


def _years(text: str, published: str) -> list[str]:
    """Return the years named in ``text``, those relative to the year of publication resolved."""
    back = {"今年": 0, "去年": 1, "前年": 2, "明年": -1}
    found: list[str] = []
    for match in _YEAR.finditer(text):
        if match[1]:
            found += map(str, range(int(match[1]), int(match[2]) + 1))
        elif match[3]:
            found.append(match[3])
        elif published:
            found.append(str(int(published) - back[match.group()]))
    return found


def reason_unknown(names: Sequence[str]) -> str:
    """Return the reason for names that no article knows."""
    return "文章中没有提到" + "、".join(f"“{name}”" for name in names) + "。"


def reason_apart(question: Question, names: Sequence[str]) -> str:
    """Return the reason for names that the articles know, but not together with the others."""
    others = [t.text for t in question.terms if t.role == "scope" and _must_be_known(t) and t.text not in names]
    beside = "“" + "、".join(others) + "”的" if others else ""
    return f"没有{beside}文章提到" + "、".join(f"“{name}”" for name in names) + "。"


def reason_missing(question: Question, readings: Sequence[Reading]) -> str:
    """Return the reason when nothing answers: the words that no article has, where there are such words."""
    about = next((term.text for term in question.terms if term.role == "scope"), "")
    where = f"文章提到了“{about}”,但" if about else "文章"
    unsaid = [
        term.text
        for index, term in enumerate(question.terms)
        if term.role in {"content", "name"}
        and term.weight >= LEAST_TOLD
        and len(term.text) > 1
        and not any(reading.anywhere(index) for reading in readings)
    ]
    if unsaid:
        return f"{where}没有说到" + "、".join(f"“{word}”" for word in unsaid[:3]) + "。"
    return f"{where}没有找到能确切回答这个问题的内容。"


# Words that tell at least this much are worth naming in a reason.
LEAST_TOLD = 0.6
# What only means something on the day of the report.
_TODAY = re.compile(r"昨[天日晚]|今[天晚日](?!以来)|明[天日]|前天|后天|刚才|此刻")


def day_of_asking(question: Question) -> str:
    """Return the word by which the question means the day on which it is asked, ``""`` where it has none."""
    match = _TODAY.search(question.folded)
    return match.group() if match else ""


_NOT = re.compile(r"(?<![有收淹出])没(?![收有了])|(?<!有)没有(?=[\u3400-\u9fff])|还没|尚未|还未|未(?!成年|来|知|婚|遂)")
_ANY_NOT = re.compile(r"没|未|无|不|待|剩|余下|搁|拒|漏|缺")


def negated(question: Question, scored: Scored) -> bool:
    """Tell whether the question asks for what was not done, and the candidate's clause speaks of what was.

    What its other clauses tell (他没付钱,店家亏了多少?) is not asked.
    """
    clauses = clause_spans(question.folded, 0, len(question.folded))
    asked = next((question.folded[start:end] for start, end in clauses if start <= question.ask.start <= end), "")
    clause = scored.reading.view.folded[slice(*scored.candidate.clause)]
    # 未结的已办结多少件 asks for what was done.
    denied = _NOT.search(asked)
    if denied is None or "已" in asked[denied.end() :] or _ANY_NOT.search(clause):
        return False
    # 没被起诉 is said of a 不起诉决定 too, wherever in the sentence that stands.
    verb = re.sub("^[被能有得获]", "", asked[denied.end() :])[:2]
    return len(verb) < 2 or re.search(f"[不未没免]予?{re.escape(verb)}", scored.sentence) is None


def _owns_figures(name: str, agencies: Sequence[str]) -> bool:
    """Tell whether a name is a place of the map or an agency: reports are about these, not about a 夜市 or a person."""
    return is_place(name) or is_county(name) or any(name in a and _BODY.search(a) for a in agencies)


_BODY = re.compile(r"(?:公安|警方|[局厅处所队院])$")


# A name that stands in an article less than one time for so many of its main name is only mentioned there.
IN_PASSING = 2


def named_in_passing(question: Question, scored: Scored) -> list[str]:
    """Return the places and agencies of the question that the candidate's article only mentions, and not beside it.

    A report on one county names its city and its neighbours; their names do not make its figures theirs. What it is
    about it names at once; what is named before a figure with no other of its kind between is what the figure is about.
    """
    view = scored.reading.view
    paragraph = view.paragraph(scored.candidate.sentence)
    near = view.folded[paragraph[0] : paragraph[1]]
    agencies = [name.text for name in question.names if name.kind == "agency"]
    measured = scored.candidate.kind in MEASURED
    names = [t.text for t in question.terms if measured and t.role == "scope" and _owns_figures(t.text, agencies)]
    if any(view.folded.count(name) * IN_PASSING >= view.most_named or name in view.title for name in names):
        return []
    before = [name for name in names if name in view.folded[: scored.candidate.start]]
    if any(name in view.folded[:LEAD] for name in names) or (before and not scored.rival):
        return []
    return [name for name in names if name not in near and name in view.folded]
