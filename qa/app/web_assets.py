"""The style sheet, the scripts and the icon of the page, served from this package; nothing comes from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

_FOLDER = Path(__file__).parent / "assets"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


def asset_address(name: str) -> str:
    """Return the address of an asset, with a mark of its content so that a browser never keeps an old one."""
    return f"/wj/{name}?v={sha256(_asset(name)).hexdigest()[:12]}"


def asset_routes() -> APIRouter:
    """Return the routes of the assets: exactly the files in the folder, by name."""
    routes = APIRouter(include_in_schema=False)
    for path in sorted(_FOLDER.iterdir()):
        if path.suffix in _TYPES:
            routes.add_api_route(f"/wj/{path.name}", _sender(path.name), methods=["GET"])
    routes.add_api_route("/favicon.ico", _sender("icon.svg"), methods=["GET"])
    return routes


@cache
def _asset(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


def _sender(name: str) -> Callable[[], Coroutine[Any, Any, Response]]:
    async def send() -> Response:
        headers = {"cache-control": "public, max-age=86400"}
        return Response(_asset(name), media_type=_TYPES[Path(name).suffix], headers=headers)

    return send
