"""The one stateful class: a folder of articles that can be added to, removed from, searched and checked."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from qa.corpus.about import about
from qa.errors import InputError, LibraryError
from qa.language.scripts import fold
from qa.library import checking, records, renewal, seals
from qa.library import derived as derivation
from qa.library.derived import Derived
from qa.library.folder import Folder
from qa.library.intake import Encoder, Intake, Progress
from qa.library.records import State, Stored
from qa.library.repair import SET_ASIDE, repair
from qa.library.reprints import Shown, Sketches, first_prints, letters
from qa.library.search import Filters, allowed_articles, has_chinese, ranked
from qa.library.store import Store
from qa.library.watching import watch
from qa.types import About, Article, Figure, FileReport, Hit, Passage

_log = logging.getLogger(__name__)

# Articles that are kept in memory once they were read.
_KEPT = 512
# A longer question is cut for searching: nobody asks with more.
_LONGEST_QUESTION = 2_000


class Library:
    """A library in one folder; ``Library.open`` makes one. Safe to use from several threads and processes at once."""

    def __init__(self, folder: Folder, store: Store, embedder: Encoder | None) -> None:
        self.path = folder.path
        self._folder = folder
        self._store = store
        self._embedder = embedder
        self._is_given = embedder is not None
        self._derived: Derived | None = None
        self._kept: OrderedDict[int, Stored] = OrderedDict()
        self._kept_token = ""
        self._sketches = Sketches()
        self._lock = threading.RLock()
        self._closed = False

    # -- opening and closing ---------------------------------------------------------------------------------------

    @classmethod
    def open(
        cls, path: str | Path, *, embedder: Encoder | None = None, create: bool = True, reencode: bool = False
    ) -> Library:
        """Open the library in folder ``path``, or make one there if ``create``.

        ``embedder`` is by default the model the library was built with, at first the bundled one. Another one is
        refused, unless ``reencode`` says that all passages shall be encoded with it. Raises LibraryMissing,
        LibraryDamaged when what is there cannot be trusted, and LibraryError for a folder that holds other things.
        """
        folder = Folder(Path(path).expanduser())
        folder.make(create)
        library = cls(folder, folder.open_store(), embedder)
        try:
            if embedder is not None and not reencode:
                library._refuse_other_model(embedder)
            elif embedder is not None:
                library._renew()
        except BaseException:
            library.close()
            raise
        return library

    @staticmethod
    def repair(path: str | Path, *, embedder: Encoder | None = None) -> list[str]:
        """Mend the library in folder ``path``; return what was done, in sentences, nothing if all was well.

        What is whole in a damaged store is kept, the damaged file is set aside, and the indexes are built again.
        """
        done = repair(Path(path).expanduser(), lambda: embedder or _bundled())
        with Library.open(path, embedder=embedder, create=False) as library:
            library.document_frequency("")
        return done

    def close(self) -> None:
        """Close the files; a closed library cannot be used again."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._derived = None
                self._folder.close_store(self._store)

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- changing ----------------------------------------------------------------------------------------------------

    def add(self, *inputs: object, progress: Progress | None = None, wait: float = 0.0) -> list[FileReport]:
        """Take in files, folders, ``.jsonl`` collections, records (mappings with a "text") or articles.

        Returns one report for each file or record. ``progress`` is called with (done, total, name), inside a file of
        many articles with "12.3% name" too. Interrupted, it keeps what it had stored, and the next time goes on from
        there. Raises InputError for a path that does not exist, LibraryBusy when another process writes for longer
        than ``wait`` seconds.
        """
        embedder = self._model()
        with self._writing(wait) as store:
            if not store.meta("fingerprint"):
                with store.write() as transaction:
                    renewal.remember_model(transaction, embedder)
            reports = Intake(store, embedder, progress).run(inputs)
            self._settle(store)
        return reports

    def remove(self, *ids: str, wait: float = 0.0) -> int:
        """Remove articles from everything at once, down to the bytes on disk; return how many there were."""
        with self._writing(wait) as store:
            keys = [key for each in dict.fromkeys(ids) if (key := store.key(each)) is not None]
            if keys:
                with store.write() as transaction:
                    for key in keys:
                        for path in store.holders(store.article(key).article.id):
                            transaction.forget_stamp(path)
                        transaction.delete(key)
                self._forget()
                self._settle(store, whole=True)
                try:
                    store.forget_log()
                except LibraryError as error:
                    _log.warning("what was removed stays in the log of %s until it is closed: %s", self.path, error)
        return len(keys)

    def forget_files(self, *paths: str | Path, wait: float = 0.0) -> int:
        """Remove the articles that came from these files and from no other; return how many there were."""
        places = [str(Path(path).absolute()) for path in paths]
        with self._writing(wait) as store:
            gone = {each for place in places for each in store.held_by(place)}
            kept = {each for each in gone if set(store.holders(each)) - set(places)}
            with store.write() as transaction:
                for place in places:
                    transaction.forget_file(place)
        return self.remove(*sorted(gone - kept), wait=wait)

    def watch(self, *paths: str | Path, every: float = 1.0, stop: Callable[[], bool] = lambda: False) -> Iterator[
        list[FileReport]
    ]:
        """Follow files and folders: yield the reports of what is new, changed, renamed or gone, as it happens."""
        yield from watch(self, [Path(path) for path in paths], every, stop)

    @contextmanager
    def _writing(self, wait: float) -> Iterator[Store]:
        """Hold the lock and a connection for writing; words that were cut otherwise are cut anew first."""
        self._usable()
        with self._folder.writing(wait) as store:
            if not renewal.cuts_as_now(store):
                renewal.renew(store, self.embedder)
            yield store

    def _settle(self, store: Store, *, whole: bool = False) -> None:
        """Write the derived files where they lag far behind the store; the caller holds the lock.

        What was committed stays committed when that fails: the lag is made up for in memory, and written later.
        """
        with self._lock:
            if self._derived is not None and self._derived.folder is not None and not self._derived.folder.exists():
                self._derived = None
            old = self._opened(store)
        if not whole and not derivation.is_behind(old.distance(store), store.state().passages):
            return
        try:
            fresh = derivation.publish(self.path, store, old, self._folder.marks, whole=whole)
        except (OSError, LibraryError, ValueError) as error:
            _log.warning("the search indexes of %s could not be written (%s): free some room", self.path, error)
            if whole:
                self._forget()
            return
        with self._lock:
            self._derived = fresh

    def _forget(self) -> None:
        """Drop every derived file, with all that was removed in it, and what is kept in memory."""
        with self._lock:
            self._kept.clear()
            self._derived = None
            derivation.sweep(self.path, keep="")
            for path in self.path.glob(f"{SET_ASIDE}*"):
                path.unlink(missing_ok=True)

    # -- reading -----------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return self._state().articles

    @property
    def passage_count(self) -> int:
        """How many passages there are."""
        return self._state().passages

    @property
    def generation(self) -> int:
        """A number that changes with every commit, whoever makes it; caches key on it."""
        with self._lock:
            self._usable()
            return self._store.generation()

    def articles(self) -> list[Article]:
        """Return all articles in the order they came."""
        with self._reading() as store:
            return [stored.article for stored in store.articles()]

    def article(self, article_id: str) -> Article:
        """Return one article; raises InputError when there is none of that id."""
        with self._reading() as store:
            return self._article(store, self._key(store, article_id)).article

    def files(self, article_id: str) -> list[str]:
        """Return the paths of the files that an article came from; they may be gone or changed since."""
        with self._reading() as store:
            return store.holders(article_id)

    def passages(self, article_id: str) -> list[Passage]:
        """Return the passages of an article in order; raises InputError when there is none of that id."""
        with self._reading() as store:
            stored = self._article(store, self._key(store, article_id))
        return [records.passage(stored.article, stored.spans, index) for index in range(len(stored.spans))]

    def figures(self, article_id: str | None = None) -> list[Figure]:
        """Return the ledger of one article, or of all."""
        with self._reading() as store:
            keys = store.article_keys() if article_id is None else [self._key(store, article_id)]
            return [figure for key in keys for figure in store.figures(key)]

    def document_frequency(self, term: str) -> int:
        """Return how many passages hold ``term`` as one of their search words."""
        with self._searching() as (_, derived):
            return derived.passages.frequency("words", term)

    def search(self, question: str, k: int = 5, *, source: str | None = None, publisher: str | None = None,
               since: str | date | None = None, until: str | date | None = None,
               agency: str | None = None) -> list[Hit]:
        """Return the ``k`` passages that fit the question best, best first; what reprints repeat comes once.

        ``source`` and ``publisher`` match parts of those names, ``since`` and ``until`` take 2023, 2023-10 or
        2023-10-09, ``agency`` must be named in the article. Raises InputError for an empty question or k below 1.
        """
        if not isinstance(question, str) or not question.strip():
            raise InputError("the question is empty: ask something")
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise InputError(f"k is a whole number from 1 on, not {k!r}")
        filters = Filters.of(source, publisher, since, until, agency)
        question = question[:_LONGEST_QUESTION]
        if has_chinese(question):
            self._see_model()
        with self._searching() as (store, derived):
            allowed = allowed_articles(store, derived, filters)
            return self._hits(store, ranked(question, store, derived, self._vector(question), allowed), k)

    def reprints(self, article_id: str) -> list[Article]:
        """Return the other articles that print nearly the same text, most alike first."""
        with self._reading() as store:
            key = self._key(store, article_id)
            self._sketches.follow(store)
            shares = self._sketches.alike(self._article(store, key).sketch)
            others = [(-share, self._article(store, row).article) for row, share in shares.items() if row != key]
            return [article for _, article in sorted(others, key=lambda pair: (pair[0], pair[1].id))]

    def printed_in(self, article_id: str, start: int, end: int) -> list[Article]:
        """Return the reprints of an article in which its words from ``start`` to ``end`` stand too, most alike first.

        Script, spaces and punctuation do not count. Raises InputError when there is no article of that id.
        """
        words = letters(self.article(article_id).text[start:end])
        return [each for each in self.reprints(article_id) if words and words in letters(each.text)]

    def first_prints(self) -> dict[str, str]:
        """Return the id of each article that reprints an earlier one, with the id of the first of its group."""
        with self._reading() as store:
            rows = store.sketches()
        firsts = first_prints([row[2] for row in rows])
        return {row[1]: rows[first][1] for row, first in zip(rows, firsts, strict=True) if rows[first] is not row}

    def about(self, article_id: str) -> About:
        """Return the agencies, places and operations that an article names, most named first."""
        return about(self.article(article_id))

    def check(self) -> list[str]:
        """Verify everything on disk; return what is wrong, in sentences, nothing when all is well."""
        with self._reading() as store:
            found = checking.problems(store, _width(store))
        for folder in derivation.generations(self.path)[:1]:
            try:
                seals.check_folder(folder, seals.read_seal(folder), None)
            except (seals.SealBroken, OSError) as error:
                found.append(f"{error}: `wenju check --repair` builds it again")
        return found

    # -- inside --------------------------------------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[Store]:
        """See one generation, undisturbed by writers."""
        with self._lock:
            self._usable()
            with self._store.snapshot() as state:
                if state.token != self._kept_token:
                    self._kept.clear()
                    self._kept_token = state.token
                yield self._store

    def _state(self) -> State:
        with self._lock:
            self._usable()
            return self._store.state()

    def _usable(self) -> None:
        """See that the library is still open and still there; follow it when it was replaced by a repaired one."""
        if self._closed:
            raise LibraryError(f"the library at {self.path} was closed: open it again")
        if self._folder.is_replaced():
            with self._lock:
                self._store.close()
                self._derived = None
                self._store = self._folder.open_store()

    @contextmanager
    def _searching(self) -> Iterator[tuple[Store, Derived]]:
        """See one generation of the store and, of the same one, what is derived from it."""
        with self._lock:
            self._usable()
            if self._derived is None:
                self._prepare()
            with self._reading() as store:
                yield store, self._following(store)

    def _following(self, store: Store) -> Derived:
        """Return the derived indexes at the generation that the store shows."""
        derived = self._opened(store)
        if derived.vectors.dimension != _width(store):
            derived = Derived(_width(store))
        if not derived.advance(store):
            derived = Derived.newest(self.path, store, _width(store), self._folder.marks)
            if not derived.advance(store):
                derived = Derived(_width(store))
                derived.advance(store)
        self._derived = derived
        return derived

    def _opened(self, store: Store) -> Derived:
        """Return the derived indexes, from disk the first time."""
        if self._derived is None:
            self._derived = Derived.newest(self.path, store, _width(store), self._folder.marks)
        return self._derived

    def _prepare(self) -> None:
        """Write the derived files where they are missing or far behind, if nobody else is writing and it is allowed."""
        store = self._store
        if renewal.cuts_as_now(store) and not derivation.is_behind(
            self._opened(store).distance(store), store.state().passages
        ):
            return
        try:
            with self._writing(0.0) as writable:
                self._settle(writable)
        except LibraryError as error:
            if not renewal.cuts_as_now(store):
                raise
            _log.info("searching from memory: %s", error)

    @property
    def embedder(self) -> Encoder:
        """The model that turns questions and passages into vectors; loaded when it is first needed."""
        with self._lock:
            if self._embedder is None:
                name = self._store.meta("model")
                self._embedder = _bundled() if name in ("", "bundled") else _named(name)
            return self._embedder

    def _model(self) -> Encoder:
        """Return the model after seeing that the library's vectors are of it, making them anew where it is newer."""
        if not self._is_given and self._embedder and self._store.meta("model") not in ("", self._embedder.name):
            self._embedder = None  # another process has encoded the library with another model meanwhile
        embedder = self.embedder
        if self._is_given:
            self._refuse_other_model(embedder)
        elif self._store.meta("fingerprint") not in ("", embedder.fingerprint):
            self._renew()
        return embedder

    def _see_model(self) -> None:
        """Bring the vectors up to the model if that can be done now; else passages are found by their words alone."""
        try:
            self._model()
        except LibraryError as error:
            if self._is_given:
                raise
            _log.warning("searching by words alone: %s", error)

    def _renew(self) -> None:
        """Encode the library with the model it has now."""
        with self._folder.writing() as store:
            if not renewal.is_of(store, self.embedder):
                renewal.renew(store, self.embedder)
                with self._lock:
                    self._derived = None
                self._settle(store)

    def _refuse_other_model(self, embedder: Encoder) -> None:
        known = self._store.meta("fingerprint")
        if known and known != embedder.fingerprint:
            message = (f"the library at {self.path} was built with the model {self._store.meta('model')!r}, not with "
                       f"{embedder.name!r}: open it without a model, or with reencode=True to encode it anew")
            raise LibraryError(message)

    def _vector(self, question: str) -> NDArray[np.float32] | None:
        """Return what stands for the question, or None where meaning cannot be compared."""
        if not has_chinese(question) or self._store.meta("fingerprint") != self.embedder.fingerprint:
            return None
        return np.asarray(self.embedder.encode_queries([fold(question)])[0], np.float32)

    def _key(self, store: Store, article_id: str) -> int:
        key = store.key(article_id)
        if key is None:
            raise InputError(f"there is no article {article_id!r} in the library: `wenju list` shows the ids")
        return key

    def _article(self, store: Store, key: int) -> Stored:
        """Return an article from memory, or from the store."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        stored = self._kept[key] = store.article(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return stored

    def _hits(self, store: Store, found: list[tuple[int, float]], k: int) -> list[Hit]:
        """Return the best ``k`` hits of those found, best first, without passages that a reprint repeats."""
        hits, shown = list[Hit](), Shown()
        for key, score in found:
            if len(hits) == k:
                break
            article_key, index = records.split_key(key)
            stored = self._article(store, article_key)
            passage = records.passage(stored.article, stored.spans, index)
            if shown.is_new(passage.text, stored.sketch):
                hits.append(Hit(passage, stored.article, round(score, 6)))
        return hits


def _width(store: Store) -> int:
    """Return the vectors' dimension; any will do while there are none."""
    return int(store.meta("dimension") or 1)


def _bundled() -> Encoder:
    from embeddings import Embedder

    return Embedder()


def _named(name: str) -> Encoder:
    from embeddings import Embedder

    return Embedder(name)
