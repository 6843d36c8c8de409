"""Reads question sets and plain texts from gzipped JSON lines. Knows the files, nothing of the reader."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ID = re.compile(r"[a-z]+-\d{6}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a paragraph ``text`` of the page ``title``; ``places`` are the answers' character spans there."""

    id: str
    question: str
    context_id: str
    title: str
    text: str
    answers: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of JSON lines, gzipped or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_texts(path: Path, without: frozenset[str] = frozenset()) -> list[str]:
    """Return the ``text`` of every line whose ``id`` is not in ``without``."""
    return [row["text"] for row in read_lines(path) if row["id"] not in without]


def read_ids(paths: Iterable[Path]) -> frozenset[str]:
    """Return all article ids (crud-000015) that stand in the files, whatever their form."""
    return frozenset(found for path in paths for found in _ID.findall(path.read_text(encoding="utf-8")))


def read_questions(folder: Path, name: str) -> list[Asked]:
    """Return the questions of ``name.questions.jsonl.gz`` with their paragraphs of ``name.contexts.jsonl.gz``."""
    contexts = {row["id"]: row for row in read_lines(folder / f"{name}.contexts.jsonl.gz")}
    found = []
    for row in read_lines(folder / f"{name}.questions.jsonl.gz"):
        context, answers = contexts[row["context_id"]], row["answers"]
        places = tuple((a["start"], a["start"] + len(a["text"])) for a in answers if a["start"] >= 0 and a["text"])
        texts = tuple(a["text"] for a in answers)
        found.append(
            Asked(row["id"], row["question"], row["context_id"], context["title"], context["text"], texts, places)
        )
    return found
