"""Does the store hold what was put into it? Everything is read and compared with its digests."""

from __future__ import annotations

from collections.abc import Iterator

from qa.errors import LibraryDamaged
from qa.library import records
from qa.library.records import Stored
from qa.library.store import Store
from qa.library.transaction import article_seal


def damage(store: Store) -> list[str]:
    """Return where the store differs from what was written, in sentences; nothing when every byte can be trusted."""
    try:
        return store.structure_problems() or [*_broken_seals(store)]
    except LibraryDamaged as error:
        return [str(error)]


def problems(store: Store, dimension: int) -> list[str]:
    """Return damage, and what does not fit together although it is as it was written."""
    return damage(store) or [problem for stored in store.articles() for problem in _misfits(store, stored, dimension)]


def _broken_seals(store: Store) -> Iterator[str]:
    state, articles, passages, total = store.state(), 0, 0, 0
    if store.meta("seal") != store.meta_seal():
        yield f"{store.path.name}: its summary is damaged"
    for row, bodies in store.bodies():
        key, name, count, seal = row[0], row[1], row[-3], row[-1]
        if seal != article_seal(row[:-1]):
            yield f"{store.path.name}: article {name} differs from what was stored"
            continue
        for kind, body in bodies.items():
            if body is None or not records.is_sealed(kind, key, body):
                yield f"{store.path.name}: the {kind} of article {name} differ from what was stored"
        articles, passages, total = articles + 1, passages + count, total + int.from_bytes(seal, "little")
    if (articles, passages, total % 2**128) != (state.articles, state.passages, state.total):
        yield f"{store.path.name}: {articles} articles are whole, {state.articles} were stored"


def _misfits(store: Store, stored: Stored, dimension: int) -> Iterator[str]:
    """Compare the parts of one article with each other."""
    name, text, count = f"article {stored.article.id}", stored.article.text, len(stored.spans)
    problem = records.spans_problem(stored.article, stored.spans)
    if problem:
        yield f"{name}: {problem}"
    if store.key(stored.article.id) != stored.key:
        yield f"{name}: it cannot be found by its id"
    if len(store.words(stored.key)) != count + 1 or store.passage_count(stored.key) != count:
        yield f"{name}: its search words do not fit its passages"
    if len(store.vectors(stored.key, dimension)) != count:
        yield f"{name}: its vectors do not fit its passages"
    for figure in store.figures(stored.key):
        if text[figure.start:figure.end] != figure.text:
            yield f"{name}: the figure {figure.text} is not where it should be"
