"""Main content of web pages, PDF and Word documents. Runs in the child process of :mod:`qa.corpus.worker` only.

The parsers are large and meet hostile input; here they may hang, die or eat memory without harm to anyone. Each
reader returns plain text in reading order, and what the format itself says of title, publisher, author and date.
"""

from __future__ import annotations

import io
import logging
import re
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from qa.corpus.decode import MOST_CHARACTERS, Decoded, decode
from qa.errors import DocumentError

_HEAD_LINE = re.compile(
    r"(?:19|20)\d\d[-年/.]\d{1,2}[-月/.]\d{1,2}|[来來]源[:：]|[记記]者[ :：]|作者[:：]|通[讯訊][员員][ :：]"
)
_TABLE_ROW = re.compile(r"(?m)^[ \t]*\|[ \t]*(\S.*?)[ \t]*\|[ \t]*$")
# A printed page sets ASCII punctuation and digits apart from Chinese characters; in the text they are not.
_SET_APART = re.compile(
    r"(?<=[\u2e80-\u9fff“”‘’\d%]) +(?=[,.:;!?()%“”‘’])|(?<=[,:;!?()“”‘’]) +(?=[\u2e80-\u9fff“”‘’])"
    r"|(?<=[\u2e80-\u9fff]) +(?=\d)|(?<=[\d%]) +(?=[\u2e80-\u9fff])"
)
_PAGE_NUMBER = re.compile(r"[-—– ·]*(?:第 ?)?\d{1,4}(?: ?页)?(?: ?[/／共] ?\d{1,4} ?页?)?[-—– ·]*")
_FULL_STOP = re.compile("[。！？!?：:；;…][”’」』）)]?$")
_NO_SPACE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’—…]")


@dataclass(frozen=True, slots=True)
class Extracted:
    """Text in reading order; the other fields are what the format says, empty where it does not."""

    text: str
    title: str = ""
    publisher: str = ""
    author: str = ""
    published: str = ""
    codec: str = ""


def extract(kind: str, data: bytes) -> Extracted:
    """Read ``data`` of ``kind`` "html", "pdf" or "docx"; raises DocumentError in one clause without the file's name."""
    logging.disable(logging.CRITICAL)  # parsers report damage at length; the parent says it in one sentence
    found = {"html": read_html, "pdf": read_pdf, "docx": read_docx}[kind](data)
    if len(found.text) > MOST_CHARACTERS:
        raise DocumentError(f"holds more than {MOST_CHARACTERS:,} characters in one piece: split it")
    if not found.text.strip():
        raise DocumentError("holds no text: pictures of text are recognised by another program first")
    return found


def read_html(data: bytes) -> Extracted:
    """Return the main content of a web page, its headline and the lines of source, date and author above it."""
    import trafilatura

    page = _decoded(data)
    found = trafilatura.bare_extraction(
        page.text, include_comments=False, with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    said = {name: str(getattr(found, name, "") or "").strip() for name in ("title", "sitename", "author", "date")}
    body = str(getattr(found, "text", "") or "").strip() or trafilatura.html2txt(page.text)
    body = _TABLE_ROW.sub(lambda row: "\t".join(cell.strip() for cell in row.group(1).split("|")), body)
    return Extracted(
        "\n".join([*_head(page.text, said["title"], body), body]),
        said["title"], said["sitename"], said["author"], said["date"], page.codec,
    )


def _decoded(data: bytes) -> Decoded:
    try:
        return decode(data, "")
    except DocumentError as error:
        raise DocumentError(str(error).strip()) from error


def _head(page: str, title: str, body: str) -> list[str]:
    """Return the headline and the lines of source, date and author that follow it, where the body lacks them."""
    from lxml import etree, html

    try:
        tree = html.document_fromstring(page.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except etree.ParserError:
        return []
    texts = [" ".join(text.split()) for text in tree.xpath("//body//text()[not(parent::script or parent::style)]")]
    texts = [text for text in texts if text]
    start = texts.index(title) + 1 if title in texts else 0
    near = [text for text in texts[start:start + 12] if len(text) <= 100 and text not in body]
    near = list(filter(_HEAD_LINE.search, near))
    return [*([title] if title and not body.startswith(title) else []), *([" ".join(near)] if near else [])]


def read_pdf(data: bytes) -> Extracted:
    """Return the text of a PDF, page by page, its printed lines joined to paragraphs."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("is locked by a password: unlock it first")
        lines: list[str] = []
        for page in reader.pages:
            lines += (page.extract_text() or "").split("\n")
            if sum(map(len, lines)) > MOST_CHARACTERS:
                break
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise DocumentError("is a damaged PDF document: save it again or give its text") from error
    return Extracted(unwrap(lines))


def read_docx(data: bytes) -> Extracted:
    """Return the paragraphs and table rows of a Word document in order."""
    import docx
    from docx.opc.exceptions import OpcError
    from docx.table import Table
    from lxml.etree import LxmlError

    try:
        parts = []
        for block in docx.Document(io.BytesIO(data)).iter_inner_content():
            if isinstance(block, Table):
                parts += ["\t".join(dict.fromkeys(cell.text for cell in row.cells)) for row in block.rows]
            else:
                parts.append(block.text)
    except (OpcError, LxmlError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        raise DocumentError("is a damaged Word document: save it again or give its text") from error
    return Extracted("\n".join(parts))


def unwrap(lines: list[str]) -> str:
    r"""Join the lines of a printed page to paragraphs: a full line without a stop at its end goes on in the next.

    >>> unwrap(["全市公安机关共破获案", "件12起。", "- 1 -", "抓获3人。"])
    '全市公安机关共破获案件12起。\n抓获3人。'
    """
    kept = [_SET_APART.sub("", line.strip()) for line in lines]
    kept = [line for line in kept if line and not _PAGE_NUMBER.fullmatch(line)]
    if len(kept) < 2:
        return "\n".join(kept)
    full = 0.85 * sorted(map(_width, kept))[ceil(0.9 * (len(kept) - 1))]
    joined = [kept[0]]
    for before, line in pairwise(kept):
        if _width(before) < full or _FULL_STOP.search(before):
            joined.append("\n")
        elif not (_NO_SPACE.match(before[-1]) or _NO_SPACE.match(line[0]) or _is_cut_number(before, line)):
            joined.append(" ")
        joined.append(line)
    return "".join(joined)


def _is_cut_number(before: str, line: str) -> bool:
    """Tell whether a figure of Chinese prose was broken by the end of the printed line: 宣传页186 | 08份."""
    return bool(re.search(r"[\u2e80-\u9fff,，、]\d[\d.,]*$", before) and re.match(r"[\d.]+[^\d\sA-Za-z]", line))


def _width(line: str) -> int:
    """Return how wide a line is in print: a Chinese character is two wide."""
    return len(line) + len(_NO_SPACE.findall(line))
