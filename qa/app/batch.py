"""Many questions in one file: what a line of ``--batch`` may say, and the sentence for a line that says it wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import InputError


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a batch: ``turns`` ends with the question, earlier turns are its conversation."""

    id: str | int | None
    turns: tuple[str, ...]


def read_batch(path: str) -> Iterator[Asked]:
    """Yield the questions of a JSON-lines file, or of standard input for "-".

    A file is checked to its end before the first question is asked, so that a bad line costs nothing; standard input
    is read as it comes. Raises InputError that names the line.
    """
    if path == "-":
        try:
            yield from _questions(sys.stdin, "standard input")
        except UnicodeDecodeError as error:
            raise InputError(f"standard input is not UTF-8 ({error}); convert it first.") from error
        return
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the batch {path}: {error}; give a UTF-8 file of JSON lines.") from error
    yield from list(_questions(lines, path))


def _questions(lines: Iterable[str], name: str) -> Iterator[Asked]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _question(line, f"line {number} of {name}")


def _question(line: str, where: str) -> Asked:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON ({error}); give one JSON object a line.") from error
    if not isinstance(row, dict):
        raise InputError(
            f'{where} is no JSON object; give {{"id": ..., "question": "..."}} or {{"id": ..., "turns": [...]}}.'
        )
    turns = row.get("turns", [row.get("question")])
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, str) for turn in turns):
        raise InputError(f'{where} has neither a question nor a list of turns; give "question" or "turns" as text.')
    if not isinstance(row.get("id"), str | int | None):
        raise InputError(f"{where} has the id {row['id']!r}; give a text or a whole number.")
    return Asked(row.get("id"), tuple(turns))
