"""Articles as pages: the fragment that the source panel shows, the same alone, and the raw file behind it.

The addresses are ``/article/ID`` and ``/raw/ID`` with ``start``, ``end`` and ``marks``; positions that make no sense
are ignored, so that an old link still opens its article.
"""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from qa.app.web_assets import asset_address, asset_routes
from qa.app.web_escape import escape
from qa.app.web_panels import article_address, article_facts, marked_text
from qa.app.web_service import Service
from qa.app.web_texts import Texts, texts_for
from qa.corpus.passages import sentences
from qa.types import Article

_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})")
_MOST_MARKS = 64


def document_routes(service: Service) -> APIRouter:
    """Return the routes that show articles."""
    routes = APIRouter(include_in_schema=False)
    routes.include_router(asset_routes())

    @routes.get("/article/{article_id}")
    async def article(
        request: Request, article_id: str, start: int = 0, end: int = 0, marks: str = "", bare: bool = False
    ) -> Response:
        texts = texts_for(request.headers.get("accept-language", ""))
        found = await run_in_threadpool(service.article, article_id)
        if found is None:
            return _missing(texts, bare)
        body = article_html(found, (start, end), spans(marks), texts)
        return HTMLResponse(body if bare else page_html(found.title or found.source, body, texts))

    @routes.get("/raw/{article_id}")
    async def raw(request: Request, article_id: str, start: int = 0, end: int = 0, marks: str = "") -> Response:
        texts = texts_for(request.headers.get("accept-language", ""))
        found = await run_in_threadpool(service.article, article_id)
        if found is None:
            return _missing(texts, bare=False)
        text = await run_in_threadpool(service.raw_text, found)
        body = raw_html(found, text, (start, end), spans(marks), texts)
        return HTMLResponse(page_html(f"{texts('raw.title')} {found.source}", body, texts))

    return routes


def article_html(article: Article, span: tuple[int, int], marks: list[tuple[int, int]], texts: Texts) -> str:
    """Return an article with the sentences around ``span`` highlighted and the ``marks`` in them."""
    cited = whole_sentences(article.text, span)
    raw_start, raw_end = article.offsets.raw_span(*cited)
    raw_marks = [article.offsets.raw_span(*mark) for mark in marks if mark[1] <= len(article.text)]
    raw = article_address(article.id, raw_start, raw_end, raw_marks, page="raw")
    alone = article_address(article.id, *cited, marks)
    return (
        f'<article class="wj-article"><header><h2>{escape(article.title or texts("untitled"))}</h2>'
        f'<p class="wj-facts">{article_facts(article, texts)}</p>'
        f'<p class="wj-links"><a href="{raw}" target="_blank" rel="noopener">{texts("source.raw")}</a>'
        f'<a href="{alone}" target="_blank" rel="noopener">{texts("source.page")}</a></p></header>'
        f'<div class="wj-body" lang="zh">{marked_text(article.text, cited, marks)}</div></article>'
    )


def raw_html(
    article: Article, text: str | None, span: tuple[int, int], marks: list[tuple[int, int]], texts: Texts
) -> str:
    """Return the raw file as it was decoded, the place of the citation highlighted."""
    back = article_address(article.id, 0, 0)
    facts = " · ".join(escape(fact) for fact in (article.source, article.codec, article.url) if fact)
    body = texts("raw.none") if text is None else marked_text(text, span, marks)
    note = "" if text is None else f'<p class="wj-note">{texts("raw.note")}</p>'
    return (
        f'<article class="wj-article wj-raw"><header><h2>{texts("raw.title")}</h2><p class="wj-facts">{facts}</p>'
        f'{note}<p class="wj-links"><a href="{back}">{texts("article.back")}</a></p></header>'
        f'<div class="wj-body" lang="zh">{body}</div></article>'
    )


def page_html(title: str, body: str, texts: Texts) -> str:
    """Return a whole page of this application around ``body``."""
    language = "en" if texts.language == "en" else "zh-CN"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)} · 问据</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="/favicon.ico"><link rel="stylesheet" href="{asset_address("web.css")}"></head>'
        f'<body class="wj-alone"><main><h1 class="wj-home"><a href="/">问据</a></h1>{body}</main>'
        f'<script src="{asset_address("alone.js")}" defer></script></body></html>'
    )


def spans(text: str) -> list[tuple[int, int]]:
    """Read ``"3-7,12-15"``; parts that are no span are left out.

    >>> spans("3-7,x,9-2")
    [(3, 7)]
    """
    found = [(int(match[1]), int(match[2])) for match in _SPAN.finditer(text)]
    return [(start, end) for start, end in found if start < end][:_MOST_MARKS]


def whole_sentences(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Widen a span to the sentences that it touches; an empty or impossible span stays empty."""
    start, end = span
    if not 0 <= start < end <= len(text):
        return 0, 0
    touched = [(left, right) for left, right in sentences(text) if left < end and start < right]
    return (min(start, touched[0][0]), max(end, touched[-1][1])) if touched else span


def _missing(texts: Texts, bare: bool) -> Response:
    body = f'<article class="wj-article"><p class="wj-note">{texts("missing")}</p></article>'
    return HTMLResponse(body if bare else page_html(texts("source.title"), body, texts), status_code=404)
