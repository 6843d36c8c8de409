"""Where the words of a question stand in an article: by value, on made articles."""

from pathlib import Path

import pytest

from qa.answering.evidence import Reading, view_of
from qa.answering.question import read_question
from qa.library import Library


@pytest.mark.parametrize(
    ("question", "known"),
    [
        ("安平县公安局抓获多少人?", 1.0),
        # A name that shares a character with the title's is another name.
        ("安宁县公安局抓获多少人?", 0.0),
        ("永平县公安局抓获多少人?", 0.0),
        # What a question runs together, an article may write apart.
        ("安平县清水派出所抓获多少人?", 1.0),
        ("南岭清水派出所抓获多少人?", 0.7),
        ("北岭清水派出所抓获多少人?", 0.0),
    ],
)
def test_a_name_is_known_by_the_title_only_where_it_stands_there(tmp_path: Path, question: str, known: float) -> None:
    with Library.open(tmp_path / "library") as library:
        library.add({"id": "a", "title": "安平县公安局通报", "text": "全局抓获嫌疑人36名,南岭的清水派出所抓获3名。"})
        reading = Reading(read_question(question), view_of(next(iter(library.articles()))))
    scopes = [index for index, term in enumerate(reading.question.terms) if term.role == "scope"]
    assert min(reading.anywhere(index) for index in scopes) == known
