"""What a candidate must say to be an answer at all."""

from pathlib import Path

import pytest

from qa.answering.candidates import candidates, too_coarse
from qa.answering.evidence import view_of
from qa.answering.question import read_question
from qa.library import Library


@pytest.mark.parametrize(
    ("asked", "told", "coarse"),
    [
        ("民警是几点赶到的?", "7月22日凌晨", True),
        ("民警是几点赶到的?", "7月22日9时40分", False),
        ("民警是几点赶到的?", "凌晨三点", False),
        ("节目几点开始?", "20:30", False),
        ("分局是哪一年成立的?", "8月3日", True),
        ("分局是哪一年成立的?", "2021年8月", False),
        ("是哪天抓获的?", "2021年", True),
        ("是哪天抓获的?", "8月3日晚", False),
        ("是哪天抓获的?", "今天上午", False),
        ("什么时候抓获的?", "2021年", False),
    ],
)
def test_a_time_is_as_fine_as_the_question(asked: str, told: str, coarse: bool) -> None:
    assert too_coarse(told, asked) is coarse


@pytest.mark.parametrize(
    ("asked", "best"),
    [
        ("利润最高能到多少元?", "8.7亿元"),
        ("利润最低有多少元?", "7.2亿元"),
        ("利润至少多少元?", "7.2亿元"),
        ("利润是多少元?", "7.2亿元至8.7亿元"),
        # Both ends are asked for.
        ("操纵是从几月到几月?", "2017年10月9日至2018年2月28日"),
        ("操纵从什么时候到什么时候?", "2017年10月9日至2018年2月28日"),
        ("利润最低和最高是多少元?", "7.2亿元至8.7亿元"),
        ("操纵始于哪天?", "2017年10月9日"),
        ("操纵是从哪天开始的?", "2017年10月9日"),
        ("操纵止于哪天?", "2018年2月28日"),
        ("操纵是哪天收的尾?", "2018年2月28日"),
        ("操纵什么时候结束的?", "2018年2月28日"),
        ("操纵是哪一天启动的?", "2017年10月9日"),
        ("操纵发生在什么时候?", "2017年10月9日至2018年2月28日"),
    ],
)
def test_of_a_range_the_end_is_told_that_is_asked_for(tmp_path: Path, asked: str, best: str) -> None:
    with Library.open(tmp_path / "library") as library:
        library.add({"id": "a", "text": "2017年10月9日至2018年2月28日操纵股票,利润7.2亿元至8.7亿元。"})
        view = view_of(next(iter(library.articles())))
    question = read_question(asked)
    found = candidates(view, 0, question.ask, question.folded)
    assert best in {view.folded[c.start : c.end] for c in found if c.fits == max(c.fits for c in found)}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("专案组分赴几省几市?", ["5省12市", "4872家12168人"]),
        ("走访了多少家多少人?", ["5省12市", "4872家12168人"]),
        ("专案组分赴几省?", ["5省", "12市", "4872家", "12168人"]),
    ],
)
def test_figures_that_touch_are_one_where_both_are_asked_for(tmp_path: Path, asked: str, told: list[str]) -> None:
    with Library.open(tmp_path / "library") as library:
        library.add({"id": "a", "text": "专案组分赴5省12市,走访4872家12168人。"})
        view = view_of(next(iter(library.articles())))
    question = read_question(asked)
    assert [view.folded[c.start : c.end] for c in candidates(view, 0, question.ask, question.folded)] == told
