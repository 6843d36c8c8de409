"""Several questions in one: "抓获逃犯多少人?化解纠纷多少起?" is two, and each gets its own answer.

Later questions may lean on the earlier ones ("嫌疑人是谁,哪里人?"), so they are asked in turn as in a conversation;
``join_answers`` makes one answer of theirs. What compares ("谁更多?相差多少?") stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.answering.kinds import read_ask
from qa.answering.planning import plan
from qa.answering.question import read_question
from qa.language.scripts import fold
from qa.types import Answer

# More questions than these at once are a pasted text.
MOST = 5
# Kinds that a clause asks for by itself; 什么 and 怎么 often only belong to the clause beside them.
_CLOSED = frozenset({"count", "percent", "money", "date", "duration", "age", "rank", "person", "org", "place", "name"})
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|《[^》]*》|\"[^\"]*\"|\([^)]*\)")
_MARK = re.compile(r"[?？]+")
_CLAUSE = re.compile(r"[,;，；、](?:以及|还有|另外|同时|又|并且|而且|那|再)?")
_RIDER = re.compile(
    r"^(?:请问|是)?(?:上升|下降|增加|减少|增长|升|降|增|减|多|少|涨|跌)了?还是|^(?:具体|到底|究竟)?(?:是)?(?:多少|什么|谁)[呢啊]?$|^为什么$|^怎么回事$"
)


def split_questions(text: str) -> list[str]:
    """Return the questions that ``text`` asks, in order; one that asks one thing comes back alone.

    >>> split_questions("抓获逃犯多少人?化解纠纷多少起?")
    ['抓获逃犯多少人?', '化解纠纷多少起?']
    """
    if plan(read_question(text)):
        return [text]
    pieces = _at_marks(text)
    parts = [part for piece in pieces for part in _at_clauses(piece)]
    return parts if 1 < len(parts) <= MOST else [text]


def _blanked(text: str) -> str:
    return _QUOTED.sub(lambda match: "“" * len(match.group()), fold(text))


def _at_marks(text: str) -> list[str]:
    """Split after question marks; a piece that asks nothing by itself stays with the one before it."""
    bare, pieces, at = _blanked(text), [], 0
    for match in _MARK.finditer(bare):
        pieces.append(text[at : match.end()].strip())
        at = match.end()
    pieces.append(text[at:].strip())
    found: list[str] = []
    for piece in filter(None, pieces):
        if found and (not _asks(piece) or _RIDER.search(fold(piece).rstrip("?？"))):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def _asks(text: str) -> bool:
    ask = read_question(text).ask
    return ask.end > ask.start


def _at_clauses(text: str) -> list[str]:
    """Split where each side of a mark asks for a figure, a date or a name of its own."""
    bare = _blanked(text)
    cuts = [0]
    for match in _CLAUSE.finditer(bare):
        before, after = text[cuts[-1] : match.start()], text[match.end() :]
        rest = re.split(r"[,;，；]", fold(after))[0].rstrip("?？")
        if _closed(before) and _closed(rest) and not _RIDER.search(rest) and not _bare_words(before):
            cuts += [match.start(), match.end()]
    cuts.append(len(text))
    parts = [text[start:end].strip() for start, end in zip(cuts[::2], cuts[1::2], strict=True)]
    return [part if part.endswith(("?", "？")) or len(parts) == 1 else f"{part}?" for part in parts]


def _closed(text: str) -> bool:
    folded = fold(text)
    ask = read_ask(folded)
    # 困住的几个人 counts without asking.
    return ask.end > ask.start and ask.kind in _CLOSED and not folded[: ask.start + 1].endswith("的几")


def _bare_words(text: str) -> bool:
    """Tell whether ``text`` ends in question words that wait for their verb: 是什么时候、在哪里举行的."""
    folded = fold(text)
    ask = read_ask(folded)
    return (
        ask.end >= len(folded)
        and ask.kind in {"date", "place"}
        and bool(re.search(r"(?:是|在|于|从)?$", folded[: ask.start]))
    )


def join_answers(question: str, answers: Sequence[Answer]) -> Answer:
    """Return one answer of ``answers``: their headlines in order, their texts below each other, sources numbered on.

    Refused only where all are; what a refused part misses is said in the text.
    """
    given = [answer for answer in answers if not answer.abstained]
    texts, citations, offset = [], [], 0
    for answer in answers:
        texts.append(f"{answer.resolved_question}\n{_renumbered(answer, offset)}")
        citations += [replace(citation, n=citation.n + offset) for citation in answer.citations]
        offset = len(citations)
    headlines = [answer.headline or "文章没有说明" for answer in answers]
    return Answer(
        question=question,
        resolved_question=" ".join(answer.resolved_question for answer in answers),
        headline=";".join(headlines) if given else "",
        text="\n\n".join(texts),
        abstained=not given,
        reason="" if given else " ".join(answer.reason for answer in answers),
        confidence=min((answer.confidence for answer in given), default=0.0),
        citations=tuple(citations),
        nearest=() if given else answers[0].nearest,
        elapsed_ms=sum(answer.elapsed_ms for answer in answers),
    )


def _renumbered(answer: Answer, offset: int) -> str:
    known = {citation.n for citation in answer.citations}

    def moved(match: re.Match[str]) -> str:
        number = int(match[1])
        return f"[{number + offset}]" if number in known else match.group()

    return re.sub(r"\[(\d{1,2})\]", moved, answer.text)
