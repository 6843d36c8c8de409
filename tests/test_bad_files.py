"""Hundreds of bad files: each is read or refused with a reason, in bounded time, and good files beside it are read.

Every refusal is one line that names the file and says what to do.
"""

import io
import json
import os
import random
import resource
import socket
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import documents
import pytest

from qa.corpus.passages import split
from qa.corpus.read import Item, read_items
from qa.corpus.walk import read_path
from qa.errors import DocumentError

SEEDS = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent.parent / "seeds").iterdir())]
SLOWEST = 10.0  # seconds for one file
CODECS = (
    "utf-8",
    "utf-8-sig",
    "gb18030",
    "gbk",
    "big5",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "shift_jis",
    "latin-1",
    "utf-7",
    "euc_kr",
    "hz",
)


def _busy() -> float:
    """Return the processor seconds spent so far, children included: what a busy machine cannot falsify."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def read(data: bytes | DocumentError, name: str) -> list[Item]:
    """Read one file as the library does, within the time limit, and check what must hold of every outcome."""
    start = _busy()
    items = [Item(name, None, str(data))] if isinstance(data, DocumentError) else list(read_items(data, name))
    for item in items:
        if item.article is None:
            assert item.reason, name
            assert "\n" not in item.reason
            assert ": " in item.reason, item.reason
        else:
            item.article.text.encode()
            assert item.article.title
            assert all(item.article.text[p.start : p.end] == p.text for p in split(item.article))
    assert items, name
    assert _busy() - start < SLOWEST, name
    return items


def bad_texts() -> Iterator[tuple[str, bytes]]:
    chance = random.Random(1)
    for number, seed in enumerate(SEEDS):
        for codec in CODECS:
            data = seed.encode(codec, "ignore")
            yield f"{number}-{codec}.txt", data
            for cut in (1, 2, 3, len(data) // 2, len(data) // 2 + 1):
                yield f"{number}-{codec}-cut{cut}.txt", data[:-cut]
            flipped = bytearray(data)
            for _ in range(20):
                flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
            yield f"{number}-{codec}-flipped.txt", bytes(flipped)
    for size in (1, 2, 3, 10, 100, 1000, 100_000):
        yield f"random-{size}.txt", chance.randbytes(size)
        yield f"nul-{size}.txt", bytes(size)
        yield f"ff-{size}.txt", b"\xff" * size
        yield f"spaces-{size}.txt", b" \n\t\r" * size


def odd_texts() -> Iterator[tuple[str, bytes]]:
    pieces = {
        "nul": "破案\x00\x00抓获",
        "bidi": "\u202e破案\u2066抓获\u2069",
        "zero": "破\u200b案\ufeff\u200d",
        "private": "\ue000破\uf8ff案\U0010fffd",
        "combining": "a" + "\u0301" * 5000,
        "emoji": "👮\u200d♀\ufe0f🏴",
        "tags": "\U000e0041" * 100,
        "noncharacter": "\uffff\ufffe\U0001ffff",
        "quotes": "“" * 5000,
        "nested": "（" * 5000 + "）" * 5000,
        "lines": "\u2028\u2029\x85\x0b\x0c" * 1000,
        "crlf": "\r\n\r" * 1000,
        "entities": "&amp;" * 5000,
        "numeric": "&#0;&#xffffff;&#55296;&#x110000;" * 500,
        "bomb": "&#38;" * 5000,
        "digits": "1234567890" * 5000,
        "stops": "。！？" * 5000,
        "glosses": "評(píng)" * 5000,
        "broken": "?lián)" * 5000,
        "tabs": "\t" * 50_000,
        "html": "<b>" * 10_000,
        "script": "<script>alert(1)</script>",
        "sql": "'; DROP TABLE articles;--",
        "format": "%s%n{0}{x}",
        "path": "../../etc/passwd",
    }
    for name, piece in pieces.items():
        for frame in ("", "某市公安局破案12起。", "\n\n" * 100):
            yield f"{name}-{len(frame)}.txt", (frame + piece + frame).encode("utf-8", "surrogatepass")
    yield "surrogates.txt", "破案\ud800抓获".encode("utf-8", "surrogatepass")
    yield "surrogates.jsonl", b'{"text": "\\ud800\\udfff \\ud83d 12"}'


def collections() -> Iterator[tuple[str, bytes]]:
    deep = b"[" * 200_000
    for number, line in enumerate(
        [
            b"",
            b"{}",
            b"[]",
            b"null",
            b"12",
            b'"x"',
            b'{"text": 5}',
            b'{"text": ""}',
            b'{"text": null}',
            b'{"text": "\\u0000"}',
            b'{"text": "x"',
            b'{"text": "12", "id": {}}',
            b'{"text": "12", "date": 5}',
            b'{"text": "12", "title": ["a"]}',
            b'{"text":' + b"1" * 5000 + b"}",
            deep,
            b'{"text":' + deep,
            b'{"a":' * 50_000,
            b"NaN",
            b'{"text": "12", "date": "2023-99-99"}',
            b"\xff\xfe",
            b'{"text": "12"}\r',
            b"\x00",
        ]
    ):
        yield f"{number}.jsonl", line
        yield f"good-{number}.jsonl", b'{"id": "good", "text": "12"}\n' + line + b'\n{"id": "too", "text": "13"}'
        yield f"{number}.json", line
    for number, table in enumerate(
        [
            "text",
            "text\n",
            "a,b\n1,2",
            "text,text\n1,2",
            'text\n"open',
            "text\n" + '"' * 9999,
            "text\n\x00",
            ",".join(["text"] * 5000),
            "正文\n" + "长" * 300_000,
            "text\n" + "," * 99_999,
        ]
    ):
        yield f"{number}.csv", table.encode()


def renamed() -> Iterator[tuple[str, bytes]]:
    heads = {
        "png": b"\x89PNG\r\n\x1a\n",
        "jpg": b"\xff\xd8\xff\xe0",
        "gif": b"GIF89a",
        "gz": b"\x1f\x8b\x08",
        "bz2": b"BZh9",
        "7z": b"7z\xbc\xaf\x27\x1c",
        "rar": b"Rar!\x1a\x07",
        "elf": b"\x7fELF\x02",
        "exe": b"MZ\x90\x00",
        "rtf": b"{\\rtf1",
        "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "sqlite": b"SQLite format 3\x00",
        "xz": b"\xfd7zXZ\x00",
        "wav": b"RIFF\x00\x00\x00\x00WAVE",
    }
    for kind, head in heads.items():
        for suffix in ("txt", "md", "jsonl", "csv", "html", kind):
            yield f"{kind}.{suffix}", head + random.Random(kind).randbytes(300)


def archives() -> Iterator[tuple[str, bytes]]:
    whole = documents.zip_archive({"a.txt": "破案12起。".encode(), "b.txt": "抓获3人。".encode()})
    for cut in (1, 5, 22, 40, len(whole) // 2):
        yield f"cut{cut}.zip", whole[:-cut]
    for at in range(0, len(whole), 9):
        yield f"flip{at}.zip", whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
    yield "empty.zip", documents.zip_archive({})
    yield "bomb.zip", documents.zip_archive({f"{i}.txt": bytes(80 << 20) for i in range(2)})
    yield "many.zip", documents.zip_archive({f"{i}.txt": b"x1" for i in range(10_001)})
    yield "encrypted.zip", whole.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")
    yield "office.xlsx", documents.zip_archive({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})
    yield "quine.zip", documents.zip_archive({"a.zip": documents.zip_archive({"b.zip": whole})})


@pytest.mark.slow
def test_bad_texts_tables_and_archives_are_read_or_refused() -> None:
    makers = (bad_texts, odd_texts, collections, renamed, archives)
    outcomes = {name: read(data, name) for make in makers for name, data in make()}
    assert len(outcomes) >= 500
    for name, items in outcomes.items():
        if name.startswith("good-") and len(items) > 1:
            assert {"good", "too"} <= {item.source for item in items if item.article}, name
    whole = [items[0].reason for name, items in outcomes.items() if name.startswith("good-") and len(items) == 1]
    assert whole == ["good-20.jsonl is in no encoding that is known here: save it again as UTF-8"]
    for number, seed in enumerate(SEEDS):
        for codec in ("utf-8", "gb18030", "utf-16"):
            article = outcomes[f"{number}-{codec}.txt"][0].article
            assert article is not None
            assert article.text == read(seed.encode(), "x.txt")[0].article.text  # type: ignore[union-attr]
    for kind in ("png", "doc", "elf", "sqlite"):
        assert outcomes[f"{kind}.txt"][0].article is None
    assert "unpacks to more than 64 MB" in outcomes["bomb.zip"][0].reason
    assert "more than 10000 files" in outcomes["many.zip"][0].reason


def hostile_documents() -> Iterator[tuple[str, bytes]]:
    lol = (
        '<!DOCTYPE x [<!ENTITY a "'
        + "ha" * 50
        + '">'
        + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12))
        + "]>"
    )
    yield "bomb.html", b"<html>" + lol.encode() + b"<body>&l;&m;</body></html>"
    yield "deep.html", b"<html><body>" + b"<div>" * 100_000 + "破案12起。".encode()
    yield "wide.html", b"<html><body>" + "<p>破案12起。</p>".encode() * 20_000
    yield "tables.html", b"<html><body>" + b"<table><tr><td>" * 3000 + "破案12起".encode()
    yield "empty.html", b"<html></html>"
    yield "script.html", b"<html><body><script>" + b"a();" * 100_000 + b"</script></body></html>"
    yield "attributes.html", b"<html><body><p " + b"a=b " * 200_000 + "x>破案12起。</p>".encode()
    yield "comment.html", b"<html><!-- " + b"-" * 1_000_000
    yield "binary.html", b"<html>" + bytes(range(256)) * 100
    word = documents.word_document()
    for cut in (1, 100, len(word) // 2):
        yield f"cut{cut}.docx", word[:-cut]
    parts = {"bomb": lol + "<x>&l;</x>", "none": "", "noxml": "<<<", "deep": "<a>" * 100_000, "wrong": "<a/>"}
    for name, xml in parts.items():
        yield f"{name}.docx", _with_document(word, xml.encode())
    yield "big.docx", _with_document(word, b" " * (300 << 20))
    pdf = documents.pdf_document(documents.printed())
    for cut in (1, 50, 400, len(pdf) // 2):
        yield f"cut{cut}.pdf", pdf[:-cut]
    yield "head.pdf", b"%PDF-1.7\n"
    yield "loop.pdf", pdf.replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")
    yield "self.pdf", pdf.replace(b"/Contents 4 0 R", b"/Contents 3 0 R")
    yield "count.pdf", pdf.replace(b"/Count 1", b"/Count 999999999")
    yield "length.pdf", pdf.replace(b"<< /Length ", b"<< /Length 9999")
    yield "noise.pdf", b"%PDF-1.7\n" + random.Random(3).randbytes(200_000)
    yield "inflate.pdf", _inflating(pdf)


def _with_document(word: bytes, xml: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return documents.zip_archive({**files, "word/document.xml": xml})


def _inflating(pdf: bytes) -> bytes:
    stream = zlib.compress(bytes(400 << 20), 9)
    start, end = pdf.index(b"4 0 obj"), pdf.index(b"endobj", pdf.index(b"4 0 obj"))
    body = b"4 0 obj\n<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream\n"
    return pdf[:start] + body + pdf[end:]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_hostile_documents_are_read_or_refused_in_time() -> None:
    outcomes = {name: read(data, name) for name, data in hostile_documents()}
    refused = {name for name, items in outcomes.items() if items[0].article is None}
    assert {"bomb.docx", "big.docx", "none.docx", "noxml.docx", "head.pdf", "noise.pdf", "script.html"} <= refused
    assert outcomes["binary.html"][0].reason.startswith("binary.html is in no encoding that is known here: ")
    wide = outcomes["wide.html"][0].article
    assert wide is not None
    assert wide.text.startswith("破案12起。")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("million.txt", "的".encode() * 1_000_000),
        ("half.txt", "的".encode() * 250_000),
        ("line.txt", "破案161起,".encode() * 1_400_000),
        ("ascii.txt", b"a" * 20_000_000),
        ("lines.txt", b"x1\n\n \n" * 80_000),
        ("entities.txt", b"&amp;" * 100_000),
        ("figures.txt", b"1,234.5" * 70_000),
        ("pairs.txt", "（“《x".encode() * 120_000),
        ("shares.txt", "分享\n".encode() * 160_000),
        ("markdown.md", b"[a](b) **c** # d\n" * 29_000),
        ("stars.md", b"**" * 240_000),
        ("links.md", b"[" * 490_000),
    ],
)
def test_endless_texts_are_read_or_refused_in_time(name: str, data: bytes) -> None:
    items = read(data, name)
    only_marks = {"entities.txt", "shares.txt", "stars.md", "links.md"}
    assert (items[0].article is None) == (len(data.decode()) > 250_000 or name in only_marks)


def test_a_folder_full_of_traps_yields_its_good_files(tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside.txt"
    (folder / "sub").mkdir(parents=True)
    outside.write_text("密码12", encoding="utf-8")
    good = {folder / "a.txt": "破案12起。", folder / "sub" / "b.txt": "抓获3人。", folder / "z.txt": "走访9户。"}
    for path, text in good.items():
        path.write_text(text, encoding="utf-8")
    (folder / "empty.txt").touch()
    (folder / ".hidden.txt").write_text("不读", encoding="utf-8")
    (folder / ("名" * 80 + ".txt")).write_text("长名8个。", encoding="utf-8")
    os.mkfifo(folder / "fifo.txt")
    (folder / "device.txt").symlink_to("/dev/zero")
    (folder / "out.txt").symlink_to(outside)
    (folder / "out").symlink_to(tmp_path)
    (folder / "circle").symlink_to(folder)
    (folder / "dangling.txt").symlink_to(folder / "nothing")
    (folder / "inside.txt").symlink_to(folder / "a.txt")
    (folder / "renamed.txt").write_bytes(documents.zip_archive({"x.txt": "破案5起。".encode()}))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket.txt"))
        start = _busy()
        found = {path.relative_to(folder).as_posix(): read(data, path.name) for path, data in read_path(folder)}
    assert _busy() - start < SLOWEST
    texts = {name: items[0].article.text for name, items in found.items() if items[0].article}
    assert texts == {
        "a.txt": "破案12起。",
        "sub/b.txt": "抓获3人。",
        "z.txt": "走访9户。",
        "inside.txt": "破案12起。",
        "renamed.txt": "破案5起。",
        "名" * 80 + ".txt": "长名8个。",
    }
    why = {name: items[0].reason for name, items in found.items() if not items[0].article}
    assert {name: reason.split(": ")[0] for name, reason in why.items()} == {
        "empty.txt": "empty.txt is empty",
        "fifo.txt": "fifo.txt is no regular file",
        "socket.txt": "socket.txt is no regular file",
        "device.txt": "device.txt is a link that leads out of the folder",
        "out.txt": "out.txt is a link that leads out of the folder",
        "out": "out is a link that leads out of the folder",
        "circle": "circle is no regular file",
        "dangling.txt": "dangling.txt cannot be read (No such file or directory)",
    }


def test_a_file_that_grows_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.corpus.walk.LARGEST", 1000)
    (tmp_path / "big.txt").write_bytes(b"a" * 1001)
    (tmp_path / "big.jsonl").write_bytes(json.dumps({"text": "a" * 1001}).encode())
    found = {path.name: data for path, data in read_path(tmp_path)}
    assert isinstance(found["big.jsonl"], bytes)
    assert str(found["big.txt"]).startswith("big.txt is larger than")
