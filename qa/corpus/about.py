"""Whom and what an article is about: the agencies, places and operations that it names, most named first."""

from __future__ import annotations

from collections import Counter

from qa.language.names import find_names
from qa.language.scripts import fold
from qa.types import About, Article


def about(article: Article) -> About:
    """Return what the title and the text of an article name."""
    found: dict[str, list[str]] = {"agency": [], "place": [], "operation": []}
    for name in (*find_names(article.title), *find_names(article.text)):
        if name.kind in found:
            found[name.kind].append(name.text)
    return About(*(_ranked(found[kind]) for kind in ("agency", "place", "operation")))


def _ranked(names: list[str]) -> tuple[str, ...]:
    """Return each name once, whatever its script; Counter keeps the order of equal counts."""
    printed: dict[str, str] = {}
    for name in names:
        printed.setdefault(fold(name), name)
    return tuple(printed[name] for name, _ in Counter(map(fold, names)).most_common())
