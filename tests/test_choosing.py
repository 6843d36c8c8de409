"""What the learned choice takes for the same answer."""

import pytest

from qa.answering.choosing import Said, together

ROW = "排查矛盾、化解纠纷、走访商户"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([("count", "31起"), ("count", "48起"), ("count", "31起")], [0.6, 0.3, 0.6]),
        # One day, told with more or less around it.
        ([("date", "26日"), ("date", "7月26日"), ("date", "7月26日上午")], [0.7, 0.9, 0.5]),
        ([("date", "7月"), ("date", "7月26日"), ("date", "6日")], [0.4, 0.3, 0.2]),
        # One row, a little longer or shorter; a single item of it is another answer.
        ([("list", ROW), ("list", ROW[5:]), ("list", "走访")], [0.7, 0.7, 0.2]),
        ([("list", ROW), ("text", ROW[5:]), ("list", "走访")], [0.4, 0.3, 0.2]),
        ([("count", "1.3万"), ("count", "1.3万起"), ("list", "1.3万")], [0.6, 0.3, 0.6]),
    ],
)
def test_what_says_the_same_is_as_sure_as_all_of_it(said: list[Said], expected: list[float]) -> None:
    assert together(said, [0.4, 0.3, 0.2][: len(said)]) == pytest.approx(expected)
