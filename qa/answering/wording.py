"""How much a word says, and which other words say the same: stop words, weights, synonyms.

The table of synonyms holds general Chinese only (official and everyday words for one meaning), never a name.
"""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from importlib.resources import files

from qa.language.dictionary import load_dictionary


def _listed(name: str) -> frozenset[str]:
    text = _data(name)
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def _data(name: str) -> str:
    return files("qa.answering").joinpath("data", name).read_text(encoding="utf-8")


# Stop words say nothing about what is asked; light words fit nearly any sentence of a report.
STOP, LIGHT = _listed("stop.txt"), _listed("light.txt")

# Characters too common to tell one word from another.
_WEAK_CHARACTERS = frozenset(
    "人员局公安事行动作大小中国市县区镇村省的一二三四五六七八九十上下为了有在年月日个不民发生出来到成部门工开全面时间地方法会家名进老新"
)


@cache
def synonyms() -> dict[str, frozenset[str]]:
    """Return for every word of the table the other words of its lines."""
    table: dict[str, set[str]] = {}
    text = _data("synonyms.txt")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        group = line.split()
        for word in group:
            table.setdefault(word, set()).update(group)
    return {word: frozenset(others - {word}) for word, others in table.items()}


# Files of words that exclude each other: what is counted, and the phases of what goes on.
CONTRASTS, PHASES = "contrasts.txt", "phases.txt"


@lru_cache(maxsize=256)
def opposites_in(
    folded: str, name: str = CONTRASTS
) -> tuple[tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]], ...]:
    """Return the sets of words that exclude each other of which ``folded`` says any: all members, and those it says."""
    said = ((members, tuple(member for member in members if member.search(folded))) for members in contrasts(name))
    return tuple((members, found) for members, found in said if found)


@cache
def contrasts(name: str = CONTRASTS) -> tuple[tuple[re.Pattern[str], ...], ...]:
    """Return the sets of words that exclude each other, a pattern for each member of a set."""
    lines = [line for line in _data(name).splitlines() if not line.startswith("#")]
    return tuple(tuple(re.compile(member) for member in line.split()) for line in lines)


@cache
def weight(word: str) -> float:
    """Return how much ``word`` tells, 0..1.5: rare words of the language tell more, stop words nothing."""
    if word in STOP or not re.search(r"\w", word):
        return 0.0
    frequency = load_dictionary().frequency(word) or 1
    rarity = math.log10(load_dictionary().total / frequency)
    full = min(1.4, max(0.35, (rarity - 2.2) / 2.6))
    if word in LIGHT:
        return 0.3 * full
    return full if len(word) > 1 or word.isdigit() else 0.6 * full


@cache
def forms(word: str) -> tuple[tuple[str, float], ...]:
    """Return the forms by which ``word`` may stand in a text, each with how well it stands for it (1 = the word)."""
    found = {word: 1.0}
    for other in synonyms().get(word, ()):
        if len(other) > 1:
            found.setdefault(other, 0.85)
        elif other not in _WEAK_CHARACTERS:
            found.setdefault(other, 0.6)
    if len(word) > 2:
        for at in range(len(word) - 1):
            piece = word[at : at + 2]
            if load_dictionary().knows(piece) and weight(piece) > 0 and piece not in LIGHT:
                found.setdefault(piece, 0.55)
                for other in synonyms().get(piece, ()):
                    if len(other) > 1:
                        found.setdefault(other, 0.5)
    elif len(word) == 2:
        for character in word:
            if character not in _WEAK_CHARACTERS and "\u3400" <= character <= "\u9fff":
                found.setdefault(character, 0.3)
    return tuple(sorted(found.items(), key=lambda form: (-form[1], -len(form[0]), form[0])))


@cache
def pattern(word: str) -> tuple[re.Pattern[str], dict[str, float]]:
    """Return a pattern that finds every form of ``word`` in folded text, with the worth of each form."""
    table = dict(forms(word))
    longest_first = sorted(table, key=lambda form: (-len(form), form))
    guarded = [rf"(?<![\d.]){re.escape(f)}(?![\d.%])" if f[0].isdigit() else re.escape(f) for f in longest_first]
    return re.compile("|".join(guarded)), table
