"""The Ask tab's behaviour: questions in, a conversation as HTML out.

The conversation travels as the list of its questions (``Thread``, JSON in a hidden field of the browser's page); the
server keeps nothing of it, so sessions cannot mix and a restart loses none. What comes after the reader has gone on (a
new chat, another question) is dropped: every event takes a ticket, and only the latest may change the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

import gradio as gr

from qa.app.web_charts import comparison_html
from qa.app.web_escape import escape
from qa.app.web_panels import answer_html, empty_html, notice_html, turn_html
from qa.app.web_scope import SCOPE, Asked
from qa.app.web_service import Service
from qa.app.web_texts import Texts, sentence, texts_for
from qa.app.web_thread import Order, Thread, Ticket
from qa.errors import LibraryError, WenjuError
from qa.types import Answer


class Chat:
    """Handles the events of the Ask tab."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._order = Order()

    async def ask(
        self, question: str, thread: str, source: str | None, publisher: str | None, since: str | None,
        until: str | None, agency: str | None, request: gr.Request,
    ) -> AsyncIterator[tuple[Any, ...]]:  # fmt: skip
        """Yield (conversation, thread, question field): first with the question pending, then answered."""
        texts, before = texts_of(request), Thread.read(thread)
        wanted = dict(zip(SCOPE, (source, publisher, since, until, agency), strict=True))
        asked = before.asking(Asked.of(question, wanted))
        ticket = self._enter(asked, request)
        if asked is not before:
            waiting = turn_html(asked.questions[-1], notice_html(texts("pending"), texts, "pending"), texts)
            earlier = await self._turns_html(before, texts) if before.questions else ""
            yield self._current(ticket, (_page(asked, earlier + waiting), asked.json(), ""))
        # The field is left alone this time: the next question may stand in it already.
        yield self._current(ticket, (await self.talk_html(asked, texts), asked.json(), gr.skip()))

    async def begin(self, thread: str, request: gr.Request) -> tuple[Any, ...]:
        """Return (conversation, thread) of a new chat; what a page that lost its connection had asked is kept."""
        asked = Thread.read(thread)
        ticket = self._enter(asked, request)
        return self._current(ticket, (await self.talk_html(asked, texts_of(request)), asked.json()))

    async def choices(self) -> list[Any]:
        """Return fresh choices for the filters, in the order of ``SCOPE``; days have none."""
        with suppress(LibraryError):
            found = await asyncio.to_thread(self._service.choices)
            return [gr.Dropdown(choices=found[name]) if name in found else gr.skip() for name in SCOPE]
        return [gr.skip() for _ in SCOPE]

    async def restore(self, signal: str, request: gr.Request) -> tuple[Any, ...]:
        """Return (conversation, thread, filters of the last question) for the questions a browser has kept."""
        asked = Thread.read(signal)
        ticket = self._enter(asked, request)
        scope = dict(asked.questions[-1].scope) if asked.questions else {}
        boxes = [scope.get(name, "") for name in SCOPE]
        return self._current(ticket, (await self.talk_html(asked, texts_of(request)), asked.json(), *boxes))

    async def stop(self, thread: str, request: gr.Request) -> tuple[Any, ...]:
        """Return (conversation, thread, question field) with the last question taken back into its field."""
        asked = Thread.read(thread)
        kept = asked.without_last()
        ticket = self._enter(asked, request)
        taken = "".join(each.text for each in asked.questions[-1:])
        return self._current(ticket, (await self.talk_html(kept, texts_of(request)), kept.json(), taken))

    async def talk_html(self, asked: Thread, texts: Texts) -> str:
        """Return a whole conversation; an empty one explains itself and offers questions."""
        if not asked.questions:
            return await self._empty(texts)
        return _page(asked, await self._turns_html(asked, texts))

    def _enter(self, thread: Thread, request: gr.Request) -> Ticket:
        return self._order.enter(request.session_hash or "", thread)

    def _current(self, ticket: Ticket, outputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the outputs of the page's latest event; those of an earlier one change nothing any more."""
        return outputs if self._order.counts(ticket) else tuple(gr.skip() for _ in outputs)

    async def _turns_html(self, asked: Thread, texts: Texts) -> str:
        questions = asked.questions
        try:
            answers = await self._service.talk(questions)
        except WenjuError as error:
            # What was answered before stays; the sentence stands where an answer is missing.
            known = self._service.remembered(questions)
            answers = [*known, *[error] * (len(questions) - len(known))]
        return await self._turns(questions, answers, texts)

    async def _turns(self, asked: Sequence[Asked], answers: Sequence[Answer | WenjuError], texts: Texts) -> str:
        turns = []
        for question, answer in zip(asked, answers, strict=True):
            if isinstance(answer, Answer):
                body = answer_html(answer, texts, await self._chart(answer))
            else:
                body = notice_html(sentence(answer), texts)
            turns.append(turn_html(question, body, texts))
        return "".join(turns)

    async def _chart(self, answer: Answer) -> str:
        with suppress(LibraryError):
            return await asyncio.to_thread(comparison_html, answer, self._service.library)
        return ""

    async def _empty(self, texts: Texts) -> str:
        try:
            articles, figures = await asyncio.to_thread(self._service.counts)
        except WenjuError as error:
            return notice_html(sentence(error), texts)
        return empty_html(articles, figures, texts)


def texts_of(request: gr.Request) -> Texts:
    """Return the words in the language of the browser that sent the request."""
    return texts_for(request.headers.get("accept-language", ""))


def _page(asked: Thread, turns: str) -> str:
    """Return a conversation with what the browser keeps of it, for its script to read."""
    return f'{turns}<span class="wj-state">{escape(asked.json())}</span>'
