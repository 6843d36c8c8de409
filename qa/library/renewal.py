"""Bringing a whole library to another model, or to another way of cutting words, in one commit."""

from __future__ import annotations

import logging

import numpy as np

from qa.corpus.figures import find_figures
from qa.language.scripts import fold
from qa.language.words import TERMS_VERSION, word_terms
from qa.library import records
from qa.library.intake import Encoder
from qa.library.records import Stored
from qa.library.search import with_context
from qa.library.store import Store
from qa.library.transaction import Transaction

_log = logging.getLogger(__name__)


def remember_model(transaction: Transaction, embedder: Encoder) -> None:
    """Note with which model the vectors are made."""
    for name, value in (("model", embedder.name), ("fingerprint", embedder.fingerprint),
                        ("dimension", str(embedder.dimension))):
        transaction.set_meta(name, value)


def is_of(store: Store, embedder: Encoder) -> bool:
    """Tell whether the library's vectors are those of this model."""
    return store.meta("fingerprint") == embedder.fingerprint


def cuts_as_now(store: Store) -> bool:
    """Tell whether the library's words were cut as they are cut now."""
    return store.meta("words") == str(TERMS_VERSION)


def renew(store: Store, embedder: Encoder) -> None:
    """Cut every word and encode every passage anew where they are out of date: all of it, or nothing."""
    words, vectors = not cuts_as_now(store), not is_of(store, embedder)
    _log.warning("the library's %s are made anew for %d articles",
                 " and ".join(name for name, wanted in (("words", words), ("vectors", vectors)) if wanted),
                 store.state().articles)
    with store.write() as transaction:
        for stored in store.articles():
            texts = [stored.article.text[start:end] for start, end in stored.spans]
            if words:
                transaction.replace_part("words", stored.key, records.pack_words(search_words(stored)))
                figures = records.pack_figures(tuple(find_figures(stored.article)))
                transaction.replace_part("figures", stored.key, figures)
            if vectors:
                rows = with_context(embedder.encode_passages([fold(text) for text in texts])).astype(np.float16)
                transaction.replace_part("vectors", stored.key, records.pack_vectors(rows))
            transaction.touch(stored.key)
        transaction.set_meta("words", str(TERMS_VERSION))
        remember_model(transaction, embedder)


def search_words(stored: Stored) -> tuple[tuple[str, ...], ...]:
    """Return the search words of an article: its title's, then each passage's."""
    text = stored.article.text
    return (tuple(word_terms(stored.article.title)),
            *(tuple(word_terms(text[start:end])) for start, end in stored.spans))
