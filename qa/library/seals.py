"""Checksums of files, and how to know without reading a file that it is still the one that was checked.

A sealed folder holds ``seal.json`` with the size and digest of every other file in it. Reading all of a large index
at each start would cost more than any answer, so ``Watermarks`` remembers how each file looked when its digest last
agreed: its size, times and inode. A file that looks different is read and checked again; rot beneath the file system,
which changes no time, is what ``wenju check`` is for.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

from qa.errors import LibraryDamaged

SEAL_NAME = "seal.json"
WATERMARKS_NAME = "verified.json"
# Two writes closer together than this may leave the same time on a file, so a file that young is not taken on trust.
_TICK = 20_000_000
_CHUNK = 1 << 20


class SealBroken(LibraryDamaged):
    """A sealed folder is not as it was written."""


def file_digest(path: Path) -> str:
    """Return the digest of a file's bytes."""
    state = blake2b(digest_size=16)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            state.update(chunk)
    return state.hexdigest()


def write_seal(folder: Path, values: dict[str, Any], known: dict[str, list[Any]]) -> None:
    """Seal every file under ``folder``, with ``values`` beside; ``known`` holds entries that need no reading."""
    files = {name: known.get(name) or [path.stat().st_size, file_digest(path)] for name, path in _files(folder)}
    body = json.dumps(values | {"files": files}, sort_keys=True)
    write_whole(folder / SEAL_NAME, json.dumps({"body": body, "digest": _text_digest(body)}).encode())


def read_seal(folder: Path) -> dict[str, Any]:
    """Return what :func:`write_seal` wrote, ``files`` included; raises SealBroken when it is not whole."""
    try:
        outer = json.loads((folder / SEAL_NAME).read_bytes())
        body = outer["body"]
        if outer["digest"] != _text_digest(body):
            raise SealBroken(f"the seal of {folder} is damaged")
        values: dict[str, Any] = json.loads(body)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SealBroken(f"the seal of {folder} cannot be read: {error}") from error
    return values


def check_folder(folder: Path, values: dict[str, Any], marks: Watermarks | None) -> None:
    """Compare every file with the seal's entry; raises SealBroken. Files that ``marks`` knows are not read."""
    found = dict(_files(folder))
    if found.keys() != values["files"].keys():
        raise SealBroken(f"{folder} has lost or gained files")
    for name, (size, digest) in values["files"].items():
        path = found[name]
        if marks is not None and marks.know([path]):
            continue
        if path.stat().st_size != size or file_digest(path) != digest:
            raise SealBroken(f"{path} is damaged")
    if marks is not None:
        marks.confirm(sealed_files(folder))


class Watermarks:
    """How the library's files looked when they were last known to be right."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._here: dict[str, list[int]] = {}  # looks that this process knows to be right
        self._saved = self._load()

    def _load(self) -> dict[str, list[int]]:
        try:
            seen = json.loads((self._root / WATERMARKS_NAME).read_bytes())
            return {str(name): [int(value) for value in look] for name, look in seen.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def know(self, paths: Iterable[Path]) -> bool:
        """Tell whether these files look as they did when they were last known to be right."""
        return all(self._knows(path) for path in paths)

    def _knows(self, path: Path) -> bool:
        name, look = self._name(path), _look(path)
        saved = self._saved.get(name)
        settled = saved is not None and saved[:-1] == look and max(look[1:3]) < saved[-1] - _TICK
        return settled or self._here.get(name) == look

    def confirm(self, paths: Iterable[Path]) -> None:
        """Take it that these files are right as they are now."""
        self._here |= {self._name(path): _look(path) for path in paths}

    def save(self) -> None:
        """Write down what is known, for later processes; does nothing where nothing can be written."""
        looks = {name: look for name, look in self._here.items() if _look(self._root / name) == look}
        if all(self._saved.get(name, [0])[:-1] == look for name, look in looks.items()):
            return
        age = time.time_ns() - max(max(look[1:3]) for look in looks.values())
        time.sleep(max(0, 2 * _TICK - age) / 1e9)
        now = time.time_ns()
        kept = {name: look for name, look in self._load().items() if (self._root / name).exists()}
        kept |= {name: [*look, now] for name, look in looks.items()}
        try:
            write_whole(self._root / WATERMARKS_NAME, json.dumps(kept).encode(), sync=False)
        except OSError:
            return

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self._root))


def write_whole(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Write a file so that a reader finds the old bytes or the new ones, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sealed_files(folder: Path) -> list[Path]:
    """Return every file of a sealed folder, the seal included."""
    return [path for _, path in _files(folder)] + [folder / SEAL_NAME]


def _files(folder: Path) -> list[tuple[str, Path]]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    sealed = [path for path in paths if path.name != SEAL_NAME and path.suffix != ".lock"]
    return [(str(path.relative_to(folder)), path) for path in sealed]


def _look(path: Path) -> list[int]:
    """Return size, times and inode; zeros for a file that is empty or not there, which is all the same to SQLite."""
    try:
        status = path.stat()
    except OSError:
        return [0, 0, 0, 0]
    if not status.st_size:
        return [0, 0, 0, 0]
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _text_digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
