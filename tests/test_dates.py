"""Dates of Chinese prose: which days they mean, how they relate, and what is no date."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.language.dates import _ATOM, find_dates, when

ANCHOR = date(2023, 10, 10)


def read(text, anchor=ANCHOR):
    """Show dates compactly: text first..last grain relation."""
    return [
        f"{d.text} {d.first or ''}..{d.last or ''} {d.grain} {d.relation}".strip() for d in find_dates(text, anchor)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022年12月25日,东阿", "2022年12月25日 2022-12-25..2022-12-25 day"),
        ("2022年12月25日起", "2022年12月25日 2022-12-25..2023-10-10 day since"),
        ("截至6月29日18时,该局", "6月29日18时 ..2023-06-29 time until"),
        ("去年6月", "去年6月 2022-06-01..2022-06-30 month"),
        ("今年以来", "今年以来 2023-01-01..2023-10-10 year since"),
        ("上半年", "上半年 2023-01-01..2023-06-30 half"),
        ("2021年下半年", "2021年下半年 2021-07-01..2021-12-31 half"),
        ("今年6月底", "今年6月底 2023-06-21..2023-06-30 ten_days"),
        ("2月下旬", "2月下旬 2023-02-21..2023-02-28 ten_days"),
        ("10月中旬", "10月中旬 2023-10-11..2023-10-20 ten_days"),
        ("年底临近", "年底 2023-12-01..2023-12-31 month"),
        ("今年年初", "今年年初 2023-01-01..2023-01-31 month"),
        ("昨日,记者", "昨日 2023-10-09..2023-10-09 day"),
        ("今天上午", "今天上午 2023-10-10..2023-10-10 day"),
        ("9月11日,市公安局", "9月11日 2023-09-11..2023-09-11 day"),
        ("12月25日,东阿", "12月25日 2022-12-25..2022-12-25 day"),
        ("2023年1月至11月", "2023年1月至11月 2023-01-01..2023-11-30 month range"),
        ("1至9月", "1至9月 2023-01-01..2023-09-30 month range"),
        ("6月21日至23日", "6月21日至23日 2023-06-21..2023-06-23 day range"),
        ("2021年至2023年", "2021年至2023年 2021-01-01..2023-12-31 year range"),
        ("2021-2023年", "2021-2023年 2021-01-01..2023-12-31 year range"),
        ("近三个月", "近三个月 2023-07-10..2023-10-10 month range"),
        ("近5年来", "近5年来 2018-10-10..2023-10-10 year range"),
        ("连续8年保持", "连续8年 .. year range"),
        ("2021年10月部署", "2021年10月 2021-10-01..2021-10-31 month"),
        ("2023年,全市", "2023年 2023-01-01..2023-12-31 year"),
        ("前年", "前年 2021-01-01..2021-12-31 year"),
        ("6月24日上午", "6月24日上午 2023-06-24..2023-06-24 day"),
        ("8月2日21时30分许", "8月2日21时30分许 2023-08-02..2023-08-02 time"),
        ("2023-10-10 10:13:46", "2023-10-10 10:13:46 2023-10-10..2023-10-10 time"),
        ("2023/9/1", "2023/9/1 2023-09-01..2023-09-01 day"),
        ("二〇二三年六月二十九日", "二〇二三年六月二十九日 2023-06-29..2023-06-29 day"),
        ("今夏", "今夏 2023-06-01..2023-08-31 season"),
        ("去冬", "去冬 2022-12-01..2023-02-28 season"),
        ("2023年第一季度", "2023年第一季度 2023-01-01..2023-03-31 quarter"),
        ("前三季度", "前三季度 2023-01-01..2023-09-30 quarter"),
        ("截至目前", "截至目前 ..2023-10-10 day until"),
        ("截至7月底", "7月底 ..2023-07-31 ten_days until"),
        ("6月底前", "6月底 ..2023-06-30 ten_days until"),
        ("自6月起", "6月 2023-06-01..2023-10-10 month since"),
        ("2023年6月至今", "2023年6月 2023-06-01..2023-10-10 month since"),
        ("本月5日", "本月5日 2023-10-05..2023-10-05 day"),
        ("上个月", "上个月 2023-09-01..2023-09-30 month"),
        ("28日,记者获悉", "28日 2023-09-28..2023-09-28 day"),
        ("2023年1月10日", "2023年1月10日 2023-01-10..2023-01-10 day"),
        ("今年7月12日,靖邊縣", "今年7月12日 2023-07-12..2023-07-12 day"),
        ("时间回溯到1995年5月", "1995年5月 1995-05-01..1995-05-31 month"),
        ("今年元月", "今年元月 2023-01-01..2023-01-31 month"),
        ("今年前五个月,", "今年前五个月 2023-01-01..2023-05-31 month range"),
        ("前9个月", "前9个月 2023-01-01..2023-09-30 month range"),
        ("2023年2月30日", "2023年2月30日 .. day"),
    ],
)
def test_one_date(text, expected):
    assert read(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "2022年6月立案,9月侦破。9月又发",
            [
                "2022年6月 2022-06-01..2022-06-30 month",
                "9月 2022-09-01..2022-09-30 month",
                "9月 2023-09-01..2023-09-30 month",
            ],
        ),
        (
            "1995年5月案发,次年抓获",
            ["1995年5月 1995-05-01..1995-05-31 month", "次年 1996-01-01..1996-12-31 year"],
        ),
        (
            "8月8日案发,当日8时许报警,次日凌晨3点抓获",
            [
                "8月8日 2023-08-08..2023-08-08 day",
                "当日8时许 2023-08-08..2023-08-08 time",
                "次日凌晨3点 2023-08-09..2023-08-09 time",
            ],
        ),
        (
            "去年以来立案,8月14日讯",
            ["去年以来 2022-01-01..2023-10-10 year since", "8月14日 2023-08-14..2023-08-14 day"],
        ),
        (
            "昨日(10月9日)20时",
            [
                "昨日 2023-10-09..2023-10-09 day",
                "10月9日 2023-10-09..2023-10-09 day",
                "20时 2023-10-09..2023-10-09 time",
            ],
        ),
        ("下午4时左右", ["下午4时 .. time"]),
    ],
)
def test_what_a_date_takes_from_the_dates_before(text, expected):
    assert read(text) == expected


def test_without_anchor_the_year_stays_open():
    (found,) = find_dates("截至6月29日18时")
    assert (found.first, found.last, found.year, found.month, found.day, found.clock) == (
        None,
        None,
        None,
        6,
        29,
        "18时",
    )
    (known,) = find_dates("2022年12月25日起")
    assert (known.first, known.last, known.relation) == (date(2022, 12, 25), None, "since")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24小时",
        "365天",
        "28年",
        "3个月",
        "3天",
        "行政拘留15日",
        "15日内",
        "3日游",
        "3号线",
        "1号楼",
        "雷霆1号",
        "7.16",
        "80年代",
        "提出3点要求",
        "云剑2023",
        "上午",
        "近日",
        "日前",
        "13月",
        "春风",
        "全年级",
        "十分",
        "冬奥会",
        "0370-3797114",
        "比分3:1",
        "当然",
        "十几月",
        "春节",
        "当年的民警",
    ],
)
def test_no_date(text):
    assert read(text) == []


@given(
    st.one_of(
        st.text(alphabet=st.characters(exclude_categories=())),
        st.text(alphabet="一二三十〇0123456789年月日时分点号至到-起底初旬季半上下今去昨当次前后近连续以来截止自"),
    ),
    st.one_of(st.none(), st.dates()),
)
def test_spans_are_exact_in_order_and_apart(text, anchor):
    end = 0
    for found in find_dates(text, anchor):
        assert found.text == text[found.start : found.end] != ""
        assert found.start >= end
        end = found.end


# Time that grows with the square of the text would run into this limit.
@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", ["年" * 40_000, "1月" * 20_000, "1" * 40_000, "近三年" * 13_000, "2023年至" * 8_000])
def test_long_runs_take_linear_time(text):
    found = find_dates(text, ANCHOR)
    assert all(date.text == text[date.start : date.end] for date in found)


@given(
    st.text(
        "12309〇一二三十两今去前明上下同当次翌本第年元昨凌清早中午傍晚深夜半初底末春夏秋冬个月日号时点分秒季度旬许天:-/至到、",
        max_size=40,
    )
)
def test_a_date_begins_with_no_other_character_than_is_looked_for(text):
    anywhere = re.compile(re.sub(r"^\(\?=\[[^\]]*\]\)", "", _ATOM.pattern))
    assert anywhere.pattern != _ATOM.pattern
    assert [match.span() for match in _ATOM.finditer(text)] == [match.span() for match in anywhere.finditer(text)]


@pytest.mark.parametrize(
    ("asked", "told", "worth"),
    [
        ("2023年上半年", "2023年1至6月", 1.0),
        ("上半年", "前六个月", 1.0),
        ("头半年", "1月至6月", 1.0),
        ("2023年上半年", "今年上半年", 0.9),
        ("2023年上半年", "2022年上半年", 0.0),
        ("前三季度", "1—9月", 1.0),
        ("一季度", "1月", 0.0),
        ("3月9号", "3月9日", 1.0),
        ("2021年", "二〇二一年", 1.0),
        ("2021年", "2021年3月", 0.7),
        ("2021年", "3月", 0.0),
    ],
)
def test_dates_agree_in_other_words(asked: str, told: str, worth: float) -> None:
    one, two = when(asked), when(told)
    assert one is not None and two is not None
    assert one.agrees(two) == worth


@pytest.mark.parametrize("words", ["今年", "近三个月", "当时", "昨天"])
def test_what_names_no_month_and_no_year_says_nothing(words: str) -> None:
    assert when(words) is None
