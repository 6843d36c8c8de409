"""What every door of the server shares: one library, one assistant, one desk, and the answers lately given.

A conversation is nothing but its questions: whoever has them (the browser keeps them) gets the same answers again, so
a restarted server, a reloaded page or a second tab loses nothing, and an article that was removed is never shown
from an old chat.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from threading import Lock

from qa.answering import Assistant
from qa.app.ledger import Row
from qa.app.web_desk import Desk
from qa.app.web_raw import raw_text
from qa.app.web_scope import Asked
from qa.app.web_suggest import questions_about
from qa.errors import InputError, LibraryError, WenjuError
from qa.library import Library
from qa.types import Answer, Article, Figure, Hit, Turn

# Conversations are short; these many answers are a few megabytes.
_KEPT = 1024
# Earlier questions that may still matter to a follow-up.
_MEMORY = 8
# Articles that starter questions are taken from, spread over the library.
_SPREAD = 8
_FEEDBACK_TEXT = 2000
# A longer list of choices is no help; the boxes take any word as well.
_CHOICES = 400
MAX_HITS = 50
MAX_TEXTS = 256

_Told = tuple[Asked, Answer]
_Offer = tuple[str, Figure]


class Service:
    """Asks, searches and embeds for all doors; the methods that wait go through the desk."""

    def __init__(self, library: Library, desk: Desk, feedback: Path) -> None:
        self.library = library
        self.desk = desk
        self._assistant = Assistant(library)
        self._feedback = feedback
        self._answers: OrderedDict[tuple[object, ...], Answer | WenjuError] = OrderedDict()
        self._offers: dict[tuple[object, ...], asyncio.Future[list[_Offer]]] = {}
        self._ledger: tuple[object, list[Row]] = (None, [])
        self._generation: object = None
        self._lock = Lock()

    async def ask(self, question: str, earlier: Sequence[str] = (), **filters: str) -> Answer:
        """Answer a question after earlier ones of its conversation; raises InputError, Busy, Late or LibraryError.

        ``filters`` (``SCOPE``) narrow the articles for the whole conversation.
        """
        asked = [Asked.of(text, filters) for text in (*earlier, question)]
        answer = (await self.desk.run(lambda: self._talk(asked)))[-1]
        if isinstance(answer, WenjuError):
            raise answer
        return answer

    async def talk(self, questions: Sequence[Asked]) -> list[Answer | WenjuError]:
        """Return the answers to a whole conversation, for each question an answer or the error it met."""
        return await self.desk.run(lambda: self._talk(questions))

    def remembered(self, questions: Sequence[Asked]) -> list[Answer | WenjuError]:
        """Return the answers to the beginning of a conversation as far as they were given lately, without asking."""
        return list(_conversation(questions, lambda asked, earlier: self._recall(self._generation, asked, earlier)))

    async def search(self, question: str, k: int, **filters: str) -> list[Hit]:
        """Return the ``k`` nearest passages; ``filters`` (``SCOPE``) narrow the articles."""
        if not 1 <= k <= MAX_HITS:
            raise InputError(f"k is {k}; ask for 1 to {MAX_HITS} passages.")
        wanted = Asked.of(question, filters).filters()
        return await self.desk.run(lambda: self.library.search(question, k=k, **wanted))

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one L2-normalised vector for each text."""
        if len(texts) > MAX_TEXTS:
            raise InputError(f"{len(texts)} texts at once are too many; send at most {MAX_TEXTS}.")
        return await self.desk.run(lambda: self._embed(texts))

    async def starters(self, count: int = 4) -> list[str]:
        """Return questions that this library answers, each tried before it is offered."""
        articles = await self.desk.run(self.library.articles)
        step = max(len(articles) // _SPREAD, 1)
        chosen = articles[::step][:_SPREAD]
        each = -(-count // max(len(chosen), 1))
        pools = [await self._about(article.id, each) for article in chosen]
        # One from each article first, then the second ones.
        rounds = [pool[place][0] for place in range(count) for pool in pools if place < len(pool)]
        return rounds[:count]

    async def follow_ups(self, answer: Answer, asked: Sequence[str], count: int = 3) -> list[str]:
        """Return further questions about the article that an answer cites, none asked before."""
        if answer.abstained or not answer.citations:
            return []
        found = await self._about(answer.citations[0].article_id)
        known = {*asked, answer.resolved_question}
        # What was just answered is not offered in other words.
        fresh = [question for question, figure in found if question not in known and figure.text not in answer.headline]
        return fresh[:count]

    def article(self, article_id: str) -> Article | None:
        """Return an article, or None when it is not (or no longer) there."""
        try:
            return self.library.article(article_id)
        except InputError:
            return None

    def counts(self) -> tuple[int, int]:
        """Return how many articles and how many figures the library holds."""
        return len(self.library), len(self.rows())

    def rows(self) -> list[Row]:
        """Return the whole ledger in the order of the articles; kept until the library changes."""
        generation = self.library.generation
        with self._lock:
            if self._ledger[0] == generation:
                return self._ledger[1]
        articles = {article.id: article for article in self.library.articles()}
        figures = (figure for figure in self.library.figures() if figure.article_id in articles)
        rows = [Row(figure, articles[figure.article_id]) for figure in figures]
        with self._lock:
            self._ledger = (generation, rows)
        return rows

    def choices(self) -> dict[str, list[str]]:
        """Return the names that filters can hold, the most frequent first."""
        articles = self.library.articles()
        named = {
            "source": (article.source for article in articles),
            "publisher": (article.publisher for article in articles),
            "agency": (row.figure.subject for row in self.rows()),
        }
        counted = {name: Counter(filter(None, values)) for name, values in named.items()}
        return {name: [value for value, _ in counts.most_common(_CHOICES)] for name, counts in counted.items()}

    def raw_text(self, article: Article) -> str | None:
        """Return the decoded file that an article was cut from, or None when it is gone or was changed since."""
        return raw_text(article, self.library.files(article.id))

    def like(self, question: str, headline: str, liked: bool) -> None:
        """Write one line of feedback to the local file beside the library."""
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "question": question[:_FEEDBACK_TEXT],
            "headline": headline[:_FEEDBACK_TEXT],
            "liked": liked,
        }
        try:
            with self._lock, self._feedback.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise LibraryError(f"{self._feedback} cannot be written ({error.strerror})") from error

    def _talk(self, questions: Sequence[Asked]) -> list[Answer | WenjuError]:
        return list(_conversation(questions, self._answer))

    def _answer(self, asked: Asked, earlier: Sequence[_Told]) -> Answer | WenjuError:
        generation = self.library.generation
        known = self._recall(generation, asked, earlier)
        if known is not None:
            return known
        turns = [Turn(before.text, answer) for before, answer in earlier]
        try:
            answer: Answer | WenjuError = self._assistant.ask(asked.text, turns, **asked.filters())
        except InputError as error:
            answer = error
        with self._lock:
            self._answers[_key(generation, asked, earlier)] = answer
            while len(self._answers) > _KEPT:
                self._answers.popitem(last=False)
        self._generation = generation
        return answer

    def _recall(self, generation: object, asked: Asked, earlier: Sequence[_Told]) -> Answer | WenjuError | None:
        key = _key(generation, asked, earlier)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def _embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [[float(number) for number in vector] for vector in self.library.embedder.encode_passages(list(texts))]

    async def _about(self, article_id: str, count: int = 4) -> list[_Offer]:
        """Return questions about an article with the figures that answer them; whoever asks meanwhile waits along."""
        key = (self.library.generation, article_id, count)
        if key not in self._offers:
            if len(self._offers) > _KEPT:
                self._offers.clear()
            self._offers[key] = asyncio.ensure_future(self._tried(article_id, count))
            self._offers[key].add_done_callback(partial(self._forget_failed, key))
        return await asyncio.shield(self._offers[key])

    async def _tried(self, article_id: str, count: int) -> list[_Offer]:
        """Try one question at a time, so that those of readers pass in between."""
        kept: list[_Offer] = []
        figures = await self.desk.run(partial(self.library.figures, article_id))
        for question, figure in questions_about(figures):
            answer = await self.desk.run(partial(self._answer, Asked(question), ()))
            if isinstance(answer, Answer) and not answer.abstained and figure.text in answer.headline:
                kept.append((question, figure))
            if len(kept) == count:
                break
        return kept

    def _forget_failed(self, key: tuple[object, ...], done: asyncio.Future[list[_Offer]]) -> None:
        if done.cancelled() or done.exception():
            self._offers.pop(key, None)


def _key(generation: object, asked: Asked, earlier: Sequence[_Told]) -> tuple[object, ...]:
    return (generation, asked, *(before for before, _ in earlier))


def _conversation(
    questions: Sequence[Asked], answer_to: Callable[[Asked, Sequence[_Told]], Answer | WenjuError | None]
) -> Iterator[Answer | WenjuError]:
    """Yield the answer to each question, given what was told before it, until there is none."""
    told: list[_Told] = []
    for asked in questions:
        answer = answer_to(asked, told[-_MEMORY:])
        if answer is None:
            return
        yield answer
        if isinstance(answer, Answer):
            told.append((asked, answer))
