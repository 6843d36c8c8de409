"""What the learned choice takes for the same answer, and how its weights share and are fitted."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.calibrate import Row, chosen, fit
from qa.answering import confidence
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
        # A name and a fuller form of it; what goes on behind it is another.
        ([("org", "甲县公安局乙派出所"), ("org", "乙派出所"), ("org", "乙派出所户籍室")], [0.7, 0.7, 0.2]),
        # A body named by its kind alone may be any.
        ([("org", "甲市公安局"), ("org", "市公安局"), ("org", "派出所")], [0.4, 0.3, 0.2]),
        ([("count", "1.3万"), ("count", "1.3万起"), ("list", "1.3万")], [0.6, 0.3, 0.6]),
        # Two prints of one sentence with another figure in its place; a figure beside it is another.
        ([("count", "31起", "2 排查#化解#"), ("count", "13起", "2 排查#化解#"), ("count", "48起", "1 排查#化解#")],
         [0.7, 0.7, 0.2]),
    ],
)
def test_what_says_the_same_is_as_sure_as_all_of_it(said: list[tuple[str, ...]], expected: list[float]) -> None:
    assert together([Said(*each) for each in said], [0.4, 0.3, 0.2][: len(said)]) == pytest.approx(expected)


def test_the_shipped_weights_weigh_the_features_of_this_version() -> None:
    stored = json.loads((Path(confidence.__file__).parent / "model" / "choice.json").read_text(encoding="utf-8"))
    assert tuple(stored["names"]) == confidence.NAMES
    weights = confidence.load_weights()
    assert weights.hidden.shape == (len(confidence.NAMES), len(weights.out))


def test_candidates_share_what_is_left_beside_none_of_them() -> None:
    """One feature and one hidden unit, by hand: logits 2 + tanh(1) and tanh(-1) - 2 of the standardised 1 and -1."""
    one = np.ones(1)
    weights = confidence.Weights(one * 3, one * 2, one * 2, 0.0, np.ones((1, 1)), one * 0, one)
    logits = [2 + math.tanh(1), -2 - math.tanh(1)]
    total = 1 + sum(map(math.exp, logits))
    assert confidence.shares([[5.0], [1.0]], weights) == pytest.approx([math.exp(x) / total for x in logits])
    assert confidence.shares([], weights) == []
    # Far out a feature says no more than at four deviations.
    assert confidence.shares([[3 + 8.0]], weights) == confidence.shares([[1e9]], weights)


def test_the_fit_finds_what_tells_right_from_wrong() -> None:
    """The right one of two has both features of one sign, which no linear weighing finds; some questions have none."""
    draw = np.random.default_rng(1)
    data = []
    for _ in range(1500):
        sign = draw.choice([-1.0, 1.0], 2)
        features = np.array([[sign[0], sign[0]], [sign[1], -sign[1]]]) * draw.uniform(0.5, 1.5, (2, 2))
        answerable = bool(draw.integers(4))
        features = features if answerable else features[1:]
        right = features.prod(axis=1) > 0
        data.append(Row(features, right, right | True, [Said("count", str(i)) for i in range(len(right))], answerable))
    weights = fit(data)
    guesses = [chosen(row, weights) for row in data]
    assert all(right for (_, right, _), row in zip(guesses, data, strict=True) if row.answerable)
    assert max(sure for (sure, _, _), row in zip(guesses, data, strict=True) if not row.answerable) < 0.5
