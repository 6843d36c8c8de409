"""What a figure counts: a verb and its noun, never a broken clause."""

import pytest

from qa.corpus.metrics import metric_of


@pytest.mark.parametrize(
    ("before", "after", "metric"),
    [
        ("累计出动警力", ",发放", "出动警力"),
        ("民警现场抓获", "嫌疑人,", "抓获嫌疑人"),
        ("为", "学生提供服务,", "学生"),
        ("为群众挽回损失", "。", "挽回损失"),
        ("对民警为其追回被骗款项", "表示衷心感谢", "追回被骗款项"),
        ("成功将", "逃犯抓获。", "抓获逃犯"),
        ("在外省警方的协助下成功将张某", "抓获,", "抓获"),
        ("随后在家中查获烟花爆竹", "。", "查获烟花爆竹"),
        ("共设置", "涉爆、涉诈等宣防点", "设置"),
        ("辖", "镇", "镇"),
        ("现场扣留烟花爆竹", ",", "扣留烟花爆竹"),
        ("黄某前往购物广场收缴物业、水电费共计", ",", "收缴物业、水电费"),
        ("以此陆续侵占公司资产达", "。", "侵占公司资产"),
        ("", "", ""),
        ("共", "", ""),
    ],
)
def test_a_metric_is_a_verb_and_its_noun(before: str, after: str, metric: str) -> None:
    assert metric_of(before, after) == metric


def test_a_metric_is_short() -> None:
    assert len(metric_of("广大民警辅警在辖区各个社区和村庄持续不断地深入开展各种形式的普法宣传教育主题活动", ",")) <= 16
