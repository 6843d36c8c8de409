"""Where the words of a question stand in an article: by value, on made articles."""

from pathlib import Path

import pytest

from qa.answering.evidence import Reading, view_of
from qa.answering.question import read_question
from qa.library import Library


@pytest.mark.parametrize(
    ("question", "known"),
    [
        ("安平县公安局抓获多少人?", 1.0),
        # A name that shares a character with the title's is another name.
        ("安宁县公安局抓获多少人?", 0.0),
        ("永平县公安局抓获多少人?", 0.0),
        # What a question runs together, an article may write apart.
        ("安平县清水派出所抓获多少人?", 1.0),
        ("南岭清水派出所抓获多少人?", 0.7),
        ("北岭清水派出所抓获多少人?", 0.0),
    ],
)
def test_a_name_is_known_by_the_title_only_where_it_stands_there(tmp_path: Path, question: str, known: float) -> None:
    with Library.open(tmp_path / "library") as library:
        library.add({"id": "a", "title": "安平县公安局通报", "text": "全局抓获嫌疑人36名,南岭的清水派出所抓获3名。"})
        reading = Reading(read_question(question), view_of(next(iter(library.articles()))))
    scopes = [index for index, term in enumerate(reading.question.terms) if term.role == "scope"]
    assert min(reading.anywhere(index) for index in scopes) == known


def reading(folder: Path, question: str, text: str, title: str = "") -> Reading:
    with Library.open(folder / "library") as library:
        library.add({"id": "a", "title": title, "text": text})
        return Reading(read_question(question), view_of(next(iter(library.articles()))))


@pytest.mark.parametrize(
    ("question", "worth"),
    [
        ("2023年上半年抓获多少人?", 0.9),  # the article does not say the year here
        ("前六个月抓获多少人?", 1.0),
        ("前九个月抓获多少人?", 0.0),
        ("3月9号抓获多少人?", 1.0),
        ("3月8日抓获多少人?", 0.0),
        ("2021年抓获多少人?", 1.0),
        ("2022年抓获多少人?", 0.0),
    ],
)
def test_a_date_is_known_in_other_words(tmp_path: Path, question: str, worth: float) -> None:
    found = reading(tmp_path, question, "二〇二一年抓获20人。今年1至6月抓获12人,3月9日抓获3人。")
    index = next(i for i, term in enumerate(found.question.terms) if term.role in {"date", "period"})
    assert found.best_anywhere(index) == worth


def test_a_station_is_known_by_its_shorter_name(tmp_path: Path) -> None:
    text = "清水派出所出动。清水所抓获3名。"
    found = reading(tmp_path, "清水派出所抓获多少名?", text)
    index = next(i for i, term in enumerate(found.question.terms) if term.role == "scope")
    assert [text[mark.start : mark.end] for mark in found.marks[index]] == ["清水派出所", "清水所"]


STATIONS = "全市抓获90人。城北派出所:抓获12人,城南派出所协助。抓获逃犯3人。在市局领导下,抓获惯犯2人。"


@pytest.mark.parametrize(
    ("question", "rivals"),
    [
        ("城北派出所抓获多少人?", {"90人": False, "12人": False, "3人": True}),
        ("城南派出所抓获多少人?", {"90人": False, "12人": True, "3人": False}),
    ],
)
def test_another_station_named_in_between_is_nearer(tmp_path: Path, question: str, rivals: dict[str, bool]) -> None:
    found = reading(tmp_path, question, STATIONS)
    assert {told: found.rival_nearer(STATIONS.index(told)) for told in rivals} == rivals


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("清河县2021年工作综述。" + "平安。" * 100 + "2022年再出发。", {"2021"}),
        ("平安。" * 100 + "到2020年,又到2022年。", {"2022"}),
        ("比2020年多抓获2049起。", set()),
    ],
)
def test_the_years_that_an_article_is_about(tmp_path: Path, text: str, years: set[str]) -> None:
    assert reading(tmp_path, "抓获多少?", text).view.frame_years == years
