"""Text of others, made safe to stand inside a page: what is written is what is seen, letter for letter.

Titles, article text, file names and questions go through ``escape`` before they meet any markup. Every ASCII
punctuation character becomes a numeric entity, so that neither HTML nor Markdown nor a template language finds
anything to act on: ``10*3*2`` stays ``10*3*2``, and ``<b>`` is three letters.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

from qa.app.render import visible

# Everything that is neither a letter, a digit, a space nor beyond ASCII.
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
# No template language or Markdown dialect joins two lines when there is none to join.
_LINE_ENDS = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")


def escape(text: str) -> str:
    """Return ``text`` as HTML that shows it letter by letter; line ends become ``<br>``.

    >>> escape("1_000_ <b>")
    '1&#95;000&#95; &#60;b&#62;'
    """
    lines = (_PUNCTUATION.sub(_entity, visible(line)) for line in _LINE_ENDS.split(text))
    return "<br>".join(lines)


def link(path: str, **fields: object) -> str:
    """Return a local address with its query, ready to stand inside ``href="..."``."""
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    return (path + "?" + urlencode(given) if given else path).replace("&", "&amp;")


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
