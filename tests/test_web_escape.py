import html
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.app.web_escape import escape, link

LITERAL = ["10*3*2", "1_000_", "$5$", "#1", "3. 4", "~~5~~", "<b>x</b>", "{{value}} ${1}", "[1](a)", "&amp;", "_i18n_"]


@pytest.mark.parametrize("text", LITERAL)
def test_text_is_unchanged_when_read_back(text: str):
    assert html.unescape(escape(text)) == text


def test_no_ascii_punctuation_but_that_of_entities_is_left():
    escaped = escape(string.punctuation * 2 + "字a1")
    assert re.sub(r"&#\d+;", "", escaped) == "字a1"


def test_line_ends_become_breaks_so_that_no_markdown_paragraph_begins():
    assert escape("一\n\n    二\r\n三\u2028四") == "一<br><br>    二<br>三<br>四"


def test_characters_that_reorder_or_vanish_are_written_out():
    assert html.unescape(escape("98\u202e76")) == "98\\u202e76"
    assert html.unescape(escape("a\x00b")) == "a\\x00b"


@given(st.text())
def test_no_markup_ever_survives(text: str):
    escaped = escape(text).replace("<br>", "")
    assert not set(escaped) & set("<>\"'`*_[]()$~{}\n\r")
    assert not re.search(r"&(?!#\d+;)", escaped)


def test_links_carry_their_query_escaped():
    assert link("/a", start="1", marks='"><x') == "/a?start=1&amp;marks=%22%3E%3Cx"
    assert link("/a", start="") == "/a"
