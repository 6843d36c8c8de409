"""Figures that two prints of one report tell differently."""

import pytest

from qa.answering.versions import other_figures
from qa.types import Article

PRINT = "截至6月30日，安平县公安局共走访商户320家，发放宣传页1.2万余份，收到群众提供的线索48条。"


def article(text: str, published: str = "2023-07-01") -> Article:
    return Article(text, "source", "title", "", "", published, text)


def others(text: str, figure: str, published: str = "2023-07-02") -> list[str]:
    at = PRINT.index(figure)
    found = other_figures(article(PRINT), (at, at + len(figure)), [article(PRINT), article(text, published)])
    return [other.text[slice(*mark)] for other, mark in found]


@pytest.mark.parametrize(
    ("change", "figure", "found"),
    [
        (("320家", "230家"), "320家", ["230家"]),
        (("320家", "230家"), "1.2万余份", []),
        (("1.2万余份", "12000余份"), "1.2万余份", []),
        (("1.2万余份", "2.1万余份"), "1.2万余份", ["2.1万余份"]),
        (("320家，发放宣传页1.2万", "230家、发放宣传页2.1万"), "320家", ["230家"]),
        (("320家", "320人"), "320家", []),
        # Another day may have another figure.
        (("6月30日，安平县公安局共走访商户320家", "7月31日，安平县公安局共走访商户410家"), "320家", []),
        # Other words count something else.
        (("走访商户320家，发放", "清查旅馆230家，张贴"), "320家", []),
        (("48条。", "84条。"), "48条", ["84条"]),
    ],
)
def test_only_another_value_of_the_unit_among_the_same_words_is_another_version(
    change: tuple[str, str], figure: str, found: list[str]
) -> None:
    assert change[0] in PRINT
    assert others(PRINT.replace(*change), figure) == found


def test_a_report_of_another_year_is_no_version() -> None:
    changed = PRINT.replace("320家", "230家")
    assert others(changed, "320家", "2022-07-02") == []
    assert others(changed, "320家", "") == ["230家"]


def test_the_same_other_value_is_told_once() -> None:
    at = PRINT.index("320家")
    copies = [article(PRINT.replace("320家", "230家") + tail) for tail in ("", "（完）")]
    found = other_figures(article(PRINT), (at, at + 4), copies)
    assert [(other.text, mark) for other, mark in found] == [(copies[0].text, (at, at + 4))]
