"""The first page: what a reader sees, and can ask, while the browser still builds the real one.

It comes with the page itself, in the reader's language, and looks as the built page will; ``first.js`` lets the
reader type and ask at once, and ``web.js`` takes over what was typed or asked. Class names begin with ``wj-first``, so
that what belongs to the built page is never found here.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.app.web_assets import asset_address
from qa.app.web_escape import escape
from qa.app.web_panels import greeting
from qa.app.web_service import Service
from qa.app.web_texts import Texts, texts_for
from qa.errors import WenjuError

# A page without the counts now is better than one with them later.
_PATIENCE = 0.15
_TABS = ("ask", "figures", "operations", "articles")
_TOOLS = ("new", "history", "filter")
_ANSWERS = ("pending", "lost")


class FirstPage:
    """Puts the first page, the style sheet and the scripts into the framework's page; all else passes through."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the framework does, with the first page inside."""
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        start, body = messages[0], b"".join(message.get("body", b"") for message in messages[1:])
        texts = texts_for(Headers(scope=scope).get("accept-language", ""))
        whole = filled(body.decode("utf-8"), await self._counts(), texts).encode()
        MutableHeaders(raw=start["headers"])["content-length"] = str(len(whole))
        await send(start)
        await send({"type": "http.response.body", "body": whole})

    async def _counts(self) -> tuple[int, int] | None:
        """Return the counts of articles and figures where they are known quickly; else they go on being counted."""
        counting = asyncio.ensure_future(asyncio.to_thread(self._service.counts))
        counting.add_done_callback(lambda done: done.cancelled() or done.exception())
        with suppress(WenjuError, TimeoutError):
            return await asyncio.wait_for(asyncio.shield(counting), _PATIENCE)
        return None


def filled(page: str, counts: tuple[int, int] | None, texts: Texts) -> str:
    """Return the framework's page with what this application adds to it.

    The framework's part stays inert until it is built: nobody tabs into it, no reader aloud reads two pages.
    """
    head, found, rest = page.partition("</head>")
    before, app, after = rest.partition("<gradio-app")
    if not found or not app:
        return page
    return f"{head}{_loaded()}</head>{before}{first_html(counts, texts)}<gradio-app inert{after}"


def first_html(counts: tuple[int, int] | None, texts: Texts) -> str:
    """Return the first page: header, what is here to ask, and the line to ask it in.

    What cannot be used before the framework is there is only drawn.
    """
    words = escape(json.dumps({key: texts(key) for key in ("you", *(f"first.{key}" for key in _ANSWERS))}))
    language = "en" if texts.language == "en" else "zh-CN"
    return (
        f'<div id="wj-first" class="wj-first" lang="{language}" data-words="{words}">'
        f'<header class="wj-first-header"><div class="wj-brand"><h1>问据</h1><p>{texts("tagline")}</p><nav>'
        '<a href="/docs" target="_blank" rel="noopener">API</a></nav></div>'
        '<span class="wj-light" aria-hidden="true">◐</span></header>'
        f'<main class="wj-first-main"><div class="wj-first-left">{_drawn("tabs", _TABS, texts)}'
        f'<div class="wj-first-talk" role="log" aria-label="{texts("talk")}"><div class="wj-first-empty">'
        f'<h2>{texts("empty.title")}</h2><p>{greeting(counts, texts)}</p></div></div>'
        '<p class="wj-first-said" role="status"></p>'
        f'<form class="wj-first-foot"><div class="wj-first-bar"><textarea rows="1" aria-label="{texts("question")}" '
        f'placeholder="{texts("placeholder")}"></textarea><button type="submit">{texts("send")}</button></div>'
        f'{_drawn("tools", _TOOLS, texts)}</form></div>'
        f'<div class="wj-first-side" aria-hidden="true"><div class="wj-panel"><div class="wj-panel-bar">'
        f'<span class="wj-panel-name">{texts("source.title")}</span></div><div class="wj-panel-body">'
        f'<p class="wj-note">{texts("source.empty")}</p></div></div></div></main></div>'
        f'<script src="{asset_address("first.js")}"></script>'
    )


def _loaded() -> str:
    """Return what the page loads beside the framework: one style sheet, two scripts, one icon, all from here."""
    return (
        '<title>问据</title><link rel="icon" href="/favicon.ico">'
        f'<link rel="stylesheet" href="{asset_address("web.css")}"><script src="{asset_address("stream.js")}"></script>'
        f'<script src="{asset_address("web.js")}" defer></script>'
    )


def _drawn(name: str, keys: tuple[str, ...], texts: Texts) -> str:
    spans = "".join(f"<span>{texts(key)}</span>" for key in keys)
    return f'<div class="wj-first-{name}" aria-hidden="true">{spans}</div>'
