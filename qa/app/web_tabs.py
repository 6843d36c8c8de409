"""The layout of the figures, operations and articles tabs; what they do is in web_look."""

from __future__ import annotations

from typing import Any

import gradio as gr

from qa.app.web_look import Look

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
_ORDERS = ("article", "value", "value.up", "agency", "metric")
_DRAWER: dict[str, Any] = {"latex_delimiters": [], "container": False}


def figures_tab(tab: gr.Tab, look: Look, words: gr.I18n) -> None:
    """Lay out the ledger: boxes to filter, the chart, the table."""
    with gr.Row(elem_classes="wj-filters"):
        boxes: list[Any] = [
            # An article's title is long: it shares its row with nothing on a phone.
            gr.Dropdown([], label=words(name), allow_custom_value=name != "article", value=None,
                        min_width=320 if name == "article" else 150)
            for name in ("agency", "metric", "operation", "period", "article")
        ]
        order = gr.Dropdown([(words(f"sort.{key}"), key) for key in _ORDERS], value="article", label=words("sort"),
                            min_width=150)  # fmt: skip
        page = _page_box(words)
    chart = gr.Markdown(elem_id="wj-chart", **_DRAWER)
    table = gr.Markdown(elem_id="wj-figures", **_DRAWER)
    chosen: list[Any] = [*boxes, order]
    given, shown = [*chosen, page], [table, page, chart]
    gr.on([box.change for box in chosen], look.figures_anew, chosen, shown, trigger_mode="always_last", **_QUIET)
    page.change(look.figures, given, shown, trigger_mode="always_last", **_QUIET)
    tab.select(look.facets, None, boxes, **_QUIET)
    tab.select(look.figures, given, shown, **_QUIET)


def operations_tab(tab: gr.Tab, look: Look, words: gr.I18n) -> None:
    """Lay out the list of operations."""
    with gr.Row(elem_classes="wj-filters"):
        wanted = gr.Textbox("", label=words("search.operations"), elem_id="wj-operation-words")
    table = gr.Markdown(elem_id="wj-operations", **_DRAWER)
    wanted.change(look.operations, wanted, table, trigger_mode="always_last", **_QUIET)
    tab.select(look.operations, wanted, table, **_QUIET)


def articles_tab(tab: gr.Tab, look: Look, words: gr.I18n) -> None:
    """Lay out the list of articles, and the ways to add and to remove some."""
    with gr.Row(elem_classes="wj-filters"):
        wanted = gr.Textbox("", label=words("search.articles"), elem_id="wj-article-words", scale=4)
        page = _page_box(words)
    table = gr.Markdown(elem_id="wj-articles", **_DRAWER)
    with gr.Accordion(words("upload"), open=False, elem_id="wj-add"):
        files = gr.File(file_count="multiple", label=words("upload.drop"), elem_id="wj-files", height=150)
        add = gr.Button(words("upload.run"), variant="primary", elem_id="wj-add-run")
        report = gr.Markdown(elem_id="wj-report", **_DRAWER)
    with gr.Accordion(words("remove"), open=False, elem_id="wj-remove"):
        chosen = gr.Dropdown([], multiselect=True, label=words("remove.pick"), elem_id="wj-remove-pick")
        drop = gr.Button(words("remove.run"), elem_id="wj-remove-run")
        said = gr.Markdown(elem_id="wj-remove-said", **_DRAWER)
        with gr.Group(visible=False, elem_id="wj-remove-sure") as sure, gr.Row():
            yes = gr.Button(words("remove.yes"), variant="stop", elem_id="wj-remove-yes")
            no = gr.Button(words("remove.no"), elem_id="wj-remove-no")
    listed: tuple[Any, ...] = (look.articles, [wanted, page], [table, page, chosen])
    wanted.change(look.articles_anew, wanted, [table, page, chosen], trigger_mode="always_last", **_QUIET)
    gr.on([page.change, tab.select], *listed, trigger_mode="always_last", **_QUIET)
    add.click(look.upload, files, [report, files], **_QUIET).then(*listed, **_QUIET)
    drop.click(look.confirm, chosen, [said, sure], **_QUIET)
    yes.click(look.remove, chosen, [said, sure], **_QUIET).then(*listed, **_QUIET)
    no.click(lambda: ("", gr.Group(visible=False)), None, [said, sure], **_QUIET)


def _page_box(words: gr.I18n) -> gr.Number:
    """Lay out the number of the page; it has no bounds, beyond which the framework would not even ask for the list."""
    return gr.Number(1, label=words("page"), precision=0, min_width=90, scale=1)
