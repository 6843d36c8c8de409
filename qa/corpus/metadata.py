"""Title, publisher, author and date of publication, read off the head and the tail of a page.

Nothing is guessed: what the page does not print stays empty. Only the title has a stand-in, the first sentence,
shortened; and a source whose last character was lost (某地日?) is given back its 报.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from qa.corpus.passages import sentences

# Only so much of a page's beginning and end can be its head and tail.
_HEAD, _TAIL = 12, 12
_TITLE_LONGEST = 80
_STAND_IN = 40

# A name ends where a sign, a line or a word that opens a report or another credit begins; without that it is no name.
_NAME = (
    "(?!本[报報台网網刊]|通[讯訊]|[记記]者|[责責]任|[编編][辑輯])[\u3400-\u9fff·]{2,4}?"
    "(?=[^\u3400-\u9fff·]|$|为|近日|自|日前|连日|今|昨|据|本[报報]|来源|[转轉]自|[报報]道|[编編][辑輯]|摄|攝|文[/／]|[图圖][/／]"
    "|通[讯訊]|[记記]者|[实實][习習])"
)
_NAMES = rf"{_NAME}(?:[ 、,，/]{{1,2}}{_NAME})*"
_ROLE = r"(?:本[报報]|本[台网網刊])?(?:[\u3400-\u9fffA-Za-z]{2,8})?(?:[记記]者|通[讯訊][员員]|[实實][习習]生)"
_BYLINE = re.compile(rf"(?:文 ?[/／] ?[图圖] ?)?{_ROLE}[ :：]+{_NAMES}")
_ROLES = re.compile(rf"(?P<role>[记記]者|通[讯訊][员員]|[实實][习習]生)[ :：]+(?P<names>{_NAMES})")
_PHOTO_LINE = re.compile(rf"({_NAMES} ?[文图圖] ?[/／、] ?[文图圖摄攝影])|[文图圖] ?[/／] ?[文图圖]?[ :：]+({_NAMES})")
_AUTHOR = re.compile(rf"(?:作者|撰文|供稿|[拟擬]稿人?)[ :：]+({_NAMES})")
_SIGNED = re.compile(rf"[。！？!?”][(（]({_NAME}(?:[ 、]{{1,2}}{_NAME})*)[)）]$")
_NOT_NAMES = frozenset(["摄影", "图片", "供图", "组图", "资料图", "记者", "通讯员", "全文完", "待续"])

_DATE = re.compile(
    r"(?<!\d)(20\d\d|19\d\d)(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日)(?!\d)"
)
_CLOCK = re.compile(r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?")
_SOURCE = re.compile(
    r"(?:[来來] ?源|[转轉]自|稿源)[ :：|丨【]+(?P<name>[^\s|丨,，。;；()（）【】\[\]]{2,24}?)"
    r"(?=[\s|丨,，。;；()（）【】\[\]]|$|通 ?[讯訊] ?[员員人]|[责責]任|流程|[编編][辑輯]|[记記]者|[来來]源|作者"
    r"|[拟擬]稿)"
)
_DASHED = re.compile(r"[-—|丨] ?(?P<name>[\u3400-\u9fff]{2,12}(?:[网網报報台刊]|客户端|客戶端|新[闻聞]|公安))$")
_WIRE = re.compile(
    r"^(?P<name>[\u3400-\u9fff]{2,10}?(?:[网網报報社台]|新[闻聞])) ?"
    r"(?:[\u3400-\u9fff]{0,6}\d{1,2}月\d{1,2}日)?[讯訊电電]"
)
_ORIGINAL = re.compile("^(?:原[标標][题題]|[标標][题題])[:：] ?")
# Where a report begins when a page was flattened and its headline runs into the first sentence.
_REPORT = re.compile(
    "近日|日前|近年来|近期|连日来|昨[日天]|今年|为(?:进一步|切实|深入|全面|推[进动]|有效|加强|提[高升]|确保|认真|积极|着力|持续|维护|做好)|自(?:夏季|专项|\\d)"
    "|(?:20\\d\\d年)?\\d{1,2}月\\d{1,2}日|(?:[\u3400-\u9fff]{2,4}(?:新[闻聞]|日[报報]|晚[报報]|[时時][报報]|晨[报報]|[网網]|全媒体|客户端))"
    "?[记記]者 |本[报報][讯訊]|通[讯訊][员員] "
)
_LOST = re.compile(r"(?<=[日晚早晨时時商])[?？\ufffd]+$")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the page says of itself; ``published`` is an ISO date; each is empty where the page does not say it."""

    title: str
    publisher: str
    author: str
    published: str


def metadata(text: str) -> Metadata:
    """Read the metadata off a cleaned text (source, date and credit lines still stand in it)."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    head, tail = lines[:_HEAD], lines[-_TAIL:]
    dateline = next((i for i, line in enumerate(head) if _is_dateline(line)), -1)
    return Metadata(
        title=_title(text, head, dateline), publisher=_publisher(head, tail, dateline),
        author=_author(head, tail), published=_published(head, dateline),
    )


def _is_dateline(line: str) -> bool:
    """Tell whether a line is the page's own line of source and date: short, and hardly anything beside them."""
    if len(line) > 100 or not (_DATE.search(line) or _SOURCE.search(line)):
        return False
    rest = _CLOCK.sub("", _DATE.sub("", _SOURCE.sub("", line)))
    return len(rest.strip(" -—|丨:：发布發佈时時间間")) <= 30 and not line.endswith("。")


def _title(text: str, head: list[str], dateline: int) -> str:
    above = head[:dateline] if dateline > 0 else head[:1]
    for line in reversed(above):
        if _ORIGINAL.match(line):
            return _headline(_ORIGINAL.sub("", line))
        if 4 <= len(line) <= _TITLE_LONGEST and not line.endswith(("。", "；", ",", "，")) and not _BYLINE.match(line):
            return line
    return _stand_in(text)


def _headline(line: str) -> str:
    """Return the headline that ``line`` begins with, though the report may follow without a break."""
    for size in range(6, min(len(line) // 2, _TITLE_LONGEST) + 1):
        if line[size:].lstrip().startswith(line[:size]) and not line[:size].isdigit():
            return line[:size].strip()
    report = _REPORT.search(line, 8, _TITLE_LONGEST)
    if report:
        return line[:report.start()].strip()
    return line if len(line) <= _TITLE_LONGEST else _shortened(line)


def _shortened(line: str) -> str:
    return line.rstrip("。") if len(line) <= _STAND_IN else line[:_STAND_IN - 1] + "…"


def _stand_in(text: str) -> str:
    """Return the first sentence that is no byline, heading or quotation, shortened."""
    for start, end in sentences(text)[:8]:
        sentence = _WIRE.sub("", _ORIGINAL.sub("", text[start:end])).strip(" …")
        sentence = re.sub(r"^[(（][^()（）]{0,40}[)）]", "", sentence).strip()
        if len(sentence) >= 12 and not _BYLINE.match(sentence) and not (sentence[0] in "“「" and sentence[-1] in "”」"):
            return _shortened(sentence)
    return text[:_STAND_IN].split("\n")[0]


def _publisher(head: list[str], tail: list[str], dateline: int) -> str:
    lines = [head[dateline]] if dateline >= 0 else []
    for line in lines:
        found = _SOURCE.search(line) or _DASHED.search(line)
        if found:
            return _mended(found.group("name"), line)
    wire = _WIRE.match(head[0]) if head else None
    if wire:
        return wire.group("name")
    found = next(filter(None, (_SOURCE.search(line[-60:]) for line in reversed(tail))), None)
    return _mended(found.group("name"), found.string) if found else ""


def _mended(name: str, line: str) -> str:
    return _LOST.sub("報" if "來" in line else "报", name).strip("】])） ")


def _author(head: list[str], tail: list[str]) -> str:
    for line in [*(line[:120] for line in head), *(line[-80:] for line in tail)]:
        people = [f"{found['role']} {_spaced(found['names'])}" for found in _ROLES.finditer(line)]
        if people:
            return " ".join(people)
        found = _PHOTO_LINE.fullmatch(line) or _AUTHOR.search(line)
        if found:
            return next(filter(None, found.groups()), "")
    signed = next(filter(None, (_SIGNED.search(line) for line in reversed(tail))), None)
    return _spaced(signed.group(1)) if signed and signed.group(1) not in _NOT_NAMES else ""


def _spaced(names: str) -> str:
    return " ".join(re.findall(_NAME, names))


def _published(head: list[str], dateline: int) -> str:
    found = _DATE.search(head[dateline]) if dateline >= 0 else None
    if not found:
        return ""
    year, month, day = (int(group) for group in found.groups() if group)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
