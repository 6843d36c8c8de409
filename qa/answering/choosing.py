"""The learned choice: the reader looks at the best few places, and what it says joins what the rules say.

Candidates come from the rules (``assistant.rank``) and from the reader's own spans; each gets a probability of being
right from a regression over both (``confidence``), and the likeliest is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from qa.answering import belonging, confidence, ranking
from qa.answering.background import background
from qa.answering.candidates import Candidate, holds_both_ends, measures, said_already, too_coarse
from qa.answering.evidence import ArticleView, Reading, Span, best_sentences
from qa.answering.kinds import Ask
from qa.answering.listing import completed, size_of
from qa.answering.listing import windows as descriptions
from qa.answering.question import Question, is_any_body
from qa.answering.ranking import Scored
from qa.answering.reader import Read, Reader, best_of
from qa.corpus.clauses import Setting
from qa.language.gazetteer import is_county, is_place
from qa.language.words import words

# Characters of a window: about what the reader takes at once, a little of it before the sentence that it is made for.
WIDTH, BEFORE = 185, 60
# Windows read for a question, and candidates of the rules that are weighed.
WINDOWS, CANDIDATES = 3, 16
# A candidate as sure as this ends the reading: further places changed hardly an answer and cost time. So it does when
# the best of several places is no surer than this.
ENOUGH, HOPELESS, SEVERAL = 0.7, 0.2, 2
# Spans that the reader may propose in a window.
PROPOSALS = 3
# How well a span that only the reader proposes agrees in kind with the question.
PROPOSED_FITS = 0.8
# The longest value and the longest row of things that the reader may propose, in characters, and what neither holds.
LONGEST_VALUE, LONGEST_ROW = 30, 90
# The share of a row's words that a part of it must have to answer the same.
LEAST_OF_ROW = 0.4
_DAY = re.compile(r"[日号]")
_SENTENCE_END = re.compile(r"[。!！?？\n]")
_BREAK = re.compile(r"[,，。;；!！?？]")
_BETWEEN_WORDS = re.compile(r"[\s,，。;；、]")
_NUMERAL = re.compile(r"[\d一二两三四五六七八九十百千万半几]")
# What stands before a closing quotation mark that nothing opened.
_UNOPENED = re.compile(r"[^“「『\n]{2,}?(?=[”」』])")
_QUOTES = re.compile(r"[“”「」『』\"]")
# What a body of people ends in.
_BODY = re.compile(
    r"(?:局|所|队|院|部|会|公司|站|中心|办|厅|班|组|学|校|银行|单位|机关|警方|公安|集团|店|厂|社|委|处|科|室|团|馆|园|警察|民警|部门|法庭|街道|村|镇|县|市|区|平台|企业|媒体|报|网)$"
)
LONGEST_PERSON = 12
# No person: a body, somebody by where he comes from alone (某县人).
_NO_PERSON = re.compile(r"(?:委|局|所|院|府|厅|公司)$|家住|来自|[省市县区乡镇村]人$")
_PARTICLES = frozenset(["", "以", "由", "被", "经", "将", "把", "对", "向", "与", "和", "其中", "以及"])
_BEHIND_NAME = frozenset(["", "说", "称", "表示", "介绍", "告诉"])
# What is no word of Chinese characters: a number, a date, a mark.
_NO_WORDS = frozenset({"m", "t", "x"})
_MARKS = " \n\t,，、。;；:：!！?？“”‘’\"'「」『』"
OPEN = frozenset({"how", "why", "what", "yesno"})


class Said(NamedTuple):
    """What tells one answer from another: kind, words, and the place that a figure has in its sentence.

    Prints of one report may give different figures in one ``place``; they are shown beside each other.
    """

    kind: str
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of an article around one of its sentences, and what the reader found there."""

    reading: Reading
    span: Span
    read: Read


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate with the probability that it is right, 0..1."""

    scored: Scored
    sure: float
    features: tuple[float, ...]


def choose(
    question: Question,
    readings: Sequence[Reading],
    ranked: Sequence[Scored],
    reader: Reader,
    enough: float = ENOUGH,
) -> list[Choice]:
    """Return the candidates worth weighing with their probabilities, the likeliest first.

    Places are read one by one, the most promising first, until a candidate is as sure as ``enough`` or none is hopeful;
    with ``enough`` 1.0 all are read.
    """
    windows: list[Window] = []
    choices: list[Choice] = []
    for reading, span in places(readings, ranked):
        read = reader.read(_whole(question), [reading.view.folded[slice(*span)]], background(reading, span))[0]
        windows.append(Window(reading, span, read))
        choices = _weighed(question, readings, ranked, windows)
        sure = choices[0].sure if choices else 0.0
        if sure >= enough or (enough < 1.0 and len(windows) >= SEVERAL and sure < HOPELESS):
            break
    return choices


def _whole(question: Question) -> str:
    """Return the words of a question for the reader; a part of a sum (查处的酒驾) has lost its question word."""
    ask = question.ask
    if question.plain:
        return question.plain
    return question.folded + (f"多少{ask.unit}?" if ask.start == ask.end and ask.kind == "count" else "")


def _weighed(
    question: Question, readings: Sequence[Reading], ranked: Sequence[Scored], windows: Sequence[Window]
) -> list[Choice]:
    options = _distinct([*ranked[:CANDIDATES], *_met(ranked[CANDIDATES:], windows), *_proposed(question, windows)])
    if question.ask.kind == "date":
        options = [o for o in options if not too_coarse(confidence.text_of(o), question.folded)]
    options = [o for o in options if not holds_both_ends(confidence.text_of(o), question.folded)] or options
    # What belongs to another takes nothing from what belongs to the one asked about.
    options = [o for o in options if not any(belonging.reasons(o))] or options
    said = [_said(scored, windows) for scored in options]
    articles = {id(reading): reading.article_score() for reading in readings}
    most = max(articles.values(), default=0.0)
    best = max((logp for logp, _ in said), default=confidence.READER_FLOOR)
    rows = []
    for scored, (logp, mass) in zip(options, said, strict=True):
        others = [o.score for o in options if confidence.text_of(o) != confidence.text_of(scored)]
        lead = scored.score - max(others, default=scored.score - confidence.WIDEST_MARGIN)
        article = articles.get(id(scored.reading), 0.0)
        rows.append(confidence.features(scored, logp, mass, best, lead, article, most))
    return _summed(options, rows)


def _summed(options: Sequence[Scored], rows: Sequence[tuple[float, ...]]) -> list[Choice]:
    """Return the choices, the likeliest first; what says the same in several places is as sure as all of them."""
    shares = confidence.shares(rows)
    said = [said_by(scored) for scored in options]
    sure = together(said, shares)
    # Of two prints of one sentence neither goes first because the reader likes its figure better.
    printed: dict[str, float] = {}
    for one, share in zip(said, shares, strict=True):
        printed[one.place] = max(share, printed.get(one.place, 0.0))
    shares = [printed[one.place] if one.place else share for one, share in zip(said, shares, strict=True)]
    found = [
        (share, Choice(scored, own, row)) for scored, share, own, row in zip(options, shares, sure, rows, strict=True)
    ]
    found.sort(key=lambda one: (-one[1].sure, -one[0], one[1].scored.candidate.sentence, one[1].scored.candidate.start))
    return [choice for _, choice in found]


def said_by(scored: Scored) -> Said:
    """Return what a candidate says; of a description, the words of the sentence that it begins with."""
    text, kind = confidence.text_of(scored), scored.candidate.kind
    if kind in confidence.MEASURED:
        return Said(kind, text, _place(scored))
    start, end = scored.reading.view.sentences[scored.candidate.sentence]
    return Said(kind, text[: end - start] if kind == "text" else text)


def _place(scored: Scored) -> str:
    """Return the sentence without its figures, marks and blanks, and where the candidate stands in it."""
    view, candidate = scored.reading.view, scored.candidate
    start, end = view.sentences[candidate.sentence]
    parts, at, mark = [], start, ""
    for figure in view.quantities(candidate.sentence):
        parts.append(view.folded[at : figure.start])
        at = figure.end
        if figure.start == candidate.start:
            mark = str(len(parts))
    text = _BETWEEN_WORDS.sub("", "#".join([*parts, view.folded[at:end]]))
    return f"{mark} {text}" if mark else ""


def together(said: Sequence[Said], shares: Sequence[float]) -> list[float]:
    """Return for each answer the shares of all that say the same."""
    return [sum(share for other, share in zip(said, shares, strict=True) if _same(one, other)) for one in said]


def _says_no_name(text: str) -> bool:
    """Tell whether a body or place is named by its kind alone: 市公安局, 派出所, 该县."""
    return is_any_body(text) or text[0] in "省市县区该本我全各"


# Kinds of answers that may say the same with more or fewer words.
_FULLER = frozenset({"date", "list"}) | confidence.NAMED


def _same(one: Said, other: Said) -> bool:
    """Tell whether two candidates answer the same.

    In the same words, with more or less of one day, of one row or of one name, or in prints of one report.
    """
    if one.text == other.text or (one.place and one.place == other.place):
        return True
    if one.kind != other.kind or one.kind not in _FULLER:
        return False
    short, long = sorted((one.text, other.text), key=len)
    if one.kind in confidence.NAMED:
        return len(short) > 1 and long.endswith(short) and not _says_no_name(short)
    if one.kind == "date":
        tail = long.endswith(short) and not long[: -len(short)][-1:].isdigit()
        return _DAY.search(short) is not None and (long.startswith(short) or tail)
    return len(short) >= LEAST_OF_ROW * len(long) and short in long


def places(readings: Sequence[Reading], ranked: Sequence[Scored]) -> list[tuple[Reading, Span]]:
    """Return the parts of articles to read: around the best candidates and the best sentences, in turn."""
    likely = [(scored.reading, scored.candidate.sentence) for scored in ranked[:CANDIDATES]]
    full = best_sentences(readings, 2 * WINDOWS)
    chosen: list[tuple[Reading, Span]] = []
    for reading, number in [place for pair in zip_longest(likely, full) for place in pair if place]:
        sentence = reading.view.sentences[number]
        if any(r is reading and span[0] <= sentence[0] and sentence[1] <= span[1] for r, span in chosen):
            continue
        chosen.append((reading, window_of(reading.view, number)))
        if len(chosen) == WINDOWS:
            break
    return chosen


def window_of(view: ArticleView, number: int) -> Span:
    """Return sentence ``number`` with whole sentences around it, as many as the reader takes at once."""
    start, end = view.sentences[number]
    first, last = number, number
    while first > 0 and end - view.sentences[first - 1][0] <= WIDTH and start - view.sentences[first - 1][0] <= BEFORE:
        first -= 1
    while last + 1 < len(view.sentences) and view.sentences[last + 1][1] - view.sentences[first][0] <= WIDTH:
        last += 1
    return view.sentences[first][0], view.sentences[last][1]


def _met(rest: Sequence[Scored], windows: Sequence[Window]) -> list[Scored]:
    """Return the candidates of low rank that the reader likes best, one for each window."""
    found = []
    for window in windows:
        inside = [s for s in rest if _holds(window, s)]
        if inside:
            found.append(max(inside, key=lambda s: (_score(window, s), -s.candidate.start)))
    return found


def _proposed(question: Question, windows: Sequence[Window]) -> list[Scored]:
    """Return what the reader itself proposes, as candidates of the kind that is asked for."""
    kind = question.ask.kind
    found = []
    for window in windows:
        view, at = window.reading.view, window.span[0]
        for span in best_of([window.read], PROPOSALS):
            start, end = _trimmed(view.folded, at + span.start, at + span.end)
            number = view.sentence_at(start)
            if kind not in confidence.MEASURED:
                start, end = _whole_words(view, number, (start, end))
            if kind in confidence.NAMED:
                start, end = _own_name(view, number, (start, end))
            if kind == "org":
                end = max([end, *(n.end for n in view.names(number) if n.kind == "agency" and n.start == start)])
            if kind in OPEN:
                found += [ranking.score(window.reading, candidate) for candidate in descriptions(view, number)[:2]]
            if kind == "list":
                start, end = completed(view.folded, (start, end), view.sentences[number])
            if kind in confidence.MEASURED:
                start, end = _figure(view, number, (start, end), question.ask)
            elif kind != "list" and (unopened := _UNOPENED.match(view.folded, start, end)):
                end = unopened.end()
            text = view.folded[start:end]
            if not text or said_already(text, question.folded, kind) or (kind not in OPEN and not _likely(text, kind)):
                continue
            setting = _setting(view, number, (start, end))
            clause = setting.clause
            own = ((max(clause[0], start - 20), start), (end, max(min(clause[1], end + 20), end)))
            candidate = Candidate(
                "span" if kind in OPEN else kind, start, end, number, own, clause, fits=PROPOSED_FITS,
                row=setting.row, row_size=size_of(text) if kind == "list" else setting.row_size, items=setting.items,
                direction=setting.direction,
            )  # fmt: skip
            found.append(ranking.score(window.reading, candidate))
    return found


def _setting(view: ArticleView, number: int, span: Span) -> Setting:
    """Return the setting of a span; that of the figure it is, among the others of its row, where it is one."""
    figures = [(q.start, q.end) for q in view.quantities(number)]
    met = [i for i, figure in enumerate(figures) if figure[0] < span[1] and span[0] < figure[1]]
    return view.settings(number, figures)[met[0]] if len(met) == 1 else view.settings(number, [span])[0]


def _trimmed(text: str, start: int, end: int) -> Span:
    """Return a span without the marks and blanks at its ends."""
    while start < end and text[start] in _MARKS:
        start += 1
    while end > start and text[end - 1] in _MARKS:
        end -= 1
    return start, end


def _own_name(view: ArticleView, number: int, span: Span) -> Span:
    """Return the known name that a span is but for a particle before it or a verb behind: 以某某, 某某说, 其中某局."""
    for name in view.names(number):
        before, after = view.folded[span[0] : name.start], view.folded[name.end : span[1]]
        if span[0] <= name.start and name.end <= span[1] and before in _PARTICLES and after in _BEHIND_NAME:
            return name.start, name.end
    return span


def _whole_words(view: ArticleView, number: int, span: Span) -> Span:
    """Return ``span`` of sentence ``number`` with the words whole that it cuts: 店访企到位 is 进店访企到位."""
    start, end = span
    at = view.sentences[number][0]
    for word in words(view.folded[slice(*view.sentences[number])]):
        if word.tag not in _NO_WORDS and at + word.start < start < at + word.end:
            start = at + word.start
        if word.tag not in _NO_WORDS and at + word.start < end < at + word.end:
            end = at + word.end
    return start, end


def _likely(text: str, kind: str) -> bool:
    """Tell whether ``text`` may be a value of ``kind`` at all."""
    if kind == "list":
        return len(text) <= LONGEST_ROW and not _SENTENCE_END.search(text)
    if len(text) > LONGEST_VALUE or _BREAK.search(text) or (kind in confidence.NAMED and _QUOTES.search(text)):
        return False
    if kind == "org":
        return _BODY.search(text) is not None
    if kind != "person":
        return True
    # 安康 may be a person as well as a city.
    place = len(text) > 2 and (is_place(text) or is_county(text))
    return len(text) <= LONGEST_PERSON and not (place or _NUMERAL.search(text) or _NO_PERSON.search(text))


def _figure(view: ArticleView, number: int, span: Span, ask: Ask) -> Span:
    """Return the figure that a span holds or cuts, where it measures what is asked, else nothing.

    A numeral whose measure nobody knows (八年级) stays what it is, unless the question names a measure.
    """
    inside = [q for q in view.quantities(number) if q.start < span[1] and q.end > span[0]]
    if not inside:
        if any(date.start < span[1] and span[0] < date.end for date in view.dates(number)):
            return span[0], span[0]
        return span if not ask.unit and _NUMERAL.search(view.folded[slice(*span)]) else (span[0], span[0])
    fitting = [q for q in inside if measures(q, ask)]
    return (fitting[0].start, fitting[0].end) if fitting else (span[0], span[0])


def _distinct(options: Sequence[Scored]) -> list[Scored]:
    """Return the options without those that say the same span of the same article again; the first stays."""
    seen: dict[tuple[str, int, int, str], Scored] = {}
    for scored in options:
        candidate = scored.candidate
        seen.setdefault(
            (scored.reading.view.article.id, candidate.start, candidate.end, (candidate.kind == "text" and "t") or ""),
            scored,
        )
    return list(seen.values())


def _said(scored: Scored, windows: Sequence[Window]) -> tuple[float, float]:
    """Return the reader's log probability of a candidate, and P(its window answers); the floor and 0 where unread."""
    said = [(_score(window, scored), 1.0 - window.read.nothing) for window in windows if _holds(window, scored)]
    return max(said, default=(confidence.READER_FLOOR, 0.0))


def _holds(window: Window, scored: Scored) -> bool:
    candidate = scored.candidate
    return (
        window.reading is scored.reading
        and window.span[0] <= candidate.start
        and (candidate.end <= window.span[1] or candidate.kind == "text")
    )


def _score(window: Window, scored: Scored) -> float:
    candidate, at = scored.candidate, window.span[0]
    if candidate.kind == "text":
        return confidence.logarithm(window.read.inside(candidate.start - at, candidate.end - at))
    return max(window.read.score(candidate.start - at, candidate.end - at), confidence.READER_FLOOR)
