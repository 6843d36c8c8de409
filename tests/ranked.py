"""The candidates that the rules find for a question in one made article, best first."""

from pathlib import Path

from qa.answering.assistant import rank, readings_of
from qa.answering.question import Question, read_question
from qa.answering.ranking import Scored
from qa.library import Library


def best(folder: Path, asked: str, text: str, published: str = "") -> tuple[Question, list[Scored]]:
    with Library.open(folder / "library") as library:
        library.add({"id": "a", "text": text, "date": published})
        question = read_question(asked)
        return question, rank(question, readings_of(question, library.search(asked)))
