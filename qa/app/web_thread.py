"""A conversation as it travels between browser and server, and which of a page's events came last.

The server keeps no conversation: the page sends it with every event and gets it back. Events of one page run side by
side, so an answer can come after the reader has gone on to something else; ``Order`` tells which answers still count.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, replace
from itertools import count
from threading import Lock

from qa.app.web_scope import Asked

# Turns that are kept on the page; the oldest leave first.
_LONGEST = 40
# Pages that are told apart; the one that was longest silent is forgotten first.
_PAGES = 4096


@dataclass(frozen=True, slots=True)
class Thread:
    """The questions of a conversation, and the number that the browser gave it: a later chat has a larger one."""

    chat: int = 0
    questions: tuple[Asked, ...] = ()

    @classmethod
    def read(cls, text: str) -> Thread:
        """Read what ``json`` wrote, or a bare list of questions; anything else is an empty conversation.

        >>> Thread.read('{"chat": 3, "questions": ["a", 1]}')
        Thread(chat=3, questions=(Asked(text='a', scope=()),))
        """
        try:
            found = json.loads(text or "[]")
        except (ValueError, RecursionError):
            return cls()
        fields = found if isinstance(found, dict) else {"questions": found}
        chat, questions = fields.get("chat"), fields.get("questions")
        listed = questions if isinstance(questions, list) else []
        kept = [asked for asked in map(Asked.read, listed) if asked is not None]
        return cls(chat if type(chat) is int else 0, tuple(kept[-_LONGEST:]))

    def json(self) -> str:
        """Return the conversation as one line of ASCII."""
        return json.dumps({"chat": self.chat, "questions": [each.plain() for each in self.questions]})

    def asking(self, asked: Asked) -> Thread:
        """Return the conversation with one more question; a blank one adds nothing."""
        return replace(self, questions=(*self.questions, asked)[-_LONGEST:]) if asked.text.strip() else self

    def without_last(self) -> Thread:
        """Return the conversation as it was before its last question."""
        return replace(self, questions=self.questions[:-1])


@dataclass(frozen=True, slots=True)
class Ticket:
    """The place of one event among those of its page."""

    page: str
    place: tuple[int, int]


class Order:
    """Knows which event of each page came last: first by the number of its chat, then by arrival.

    The chat's number comes from the browser because the framework may run two events in another order than they
    were sent.
    """

    def __init__(self) -> None:
        self._last: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._arrivals = count()
        self._lock = Lock()

    def enter(self, page: str, thread: Thread) -> Ticket:
        """Note that an event of a page has begun."""
        with self._lock:
            # A page that was only just opened comes before all that is asked on it, however late it is heard of.
            chat = thread.chat if thread != Thread() else -1
            place = (chat, next(self._arrivals))
            self._last[page] = max(place, self._last.pop(page, place))
            while len(self._last) > _PAGES:
                self._last.popitem(last=False)
        return Ticket(page, place)

    def counts(self, ticket: Ticket) -> bool:
        """Tell whether no later event of the same page has begun."""
        with self._lock:
            return self._last.get(ticket.page, ticket.place) <= ticket.place

