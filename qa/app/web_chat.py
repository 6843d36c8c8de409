"""The Ask tab's behaviour: questions in, a conversation as HTML out.

The conversation travels as the list of its questions (``thread``, JSON in a hidden field of the browser's page); the
server keeps nothing of it, so sessions cannot mix and a restart loses none.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import gradio as gr

from qa.app.web_charts import comparison_html
from qa.app.web_desk import Busy, Late
from qa.app.web_panels import answer_html, empty_html, notice_html, suggestions_html, turn_html
from qa.app.web_service import Service
from qa.app.web_texts import Texts, texts_for
from qa.errors import LibraryError, WenjuError
from qa.types import Answer

# Turns that are kept on the page; the oldest leave first.
_LONGEST_THREAD = 40


class Chat:
    """Handles the events of the Ask tab."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def ask(self, question: str, thread: str, request: gr.Request) -> AsyncIterator[tuple[str, str, str]]:
        """Yield (conversation, thread, question field): first with the question pending, then answered."""
        texts = texts_of(request)
        asked = [*read_thread(thread), question][-_LONGEST_THREAD:]
        if not question.strip():
            asked = asked[:-1]
        elif asked[:-1]:
            yield await self._pending(asked, texts), json.dumps(asked, ensure_ascii=False), ""
        else:
            pending = turn_html(question, notice_html(texts("pending"), texts, "pending"), texts)
            yield pending, json.dumps(asked, ensure_ascii=False), ""
        yield await self.talk_html(asked, texts), json.dumps(asked, ensure_ascii=False), ""

    async def begin(self, thread: str, request: gr.Request) -> tuple[str, str]:
        """Return (conversation, thread) of a new chat; what a page that lost its connection had asked is kept."""
        return await self.restore(thread, request)

    async def starters(self, request: gr.Request) -> str:
        """Return questions to begin with."""
        with suppress(Busy, Late, LibraryError):
            return suggestions_html(await self._service.starters(), texts_of(request)("empty.try"))
        return ""

    async def restore(self, signal: str, request: gr.Request) -> tuple[str, str]:
        """Return (conversation, thread) for the questions a browser has kept."""
        asked = read_thread(signal)
        return await self.talk_html(asked, texts_of(request)), json.dumps(asked, ensure_ascii=False)

    async def stop(self, thread: str, request: gr.Request) -> tuple[str, str, str]:
        """Return (conversation, thread, question field) with the last question taken back into its field."""
        asked = read_thread(thread)
        texts = texts_of(request)
        return await self.talk_html(asked[:-1], texts), json.dumps(asked[:-1], ensure_ascii=False), "".join(asked[-1:])

    async def talk_html(self, asked: Sequence[str], texts: Texts) -> str:
        """Return a whole conversation; an empty one explains itself and offers questions."""
        if not asked:
            return await self._empty(texts)
        try:
            answers = await self._service.talk(asked)
        except WenjuError as error:
            # What was answered before stays; the sentence stands where an answer is missing.
            known = self._service.remembered(asked)
            answers = [*known, *[error] * (len(asked) - len(known))]
        return await self._turns(asked, answers, texts)

    async def _turns(self, asked: Sequence[str], answers: Sequence[Answer | WenjuError], texts: Texts) -> str:
        turns = []
        last = len(asked) - 1
        for place, (question, answer) in enumerate(zip(asked, answers, strict=True)):
            if isinstance(answer, Answer):
                follow = await self._follow(answer, asked) if place == last else []
                chart = await self._chart(answer)
                body = answer_html(answer, texts, chart, follow)
            else:
                body = notice_html(str(answer), texts)
            turns.append(turn_html(question, body, texts))
        return "".join(turns)

    async def _follow(self, answer: Answer, asked: Sequence[str]) -> list[str]:
        with suppress(Busy, Late, LibraryError):
            return await self._service.follow_ups(answer, asked)
        return []

    async def _chart(self, answer: Answer) -> str:
        with suppress(LibraryError):
            return await asyncio.to_thread(comparison_html, answer, self._service.library)
        return ""

    async def _pending(self, asked: Sequence[str], texts: Texts) -> str:
        waiting = turn_html(asked[-1], notice_html(texts("pending"), texts, "pending"), texts)
        return await self.talk_html(asked[:-1], texts) + waiting

    async def _empty(self, texts: Texts) -> str:
        try:
            articles, figures = await asyncio.to_thread(self._service.counts)
        except WenjuError as error:
            return notice_html(str(error), texts)
        return empty_html(articles, figures, texts)


def texts_of(request: gr.Request) -> Texts:
    """Return the words in the language of the browser that sent the request."""
    return texts_for(request.headers.get("accept-language", ""))


def read_thread(text: str) -> list[str]:
    """Read a list of questions; anything else is an empty conversation.

    >>> read_thread('["a", 1]'), read_thread('{"questions": ["b"]}'), read_thread("no")
    (['a'], ['b'], [])
    """
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    if isinstance(found, dict):
        found = found.get("questions")
    if not isinstance(found, list):
        return []
    return [question for question in found if isinstance(question, str) and question.strip()][-_LONGEST_THREAD:]
