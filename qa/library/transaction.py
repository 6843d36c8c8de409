"""What may be changed in the store, between a begin and its commit: one new generation.

It keeps the summary of the whole (how many articles, the sum of their seals) in step with the rows.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, Protocol

from qa.library import records
from qa.library.records import FileRow, Record, State, Stored

# The columns of an article, in the order in which its seal covers them.
COLUMNS = (
    "key", "id", "source", "title", "publisher", "author", "published", "url", "codec", "text", "offsets", "spans",
    "passages", "sketch", "seal",
)
# Rows of the change log that are kept: a reader further behind starts over from the truth.
LOG_ROWS = 10_000
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM articles WHERE key = ?"  # noqa: S608 - constants
_INSERT = f"INSERT INTO articles (generation, {', '.join(COLUMNS[1:])}) VALUES (?{', ?' * (len(COLUMNS) - 1)})"  # noqa: S608


class Readable(Protocol):
    """What a transaction asks of its store."""

    def state(self) -> State:
        """Return the summary."""

    def article(self, key: int) -> Stored:
        """Return one article."""

    def meta_seal(self) -> str:
        """Return the digest of the summary."""


class Transaction:
    """What may be changed, between a begin and its commit."""

    def __init__(self, store: Readable, run: Callable[..., Any]) -> None:
        self._store = store
        self._run = run
        state = store.state()
        self.generation, self.token = state.generation + 1, secrets.token_hex(8)
        self._articles, self._passages, self._total = state.articles, state.passages, state.total
        self._log(0, 0)

    def insert(self, record: Record) -> int:
        """Store one article with all that belongs to it; return its row number."""
        article = record.article
        values = (article.id, article.source, article.title, article.publisher, article.author, article.published,
                  article.url, article.codec, article.text, records.pack_pairs(article.offsets.runs),
                  records.pack_pairs(record.spans), len(record.spans), record.sketch, b"")
        cursor = self._run(_INSERT, (self.generation, *values))
        key = int(cursor.lastrowid)
        self._seal(key, count=1)
        self._put("words", key, records.pack_words(record.words))
        self._put("vectors", key, records.pack_vectors(record.vectors))
        self._put("figures", key, records.pack_figures(record.figures))
        self._passages += len(record.spans)
        return key

    def delete(self, key: int) -> None:
        """Remove one article and everything that belongs to it."""
        stored = self._store.article(key)
        for table in ("articles", "words", "vectors", "figures"):
            self._run(f"DELETE FROM {table} WHERE key = ?", (key,))  # noqa: S608 - constants
        self._run("DELETE FROM holdings WHERE id = ?", (stored.article.id,))
        self._articles, self._passages = self._articles - 1, self._passages - len(stored.spans)
        self._total -= int.from_bytes(stored.seal, "little")
        self._log(key, len(stored.spans))

    def rename(self, key: int, source: str) -> None:
        """Give an article the name of the file it is in now."""
        self._total -= int.from_bytes(self._store.article(key).seal, "little")
        self._run("UPDATE articles SET source = ? WHERE key = ?", (source, key))
        self._seal(key, count=0)

    def touch(self, key: int) -> None:
        """Count an article as come with this generation, under a new row number, so that all that is derived follows.

        The row number changes because the derived indexes know an article's words and vectors by it.
        """
        stored = self._store.article(key)
        fresh = int(self._run("SELECT seq FROM sqlite_sequence WHERE name = 'articles'").fetchone()[0]) + 1
        self._total -= int.from_bytes(stored.seal, "little")
        self._run("UPDATE articles SET key = ?, generation = ? WHERE key = ?", (fresh, self.generation, key))
        self._run("UPDATE sqlite_sequence SET seq = ? WHERE name = 'articles'", (fresh,))
        for kind in ("words", "vectors", "figures"):
            body = self._run(f"SELECT body FROM {kind} WHERE key = ?", (key,)).fetchone()[0]  # noqa: S608 - constants
            self._run(f"DELETE FROM {kind} WHERE key = ?", (key,))  # noqa: S608 - constants
            self._put(kind, fresh, records.unseal(kind, key, body))
        self._log(key, len(stored.spans))
        self._seal(fresh, count=0)

    def replace_part(self, kind: str, key: int, body: bytes) -> None:
        """Store the words, vectors or figures of an article anew."""
        self._run(f"DELETE FROM {kind} WHERE key = ?", (key,))  # noqa: S608 - callers pass constants
        self._put(kind, key, body)

    def hold(self, path: str, article_id: str) -> None:
        """Remember that a file contains an article."""
        self._run("INSERT OR IGNORE INTO holdings VALUES (?, ?)", (path, article_id))

    def release(self, path: str, article_id: str) -> None:
        """Forget that a file contains an article."""
        self._run("DELETE FROM holdings WHERE path = ? AND id = ?", (path, article_id))

    def note_file(self, row: FileRow) -> None:
        """Remember what a file was like when it was indexed."""
        self._run("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
                                 (row.path, row.size, row.modified, row.changed, row.inode, row.noted, row.digest))

    def forget_stamp(self, path: str) -> None:
        """Forget how a file looked, so that the next time it is read again."""
        self._run("DELETE FROM files WHERE path = ?", (path,))

    def forget_file(self, path: str) -> None:
        """Forget a file; its articles stay unless they are deleted."""
        self._run("DELETE FROM files WHERE path = ?", (path,))
        self._run("DELETE FROM holdings WHERE path = ?", (path,))

    def set_meta(self, name: str, value: str) -> None:
        """Remember a value."""
        self._run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def finish(self) -> None:
        """Write the new generation's summary; called by :meth:`Store.write` just before the commit."""
        values = {"generation": self.generation, "token": self.token, "articles": self._articles,
                  "passages": self._passages, "total": self._total % 2**128}
        for name, value in values.items():
            self.set_meta(name, str(value))
        self._run("DELETE FROM log WHERE rowid <= (SELECT max(rowid) FROM log) - ?", (LOG_ROWS,))
        self.set_meta("seal", self._store.meta_seal())

    def _put(self, kind: str, key: int, body: bytes) -> None:
        self._run(f"INSERT INTO {kind} VALUES (?, ?)", (key, records.seal(kind, key, body)))  # noqa: S608

    def _seal(self, key: int, count: int) -> None:
        row = self._run(_SELECT, (key,)).fetchone()
        sealed = article_seal(row[:-1])
        self._run("UPDATE articles SET seal = ? WHERE key = ?", (sealed, key))
        self._articles += count
        self._total += int.from_bytes(sealed, "little")

    def _log(self, key: int, passages: int) -> None:
        self._run("INSERT INTO log VALUES (?, ?, ?, ?)", (self.generation, self.token, key, passages))


def article_seal(row: tuple[Any, ...]) -> bytes:
    """Return the digest of an article's columns, its row number included."""
    parts = (part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass") for part in row)
    return records.digest(b"article", *parts)
