"""Web pages, PDF, Word, Markdown, tables and archives: the same article comes out of each."""

import json

import documents
import pytest

from qa import settings
from qa.corpus import child, extract
from qa.corpus.read import kind_of, read_bytes, read_items
from qa.errors import DocumentError


def text_of(data: bytes, name: str) -> str:
    return read_bytes(data, name)[0].text


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_a_web_page(charset: str) -> None:
    article = read_bytes(documents.web_page(charset), "page.html")[0]
    assert (article.title, article.publisher, article.author, article.published) == \
        (documents.TITLE, "某某日报", "张三丰", "2023-10-10")
    assert article.codec == ("gb18030" if charset == "gbk" else "utf-8")
    head = [documents.TITLE, "2023-10-10 10:13:46 来源: 某某日报 作者：张三丰"]
    assert article.text.split("\n") == [*head, *documents.PARAGRAPHS, "破案 161起"]


def test_a_web_page_named_txt_is_still_a_web_page() -> None:
    assert text_of(documents.web_page(), "page.txt") == text_of(documents.web_page(), "page.html")


def test_a_pdf_has_its_printed_lines_joined() -> None:
    article = read_bytes(documents.pdf_document(documents.printed()), "a.pdf")[0]
    assert article.text.split("\n") == [documents.TITLE, *documents.PARAGRAPHS]
    assert (article.title, article.codec) == (documents.TITLE, "pdf")


def test_a_word_document_with_a_table() -> None:
    article = read_bytes(documents.word_document(), "a.docx")[0]
    assert article.text.split("\n") == \
        [documents.TITLE, "本报记者 张三丰", *documents.PARAGRAPHS, "指标 数量", "破案 161起"]
    assert (article.title, article.author, article.codec) == (documents.TITLE, "记者 张三丰", "docx")


def test_the_content_decides_what_a_file_is() -> None:
    pdf, word = documents.pdf_document(["破案"]), documents.word_document()
    archive = documents.zip_archive({"a.txt": "破案12起。".encode()})
    assert [kind_of(data, "a.txt") for data in (pdf, word, archive, documents.web_page(), b"abc")] == \
        ["pdf", "docx", "zip", "html", "text"]
    assert text_of(word, "renamed.txt") == text_of(word, "a.docx")


def test_markdown_loses_its_marks_and_no_figure() -> None:
    page = (
        "---\ntitle: \"某市公安破案忙\"\ndate: 2023-10-10\nsource: 某某日报\n---\r\n# 某市公安破案忙\r\n\r\n"
        "**今年以来**,破案 10*3*2 起,见[这里](http://x.example/a),1_000_ 人 #1 ~~5~~。\n\n> 引用一段。\n\n"
        "- 第一条。\n* 第二条。\n\n"
        "![图](a.jpg)\n\n---\n结束。"
    )
    article = read_bytes(page.encode(), "a.md")[0]
    assert article.text == (
        "某市公安破案忙\n今年以来,破案 10*3*2 起,见这里,1_000_ 人 #1 ~~5~~。\n引用一段。\n第一条。\n第二条。\n结束。"
    )
    assert (article.title, article.publisher, article.published) == ("某市公安破案忙", "某某日报", "2023-10-10")
    start = article.text.index("1_000_")
    raw_start, raw_end = article.offsets.raw_span(start, start + 6)
    assert page[raw_start:raw_end] == "1_000_"


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_table_of_articles(separator: str) -> None:
    rows = [["标题", "正文", "日期", "来源"], []]
    rows[1:1] = [["甲", '"破案12起。\n抓获3人。"', "2023-01-02", "某报"], ["乙", "", "2023-01-03", ""]]
    table = "\n".join(separator.join(row) for row in rows)
    items = list(read_items(table.encode("gb18030"), "t.csv"))
    article = items[0].article
    assert article is not None
    assert (article.title, article.text, article.published, article.publisher, article.codec) == \
        ("甲", "破案12起。\n抓获3人。", "2023-01-02", "某报", "gb18030")
    assert [(item.source, item.reason) for item in items[1:]] == \
        [("t.csv row 3", 't.csv row 3 has no text: give it a string under "text"')]


def test_a_table_without_texts_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"t\.csv has no column of texts"):
        read_bytes("甲,乙\n1,2\n".encode(), "t.csv")


def test_a_json_file_of_records() -> None:
    records = [{"id": "a", "text": "破案12起。"}, 5, {"id": "b", "text": "抓获3人。"}]
    items = list(read_items(json.dumps(records).encode(), "a.json"))
    assert [(item.source, item.reason[:30]) for item in items] == \
        [("a", ""), ("a.json record 2", "a.json record 2 is no JSON obj"), ("b", "")]


def test_an_archive_holds_files_of_every_kind() -> None:
    archive = documents.zip_archive({
        "新闻/b.txt": "抓获3人。".encode("gb18030"), "新闻/a.docx": documents.word_document(),
        "c.jsonl": b'{"id":"r","text":"x1"}', "../escape.txt": b"x", "/root.txt": b"x", "C:/x.txt": b"x",
        "pic.png": b"\x89PNG\r\n\x1a\n", "__MACOSX/._b": b"x",
        "inner.zip": documents.zip_archive({"x.txt": b"x"}), ".hidden": b"x",
    })
    items = {item.source: item for item in read_items(archive, "n.zip")}
    good = {source: item.article.text for source, item in items.items() if item.article}
    word = text_of(documents.word_document(), "a.docx")
    assert good == {"n.zip/新闻/b.txt": "抓获3人。", "n.zip/新闻/a.docx": word, "r": "x1"}
    bad = {item.reason.split(": ")[0] for item in items.values() if not item.article}
    assert bad == {
        "n.zip/../escape.txt names a place outside of the archive",
        "n.zip//root.txt names a place outside of the archive",
        "n.zip/C:/x.txt names a place outside of the archive", "n.zip/inner.zip is a zip archive inside another",
        "n.zip/pic.png is a PNG picture, not text",
    }


def test_names_that_a_chinese_packer_wrote_are_readable() -> None:
    data = documents.zip_archive({"abcd.txt": "破案12起。".encode()}).replace(b"abcd.txt", "新闻.txt".encode("gb18030"))
    assert [item.source for item in read_items(data, "n.zip")] == ["n.zip/新闻.txt"]


def test_the_child_process_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DocumentError, match=r"x\.pdf is a damaged PDF document"):
        child.read_in_child("pdf", b"%PDF-1.4 nothing", "x.pdf")
    with pytest.raises(DocumentError, match=r"x\.pdf could not be read \(its reader ended with 1\)"):
        child.read_in_child("nokind", b"", "x.pdf")
    with monkeypatch.context() as patched, pytest.raises(DocumentError, match=r"x\.pdf takes more than 8 seconds"):
        patched.setattr(child, "SECONDS", 0.01)
        child.read_in_child("docx", documents.word_document(), "x.pdf")


LIMITED = "from qa.corpus import worker; worker.SECONDS = 1; worker.limit();"


def test_processor_time_counts_and_not_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits, as it does on a busy machine, is read in the end; what computes for too long is ended."""
    begin = child._START.split("from")[0] + LIMITED
    monkeypatch.setattr(child, "_START", begin + "import time; time.sleep(1.5); print('{\"text\": \"破案12起\"}')")
    assert child.read_in_child("pdf", b"", "x.pdf") == {"text": "破案12起"}
    monkeypatch.setattr(child, "_START", begin + "any(0 for _ in iter(int, 1))")
    with pytest.raises(DocumentError, match=r"x\.pdf takes more than 8 seconds to read: split it or give its text"):
        child.read_in_child("pdf", b"", "x.pdf")


@pytest.mark.parametrize(("lines", "text"), [
    (["全市公安机关今年以来共破获案", "件12起。", "抓获3人。"], "全市公安机关今年以来共破获案件12起。\n抓获3人。"),
    (["a long line of latin words that", "goes on"], "a long line of latin words that goes on"),
    (["同比上升 14.67% , 全省 第一", "第 3 页", "- 2 -"], "同比上升14.67%,全省 第一"),
    ([], ""),
])
def test_printed_lines_become_paragraphs(lines: list[str], text: str) -> None:
    assert extract.unwrap(lines) == text


def test_secrets_are_not_handed_to_the_child_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENJU_PASSWORD", "geheim")
    monkeypatch.setenv("SOME_API_KEY", "geheim")
    monkeypatch.setenv("WENJU_LIBRARY", "/somewhere")
    handed = settings.environment_for_child()
    assert handed["WENJU_LIBRARY"] == "/somewhere"
    assert "geheim" not in handed.values()
