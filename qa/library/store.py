"""The truth on disk: articles, passages, search words, vectors and figures in one SQLite file. The one home of sqlite3.

Its commit is the only commit point of the library; everything else is derived from it. Every row carries a digest,
because SQLite has none: a flipped bit is found when the row is read, a lost or foreign row by the digest of the whole.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from qa.errors import LibraryBusy, LibraryDamaged, LibraryError
from qa.library import records
from qa.library.records import FileRow, Salvaged, State, Stored, Vectors
from qa.library.transaction import COLUMNS, Transaction, article_seal
from qa.types import Article, Figure

STORE_NAME = "library.db"
# A store that is being made has this before its name.
NEW = ".new-"
# Raise it whenever the schema below or the packing in records.py changes meaning.
FORMAT = 1
# A commit is on the disk when it returns; what is deleted is overwritten; odd files are looked at twice.
_PRAGMAS = ("synchronous = FULL", "secure_delete = ON", "trusted_schema = OFF", "cell_size_check = ON")
# The tables that hold one sealed body for each article.
BODIES = ("words", "vectors", "figures")
_BUSY_SECONDS = 10.0
# What SQLite says where a disk takes no more; SHM is the memory that processes share, a file beside the store.
_NO_ROOM = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_SHM")
# The way out of a damaged store.
MEND = "run `wenju check --repair`, which keeps what is whole"

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, generation INTEGER NOT NULL,
    source TEXT NOT NULL, title TEXT NOT NULL, publisher TEXT NOT NULL, author TEXT NOT NULL, published TEXT NOT NULL,
    url TEXT NOT NULL, codec TEXT NOT NULL, text TEXT NOT NULL, offsets BLOB NOT NULL, spans BLOB NOT NULL,
    passages INTEGER NOT NULL, sketch BLOB NOT NULL, seal BLOB NOT NULL);
CREATE INDEX articles_by_generation ON articles (generation);
CREATE TABLE words (key INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE vectors (key INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE figures (key INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL, changed INTEGER NOT NULL,
    inode INTEGER NOT NULL, noted INTEGER NOT NULL, digest BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX files_by_digest ON files (digest);
CREATE TABLE holdings (path TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (path, id)) WITHOUT ROWID;
CREATE INDEX holdings_by_id ON holdings (id);
CREATE TABLE log (generation INTEGER NOT NULL, token TEXT NOT NULL, key INTEGER NOT NULL, passages INTEGER NOT NULL);
CREATE INDEX log_by_generation ON log (generation);
"""


class Store:
    """The SQLite file of one library; ``key`` is an article's row number."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    # -- opening and closing -------------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: Path, meta: dict[str, str]) -> Store:
        """Make an empty store at ``path``; ``meta`` is kept with it. The file appears whole or not at all."""
        made = cls.make(path, meta)
        made.close()
        made.path.rename(path)
        return cls.open(path)

    @classmethod
    def make(cls, path: Path, meta: dict[str, str]) -> Store:
        """Make an empty store beside ``path``, under a name that says that it is not finished."""
        made = path.with_name(f"{NEW}{path.name}")
        for leftover in path.parent.glob(f"{NEW}*"):
            leftover.unlink()
        with _translated(path):
            connection = _connect(made, "rwc")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA.split(";\n"):
                connection.execute(statement)
            values = meta | {"format": str(FORMAT), "library": secrets.token_hex(16), "total": "0", "articles": "0",
                             "passages": "0", "generation": "0", "token": secrets.token_hex(8)}
            values["seal"] = summary_digest(values)
            connection.executemany("INSERT INTO meta VALUES (?, ?)", values.items())
            connection.execute("COMMIT")
        return cls(made, connection)

    @classmethod
    def open(cls, path: Path, *, to_write: bool = False) -> Store:
        """Open a store; raises LibraryDamaged when it is no store of ours, LibraryError when its format is another.

        Where the disk is too full for what SQLite shares between processes, it can still be read, unless ``to_write``.
        """
        with _translated(path):
            try:
                store = cls(path, _connect(path, _mode(path)))
            except sqlite3.OperationalError as error:
                if to_write or not _lacks_room(error, path) or _log_size(path):
                    raise
                store = cls(path, _connect(path, "ro"))
        try:
            found = store.meta("format")
        except BaseException:
            store.close()
            raise
        if found != str(FORMAT):
            store.close()
            message = f"the library at {path.parent} has format {found}, this one reads {FORMAT}: index its files anew"
            raise LibraryError(message)
        return store

    @classmethod
    def open_unchecked(cls, path: Path) -> Store:
        """Open whatever lies there, to save what can be saved."""
        with _translated(path):
            return cls(path, _connect(path, _mode(path), pragmas=()))

    def close(self) -> None:
        """Close the file; the last one to close folds the write-ahead log into it."""
        self._connection.close()

    # -- reading ---------------------------------------------------------------------------------------------------

    @contextmanager
    def snapshot(self) -> Iterator[State]:
        """See one generation only, whatever is committed meanwhile."""
        with _translated(self.path):
            if self._connection.in_transaction:
                yield self.state()
                return
            self._connection.execute("BEGIN")
            try:
                yield self.state()
            finally:
                self._connection.execute("ROLLBACK")

    def state(self) -> State:
        """Return the generation that is seen now."""
        meta = self._all_meta()
        try:
            return State(int(meta["generation"]), meta["token"], int(meta["articles"]), int(meta["passages"]),
                         int(meta["total"]))
        except (KeyError, ValueError) as error:
            raise self._damaged("its summary cannot be read") from error

    def generation(self) -> int:
        """Return the number of the last commit, quickly."""
        return int(self.meta("generation"))

    def meta(self, name: str) -> str:
        """Return one remembered value, or an empty string."""
        row = self._one("SELECT value FROM meta WHERE name = ?", name)
        return str(row[0]) if row else ""

    def article_keys(self) -> list[int]:
        """Return the row numbers of all articles, in the order they came."""
        return [row[0] for row in self._rows("SELECT key FROM articles ORDER BY key")]

    def key(self, article_id: str) -> int | None:
        """Return the row number of an article, or None."""
        row = self._one("SELECT key FROM articles WHERE id = ?", article_id)
        return int(row[0]) if row else None

    def passage_count(self, key: int) -> int:
        """Return how many passages an article has; 0 when there is no such row."""
        row = self._one("SELECT passages FROM articles WHERE key = ?", key)
        return int(row[0]) if row else 0

    def article(self, key: int) -> Stored:
        """Return one article; raises LibraryDamaged when its row is gone or differs from what was stored."""
        row = self._one(f"SELECT {', '.join(COLUMNS)} FROM articles WHERE key = ?", key)  # noqa: S608 - constants
        if row is None:
            raise self._damaged(f"article row {key} is missing")
        return self._unpacked(row)

    def articles(self) -> Iterator[Stored]:
        """Yield every article in the order they came."""
        for key in self.article_keys():
            yield self.article(key)

    def bodies(self) -> Iterator[tuple[tuple[Any, ...], dict[str, bytes | None]]]:
        """Yield every article's columns with the sealed bodies that belong to it, in one walk over the file."""
        columns = ", ".join(f"a.{column}" for column in COLUMNS)
        joins = " ".join(f"LEFT JOIN {kind} ON {kind}.key = a.key" for kind in BODIES)
        bodies = ", ".join(f"{kind}.body" for kind in BODIES)
        with _translated(self.path):
            statement = f"SELECT {columns}, {bodies} FROM articles AS a {joins} ORDER BY a.key"  # noqa: S608 - constants
            for row in self._connection.execute(statement):
                yield row[:len(COLUMNS)], dict(zip(BODIES, row[len(COLUMNS):], strict=True))

    def words(self, key: int) -> list[list[str]]:
        """Return the search words of an article: the title's, then each passage's."""
        return records.unpack_words(self._body("words", key))

    def vectors(self, key: int, dimension: int) -> Vectors:
        """Return the vectors of an article's passages, shape (passages, dimension)."""
        return records.unpack_vectors(self._body("vectors", key), dimension)

    def figures(self, key: int) -> list[Figure]:
        """Return the ledger of one article."""
        return records.unpack_figures(self._body("figures", key))

    def sketches(self, since: int = 0) -> list[tuple[int, str, bytes]]:
        """Return ``(row, id, sketch)`` of the articles that came after a generation, in the order they came."""
        # Sorted here, as in ``changes``.
        return sorted(self._rows("SELECT key, id, sketch FROM articles WHERE generation > ?", since))

    def select(self, condition: str, values: Iterable[object]) -> list[int]:
        """Return the rows of the articles that meet an SQL condition over the columns of metadata."""
        return [row[0] for row in self._rows(f"SELECT key FROM articles WHERE {condition} ORDER BY key", *values)]  # noqa: S608 - callers write conditions, users only values

    def changes(self, since: State) -> tuple[list[int], list[tuple[int, int]]] | None:
        """Return what happened after ``since``: the rows that came, and ``(row, passages)`` of those that went.

        None when that generation is not remembered: it is too old, or belongs to another history.
        """
        known = "SELECT 1 FROM log WHERE generation = ? AND token = ?"
        if since.generation and not self._one(known, since.generation, since.token):
            return None
        # Sorted here: asked to sort by key, SQLite would walk all articles instead of the index by generation.
        came = self._rows("SELECT key FROM articles WHERE generation > ?", since.generation)
        gone = "SELECT key, passages FROM log WHERE generation > ? AND key > 0"
        removed = self._rows(gone, since.generation) if since.generation else []
        return sorted(row[0] for row in came), sorted((key, passages) for key, passages in removed)

    # -- files -----------------------------------------------------------------------------------------------------

    def file(self, path: str) -> FileRow | None:
        """Return what is remembered of a file, or None."""
        row = self._one("SELECT * FROM files WHERE path = ?", path)
        return FileRow(*row) if row else None

    def files_with(self, digest: bytes) -> list[FileRow]:
        """Return the files that had these bytes."""
        return [FileRow(*row) for row in self._rows("SELECT * FROM files WHERE digest = ? ORDER BY path", digest)]

    def files_under(self, folder: str) -> list[str]:
        """Return the remembered paths inside a folder."""
        start = folder.rstrip("/") + "/"
        return [row[0] for row in self._rows("SELECT path FROM files WHERE substr(path, 1, ?) = ?", len(start), start)]

    def held_by(self, path: str) -> list[str]:
        """Return the ids of the articles that came from a file."""
        return [row[0] for row in self._rows("SELECT id FROM holdings WHERE path = ? ORDER BY id", path)]

    def holders(self, article_id: str) -> list[str]:
        """Return the files an article came from."""
        return [row[0] for row in self._rows("SELECT path FROM holdings WHERE id = ? ORDER BY path", article_id)]

    # -- saving what is left -----------------------------------------------------------------------------------------

    def salvage(self) -> Iterator[Salvaged]:
        """Yield the articles that are whole, each once, with its vectors if they are; never raises for damage."""
        fingerprint = self._try("SELECT value FROM meta WHERE name = 'fingerprint'")
        walks = ("SELECT key FROM articles", "SELECT key FROM articles INDEXED BY articles_by_generation",
                 "SELECT key FROM words", "SELECT key FROM vectors", "SELECT key FROM figures")
        seen: set[str] = set()
        for key in sorted({row[0] for walk in walks for row in self._try(walk) if isinstance(row[0], int)}):
            for row in self._try(f"SELECT {', '.join(COLUMNS)} FROM articles WHERE key = ?", key):  # noqa: S608
                if row[-1] == article_seal(row[:-1]) and row[1] not in seen:
                    seen.add(row[1])
                    body = next((row[0] for row in self._try("SELECT body FROM vectors WHERE key = ?", key)), b"")
                    vectors = body[records.DIGEST:] if records.is_sealed("vectors", key, body) else None
                    yield Salvaged(self._unpacked(row), vectors, fingerprint[0][0] if fingerprint else "")

    def salvage_files(self) -> dict[str, list[str]]:
        """Return which files held which articles, as far as it can be read."""
        found: dict[str, list[str]] = {}
        for path, article_id in self._try("SELECT path, id FROM holdings"):
            found.setdefault(str(path), []).append(str(article_id))
        return found

    def _try(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows that can be had before the first error."""
        rows: list[tuple[Any, ...]] = []
        with suppress(sqlite3.DatabaseError, OverflowError):
            rows.extend(self._connection.execute(statement, values))
        return rows

    # -- writing ---------------------------------------------------------------------------------------------------

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Commit everything done inside as one new generation, or nothing of it."""
        with _translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                transaction = Transaction(self, self._connection.execute)
                yield transaction
                transaction.finish()
                self._commit(transaction.token)
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _commit(self, token: str) -> None:
        """Commit; what a commit that fails left in the log is cut off, or who opens it next would take it for done."""
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            with suppress(OSError):
                _cut_last_commit(self.path.with_name(f"{self.path.name}-wal"), token.encode())
            raise

    def forget_log(self) -> None:
        """Fold the write-ahead log into the file and empty it, so that nothing removed is left there.

        Raises LibraryBusy when others keep reading an older generation for too long.
        """
        deadline = time.monotonic() + _BUSY_SECONDS
        with _translated(self.path):
            while self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() >= deadline:
                    raise LibraryBusy(f"the library at {self.path.parent} is being read: try again")
                time.sleep(_BUSY_SECONDS / 1_000)

    def structure_problems(self) -> list[str]:
        """Return what SQLite finds wrong with its own structure."""
        with _translated(self.path):
            rows = [str(row[0]) for row in self._rows("PRAGMA integrity_check(5)")]
        return [] if rows == ["ok"] else rows

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _body(self, kind: str, key: int) -> bytes:
        row = self._one(f"SELECT body FROM {kind} WHERE key = ?", key)  # noqa: S608 - constants
        if row is None:
            raise self._damaged(f"the {kind} of article row {key} are missing")
        return records.unseal(kind, key, row[0])

    def _unpacked(self, row: tuple[Any, ...]) -> Stored:
        if row[-1] != article_seal(row[:-1]):
            raise self._damaged(f"article row {row[0]} differs from what was stored")
        value = dict(zip(COLUMNS, row, strict=True))
        names = ("id", "source", "title", "publisher", "author", "published", "text", "codec", "url")
        article = Article(**{name: value[name] for name in names}, offsets=records.unpack_offsets(value["offsets"]))
        spans = tuple((start, end) for start, end in records.unpack_pairs(value["spans"], 2))
        return Stored(value["key"], article, spans, value["sketch"], value["seal"])

    def _all_meta(self) -> dict[str, str]:
        return dict(self._rows("SELECT name, value FROM meta ORDER BY name"))

    def meta_seal(self) -> str:
        """Return the digest of everything that is remembered about the library as a whole."""
        return summary_digest(self._all_meta())

    def _one(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        with _translated(self.path):
            row: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
            return row

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with _translated(self.path):
            return self._connection.execute(statement, values).fetchall()

    def _damaged(self, what: str) -> LibraryDamaged:
        return LibraryDamaged(f"{self.path} is damaged ({what}): {MEND}")


def _mode(path: Path) -> str:
    return "rw" if os.access(path.parent, os.W_OK) else "ro"


def _log_size(path: Path) -> int:
    """Return how much of the last commits lies in the log alone."""
    log = path.with_name(f"{path.name}-wal")
    return log.stat().st_size if log.exists() else 0


def _cut_last_commit(log: Path, token: bytes) -> None:
    """Take the last commit out of a write-ahead log if it holds ``token``, which no earlier one can know.

    The log's format: https://sqlite.org/walformat.html
    """
    data = log.read_bytes()
    frame, salts = 24 + int.from_bytes(data[8:12], "big"), data[16:24]
    ends, at = [32], 32
    while len(data) >= at + frame and data[at + 8:at + 16] == salts:
        at += frame
        if data[at - frame + 4:at - frame + 8] != bytes(4):  # the last frame of a commit says how large the file is
            ends.append(at)
    if len(ends) > 1 and token in data[ends[-2]:ends[-1]]:
        os.truncate(log, ends[-2])


def _connect(path: Path, mode: str, pragmas: tuple[str, ...] = _PRAGMAS) -> sqlite3.Connection:
    if mode == "ro" and not _log_size(path):
        # Where nothing can be written, SQLite cannot keep its shared memory; and nothing can change either.
        mode = "ro&immutable=1"
    connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode={mode}", uri=True, timeout=_BUSY_SECONDS,
                                 isolation_level=None, check_same_thread=False)
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "") or ""


def _lacks_room(error: sqlite3.Error, path: Path) -> bool:
    """Tell whether the disk takes no more: of a new file SQLite says then only that it cannot be opened."""
    name = _name(error)
    unmade = name.startswith("SQLITE_CANTOPEN") and path.is_file() and os.access(path.parent, os.W_OK)
    return name.startswith(_NO_ROOM) or (unmade and os.access(path, os.W_OK))


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, one sentence each."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        name = _name(error)
        where = f"the library at {path.parent}"
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise LibraryBusy(f"{where} is busy with another program: try again") from error
        if _lacks_room(error, path):
            raise LibraryError(f"{where} cannot be written, is the disk full? Nothing was changed") from error
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
            raise LibraryError(f"{where} cannot be opened or written ({error}): check its permissions") from error
        # SQLite may quote what it cannot read; nobody wants to read that either.
        raise LibraryDamaged(f"{path} is damaged ({str(error)[:60]}): {MEND}") from error


def summary_digest(values: dict[str, str]) -> str:
    """Return the digest of what is remembered about the library as a whole."""
    return records.digest(*(f"{name}={values[name]}".encode() for name in sorted(values) if name != "seal")).hex()
