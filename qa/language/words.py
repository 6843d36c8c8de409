"""Cuts text into words, and into the terms that lexical search counts. The one home of jieba.

Numbers, dates and Latin words are recognised first and stay whole; jieba only sees runs of Chinese characters, cut to
a bounded length (its time grows with the square of a run). Words are recognised on the folded form, so traditional
text is cut like its simplified twin; offsets are those of the given text.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from math import inf, log
from typing import NamedTuple

from qa.language.dictionary import Dictionary, load_dictionary
from qa.language.scripts import fold

# Raise it whenever a text gives other terms, or other figures for the ledger: libraries read their texts anew then.
TERMS_VERSION = 3
# Longer runs without any punctuation are no prose; jieba is quadratic in the length of a run.
MAX_RUN = 200

_EDGE = "[底末](?!班)|初(?![中级步])"  # of a month or a year
_TOKEN = re.compile(
    rf"(?P<t>(?:19|20)\d\d年(?:\d{{1,2}}月(?:份|\d{{1,2}}[日号]|[上中下]旬|{_EDGE})?|{_EDGE})?"
    rf"|\d{{1,2}}月(?:\d{{1,2}}[日号]|份|[上中下]旬|{_EDGE})?"
    r"|(?:19|20)\d\d(?P<sep>[-/.])\d{1,2}(?P=sep)\d{1,2}(?!\d)|\d{1,2}:\d\d(?::\d\d)?(?!\d))"
    r"|(?P<eng>[a-z0-9]*[a-z][a-z0-9]*(?:[-_.'+&@][a-z0-9]+)*)"
    r"|(?P<m>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)(?P<scale>[%‰]|[余多]?(?:万亿|[十百千]?[万亿]|[十百千])?余?)"
    r"|(?P<han>[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
    r"|(?P<x>\s+|.)",
    re.DOTALL,
)
# The longest text has about as many runs; it is cut for its passages, its names and its figures, one after the other.
_RUNS_KEPT = 32_768
# What jieba's model for unknown words was made of; rarer characters stay together.
_RUN_OF_MODEL = re.compile("(?P<known>[\u4e00-\u9fd5]+)|[^\u4e00-\u9fd5]+")
_WORD_OF_LETTERS = re.compile("B?M*E|S")
# The logarithms for a character that the model never saw, as jieba writes them: its sums must come out the same.
_NEVER = (-3.14e100,) * 4
_DATE_PART = re.compile(r"\d{4}年|\d{1,2}月|\d{1,2}[日号]")


class Word(NamedTuple):
    """A word of a text: ``text[start:end]``, with its part of speech in jieba's dictionary, or ``""``.

    Tags of what jieba is not asked about: ``m`` number, ``t`` date, ``eng`` Latin word, ``x`` anything else.
    """

    text: str
    start: int
    end: int
    tag: str


def words(text: str) -> list[Word]:
    """Return the words of ``text`` in order; together they cover it, spaces and punctuation included."""
    folded = fold(text)
    dictionary = load_dictionary()
    found = []
    for token, kind, start in _tokens(folded):
        end = start + len(token)
        found.append(Word(text[start:end], start, end, dictionary.tag(token) if kind == "han" else kind))
    return found


def cut(text: str) -> list[str]:
    """Return the words of ``text`` as strings; joined they give ``text`` again.

    >>> cut("出动警力2980人次")
    ['出动', '警力', '2980', '人次']
    """
    return [word.text for word in words(text)]


def search_terms(text: str) -> list[str]:
    """Return what lexical search counts, the same for passages and questions: ``word_terms`` and ``bigram_terms``."""
    return word_terms(text) + bigram_terms(text)


def word_terms(text: str) -> list[str]:
    """Return the folded words with their sub-words; numbers and dates whole, dates also in parts.

    >>> word_terms("截至6月29日,走访从业人员3506人")
    ['截至', '6月29日', '6月', '29日', '走访', '从业', '人员', '从业人员', '3506', '人']
    """
    terms: list[str] = []
    for token, kind, _ in _tokens(fold(text)):
        if kind == "han":
            terms += _sub_words(token, load_dictionary())
        elif kind != "x":
            terms += _whole(token, kind)
    return terms


def bigram_terms(text: str) -> list[str]:
    """Return all pairs of neighbouring Chinese characters, folded; numbers break a run and are not among them."""
    terms = []
    for match in _TOKEN.finditer(fold(text)):
        if run := match["han"]:
            terms += [run[i : i + 2] for i in range(len(run) - 1)]
    return terms


def _tokens(folded: str) -> Iterator[tuple[str, str, int]]:
    """Yield ``(text, tag, start)``; Chinese words have the tag han."""
    for match in _TOKEN.finditer(folded):
        kind = match.lastgroup or "x"
        if kind == "han":
            start = match.start()
            for word in _cut_run(match.group()):
                yield word, "han", start
                start += len(word)
        else:
            yield match.group(), {"sep": "t", "scale": "m"}.get(kind, kind), match.start()


def _cut_run(run: str) -> Sequence[str]:
    if len(run) <= MAX_RUN:
        return _cut_short(run)
    return [word for start in range(0, len(run), MAX_RUN) for word in _cut_short(run[start : start + MAX_RUN])]


@lru_cache(maxsize=_RUNS_KEPT)
def _cut_short(run: str) -> tuple[str, ...]:
    """Cut a run of Chinese characters as ``jieba.Tokenizer.cut`` does, twice as fast; questions come back to texts."""
    dictionary = load_dictionary()
    words: list[str] = []
    singles = ""
    start = 0
    for end in _best_ends(run, dictionary):
        if end - start == 1:
            singles += run[start]
        else:
            words += [*_unknown(singles, dictionary), run[start:end]]
            singles = ""
        start = end
    return (*words, *_unknown(singles, dictionary))


def _best_ends(run: str, dictionary: Dictionary) -> Iterator[int]:
    """Yield where the words of the most probable cut end; of equal cuts the one whose first word is longer."""
    size = len(run)
    log_total = log(dictionary.total)
    best = [0.0] * (size + 1)
    ends = [0] * size
    for start in range(size - 1, -1, -1):
        counts = dictionary.counts(run[start])
        top, choice = -inf, start + 1
        end = start + 1
        while end <= size and (count := counts.get(run[start:end])) is not None:
            if count and (score := log(count) - log_total + best[end]) >= top:
                top, choice = score, end
            end += 1
        best[start] = top if top > -inf else best[start + 1] - log_total
        ends[start] = choice
    position = 0
    while position < size:
        position = ends[position]
        yield position


def _unknown(singles: str, dictionary: Dictionary) -> list[str]:
    """Cut characters that stand alone: jieba's hidden Markov model finds the words that no dictionary knows."""
    if len(singles) < 2 or dictionary.knows(singles):
        return list(singles)
    words = []
    for run in _RUN_OF_MODEL.finditer(singles):
        words += _modelled(run.group()) if run["known"] else [run.group()]
    return words


def _modelled(run: str) -> list[str]:
    """Return the words that the model makes of a run, as ``jieba.finalseg.cut`` does, in a third of its time.

    The letters B, M, E, S stand for the beginning, middle and end of a word and for one alone. Sums are made in jieba's
    order, and of two equal ones the later letter wins as there: what the model never saw makes many equal.
    """
    (start_b, start_m, start_e, start_s), (bm, be, mm, me, eb, es, sb, ss), emit = _model()
    to_b, to_m, to_e, to_s = emit.get(run[0], _NEVER)
    b, m, e, s = start_b + to_b, start_m + to_m, start_e + to_e, start_s + to_s
    letters_before: list[tuple[str, str, str, str]] = []
    for character in run[1:]:
        to_b, to_m, to_e, to_s = emit.get(character, _NEVER)
        ways = (e + eb + to_b, s + sb + to_b, b + bm + to_m, m + mm + to_m,
                b + be + to_e, m + me + to_e, e + es + to_s, s + ss + to_s)
        b, by_b = (ways[1], "S") if ways[1] >= ways[0] else (ways[0], "E")
        m, by_m = (ways[3], "M") if ways[3] >= ways[2] else (ways[2], "B")
        e, by_e = (ways[5], "M") if ways[5] >= ways[4] else (ways[4], "B")
        s, by_s = (ways[7], "S") if ways[7] >= ways[6] else (ways[6], "E")
        letters_before.append((by_b, by_m, by_e, by_s))
    letters = ["S" if s >= e else "E"]
    for before in reversed(letters_before):
        letters.append(before["BMES".index(letters[-1])])
    return [run[word.start():word.end()] for word in _WORD_OF_LETTERS.finditer("".join(reversed(letters)))]


def _sub_words(word: str, dictionary: Dictionary) -> list[str]:
    parts = []
    for size in (2, 3):
        if len(word) > size:
            parts += [word[i : i + size] for i in range(len(word) - size + 1) if dictionary.knows(word[i : i + size])]
    return [*parts, word]


def _whole(token: str, kind: str) -> list[str]:
    text = token.replace(",", "")
    if kind == "t":
        parts = _DATE_PART.findall(text)
        return [text, *parts] if parts not in ([], [text]) else [text]
    bare = text.rstrip("%‰万亿十百千余多")
    return [text] if bare == text or kind != "m" else [text, bare]


class _Model(NamedTuple):
    """A hidden Markov model of the places in a word, in logarithms."""

    start: tuple[float, ...]  # B M E S
    steps: tuple[float, ...]  # BM BE MM ME EB ES SB SS
    emit: dict[str, tuple[float, ...]]  # character -> B M E S


@cache
def _model() -> _Model:
    """Return jieba's model for unknown words; jieba's own dictionary and its marshal cache are never touched."""
    with warnings.catch_warnings():
        # jieba asks for pkg_resources where there is one, which warns; its patterns warn on newer Pythons.
        warnings.simplefilter("ignore")
        from jieba.finalseg import emit_P as emit
        from jieba.finalseg import start_P as start
        from jieba.finalseg import trans_P as steps
    characters = set().union(*emit.values())
    return _Model(
        tuple(start[letter] for letter in "BMES"),
        tuple(steps[one][other] for one, other in ("BM", "BE", "MM", "ME", "EB", "ES", "SB", "SS")),
        {each: tuple(emit[letter].get(each, _NEVER[0]) for letter in "BMES") for each in characters},
    )
