"""Rows of things: how many are asked for, how many are given, and what a row that was cut off lacks."""

from pathlib import Path

import pytest

from qa.answering.evidence import view_of
from qa.answering.listing import asked_size, completed, rows, size_of
from qa.library import Library


@pytest.mark.parametrize(("question", "size"), [
    ("是哪六地的警察?", 6), ("包括哪四种?", 4), ("哪两个信息系统?", 2), ("which three towns were visited?", 3),
    ("写的是哪八个字?", 0), ("在哪三天?", 0), ("哪些地方?", 0), ("哪个单位?", 0), ("哪一家?", 0), ("在哪10个区?", 10),
])
def test_how_many_are_asked_for(question: str, size: int) -> None:
    assert asked_size(question) == size


@pytest.mark.parametrize(("row", "size"), [
    ("甲县、乙县、丙县", 3), ("甲县和乙县", 2), ("甲县", 1), ("“甲、乙”“丙”", 2), ("《甲》《乙》以及《丙》", 3),
    ("甲县、乙县以及丙县", 3), ("", 0),
])
def test_how_many_are_given(row: str, size: int) -> None:
    assert size_of(row) == size


@pytest.mark.parametrize(("text", "given", "whole"), [
    ("当日,甲县、乙县、丙县同时行动", "乙县、丙县", "甲县、乙县、丙县"),
    ("行动在甲县、乙县、丙县展开", "乙县", "甲县、乙县、丙县展开"),
    ("包括“甲”、“乙”、“丙”三类", "“乙”", "“甲”、“乙”、“丙”"),
    ("查处酒驾、醉驾等违法行为", "酒驾", "酒驾、醉驾"),
    ("甲县的民警", "甲县", "甲县"),
    ("当时未看是否有车、未开灯", "未开灯", "当时未看是否有车、未开灯"),
])
def test_a_row_that_was_cut_off_is_completed(text: str, given: str, whole: str) -> None:
    start = text.index(given)
    found = completed(text, (start, start + len(given)), (0, len(text)))
    assert text[slice(*found)] == whole


@pytest.mark.parametrize(("text", "found"), [
    ("民警走访了商户、学校、旅馆等场所。", ["民警走访了商户、学校、旅馆"]),
    ("学校作出处理:一是解聘教师,二是解聘园长;三是停业整顿。", ["一是解聘教师,二是解聘园长;三是停业整顿"]),
    ("开展了“夜查”“清查”“联查”。", ["“夜查”“清查”“联查”"]),
    # A law and the words of one of its articles are no row, nor is a word broken at its 有.
    ("按照《道路安全法》第四十四条“变更车道时影响他人”的规定。", []),
    ("王某并未观察后方是否有来车、未提前开灯。", ["王某并未观察后方是否有来车、未提前开灯"]),
])
def test_the_rows_of_a_sentence(tmp_path: Path, text: str, found: list[str]) -> None:
    with Library.open(tmp_path / "library") as library:
        library.add({"id": "a", "text": text})
        view = view_of(next(iter(library.articles())))
    assert [text[row.start : row.end] for row in rows(view, 0)] == found
