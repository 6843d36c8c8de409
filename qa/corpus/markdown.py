"""Markdown to the text that a reader sees: marks of headings, links, pictures and emphasis go, words stay.

Only unmistakable marks are touched, so that ``10*3*2``, ``1_000_`` and ``#1`` stay as they are.
"""

from __future__ import annotations

import re

from qa.corpus.characters import even_lines
from qa.corpus.draft import Draft

_RULES = (
    re.compile(r"(?m)^ {0,3}#{1,6}[ \t]+"),
    re.compile(r"(?m)^ {0,3}(?:>[ \t]?)+"),
    re.compile(r"(?m)^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|```.*|~~~.*)$"),
    re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,2000}\)"),
    re.compile(r"<!--.{0,2000}?-->", re.DOTALL),
)
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\](?:\([^()\s]{0,2000}(?:[ \t]+\"[^\"\n]{0,300}\")?\)|\[[^\[\]\n]{0,100}\])")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,500}?)(?<=\S)\1")
_LIST = re.compile(r"(?m)^ {0,6}[-*+][ \t]+")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.{0,5000}?)\n---[ \t]*\n", re.DOTALL)
_FIELD = re.compile(r"(?m)^(title|date|author|source|publisher)[ \t]*:[ \t]*['\"]?(.{1,200}?)['\"]?[ \t]*$")


def strip_markdown(draft: Draft) -> Draft:
    """Return the draft without the marks; positions still lead to the raw file."""
    draft = even_lines(draft)
    front = _FRONT_MATTER.match(draft.text)
    draft = draft.without([front.span()]) if front else draft
    for rule in _RULES:
        draft = draft.rewrite(rule)
    for pattern, group in ((_LINK, 1), (_STRONG, 2)):
        draft = draft.without(_around(pattern, group, draft.text))
    return draft.rewrite(_LIST)


def _around(pattern: re.Pattern[str], group: int, text: str) -> list[tuple[int, int]]:
    """Return what stands around a group of each match: what is cut away when only the group is kept."""
    return [
        span for match in pattern.finditer(text)
        for span in ((match.start(), match.start(group)), (match.end(group), match.end()))
    ]


def front_matter(text: str) -> dict[str, str]:
    """Return title, date, author and publisher of the block between two lines of ``---`` at the beginning."""
    block = _FRONT_MATTER.match(text.replace("\r\n", "\n"))
    fields = {name: value.strip() for name, value in _FIELD.findall(block.group(1))} if block else {}
    names = {"date": "published", "source": "publisher"}
    return {names.get(name, name): value for name, value in fields.items()}
