"""Ask a whole gold set, or read answers that were printed before, and hand them to the judge."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import InputError
from qa.evaluation.gold import Gold
from qa.evaluation.judge import Given, Quoted
from qa.types import Answer, Turn

if TYPE_CHECKING:
    from qa.answering import Assistant
    from qa.library import Library


def converse(assistant: Assistant, turns: Sequence[str], **filters: Any) -> Answer:  # noqa: ANN401
    """Ask the turns one after the other in one conversation and return the answer to the last."""
    history: list[Turn] = []
    for question in turns[:-1]:
        history.append(Turn(question, assistant.ask(question, history, **filters)))
    return assistant.ask(turns[-1], history, **filters)


def ask_all(assistant: Assistant, gold: Sequence[Gold]) -> dict[str, Given]:
    """Ask every question of the set; a question that cannot be asked counts as refused."""
    answers: dict[str, Given] = {}
    for each in gold:
        try:
            answers[each.id] = given(converse(assistant, each.turns))
        except InputError as error:
            answers[each.id] = Given(headline="", text=str(error), abstained=True)
    return answers


def given(answer: Answer) -> Given:
    """Return an answer as the judge sees it."""
    citations = tuple(Quoted(each.source, each.quote) for each in answer.citations)
    return Given(answer.headline, answer.text, answer.abstained, citations, answer.confidence)


def read_answers(path: Path | str) -> dict[str, Given]:
    """Return the answers that ``ask --batch --json`` printed into a file, by question id."""
    answers: dict[str, Given] = {}
    for number, line in enumerate(Path(path).read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip().startswith("{"):
            continue
        try:
            row = json.loads(line)
            answers[str(row["id"])] = _given_row(row)
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path} line {number} is no answer of ask --batch --json: {error!r}.") from error
    return answers


def _given_row(row: dict[str, Any]) -> Given:
    citations = tuple(Quoted(each.get("source", ""), each.get("quote", "")) for each in row.get("citations", ()))
    return Given(row["headline"], row.get("text", ""), bool(row["abstained"]), citations, row.get("confidence"))


def source_texts(library: Library | None, folder: Path | str | None = None) -> Callable[[str], str]:
    """Return the look-up of a source's text by file name: the files of ``folder``, else the library's own articles."""
    if folder is not None:
        root = Path(folder)
        if not root.is_dir():
            raise InputError(f"there is no folder {root} to check quotes against; name the folder of the articles.")
        return lambda name: _read(root / name)
    texts = {Path(article.source).name: article.text for article in library.articles()} if library else {}
    return lambda name: texts.get(name, "")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
