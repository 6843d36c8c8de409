"""What is derived from the truth: two lexical indexes and one of vectors, always of one generation.

In memory they follow the store commit by commit. On disk they lie in one folder a generation, written whole beside the
old one, sealed with checksums, and renamed; a folder that lags is caught up from the store, one that is damaged or
foreign is ignored and built again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from embeddings import EmbeddingError, VectorIndex
from qa.language.words import bigram_terms
from qa.library import seals
from qa.library.lexical import FIELDS, Document, LexicalDamaged, LexicalIndex, Lexicon
from qa.library.records import State, passage_key
from qa.library.store import Store

PREFIX = "index-"
# Raise it when what is derived changes: the fields of the lexical indexes, the folder's layout.
DERIVED_FORMAT = 1
# A lag of this many passages, or this share of them, is written out; below it, catching up is quicker than writing.
LAG_PASSAGES, LAG_SHARE = 1_000, 0.01
# Up to so many passages the folder is written after every change: it takes a moment, and scores have one history only.
SMALL = 2_000
NOTHING = State(0, "", 0, 0, 0)
PARTS = ("passages", "articles")
EMPTY = dict.fromkeys(FIELDS, 0)
VECTORS_NAME = "vectors.faiss"
# Articles whose vectors are handed over at once.
_BATCH = 1_000


class Derived:
    """Passages by words, articles by words, passages by vectors; all stand for ``state`` of the store."""

    def __init__(self, dimension: int) -> None:
        self.state = self.written = NOTHING  # ``written``: what the folder on disk stands for
        self.passages, self.articles = (Lexicon(LexicalIndex.in_memory(), EMPTY) for _ in PARTS)
        self.vectors = VectorIndex(dimension, precision="float16")
        self.folder: Path | None = None

    @classmethod
    def newest(cls, root: Path, store: Store, dimension: int, marks: seals.Watermarks) -> Derived:
        """Return the newest generation on disk that is whole and has a way to the store's; else an empty one."""
        for folder in generations(root):
            try:
                derived = cls.load(folder, store, dimension, marks)
            except (seals.SealBroken, LexicalDamaged, EmbeddingError, OSError):
                continue
            if derived is not None and derived.distance(store) is not None:
                return derived
        return cls(dimension)

    @classmethod
    def load(cls, folder: Path, store: Store, dimension: int, marks: seals.Watermarks) -> Derived | None:
        """Open a generation's folder; None when it belongs to another library, model or cutting of words."""
        values = seals.read_seal(folder)
        if any(values.get(name) != value for name, value in _identity(store).items()):
            return None
        seals.check_folder(folder, values, marks)
        derived = cls(dimension)
        derived.passages, derived.articles = (
            Lexicon(LexicalIndex.open(folder / part), values["lengths"][part]) for part in PARTS
        )
        derived.vectors = VectorIndex.load(folder / VECTORS_NAME)
        derived.state = derived.written = State(values["generation"], values["token"], 0, 0, 0)
        derived.folder = folder
        return derived

    def distance(self, store: Store) -> int | None:
        """Return how many passages came or went since the folder was written; None when there is no way."""
        changes = store.changes(self.written)
        if changes is None or self.written.generation > store.generation():
            return None
        added, removed = changes
        return sum(store.passage_count(key) for key in added) + sum(count for _, count in removed)

    def advance(self, store: Store) -> bool:
        """Follow the store to the generation it shows now; return False when the way there is not remembered."""
        state = store.state()
        if state.token == self.state.token:
            return True
        changes = store.changes(self.state) if state.generation > self.state.generation else None
        if changes is None:
            return False
        added, removed = changes
        if self.folder is None and not self.state.generation:
            self._build(store, added)
        else:
            gone = [key for key, _ in removed]
            pairs = [documents(store, key) for key in added]
            self.passages.update((document for passages, _ in pairs for document in passages), gone)
            self.articles.update((article for _, article in pairs), gone)
        follow(self.vectors, store, added, removed)
        self.state = state
        return True

    def _build(self, store: Store, keys: list[int]) -> None:
        """Make finished lexical indexes in memory, where none can be had on disk."""
        indexes = [LexicalIndex.in_memory() for _ in PARTS]
        lengths = fill(indexes, store, keys)
        self.passages, self.articles = (
            Lexicon(index, lengths[part]) for index, part in zip(indexes, PARTS, strict=True)
        )


def fill(indexes: list[LexicalIndex], store: Store, keys: list[int]) -> dict[str, dict[str, int]]:
    """Put the articles' passages into the first index and the articles into the second; return the terms added."""
    lengths = {part: dict(EMPTY) for part in PARTS}
    with indexes[0].writing() as add_passage, indexes[1].writing() as add_article:
        for key in keys:
            passages, article = documents(store, key)
            for part, add, each in (*(("passages", add_passage, each) for each in passages),
                                    ("articles", add_article, article)):
                add(each)
                lengths[part]["words"] += len(each.words)
                lengths[part]["pairs"] += len(each.pairs)
    return lengths


def is_behind(distance: int | None, passages: int) -> bool:
    """Tell whether a folder that far behind should be written anew."""
    return distance is None or distance > (0 if passages <= SMALL else max(LAG_PASSAGES, LAG_SHARE * passages))


def publish(root: Path, store: Store, old: Derived, marks: seals.Watermarks, *, whole: bool = False) -> Derived:
    """Write the store's generation as one folder, and return it as opened from there; the caller holds the lock.

    Where nothing was removed since ``old`` the new folder shares its segments; ``whole`` writes everything anew.
    """
    state = store.state()
    name = f"{PREFIX}{state.generation:08d}-{state.token}"
    made = root / f".{name}"
    shutil.rmtree(made, ignore_errors=True)
    try:
        _write(made, store, old, state, whole)
        shutil.rmtree(root / name, ignore_errors=True)
        made.rename(root / name)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    seals.sync_folder(root)
    sweep(root, keep=name)
    marks.confirm(seals.sealed_files(root / name))
    derived = Derived.load(root / name, store, old.vectors.dimension, marks)
    assert derived is not None, "a folder that was just written fits its store"
    return derived


def _write(made: Path, store: Store, old: Derived, state: State, whole: bool) -> None:
    changes = None if whole or old.folder is None else store.changes(old.written)
    added, removed = changes or (store.article_keys(), [])
    made.mkdir()
    if changes and old.folder is not None and not removed:
        for part in PARTS:
            _clone(old.folder / part, made / part)
        before = seals.read_seal(old.folder)["lengths"]
        lengths = fill([LexicalIndex.open(made / part) for part in PARTS], store, added)
        lengths = {part: {field: lengths[part][field] + before[part][field] for field in EMPTY} for part in PARTS}
    else:
        lengths = fill([LexicalIndex.create(made / part) for part in PARTS], store, store.article_keys())
    vectors = VectorIndex.load(old.folder / VECTORS_NAME) if changes and old.folder else _like(old.vectors)
    follow(vectors, store, added, removed)
    vectors.save(made / VECTORS_NAME)
    values = {"generation": state.generation, "token": state.token, "lengths": lengths}
    seals.write_seal(made, _identity(store) | values, {})
    for folder in (*(made / part for part in PARTS), made):
        seals.sync_folder(folder)


def follow(vectors: VectorIndex, store: Store, added: list[int], removed: list[tuple[int, int]]) -> None:
    """Bring an index of vectors up to date."""
    vectors.remove([passage_key(key, index) for key, count in removed for index in range(count)])
    for batch in _batches(added):
        rows = [store.vectors(key, vectors.dimension) for key in batch]
        keys = [passage_key(key, index) for key, part in zip(batch, rows, strict=True) for index in range(len(part))]
        vectors.add(keys, np.concatenate(rows).astype(np.float32))


def _batches(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start:start + _BATCH]


def _like(vectors: VectorIndex) -> VectorIndex:
    return VectorIndex(vectors.dimension, precision=vectors.precision)


def generations(root: Path) -> list[Path]:
    """Return the folders of finished generations, newest first."""
    return sorted((path for path in root.glob(f"{PREFIX}*") if path.is_dir()), reverse=True)


def sweep(root: Path, keep: str) -> None:
    """Delete the other generations, and what a killed process left half written; open readers keep what they have."""
    for path in root.glob(f"{PREFIX}*"):
        if path.name != keep:
            # Renamed first: a folder that is half deleted must not pass for a generation.
            path.rename(root / f".{path.name}.old")
    for path in root.glob(f".{PREFIX}*"):
        shutil.rmtree(path, ignore_errors=True)


def documents(store: Store, key: int) -> tuple[list[Document], Document]:
    """Return what the lexical indexes count of an article: of its passages, and of the whole with its title."""
    stored, words = store.article(key), store.words(key)
    pairs = [bigram_terms(stored.article.text[start:end]) for start, end in stored.spans]
    passages = [
        Document(passage_key(key, index), key, words[index + 1], terms) for index, terms in enumerate(pairs)
    ]
    pairs.append(bigram_terms(stored.article.title))
    return passages, Document(key, key, list(chain.from_iterable(words)), list(chain.from_iterable(pairs)))


def _identity(store: Store) -> dict[str, str | int]:
    """Return what a folder must agree in with the store before its generation is looked at."""
    return {"format": DERIVED_FORMAT, "library": store.meta("library"), "words": store.meta("words"),
            "model": store.meta("fingerprint")}


def _clone(old: Path, new: Path) -> None:
    """Copy a lexical index without copying its bytes: its segments never change, only its lists do."""
    new.mkdir()
    for path in old.iterdir():
        if path.name.endswith(".json"):
            shutil.copyfile(path, new / path.name)
        elif path.suffix != ".lock":
            _link(path, new / path.name)


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:  # a file system without hard links
        shutil.copyfile(old, new)
