"""Collections of articles: JSON lines, JSON and CSV, as plain mappings with the keys of a record.

A record is ``{"id", "title", "text", "date", "url", "publisher", "author"}``; columns of a table may be named in
Chinese. A row that cannot be read comes as a DocumentError in its place, so that the counts add up. With each row comes
how much of the text, 0 to 1, has been read.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping

from qa.errors import DocumentError

Row = tuple[str, Mapping[str, object] | DocumentError, float]

# A cell may hold a whole article, and a long one.
_CELL = 1 << 24
_COLUMNS = {
    "id": ("id", "编号", "序号", "編號"),
    "title": ("title", "标题", "題目", "题目", "標題"),
    "text": ("text", "content", "body", "正文", "内容", "內容", "全文"),
    "date": ("date", "published", "time", "日期", "时间", "发布时间", "发布日期", "時間"),
    "url": ("url", "link", "链接", "网址", "地址"),
    "publisher": ("publisher", "source", "来源", "媒体", "來源"),
    "author": ("author", "作者", "记者"),
}
_KEY = {name: key for key, names in _COLUMNS.items() for name in names}
_SHAPE = "write one object with id, title, text, date, url"


def json_lines(text: str, source: str) -> Iterator[Row]:
    """Yield one record a line, named by the number of its line."""
    read = 0
    for number, line in enumerate(io.StringIO(text, newline="\n"), start=1):
        read += len(line)
        if line.strip():
            name = f"{source} line {number}"
            yield name, _object(line, name), read / len(text)


def json_file(text: str, source: str) -> Iterator[Row]:
    """Yield the records of a JSON file: a list of objects, or one object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{source} is no JSON: {_SHAPE} each") from error
    rows = found if isinstance(found, list) else [found]
    for number, record in enumerate(rows, start=1):
        name = f"{source} record {number}"
        whole = record if isinstance(record, dict) else DocumentError(f"{name} is no JSON object: {_SHAPE} each")
        yield name, whole, number / len(rows)


def table(text: str, source: str) -> Iterator[Row]:
    """Yield the rows of a CSV or TSV file whose first row names its columns."""
    csv.field_size_limit(max(_CELL, csv.field_size_limit()))
    first = text.split("\n", 1)[0]
    stream = io.StringIO(text, newline="")
    rows = csv.reader(stream, delimiter=max(",\t;", key=first.count))
    try:
        header = [_KEY.get(name.strip().lower(), "") for name in next(rows, [])]
        if "text" not in header:
            raise DocumentError(f"{source} has no column of texts: name one column text (or 正文) in the first row")
        for number, row in enumerate(rows, start=2):
            if any(cell.strip() for cell in row):
                cells = {key: cell for key, cell in zip(header, row, strict=False) if key}
                yield f"{source} row {number}", cells, stream.tell() / len(text)
    except csv.Error as error:
        raise DocumentError(f"{source} is a damaged table ({error}): save it again as CSV") from error


def _object(line: str, name: str) -> Mapping[str, object] | DocumentError:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return DocumentError(f"{name} is no JSON: {_SHAPE} a line")
    return record if isinstance(record, dict) else DocumentError(f"{name} is no JSON object: {_SHAPE} a line")
