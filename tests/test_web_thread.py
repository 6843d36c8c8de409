import pytest

from qa.app.web_scope import Asked, iso_day
from qa.app.web_thread import Order, Thread
from qa.errors import InputError


def test_a_conversation_comes_back_as_it_went():
    scope = {"publisher": "某日报", "since": "2023"}
    thread = Thread(7, (Asked("多少?"), Asked.of("\x00<b>\\ud83d 😀\n", scope)))
    assert Thread.read(thread.json()) == thread
    assert thread.json().isascii()


def test_what_is_no_conversation_is_an_empty_one():
    for text in ("", "no", "{}", "3", "null", '{"questions": 3}', '{"questions": {"a": 1}}', "[" * 100_000):
        assert Thread.read(text) == Thread()
    assert Thread.read('["a", 1, " ", "b"]') == Thread(0, (Asked("a"), Asked("b")))
    assert Thread.read('{"chat": true, "questions": ["a"]}') == Thread(0, (Asked("a"),))


def test_only_the_last_questions_are_kept():
    thread = Thread()
    for number in range(100):
        thread = thread.asking(Asked(str(number)))
    assert thread.questions == tuple(Asked(str(number)) for number in range(60, 100))
    assert thread.asking(Asked("  ")) == thread
    assert thread.without_last().questions[-1].text == "98"


def test_the_latest_event_of_a_page_counts():
    order = Order()
    first, second = order.enter("page", Thread(5)), order.enter("page", Thread(5))
    elsewhere = order.enter("other page", Thread(1))
    assert (order.counts(first), order.counts(second), order.counts(elsewhere)) == (False, True, True)


def test_a_page_that_opens_late_does_not_undo_its_first_question():
    order = Order()
    asked = order.enter("page", Thread().asking(Asked("多少?")))
    opened = order.enter("page", Thread())
    assert (order.counts(asked), order.counts(opened)) == (True, False)


def test_an_event_of_an_earlier_chat_is_late_even_when_it_arrives_last():
    order = Order()
    fresh = order.enter("page", Thread(6))
    late = order.enter("page", Thread(5))
    assert (order.counts(late), order.counts(fresh)) == (False, True)
    later = order.enter("page", Thread(6))
    assert (order.counts(late), order.counts(fresh), order.counts(later)) == (False, False, True)


def test_filters_that_say_nothing_are_none():
    given = {"source": " ", "publisher": None, "since": "2023年6月", "until": 3, "agency": "某局", "other": "x"}
    asked = Asked.of("多少?", given)
    assert asked.filters() == {"since": "2023-06", "agency": "某局"}
    assert Asked.read(asked.plain()) == asked
    assert Asked.read({"question": 3}) is None


@pytest.mark.parametrize("text", ["昨天", "2023-13", "2023-06-40", "23-06-01", "2023-06-29T00:00"])
def test_a_day_that_is_none_is_said_to_be_none(text: str):
    with pytest.raises(InputError, match=text[:4]):
        iso_day(text)


def test_days_may_be_written_as_people_write_them():
    written = ("2023", "2023年", "2023.6", "2023年6月", "2023/06/09", "2023年6月9日")
    assert [iso_day(text) for text in written] == ["2023", "2023", "2023-06", "2023-06", "2023-06-09", "2023-06-09"]
