"""The one screen: question, resolved question, evidence, candidates, choice, answer or refusal.

``Assistant.ask`` is what every face calls. It holds no state but its library; the
conversation is passed in as ``history``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from qa.answering import (
    belonging,
    composing,
    computing,
    confidence,
    listing,
    premises,
    ranking,
    refusing,
    verifying,
    versions,
)
from qa.answering.candidates import Candidate, candidates
from qa.answering.choosing import Choice, choose
from qa.answering.conversation import resolve
from qa.answering.evidence import Reading, best_sentences, view_of
from qa.answering.kinds import Ask
from qa.answering.question import Question, read_question
from qa.answering.ranking import Scored
from qa.answering.reader import Reader
from qa.answering.repair import join_names, name_stations, repair, trim_names
from qa.answering.splitting import join_answers, split_questions
from qa.errors import InputError
from qa.library.library import Library
from qa.types import Answer, Article, Hit, Turn

# A question longer than this is a pasted text, not a question.
LONGEST_QUESTION = 1000
# The share of a question's words that a sentence must hold before its extreme value is shown.
LEAST_EXTREME = 0.35
# Passages fetched, articles read, sentences looked into: more gained nothing, each costs time.
# Articles beyond the first few are read only where these do not know the names of the question.
PASSAGES, ARTICLES, MORE_ARTICLES, SENTENCES, NEAREST = 40, 8, 20, 24, 3


class Assistant:
    """Answers questions over a library, with citations or a refusal."""

    def __init__(self, library: Library, reader: Reader | None = None) -> None:
        self.library = library
        self.reader = reader or Reader.load()

    def ask(self, question: str, history: Sequence[Turn] = (), **filters: str) -> Answer:
        """Answer ``question``; earlier turns of the conversation supply what it leaves unsaid.

        ``filters`` narrow the articles as in ``Library.search``. Raises ``InputError`` for an empty or an
        overlong question.
        """
        started = time.perf_counter()
        asked = _checked(question, history)
        turns, answers = list(history), []
        parts = split_questions(asked)
        for part in parts:
            answers.append(self._with_reprints(_verified(self._answer(part, resolve(part, turns), filters))))
            turns.append(Turn(part, answers[-1]))
        answer = answers[0] if len(parts) == 1 else join_answers(asked, answers)
        return replace(answer, elapsed_ms=round((time.perf_counter() - started) * 1000, 1))

    def _answer(self, asked: str, resolved: str, filters: dict[str, str]) -> Answer:
        question, readings, hits = understand(resolved, self.library, **filters)
        resolved, nearest = question.text, tuple(hits[:NEAREST])
        if not hits:
            return _refusal(asked, resolved, _nothing_found(len(self.library), filters), ())
        if not any(term.role in {"content", "name", "scope", "scene", "sound"} for term in question.terms):
            return _refusal(asked, resolved, "请说明要问的内容,例如地方、单位和想知道的数字。", nearest)
        unknown = refusing.unknown_scopes(question, readings)
        if unknown:
            return _refusal(asked, resolved, refusing.reason_unknown(unknown), nearest)
        if corrected := premises.false_premise(question, readings):
            return _correction(asked, resolved, corrected, nearest)
        if computed := self._computed(question, readings):
            return _compose_computed(asked, resolved, computed)
        choices = self._choices(question, readings)
        if chosen := _first_sound(question, choices):
            answer = _compose(asked, resolved, chosen.scored, round(chosen.sure, 3))
            return self._with_versions(answer, chosen.scored.reading.view.article, hits)
        if (way := computing.extreme_way(question.folded)) and (computed := _extreme(question, readings, way)):
            return _compose_computed(asked, resolved, computed)
        if not choices:
            return _refusal(asked, resolved, refusing.reason_missing(question, readings), nearest)
        best = choices[0]
        reason = hard_reason(question, best.scored) or refusing.reason_missing(question, [best.scored.reading])
        return _refusal(asked, resolved, reason, nearest, round(best.sure, 3))

    def _with_versions(self, answer: Answer, article: Article, hits: Sequence[Hit]) -> Answer:
        """Return the answer with what near-reprints of its article print in its figure's place, of those found."""
        (cited,) = answer.citations
        found = {hit.article.id for hit in hits}
        others = [other for other in self.library.reprints(article.id) if other.id in found] if len(found) > 1 else []
        if not others or len(cited.marks) != 1:
            return answer
        figures = versions.other_figures(article, cited.marks[0], others)
        return composing.beside_each_other(answer, figures) if figures else answer

    def _with_reprints(self, answer: Answer) -> Answer:
        """Return the answer with the reprints that print the words of its citations too."""
        citations = []
        for cited in answer.citations:
            others = self.library.printed_in(cited.article_id, cited.start, cited.end)
            citations.append(replace(cited, also=tuple(dict.fromkeys(other.source for other in others))))
        return replace(answer, citations=tuple(citations))

    def _choices(self, question: Question, readings: Sequence[Reading]) -> list[Choice]:
        return choose(question, readings, rank(question, readings), self.reader)

    def _computed(self, question: Question, readings: Sequence[Reading]) -> Result | None:
        """Return the computed answer when the question asks for arithmetic and every part is sure enough."""
        planned = computing.plan(question)
        if planned is None:
            way = extreme_first(question)
            return _extreme(question, readings, way) if way else None
        parts: dict[int, list[Choice]] = {}

        def best(part: Question) -> list[Scored]:
            parts[id(part)] = found = self._choices(part, _reread(part, readings))
            return sorted((choice.scored for choice in found), key=lambda scored: -scored.score)

        computed = computing.run(planned, best)
        if computed is None or any(hard_reason(s.reading.question, s, part=True) for s in computed.sources):
            return None
        sure = min((found[0].sure for found in parts.values() if found), default=0.0)
        least = refusing.LEAST_SURE_PART
        if planned.kind == "difference" and all(part.plain for _, part in planned.parts):
            # Each was asked in full: what is subtracted must be what would have been answered.
            picked = {id(scored) for scored in computed.sources}
            sure = min((c.sure for found in parts.values() for c in found if id(c.scored) in picked), default=0.0)
            least = refusing.LEAST_SURE
        return Result(computed, round(sure, 3)) if sure >= least else None


@dataclass(frozen=True, slots=True)
class Result:
    """A computed answer and how sure its least sure part is."""

    computed: computing.Computed
    sure: float


def understand(text: str, library: Library, **filters: str) -> tuple[Question, list[Reading], list[Hit]]:
    """Return the question that ``text`` asks, the articles as it reads them, and the passages found.

    Typing errors, and names that the segmenter broke or ran together, are mended by what the articles hold.
    """
    question = read_question(text)
    readings, hits = _found(question, library, filters)
    mended = repair(question, readings)
    if mended != text:
        question = read_question(mended)
        readings, hits = _found(question, library, filters)
    for mend in (trim_names, join_names, name_stations):
        found = mend(question, readings)
        if found is not question:
            question, readings = found, _reread(found, readings)
    return question, readings, hits


def _found(question: Question, library: Library, filters: Mapping[str, str]) -> tuple[list[Reading], list[Hit]]:
    """Return the readings of what is found for the question, and the passages.

    In a large library the question's other words may fill the first places: a name that none of these articles knows
    is looked for by itself, before anybody says that no article knows it.
    """
    hits = library.search(question.search_text, k=PASSAGES, **filters)
    readings = readings_of(question, hits)
    if unknown := refusing.unknown_scopes(question, readings):
        named = [*library.search(" ".join(unknown), k=PASSAGES, **filters), *hits]
        found = readings_of(question, named)
        if len(refusing.unknown_scopes(question, found)) < len(unknown):
            return found, named
    return readings, hits


def rank(question: Question, readings: Sequence[Reading]) -> list[Scored]:
    """Return the scored candidates of the best sentences, best first."""
    found = []
    for reading, number in best_sentences(readings, SENTENCES):
        found += [ranking.score(reading, candidate) for candidate in _proposed(question, reading, number)]
    found.sort(key=lambda scored: (-scored.score, scored.candidate.sentence, scored.candidate.start))
    return found


def _nothing_found(size: int, filters: Mapping[str, str]) -> str:
    """Return why no passage was found at all."""
    if not size:
        return "资料库里还没有文章,请先添加文章。"
    if any(filters.values()):
        return "没有文章符合所选的条件,请放宽来源、日期或单位的限制。"
    return "文章中没有与这个问题有关的内容。"


def extreme_first(question: Question) -> str:
    """Return "more" or "less" where the figures of a row are laid against each other before anything is read.

    Of names the text may say itself which has the most: it is read first.
    """
    return "" if question.ask.kind in confidence.NAMED | {"list"} else computing.extreme_way(question.folded)


def _extreme(question: Question, readings: Sequence[Reading], way: str) -> Result | None:
    for kind in ("duration", "count", "money", "percent"):
        part = replace(question, ask=Ask(kind, question.ask.start, question.ask.end))
        found = computing.extreme(rank(part, _reread(part, readings)), way, question.ask.kind)
        if found and (share := _sentence_share(found.sources[0])) >= LEAST_EXTREME:
            return Result(found, round(share, 3))
    return None


def _sentence_share(scored: Scored) -> float:
    return scored.reading.sentence_score(scored.candidate.sentence)


def _reread(question: Question, readings: Sequence[Reading]) -> list[Reading]:
    return _knowing([Reading(question, reading.view) for reading in readings])


def _proposed(question: Question, reading: Reading, number: int) -> list[Candidate]:
    view, ask = reading.view, question.ask
    if ask.kind == "list" or (ask.many and ask.kind in {"person", "org", "place", "name"}):
        return listing.rows(view, number, listing.asked_size(question.folded)) + [
            replace(window, fits=0.4) for window in listing.windows(view, number)
        ]
    if ask.kind in {"how", "why", "what", "yesno"}:
        return listing.windows(view, number)
    return candidates(view, number, ask, question.folded)


def readings_of(question: Question, hits: Sequence[Hit]) -> list[Reading]:
    """Return the readings of the best articles, those that know every name of the question first."""
    articles = list({hit.article.id: hit.article for hit in hits}.values())
    readings = [Reading(question, view_of(article)) for article in articles[:ARTICLES]]
    known = _knowing(readings)
    if any(refusing.scopes_missing(question, reading) for reading in known[:1]):
        known = _knowing(
            readings + [Reading(question, view_of(article)) for article in articles[ARTICLES:MORE_ARTICLES]]
        )
    return known


def _knowing(readings: list[Reading]) -> list[Reading]:
    """Return the readings whose articles know most names of the question."""
    known = [(sum(_knows(reading)), -order) for order, reading in enumerate(readings)]
    if not readings:
        return []
    most = max(count for count, _ in known)
    return [reading for reading, (count, _) in zip(readings, known, strict=True) if count == most]


def _knows(reading: Reading) -> list[bool]:
    terms = reading.question.terms
    return [bool(reading.anywhere(i)) for i, term in enumerate(terms) if term.role in {"scope", "sound"}]


def hard_reason(question: Question, best: Scored, *, part: bool = False) -> str:
    """Return why a candidate cannot be what is asked, whatever its score: another year, another place.

    A ``part`` of something computed need not be the average or the difference that the whole question asks for.
    """
    return next(filter(None, _hard_reasons(question, best, part)), "")


def _hard_reasons(question: Question, best: Scored, part: bool) -> Iterator[str]:
    yield _unless_empty("文章没有说明“{}”是哪一天,只能按文章里的日期来问。", refusing.day_of_asking(question))
    if best.candidate.kind in confidence.MEASURED:
        yield from _reasons_against_a_figure(question, best, part)
    yield _unless_empty("没有找到能确认属于{}年的内容。", refusing.conflicting_year(question, best))
    yield _unless_empty("没有找到能确认属于{}的内容。", refusing.conflicting_month(question, best))
    yield from belonging.reasons(best)
    yield _unless_empty("找到的文章没有说到{}。", refusing.other_province(question, best))
    yield _unless_empty("文章没有说到“{}”。", refusing.other_number(question, best))
    yield _unless_empty("文章没有说到谁是“{}”。", refusing.other_rank(question, best))
    yield _unless_empty(
        "文章只是提到“{}”,没有给出它的这项情况。", "、".join(refusing.named_in_passing(question, best))
    )
    apart = refusing.scopes_apart(question, best)
    yield refusing.reason_apart(question, apart) if apart else ""


def _reasons_against_a_figure(question: Question, best: Scored, part: bool) -> Iterator[str]:
    if refusing.negated(question, best):
        yield "文章说的是已经做到的,没有直接说没有做到的有多少。"
    if not part:
        yield _unless_empty("文章没有给出{}的数字。", refusing.made_of_figures(question, best))
    if refusing.of_another_item(best):
        yield "文章里这是同一行中另一项的数字。"
    yield _unless_empty("文章里这一项是{}的。", refusing.other_direction(question, best))
    if refusing.given_each(question, best):
        yield "文章只给出了每一个的数字,没有给出总数。"
    if not part and refusing.only_a_part(question, best):
        yield "文章只分别给出了各部分的数字,没有给出总数。"
    if refusing.only_together(question, best):
        yield "文章只给出了总数,没有给出每一个的数字。"
    yield _unless_empty("文章只给出了{}的数字,没有给出所问地方的。", refusing.of_a_wider_place(question, best))
    yield _unless_empty("文章只给出了一处或一案的数字,没有给出{}的。", refusing.of_a_smaller_place(question, best))


def _unless_empty(reason: str, found: str) -> str:
    """Return the reason with what was found, ``""`` where nothing was."""
    return reason.format(found) if found else ""


def _first_sound(question: Question, choices: Sequence[Choice]) -> Choice | None:
    """Return the likeliest choice that is sure enough and that nothing speaks against."""
    for choice in choices:
        if choice.sure < refusing.least_sure(choice.scored.candidate.kind):
            return None
        if not hard_reason(question, choice.scored):
            return choice
    return None


def _verified(answer: Answer) -> Answer:
    """Withhold an answer whose numbers do not stand in its quotes."""
    if not verifying.faults(answer):
        return answer
    reason = "找到的数字与原文核对不上,所以不作回答。"
    return _refusal(answer.question, answer.resolved_question, reason, answer.nearest)


def _correction(asked: str, resolved: str, found: premises.Correction, nearest: tuple[Hit, ...]) -> Answer:
    view = found.reading.view
    citation = composing.cite(view.article, view.sentences[found.sentence], [found.mark], 1)
    reason = composing.in_script(found.text, asked)
    text = composing.answer_text(reason, [citation])
    return Answer(asked, resolved, "", text, True, reason, 0.0, (citation,), nearest, 0.0)


def _compose(asked: str, resolved: str, best: Scored, sure: float) -> Answer:
    view = best.reading.view
    candidate = best.candidate
    headline = composing.in_script(composing.headline_of(best), asked)
    span = view.sentences[candidate.sentence]
    citation = composing.cite(
        view.article, (span[0], max(span[1], candidate.end)), [(candidate.start, candidate.end)], 1
    )
    text = composing.answer_text(headline, [citation])
    return Answer(asked, resolved, headline, text, False, "", sure, (citation,), (), 0.0)


def _compose_computed(asked: str, resolved: str, result: Result) -> Answer:
    computed = result.computed
    places: dict[tuple[str, int], list[Scored]] = {}
    for source in computed.sources:
        places.setdefault((source.reading.view.article.id, source.candidate.sentence), []).append(source)
    citations = []
    for n, group in enumerate(places.values(), 1):
        view = group[0].reading.view
        marks = [(scored.candidate.start, scored.candidate.end) for scored in group]
        citations.append(composing.cite(view.article, view.sentences[group[0].candidate.sentence], marks, n))
    headline = composing.in_script(computed.headline, asked)
    text = composing.answer_text(headline, citations, composing.in_script(computed.working, asked))
    return Answer(asked, resolved, headline, text, False, "", result.sure, tuple(citations), (), 0.0)


def _refusal(asked: str, resolved: str, reason: str, nearest: tuple[Hit, ...], sure: float = 0.0) -> Answer:
    return Answer(asked, resolved, "", reason, True, reason, sure, (), nearest, 0.0)


def _checked(question: str, history: Sequence[Turn]) -> str:
    if not all(isinstance(turn, Turn) for turn in history):
        raise InputError("history must be a list of qa.types.Turn(question, answer), the earlier turns of the talk.")
    if not isinstance(question, str) or not question.strip():
        raise InputError("The question is empty; write what you want to know. 问题是空的,请写下想问的内容。")
    if len(question) > LONGEST_QUESTION:
        raise InputError(
            f"The question has {len(question)} characters; ask in at most {LONGEST_QUESTION}. 问题太长,请缩短。"
        )
    return question.strip()
