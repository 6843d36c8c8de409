"""Pairs of texts that belong together, drawn from documents and questions; each text is a row of word ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tqdm import tqdm

from embeddings.training.corpus import Document, Question
from embeddings.training.vocabulary import batches

Ids = NDArray[np.int32]
# Words of a passage: about 200 characters.
PASSAGE_WORDS = 115
_FEWEST_WORDS = 6
# So many pairs are held against another passage of their own document.
_SIBLINGS = 0.5


def cut_all(tokenizer: Tokenizer, texts: Iterable[str], note: str) -> list[Ids]:
    """Cut texts into ids."""
    found: list[Ids] = []
    for batch in tqdm(batches(texts), desc=note, unit="batch", mininterval=2):
        found.extend(np.array(encoding.ids, np.int32) for encoding in tokenizer.encode_batch_fast(batch))
    return found


@dataclass(frozen=True, slots=True)
class Texts:
    """Documents as ids: ``sentences[first[d]:first[d + 1]]`` are those of document ``d``; empty titles stay empty."""

    titles: list[Ids]
    sentences: list[Ids]
    first: NDArray[np.int64]

    @classmethod
    def cut(cls, tokenizer: Tokenizer, documents: Sequence[Document], note: str) -> Texts:
        """Cut documents into ids."""
        titles = cut_all(tokenizer, (document.title for document in documents), f"{note}: titles")
        every = cut_all(tokenizer, (s for document in documents for s in document.sentences), f"{note}: sentences")
        first = np.cumsum([0] + [len(document.sentences) for document in documents])
        return cls(titles, every, first)

    def document_of(self, sentence: int) -> int:
        """Return the document that holds a sentence."""
        return int(np.searchsorted(self.first, sentence, side="right")) - 1

    def window(self, sentence: int, rng: np.random.Generator) -> tuple[int, int]:
        """Return the bounds of a passage around a sentence: sentences are added on either side until it is long."""
        document = self.document_of(sentence)
        low, high = int(self.first[document]), int(self.first[document + 1])
        start, end, size = sentence, sentence + 1, len(self.sentences[sentence])
        while size < PASSAGE_WORDS and (start > low or end < high):
            if start > low and (end >= high or rng.random() < 0.5):
                start -= 1
                size += len(self.sentences[start])
            else:
                size += len(self.sentences[end])
                end += 1
        return start, end

    def sibling(self, start: int, end: int, rng: np.random.Generator) -> Ids | None:
        """Return a passage of the same document that ends before ``start`` or begins at or after ``end``, if any."""
        document = self.document_of(start)
        low, high = int(self.first[document]), int(self.first[document + 1])
        left, right = start - low, high - end
        if left + right < 1:
            return None
        first = int(rng.integers(left + right))
        first, last = (low + first, start) if first < left else (end + first - left, high)
        lengths = np.cumsum([len(self.sentences[i]) for i in range(first, last)])
        return self.join(first, first + 1 + int(np.searchsorted(lengths[:-1], PASSAGE_WORDS)))

    def join(self, start: int, end: int, without: int = -1) -> Ids:
        """Return the words of sentences ``start`` to ``end``, one of them left out if asked."""
        parts = [self.sentences[i] for i in range(start, end) if i != without]
        return np.concatenate(parts) if parts else np.empty(0, np.int32)


@dataclass(frozen=True, slots=True)
class Pair:
    """A text, the passage it belongs to and, when one was mined, a passage that only looks like it."""

    asks: Ids
    holds: Ids
    rival: Ids | None = None


Draw = Callable[[np.random.Generator], Pair | None]


def title_to_passage(texts: Texts) -> Draw:
    """Make pairs of a title and a passage of its document."""
    titled = np.array([d for d, title in enumerate(texts.titles) if len(title) > 2])

    def draw(rng: np.random.Generator) -> Pair | None:
        document = int(rng.choice(titled))
        if texts.first[document] == texts.first[document + 1]:
            return None
        sentence = int(rng.integers(texts.first[document], texts.first[document + 1]))
        return Pair(texts.titles[document], texts.join(*texts.window(sentence, rng)))

    return draw


def sentence_to_rest(texts: Texts) -> Draw:
    """Make pairs of a sentence, or a part of it, and the rest of its passage."""

    def draw(rng: np.random.Generator) -> Pair | None:
        sentence = int(rng.integers(len(texts.sentences)))
        words = texts.sentences[sentence]
        start, end = texts.window(sentence, rng)
        if len(words) > 12 and rng.random() < 0.5:
            cut = int(rng.integers(6, len(words) - 5))
            words = words[:cut] if rng.random() < 0.5 else words[cut:]
        return Pair(words, texts.join(start, end, without=sentence), _sometimes(texts, start, end, rng))

    return draw


def neighbours(texts: Texts) -> Draw:
    """Make pairs of passages that follow each other."""

    def draw(rng: np.random.Generator) -> Pair | None:
        start, end = texts.window(int(rng.integers(len(texts.sentences))), rng)
        if end >= texts.first[texts.document_of(start) + 1]:
            return None
        return Pair(texts.join(start, end), texts.join(*texts.window(end, rng)))

    return draw


def half_to_passage(texts: Texts) -> Draw:
    """Make pairs of a random half of a sentence's words and its passage."""

    def draw(rng: np.random.Generator) -> Pair | None:
        sentence = int(rng.integers(len(texts.sentences)))
        words = texts.sentences[sentence]
        kept = words[rng.random(len(words)) < rng.uniform(0.3, 0.7)]
        start, end = texts.window(sentence, rng)
        return Pair(kept[:40], texts.join(start, end), _sometimes(texts, start, end, rng))

    return draw


def _sometimes(texts: Texts, start: int, end: int, rng: np.random.Generator) -> Ids | None:
    """Return now and then another passage of the same document, the hardest to tell from the right one."""
    rival = texts.sibling(start, end, rng) if rng.random() < _SIBLINGS else None
    return rival if rival is not None and len(rival) >= _FEWEST_WORDS else None


def question_to_passage(texts: Texts, asked: list[tuple[Ids, int]], rivals: list[list[Ids]]) -> Draw:
    """Make pairs of a human question and a passage around its answer; ``asked`` holds (question, sentence)."""

    def draw(rng: np.random.Generator) -> Pair | None:
        place = int(rng.integers(len(asked)))
        question, sentence = asked[place]
        start, end = texts.window(sentence, rng)
        rival = _sometimes(texts, start, end, rng)
        if rival is None and rivals[place]:
            rival = rivals[place][int(rng.integers(len(rivals[place])))]
        return Pair(question, texts.join(start, end), rival)

    return draw


def locate(
    texts: Texts, documents: Sequence[Document], questions: Sequence[Question], cut: list[Ids]
) -> list[tuple[Ids, int]]:
    """Find the sentence that holds the answer of each question."""
    places = {document.id: d for d, document in enumerate(documents)}
    asked = []
    for question, ids in zip(questions, cut, strict=True):
        document = places[question.context]
        ends = np.cumsum([len(s) for s in documents[document].sentences])
        sentence = int(np.searchsorted(ends, question.start, side="right"))
        if question.start >= 0 and sentence < len(ends):
            asked.append((ids, int(texts.first[document]) + sentence))
    return asked


def swap(words: Ids, alike: dict[int, Ids], rng: np.random.Generator) -> Ids:
    """Replace half of the words that have others of the same meaning by one of those."""
    swapped = words.copy()
    for place, word in enumerate(words):
        others = alike.get(int(word))
        if others is not None and rng.random() < 0.5:
            swapped[place] = others[int(rng.integers(len(others)))]
    return swapped


@dataclass(frozen=True, slots=True)
class Mixture:
    """Ways to draw pairs, each with its weight; ``alike`` holds words of the same meaning by word."""

    draws: tuple[Draw, ...]
    weights: tuple[float, ...]
    alike: dict[int, Ids]

    def batch(self, size: int, rng: np.random.Generator) -> list[Pair]:
        """Draw ``size`` pairs; those too short to say anything are drawn anew."""
        chances = np.array(self.weights) / sum(self.weights)
        pairs: list[Pair] = []
        while len(pairs) < size:
            pair = self.draws[int(rng.choice(len(self.draws), p=chances))](rng)
            if pair is not None and len(pair.asks) >= 3 and len(pair.holds) >= _FEWEST_WORDS:
                pairs.append(Pair(swap(pair.asks, self.alike, rng), pair.holds, pair.rival))
        return pairs
