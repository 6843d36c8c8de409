"""The values: frozen, and offsets that lead back to the raw file."""

import dataclasses

import pytest

from qa.types import Article, OffsetMap


def test_offset_map_follows_runs_and_jumps_over_cuts() -> None:
    offsets = OffsetMap(((0, 10, 3), (3, 20, 2)))  # raw 10,11,12 then 20,21
    assert [offsets.raw(i) for i in range(5)] == [10, 11, 12, 20, 21]
    assert offsets.raw_span(2, 4) == (12, 21)
    assert offsets.raw_span(3, 3) == (20, 20)


def test_an_empty_offset_map_is_the_identity() -> None:
    assert OffsetMap().raw_span(4, 9) == (4, 9)


def test_values_are_frozen() -> None:
    article = Article(id="a", source="a.txt", title="", publisher="", author="", published="", text="文")
    with pytest.raises(dataclasses.FrozenInstanceError):
        article.text = "改"  # type: ignore[misc]
