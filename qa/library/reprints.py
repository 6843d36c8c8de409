"""Which articles are the same text printed again: sketches of their wording, compared.

A sketch holds, for each of 64 orders of all five-character runs, the first run of the text. The share of places where
two sketches agree estimates the share of runs that two texts have in common.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from qa.language.scripts import fold
from qa.library.records import State
from qa.library.store import Store

# Estimates from 64 places err by about six points.
PLACES = 64
RUN = 5
# Reprints with another headline, tail or a few words changed share more than this; reports on one event share less.
ALIKE = 0.6

# Two sketches that agree in both places of one of 32 pairs are compared; of reprints hardly one in a million does not.
_PAIR = 8  # bytes of two places

_random = np.random.default_rng(20231010)
_FACTORS = _random.integers(1, 1 << 63, PLACES, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_SHIFTS = _random.integers(0, 1 << 63, PLACES, dtype=np.uint64)
_BASE = np.uint64(1_099_511_628_211)

Table = NDArray[np.uint32]
_NO_LETTERS = re.compile(r"[\W_]+")


def sketch(text: str) -> bytes:
    """Return the sketch of a text, 256 bytes; empty for a text shorter than one run. Script and spaces do not count."""
    codes = np.frombuffer(letters(text).encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    if len(codes) < RUN:
        return b""
    runs = np.zeros(len(codes) - RUN + 1, np.uint64)
    for offset in range(RUN):
        runs = runs * _BASE + codes[offset:len(codes) - RUN + 1 + offset]
    runs = np.unique(runs)
    places = [((runs * factor + shift) >> np.uint64(32)).min() for factor, shift in zip(_FACTORS, _SHIFTS, strict=True)]
    return np.array(places, dtype="<u4").tobytes()


def letters(text: str) -> str:
    """Return the letters and digits of a text in simplified script: what must agree for the words to be the same."""
    return _NO_LETTERS.sub("", fold(text))


def table(sketches: list[bytes]) -> Table:
    """Return sketches as rows, (texts, places); an empty one is a row of zeros, which no text has."""
    blank = b"\0" * 4 * PLACES
    return np.frombuffer(b"".join(each or blank for each in sketches), dtype="<u4").reshape(-1, PLACES)


def alike(one: bytes, others: Table) -> NDArray[np.float64]:
    """Return the estimated share of common runs of one sketch with each row of the others."""
    if not one:
        return np.zeros(len(others))
    agreeing: NDArray[np.int64] = np.count_nonzero(others == np.frombuffer(one, dtype="<u4"), axis=1)
    return agreeing / PLACES


class Sketches:
    """The sketches of all articles of a store, in memory; a commit costs what it brought, not all of them again."""

    def __init__(self) -> None:
        self._state = State(0, "", 0, 0, 0)
        self._rows = np.empty(0, np.int64)
        self._table = table([])

    def follow(self, store: Store) -> None:
        """Stand for the generation that the store shows now."""
        state = store.state()
        if state.token == self._state.token:
            return
        changes = store.changes(self._state)
        # Where the way from there is not remembered, all are read anew.
        gone = [row for row, _ in changes[1]] if changes else self._rows
        if len(gone):
            stays = np.isin(self._rows, gone, invert=True)
            self._rows, self._table = self._rows[stays], self._table[stays]
        came = store.sketches(self._state.generation if changes else 0)
        self._rows = np.concatenate([self._rows, np.array([row for row, _, _ in came], np.int64)])
        self._table = np.concatenate([self._table, table([each for _, _, each in came])])
        self._state = state

    def alike(self, sketched: bytes) -> dict[int, float]:
        """Return the rows of the articles that print nearly the same, itself among them, with the shares in common."""
        shares = alike(sketched, self._table)
        return {int(self._rows[at]): float(shares[at]) for at in np.flatnonzero(shares >= ALIKE)}


class Shown:
    """The passages that were shown already: the same words in a reprint are not news."""

    def __init__(self) -> None:
        self._sketches: dict[str, list[bytes]] = {}  # letters of a passage -> sketches of the articles that print it

    def is_new(self, passage: str, sketched: bytes) -> bool:
        """Tell whether no article like this one printed the passage before, and remember it.

        Articles that are not alike may share a sentence and mean different things by it: 该局出动警力20人次.
        """
        before = self._sketches.setdefault(letters(passage), [])
        if before and (alike(sketched, table(before)) >= ALIKE).any():
            return False
        before.append(sketched)
        return True


def first_prints(sketches: list[bytes]) -> list[int]:
    """Return for each text the number of the first one that prints nearly the same, its own where there is none.

    What is alike to something alike belongs to the same group.
    """
    first = list(range(len(sketches)))
    rows = table(sketches)
    seen: dict[tuple[int, bytes], int] = {}
    for number, sketched in enumerate(sketches):
        near = {seen.setdefault((at, sketched[at:at + _PAIR]), number) for at in range(0, len(sketched), _PAIR)}
        for other in sorted(near - {number}):
            if (rows[number] == rows[other]).mean() >= ALIKE:
                _join(first, number, other)
    return [_root(first, number) for number in range(len(sketches))]


def _root(first: list[int], number: int) -> int:
    while first[number] != number:
        number = first[number]
    return number


def _join(first: list[int], one: int, other: int) -> None:
    low, high = sorted((_root(first, one), _root(first, other)))
    first[high] = low
