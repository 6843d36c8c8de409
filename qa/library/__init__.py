"""The folder on disk: one store of articles, what is derived from it, and hybrid search."""

from qa.library.library import Library

__all__ = ["Library"]
