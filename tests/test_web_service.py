import asyncio
from pathlib import Path

import pytest

from qa.app.web_desk import Busy, Desk
from qa.app.web_scope import Asked
from qa.app.web_service import Service
from qa.errors import InputError, LibraryError
from qa.library import Library
from qa.types import Answer

SEEDS = Path(__file__).parent.parent / "seeds"
QUESTION = "鄢陵县公安局大走访专项活动累计出动警力多少人次?"
TEXT = "测试县公安局开展夜查,共检查车辆7654辆,抓获嫌疑人83名。"
RECORD = {"id": "r1", "title": "夜查", "text": TEXT, "date": "2024-05-03"}


@pytest.fixture
def service(tmp_path):
    with Library.open(tmp_path / "library") as library:
        library.add(SEEDS)
        desk = Desk()
        yield Service(library, desk, tmp_path / "feedback.jsonl")
        desk.close()


def test_a_conversation_is_its_questions(service):
    async def scene():
        first, second = await service.talk([Asked(QUESTION), Asked("化解矛盾纠纷呢?")])
        alone = await service.ask("化解矛盾纠纷呢?", [QUESTION])
        return first, second, alone

    first, second, alone = asyncio.run(scene())
    assert first.headline == "2980人次"
    assert second.headline == alone.headline
    assert second.resolved_question != "化解矛盾纠纷呢?"


def test_an_error_stays_with_its_question(service):
    empty, answer = asyncio.run(service.talk([Asked("  "), Asked(QUESTION)]))
    assert isinstance(empty, InputError)
    assert isinstance(answer, Answer)
    with pytest.raises(InputError):
        asyncio.run(service.ask(" "))


def test_answers_are_remembered_until_the_library_changes(service):
    asyncio.run(service.ask(QUESTION))
    assert [answer.headline for answer in service.remembered([Asked(QUESTION), Asked("还有呢?")])] == ["2980人次"]
    question = "测试县公安局夜查共检查车辆多少辆?"
    before = asyncio.run(service.ask(question))
    assert "7654" not in before.headline
    service.library.add(RECORD)
    assert asyncio.run(service.ask(question)).headline == "7654辆"
    article = next(article for article in service.library.articles() if "7654" in article.text)
    service.library.remove(article.id)
    assert "7654" not in asyncio.run(service.ask(question)).headline
    assert service.article(article.id) is None


def test_offered_questions_are_answered_by_the_library(service):
    async def scene():
        starters = await service.starters()
        return starters, [await service.ask(question) for question in starters]

    starters, answers = asyncio.run(scene())
    assert len(starters) == len(set(starters)) == 4
    assert not any(answer.abstained for answer in answers)


def test_follow_ups_are_new_and_about_the_same_article(service):
    async def scene():
        answer = await service.ask(QUESTION)
        return answer, await service.follow_ups(answer, [QUESTION])

    answer, offered = asyncio.run(scene())
    assert offered
    assert QUESTION not in offered
    for question in offered:
        further = asyncio.run(service.ask(question))
        assert further.citations[0].article_id == answer.citations[0].article_id
        assert further.headline != answer.headline


def test_what_is_offered_is_tried_once_for_all_who_wait_and_questions_of_readers_pass_in_between(service, monkeypatch):
    asked, ask = [], service._assistant.ask

    def counted(text, *rest, **scope):
        asked.append(text)
        return ask(text, *rest, **scope)

    monkeypatch.setattr(service._assistant, "ask", counted)

    async def scene():
        answer = await service.ask(QUESTION)
        offering = [asyncio.create_task(service.follow_ups(answer, [QUESTION])) for _ in range(5)]
        while len(asked) < 2:
            await asyncio.sleep(0.01)
        between = await service.ask("新乡公安今年抓获各类逃犯多少人?")
        begun = len(asked)
        return between, begun, await asyncio.gather(*offering)

    between, begun, offered = asyncio.run(scene())
    assert not between.abstained
    assert offered[0]
    assert offered == [offered[0]] * 5
    assert len(asked) == len(set(asked))
    # The reader's question did not wait until all were tried.
    assert begun < len(asked)


def test_offers_that_met_a_busy_desk_are_tried_again(service, monkeypatch):
    async def scene():
        answer = await service.ask(QUESTION)
        monkeypatch.setattr(service.desk, "_line", 0)
        with pytest.raises(Busy):
            await service.follow_ups(answer, [QUESTION])
        monkeypatch.undo()
        return await service.follow_ups(answer, [QUESTION])

    assert asyncio.run(scene())


def test_the_ledger_follows_the_library(service):
    count = len(service.rows())
    service.library.add(RECORD)
    assert len(service.rows()) > count
    assert any(row.figure.text == "7654辆" for row in service.rows())


def test_a_full_desk_says_busy(tmp_path, service):
    crowded = Service(service.library, Desk(line=0), tmp_path / "f.jsonl")
    with pytest.raises(Busy):
        asyncio.run(crowded.ask(QUESTION))
    crowded.desk.close()


def test_filters_narrow_the_articles_and_are_part_of_what_is_remembered(service):
    elsewhere = {"source": "002_837d566d99c7ca68.txt"}

    async def scene():
        free = await service.ask(QUESTION)
        narrowed = await service.ask(QUESTION, **elsewhere)
        return free, narrowed, await service.search(QUESTION, 5, **elsewhere)

    free, narrowed, hits = asyncio.run(scene())
    assert free.headline == "2980人次"
    assert "2980" not in narrowed.headline
    assert {hit.article.source for hit in (*hits, *narrowed.nearest)} == {elsewhere["source"]}
    with pytest.raises(InputError, match="昨天"):
        asyncio.run(service.ask(QUESTION, since="昨天"))


def test_choices_for_filters_are_what_the_library_holds(service):
    choices = service.choices()
    assert set(choices["source"]) == {path.name for path in SEEDS.iterdir()}
    assert choices["publisher"]
    assert all(choices["agency"])


def test_feedback_that_cannot_be_written_is_an_error_of_the_library(service, tmp_path):
    lost = Service(service.library, service.desk, tmp_path / "gone" / "feedback.jsonl")
    with pytest.raises(LibraryError):
        lost.like("问", "答", liked=True)
