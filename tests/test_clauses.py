"""What the words around a value say about it."""

import re

import pytest

from qa.corpus.clauses import clause_spans, settings

_VALUE = re.compile(r"\d+(?:\.\d+)?(?:%|人次|份|张|家|人|起|分钟|秒|小时|个|次|名|项|处)")


def own_words(text: str) -> dict[str, str]:
    values = [match.span() for match in _VALUE.finditer(text)]
    found = settings(text, (0, len(text)), values)
    return {text[a:b]: text[slice(*s.own[0])] for s, (a, b) in zip(found, values, strict=True)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("走访单位50家、门店1817家", {"50家": "走访单位", "1817家": "门店"}),
        ("走访入户4872家12168人", {"4872家": "走访入户", "12168人": "走访入户"}),
        ("排查矛盾纠纷23起,化解矛盾纠纷14起", {"23起": "排查矛盾纠纷", "14起": "化解矛盾纠纷"}),
        ("30秒救人、10分钟销户、1小时寻人", {"30秒": "救人", "10分钟": "销户", "1小时": "寻人"}),
        ("立案、损失同比分别下降62.52%、54.77%", {"62.52%": "立案", "54.77%": "损失"}),
        ("破案数、抓获人数同比上升26.3%、56%", {"26.3%": "破案数", "56%": "抓获人数"}),
        (
            "分别对甲、乙和丙3家处置3起、14起和13起",
            {"3家": "分别对甲、乙和丙", "3起": "甲", "14起": "乙", "13起": "丙3家处置"},
        ),
        (
            "刑事警情21起、治安警情203起,同比分别下降16%和上升7.7%",
            {"21起": "刑事警情", "203起": "治安警情", "16%": "刑事警情", "7.7%": "治安警情"},
        ),
        ("组建团队859个(4140人)", {"859个": "组建团队", "4140人": "组建团队"}),
    ],
)
def test_each_value_has_its_own_words(text: str, expected: dict[str, str]) -> None:
    assert own_words(text) == expected


def test_direction_is_the_word_of_change_nearest_before() -> None:
    text = "案件下降3%,破案上升5%"
    values = [match.span() for match in _VALUE.finditer(text)]
    assert [setting.direction for setting in settings(text, (0, len(text)), values)] == ["down", "up"]


def test_clauses_keep_thousands_separators_whole() -> None:
    text = "共1,234人,另有5人"
    assert [text[a:b] for a, b in clause_spans(text, 0, len(text))] == ["共1,234人", "另有5人"]
