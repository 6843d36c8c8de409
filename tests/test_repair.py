"""What of a question is mended by what the articles hold: by value, on made articles."""

from pathlib import Path

import pytest

from qa.answering.assistant import readings_of
from qa.answering.question import read_question
from qa.answering.repair import name_stations
from qa.library import Library


@pytest.mark.parametrize(
    ("asked", "stations"),
    [
        ("花园所三季度追回多少赃款?", ["花园"]),
        ("花园派出所三季度追回多少赃款?", []),
        ("三季度追回多少场所的赃款?", []),
        ("草地所三季度追回多少赃款?", []),
    ],
)
def test_a_station_is_known_by_its_short_name(tmp_path: Path, asked: str, stations: list[str]) -> None:
    with Library.open(tmp_path / "library") as library:
        library.add({"id": "a", "text": "花园派出所三季度追回赃款12万元,检查场所3处。"})
        question = read_question(asked)
        found = name_stations(question, readings_of(question, library.search(asked)))
    assert [scope for scope in found.scopes if scope not in question.scopes] == [f"{name}派出所" for name in stations]
    assert [term.text for term in found.terms if term.role == "scope" and term not in question.terms] == stations
