"""The word list behind the segmenter: frequencies and parts of speech, read once and cached as plain text.

jieba's own cache is a marshal file in a shared folder; ours is UTF-8 text in the user's private cache folder, checked
against a digest of its content and of the list it came from, and rebuilt when anything differs.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from qa.settings import Settings

# Raised whenever the layout of the cache file changes.
FORMAT = "wenju-dictionary-2"


class _Shard(NamedTuple):
    counts: dict[str, int]
    tags: dict[str, str]


_EMPTY = _Shard({}, {})


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Words with their frequencies and parts of speech; those of a first character are parsed when it is first met.

    ``lines`` holds for each first character one line of text: words, frequencies, tags and beginnings of words. The
    whole list takes half a second to parse, and a question needs a hundredth of it.
    """

    total: int
    lines: dict[str, str] = field(repr=False)
    _shards: dict[str, _Shard] = field(default_factory=dict, repr=False, compare=False)

    def counts(self, first: str) -> Mapping[str, int]:
        """Return the frequencies of the words that begin with ``first``, and 0 for every beginning of one."""
        shard = self._shards.get(first)
        return shard.counts if shard else self._shard(first).counts

    def frequency(self, word: str) -> int:
        """Return how often ``word`` was met when the list was made, 0 for what is no word of it."""
        return self._shard(word[:1]).counts.get(word, 0)

    def knows(self, word: str) -> bool:
        """Tell whether ``word`` is a word of the list."""
        return self.frequency(word) > 0

    def tag(self, word: str) -> str:
        """Return the part of speech of ``word``, ``""`` where the list has none."""
        return self._shard(word[:1]).tags.get(word, "")

    def tagged(self, tag: str) -> Iterator[str]:
        """Yield every word of the list with this part of speech; reads the whole list."""
        for line in self.lines.values():
            words, _, tags, _ = line.split("\t")
            yield from (word for word, found in zip(words.split(" "), tags.split(" "), strict=True) if found == tag)

    def _shard(self, first: str) -> _Shard:
        shard = self._shards.get(first)
        if shard is None:
            line = self.lines.get(first)
            # Two threads may parse the same line; either result serves.
            shard = _parse_line(line) if line else _EMPTY
            if line:
                self._shards[first] = shard
        return shard


_lock = threading.Lock()
_loaded: Dictionary | None = None


def load_dictionary() -> Dictionary:
    """Return the dictionary, read on first use; threads that ask at once wait for the one that reads."""
    global _loaded
    if _loaded is None:
        with _lock:
            if _loaded is None:
                _loaded = read_dictionary(Settings.from_environment().cache)
    return _loaded


def read_dictionary(cache: Path) -> Dictionary:
    """Return the dictionary by way of the file in ``cache``, which is written when missing, stale or damaged."""
    source = _source()
    stat = source.stat()
    stamp = f"{FORMAT} {stat.st_size} {stat.st_mtime_ns}"
    path = cache / "dictionary.txt"
    body = _read_cache(path, stamp)
    if body is None:
        body = _body(source.read_text(encoding="utf-8"))
        _write_cache(path, stamp, body)
    return _parse(body)


def _source() -> Path:
    spec = find_spec("jieba")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).with_name("dict.txt")


def _body(listing: str) -> str:
    """Turn lines of ``word frequency tag`` into one line for each first character, the sum of frequencies above."""
    rows: dict[str, list[list[str]]] = {}
    total = 0
    for line in listing.splitlines():
        row = line.split(" ")
        rows.setdefault(row[0][0], []).append(row)
        total += int(row[1])
    return "\n".join([str(total), *map(_line, rows.values())])


def _line(rows: list[list[str]]) -> str:
    words = {row[0] for row in rows}
    beginnings = {word[:end] for word in words for end in range(1, len(word))} - words
    columns = [" ".join(column) for column in zip(*rows, strict=True)]
    return "\t".join([*columns, " ".join(sorted(beginnings))])


def _parse(body: str) -> Dictionary:
    total, *lines = body.split("\n")
    return Dictionary(int(total), {line[0]: line for line in lines})


def _parse_line(line: str) -> _Shard:
    words, counts, tags, beginnings = (column.split(" ") for column in line.split("\t"))
    found = dict.fromkeys(beginnings, 0)
    found.update(zip(words, map(int, counts), strict=True))
    return _Shard(found, dict(zip(words, tags, strict=True)))


def _read_cache(path: Path, stamp: str) -> str | None:
    try:
        head, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if head.decode("ascii", "replace") != f"{stamp} {hashlib.sha256(body).hexdigest()}":
        return None
    return body.decode("utf-8")


def _write_cache(path: Path, stamp: str, body: str) -> None:
    """Write the cache whole under another name, then rename it; a folder that cannot be written is no error."""
    data = body.encode()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(f"{stamp} {hashlib.sha256(data).hexdigest()}\n".encode() + data)
        Path(name).replace(path)
    except OSError:
        return
