"""The questions with known answers: what a gold file says, read once and checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import InputError

# One required element of a list or description: any of these forms will do.
Forms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gold:
    """One question of a gold file; ``turns`` ends with the question, earlier turns are its conversation."""

    id: str
    type: str  # figure percent money date ... list descriptive comparison followup unanswerable
    style: str  # plain colloquial paraphrase traditional english typo
    turns: tuple[str, ...]
    answers: Forms
    all_of: tuple[Forms, ...]
    distractors: Forms
    quotes: tuple[str, ...]  # the sentences that hold the answer
    answerable: bool
    note: str


def read_gold(path: Path | str) -> list[Gold]:
    """Return the questions of a JSON-lines file in its order; raises InputError with the line that is wrong."""
    file = Path(path)
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the questions in {file}: {error}; give a UTF-8 file of JSON lines.") from error
    gold = [_gold(row, f"{file} line {number}") for number, row in _rows(lines, file)]
    if not gold:
        raise InputError(f"{file} holds no questions; give one JSON object a line.")
    return gold


def _rows(lines: list[str], file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"{file} line {number} is not JSON ({error}); correct or remove the line.") from error
        if not isinstance(row, dict):
            raise InputError(f"{file} line {number} is no JSON object; give one object a line.")
        yield number, row


def _gold(row: dict[str, Any], where: str) -> Gold:
    try:
        return Gold(
            id=str(row["id"]),
            type=str(row["type"]),
            style=str(row["style"]),
            turns=tuple(str(turn) for turn in row["turns"]),
            answers=tuple(row["answers"]),
            all_of=tuple((each,) if isinstance(each, str) else tuple(each) for each in row.get("all_of") or ()),
            distractors=tuple(row.get("distractors") or ()),
            quotes=tuple(each["quote"] for each in row.get("evidence") or ()),
            answerable=bool(row["answerable"]),
            note=str(row.get("note") or ""),
        )
    except KeyError as error:
        raise InputError(f"{where} has no {error}; a gold question needs it.") from error
    except TypeError as error:
        raise InputError(f"{where} is no gold question: {error}.") from error
