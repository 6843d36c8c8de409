"""Folding keeps every position; traditional and simplified text meet in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.language.scripts import fold, is_traditional, to_simplified, to_traditional

any_text = st.text(alphabet=st.characters(exclude_categories=()))


@given(any_text)
def test_fold_keeps_the_length_of_any_text_and_is_stable(text):
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(any_text)
def test_conversions_accept_any_text(text):
    assert isinstance(to_simplified(text), str)
    assert isinstance(to_traditional(text), str)
    assert isinstance(is_traditional(text), bool)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("２９８０人次", "2980人次"),
        ("ＡＰＰ App", "app app"),
        ("查處治安案件22126起,連續8年", "查处治安案件22126起,连续8年"),
        ("看著燈", "看着灯"),
        ("瞭解到、一目瞭然", "了解到、一目了然"),
        ("瞭望塔、瞭哨", "瞭望塔、瞭哨"),
        ("隨著、沿著、跟著", "随着、沿着、跟着"),
        ("意味著", "意味着"),
        ("著名", "著名"),
        ("顯著提升", "显著提升"),
        ("著作等身", "著作等身"),
        ("著稱", "著称"),
        ("專著、原著、名著", "专著、原著、名著"),
        ("土著", "土著"),
        ("看著書、討論著、論著", "看着书、讨论着、论著"),
        ("著手、著重、穿著、大著膽子", "着手、着重、穿着、大着胆子"),
        ("著有《史記》、著書立說", "著有《史记》、著书立说"),
        ("成效卓著", "成效卓著"),
        ("乾隆年間的乾糧", "乾隆年间的干粮"),
        ("　空格\xa0", " 空格 "),
        ("㎡…½", "㎡…½"),
        ("11.12％", "11.12%"),
        ("\ud800後\x00", "\ud800后\x00"),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("聊城市公安機關", True),
        ("聊城市公安机关", False),
        ("靖边", False),
        ("靖邊", True),
        ("2022", False),
        ("", False),
        ("中文", False),
    ],
)
def test_is_traditional(text, expected):
    assert is_traditional(text) is expected


def test_conversion_there_and_back():
    assert to_simplified("東阿縣公安局陸續接到10餘起車窗被砸警情") == "东阿县公安局陆续接到10余起车窗被砸警情"
    assert to_traditional("两降两升") == "兩降兩升"
