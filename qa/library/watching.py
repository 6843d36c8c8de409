"""Following a folder: what comes, changes, moves or goes is taken into the library or out of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from qa.corpus.walk import list_files
from qa.errors import InputError
from qa.types import FileReport

# Another process may be adding meanwhile; its turn ends.
WAIT = 600.0


class Followed(Protocol):
    """What watching asks of a library."""

    def add(self, *inputs: object, wait: float) -> list[FileReport]:
        """Take files in."""

    def forget_files(self, *paths: str | Path, wait: float) -> int:
        """Remove what came from files that are gone."""


def watch(library: Followed, paths: list[Path], every: float, stop: Callable[[], bool]) -> Iterator[list[FileReport]]:
    """Yield the reports of each round in which something happened; ``every`` seconds lie between two looks.

    Looking costs a stat for each file and works on every file system, network ones too.
    """
    before: dict[Path, tuple[int, int]] = {}
    while not stop():
        now = _look(paths)
        if now != before:
            reports = [report for report in library.add(*paths, wait=WAIT) if report.status != "unchanged"]
            for path in sorted(before.keys() - now.keys()):
                # A file that moved was recognised above and holds nothing any more under its old name.
                if library.forget_files(path, wait=WAIT):
                    reports.append(FileReport(path.name, "removed"))
            before = now
            if reports:
                yield reports
        time.sleep(every)


def _look(paths: list[Path]) -> dict[Path, tuple[int, int]]:
    found: dict[Path, tuple[int, int]] = {}
    for path in paths:
        try:
            files = list_files(path)
        except InputError:  # a file that is gone; it may come back
            continue
        for file in files:
            try:
                status = file.stat()
            except OSError:
                continue
            found[file.absolute()] = (status.st_size, status.st_mtime_ns)
    return found
