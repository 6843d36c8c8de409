"""The desk where questions wait: a few workers, a bounded line, a deadline. Every door of the server comes through it.

The line is bounded because a person who is told "busy" at once is better served than one who waits for a minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from qa.errors import WenjuError

T = TypeVar("T")
# Two questions at a time: answering is bound by one interpreter, and a slow one must not stand before all others.
WORKERS = 2
# At about 50 ms a question the last of these waits some seconds.
LINE = 96
DEADLINE = 20.0


class Busy(WenjuError):
    """Too many questions wait already."""


class Late(WenjuError):
    """The answer did not come before the deadline."""


class Desk:
    """Runs jobs on a few threads; refuses when the line is full, gives up on a job at the deadline (seconds)."""

    def __init__(self, workers: int = WORKERS, line: int = LINE, deadline: float = DEADLINE) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="desk")
        self._line = line
        self._deadline = deadline
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Jobs that are running or in line."""
        return self._waiting

    async def run(self, job: Callable[[], T]) -> T:
        """Return what ``job`` returns; raises Busy at once when the line is full, Late at the deadline."""
        if self._waiting >= self._line:
            raise Busy("现在提问的人太多，请过几秒再试。(The server is busy; try again in a few seconds.)")
        self._waiting += 1
        future = asyncio.get_running_loop().run_in_executor(self._pool, job)
        # A job that outlives its deadline or its asker still holds a worker, so it is counted until it is done.
        future.add_done_callback(self._leave)
        try:
            return await asyncio.wait_for(asyncio.shield(future), self._deadline)
        except TimeoutError as error:
            raise Late(
                f"{self._deadline:g} 秒内没有得到答案，请重试或把问题问得短些。"
                f"(No answer within {self._deadline:g} s; try again or ask a shorter question.)"
            ) from error

    async def drained(self, seconds: float) -> bool:
        """Wait until nothing is running or waiting, at most so many seconds; tell whether it came to that."""
        step = 0.05
        for _ in range(int(seconds / step)):
            if not self._waiting:
                return True
            await asyncio.sleep(step)
        return not self._waiting

    def close(self) -> None:
        """Take no more jobs; drop those that have not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _leave(self, future: asyncio.Future[T]) -> None:
        self._waiting -= 1
        if not future.cancelled():
            future.exception()  # an asker who left never looks; asyncio would complain that nobody did
