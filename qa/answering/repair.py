"""Mends what stands between question and articles: typing errors by sound, names that the segmenter broke.

A word that no article knows becomes the word of the articles that sounds the same.

Only words without any trace in the readings are touched, and only towards words that stand in the articles; a word
that the articles know is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pypinyin import lazy_pinyin

from qa.answering.evidence import Reading, sound_places
from qa.answering.question import Question, Term, is_any_body
from qa.language.dictionary import load_dictionary
from qa.language.gazetteer import is_county
from qa.language.names import Name

# Words met more often than this in Chinese are no typing errors.
RARE = 60
_HAN = re.compile(r"[\u3400-\u9fff]{2,6}")
# Shorter words have too many words of the same sound.
_SHORTEST = 2


def repair(question: Question, readings: Sequence[Reading]) -> str:
    """Return the question with its unknown words replaced by words of the same sound in the articles.

    The result is the same text when nothing is to be mended.
    """
    mended = question.folded
    for index, term in enumerate(question.terms):
        if term.role not in {"scope", "content", "name"} or not _HAN.fullmatch(term.text):
            continue
        if term.weight < 0.6 or any(reading.best_anywhere(index) >= 0.8 for reading in readings):
            continue
        if term.role == "content" and load_dictionary().frequency(term.text) > RARE:
            continue
        twin = _twin(term.text, readings)
        if twin:
            mended = mended.replace(term.text, twin)
    return question.text if mended == question.folded else mended


def _is_word(text: str, reading: Reading) -> bool:
    """Tell whether what sounds the same is a word or a name rather than two words side by side."""
    return load_dictionary().knows(text) or is_county(text) or reading.view.folded.count(text) > 1


def join_names(question: Question, readings: Sequence[Reading]) -> Question:
    """Return the question with names that the segmenter broke put together again, where an article holds them whole.

    A single character says little, but 茨 and 开 side by side in question and article are one name.
    """
    terms = list(question.terms)
    texts = [reading.view.folded for reading in readings]
    found: list[Term] = []
    at = 0
    while at < len(terms):
        end = _joined_end(terms, at, question.folded, texts)
        if end > at + 1:
            start = terms[at].start
            text = question.folded[start : terms[end - 1].start + len(terms[end - 1].text)]
            found.append(Term(text, 1.2, "name" if terms[at].role == "content" else terms[at].role, start))
        else:
            found.append(terms[at])
        at = max(end, at + 1)
    return question if len(found) == len(terms) else replace(question, terms=tuple(found))


def trim_names(question: Question, readings: Sequence[Reading]) -> Question:
    """Return the question with persons' names that ran into the next word cut to what the articles call them.

    民警袁哲刚上班 may speak of 袁哲 as well as of 袁哲刚; the articles know which.
    """
    cut = {}
    for index, term in enumerate(question.terms):
        name = term.text[:-1]
        if (
            term.role in {"scope", "content"}
            and re.fullmatch(r"[\u3400-\u9fff]{3,4}", term.text)
            and not load_dictionary().knows(term.text)
            and not any(reading.anywhere(index) for reading in readings)
            and any(_is_person(name, reading) for reading in readings)
        ):
            cut[term.text] = name
    if not cut:
        return question
    terms = tuple(
        replace(term, text=cut[term.text], role="scope", weight=1.2) if term.text in cut else term
        for term in question.terms
    )
    names = tuple(replace(n, text=cut[n.text], end=n.end - 1) if n.text in cut else n for n in question.names)
    scopes = tuple(cut.get(scope, scope) for scope in question.scopes)
    return replace(question, terms=terms, scopes=scopes, names=names)


# The longest name of a station that stands before 所, in characters.
_LONGEST_STATION = 4


def name_stations(question: Question, readings: Sequence[Reading]) -> Question:
    """Return the question with its stations in full that it calls by short names: 甲乙所 where 甲乙派出所 is known."""
    terms, names, scopes = list(question.terms), list(question.names), list(question.scopes)
    for at in (match.start() for match in re.finditer("(?<!派出)所(?![有以属在得])", question.folded)):
        for start in range(max(at - _LONGEST_STATION, 0), at - 1):
            stem = question.folded[start:at]
            if not any(f"{stem}派出所" in reading.view.folded for reading in readings):
                continue
            if not any(stem in scope for scope in scopes):
                terms = [t for t in terms if not start <= t.start <= at] + [Term(stem, 1.2, "scope", start)]
                names.append(Name(start, at + 1, f"{stem}派出所", "agency"))
                scopes.append(f"{stem}派出所")
            break
    if len(scopes) == len(question.scopes):
        return question
    return replace(question, terms=tuple(terms), names=tuple(names), scopes=tuple(scopes))


def _is_person(text: str, reading: Reading) -> bool:
    """Tell whether an article calls a person ``text``."""
    view = reading.view
    return text in view.folded and any(
        name.kind == "person" and view.folded[name.start : name.end] == text
        for number, (start, end) in enumerate(view.sentences)
        if text in view.folded[start:end]
        for name in view.names(number)
    )


def _joined_end(terms: Sequence[Term], at: int, folded: str, texts: Sequence[str]) -> int:
    """Return the end of the longest run of touching terms from ``at`` that an article holds and that needs joining."""
    best = at + 1
    if is_any_body(terms[at].text):
        # What follows a body (某县公安局|大排查) is no part of its name.
        return best
    end = at
    while end < len(terms) and terms[end].role in {"content", "scene"}:
        if end > at and terms[end].start != terms[end - 1].start + len(terms[end - 1].text):
            break
        end += 1
        whole = folded[terms[at].start : terms[end - 1].start + len(terms[end - 1].text)]
        broken = any(len(term.text) == 1 for term in terms[at : min(end, at + 2)])
        if end > at + 1 and broken and 2 <= len(whole) <= 8 and any(whole in text for text in texts):
            best = end
    return best


def _twin(word: str, readings: Sequence[Reading]) -> str:
    """Return the text of the same sound and length that the articles hold, the best ranked article first."""
    sound = "".join(lazy_pinyin(word))
    for reading in readings:
        for start, end in sound_places(sound, reading.view):
            found = reading.view.folded[start:end]
            close = end - start == len(word) and found != word
            if close and any(a == b for a, b in zip(found, word, strict=True)) and _is_word(found, reading):
                return found
    return ""
