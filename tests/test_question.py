"""What is read out of a question: by value."""

import pytest

from qa.answering.question import read_question


@pytest.mark.parametrize(
    ("asked", "needed"),
    [
        # A smaller place is enough: articles often leave out the city that it belongs to.
        ("枣庄市滕州市公安局抓获多少人?", {"滕州"}),
        # A body that every city has is not.
        ("枣庄市法院判了几个人?", {"枣庄", "法院"}),
        ("枣庄高速交警查处多少起?", {"枣庄", "高速"}),
        ("枣庄火车站丢了几件行李?", {"枣庄", "火车站"}),
        ("枣庄市市场监管局罚款多少元?", {"枣庄", "市场监管局"}),
    ],
)
def test_a_city_is_needed_unless_a_smaller_place_of_its_own_name_follows(asked: str, needed: set[str]) -> None:
    assert {term.text for term in read_question(asked).terms if term.role == "scope"} == needed


@pytest.mark.parametrize(
    ("asked", "direction"),
    [("鲜果便宜了多少?", "down"), ("猪肉贵了百分之几?", "up"), ("价格同比下降多少?", "down"), ("价格是多少?", "")],
)
def test_the_direction_of_a_change_is_read(asked: str, direction: str) -> None:
    assert read_question(asked).direction == direction
