"""What the reader is told of an article beside a window: by value, on made articles."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answering.background import MOST, TITLE, background
from qa.answering.evidence import Reading, view_of
from qa.answering.question import read_question
from qa.answering.reader import Reader
from qa.library import Library

FILLER = "当天天气晴朗,河水清澈,山上的树叶黄了。" * 3
OPENING = "2021年,新山县公安局在“秋风”专项行动中,连日巡逻。"
TOLD = "全局抓获嫌疑人36名。"


def reading_of(folder, question, text, title=""):
    with Library.open(folder / "library") as library:
        library.add({"id": "a", "text": text, "title": title})
        return Reading(read_question(question), view_of(next(iter(library.articles()))))


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("新山县公安局抓获嫌疑人多少名?", "通报…新山县公安局在“秋风”专项行动中"),
        ("“秋风”专项行动抓获嫌疑人多少名?", "通报…新山县公安局在“秋风”专项行动中"),
        ("抓获嫌疑人多少名?", "通报"),
        # The year of a figure is told as who it is of.
        ("2021年抓获嫌疑人多少名?", "通报…2021年"),
        ("东海县抓获嫌疑人多少名?", "通报"),
    ],
)
def test_names_that_stand_elsewhere_are_told_in_their_own_words(tmp_path, question, told):
    text = OPENING + FILLER + TOLD
    reading = reading_of(tmp_path, question, text, "通报")
    assert background(reading, (text.index(TOLD), len(text))) == told


def test_a_window_that_begins_with_the_title_does_not_hear_it_twice(tmp_path):
    text = OPENING + TOLD
    reading = reading_of(tmp_path, "抓获嫌疑人多少名?", text, OPENING)
    assert background(reading, (0, len(text))) == ""
    assert background(reading, (text.index(TOLD), len(text))) == OPENING[:TITLE]


def test_the_place_before_the_window_is_told_rather_than_one_behind(tmp_path):
    text = f"早上,新山县公安局开会。{FILLER}{TOLD}{FILLER}新山县公安局收队。"
    reading = reading_of(tmp_path, "新山县公安局抓获嫌疑人多少名?", text, "通报")
    at = text.index(TOLD)
    assert background(reading, (at, at + len(TOLD))) == "通报…新山县公安局开会"
    assert background(reading, (0, 4)).startswith("通报…新山县公安局开会…")


def test_the_place_that_names_a_body_is_told(tmp_path):
    text = f"新山县公安局通报。来源:新山日报。{FILLER}{TOLD}{FILLER}新山县入夜转晴。"
    reading = reading_of(tmp_path, "新山县公安局抓获嫌疑人多少名?", text, "通报")
    at = text.index(TOLD)
    assert background(reading, (at, at + len(TOLD))) == "通报…新山县公安局通报"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 150), st.integers(1, 90))
def test_it_is_short_and_in_the_words_of_the_article(tmp_path_factory, start, size):
    text = OPENING + FILLER + TOLD + "新山县入夜转晴,民警抓获逃犯。" + FILLER
    reading = reading_of(tmp_path_factory.mktemp("words"), "新山县“秋风”行动抓获嫌疑人和逃犯多少名?", text, "通报")
    window = min(start, len(text) - 1), min(start + size, len(text))
    title, *phrases = background(reading, window).split("…")
    assert title == "通报" and sum(map(len, phrases)) <= MOST
    assert all(phrase in reading.view.folded for phrase in phrases)


def test_the_reader_takes_no_span_from_it():
    reader = Reader.load()
    one = reader.read("抓获嫌疑人多少名?", [TOLD], "新山县公安局抓获逃犯52名")[0]
    assert all(0 <= span.start < span.end <= len(TOLD) for _, span in one.options())
    assert reader.read("抓获嫌疑人多少名?", [TOLD], "")[0].nothing != one.nothing
