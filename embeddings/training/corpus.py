"""The texts that are learnt from: documents of sentences, and questions with the place of their answer."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import TrainingDataError

#: Folders of the data directory that may be learnt from; whatever else lies there (``eval``) is never opened.
QUESTION_SETS = ("train/cmrc2018-train", "train/drcd-test-simplified")
LAWS = ("train/laws-national",)
NEWS = ("news/cctv", "news/police-local", "news/general")
# Longer texts are cut: a few items are whole books of regulations.
LONGEST = 20_000
_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]+[”’」』）)]*|[^。！？!?；;\n]+$")


@dataclass(frozen=True, slots=True)
class Document:
    """One text in sentences that follow each other without a gap; ``title`` may be empty."""

    id: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A human question about the document ``context``; ``start`` is the first character of its answer."""

    text: str
    context: str
    start: int


def sentences(text: str) -> list[str]:
    """Cut at the ends of sentences, keeping every character: ``甲。乙！`` gives ``甲。`` and ``乙！``."""
    return [part for part in _SENTENCE.findall(text) if part]


def read_rows(path: Path) -> Iterator[dict[str, object]]:
    """Yield the objects of a JSON-lines file, gzipped or not."""
    if not path.is_file():
        raise TrainingDataError(f"{path} is missing; the model card says where the training data comes from.")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def read_documents(data: Path, names: tuple[str, ...]) -> list[Document]:
    """Read ``NAME.jsonl.gz`` for each name under ``data`` as documents."""
    found = []
    for name in names:
        for row in read_rows(data / f"{name}.jsonl.gz"):
            text = str(row["text"])[:LONGEST]
            found.append(Document(str(row["id"]), str(row.get("title") or ""), tuple(sentences(text))))
    return found


def read_questions(data: Path) -> tuple[list[Document], list[Question]]:
    """Read the human questions and the paragraphs they are about."""
    documents = read_documents(data, tuple(f"{name}.contexts" for name in QUESTION_SETS))
    questions = []
    for name in QUESTION_SETS:
        for row in read_rows(data / f"{name}.questions.jsonl.gz"):
            answers = row["answers"]
            assert isinstance(answers, list)
            start = max((int(answer["start"]) for answer in answers), default=-1)
            questions.append(Question(str(row["question"]), str(row["context_id"]), start))
    return documents, questions
