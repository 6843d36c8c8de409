"""The library's folder: making it, opening its store only when it can be trusted, and writing to it one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qa.errors import LibraryDamaged, LibraryError, LibraryMissing
from qa.language.words import TERMS_VERSION
from qa.library import checking, seals
from qa.library.lock import LOCK_NAME, is_writing, writing
from qa.library.store import MEND, NEW, STORE_NAME, Store


class Folder:
    """One library's folder, with what is known about which of its files can be trusted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.marks = seals.Watermarks(path)
        self._inode = 0

    @property
    def store_path(self) -> Path:
        """Where the store lies."""
        return self.path / STORE_NAME

    @property
    def _store_files(self) -> list[Path]:
        return [self.store_path, self.path / f"{STORE_NAME}-wal"]

    def make(self, create: bool) -> None:
        """Make an empty library in a new or empty folder, if there is none; anything else is left alone."""
        if self.store_path.is_file():
            return
        self._refuse_other_things()
        if not create:
            raise LibraryMissing(f"there is no library at {self.path}: `wenju add PATH` makes one")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"no library can be made at {self.path} ({error.strerror}): choose another folder"
            raise LibraryError(message) from error
        with writing(self.path, wait=5.0):
            if not self.store_path.exists():
                Store.create(self.store_path, {"words": str(TERMS_VERSION)}).close()
                self.marks.confirm(self._store_files)

    def _refuse_other_things(self) -> None:
        try:
            names = sorted(path.name for path in self.path.iterdir()) if self.path.exists() else []
        except NotADirectoryError as error:
            raise LibraryError(f"{self.path} is a file: a library is a folder") from error
        except OSError as error:
            raise LibraryError(f"the folder {self.path} cannot be read ({error.strerror}): choose another") from error
        ours = (LOCK_NAME, seals.WATERMARKS_NAME)
        indexes = [name for name in names if name.startswith(("index-", ".index-"))]
        if indexes and LOCK_NAME in names:
            raise LibraryDamaged(f"{self.store_path} is gone from its library: put it back, or choose another folder")
        others = [name for name in names if name not in ours and not name.startswith(NEW)]
        if others:
            message = f"the folder {self.path} holds other things ({others[0]}) and no library: choose another folder"
            raise LibraryError(message)

    def open_store(self) -> Store:
        """Open the store for reading; raises LibraryDamaged unless every byte of it is as it was written.

        It is only read through when it looks different from when it was last known to be right.
        """
        known = self.marks.know(self._store_files)
        store = Store.open(self.store_path)
        try:
            self._inode = self._look()
            if not known and not is_writing(self.path):
                found = checking.damage(store)
                if found:
                    whole = found[0].endswith(MEND)
                    raise LibraryDamaged(found[0] if whole else f"{self.store_path} is damaged ({found[0]}): {MEND}")
                known = True
            self._refuse_misfit(store)
            if known:
                self.marks.confirm(self._store_files)
        except BaseException:
            store.close()
            raise
        return store

    def _refuse_misfit(self, store: Store) -> None:
        """Raise LibraryDamaged when the store is not the one, or not as new as the one, that its indexes were made for.

        A log that was lost or damaged after its writer was killed shows in nothing else: SQLite takes the rest for all.
        """
        sealed = []
        for folder in self.path.glob("index-*"):
            with suppress(seals.SealBroken):
                sealed.append((folder.name, seals.read_seal(folder)))
        # Read after the seals: an index is made after the commit that it stands for, never before.
        mine, generation = store.meta("library"), store.state().generation
        for name, values in sealed:
            if values.get("library") != mine:
                raise LibraryDamaged(f"{self.store_path} is not the store that {name} was made for: {MEND}")
            if values.get("generation", 0) > generation:
                raise LibraryDamaged(
                    f"{self.store_path} is older than {name} beside it, its last changes are missing: put its newest "
                    f"{STORE_NAME}-wal back, or {MEND}")

    def is_replaced(self) -> bool:
        """Tell whether another file lies where the opened store lay; raises LibraryMissing when none does."""
        return self._look() != self._inode

    def _look(self) -> int:
        try:
            return self.store_path.stat().st_ino
        except OSError as error:
            raise LibraryMissing(f"the library at {self.path} is gone: it was moved or deleted") from error

    @contextmanager
    def writing(self, wait: float = 0.0) -> Iterator[Store]:
        """Hold the lock and a connection of its own; raises LibraryBusy when the lock is held for ``wait`` seconds."""
        with writing(self.path, wait):
            known = self.marks.know(self._store_files)
            store = Store.open(self.store_path, to_write=True)
            try:
                yield store
            finally:
                store.close()
                if known:
                    self.marks.confirm(self._store_files)

    def close_store(self, store: Store) -> None:
        """Close the store, and write down for later that it can be trusted, if it can."""
        known = self.marks.know(self._store_files)
        store.close()
        if known:
            self.marks.confirm(self._store_files)
            self.marks.save()
