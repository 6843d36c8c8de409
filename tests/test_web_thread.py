from qa.app.web_thread import Order, Thread


def test_a_conversation_comes_back_as_it_went():
    thread = Thread(7, ("多少?", "\x00<b>\\ud83d 😀\n"))
    assert Thread.read(thread.json()) == thread
    assert thread.json().isascii()


def test_what_is_no_conversation_is_an_empty_one():
    for text in ("", "no", "{}", "3", "null", '{"questions": 3}', '{"questions": {"a": 1}}', "[" * 100_000):
        assert Thread.read(text) == Thread()
    assert Thread.read('["a", 1, " ", "b"]') == Thread(0, ("a", "b"))
    assert Thread.read('{"chat": true, "questions": ["a"]}') == Thread(0, ("a",))


def test_only_the_last_questions_are_kept():
    thread = Thread()
    for number in range(100):
        thread = thread.asking(str(number))
    assert thread.questions == tuple(str(number) for number in range(60, 100))
    assert thread.asking("  ") == thread
    assert thread.without_last().questions[-1] == "98"


def test_the_latest_event_of_a_page_counts():
    order = Order()
    first, second = order.enter("page", Thread(5)), order.enter("page", Thread(5))
    elsewhere = order.enter("other page", Thread(1))
    assert (order.counts(first), order.counts(second), order.counts(elsewhere)) == (False, True, True)


def test_an_event_of_an_earlier_chat_is_late_even_when_it_arrives_last():
    order = Order()
    fresh = order.enter("page", Thread(6))
    late = order.enter("page", Thread(5))
    assert (order.counts(late), order.counts(fresh)) == (False, True)
    later = order.enter("page", Thread(6))
    assert (order.counts(late), order.counts(fresh), order.counts(later)) == (False, False, True)
