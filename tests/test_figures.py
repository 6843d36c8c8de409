"""The ledger: figures of an article with what they count, for whom, when and within what."""

from decimal import Decimal
from pathlib import Path

import pytest

from qa.corpus.figures import _NUMERAL, find_figures
from qa.corpus.passages import sentences
from qa.corpus.read import article_from_record, read_bytes
from qa.language.quantities import find_quantities
from qa.language.scripts import fold
from qa.types import Figure

SEEDS = Path(__file__).parent.parent / "seeds"


def ledger(name: str) -> list[Figure]:
    path = next(SEEDS.glob(f"{name}_*.txt"))
    return [figure for article in read_bytes(path.read_bytes(), path.name) for figure in find_figures(article)]


@pytest.mark.parametrize("name", ["000", "001", "002", "003", "004"])
def test_every_figure_is_a_slice_of_its_article(name: str) -> None:
    path = next(SEEDS.glob(f"{name}_*.txt"))
    (article,) = read_bytes(path.read_bytes(), path.name)
    figures = find_figures(article)
    assert figures
    assert all(article.text[figure.start : figure.end] == figure.text for figure in figures)
    assert [figure.start for figure in figures] == sorted(figure.start for figure in figures)


@pytest.mark.parametrize(
    ("name", "text", "value", "unit", "metric"),
    [
        ("001", "2980人次", "2980", "人次", "出动警力"),
        ("001", "14起", "14", "起", "化解矛盾纠纷"),
        ("001", "12168人", "12168", "人", "走访入户"),
        ("001", "300起", "300", "起", "查处交通违法行为"),
        ("003", "1.4亿元", "140000000", "元", "帮助群众挽回潜在损失"),
        ("003", "169.9万条", "1699000", "条", "接收反诈预警数据"),
        ("003", "32509起", "32509", "起", "发现化解矛盾纠纷"),
    ],
)
def test_a_figure_says_what_it_counts(name: str, text: str, value: str, unit: str, metric: str) -> None:
    figure = next(figure for figure in ledger(name) if figure.text == text)
    assert (figure.value, figure.unit, figure.metric) == (Decimal(value), unit, metric)


def test_aligned_percentages_have_their_own_metric_and_direction() -> None:
    found = {figure.text: figure for figure in ledger("002")}
    assert "刑事" in found["11.12%"].metric
    assert found["12.1%"].metric == "治安警情"
    assert (found["12.1%"].direction, found["21.5%"].direction) == ("down", "up")


def test_who_when_and_within_what_come_from_the_words_before() -> None:
    text = "安平县公安局开展“春雷行动”。2022年3月,该局抓获嫌疑人12名。"
    (figure,) = find_figures(article_from_record({"id": "x", "title": "通报", "text": text}))
    assert (figure.subject, figure.period, figure.operation) == ("安平县公安局", "2022年3月", "春雷行动")


def read(text: str, title: str = "通报") -> list[tuple[str, str, str]]:
    figures = find_figures(article_from_record({"id": "x", "title": title, "text": text}))
    return [(figure.text, figure.metric, figure.subject) for figure in figures]


def test_an_agency_that_is_handed_something_is_not_the_subject() -> None:
    text = "安平县公安局抓获嫌疑人3名,移交永宁市公安局2名。在永宁警方的协助下,追回现金5万元。"
    assert [subject for _, _, subject in read(text)] == ["安平县公安局"] * 3


def test_a_room_is_not_the_subject_of_figures_of_the_whole_city() -> None:
    text = "安平市公安局推进改革。社区警务室建成后,全市走访群众1200户。"
    assert read(text)[-1] == ("1200户", "走访群众", "安平市公安局")


def test_a_value_that_comes_first_counts_the_noun_after_it() -> None:
    text = "安平县公安局为500余名学生提供法治课,将5名逃犯抓获,破获12起电信诈骗案件。"
    assert [metric for _, metric, _ in read(text)] == ["学生", "抓获逃犯", "破获电信诈骗案件"]


def test_an_indefinite_one_and_a_law_are_no_figures() -> None:
    text = "安平县公安局破获一起盗窃案件,抓获嫌疑人两名。根据《刑法》第二百六十六条,处三年以下有期徒刑。"
    assert [figure for figure, _, _ in read(text)] == ["两名"]


@pytest.mark.parametrize("period", ["今年以来", "2022年", "8月11日至13日"])
def test_the_period_stands_before(period: str) -> None:
    text = f"{period},安平县公安局抓获嫌疑人12名。"
    (figure,) = find_figures(article_from_record({"id": "x", "title": "通报", "text": text}))
    assert figure.period == period


def test_passing_days_are_no_period() -> None:
    text = "近日,安平县公安局抓获嫌疑人12名。"
    (figure,) = find_figures(article_from_record({"id": "x", "title": "通报", "text": text}))
    assert figure.period == ""


def test_what_is_passed_over_holds_no_quantity() -> None:
    """Sentences without a numeral are not read for figures; none of them may hold one."""
    seeds = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.iterdir())]
    forms = ("首位。居榜首。翻番。翻了两番。百分百。一半。过半。半年。近半。兩萬人次。３起。①起。Ⅳ起。"
             "数十起。几百人。成倍。若干起。前列。倍增。")
    spans = [text[start:end] for text in (*seeds, forms) for start, end in sentences(text)]
    passed = [span for span in spans if not _NUMERAL.search(fold(span))]
    assert len(passed) > 50 and not any(find_quantities(span) for span in passed)
