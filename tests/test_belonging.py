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
