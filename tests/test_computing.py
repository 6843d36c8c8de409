"""Arithmetic over articles: each number has its source, the working is shown, and what does not go together is left."""

from pathlib import Path

import pytest

from qa.answering.assistant import Assistant
from qa.library.library import Library
from qa.types import Answer

ARTICLES = [
    (
        "安平县公安局夏季行动战果",
        "安平县公安局开展夏季行动。行动中,安平县公安局查处酒驾127起、醉驾19起、超载305起,抓获逃犯6人。"
        "专班共受理涉企事项1073件、办结1056件,排查矛盾纠纷23起,化解14起。\n"
        "安平县公安局对涉赌人员刑事拘留6人、行政拘留43人。今年安平县刑事案件破案数同比上升21.5%,治安警情同比下降8.2%。",
    ),
    (
        "永宁市公安局成绩单",
        "永宁市公安局今年以来抓获各类逃犯2283人,追回赃款153万元。永宁市刑事案件破案数同比上升14.67%,"
        "追回手机1200余部。永宁市公安局查处各类违法5606起,其中酒驾301起、醉驾22起。",
    ),
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("articles")
    for number, (title, text) in enumerate(ARTICLES):
        Path(folder / f"{number}.txt").write_text(f"{title}\n\n{text}\n", encoding="utf-8")
    library = Library.open(tmp_path_factory.mktemp("library"))
    library.add(folder)
    return Assistant(library)


def ask(assistant: Assistant, question: str) -> Answer:
    answer = assistant.ask(question)
    assert not answer.abstained, answer.reason
    return answer


@pytest.mark.parametrize(
    ("question", "headline", "working"),
    [
        ("安平县公安局查处的酒驾比醉驾多多少起?", "108起", "127起 − 19起 = 108起"),
        ("安平县公安局受理的涉企事项里头,还剩多少件没办结?", "17件", "1073件 − 1056件 = 17件"),
        ("安平县公安局排查的矛盾纠纷还有几起没有化解?", "9起", "23起 − 14起 = 9起"),
        ("安平县公安局对涉赌人员刑事拘留和行政拘留一共多少人?", "49人", "6人 + 43人 = 49人"),
        (
            "安平县公安局和永宁市公安局谁抓获的逃犯更多?相差多少人?",
            "永宁市公安局,相差2277人",
            "2283人 − 6人 = 2277人",
        ),
        ("安平县和永宁市刑事案件破案数同比升幅相差多少?", "6.83个百分点", "21.5% − 14.67% = 6.83个百分点"),
    ],
)
def test_a_result_shows_its_working(assistant: Assistant, question: str, headline: str, working: str) -> None:
    answer = ask(assistant, question)
    assert answer.headline == headline
    assert working in answer.text


def test_every_number_of_a_working_stands_in_a_citation(assistant: Assistant) -> None:
    answer = ask(assistant, "安平县公安局和永宁市公安局谁抓获的逃犯更多?相差多少人?")
    quotes = "".join(citation.quote for citation in answer.citations)
    assert "抓获逃犯6人" in quotes
    assert "抓获各类逃犯2283人" in quotes
    assert {citation.n for citation in answer.citations} == {1, 2}


@pytest.mark.parametrize(
    ("question", "headline"),
    [
        ("安平县公安局查处的酒驾和醉驾分别有多少起?", "酒驾:127起;醉驾:19起"),
        ("安平县公安局和永宁市公安局分别抓获逃犯多少人?", "安平县公安局:6人;永宁市公安局:2283人"),
        ("安平县和永宁市刑事案件破案数同比升幅哪个更高?", "安平县(安平县上升21.5%,永宁市上升14.67%)"),
        ("安平县公安局查处的酒驾、醉驾和超载,哪一项最多?", "超载(超载305起,酒驾127起,醉驾19起)"),
    ],
)
def test_several_figures_are_set_side_by_side(assistant: Assistant, question: str, headline: str) -> None:
    assert ask(assistant, question).headline == headline


def test_a_part_is_never_added_to_its_total(assistant: Assistant) -> None:
    answer = assistant.ask("永宁市公安局查处各类违法和酒驾一共多少起?")
    assert "5907" not in answer.headline


def test_measures_that_differ_are_not_compared(assistant: Assistant) -> None:
    answer = assistant.ask("安平县公安局追回赃款和永宁市公安局追回手机相差多少?")
    assert "−" not in answer.text
