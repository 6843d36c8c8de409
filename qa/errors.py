"""Everything that can go wrong and be told to a user, in one tree.

    WenjuError
    ├── InputError          what was given cannot be used: an empty question, a missing file (exit status 2)
    ├── DocumentError       one file cannot be read: undecodable, binary, too large
    └── LibraryError        the library folder cannot serve the request (exit status 1)
        ├── LibraryMissing  there is no library there
        ├── LibraryBusy     another process is writing
        └── LibraryDamaged  what is on disk cannot be trusted

Each message is one sentence: what went wrong, with which value, and what to do. The embeddings package has its own
small tree (``embeddings.EmbeddingError``); faces catch both.
"""


class WenjuError(Exception):
    """Root of the errors that a face turns into one sentence."""


class InputError(WenjuError, ValueError):
    """What was given cannot be used."""


class DocumentError(WenjuError):
    """One file cannot be read; the files beside it are not touched by this."""


class LibraryError(WenjuError):
    """The library folder cannot serve the request."""


class LibraryMissing(LibraryError):
    """There is no library at the path."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library."""


class LibraryDamaged(LibraryError):
    """What is on disk cannot be trusted."""
