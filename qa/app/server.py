"""The server: one FastAPI application that holds the page and the doors for programs, run by uvicorn until SIGTERM.

Local by default. The framework's analytics are switched off before it is imported, which is why everything that
imports it is imported inside functions here.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from qa.app.web_desk import Desk
from qa.app.web_guard import UPLOAD_LIMIT, Guard
from qa.errors import InputError, WenjuError
from qa.settings import Settings, quiet_web_framework

if TYPE_CHECKING:
    from qa.app.web_service import Service

_LOCAL = ("127.0.0.1", "localhost", "::1")
# The first page has the machine to itself: models are loaded when nobody came for some seconds, or when what came has
# been quiet for a moment; and soon in any case, for whoever asks then.
_ALONE, _PAUSE, _SOON = 3.0, 0.6, 10.0
# A stop takes at most this long: running answers first, then whatever streams are still open.
_DRAIN = 2.5
_CUT = 1
# An answer that is ready still has to reach its reader.
_LAST_WORDS = 0.3
# Whatever still runs then is cut off: the library is written so that nothing is lost by it.
_LIMIT = 4.0


def serve(
    library: Path | str,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    password: str | None = None,
    hosts: Iterable[str] = (),
) -> None:
    """Open the web chat over a library and stay until SIGINT or SIGTERM.

    ``password`` (default: the one in the environment) is asked for by the browser; ``hosts`` are further names under
    which the server may be reached.
    """
    password = Settings.from_environment().password if password is None else password
    listener = _listen(host, port)
    scratch = Path(tempfile.mkdtemp(prefix="wenju-"))
    quiet_web_framework(scratch)
    from qa.app.web_service import Service
    from qa.library import Library

    port = listener.getsockname()[1]
    try:
        with Library.open(library) as opened:
            desk = Desk()
            service = Service(opened, desk, Path(library) / "feedback.jsonl")
            if host not in _LOCAL and not password:
                _tell("Warning: everybody who reaches this address can ask, add and remove; set WENJU_PASSWORD.")
            guard = build_app(service, host, port, password=password, hosts=hosts)
            asyncio.run(_run(guard, listener, service, _address(host, port)))
            desk.close()
    finally:
        listener.close()
        shutil.rmtree(scratch, ignore_errors=True)


def build_app(
    service: Service, host: str = "127.0.0.1", port: int = 7860, *, password: str = "", hosts: Iterable[str] = ()
) -> Guard:
    """Return the whole application: page, articles, doors for programs, MCP, all behind the guard."""
    import gradio as gr
    from fastapi import FastAPI

    from embeddings import EmbeddingError
    from qa.app.web_api import api_routes, error_response
    from qa.app.web_documents import document_routes
    from qa.app.web_exports import export_routes
    from qa.app.web_first import FirstPage
    from qa.app.web_offers import offer_routes
    from qa.app.web_page import build_page
    from qa.app.web_theme import theme

    described = "Ask the articles; every figure comes with its source."
    app = FastAPI(title="问据 wenju", description=described, docs_url=None, redoc_url=None)
    app.include_router(document_routes(service))
    app.include_router(export_routes(service))
    app.include_router(offer_routes(service))
    app.include_router(api_routes(service))
    for kind in (WenjuError, EmbeddingError):
        app.add_exception_handler(kind, error_response)
    page, words = build_page(service)
    gr.mount_gradio_app(
        app, page, path="/", server_name=host, server_port=port, footer_links=[], run_history=False, i18n=words,
        show_error=False, max_file_size=UPLOAD_LIMIT, ssr_mode=False, enable_monitoring=False, mcp_server=True,
        theme=theme(),
    )  # fmt: skip
    return Guard(FirstPage(app, service), hosts={*_LOCAL, host, socket.gethostname(), *hosts}, password=password)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sends small answers at once only on sockets that say they are TCP; on others
    # each answer after the first of a connection waits 40 ms for the reader's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InputError(f"Cannot listen on {host}:{port} ({error.strerror}); choose another --port.") from error
    return listener


class _Server(uvicorn.Server):
    """Says where it is open; on a signal lets running answers finish, then ends open streams and goes."""

    def __init__(self, config: uvicorn.Config, guard: Guard, service: Service, address: str) -> None:
        super().__init__(config)
        self._guard = guard
        self._service = service
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        self._warming = asyncio.create_task(self._warm())
        _tell(f"问据 is open at {self._address} (Ctrl-C stops it)")

    async def _warm(self) -> None:
        """Load the models and find starter questions before the first reader needs them, but not before the page."""
        await self._guard.quiet(_ALONE, _PAUSE, _SOON)
        with suppress(WenjuError):
            await self._service.starters()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then close."""
        end = threading.Timer(_LIMIT, os._exit, (0,))
        end.daemon = True
        end.start()
        for server in self.servers:
            server.close()
        self._guard.closing = True
        await self._service.desk.drained(_DRAIN)
        await asyncio.sleep(_LAST_WORDS)
        await self._guard.end_streams()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM; a signal that was obeyed is not raised again afterwards."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


async def _run(guard: Guard, listener: socket.socket, service: Service, address: str) -> None:
    config = uvicorn.Config(
        guard, log_level="warning", access_log=False, server_header=False, date_header=False, lifespan="on",
        timeout_keep_alive=30, timeout_graceful_shutdown=_CUT, limit_concurrency=2000,
    )  # fmt: skip
    await _Server(config, guard, service, address).serve(sockets=[listener])


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _tell(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()
