"""Sounds: what may be meant for what, and places of general knowledge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.language.gazetteer import is_place, province_of
from qa.language.phonetics import sounds_like, syllables


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("靖边", ["jing", "bian"]),
        ("靖邊", ["jing", "bian"]),
        ("重庆", ["chong", "qing"]),
        ("银行", ["yin", "hang"]),
        ("App大走访", ["app", "da", "zou", "fang"]),
        ("", []),
    ],
)
def test_syllables(text, expected):
    assert syllables(text) == expected


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("静边", "靖边"), ("毛盾", "矛盾"), ("走仿", "走访"), ("成利", "成立"), ("老成", "老城"), ("龙州", "龙洲"),
        ("增利民", "曾利民"), ("兰色", "难色"), ("诗集", "司机"), ("商人", "伤人"), ("Xinxiang", "新乡"),
        ("Xin Xiang", "新乡"), ("Luoyang", "洛阳"), ("liaocheng", "聊城"), ("Wu Yunfei", "武云飞"), ("靖邊", "静边"),
    ],
)  # fmt: skip
def test_alike(a, b):
    assert sounds_like(a, b)
    assert sounds_like(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [("新乡", "许昌"), ("靖边", "靖"), ("", ""), ("", "靖边"), ("老城", "新城"), ("Beijing", "南京"), ("2980", "2981")],
)
def test_not_alike(a, b):
    assert not sounds_like(a, b)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=50), st.text(max_size=50))
def test_any_text_can_be_heard(a, b):
    assert isinstance(sounds_like(a, b), bool)
    assert all(isinstance(part, str) for part in syllables(a))


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("洛阳", "河南省"), ("洛阳市", "河南省"), ("洛陽市", "河南省"), ("日照", "山东省"), ("河北", "河北省"),
        ("广西", "广西壮族自治区"),
        ("涪陵区", "重庆市"), ("朝阳区", "北京市"), ("延边州", "吉林省"), ("香港", "香港特别行政区"),
        ("朝阳", ""), ("和平", ""), ("公安", ""), ("", ""),
    ],
)  # fmt: skip
def test_places(text, province):
    assert province_of(text) == province
    assert is_place(text) is bool(province)
