"""Lists of words by name, read from ``data/lexicon.tsv``: surnames, posts, what begins and ends names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def lexicon(key: str) -> frozenset[str]:
    """Return the words of the list ``key``; KeyError for a list that does not exist."""
    return _lists()[key]


def alternatives(key: str) -> str:
    """Return the words of the list ``key`` as a pattern, longer ones first."""
    return "|".join(sorted(lexicon(key), key=lambda word: (-len(word), word)))


@cache
def _lists() -> dict[str, frozenset[str]]:
    lists: dict[str, list[str]] = {}
    listing = files("qa.language").joinpath("data/lexicon.tsv").read_text(encoding="utf-8")
    for line in listing.splitlines():
        key, tab, words = line.partition("\t")
        if tab and not key.startswith("#"):
            lists.setdefault(key, []).extend(words.split())
    return {key: frozenset(words) for key, words in lists.items()}
