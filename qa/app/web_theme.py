"""The look of the page as the framework needs it told: calm paper, dark ink, fonts that the reader's system has."""

from __future__ import annotations

import gradio as gr
from gradio.themes.utils import colors

# System fonts only: nothing is fetched, and Chinese is set in a face made for it.
SANS = (
    "-apple-system", "BlinkMacSystemFont", "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei",
    "Source Han Sans SC", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", "sans-serif",
)  # fmt: skip
MONO = ("ui-monospace", "SFMono-Regular", "Consolas", "Noto Sans Mono CJK SC", "monospace")

_TEAL = colors.Color(
    c50="#eef6f6", c100="#d5e8e8", c200="#aed2d3", c300="#80b6b8", c400="#4f9498", c500="#2f777c",
    c600="#1d5c63", c700="#184b51", c800="#143d42", c900="#103135", c950="#0a2124",
)  # fmt: skip


def theme() -> gr.themes.Base:
    """Return the theme; everything that CSS variables can say for light and dark is said here."""
    plain = gr.themes.Base(
        primary_hue=_TEAL, secondary_hue=_TEAL, neutral_hue=colors.stone, font=list(SANS), font_mono=list(MONO),
        spacing_size="md", radius_size="lg", text_size="md",
    )  # fmt: skip
    return plain.set(
        body_background_fill="#f6f4ee",
        body_background_fill_dark="#16191b",
        body_text_color="#23292d",
        body_text_color_dark="#e4e2dc",
        body_text_color_subdued="#5d666b",
        body_text_color_subdued_dark="#a5abae",
        background_fill_primary="#fffefb",
        background_fill_primary_dark="#1e2326",
        background_fill_secondary="#f1eee6",
        background_fill_secondary_dark="#262c2f",
        block_background_fill="#fffefb",
        block_background_fill_dark="#1e2326",
        block_border_color="#e2ddd0",
        block_border_color_dark="#343b3f",
        block_border_width="1px",
        block_label_text_color="#4c555a",
        block_label_text_color_dark="#b6bbbd",
        block_title_text_color="#4c555a",
        block_title_text_color_dark="#b6bbbd",
        block_info_text_color="#5d666b",
        block_info_text_color_dark="#a5abae",
        border_color_primary="#d9d3c4",
        border_color_primary_dark="#3b4347",
        input_background_fill="#fffefb",
        input_background_fill_dark="#1e2326",
        input_border_color="#cfc8b8",
        input_border_color_dark="#475056",
        input_placeholder_color="#6d7478",
        input_placeholder_color_dark="#949b9f",
        button_primary_background_fill="#1d5c63",
        button_primary_background_fill_hover="#184b51",
        button_primary_background_fill_dark="#2f777c",
        button_primary_background_fill_hover_dark="#2a6a6f",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
        button_secondary_background_fill="#f1eee6",
        button_secondary_background_fill_dark="#2c3336",
        button_secondary_text_color="#2b3338",
        button_secondary_text_color_dark="#e4e2dc",
        link_text_color="#1d5c63",
        link_text_color_dark="#86c5c8",
    )
