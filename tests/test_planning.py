"""Which arithmetic a question asks for, and which plain questions give its numbers."""

import pytest

from qa.answering.planning import Plan, extreme_way, plan
from qa.answering.question import read_question


def planned(question: str) -> Plan | None:
    return plan(read_question(question))


def asked(question: str) -> tuple[str, list[str]]:
    found = planned(question)
    assert found is not None
    return found.kind, [part.text for _, part in found.parts]


def test_a_share_over_a_limit_is_no_difference() -> None:
    assert planned("小型客车要比准载人数多拉百分之几以上才会立案?") is None


def test_a_place_set_beside_another_is_asked_about_in_plain_words() -> None:
    found = plan(read_question("安平县公安局和通海市公安局,谁抓获的逃犯更多?相差多少人?"))
    assert found is not None
    assert [part.plain for _, part in found.parts] == ["安平抓获逃犯多少人?", "通海抓获逃犯多少人?"]


@pytest.mark.parametrize(
    ("question", "kind", "parts"),
    [
        ("安平公安局查处的酒驾比醉驾多多少起?", "difference", ["安平公安局查处的酒驾", "安平公安局醉驾"]),
        ("安平公安局立案数比破案数多多少起?", "difference", ["安平公安局立案数", "安平公安局破案数"]),
        ("白石县比青湖县多化解纠纷多少件?", "difference", ["白石县化解纠纷多少件?", "青湖县化解纠纷多少件?"]),
        ("城北分局比城南分局少破了多少起案件?", "difference", ["城北分局破了多少起案件?", "城南分局破了多少起案件?"]),
        (
            "在活动中,排查出的矛盾纠纷比化解的多多少起?",
            "difference",
            ["在活动中,排查出的矛盾纠纷", "在活动中,化解矛盾纠纷"],
        ),
        (
            "警企服务中心受理的涉企事项里头,还剩多少件没办完?",
            "difference",
            ["警企服务中心受理的涉企事项", "警企服务中心办完涉企事项"],
        ),
        (
            "边境派出所排查出的矛盾纠纷还有几起没有化解?",
            "difference",
            ["边境派出所排查出的矛盾纠纷", "边境派出所化解矛盾纠纷"],
        ),
        (
            "青山警方对涉赌人员刑事拘留和行政拘留一共多少人?",
            "sum",
            ["青山警方对涉赌人员刑事拘留多少人", "青山警方对涉赌人员行政拘留多少人"],
        ),
        ("平阳县酒驾和醉驾一共查处多少起?", "sum", ["平阳县酒驾查处多少起", "平阳县醉驾查处多少起"]),
        ("今年3月和8月两次返还的资金合计多少万元?", "sum", ["今年3月返还的资金多少万元", "今年8月返还的资金多少万元"]),
        ("青山警方查获的汽油、柴油合起来有多重?", "sum", ["青山警方查获的汽油有多重", "青山警方查获的柴油有多重"]),
        (
            "抓获的电信诈骗犯罪嫌疑人和经济犯罪嫌疑人,哪一类更多?",
            "compare",
            ["抓获的电信诈骗犯罪嫌疑人", "抓获的经济犯罪嫌疑人"],
        ),
        ("滨州公安酒驾多还是醉驾多?", "compare", ["滨州公安酒驾", "滨州公安醉驾"]),
        ("滨州公安查处的酒驾和醉驾分别有多少起?", "each", ["滨州公安查处的酒驾有多少起", "滨州公安查处的醉驾有多少起"]),
        (
            "聊城公安电诈立案和损失同比分别下降多少?",
            "each",
            ["聊城公安电诈立案同比下降多少", "聊城公安电诈损失同比下降多少"],
        ),
        ("青山警方刑事拘留、行政拘留各多少人?", "each", ["青山警方刑事拘留多少人", "青山警方行政拘留多少人"]),
    ],
)
def test_a_question_is_taken_apart(question: str, kind: str, parts: list[str]) -> None:
    assert asked(question) == (kind, parts)


@pytest.mark.parametrize(
    ("question", "labels", "way", "apart", "ranking"),
    [
        (
            "鄢陵县公安局和新乡公安,谁抓获的逃犯更多?相差多少人?",
            ["鄢陵县公安局", "新乡公安"],
            "more",
            True,
            False,
        ),
        ("新乡和聊城哪个的发案更少?", ["新乡", "聊城"], "less", False, False),
        ("新乡、聊城和靖边三地抓获的逃犯从多到少怎么排?", ["新乡", "聊城", "靖边"], "more", False, True),
        ("新乡和靖边的破案数同比升幅相差多少?", ["新乡", "靖边"], "", True, False),
    ],
)
def test_places_are_set_side_by_side(question: str, labels: list[str], way: str, apart: bool, ranking: bool) -> None:
    found = planned(question)
    assert found is not None
    assert [label for label, _ in found.parts] == labels
    assert (found.kind, found.way, found.apart, found.ranking) == ("compare", way, apart, ranking)
    for label, part in found.parts:
        others = set(labels) - {label}
        assert not any(scope in other for scope in part.scopes for other in others)


@pytest.mark.parametrize(
    "question",
    [
        "安平公安局抓获逃犯多少人?",
        "和上年同一时候比,龙泉的发案比例少了百分之几?",
        "李某、杨某盗窃的变压器一共有几个?",
        "公安和检察院一共开了多少次会?",
        "三趟列车上共有多少名旅客和列车工作人员?",
        "筛选出多少名民警、辅警分配到农村、社区?",
        "那里还有多少人没找到?",
        "比赛中谁得了第一?",
        "排名第几?",
        "How many more cases?",
        "",
    ],
)
def test_a_plain_question_asks_for_no_arithmetic(question: str) -> None:
    assert planned(question) is None


@pytest.mark.parametrize(
    ("question", "way"),
    [
        ("哪一项最多?", "more"),
        ("哪件事耗时最短?", "less"),
        ("最早是哪家单位发现的?", ""),
        ("最多抓了几个?", ""),
        ("哪一项?", ""),
    ],
)
def test_the_extreme_of_several_values(question: str, way: str) -> None:
    assert extreme_way(question) == way
