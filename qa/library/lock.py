"""One writer at a time: a lock file that the system releases even when its holder is killed."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qa.errors import LibraryBusy, LibraryError

LOCK_NAME = "lock"
# Between two looks at a lock that another process holds.
_PAUSE = 0.02
# How long the holder's name is waited for, and the length of the note that holds it.
_MOMENT, _NOTE = 0.2, 512


@contextmanager
def writing(folder: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold the library's lock; raises LibraryBusy, naming the holder, when it stays taken for ``wait`` seconds."""
    try:
        handle = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "is the disk full? Nothing was changed" if full else f"({error.strerror}): check its permissions"
        message = f"the library at {folder} cannot be written{', ' if full else ' '}{why}"
        raise LibraryError(message) from error
    try:
        _take(handle, folder, wait)
        _note(handle, _signature())
        try:
            yield
        finally:
            _note(handle, "")
    finally:
        os.close(handle)


def is_writing(folder: Path) -> bool:
    """Tell whether a process holds the lock just now."""
    try:
        handle = os.open(folder / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _take(handle: int, folder: Path, wait: float) -> None:
    deadline = time.monotonic() + wait
    while not _taken(handle):
        if time.monotonic() >= deadline:
            holder = _holder(handle)
            # One who has no name may have left just now, with the lock free again.
            if not holder and _taken(handle):
                return
            message = f"the library at {folder} is being written by {holder or 'another process'}"
            raise LibraryBusy(f"{message}: try again when it is done")
        time.sleep(_PAUSE)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _signature() -> str:
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    return json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since})


def _note(handle: int, text: str) -> None:
    """Write who holds the lock; a full disk must not keep anyone from removing articles, so failure is no error."""
    with suppress(OSError):
        os.pwrite(handle, text.encode().ljust(_NOTE), 0)


def _holder(handle: int) -> str:
    """Name who holds the lock, "" when nobody signs; one who has only just taken it is given a moment."""
    deadline = time.monotonic() + _MOMENT
    while True:
        try:
            note = json.loads(os.pread(handle, _NOTE, 0))
            return f"process {int(note['pid'])} on {note['host']} (since {note['since']})"
        except (OSError, ValueError, KeyError, TypeError):
            if time.monotonic() >= deadline:
                return ""
            time.sleep(_PAUSE / 4)
