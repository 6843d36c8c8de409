"""Whose a candidate is: what tells that it belongs to another than the one that the question asks about.

Another body, person, period or phase. Such a candidate takes no share of the choice (``choosing``) and is never shown;
its reason is told where nothing else is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.answering.confidence import MEASURED, text_of
from qa.answering.evidence import ArticleView, Reading
from qa.answering.question import Question, is_any_body, name_cores
from qa.answering.ranking import Scored, posts_in
from qa.answering.wording import PHASES, opposites_in
from qa.language.dates import DateSpan, When, when
from qa.language.gazetteer import is_county, is_place
from qa.language.names import Name

# A case is told in a few sentences; a year that stands so many characters before one of them may be its own.
NEAR_YEARS = 120
# Characters at its beginning in which an article says what it is about.
LEAD = 100
# A body below a bureau.
STATION = re.compile(r"派出所|(?<!专案)[大中]队$|分局$")


def reasons(scored: Scored) -> Iterator[str]:
    """Yield why a candidate belongs to another than the one asked about, in the words of a refusal."""
    if scored.candidate.kind in MEASURED:
        if counts_the_contrary(scored):
            yield "文章没有给出所问的数字,只有相对的另一项。"
        if period := other_period(scored):
            yield f"文章里这是{period}的数字。"
        if other_phase(scored):
            yield "文章里这是另一阶段的数字。"
        if before_the_change(scored):
            yield "文章里这是变化以前的数字。"
    if year := other_year(scored):
        yield f"没有找到能确认属于{year}的内容。"
    if owner := owner_instead(scored):
        yield f"文章里这是“{owner}”的情况。"
    if of_another_kin(scored):
        yield "文章里这是另一个人的年龄。"
    if kind := other_body(scored):
        yield f"文章没有说是哪个{kind}。"
    if post := other_post(scored):
        yield f"文章里这个人的职务是{post}。"


def other_phase(scored: Scored) -> bool:
    """Tell whether the question asks for one phase (首月) and the candidate's sentence tells the figure of another.

    The phase named last before a figure is its own; one before the phase asked for (共30起,其中首月12起) is of all.
    """
    reading, candidate = scored.reading, scored.candidate
    view = reading.view
    start, end = view.sentences[candidate.sentence]
    for members, wanted in opposites_in(reading.question.folded, PHASES):
        said = [(m.start(), member) for member in members for m in member.finditer(view.folded, start, end)]
        before = [pair for pair in said if pair[0] < candidate.start]
        if len(wanted) == 1 and said and (max(before, key=_place)[1] if before else None) != wanted[0]:
            return bool(before) or any(member == wanted[0] for _, member in said)
    return False


def _place(pair: tuple[int, re.Pattern[str]]) -> int:
    return pair[0]


def counts_the_contrary(scored: Scored) -> bool:
    """Tell whether a figure's own words say what excludes what the question asks for: 行政拘留20人 for 刑事拘留."""
    reading, candidate = scored.reading, scored.candidate
    own = "".join(reading.view.folded[start:end] for start, end in candidate.own)
    for members, wanted in opposites_in(reading.question.folded):
        told = [member for member in members if member.search(own)]
        if len(wanted) == 1 and told and wanted[0] not in told:
            return True
    return False


def owner_instead(scored: Scored) -> str:
    """Return the body or person that the figure belongs to by its part of the sentence, where another one is asked for.

    Parts stand between semicolons: 城北分局破案最多,共318起;城南分局次之,为276起.
    """
    reading, candidate = scored.reading, scored.candidate
    view = reading.view
    start, end = view.sentences[candidate.sentence]
    first = max(view.folded.rfind(mark, start, candidate.start) for mark in ";；") + 1 or start
    last = next((at for at in range(candidate.end, end) if view.folded[at] in ";；"), end)
    names = [name for name in view.names(candidate.sentence) if first <= name.start < candidate.start]
    if other := _other_force(reading, [name for name in names if name.kind == "agency"]):
        return other
    if (first, last) == (start, end):
        return ""
    for asked in reading.question.names:
        cores = [core for core in name_cores(asked.text, asked.kind) if not is_any_body(core)]
        here = any(core in view.folded[first:last] for core in cores)
        rivals = [n for n in names if n.kind == asked.kind and asked.kind in {"agency", "person"}]
        if cores and not here and rivals and any(core in view.folded[start:end] for core in cores):
            return view.folded[rivals[0].start : rivals[0].end]
    return ""


# Kin that a question may ask about, a line for each with every word for them.
_KIN = tuple(
    re.compile(line)
    for line in (
        "儿子|其子|[长次幼小独]子(?!弹)|男[孩娃婴]|孩子|小孩|娃",
        "女儿|闺女|其女|[长次幼小独]女|女[孩娃婴]|孩子|小孩|娃",
        "妻|老婆|爱人|媳妇",
        "夫|老公|爱人",
        "父|爸|爹",
        "母|妈|娘",
        "爷爷|外公|姥爷|老人",
        "奶奶|外婆|姥姥|老人",
        "孙",
    )
)
_WHOSE = re.compile(
    r"(?<=[的他她])(?!老人|大[妈爷娘]|[小男女]?孩|娃|姑娘|爷爷|奶奶)[\u3400-\u9fff]{2,3}?(?=(?:今年|现在|现年|当时|才|已经|已|那年)*(?:有|是)?(?:多大|[几多]))"
)


def of_another_kin(scored: Scored) -> bool:
    """Tell whether an age is asked of somebody's kin (他的儿子), and no such kin is named since the age before."""
    reading, candidate = scored.reading, scored.candidate
    if candidate.kind != "age" or not (whose := _WHOSE.search(reading.question.folded)):
        return False
    kin = [words for words in _KIN if words.search(whose.group())]
    ages = [q.end for q in reading.view.quantities(candidate.sentence) if q.kind == "age" and q.end <= candidate.start]
    since = max(ages, default=reading.view.sentences[candidate.sentence][0])
    return bool(kin) and not any(words.search(reading.view.folded, since, candidate.clause[1]) for words in kin)


def other_period(scored: Scored) -> str:
    """Return the period that the candidate's sentence tells of, where the question asks for other months, or ``""``.

    The period named last before a figure is its own; where a single month or a day is asked for is judged elsewhere.
    """
    reading, candidate = scored.reading, scored.candidate
    terms = (term.text for term in reading.question.terms if term.role == "period")
    asked = [date for text in terms if (date := when(text)) and date.months and date.months[0] != date.months[1]]
    if len(asked) != 1:
        return ""
    view = reading.view
    before = [d for d in view.dates(candidate.sentence) if d.end <= candidate.start and d.relation != "until"]
    told = [(d, date) for d in before if d.day is None and (date := when(view.folded[d.start : d.end]))]
    told = [(d, date) for d, date in told if date.months and not _goes_with(view, d, date, asked[0])]
    if not told or asked[0].agrees(told[-1][1]):
        return ""
    span = told[-1][0]
    return "" if _COMPARED.search(view.folded, 0, span.start) else span.text


# A date that is a part of a name: 6月禁毒宣传月, 2023年夏季行动.
_NAMED_SO = re.compile(r"[\u3400-\u9fff]{0,6}(?:宣传月|活动月|安全月|行动)")


def _goes_with(view: ArticleView, told: DateSpan, months: When, asked: When) -> bool:
    """Tell whether a date says nothing against the months asked for: it begins with them (1月以来), or is in a name."""
    assert months.months and asked.months
    since = told.relation == "since" or view.folded.startswith("至今", told.end)
    return (since and months.months[0] == asked.months[0]) or _NAMED_SO.match(view.folded, told.end) is not None


_COMPARED = re.compile(r"[较比与同跟和自从](?:[今去前]年)?$")
_CHANGES = "(?:上升|下降|增加|增长|减少|降低|提高|提升|扩大|缩短|压缩|缩减|上涨|升|降|增|减|涨|跌)"
_ASKS_END = re.compile(rf"{_CHANGES}[^,，。?？]{{0,4}}?(?:到|至|为|成)了?(?:多少|几)|达到了?(?:多少|几)")
_GOES_ON = re.compile(rf"[^,，。;；、和及并与\d]{{0,4}}?{_CHANGES}(?:到|至|为)")


def before_the_change(scored: Scored) -> bool:
    """Tell whether the question asks what a figure grew to, and the candidate is what it grew from (64起升到151起)."""
    reading, candidate = scored.reading, scored.candidate
    asks = _ASKS_END.search(reading.question.folded) is not None
    return asks and _GOES_ON.match(reading.view.folded, candidate.end) is not None


# Powers of the state that have figures of their own: none is told of another's.
_POWERS = tuple(re.compile(power) for power in ("公安|警方|警察", "检察", "法院", "消防", "海关"))


def _other_force(reading: Reading, agencies: Sequence[Name]) -> str:
    """Return the first body before a figure where it is of another power than the one asked about: 市检察院, 公安局."""
    asked = {power for name in reading.question.names if name.kind == "agency" for power in _powers(name.text)}
    first = reading.view.folded[agencies[0].start : agencies[0].end] if agencies else ""
    told = _powers(first)
    # 经检察院起诉,法院判处…: whose clause it is tells.
    if any(asked & _powers(n.text) and reading.view.folded[n.start - 1] in ",，;；和与同" for n in agencies[1:]):
        return ""
    return first if asked and told and not asked & told else ""


def _powers(name: str) -> set[re.Pattern[str]]:
    return {power for power in _POWERS if power.search(name)}


# A figure begins so many characters behind the word for its year: 去年同期的1951宗.
BESIDE = 6
_LAST_YEAR = re.compile(r"(?<!过)去年(?!轻)|上一?年(?!度)|前年")
_ANY_PAST_YEAR = re.compile(r"去年|上一?年|前年|(?:19|20)\d\d年")


def other_year(scored: Scored) -> str:
    """Return the word by which the question asks for an earlier year, where nothing about the candidate speaks of one.

    A comparison with the year before (比去年) is no such word; ``read_question`` has taken it out.
    """
    question = scored.reading.question
    asked = _LAST_YEAR.search(question.folded)
    if not asked or "今年" in question.folded:
        return ""
    view, at = scored.reading.view, scored.candidate.start
    start, end = view.sentences[scored.candidate.sentence]
    if scored.candidate.kind in MEASURED and (told := list(_LAST_YEAR.finditer(view.folded, start, end))):
        # What is only compared with last year's (较去年同期的1951宗下降) is this year's, but for the figure beside it.
        beside = any(0 <= at - mark.end() <= BESIDE for mark in told)
        own = [m for m in told if m.end() <= at and not re.search("[较比与同跟和]$", view.folded[start : m.start()])]
        behind = [m for m in told if m.start() > at and not _COMPARED.search(view.folded, start, m.start())]
        before = str(int(view.article.published[:4]) - 1) if view.article.published else "-"
        if behind or f"{before}年" in view.folded[start:at]:
            return ""
        this_year = own and re.search(r"(?<![至到])(?:今年|本年)", view.folded[own[-1].end() : at])
        return "" if beside or (own and not this_year) else asked.group()
    return "" if _ANY_PAST_YEAR.search(view.folded, max(start - NEAR_YEARS, 0), end) else asked.group()


# What bodies of a kind are called.
_KINDS_OF_BODY = {
    "派出所": re.compile("所"),
    "大队": re.compile("队"),
    "支队": re.compile("队"),
    "中队": re.compile("队"),
    "分局": re.compile("局"),
    "县局": re.compile("局"),
    "法院": re.compile("院|法庭"),
    "检察院": re.compile("院"),
    "医院": re.compile("院|急救中心|医疗中心|医学中心|保健站|诊所"),
    "银行": re.compile("行|信用社|联社|储蓄所"),
}


def other_body(scored: Scored) -> str:
    """Return the kind of body that the question asks for (哪个派出所) where the candidate is one of another kind."""
    question = scored.reading.question
    noun, told = question.ask.noun, text_of(scored)
    kind = _KINDS_OF_BODY.get(noun)
    return noun if scored.candidate.kind == "org" and kind and not kind.search(told) else ""


def other_post(scored: Scored) -> str:
    """Return the post that the article tells of where the question asks for another (副局长, 局长).

    Of a person it is the post beside the name; of what happened to the holder of a post (何年任局长) the one in the
    sentence.
    """
    question = scored.reading.question
    view, candidate = scored.reading.view, scored.candidate
    asked = [post for post in posts_in(question.folded) if not _is_named(question, post)]
    if not asked or asked[-1] in _COMMON_POSTS or question.ask.noun in _COMMON_POSTS:
        return ""
    if candidate.kind != "person":
        lower, told = f"副{asked[-1]}", posts_in(scored.sentence)
        return lower if _TAKES_POST.search(question.folded) and lower in told and asked[-1] not in told else ""
    named = [name for name in view.persons if view.folded[name.start : name.end] == text_of(scored)]
    # Behind a name the post that somebody is given: 由副局长某某任组长.
    given = [post for n in named if (m := _GIVEN.match(view.folded, n.end)) for post in posts_in(m.group())]
    titles = [*(name.title for name in named if name.title), *given]
    held = {post for title in titles for post in posts_in(title)} - _COMMON_POSTS
    if held:
        of_station = any(STATION.search(name.text) for name in question.names if name.kind == "agency")
        begins = f"{view.title}{view.folded[:LEAD]}" if of_station else view.title
        stations = [scope for scope in question.scopes if not of_station or STATION.search(scope)]
        elsewhere = scored.rival and not any(scope in begins for scope in stations)
        of_body = any(_is_post_of(question, name, asked[-1]) for name in question.names)
        if held & set(asked) and of_body and (elsewhere or _of_another_body(question, view, named)):
            return "别的单位的" + asked[-1]
        return "" if held & set(asked) else "、".join(dict.fromkeys(titles))
    # Whose post is not told (民警某某) does not hold one that somebody else of the article is said to hold.
    others = {post for name in view.persons for post in posts_in(name.title)} - _COMMON_POSTS
    return "、".join(dict.fromkeys(titles)) or "另一种" if titles and asked[-1] in others else ""


# The body before a person's post: 乙镇派出所所长某某.
_HIS_BODY = re.compile(r"[\u3400-\u9fff]{2,6}(?:派出所|分局|[大中支]队|法院|检察院)$")


def _is_post_of(question: Question, name: Name, post: str) -> bool:
    """Tell whether the question asks for the holder of a post of a body that it names: 清水派出所(的)所长是谁."""
    return name.kind == "agency" and question.folded[name.end :].removeprefix("的").startswith(post)


def _is_named(question: Question, post: str) -> bool:
    """Tell whether the question says whose a post is (所长王刚), so that it asks for nobody by it."""
    persons = [name for name in question.names if name.kind == "person"]
    return any(question.folded[: n.start].endswith(post) or question.folded.startswith(post, n.end) for n in persons)


def _of_another_body(question: Question, view: ArticleView, named: Sequence[Name]) -> bool:
    """Tell whether wherever a person's body is told it is another of the kind that the question asks about."""
    bodies = []
    for name in named:
        lead = view.folded[max(name.start - LONGEST_POST, 0) : name.start]
        at = lead.rfind(name.title.split("、")[0]) if name.title else -1
        if at >= 0 and (match := _HIS_BODY.search(lead[:at])):
            bodies.append(match.group())
    cores = [core for n in question.names for core in name_cores(n.text, n.kind) if not is_any_body(core)]
    if any(is_place(core) or is_county(core) for core in cores):
        # 某县派出所 is one of the county's.
        return False
    folded = question.folded.replace("刑警", "刑侦")
    ends = [body[-4:].replace("刑警", "刑侦") for body in bodies]
    asked = any(end in folded for end in ends) or any(core[:2] in body for body in bodies for core in cores)
    return bool(bodies) and bool(cores) and not asked


# Characters that a post may take before a name.
LONGEST_POST = 30


_GIVEN = re.compile(r"(?:同志)?(?:担?任|出任|兼任?|为|是)[^,。;、]{1,12}")
_TAKES_POST = re.compile(r"任|当上|升|提拔|接替")
_COMMON_POSTS = frozenset({"民警", "辅警", "记者", "通讯员", "编辑", "作者", "审核", "责编"})
