"""Questions with contexts as the network learns from them: crops of whole sentences, some without the answer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from qa.answering.reader import MOST_BACKGROUND, MOST_QUESTION, WINDOW
from qa.answering.tokens import Cutter, Tokens, lead
from qa.answering.training.model import REACH
from qa.corpus.passages import sentences

# Tokens of a crop: at least this, at most the reader's window.
SHORTEST = 60
# The share of crops without the answer, and how many of these come from another text of the same set.
ABSENT, FOREIGN = 0.15, 0.4
# The share of windows without the answer, of those that the bot would read, that a pass goes over.
RIVALS = 0.4
# Questions whose crops are sorted by length before they are cut into batches, in batches.
POOL = 20


@dataclass(frozen=True)
class Context:
    """A text in tokens, and the numbers of the tokens at which sentences begin, the end of the text included."""

    text: str
    tokens: Tokens

    @cached_property
    def cuts(self) -> list[int]:
        """Token numbers of the sentence borders, 0 and the number of tokens included."""
        cuts, at = [0], 0
        for _, end in sentences(self.text):
            while at < len(self.tokens) and self.tokens.spans[at][0] < end:
                at += 1
            if at > cuts[-1]:
                cuts.append(at)
        return cuts if cuts[-1] == len(self.tokens) else [*cuts, len(self.tokens)]


@dataclass(frozen=True, slots=True)
class Example:
    """A question, its context, and the first and last token of the answer there, None when it has none.

    ``lead`` are the numbers of the question's tokens and of the background's. A context that is a window of the bot's
    own is read ``whole``.
    """

    lead: tuple[int, ...]
    context: Context
    answer: tuple[int, int] | None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a context with what is read before it, and with the answer's tokens in that part."""

    lead: tuple[int, ...]
    window: Tokens
    answer: tuple[int, int] | None

    @property
    def size(self) -> int:
        """The number of tokens that the network reads."""
        return len(self.lead) + len(self.window) + 3


class Texts:
    """Makes examples; a text that many questions ask about is cut once."""

    def __init__(self, cutter: Cutter) -> None:
        self._cutter = cutter
        self._contexts: dict[str, Context] = {}

    def example(
        self, question: str, text: str, span: tuple[int, int] | None, *, background: str = "", whole: bool = False
    ) -> Example | None:
        """Return the example, None where the answer is longer than the network reaches."""
        context = self._contexts.get(text)
        if context is None:
            context = self._contexts[text] = Context(text, self._cutter.cut(text))
        answer = context.tokens.covering(*span) if span else None
        if span and (answer is None or answer[1] - answer[0] >= REACH):
            return None
        asked = self._cutter.cut(question).part(0, MOST_QUESTION)
        return Example(lead(asked, self._cutter.cut(background).part(0, MOST_BACKGROUND)), context, answer, whole)


def crop(example: Example, others: Sequence[Context], rng: random.Random) -> Crop | None:
    """Return a part of the example's context, mostly with the answer; None where no part will do."""
    size = rng.randint(SHORTEST, WINDOW)
    context, answer = example.context, example.answer
    if example.whole:
        return _window(example) if answer is not None or rng.random() < RIVALS else None
    if answer is not None and rng.random() >= ABSENT:
        first, last = _around(context, answer, size, rng)
        return Crop(example.lead, context.tokens.part(first, last), (answer[0] - first, answer[1] - first))
    if answer is not None and rng.random() < FOREIGN:
        context, answer = rng.choice(others), None
    found = _beside(context, answer, size, rng)
    return Crop(example.lead, context.tokens.part(*found), None) if found else None


def _window(example: Example) -> Crop | None:
    """Return the window as the bot reads it; None where the answer stands beyond what it reads."""
    if example.answer is not None and example.answer[1] >= WINDOW:
        return None
    return Crop(example.lead, example.context.tokens.part(0, WINDOW), example.answer)


def _around(context: Context, answer: tuple[int, int], size: int, rng: random.Random) -> tuple[int, int]:
    """Return a run of whole sentences with the answer, of at most ``size`` tokens, grown to either side by chance."""
    cuts = context.cuts
    low = max(k for k, cut in enumerate(cuts) if cut <= answer[0])
    high = min(k for k, cut in enumerate(cuts) if cut > answer[1])
    if cuts[high] - cuts[low] > size:
        first = max(cuts[low], answer[0] - rng.randint(0, max(size - (answer[1] - answer[0]) - 1, 0)))
        return first, min(first + max(size, answer[1] - first + 1), cuts[high])
    while True:
        ways = [low > 0 and cuts[high] - cuts[low - 1] <= size]
        ways.append(high + 1 < len(cuts) and cuts[high + 1] - cuts[low] <= size)
        if not any(ways):
            return cuts[low], cuts[high]
        if ways[0] and (not ways[1] or rng.random() < 0.5):
            low -= 1
        else:
            high += 1


def _beside(context: Context, answer: tuple[int, int] | None, size: int, rng: random.Random) -> tuple[int, int] | None:
    """Return a run of whole sentences without the answer; None where the text has none."""
    cuts = context.cuts
    starts = list(range(len(cuts) - 1))
    rng.shuffle(starts)
    for low in starts:
        high = low
        while high + 1 < len(cuts) and cuts[high + 1] - cuts[low] <= size:
            high += 1
        if high > low and (answer is None or cuts[low] > answer[1] or answer[0] >= cuts[high]):
            return cuts[low], cuts[high]
    return None


def batches(groups: Sequence[Sequence[Example]], size: int, rng: random.Random) -> Iterator[list[Crop]]:
    """Yield batches of ``size`` crops of like length, all examples once, in an order that ``rng`` decides.

    A crop that has to come from another text takes it from its own group.
    """
    others = [list({id(e.context): e.context for e in group if not e.whole}.values()) for group in groups]
    all_ = [(example, others[number]) for number, group in enumerate(groups) for example in group]
    rng.shuffle(all_)
    for at in range(0, len(all_), size * POOL):
        pool = [found for example, beside in all_[at : at + size * POOL] if (found := crop(example, beside, rng))]
        pool.sort(key=lambda one: one.size)
        cut = [pool[i : i + size] for i in range(0, len(pool), size)]
        rng.shuffle(cut)
        yield from cut
