"""Files and records into the store: what is new, what changed, what is there already.

A file that looks as it did is not even opened. Articles are stored in batches, each whole; when the work is
interrupted, what was stored stays, and the next time goes on from there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.corpus.figures import find_figures
from qa.corpus.passages import split
from qa.corpus.read import article_from_record, read_items
from qa.corpus.walk import list_files, read_file
from qa.errors import DocumentError, InputError
from qa.language.scripts import fold
from qa.language.words import word_terms
from qa.library import records
from qa.library.records import FileRow, Record
from qa.library.reprints import sketch
from qa.library.search import with_context
from qa.library.store import Store
from qa.library.transaction import Transaction
from qa.types import Article, FileReport, Passage

# Passages of one commit: large enough that embedding and disk work in bulk, small enough that little is lost.
BATCH_PASSAGES = 2_000
# What was read for longer than this is committed too: no more of it is lost on a slow machine.
BATCH_SECONDS = 10.0
# A file changed this shortly before it was looked at may change again without its time moving.
_TICK = 2_000_000_000
# Reasons of single records that are told; the rest is counted.
_REASONS = 3
_now = time.monotonic

Progress = Callable[[int, int, str], object]
Given = Path | Article | Mapping[str, object]


class Encoder(Protocol):
    """What the library asks of an embedding model; ``embeddings.Embedder`` is one."""

    name: str
    dimension: int

    @property
    def fingerprint(self) -> str:
        """Equal fingerprints give equal vectors."""

    def encode_passages(self, texts: Iterable[str]) -> NDArray[np.float32]:
        """Return unit vectors, (n, dimension)."""

    def encode_queries(self, texts: Iterable[str]) -> NDArray[np.float32]:
        """Return unit vectors, (n, dimension)."""


@dataclass(slots=True)
class _Batch:
    """What the next commit will do."""

    articles: list[tuple[Article, list[Passage], str]] = field(default_factory=list)
    steps: list[Callable[[Transaction], object]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    passages: int = 0
    begun: float = 0.0  # when its first article came


class Intake:
    """Takes inputs into one store; made for one call of ``Library.add`` by the holder of the lock."""

    def __init__(self, store: Store, embedder: Encoder, progress: Progress | None = None) -> None:
        self._store = store
        self._embedder = embedder
        self._progress = progress or (lambda done, total, name: None)
        self._batch = _Batch()
        self._place = (0, 0)  # how many inputs are done, of how many
        self._thousandth = 0  # how much of the input at hand has been read, as it was told

    def run(self, inputs: Iterable[object]) -> list[FileReport]:
        """Take files, folders, records and articles in; return one report for each file or record."""
        work = _once([step for each in inputs for step in _work(each)])
        reports = []
        for number, (given, root) in enumerate(work, start=1):
            self._place, self._thousandth = (number - 1, len(work)), 0
            report = self._file(given, root) if isinstance(given, Path) else self._record(given)
            reports.append(report)
            self._progress(number, len(work), report.source)
        self._flush()
        return reports

    def _tell(self, name: str, share: float) -> None:
        """Tell how much of a file of many articles has been read, each thousandth once."""
        thousandth = int(share * 1_000)
        if self._thousandth < thousandth < 1_000:
            self._thousandth = thousandth
            self._progress(*self._place, f"{thousandth / 10:.1f}% {name}")

    # -- records -----------------------------------------------------------------------------------------------------

    def _record(self, given: Article | Mapping[str, object]) -> FileReport:
        try:
            article = given if isinstance(given, Article) else article_from_record(given)
        except DocumentError as error:
            return FileReport(str(dict(given).get("id", "record")) if isinstance(given, Mapping) else "record",
                              "skipped", str(error))
        if not self._is_new(article.id):
            return FileReport(article.source, "duplicate", codec=article.codec, article_id=article.id)
        passages = self._take(article, "")
        return FileReport(article.source, "added", "", article.codec, 1, passages, article_id=article.id)

    # -- files ---------------------------------------------------------------------------------------------------------

    def _file(self, path: Path, root: Path) -> FileReport:
        place = os.path.abspath(path)  # noqa: PTH100 - Path.resolve would follow links, which have names of their own
        known = self._store.file(place)
        try:
            if known and _looks_unchanged(path, known):
                return self._unchanged(path, place)
            data = read_file(path, root)
            row = _file_row(path, place, data) if isinstance(data, bytes) else None
        except OSError as error:
            return FileReport(path.name, "skipped", f"{path.name} cannot be read ({error.strerror}): check the file")
        if row is None:
            return FileReport(path.name, "skipped", str(data))
        if known and known.digest == row.digest:
            self._batch.steps.append(lambda transaction: transaction.note_file(row))
            return self._unchanged(path, place)
        assert isinstance(data, bytes)
        return (None if known else self._twin(path, row)) or self._read(path, data, row, replaces=known is not None)

    def _unchanged(self, path: Path, place: str) -> FileReport:
        held = self._store.held_by(place)
        return FileReport(path.name, "unchanged", articles=len(held), article_id=held[0] if len(held) == 1 else "")

    def _twin(self, path: Path, row: FileRow) -> FileReport | None:
        """Recognise a file that was moved, and one whose bytes are known from another file."""
        twins = self._store.files_with(row.digest)
        if not twins:
            return None
        moved = next((twin for twin in twins if not Path(twin.path).exists()), None)
        ids = self._store.held_by((moved or twins[0]).path)
        if moved:
            self._batch.steps.append(lambda transaction: self._move(transaction, moved.path, path, ids))
        for article_id in ids:
            self._hold(row.path, article_id)
        self._batch.steps.append(lambda transaction: transaction.note_file(row))
        self._flush()
        only = ids[0] if len(ids) == 1 else ""
        if moved:
            reason = f"it was {Path(moved.path).name}"
            return FileReport(path.name, "renamed", reason, articles=len(ids), article_id=only)
        return FileReport(path.name, "duplicate", f"the same as {Path(twins[0].path).name}", article_id=only)

    def _move(self, transaction: Transaction, old: str, path: Path, ids: list[str]) -> None:
        for article_id in ids:
            key = self._store.key(article_id)
            if key is not None and self._store.article(key).article.source == Path(old).name:
                transaction.rename(key, path.name)
        transaction.forget_file(old)

    def _read(self, path: Path, data: bytes, row: FileRow, *, replaces: bool) -> FileReport:
        """Read a new or changed file; what it holds no more leaves in the same commit as its last new part comes."""
        old, ids, new, passages, removed, codec = set(self._store.held_by(row.path)), [], 0, 0, 0, ""
        reasons: list[str] = []
        for item in read_items(data, path.name):
            codec, removed = codec or item.codec, removed + item.removed
            self._tell(path.name, item.share)
            if item.article is None:
                reasons.append(item.reason)
                continue
            ids.append(item.article.id)
            if self._is_new(item.article.id):
                new, passages = new + 1, passages + self._take(item.article, row.path)
            else:
                self._hold(row.path, item.article.id)
        if not ids:
            return FileReport(path.name, "skipped", _told(reasons, 0), codec)
        gone = old - set(ids)
        self._batch.steps.append(lambda transaction: self._finish(transaction, row, gone))
        status = "replaced" if replaces else "added" if new else "duplicate"
        return FileReport(path.name, status, _told(reasons, len(ids)), codec, new, passages, removed,
                          ids[0] if len(ids) == 1 else "")

    def _finish(self, transaction: Transaction, row: FileRow, gone: set[str]) -> None:
        for article_id in sorted(gone):
            transaction.release(row.path, article_id)
            key = self._store.key(article_id)
            if key is not None and not self._store.holders(article_id):
                transaction.delete(key)
        transaction.note_file(row)

    # -- batches -------------------------------------------------------------------------------------------------------

    def _is_new(self, article_id: str) -> bool:
        return article_id not in self._batch.ids and self._store.key(article_id) is None

    def _hold(self, path: str, article_id: str) -> None:
        self._batch.steps.append(lambda transaction: transaction.hold(path, article_id))

    def _take(self, article: Article, path: str) -> int:
        """Put an article into the batch; return the number of its passages."""
        passages = split(article)
        if not self._batch.articles:
            self._batch.begun = _now()
        self._batch.articles.append((article, passages, path))
        self._batch.ids.add(article.id)
        self._batch.passages += len(passages)
        if self._batch.passages >= BATCH_PASSAGES or _now() - self._batch.begun > BATCH_SECONDS:
            self._flush()
        return len(passages)

    def _flush(self) -> None:
        """Commit the batch."""
        batch, self._batch = self._batch, _Batch()
        if not batch.articles and not batch.steps:
            return
        made = list(self._records(batch))
        with self._store.write() as transaction:
            for record, (article, _, path) in zip(made, batch.articles, strict=True):
                transaction.insert(record)
                if path:
                    transaction.hold(path, article.id)
            for step in batch.steps:
                step(transaction)

    def _records(self, batch: _Batch) -> Iterable[Record]:
        texts = [passage.text for _, passages, _ in batch.articles for passage in passages]
        vectors = self._embedder.encode_passages([fold(text) for text in texts])
        start = 0
        for article, passages, _ in batch.articles:
            rows = with_context(vectors[start:start + len(passages)]).astype(np.float16)
            start += len(passages)
            yield analysed(article, passages, rows)


def analysed(article: Article, passages: list[Passage], vectors: records.Vectors) -> Record:
    """Return everything that is stored of an article."""
    words = (tuple(word_terms(article.title)), *(tuple(word_terms(passage.text)) for passage in passages))
    spans = tuple((passage.start, passage.end) for passage in passages)
    return Record(article, spans, words, vectors, tuple(find_figures(article)), sketch(article.text))


def _work(given: object) -> list[tuple[Given, Path]]:
    """Return the single inputs of one argument of ``add``: files with the folder they were found under, or records."""
    if isinstance(given, (str, os.PathLike)):
        root = Path(given)
        return [(file, root) for file in list_files(root)]
    if isinstance(given, (Article, Mapping)):
        return [(given, Path())]
    if isinstance(given, Iterable) and not isinstance(given, (bytes, bytearray)):
        return [step for each in given for step in _work(each)]
    raise InputError(f"{type(given).__name__} cannot be added: give paths, articles, or records with a text")


def _once(work: list[tuple[Given, Path]]) -> list[tuple[Given, Path]]:
    """Leave out a file that was given a second time."""
    seen: set[Path] = set()
    kept = []
    for given, root in work:
        if not isinstance(given, Path) or given.absolute() not in seen:
            kept.append((given, root))
            seen |= {given.absolute()} if isinstance(given, Path) else set()
    return kept


def _file_row(path: Path, place: str, data: bytes) -> FileRow:
    status = path.stat()
    return FileRow(place, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, time.time_ns(),
                   records.digest(data))


def _looks_unchanged(path: Path, row: FileRow) -> bool:
    status = path.stat()
    look = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    settled = max(row.modified, row.changed) < row.noted - _TICK
    return settled and look == (row.size, row.modified, row.changed, row.inode)


def _told(reasons: list[str], read: int) -> str:
    """Return why records were left out, the first few by name."""
    if not reasons:
        return ""
    if not read and len(reasons) == 1:
        return reasons[0]
    more = f"; and {len(reasons) - _REASONS} more" if len(reasons) > _REASONS else ""
    return f"{len(reasons)} of {len(reasons) + read} records were left out: {'; '.join(reasons[:_REASONS])}{more}"
