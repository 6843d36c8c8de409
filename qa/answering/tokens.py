"""Text as the reader sees it: token numbers with the characters that they stand for.

Numbers, latin words and Chinese never share a token, so the ends of a figure are ends of tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from qa.errors import InputError
from qa.language.scripts import fold

BEGIN, PAD, END = 0, 1, 2
# Halves of characters that a broken editor leaves; the tokenizer takes none.
_HALVES = re.compile("[\ud800-\udfff]")
# How the vocabulary writes a blank.
_BLANKS = str.maketrans(" \n\t\u3000\xa0", "\u2581" * 5)
# A run of tokens is best cut after these.
_STOPS = frozenset("。！？!?;；…\n")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token numbers of a text, and for each the characters ``spans[i]`` of the text that it stands for."""

    text: str
    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        """Return the number of tokens."""
        return len(self.ids)

    def part(self, first: int, last: int) -> Tokens:
        """Return the tokens ``first:last``, their spans still those of the whole text."""
        return Tokens(self.text, self.ids[first:last], self.spans[first:last])

    def covering(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the first and last token that share characters with ``start:end``, None where none does."""
        met = [i for i, (low, high) in enumerate(self.spans) if low < end and high > start]
        return (met[0], met[-1]) if met else None


def lead(question: Tokens, background: Tokens) -> tuple[int, ...]:
    """Return the token numbers before a context: the question, and after an END the background if there is one."""
    return (*question.ids, END, *background.ids) if len(background) else question.ids


class Cutter:
    """Cuts text into tokens; any text, in either script."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, path: Path) -> Cutter:
        """Return the cutter of the vocabulary at ``path``; ``InputError`` when it is none."""
        try:
            return cls(Tokenizer.from_str(path.read_text(encoding="utf-8")))
        except Exception as error:  # the library raises nothing narrower
            raise InputError(f"The reader's vocabulary {path} cannot be read ({error}); reinstall it.") from error

    def cut(self, text: str) -> Tokens:
        """Return the tokens of ``text``."""
        found = self._tokenizer.encode(_HALVES.sub("\ufffd", fold(text)).translate(_BLANKS))
        return Tokens(text, tuple(found.ids), tuple(found.offsets))


def runs(tokens: Tokens, most: int) -> Iterator[Tokens]:
    """Yield ``tokens`` in runs of at most ``most``, of whole sentences where a sentence is no longer than that."""
    start = safe = 0
    for i, (low, high) in enumerate(tokens.spans):
        if i - start >= most:
            stop = safe if safe > start else i
            yield tokens.part(start, stop)
            start = stop
        if tokens.text[low:high] in _STOPS:
            safe = i + 1
    if start < len(tokens):
        yield tokens.part(start, len(tokens))
