"""Mending a library: what is whole is kept, what is derived is built again, what is lost is said."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from qa.corpus.figures import find_figures
from qa.errors import LibraryError, LibraryMissing
from qa.language.scripts import fold
from qa.language.words import TERMS_VERSION
from qa.library import checking, records, seals
from qa.library import derived as derivation
from qa.library.intake import Encoder
from qa.library.lock import writing
from qa.library.records import Record, Salvaged
from qa.library.renewal import remember_model, search_words
from qa.library.search import with_context
from qa.library.store import STORE_NAME, Store
from qa.library.transaction import Transaction

# The damaged store is kept under this name until an article is removed or the library is repaired again.
SET_ASIDE = f"{STORE_NAME}.damaged"


def repair(root: Path, embedder: Callable[[], Encoder]) -> list[str]:
    """Make the library whole again; return what was done, in sentences, nothing when nothing was wrong.

    ``embedder`` gives the model, which is only asked for when vectors have to be made anew.
    """
    if not (root / STORE_NAME).is_file():
        raise LibraryMissing(f"there is no library at {root}: `wenju add PATH` makes one")
    with writing(root):
        done = _mend_store(root, embedder)
        done += _drop_indexes(root)
    return done


def _drop_indexes(root: Path) -> list[str]:
    """Delete indexes that are damaged or were made for another store; they are built again when they are needed."""
    store, dropped, lost = Store.open(root / STORE_NAME), 0, False
    mine, generation = store.meta("library"), store.state().generation
    store.close()
    for folder in derivation.generations(root):
        try:
            values = seals.read_seal(folder)
            seals.check_folder(folder, values, None)
            whole = values["library"] == mine and values["generation"] <= generation
            lost = lost or (values["library"] == mine and not whole)
        except (seals.SealBroken, OSError):
            whole = False
        if not whole:
            shutil.rmtree(folder)
            dropped += 1
    if lost:
        return ["the store is older than its search indexes: they are built again from what it holds; "
                "add the files again for what was changed last"]
    return ["the search indexes were damaged and are built again from the store"] if dropped else []


def _mend_store(root: Path, embedder: Callable[[], Encoder]) -> list[str]:
    store = Store.open_unchecked(root / STORE_NAME)
    try:
        try:
            found = checking.damage(store)
        except LibraryError as error:
            found = [str(error)]
        if not found:
            return []
        rows = list(store.salvage())
        files = store.salvage_files()
    finally:
        store.close()
    made = Store.make(root / STORE_NAME, {"words": str(TERMS_VERSION)})
    try:
        _refill(made, rows, embedder())
        with made.write() as transaction:
            for path, article_ids in files.items():
                _hold(transaction, made, path, article_ids)
        made.forget_log()
    finally:
        made.close()
    for old in sorted(root.glob(f"{SET_ASIDE}*")):
        old.unlink()
    for old in sorted(root.glob(f"{STORE_NAME}*")):
        old.rename(root / old.name.replace(STORE_NAME, SET_ASIDE))
    made.path.rename(root / STORE_NAME)
    seals.sync_folder(root)
    for folder in derivation.generations(root):
        shutil.rmtree(folder, ignore_errors=True)
    return [f"the store was damaged ({found[0]}): {len(rows)} articles were whole and are kept; "
            f"add the files again for the rest ({SET_ASIDE} is what was there before)"]


def _refill(made: Store, rows: list[Salvaged], embedder: Encoder) -> None:
    with made.write() as transaction:
        remember_model(transaction, embedder)
        for row in rows:
            transaction.insert(_record(row, embedder))


def _record(row: Salvaged, embedder: Encoder) -> Record:
    """Return the article with what belongs to it; what was damaged of that is made anew from its text."""
    stored = row.stored
    texts = [stored.article.text[start:end] for start, end in stored.spans]
    words, vectors = search_words(stored), None
    if row.vectors is not None and row.fingerprint == embedder.fingerprint:
        vectors = records.unpack_vectors(row.vectors, embedder.dimension)
    if vectors is None or len(vectors) != len(texts):
        vectors = with_context(embedder.encode_passages([fold(text) for text in texts])).astype(np.float16)
    return Record(stored.article, stored.spans, words, vectors, tuple(find_figures(stored.article)), stored.sketch)


def _hold(transaction: Transaction, made: Store, path: str, article_ids: list[str]) -> None:
    for article_id in article_ids:
        if made.key(article_id) is not None:
            transaction.hold(path, article_id)

