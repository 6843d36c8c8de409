"""What a figure counts, in a few words: the verb and its noun, read from the words before it and after it.

"为群众挽回损失2.9万元" counts 挽回损失, "抓获3名嫌疑人" 抓获嫌疑人, "为500余名学生提供" 学生. Knows one clause of text.
"""

from __future__ import annotations

import re

from qa.language.words import Word, words

# A metric is a few words; up to this many characters it is taken as it stands.
SHORT, LONGEST = 10, 16

_LEAD = re.compile(
    r"^(?:[、,，和与及:：;；“”\s]|目前|其中|共计|累计|总计|合计|一共|总共|共(?!产|同|青|建|享|治)|已经?|先后|成功|分别|同比|环比|截至|今年以来|今年|"
    r"上半年|全年|当天|当日|当晚|该局|我市|我县|全市|全县|全省|全国|现场|随后|期间|现有|现(?=辖)|还|并|就|为|约|近|超|达到?|了|有(?!效|关|序))+"
)
_TAIL = re.compile(
    r"(?:[、,，:：“”\s]|累计|共计?|总计|合计|同比|环比|分别|均|各|约|近|超过?|高达|达到?|达|(?<!行)为|是|有|了|等|的|数量?|总数|"
    r"上升|下降|增长|减少|增加|降低|提升|提高)+$"
)
# What begins the part of a clause that says something of its own: 在…协助下成功将, 对…为其.
_TURN = re.compile(r"的(?:协助|配合|帮助|支持|指导)下|[为给](?:其|被骗人|受害人|被害人|群众|事主|企业|老百姓)|[将把]")
# What is taken in hand before its verb: 将5名逃犯抓获.
_TAKEN = re.compile(r"[将把](?:[\u3400-\u9fff]某[\u3400-\u9fff某]?等?)?$")
_FILLING = frozenset(
    (
        "最终 陆续 甚至 以此 随后 然后 其中 就 便 也 还 又 再 都 已 曾 将 仍 则 却 "
        "才 时 经 多次 每 正在 成功 先后 累计 现场 及时 迅速 当场 可以 进而 因此 于是 从而 同时 另外 "
        "一共 总共 只 仅 竟 竟然 分别 均 各 时常 后来 接着 日前 近日 前 后 等 "
    ).split()
)
_STOP = re.compile(r"[，,；;。!！?？、：:（）()\n“”\"'《》\d一二两三四五六七八九十]")
_NOT_COUNTED = re.compile(r"^(?:以上|以下|左右|余|多|多年|以来|之多|的?时间|后|前|内|里|中|间|时|开外|期)")


def metric_of(before: str, after: str = "") -> str:
    """Return what is counted by a figure that stands between ``before`` and ``after`` (folded text), "" when unsaid.

    >>> metric_of("民警现场抓获", "嫌疑人,")
    '抓获嫌疑人'
    """
    if _TAKEN.search(before) and (done := _done_to(after)):
        return done
    lead = _without_filling(clean(before))
    noun = _noun_after(after)
    if noun:
        return f"{_last_verb(lead)}{noun}"[-LONGEST:]
    return lead if len(lead) <= SHORT else _object(lead)


def clean(text: str) -> str:
    """Return ``text`` without the filling at its ends: 累计, 共, 同比, 达."""
    turn = [match.end() for match in _TURN.finditer(text)]
    bare = _TAIL.sub("", _LEAD.sub("", text))
    if turn and turn[-1] < len(text) - 1:
        bare = _TAIL.sub("", _LEAD.sub("", text[turn[-1] :]))
    return bare.strip("“”\"'()（）·《》—-= ")


def _without_filling(text: str) -> str:
    """Return ``text`` without adverbs, pronouns and particles at its ends."""
    found = words(text)
    while found and (found[0].text in _FILLING or found[0].tag in {"c", "r", "p", "u", "ul", "uj", "y"}):
        found = found[1:]
    while found and (found[-1].text in _FILLING or found[-1].tag in {"c", "r", "p", "u", "ul", "uj", "y", "d"}):
        found = found[:-1]
    for at in range(len(found) - 2, -1, -1):
        if found[at].text[-1] in "中里内上" and found[at].tag[:1] in {"f", "s", "n"} and _is_verb(found[at + 1]):
            found = found[at + 1 :]
            break
    return "".join(word.text for word in found)


def _done_to(after: str) -> str:
    """Return the verb and its noun where the noun comes first: 逃犯抓获 -> 抓获逃犯."""
    stop = _STOP.search(after)
    found = words(after[: stop.start() if stop else len(after)][:10])
    at = next((index for index in range(len(found) - 1, -1, -1) if _is_verb(found[index])), -1)
    if at < 0:
        return ""
    return found[at].text + "".join(word.text for word in found[:at] if word.tag[:1] != "u")


def _is_verb(word: Word) -> bool:
    return word.tag in {"v", "vd"} and (len(word.text) > 1 or word.text in "查抓破罚缴救办建设开发")


def _is_noun(word: Word) -> bool:
    return word.tag[:1] == "n" or word.tag in {"vn", "l", "j", "eng", "b", "a", ""}


def _object(text: str) -> str:
    """Return the last verb of ``text`` with its object; without a verb the nouns that end it."""
    found = words(text)
    at = len(found)
    for index in range(len(found) - 1, -1, -1):
        if _is_verb(found[index]):
            at = index
            if index < len(found) - 1:
                break
    while at and at < len(found) and _is_verb(found[at - 1]):
        at -= 1
    if at == len(found):
        at = next((i + 1 for i in range(len(found) - 1, -1, -1) if not _is_noun(found[i])), 0)
    said = "".join(word.text for word in found[at:])
    return said if len(said) <= LONGEST else said[-LONGEST:]


def _last_verb(text: str) -> str:
    """Return the verb that ``text`` ends in, whose object follows the figure; "" where it ends in something else."""
    found = words(text.rstrip("了过的"))
    return found[-1].text if found and _is_verb(found[-1]) else ""


def _noun_after(text: str) -> str:
    """Return the noun that follows a figure at once, the head where a 的 shows that it is described first."""
    stop = _STOP.search(text)
    head = text[: stop.start() if stop else len(text)][:16]
    if not head or _NOT_COUNTED.match(head):
        return ""
    run = _nouns(head)
    of = head.find("的", len(run))
    if 0 < of <= len(run) + 6 and (described := _nouns(head[of + 1 :])):
        return described
    return run


def _nouns(text: str) -> str:
    run, sure = "", False
    for word in words(text):
        if not _is_noun(word) or (word.tag == "" and len(word.text) > 4):
            break
        run += word.text
        sure = sure or word.tag[:1] == "n" or word.tag in {"vn", "l"}
    return run if sure and (len(run) > 1 or run == text) else ""
