"""Tells on standard error how far a long job has come."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

# Seconds between two lines.
PACE = 10.0


class Progress:
    """Prints lines with the seconds since the start; quiet ones print nothing."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet, self._began, self._last = quiet, time.monotonic(), 0.0

    def say(self, line: str) -> None:
        """Print one line."""
        self._last = time.monotonic()
        if not self._quiet:
            sys.stderr.write(f"[{self._last - self._began:6.0f} s] {line}\n")
            sys.stderr.flush()

    def pace(self, line: str) -> None:
        """Print the line when the last one is long enough ago."""
        if time.monotonic() - self._last >= PACE:
            self.say(line)

    def over(self, items: Iterable[T], name: str) -> Iterator[T]:
        """Yield the items and tell their number now and then."""
        for count, item in enumerate(items):
            self.pace(f"{name}: {count}")
            yield item
