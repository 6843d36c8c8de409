"""Several questions in one text are told apart, and their answers are joined without losing a source."""

import pytest

from qa.answering.splitting import join_answers, split_questions
from qa.types import Answer, Citation


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("抓获逃犯多少人?化解纠纷多少起?", ["抓获逃犯多少人?", "化解纠纷多少起?"]),
        ("安平公安抓获逃犯多少人，化解纠纷多少起？", ["安平公安抓获逃犯多少人?", "化解纠纷多少起？"]),
        ("出动警力多少人次、破案多少起?", ["出动警力多少人次?", "破案多少起?"]),
        ("嫌疑人是谁?哪里人?", ["嫌疑人是谁?", "哪里人?"]),
        ("政委是谁,局长是谁,所长是谁?", ["政委是谁?", "局长是谁?", "所长是谁?"]),
        ("平台哪天上线的?花了多久?叫什么名字?", ["平台哪天上线的?", "花了多久?", "叫什么名字?"]),
        ("这些团队有多少个,另外一共多少人?", ["这些团队有多少个?", "一共多少人?"]),
        ("How many cases? Who is the director?", ["How many cases?", "Who is the director?"]),
    ],
)
def test_several_questions_are_told_apart(text: str, parts: list[str]) -> None:
    assert split_questions(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "截至6月29日18时,累计出动警力多少人次?",
        "刑事破案数同比变化多少,是升还是降?",
        "鄢陵县公安局和新乡公安,谁抓获的逃犯更多?相差多少人?",
        "查处的酒驾和醉驾分别多少起?",
        "“哪里有困难,哪里就有民警”是谁说的?",
        "行动是什么时候、在哪里举行的?",
        "民警走访了多少名从业人员?谢谢!",
        "出动警力多少人次??",
        "筛选出多少名民警、辅警分配到农村?",
        "你好,请问哪个派出所抓的人?",
        "石头上困住的几个人,靠谁划船去接?",
        "?",
        "",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    assert split_questions(text) == [text]


def test_a_long_run_of_questions_is_no_question() -> None:
    text = "抓了多少人?" * 6
    assert split_questions(text) == [text]


def answer(headline: str, quote: str) -> Answer:
    cited = (Citation(1, "a", "a.txt", "标题", "", "", quote, 0, len(quote), 0, len(quote)),) if headline else ()
    text = f"{headline} [1]\n[1] “{quote}”" if headline else "文章没有说到。"
    return Answer("问", f"{quote}?", headline, text, not headline, "" if headline else text, 0.8, cited, (), 10.0)


def test_answers_are_joined_with_their_sources_numbered_on() -> None:
    joined = join_answers("两问", [answer("6人", "抓获逃犯6人"), answer("14起", "化解14起")])
    assert joined.headline == "6人;14起"
    assert [(c.n, c.quote) for c in joined.citations] == [(1, "抓获逃犯6人"), (2, "化解14起")]
    assert "14起 [2]\n[2] “化解14起”" in joined.text
    assert joined.elapsed_ms == 20.0
    assert not joined.abstained


def test_a_part_without_an_answer_is_named() -> None:
    joined = join_answers("两问", [answer("6人", "抓获逃犯6人"), answer("", "枪支")])
    assert joined.headline == "6人;文章没有说明"
    assert not joined.abstained
    assert "文章没有说到。" in joined.text


def test_all_refused_is_refused() -> None:
    joined = join_answers("两问", [answer("", "一"), answer("", "二")])
    assert joined.abstained
    assert joined.headline == ""
    assert joined.confidence == 0.0
