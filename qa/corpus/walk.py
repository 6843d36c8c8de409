"""Files and folders to bytes, in a fixed order, whatever lies in the folder.

A file that must not or cannot be read comes as a DocumentError beside the good ones; nothing that is not a regular
file is ever opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from qa.errors import DocumentError, InputError

MEGABYTE = 1 << 20
# A single page or document; and collections, which hold many articles.
LARGEST, LARGEST_COLLECTION = 64 * MEGABYTE, 1024 * MEGABYTE
COLLECTIONS = frozenset({".jsonl", ".ndjson", ".csv", ".tsv", ".zip"})


def read_path(path: str | Path) -> Iterator[tuple[Path, bytes | DocumentError]]:
    """Yield each file under ``path`` (or ``path`` itself) in sorted order, with its bytes or why they were not read.

    Hidden files and folders are passed over. Raises InputError when ``path`` does not exist.
    """
    for file in list_files(path):
        yield file, read_file(file, Path(path))


def list_files(path: str | Path) -> list[Path]:
    """Return what ``read_path`` would yield, without reading; raises InputError when ``path`` does not exist."""
    root = Path(path)
    try:
        mode = root.stat().st_mode
    except (OSError, ValueError) as error:
        raise InputError(f"{root} cannot be found: give an existing file or folder") from error
    return _walk(root) if stat.S_ISDIR(mode) else [root]


def _walk(root: Path) -> list[Path]:
    """Return the files under ``root``; links to folders are not followed, so that no circle is walked."""
    found: list[Path] = []
    for folder, folders, names in os.walk(root):
        linked = [name for name in folders if (Path(folder) / name).is_symlink()]
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in linked)
        found += [Path(folder) / name for name in [*names, *linked] if not name.startswith(".")]
    return sorted(found)


def read_file(file: Path, root: Path) -> bytes | DocumentError:
    """Return the bytes of a file that was listed under ``root``, or why they cannot be had."""
    try:
        if file != root and file.is_symlink() and not _stays_inside(file, root):
            return DocumentError(f"{file.name} is a link that leads out of the folder: copy the file itself")
        return _read_regular(file)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return DocumentError(f"{file.name} cannot be read ({why}): check the file and its permissions")


def _stays_inside(file: Path, root: Path) -> bool:
    return file.resolve().is_relative_to(root.resolve())


def _read_regular(file: Path) -> bytes | DocumentError:
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)) \
        if stat.S_ISREG(file.stat().st_mode) else -1
    if handle < 0:
        return DocumentError(f"{file.name} is no regular file: give a text file or a document")
    with os.fdopen(handle, "rb") as stream:
        limit = LARGEST_COLLECTION if file.suffix.lower() in COLLECTIONS else LARGEST
        data = stream.read(limit + 1)
    if len(data) > limit:
        return DocumentError(f"{file.name} is larger than {limit // MEGABYTE} MB: split it into smaller files")
    return data
