"""When a candidate belongs to another than the one asked about: by value, on made articles."""

from pathlib import Path

import pytest
from ranked import best

from qa.answering.belonging import (
    before_the_change,
    of_another_kin,
    other_body,
    other_period,
    other_phase,
    other_post,
    other_year,
    reasons,
)
from qa.answering.confidence import text_of


@pytest.mark.parametrize(
    ("asked", "text", "figures"),
    [
        ("去年受理案件多少宗?", "受理案件1683宗,较去年同期的1951宗下降。", {"1683宗": "去年", "1951宗": ""}),
        ("去年受理案件多少宗?", "去年受理案件1683宗,破案20宗;今年受理9宗。", {"1683宗": "", "20宗": "", "9宗": "去年"}),
        ("受理案件多少宗?", "受理案件1683宗,较去年同期的1951宗下降。", {"1683宗": "", "1951宗": ""}),
    ],
)
def test_what_is_compared_with_last_year_is_of_this_year(
    tmp_path: Path, asked: str, text: str, figures: dict[str, str]
) -> None:
    _, ranked = best(tmp_path, asked, text)
    assert {text_of(scored): other_year(scored) for scored in ranked if text_of(scored) in figures} == figures


@pytest.mark.parametrize(
    ("asked", "posts"),
    [
        ("城北派出所所长是谁?", {"王国强": "", "李明": "别的单位的所长", "赵刚": "民警"}),
        ("城南派出所所长是谁?", {"王国强": "别的单位的所长", "李明": "", "赵刚": "民警"}),
        ("专案组组长是谁?", {"王国强": "", "李明": "所长", "赵刚": ""}),
    ],
)
def test_whose_post_it_is(tmp_path: Path, asked: str, posts: dict[str, str]) -> None:
    text = "城北派出所所长王国强任专案组组长。城南派出所所长李明到场。民警赵刚受伤。"
    _, ranked = best(tmp_path, asked, text)
    assert {text_of(scored): other_post(scored) for scored in ranked if text_of(scored) in posts} == posts


@pytest.mark.parametrize(
    ("asked", "periods"),
    [
        ("上半年立案多少起?", {"1876起": "", "3294起": "1至11月"}),
        ("前11个月立案多少起?", {"1876起": "1至6月", "3294起": ""}),
        ("一季度立案多少起?", {"1876起": "1至6月", "3294起": "1至11月"}),
        ("立案多少起?", {"1876起": "", "3294起": ""}),
    ],
)
def test_the_figure_of_other_months(tmp_path: Path, asked: str, periods: dict[str, str]) -> None:
    _, ranked = best(tmp_path, asked, "1至6月立案1876起。1至11月立案3294起。")
    assert {text_of(scored): other_period(scored) for scored in ranked} == periods


@pytest.mark.parametrize(
    ("asked", "phases"),
    [
        ("第二个月查处醉驾多少起?", {"37起": True, "18起": False, "9起": False}),
        ("首月查处醉驾多少起?", {"37起": False, "18起": True, "9起": True}),
        ("查处醉驾多少起?", {"37起": False, "18起": False, "9起": False}),
    ],
)
def test_the_figure_of_another_phase(tmp_path: Path, asked: str, phases: dict[str, bool]) -> None:
    _, ranked = best(tmp_path, asked, "查处醉驾37起,其中第二个月18起、毒驾9起。")
    assert {text_of(scored): other_phase(scored) for scored in ranked} == phases


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ("清河哪个派出所抓获最多?", {"清河县公安局": "派出所", "清水派出所": ""}),
        ("清河哪个单位抓获最多?", {"清河县公安局": "", "清水派出所": ""}),
    ],
)
def test_a_body_of_another_kind(tmp_path: Path, asked: str, kinds: dict[str, str]) -> None:
    _, ranked = best(tmp_path, asked, "清河县公安局通报,清水派出所抓获最多。")
    assert {text_of(scored): other_body(scored) for scored in ranked} == kinds


@pytest.mark.parametrize(
    ("asked", "before"),
    [("案件增加到多少起?", {"64起": True, "151起": False}), ("案件有多少起?", {"64起": False, "151起": False})],
)
def test_what_a_figure_grew_from_is_not_what_it_grew_to(tmp_path: Path, asked: str, before: dict[str, bool]) -> None:
    _, ranked = best(tmp_path, asked, "案件由64起上升到151起。")
    assert {text_of(scored): before_the_change(scored) for scored in ranked} == before


@pytest.mark.parametrize(
    ("asked", "told", "another"),
    [
        ("王强的女儿今年几岁?", "34岁的民警王强", True),
        ("王强的女儿今年几岁?", "王强5岁的女儿", False),
        ("王强的闺女多大了?", "王强5岁的女儿", False),
        ("王强的儿子今年多大?", "王强5岁的女儿", True),
        ("王强今年几岁?", "34岁的民警王强", False),
    ],
)
def test_the_age_of_kin_is_told_beside_the_kin(tmp_path: Path, asked: str, told: str, another: bool) -> None:
    _, ranked = best(tmp_path, asked, f"大家都记得{told}。")
    assert of_another_kin(ranked[0]) is another


@pytest.mark.parametrize(
    ("asked", "post"),
    [
        ("王强哪一年出任清河市公安局局长?", "副局长"),
        ("王强哪一年出任清河市公安局副局长?", ""),
        ("王强哪一年调到清河市公安局?", ""),
    ],
)
def test_who_became_deputy_did_not_become_head(tmp_path: Path, asked: str, post: str) -> None:
    _, ranked = best(tmp_path, asked, "王强于2020年任清河市公安局党委委员、副局长。")
    assert other_post(ranked[0]) == post


def reasons_of(folder: Path, asked: str, text: str, answer: str, published: str = "") -> list[str]:
    _, ranked = best(folder, asked, text, published)
    return [reason for scored in ranked if text_of(scored) == answer for reason in reasons(scored)]


@pytest.mark.parametrize(
    ("asked", "text", "answer"),
    [
        ("今年上半年立案多少起?", "今年上半年,立案数为2015年以来最低,共立案3200起。", "3200起"),
        ("上半年抓获多少人?", "上半年,清河警方开展“2023年夏季行动”,抓获嫌疑人320人。", "320人"),
        ("1至6月开展宣传多少场?", "1至6月,结合6月全民禁毒宣传月,开展宣传30场。", "30场"),
        ("上半年抓获多少人?", "今年1月以来,抓获320人。", "320人"),
        ("警力增加到多少人?", "警力由120人增加到200人、破案率提升至90%。", "200人"),
        ("群众安全感上升到多少?", "群众安全感上升至98%、满意度上升至97%。", "98%"),
        ("走失的孩子几岁?", "5岁男童小亮在公园走失。", "5岁"),
        ("失踪的姑娘多大?", "17岁的女孩小李失联。", "17岁"),
        ("王某的女儿多大?", "王某的女儿小丽走失,今年12岁。", "12岁"),
        ("清河县法院判处王某有期徒刑几年?", "经清河县检察院提起公诉,清河县法院判处王某有期徒刑三年。", "三年"),
        ("去年破案多少起?", "上年破案320起,较前年上升12%。", "320起"),
        ("去年破案多少起?", "破案320起,这是去年的成绩。", "320起"),
        ("去年9月以来破案多少起?", "去年9月以来,截至今年3月,共破案120起。", "120起"),
        ("城北派出所的支援民警中,党支部书记是谁?", "城北派出所成立。城南派出所来人。党支部书记李强说。", "李强"),
        ("是谁向所长王刚报告的?", "民警李强向城关派出所所长王刚报告了情况。", "李强"),
        ("行动总共抓获多少人?", "行动第三年,专案组再传捷报,累计抓获300人。", "300人"),
        ("是哪家法院审理的?", "清河县人民法庭开庭审理。", "清河县人民法庭"),
        ("清河县公安局刑侦大队大队长是谁?", "清河县公安局刑警大队大队长李强到场。", "李强"),
    ],
)
def test_what_is_told_of_the_one_asked_about_is_kept(tmp_path: Path, asked: str, text: str, answer: str) -> None:
    assert reasons_of(tmp_path, asked, text, answer) == []


def test_a_past_year_is_last_year_by_its_number(tmp_path: Path) -> None:
    text = "清河县公安局2022年共破案320起,发案比去年同期下降12%。"
    assert reasons_of(tmp_path, "去年破案多少起?", text, "320起", "2023-01-10") == []


def test_the_prosecutors_figure_is_not_that_of_the_police(tmp_path: Path) -> None:
    text = "清河县检察院批准逮捕12人,清河县公安局刑事拘留15人。"
    assert reasons_of(tmp_path, "清河县公安局批准逮捕多少人?", text, "12人") == ["文章里这是“清河县检察院”的情况。"]
