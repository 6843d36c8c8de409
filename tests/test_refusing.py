"""When a candidate cannot be what is asked: other months, wider places. By value, on made articles."""

from pathlib import Path

import pytest
from ranked import best

from qa.answering.assistant import readings_of
from qa.answering.confidence import text_of
from qa.answering.question import read_question
from qa.answering.refusing import (
    conflicting_month,
    conflicting_year,
    negated,
    of_a_smaller_place,
    of_a_wider_place,
    only_a_part,
    only_together,
    other_number,
    other_province,
    other_rank,
    unknown_scopes,
)
from qa.library import Library

JULY = "7月份,清河市居民消费价格同比上涨0.3%。1月至3月,清河市出口增长6.1%。"
PROVINCE = (
    "清河市细化了指标。截至6月底,全省示范单位达10892家。清河市的示范单位在全省排第三,有321家。"
    "在全省、全国的排名上升,我市参与单位达515家。"
)


@pytest.mark.parametrize(
    ("asked", "published", "month"),
    [
        ("2023年6月清河市居民消费价格同比上涨多少?", "", "2023年6月"),
        ("6月份清河市居民消费价格同比上涨多少?", "", "6月份"),
        ("7月清河市居民消费价格同比上涨多少?", "", ""),
        ("5月清河市居民消费价格同比上涨多少?", "2023-05-30", "5月"),
        ("清河市居民消费价格同比上涨多少?", "", ""),
    ],
)
def test_a_month_of_which_the_article_tells_nothing_is_another(
    tmp_path: Path, asked: str, published: str, month: str
) -> None:
    text = JULY.partition("。")[0] + "。"
    question, ranked = best(tmp_path, asked, text, published)
    assert {conflicting_month(question, scored) for scored in ranked} == {month}


@pytest.mark.parametrize(
    ("asked", "text", "published", "month"),
    [
        # The figure's own sentence decides, whatever else the article tells.
        ("2月清河市出口增长多少?", JULY, "", {"0.3%": "2月", "6.1%": ""}),
        ("5月清河市出口增长多少?", "今年上半年出口良好。6月份,清河市出口增长6.1%。", "", {"6.1%": "5月"}),
        ("5月清河市出口增长多少?", "清河市6月3日通报,上半年出口增长6.1%。", "", {"6.1%": ""}),
        # A report of June may say so by its date alone.
        ("6月清河市出口增长多少?", "清河市8月1日起降价。出口增长6.1%。", "2023-06-30", {"6.1%": ""}),
    ],
)
def test_the_month_of_a_figure(
    tmp_path: Path, asked: str, text: str, published: str, month: dict[str, str]
) -> None:
    question, ranked = best(tmp_path, asked, text, published)
    assert {text_of(scored): conflicting_month(question, scored) for scored in ranked} == month


@pytest.mark.parametrize(
    ("asked", "figure", "wider"),
    [
        ("清河市有多少家示范单位?", "10892家", "全省"),
        ("清河市有多少家示范单位?", "321家", ""),
        ("清河市有多少家参与单位?", "515家", ""),
        ("全省有多少家示范单位?", "10892家", ""),
    ],
)
def test_the_figure_of_a_province_is_not_that_of_its_city(
    tmp_path: Path, asked: str, figure: str, wider: str
) -> None:
    question, ranked = best(tmp_path, asked.replace("清河市", "枣庄市"), PROVINCE.replace("清河市", "枣庄市"))
    assert {text_of(scored): of_a_wider_place(question, scored) for scored in ranked}[figure] == wider


@pytest.mark.parametrize(
    ("asked", "province"),
    [
        ("甘肃建成高标准农田多少万亩?", "甘肃"),
        ("陕西建成高标准农田多少万亩?", ""),  # of its cities the article tells
        ("甘肃省兰州市建成高标准农田多少万亩?", ""),  # the city says it
        ("建成高标准农田多少万亩?", ""),
    ],
)
def test_a_report_on_one_province_tells_nothing_of_another(tmp_path: Path, asked: str, province: str) -> None:
    text = "截至2022年底,我省共建成高标准农田2011.17万亩。西安市、咸阳市排在前列。"
    question, ranked = best(tmp_path, asked, text)
    assert {other_province(question, scored) for scored in ranked} == {province}


@pytest.mark.parametrize(("asked", "year"), [("2018年立案多少起?", ""), ("2017年立案多少起?", "2017")])
def test_an_undated_article_is_about_the_year_it_begins_with(tmp_path: Path, asked: str, year: str) -> None:
    text = "2018年工作综述。" + "平安。" * 80 + "\n此外,立案11起。"
    question, ranked = best(tmp_path, asked, text)
    assert conflicting_year(question, ranked[0]) == year


@pytest.mark.parametrize(
    ("asked", "text", "whole"),
    [
        ("城北派出所抓获多少人?", "全市抓获17人。", "全市"),
        ("城北派出所抓获多少人?", "全市抓获90人,城北派出所17人。", ""),
        ("城北派出所抓获多少人?", "今年以来,城北派出所贯彻落实全市公安工作会议精神,抓获17人。", ""),
        ("城北派出所抓获多少人?", "城北派出所工作扎实,全市抓获17人。", "全市"),
        ("城北派出所抓获多少人?", "抓获17人,居全市第一。", ""),
        ("枣庄市公安局薛城分局抓获多少人?", "全局抓获17人。", ""),
        ("枣庄市公安局薛城分局抓获多少人?", "全市抓获17人。", "全市"),
        ("全市派出所抓获多少人?", "全市抓获17人。", ""),
    ],
)
def test_the_figure_of_all_is_not_that_of_a_station(tmp_path: Path, asked: str, text: str, whole: str) -> None:
    question, ranked = best(tmp_path, asked, text)
    assert {of_a_wider_place(question, scored) for scored in ranked if "17" in text_of(scored)} == {whole}


@pytest.mark.parametrize(
    ("asked", "number"),
    [("第一次行动抓获多少人?", "第一次"), ("第二次行动抓获多少人?", ""), ("第三次行动抓获多少人?", "第三次")],
)
def test_the_figure_of_the_second_time_is_not_that_of_the_first(tmp_path: Path, asked: str, number: str) -> None:
    question, ranked = best(tmp_path, asked, "第二次行动抓获17人。")
    assert other_number(question, ranked[0]) == number


@pytest.mark.parametrize("asked", ["第一批抓获多少人?", "第一季度抓获多少人?"])
def test_the_first_batch_and_quarter_have_other_words(tmp_path: Path, asked: str) -> None:
    question, ranked = best(tmp_path, asked, "1至3月,首批抓获17人。")
    assert other_number(question, ranked[0]) == ""


@pytest.mark.parametrize(
    ("asked", "denied"),
    [
        ("没办结多少件?", True),
        ("未结事项已办结多少件?", False),
        ("办结多少件?", False),
        ("没被起诉的有多少件?", True),
        ("没被受理的有多少件?", False),
    ],
)
def test_what_was_not_done_is_not_what_was(tmp_path: Path, asked: str, denied: bool) -> None:
    question, ranked = best(tmp_path, asked, "办结事项17件,另作出不受理的决定。")
    assert negated(question, ranked[0]) is denied


@pytest.mark.parametrize(
    ("asked", "rank"),
    [
        ("第二天列席的是哪个派出所?", ""),
        ("排第三的是哪个派出所?", "第三"),
        ("排第一的是哪个派出所?", ""),
        ("排第二的是哪个派出所?", ""),
    ],
)
def test_who_holds_another_rank(tmp_path: Path, asked: str, rank: str) -> None:
    question, ranked = best(tmp_path, asked, "清水派出所列榜首,花园派出所第二。")
    assert {other_rank(question, scored) for scored in ranked} == {rank}


@pytest.mark.parametrize(
    ("asked", "unknown"),
    [
        ("When was the site at Zhoukoudian discovered?", ["zhoukoudian"]),
        ("When did the police of Qinghe find the boy?", []),
        ("When did the police find Qiao's boy?", []),
        ("When did the police find the Banner?", []),
        ("When did the police find the Mobile of Zhu?", []),
    ],
)
def test_a_name_in_pinyin_must_be_known(tmp_path: Path, asked: str, unknown: list[str]) -> None:
    text = "8月13日,清河民警找到了男孩。"
    with Library.open(tmp_path / "library") as library:
        library.add({"id": "a", "text": text})
        question = read_question(asked)
        assert unknown_scopes(question, readings_of(question, library.search("民警"))) == unknown


@pytest.mark.parametrize(
    ("asked", "text", "year"),
    [
        ("2023年外汇储备多少亿美元?", "6月末外汇储备31930亿美元,较2022年末增加653亿美元。", ""),
        ("2022年外汇储备多少亿美元?", "6月末外汇储备31930亿美元,较2022年末增加653亿美元。", "2022年"),
        ("2021年净利润多少亿元?", "2020年至2022年,净利润分别为1.21亿元、2.7亿元、6.92亿元。", ""),
        ("2019年净利润多少亿元?", "2020年至2022年,净利润分别为1.21亿元、2.7亿元、6.92亿元。", "2019年"),
        ("2024年净利润多少亿元?", "预计今年净利润1.7亿元,明年净利润1.75亿元。", ""),
        ("2023年净利润多少亿元?", "公司于2018年上市。上半年净利润1.7亿元。", ""),
        ("2018年净利润多少亿元?", "公司于2018年上市。净利润1.7亿元。", ""),
        ("2021年净利润多少亿元?", "上半年净利润1.7亿元。", "2021年"),
        ("满意度比2022年提高了多少?", "2023年满意度98.7%,比2022年提高0.9个百分点。", ""),
        ("How much profit was made in operation Sword 2024 (利剑2024)?", "上半年净利润1.7亿元。", ""),
        ("2017年同期净利润多少亿元?", "2018年,净利润比2017年同期的1.2亿元增长。", ""),
    ],
)
def test_the_year_of_a_figure(tmp_path: Path, asked: str, text: str, year: str) -> None:
    question, ranked = best(tmp_path, asked, text, "2023-08-10")
    found = conflicting_year(question, ranked[0])
    assert found == year.rstrip("年")


@pytest.mark.parametrize(
    ("asked", "text", "whole"),
    [
        ("清河全市刑事拘留多少人?", "该案刑事拘留17人。", "全市"),
        ("清河全市刑事拘留多少人?", "清河市公安局城北派出所刑事拘留17人。", "全市"),
        ("清河全市刑事拘留多少人?", "全市刑事拘留17人,其中城北派出所3人。", ""),
        ("清河全市刑事拘留多少人?", "清河市公安局共刑事拘留17人。", ""),
        ("清河全市刑事拘留多少人?", "出动基层派出所警力,刑事拘留17人。", ""),
        ("城北派出所刑事拘留多少人?", "城北派出所刑事拘留17人。", ""),
    ],
)
def test_the_figure_of_a_case_or_a_station_is_not_that_of_the_city(
    tmp_path: Path, asked: str, text: str, whole: str
) -> None:
    question, ranked = best(tmp_path, asked, f"清河市公安机关通报。{text}")
    assert {of_a_smaller_place(question, scored) for scored in ranked if "17" in text_of(scored)} == {whole}


@pytest.mark.parametrize(
    ("asked", "text", "part"),
    [
        ("前后两次加起来派出多少辆警车?", "随后又派出5辆警车。", True),
        ("前后两次加起来派出多少辆警车?", "两次共派出7辆警车。", False),
        ("派出多少辆警车?", "随后又派出5辆警车。", False),
    ],
)
def test_what_is_added_up_is_no_part_of_it(tmp_path: Path, asked: str, text: str, part: bool) -> None:
    question, ranked = best(tmp_path, asked, text)
    assert only_a_part(question, ranked[0]) is part


@pytest.mark.parametrize(
    ("asked", "text", "together"),
    [
        ("六人各自拿了多少钱?", "六人获利102万元。", True),
        ("六人各自拿了多少钱?", "六人各分得17万元。", False),
        ("六人获利多少钱?", "六人获利102万元。", False),
        ("每人罚款多少元?", "两人被罚款500元。", True),
    ],
)
def test_what_each_got_is_not_what_all_got(tmp_path: Path, asked: str, text: str, together: bool) -> None:
    question, ranked = best(tmp_path, asked, text)
    assert only_together(question, ranked[0]) is together
