"""The page itself: header, three places to look and one to ask, and the panel that shows the source beside them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
from gradio.events import api

from embeddings import EmbeddingError
from qa.app.render import answer_json, hits_json
from qa.app.web_chat import Chat
from qa.app.web_look import Look
from qa.app.web_scope import SCOPE
from qa.app.web_service import Service
from qa.app.web_tabs import articles_tab, figures_tab, operations_tab
from qa.app.web_texts import EN, ZH, sentence
from qa.errors import WenjuError

_LOOK = {"figures": figures_tab, "operations": operations_tab, "articles": articles_tab}
_STALE = 3600  # seconds after which uploaded files are swept away


def build_page(service: Service) -> tuple[gr.Blocks, gr.I18n]:
    """Return the page and its words."""
    # The keywords are locale codes; a browser that asks for plain zh, zh-CN or zh-TW gets the same words.
    words = gr.I18n(**{"zh": ZH, "zh-CN": ZH, "zh-TW": ZH, "zh-HK": ZH, "en": EN})
    with gr.Blocks(title="问据", analytics_enabled=False, delete_cache=(_STALE, _STALE), fill_width=True) as page:
        # The doors come first: a name that an event of the page has taken would be given to them with a number.
        for name, door in doors(service).items():
            api(door, api_name=name, concurrency_limit=None)
        _header()
        with gr.Row(elem_id="wj-main"):
            with gr.Column(elem_id="wj-left", scale=3, min_width=320), gr.Tabs(elem_id="wj-tabs"):
                with gr.Tab(words("ask"), id="ask", elem_id="wj-tab-ask"):
                    _ask_tab(page, Chat(service), words)
                for name, lay_out in _LOOK.items():
                    with gr.Tab(words(name), id=name, elem_id=f"wj-tab-{name}") as tab:
                        lay_out(tab, Look(service), words)
            gr.Column(elem_id="wj-side", scale=2, min_width=320)
    page.queue(default_concurrency_limit=64, max_size=512)
    return page, words


def doors(service: Service) -> dict[str, Callable[..., Coroutine[Any, Any, Any]]]:
    """Return the functions that gradio_client and MCP may call, by name; their docstrings are what a model reads."""

    async def ask(
        question: str, history: list[str] | None = None, source: str = "", publisher: str = "", since: str = "",
        until: str = "", agency: str = "",
    ) -> dict[str, Any]:  # fmt: skip
        """Answer a question about the Chinese news articles of this library, word for word, with citations.

        Args:
            question: the question, in Chinese
            history: questions asked before it in the same conversation, in order
            source: only articles of files whose name holds this
            publisher: only articles of publishers whose name holds this
            since: only articles of this day or later: 2023, 2023-10 or 2023-10-09
            until: only articles of this day or earlier
            agency: only articles that name this agency
        """
        with told():
            scope = {"source": source, "publisher": publisher, "since": since, "until": until, "agency": agency}
            return answer_json(await service.ask(question, history or [], **scope))

    async def search(
        question: str, k: int = 5, source: str = "", publisher: str = "", since: str = "", until: str = "",
        agency: str = "",
    ) -> dict[str, Any]:  # fmt: skip
        """Find the passages of the articles that are nearest to a question or a few words.

        Args:
            question: a question or words to look for
            k: how many passages, 1 to 50
            source: only articles of files whose name holds this
            publisher: only articles of publishers whose name holds this
            since: only articles of this day or later: 2023, 2023-10 or 2023-10-09
            until: only articles of this day or earlier
            agency: only articles that name this agency
        """
        with told():
            scope = {"source": source, "publisher": publisher, "since": since, "until": until, "agency": agency}
            return hits_json(await service.search(question, k, **scope))

    async def embed(texts: list[str]) -> list[list[float]]:
        """Turn texts into L2-normalised vectors with the library's embedding model.

        Args:
            texts: up to 256 texts
        """
        with told():
            return await service.embed(texts)

    return {"ask": ask, "search": search, "embed": embed}


@contextmanager
def told() -> Iterator[None]:
    """Make an error that is meant for users one that the framework shows to them, and nothing more of it."""
    try:
        yield
    except (WenjuError, EmbeddingError) as error:
        raise gr.Error(sentence(error), print_exception=False) from None


def _header() -> None:
    brand = (
        '<div class="wj-brand"><h1>问据</h1><p class="wj-zh" lang="zh">问文章，数字都有出处</p>'
        '<nav><a href="/docs" target="_blank" rel="noopener">API</a></nav></div>'
    )
    gr.Markdown(brand, elem_id="wj-header", container=False)


def _ask_tab(page: gr.Blocks, chat: Chat, words: gr.I18n) -> None:
    talk = gr.Markdown("", elem_id="wj-talk", container=False, latex_delimiters=[], sanitize_html=True)
    thread = gr.Textbox("[]", visible="hidden", elem_id="wj-thread", label="thread")
    signal = gr.Textbox("", visible="hidden", elem_id="wj-signal", label="signal")
    restore = gr.Button("restore", visible="hidden", elem_id="wj-restore")
    with gr.Column(elem_id="wj-foot"):
        boxes = _scope_row(words)
        with gr.Row(elem_id="wj-bar", equal_height=True):
            question = gr.Textbox(
                label=words("question"), show_label=False, placeholder=words("placeholder"), lines=1, max_lines=5,
                elem_id="wj-question", scale=8, container=False,
            )  # fmt: skip
            send = gr.Button(words("send"), variant="primary", elem_id="wj-send", scale=0, min_width=84)
            stop = gr.Button(words("stop"), variant="stop", elem_id="wj-stop", scale=0, min_width=84)
        with gr.Row(elem_id="wj-tools"):
            fresh = gr.Button(words("new"), size="sm", elem_id="wj-new", scale=0, min_width=84)
            gr.Button(words("history"), size="sm", elem_id="wj-history", scale=0, min_width=84)
            narrow = gr.Button(words("filter"), size="sm", elem_id="wj-filter", scale=0, min_width=84)
            clear = gr.Button(words("filter.clear"), size="sm", elem_id="wj-clear", scale=0, min_width=64)
    hidden: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
    gr.on([page.load, fresh.click], chat.begin, thread, [talk, thread], trigger_mode="multiple", **hidden)
    narrow.click(chat.choices, None, boxes, **hidden)
    clear.click(lambda: [""] * len(boxes), None, boxes, **hidden)
    restore.click(chat.restore, signal, [talk, thread, *boxes], trigger_mode="multiple", **hidden)
    asked = gr.on(
        [question.submit, send.click], chat.ask, [question, thread, *boxes], [talk, thread, question],
        trigger_mode="multiple", **hidden,
    )  # fmt: skip
    stop.click(chat.stop, thread, [talk, thread, question], cancels=[asked], **hidden)


def _scope_row(words: gr.I18n) -> list[Any]:
    """Lay out the filters of the chat, shown on demand; return them in the order of ``SCOPE``."""
    with gr.Row(elem_id="wj-scope", elem_classes="wj-filters"):
        boxes: dict[str, Any] = {}
        for name in ("publisher", "agency", "source"):
            boxes[name] = gr.Dropdown(
                [], label=words(f"filter.{name}"), allow_custom_value=True, value="", min_width=130, scale=2,
            )  # fmt: skip
        for name in ("since", "until"):
            boxes[name] = gr.Textbox(
                "", label=words(f"filter.{name}"), placeholder=words("filter.day"), min_width=100, scale=1,
                elem_id=f"wj-{name}",
            )  # fmt: skip
    return [boxes[name] for name in SCOPE]
