"""What a candidate must say to be an answer at all."""

import pytest

from qa.answering.candidates import too_coarse


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
