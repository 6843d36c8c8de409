"""A text under revision that remembers where each of its characters stood in the raw file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.types import OffsetMap


@dataclass(frozen=True, slots=True)
class Draft:
    """``text`` and, for each character of it, its position in the raw text (strictly ascending)."""

    text: str
    at: NDArray[np.int64]

    @classmethod
    def of(cls, raw: str) -> Draft:
        """Return the draft that still equals the raw text."""
        return cls(raw, np.arange(len(raw), dtype=np.int64))

    def rewrite(self, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str] = "") -> Draft:
        """Replace each match by at most one character, which keeps the position of the match's first character.

        A replacement of ``...`` length more than one is allowed only where it is a part of the match kept as it is.
        """
        give = replacement if callable(replacement) else lambda _: replacement
        edits = [(match.start(), match.end(), give(match)) for match in pattern.finditer(self.text)]
        return self._edited([edit for edit in edits if self.text[edit[0]:edit[1]] != edit[2]])

    def without(self, spans: Iterable[tuple[int, int]]) -> Draft:
        """Return the draft with the spans cut away (ascending, not overlapping)."""
        return self._edited([(start, end, "") for start, end in spans if end > start])

    def _edited(self, edits: list[tuple[int, int, str]]) -> Draft:
        if not edits:
            return self
        texts: list[str] = []
        positions: list[NDArray[np.int64]] = []
        last = 0
        for start, end, new in edits:
            texts += self.text[last:start], new
            positions += self.at[last:start], self.at[start:start + len(new)]
            last = end
        texts.append(self.text[last:])
        positions.append(self.at[last:])
        return Draft("".join(texts), np.concatenate(positions))

    def offsets(self) -> OffsetMap:
        """Return the map back to the raw text, as runs that are as long as can be."""
        if not self.text:
            return OffsetMap()
        starts = np.concatenate(([0], np.flatnonzero(np.diff(self.at) != 1) + 1))
        lengths = np.diff(np.concatenate((starts, [len(self.text)])))
        return OffsetMap(tuple(zip(starts.tolist(), self.at[starts].tolist(), lengths.tolist(), strict=True)))
