"""What of a question is mended by what the articles hold: by value, on made articles."""

from pathlib import Path

import pytest

from qa.answering.assistant import readings_of
from qa.answering.question import read_question
from qa.answering.repair import join_names, name_stations
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


@pytest.mark.parametrize(
    ("asked", "joined"),
    [
        # 公安局 ends a name; what follows it is another word, although an article writes them together.
        ("花园县公安局大排查活动化解多少起?", "大排查"),
        ("花园县大排查活动化解多少起?", "大排查"),
    ],
)
def test_a_name_that_was_cut_is_joined_behind_the_body(tmp_path: Path, asked: str, joined: str) -> None:
    with Library.open(tmp_path / "library") as library:
        library.add({"id": "a", "text": "花园县公安局大排查活动化解纠纷12起。"})
        question = read_question(asked)
        found = join_names(question, readings_of(question, library.search(asked)))
    assert joined in {term.text for term in found.terms if term.role in {"name", "scene", "content"}}
    assert not any(term.text.startswith("公安局大") for term in found.terms)
