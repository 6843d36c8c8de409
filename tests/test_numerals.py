"""Numerals of every form, with values written by hand; Chinese integers against an independent speller."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.language.numerals import parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"), ("7", "7"), ("2980", "2980"), ("1,234", "1234"), ("2,857,943", "2857943"), ("２９８０", "2980"),
        ("11.12", "11.12"), ("1.2万", "12000"), ("169.9万", "1699000"), ("1.4亿", "140000000"),
        ("137.1414万", "1371414"),
        ("50余万", "500000"), ("300多万", "3000000"), ("3000余", "3000"), ("1万5千", "15000"),
        ("3亿2千万", "320000000"),
        ("十", "10"), ("十五", "15"), ("二十", "20"), ("三十二", "32"), ("一百", "100"), ("一百零五", "105"),
        ("一百五", "150"), ("一百五十", "150"), ("四千五百多", "4500"), ("一万二千", "12000"), ("一万五", "15000"),
        ("三万二千一百", "32100"), ("两万零五十", "20050"), ("一千零一万", "10010000"), ("一亿三千万", "130000000"),
        ("二十万零三百", "200300"), ("一万亿", "1000000000000"), ("两", "2"), ("俩", "2"), ("零", "0"), ("〇", "0"),
        ("二〇二三", "2023"), ("万", "10000"), ("百", "100"), ("近百", "100"), ("上千", "1000"), ("数十", "10"),
        ("几百", "100"), ("十几", "10"), ("二十几", "20"), ("十余万", "100000"), ("約一萬二千", "12000"), ("兩", "2"),
        ("零点五", "0.5"), ("三点一四", "3.14"), ("半", "0.5"), ("14.67%", "14.67"), ("百分之十三点五", "13.5"),
        ("百分之百", "100"), ("百分百", "100"), ("千分之三", "3"), ("四分之三", "0.75"), ("三成", "30"), ("5成", "50"),
        ("3个百分点", "3"), ("第三", "3"), ("100左右", "100"), ("70以上", "70"), ("超过5万", "50000"),
    ],
)  # fmt: skip
def test_values(text, value):
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", "12a", "1.2.3", "点五", "三点", "1,2", "多", "余", "第", "人", "十人", "1" * 100, "亿" * 100],
)
def test_no_numeral(text):
    assert parse_number(text) is None


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_is_a_number_or_none(text):
    assert parse_number(text) is None or isinstance(parse_number(text), Decimal)


@given(st.text(alphabet="零一二两三四五六七八九十百千万亿点余多成分之半%,.0123456789", max_size=40))
def test_any_run_of_numerals_is_a_number_or_none(text):
    assert parse_number(text) is None or parse_number(text) >= 0


def spell(number):
    """Spell an integer below 10**16 in Chinese, place by place."""
    digits, places = "零一二三四五六七八九", ["", "十", "百", "千"]

    def group(value):
        out, zero = "", False
        for power in (3, 2, 1, 0):
            digit = value // 10**power % 10
            if digit:
                out += ("零" if zero and out else "") + digits[digit] + places[power]
                zero = False
            else:
                zero = True
        return out

    if number == 0:
        return "零"
    out = ""
    for scale, mark in ((10**12, "万"), (10**8, ""), (10**4, "万"), (1, "")):
        value = number // scale % 10**4
        if value:
            out += ("零" if out and value < 1000 else "") + group(value) + mark
        if scale == 10**8 and number >= 10**8:
            out += "亿"
    return out


@given(st.integers(min_value=0, max_value=10**16 - 1))
def test_spelled_integers_come_back(number):
    assert parse_number(spell(number)) == number
