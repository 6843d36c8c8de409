"""问据: ask Chinese news articles; every figure comes with its source."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from qa.errors import WenjuError

if TYPE_CHECKING:
    from qa.answering import Assistant
    from qa.library import Library

__all__ = ["Assistant", "Library", "WenjuError"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import the two faces when they are first used, so that ``import qa`` costs nothing."""
    rooms = {"Assistant": "qa.answering", "Library": "qa.library"}
    if name not in rooms:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    return getattr(import_module(rooms[name]), name)
