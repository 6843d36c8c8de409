"""The only reader and writer of the environment: where the library lies, how the server is reached and kept quiet."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path, user_data_path


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says; every field can be given as an argument instead."""

    library: Path
    cache: Path
    password: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls) -> Settings:
        """Read ``WENJU_LIBRARY``, ``WENJU_CACHE`` and ``WENJU_PASSWORD``; unset ones get the user's own folders."""
        library = os.environ.get("WENJU_LIBRARY", "").strip()
        cache = os.environ.get("WENJU_CACHE", "").strip()
        return cls(
            library=Path(library).expanduser() if library else user_data_path("wenju") / "library",
            cache=Path(cache).expanduser() if cache else user_cache_path("wenju"),
            password=os.environ.get("WENJU_PASSWORD", ""),
        )


def quiet_web_framework(scratch: Path) -> None:
    """Write what the web framework reads when it is imported: no analytics or look-ups, uploads in ``scratch``."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_TEMP_DIR"] = str(scratch)
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"


def environment_for_child() -> dict[str, str]:
    """Return the environment of a child process: this one's, without what names a secret."""
    secret = ("PASSWORD", "SECRET", "TOKEN", "KEY", "CREDENTIAL")
    return {name: value for name, value in os.environ.items() if not any(word in name.upper() for word in secret)}
