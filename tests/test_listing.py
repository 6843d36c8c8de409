"""Rows of things: how many are asked for, how many are given, and what a row that was cut off lacks."""

import pytest

from qa.answering.listing import asked_size, completed, size_of


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
])
def test_a_row_that_was_cut_off_is_completed(text: str, given: str, whole: str) -> None:
    start = text.index(given)
    found = completed(text, (start, start + len(given)), (0, len(text)))
    assert text[slice(*found)] == whole
