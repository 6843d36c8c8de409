import re
from decimal import Decimal

from qa.app.web_charts import bars_html, comparison_html, label_for
from qa.types import Answer, Citation, Figure

TEXT = "走访单位50家、门店1817家,检查车辆7辆"


def figure(text, metric, unit="家"):
    start = TEXT.index(text)
    value = Decimal(re.match(r"\d+", text)[0])
    return Figure(value, unit, "count", text, False, "", metric, "某局", "", "", "a1", start, start + len(text))


FIFTY, MANY, CARS = figure("50家", "走访单位"), figure("1817家", "门店"), figure("7辆", "检查车辆", "辆")


class Ledger:
    """What a chart asks of a library."""

    def figures(self, article_id):
        return {"a1": [FIFTY, MANY, CARS]}[article_id]


def answer(*marks, abstained=False):
    citation = Citation(1, "a1", "a.txt", "题", "", "", TEXT, 0, len(TEXT), 0, len(TEXT), tuple(marks))
    return Answer("?", "?", "1767家", "", abstained, "", 0.9, (citation,), (), 1.0)


def test_bars_are_as_long_as_their_figures():
    markup = bars_html([("单位", FIFTY), ("门店", MANY)], "走访")
    widths = [float(width) for width in re.findall(r"width:([\d.]+)%", markup)]
    assert widths == [round(60 * 50 / 1817, 1), 60.0]
    assert "<caption>走访</caption>" in markup


def test_figures_of_different_units_or_alone_are_not_compared():
    assert bars_html([("单位", FIFTY), ("车辆", CARS)]) == ""
    assert bars_html([("单位", FIFTY)]) == ""


def test_a_label_says_in_what_the_figures_differ():
    assert label_for(FIFTY, [FIFTY, MANY]) == "走访单位"
    assert label_for(FIFTY, [FIFTY]) == "走访单位"


def test_an_answer_that_cites_two_figures_gets_a_chart_of_them():
    markup = comparison_html(answer((FIFTY.start, FIFTY.end), (MANY.start - 2, MANY.end)), Ledger())
    assert re.findall(r">(\d+家)</a>", markup) == ["50家", "1817家"]


def test_refusals_and_single_figures_get_none():
    assert comparison_html(answer((FIFTY.start, FIFTY.end)), Ledger()) == ""
    assert comparison_html(answer((FIFTY.start, FIFTY.end), (MANY.start, MANY.end), abstained=True), Ledger()) == ""
