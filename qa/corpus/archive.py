"""The files of a zip archive, bounded in number and size; nothing is ever written to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from qa.errors import DocumentError

MEGABYTE = 1 << 20
# An archive unpacks to at most so many files and bytes; a small bomb unpacks to petabytes.
MOST_FILES, LARGEST_FILE, LARGEST_WHOLE = 10_000, 64 * MEGABYTE, 256 * MEGABYTE
_UTF8_NAMES = 0x800
_ENTRY_MARK = b"PK\x01\x02"


def names(data: bytes) -> list[str]:
    """Return the names of an archive's files as they are written, or nothing when it is damaged."""
    try:
        with _opened(data, "it") as archive:
            return archive.namelist()
    except DocumentError:
        return []


def entries(data: bytes, source: str) -> Iterator[tuple[str, bytes | DocumentError, tuple[int, int]]]:
    """Yield ``archive/inner name`` and the bytes of each file in sorted order, or why it was not read.

    With each comes its place, from 0 on, and how many places there are. Hidden files and the folder that macOS adds
    are passed over. Raises DocumentError when the archive is damaged.
    """
    left = LARGEST_WHOLE
    with _opened(data, source) as archive:
        infos = sorted(archive.infolist(), key=lambda info: info.filename)
        for place, info in enumerate(infos):
            name = _name(info)
            if info.is_dir() or _is_hidden(name):
                continue
            content = _content(archive, info, f"{source}/{name}", left)
            left -= len(content) if isinstance(content, bytes) else 0
            yield f"{source}/{name}", content, (place, len(infos))


def _opened(data: bytes, source: str) -> zipfile.ZipFile:
    if data.count(_ENTRY_MARK) > MOST_FILES:
        raise DocumentError(f"{source} holds more than {MOST_FILES} files: split it into smaller archives")
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise DocumentError(f"{source} is a damaged zip archive: pack it again") from error


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name of a file; packers on Chinese systems write GB18030 without saying so."""
    if info.flag_bits & _UTF8_NAMES:
        return info.filename
    for codec in ("utf-8", "gb18030"):
        try:
            return info.filename.encode("cp437").decode(codec)
        except UnicodeError:
            continue
    return info.filename


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or any(part.startswith(".") and part != ".." for part in parts)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, left: int) -> bytes | DocumentError:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return DocumentError(f"{name} names a place outside of the archive: pack it again without such names")
    limit = min(LARGEST_FILE, left)
    try:
        with archive.open(info) as stream:
            content = stream.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, ValueError, OSError, EOFError) as error:
        return DocumentError(f"{name} cannot be unpacked ({error}): pack the archive again without a password")
    if len(content) > limit:
        return DocumentError(f"{name} unpacks to more than {limit // MEGABYTE} MB: split it")
    return content
