"""One answer in both its forms, and the ledger as table, CSV and JSON."""

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal

from qa.app import ledger, render
from qa.types import Answer, Article, Citation, Figure, FileReport, Hit, Passage

ARTICLE = Article("id1", "a.txt", "大走访", "某网", "某人", "2023-07-01", "截至6月底,出动警力2980人次。化解14起。")
CITATION = Citation(1, "id1", "a.txt", "大走访", "某网", "2023-07-01", "出动警力2980人次。", 6, 17, 6, 17, ((10, 16),))
HIT = Hit(Passage("id1", 0, 0, 17, ARTICLE.text[:17]), ARTICLE, 0.5)
ANSWER = Answer(
    "出动多少?", "出动多少?", "2980人次", "出动警力2980人次[1]。", False, "", 0.91234, (CITATION,), (), 1.23456
)
REFUSAL = Answer("郑州呢?", "郑州出动多少?", "", "", True, "文章没有提到郑州。", 0.2, (), (HIT,), 1.0)


def test_the_json_of_an_answer_has_its_fields_and_the_id_first():
    row = render.answer_json(ANSWER, "S001")
    names = "id question resolved_question headline text abstained reason confidence citations nearest elapsed_ms"
    assert list(row) == names.split()
    assert "id" not in render.answer_json(ANSWER)
    assert (row["confidence"], row["elapsed_ms"]) == (0.9123, 1.235)
    (citation,) = row["citations"]
    assert (citation["source"], citation["quote"], citation["start"], citation["end"]) == (
        "a.txt",
        CITATION.quote,
        6,
        17,
    )
    assert citation["marks"] == [[10, 16]]
    assert ARTICLE.text[citation["start"] : citation["end"]] == citation["quote"]
    assert json.loads(render.as_json(row)) == row


def test_a_citation_names_the_reprints_of_its_words():
    cited = replace(CITATION, also=("b.txt", "c.txt"))
    assert render.citation_text(cited).split("\n")[0].endswith("a.txt (另见 also in: b.txt、c.txt)")
    assert render.citation_json(cited)["also"] == ["b.txt", "c.txt"]
    assert "另见" not in render.citation_text(CITATION)


def test_the_json_of_hits_has_the_shape_of_the_contract():
    row = render.hits_json([HIT], 3)
    assert row["id"] == 3
    (hit,) = row["hits"]
    assert {"source", "title", "text", "start", "end", "score"} <= hit.keys()
    assert (hit["source"], hit["text"], hit["score"]) == ("a.txt", ARTICLE.text[:17], 0.5)
    assert render.hits_json([]) == {"hits": []}


def test_an_answer_reads_headline_text_sources():
    assert render.answer_text(ANSWER, "*{}*".format) == (
        "*2980人次*\n\n出动警力2980人次[1]。\n\n来源:\n[1] 大走访 · 某网 · 2023-07-01 · a.txt\n    出动警力*2980人次*。"
    )


def test_nothing_is_shown_twice():
    text = f"2980人次 [1]\n[1] 《大走访》:“{CITATION.quote}”"
    shown = render.answer_text(replace(ANSWER, text=text))
    assert shown == text + "\n\n来源:\n[1] 大走访 · 某网 · 2023-07-01 · a.txt"


def test_a_refusal_reads_as_one_and_shows_how_the_question_was_understood():
    text = render.answer_text(REFUSAL)
    assert text.startswith("(问:郑州出动多少?)\n\n文章没有提到郑州。\n\n最接近的原文:\n1. 大走访")
    assert "截至6月底" in text


def test_a_question_that_cannot_be_asked_has_the_shape_of_an_answer():
    row = render.refusal_json("", "The question is empty.", "x")
    assert row["abstained"] is True
    assert row["reason"] == "The question is empty."
    assert row.keys() == render.answer_json(ANSWER, "x").keys()


def test_quote_parts_cover_the_quote_whatever_the_marks():
    marks = ((0, 3), (10, 14), (12, 16), (16, 99), (40, 50))
    odd = Citation(1, "id1", "a.txt", "", "", "", CITATION.quote, 6, 17, 6, 17, marks)
    parts = render.quote_parts(odd)
    assert "".join(words for words, _ in parts) == CITATION.quote
    assert parts == [("出动警力", False), ("2980", True), ("人次", True), ("。", True)]
    assert render.quote_parts(Citation(1, "", "", "", "", "", "", 0, 0, 0, 0)) == []


def test_no_article_can_drive_the_terminal():
    hostile = Article("id2", "b\x1b[2J.txt", "题\x07目\n另行", "", "", "", "正文\x1b]0;x\x07\u202e反")
    hit = Hit(Passage("id2", 0, 0, 4, hostile.text), hostile, 1.0)
    for text in (render.hits_text([hit]), render.article_text(hostile)):
        assert not set(text) & {"\x1b", "\x07", "\u202e"}
    assert "\\x1b[2J" in render.article_text(hostile)
    assert "\n" not in render.article_text(hostile)


def test_reports_say_what_became_of_every_file():
    added = FileReport("a.txt", "added", codec="gb18030", articles=1, passages=9, removed_characters=120)
    skipped = FileReport("b.bin", "skipped", "it is binary")
    assert render.report_text(added) == (
        "added a.txt · gb18030, 9 passages, 120 characters of navigation and glosses left out"
    )
    assert render.report_text(skipped) == "skipped b.bin · it is binary"
    assert render.reports_summary([added, added, skipped]) == "3 files: 2 added, 1 skipped"
    assert render.report_json(added)["codec"] == "gb18030"


def row(**changes):
    fields = {
        "value": Decimal("2980"),
        "unit": "人次",
        "kind": "count",
        "text": "2980人次",
        "approximate": False,
        "direction": "",
        "metric": "出动警力",
        "subject": "某县公安局",
        "period": "今年以来",
        "operation": "大走访",
        "article_id": "id1",
        "start": 10,
        "end": 16,
    }
    return ledger.Row(Figure(**fields | changes), ARTICLE)


def test_the_ledger_is_filtered_by_what_its_rows_say():
    rows = [row(), row(metric="化解纠纷", unit="起", operation="")]
    assert ledger.select(rows) == rows
    assert ledger.select(rows, metric="出動警力") == rows[:1]
    assert ledger.select(rows, unit="起", agency="公安局") == rows[1:]
    assert ledger.select(rows, since="2023-07-01", until="2023-07-01") == rows
    assert ledger.select(rows, since="2023-07-02") == ledger.select(rows, until="2023-06-30") == []
    assert ledger.select(rows, source="A.TXT", publisher="某网") == rows


def test_csv_keeps_every_digit_and_runs_no_formula():
    rows = [row(value=Decimal("1E+8"), metric="=HYPERLINK(1)"), row(subject='有"引号",逗号')]
    back = list(csv.DictReader(io.StringIO(ledger.csv_text(rows))))
    assert [each["value"] for each in back] == ["100000000", "2980"]
    assert back[0]["metric"] == "'=HYPERLINK(1)"
    assert back[1]["subject"] == '有"引号",逗号'
    assert back[0]["source"] == "a.txt"


def test_the_table_is_aligned_for_chinese():
    lines = ledger.table_text([row(), row(text="1.4亿元", metric="涉案金额" * 10, direction="up")]).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("数字")
    assert lines[1].startswith("2980人次  出动警力 ")
    assert lines[2].startswith("1.4亿元   涉案金额")
    assert "…" in lines[2]
    assert "上升" in lines[2]
