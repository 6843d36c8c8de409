"""What stands before every page: who may ask (Host, Origin, password), how much (body size), and what a page may load.

Plain ASGI middleware: streams pass through untouched, only whole pages are held back to be given their policy.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import ipaddress
import re
import time
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Doors of the framework that this application does not use: shown to nobody.
_CLOSED = re.compile(
    r"^/(monitoring|svelte|pwa_icon|manifest\.json"
    r"|gradio_api/(runs|run-history|vibe|undo-vibe|dev/|profiling|deep_link|proxy=|process_recording|stream|custom_component"
    r"|openapi\.json|startup-events|token))"
)
_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
# Tags of the framework's page that name other hosts or describe another product.
_FOREIGN_META = re.compile(r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*|<link rel="manifest"[^>]*>')
# What may be compressed: nothing there is a page.
_SMALLER = re.compile(r"^/(assets|static|gradio_api|theme\.css)")
_UPLOAD = "/gradio_api/upload"
# A question of 100,000 characters, each written as \uXXXX, is 600 kB.
BODY_LIMIT = 2_000_000
UPLOAD_LIMIT = 50_000_000
_STOPPING = "The server is stopping."
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Checks each request and dresses each response; ``closing`` turns new requests away and ends open streams."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], password: str = "") -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)
        self.password = password
        self.closing = False
        self._open: set[asyncio.Task[None]] = set()
        self._latest: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a good request through; answer a bad one with its reason."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        self._latest = time.monotonic()
        headers = Headers(scope=scope)
        refused = self._refusal(scope, headers)
        if refused is not None:
            status, reason = refused
            extra = {"www-authenticate": 'Basic realm="wenju", charset="UTF-8"'} if status == 401 else {}
            await JSONResponse({"error": reason}, status, extra)(scope, receive, _Dressed(send).send)
            return
        limit = UPLOAD_LIMIT if scope["path"].startswith(_UPLOAD) else BODY_LIMIT
        await self._until_end(scope, receive, send, limit)

    async def quiet(self, alone: float, pause: float, longest: float) -> None:
        """Wait for so many seconds without any request, or for a pause after the latest one; never for the longest."""
        begun = time.monotonic()
        while (now := time.monotonic()) < begun + longest:
            since, needed = (begun, alone) if self._latest is None else (self._latest, pause)
            if now - since >= needed:
                return
            await asyncio.sleep(since + needed - now)

    async def end_streams(self) -> None:
        """End what is still open: heartbeats and event streams would otherwise stay for ever."""
        self.closing = True
        for task in list(self._open):
            task.cancel()
        if self._open:
            await asyncio.wait(self._open, timeout=1)

    async def _until_end(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        task = asyncio.ensure_future(self._serve(scope, receive, noted, limit))
        self._open.add(task)
        try:
            await task
        except asyncio.CancelledError:
            task.cancel()
            if not self.closing:
                raise
            # The server is stopping: a stream ends here, orderly; a question without an answer is told so.
            if started:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                await JSONResponse({"error": _STOPPING}, 503)(scope, receive, _Dressed(send).send)
        finally:
            self._open.discard(task)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if not self._known(host):
            return 400, "This server does not answer to that host name; open it under the address it printed."
        origin = headers.get("origin")
        if origin is not None and origin.lower().partition("://")[2] != host.lower():
            return 403, "Requests from other sites are not answered."
        if origin is None and scope["method"] not in ("GET", "HEAD") and headers.get("sec-fetch-site") == "cross-site":
            return 403, "Requests from other sites are not answered."
        if self.password and not self._right(headers.get("authorization", "")):
            return 401, "A password is needed."
        if self.closing:
            return 503, _STOPPING
        if _CLOSED.match(scope["path"]):
            return 404, "There is nothing here."
        limit = UPLOAD_LIMIT if scope["path"].startswith(_UPLOAD) else BODY_LIMIT
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit():
            return 400, "The length of the request is not a number."
        if int(length) > limit:
            return 413, _too_large(limit)
        return None

    def _known(self, host: str) -> bool:
        """Names must be on the list; a plain IP address cannot be rebound by a foreign name server, so it is fine."""
        name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return name.lower() in self.hosts
        return True

    def _right(self, authorization: str) -> bool:
        scheme, _, code = authorization.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(code, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
        return hmac.compare_digest(given, self.password.encode())

    async def _serve(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        taken = 0

        async def measured() -> Message:
            nonlocal taken
            if self.closing:
                return {"type": "http.disconnect"}
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413, _too_large(limit))
            return message

        if not _SMALLER.match(scope["path"]):
            # A page must arrive uncompressed here, or its policy could not be written.
            kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        await self.app(scope, measured, _Dressed(send).send)


class _Dressed:
    """Sends a response with the security headers; a page gets a policy that knows its own inline scripts."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._page = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            for name, value in _HEADERS.items():
                headers[name] = value
            if headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers:
                self._start = message
                return
            headers.setdefault("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
            await self._send(message)
        elif message["type"] == "http.response.body" and self._start is not None:
            self._page += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)
        else:
            await self._send(message)

    async def _finish(self, start: Message) -> None:
        page = _FOREIGN_META.sub("", self._page.decode("utf-8"))
        headers = MutableHeaders(raw=start["headers"])
        if "content-security-policy" not in headers:
            headers["content-security-policy"] = policy(page)
        headers["cache-control"] = "no-store"
        body = page.encode()
        if "content-length" in headers and body:
            headers["content-length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _too_large(limit: int) -> str:
    return f"The request is larger than {limit // 1_000_000} MB; send less at a time."


def policy(page: str) -> str:
    """Return the content security policy of a page: this host only, and of inline scripts only those it came with."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _SCRIPT.findall(page))
    scripts = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
        "worker-src 'none'; frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
