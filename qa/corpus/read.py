"""Bytes of a file to its articles: one for a page or a document, many for a collection.

It knows formats by their content first and their name second. It must not know the library: where bytes come from is
the business of :mod:`qa.corpus.walk`, what becomes of articles that of :mod:`qa.library`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath

from qa.corpus import archive, records
from qa.corpus.child import read_in_child
from qa.corpus.clean import clean
from qa.corpus.decode import MOST_CHARACTERS, decode
from qa.corpus.draft import Draft
from qa.corpus.markdown import front_matter, strip_markdown
from qa.corpus.metadata import metadata
from qa.errors import DocumentError
from qa.types import Article

_BY_SUFFIX = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "table", ".tsv": "table", ".md": "markdown",
    ".markdown": "markdown", ".html": "html", ".htm": "html", ".xhtml": "html", ".shtml": "html",
}
_ROWS = {"jsonl": records.json_lines, "json": records.json_file, "table": records.table}
_PAGE_START = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)[\s>]", re.I | re.S)
# Longer fields are cut: they are shown in lists.
_FIELD = 200
_ISO = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})|(\d{4})(\d{2})(\d{2})$")


@dataclass(frozen=True, slots=True)
class Item:
    """One article that was read, or the reason why one could not be; ``removed`` counts characters cut away.

    ``share`` tells how much of its file, 0 to 1, was read when this came.
    """

    source: str
    article: Article | None
    reason: str = ""
    codec: str = ""
    removed: int = 0
    share: float = 1.0


def read_bytes(data: bytes, source: str) -> list[Article]:
    """Return the articles of a file; raises DocumentError when there is none to be had.

    Records of a collection that cannot be read are left out: ``read_items`` tells which and why.
    """
    items = list(read_items(data, source))
    articles = [item.article for item in items if item.article]
    if not articles:
        raise DocumentError(items[0].reason)
    return articles


def read_items(data: bytes, source: str) -> Iterator[Item]:
    """Yield what stands in a file, article by article, at least one item; what cannot be read comes with its reason."""
    kind, count = kind_of(data, source), 0
    try:
        for item in _items(data, source, kind):
            count += 1
            yield item
    except DocumentError as error:
        yield Item(source, None, str(error))
    else:
        if not count:
            yield Item(source, None, f"{source} holds no article: give it some text")


def _items(data: bytes, source: str, kind: str) -> Iterator[Item]:
    if kind == "zip":
        yield from _archive(data, source)
    elif kind in _ROWS:
        yield from _collection(data, source, kind)
    elif kind in ("html", "pdf", "docx"):
        yield _document(data, source, kind)
    else:
        yield _page(data, source, kind)


def kind_of(data: bytes, source: str) -> str:
    """Return text, markdown, html, jsonl, json, table, pdf, docx or zip; what the bytes say beats the file's name."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        inside = archive.names(data)
        return "docx" if "word/document.xml" in inside else "text" if "[Content_Types].xml" in inside else "zip"
    if data.startswith(b"PK\x05\x06"):
        return "zip"
    named = _BY_SUFFIX.get(PurePath(source).suffix.lower(), "text")
    return "html" if named == "text" and _PAGE_START.match(data[:2000]) else named


def article_from_record(record: Mapping[str, object], source: str = "", codec: str = "utf-8") -> Article:
    """Return the article of ``{"id", "title", "text", "date", "url"}``; its source is the record's id."""
    article = _record(record, source, codec).article
    assert article is not None
    return article


def make_article(
    raw: str, source: str, *, codec: str = "utf-8", known: Mapping[str, str] | None = None,
    hints: Mapping[str, str] | None = None, markup: Callable[[Draft], Draft] | None = None,
) -> Item:
    """Clean ``raw`` and name it.

    What is ``known`` (title, publisher, author, published, url) wins over what the text prints, which wins over
    ``hints``; ``markup`` takes the marks of the format away.
    """
    if len(raw) > MOST_CHARACTERS:
        raise DocumentError(f"{source} holds more than {MOST_CHARACTERS:,} characters in one piece: split it")
    cleaned = clean(raw, markup=markup)
    if not any(character.isalnum() for character in cleaned.text):
        raise DocumentError(f"{source} is empty once its markup is removed: give it some text")
    printed = metadata(cleaned.text)
    known, hints = known or {}, hints or {}

    def field(name: str, found: str) -> str:
        return _line(known.get(name, "")) or found or _line(hints.get(name, ""))

    title = _line(known.get("title", "")) or _line(hints.get("title", "")) or printed.title
    article = Article(
        id=content_id(title, cleaned.text), source=_line(source), title=title,
        publisher=field("publisher", printed.publisher), author=field("author", printed.author),
        published=iso_date(known.get("published", "")) or printed.published or iso_date(hints.get("published", "")),
        text=cleaned.text, offsets=cleaned.offsets, codec=codec, url=_line(known.get("url", "")),
    )
    return Item(article.source, article, codec=codec, removed=cleaned.removed)


def content_id(title: str, text: str) -> str:
    """Return the id of an article: the same title and text always get the same one, 16 hexadecimal digits."""
    return hashlib.sha256(f"{title}\n\n{text}".encode()).hexdigest()[:16]


def iso_date(text: str) -> str:
    """Return the ISO date at the beginning of ``text`` ("2023-10-10 10:13", "20231010", "2023年10月10日") or ""."""
    found = _ISO.match(text.strip())
    if not found:
        return ""
    try:
        return date(*(int(group) for group in found.groups() if group)).isoformat()
    except ValueError:
        return ""


def _line(text: str) -> str:
    """Return ``text`` as one clean line that fits into a list."""
    return clean(text[:10 * _FIELD]).text.replace("\n", " ")[:_FIELD].strip() if text else ""


def _page(data: bytes, source: str, kind: str) -> Item:
    decoded = decode(data, source)
    if kind == "markdown":
        known = front_matter(decoded.text)
        return make_article(decoded.text, source, codec=decoded.codec, known=known, markup=strip_markdown)
    return make_article(decoded.text, source, codec=decoded.codec)


def _document(data: bytes, source: str, kind: str) -> Item:
    if not data.strip():
        raise DocumentError(f"{source} is empty: there is nothing to index, give it some text")
    found = read_in_child(kind, data, source)
    return make_article(found["text"], source, codec=found.get("codec") or kind, hints=found)


def _collection(data: bytes, source: str, kind: str) -> Iterator[Item]:
    decoded = decode(data, source)
    for name, row, share in _ROWS[kind](decoded.text, source):
        try:
            if isinstance(row, DocumentError):
                raise row
            yield replace(_record(row, name, decoded.codec), share=share)
        except DocumentError as error:
            yield Item(name, None, str(error), decoded.codec, share=share)


def _archive(data: bytes, source: str) -> Iterator[Item]:
    for name, content, (place, places) in archive.entries(data, source):
        for item in _entry(name, content):
            yield replace(item, share=(place + item.share) / places)


def _entry(name: str, content: bytes | DocumentError) -> Iterator[Item]:
    if isinstance(content, DocumentError):
        yield Item(name, None, str(content))
    elif kind_of(content, name) == "zip":
        yield Item(name, None, f"{name} is a zip archive inside another: unpack it first")
    else:
        yield from read_items(content, name)


def _record(record: Mapping[str, object], name: str, codec: str) -> Item:
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        raise DocumentError(f"{name or 'the record'} has no text: give it a string under \"text\"")
    given = record.get("id")
    source = str(given) if isinstance(given, (str, int)) and str(given).strip() else name or "record"
    known = {key: value for key in ("title", "publisher", "author", "url") if isinstance(value := record.get(key), str)}
    day = record.get("date")
    return make_article(text, source, codec=codec, known={**known, "published": day if isinstance(day, str) else ""})
