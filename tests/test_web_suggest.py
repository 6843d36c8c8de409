from decimal import Decimal

from qa.app.web_suggest import question_for, questions_about
from qa.types import Figure


def figure(
    text="2980人次", value="2980", unit="人次", kind="count", direction="",
    metric="出动警力", subject="某县公安局", operation="",
):  # fmt: skip
    return Figure(Decimal(value), unit, kind, text, False, direction, metric, subject, "", operation, "a", 0, len(text))


def test_a_count_is_asked_for_with_its_unit():
    assert question_for(figure()) == "某县公安局出动警力多少人次？"
    assert question_for(figure(operation="夜查行动")) == "某县公安局在夜查行动中出动警力多少人次？"
    assert question_for(figure(subject="", operation="夜查行动")) == "夜查行动出动警力多少人次？"


def test_a_percent_is_asked_for_in_its_direction():
    assert question_for(figure("14%", "14", "%", "percent", "up", "破获案件")) == "某县公安局破获案件上升了百分之多少？"
    assert question_for(figure("14%", "14", "%", "percent", "", "破获案件")) == ""


def test_money_is_asked_for_in_yuan():
    assert question_for(figure("5万元", "50000", "元", "money", "", "挽回损失")) == "某县公安局挽回损失多少元？"


def test_only_figures_that_say_what_they_count_are_asked_for():
    poor = [
        figure(metric=""),
        figure(metric="来自警令部、政治部等单位的"),
        figure(metric="背后的"),
        figure(subject=""),
        figure(metric="某县公安局民警"),
        figure("一座", "1", "座"),
        figure("3起", "3", "起"),
    ]
    assert list(questions_about(poor)) == []
    assert [question for question, _ in questions_about([figure(), figure()])] == ["某县公安局出动警力多少人次？"]
