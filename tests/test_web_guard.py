import asyncio
import base64
import hashlib
import time

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from qa.app.web_guard import BODY_LIMIT, UPLOAD_LIMIT, Guard, policy


async def page(_: Request) -> Response:
    return HTMLResponse(
        '<html><head><meta property="og:image" content="https://x.example/a.png" /><script>let a = 1;</script>'
        '<script src="/b.js"></script></head></html>'
    )


async def echo(request: Request) -> Response:
    return JSONResponse({"bytes": len(await request.body())})


def client(password: str = "") -> TestClient:
    routes = [Route("/", page), Route("/echo", echo, methods=["POST"]), Route("/monitoring", page)]
    guard = Guard(Starlette(routes=routes), hosts=["localhost", "news.example"], password=password)
    return TestClient(guard, base_url="http://localhost:7860")


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1:7860", "[::1]:7860", "news.example", "10.0.0.3:80"])
def test_known_names_and_plain_addresses_are_answered(host: str):
    assert client().get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:7860", ""])
def test_other_names_get_400(host: str):
    assert client().get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:7861", "https://localhost"])
def test_other_origins_get_403(origin: str):
    assert client().post("/echo", headers={"origin": origin}).status_code == 403


def test_own_origin_and_no_origin_are_answered():
    assert client().post("/echo", headers={"origin": "http://localhost:7860"}).status_code == 200
    assert client().post("/echo", content=b"abc").json() == {"bytes": 3}


def test_cross_site_posts_without_origin_get_403():
    assert client().post("/echo", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_bodies_over_the_limit_get_413_declared_or_not():
    assert client().post("/echo", content=b"x" * (BODY_LIMIT + 1)).status_code == 413
    streamed = client().post("/echo", content=(b"x" * 100_000 for _ in range(BODY_LIMIT // 100_000 + 1)))
    assert streamed.status_code == 413
    assert client().post("/echo", content=b"x" * BODY_LIMIT).json() == {"bytes": BODY_LIMIT}


def test_uploads_have_their_own_limit():
    assert UPLOAD_LIMIT > BODY_LIMIT
    over = client().post("/gradio_api/upload", headers={"content-length": str(UPLOAD_LIMIT + 1)}, content=b"x")
    assert over.status_code == 413


@pytest.mark.parametrize("path", ["/monitoring", "/monitoring/summary", "/gradio_api/runs", "/gradio_api/vibe-edit"])
def test_closed_doors_are_closed(path: str):
    assert client().get(path).status_code == 404


def test_password_is_asked_for_and_checked():
    guarded = client("秘密")
    refused = guarded.get("/")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic")
    for wrong in ("x", "秘", ""):
        code = base64.b64encode(f"me:{wrong}".encode()).decode()
        assert guarded.get("/", headers={"authorization": f"Basic {code}"}).status_code == 401
    assert guarded.get("/", headers={"authorization": "Basic %%%"}).status_code == 401
    right = base64.b64encode("anyone:秘密".encode()).decode()
    assert guarded.get("/", headers={"authorization": f"Basic {right}"}).status_code == 200


def test_a_page_names_no_other_host_and_its_policy_knows_its_own_scripts():
    response = client().get("/")
    assert "x.example" not in response.text
    assert response.headers["content-length"] == str(len(response.content))
    digest = base64.b64encode(hashlib.sha256(b"let a = 1;").digest()).decode()
    allowed = response.headers["content-security-policy"]
    assert f"script-src 'self' 'sha256-{digest}';" in allowed
    assert "unsafe-eval" not in allowed
    assert "http" not in allowed
    assert response.headers["x-content-type-options"] == "nosniff"


def test_policy_of_a_page_without_scripts_allows_no_inline_one():
    scripts = next(part for part in policy("<p>x</p>").split(";") if "script-src" in part)
    assert scripts.split() == ["script-src", "'self'"]


def test_a_stopping_server_turns_requests_away():
    routes = [Route("/", page)]
    guard = Guard(Starlette(routes=routes), hosts=["localhost"])
    guard.closing = True
    assert TestClient(guard, base_url="http://localhost").get("/").status_code == 503


def test_when_the_server_stops_streams_end_and_unanswered_questions_are_told():
    async def endless(_: Request) -> Response:
        async def lines():
            while True:
                yield b"data: x\n\n"
                await asyncio.sleep(0.01)

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def slow(_: Request) -> Response:
        await asyncio.sleep(60)
        return JSONResponse({})

    guard = Guard(Starlette(routes=[Route("/endless", endless), Route("/slow", slow)]), hosts=["localhost"])

    async def call(path: str) -> list[Message]:
        sent: list[Message] = []
        headers = [(b"host", b"localhost")]
        scope = {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": b""}
        gate = asyncio.Event()

        async def receive() -> Message:
            await gate.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        await guard(scope, receive, send)
        return sent

    async def scene() -> list[list[Message]]:
        calls = [asyncio.create_task(call(path)) for path in ("/endless", "/slow")]
        await asyncio.sleep(0.2)
        await guard.end_streams()
        return await asyncio.wait_for(asyncio.gather(*calls), 5)

    stream, answer = asyncio.run(scene())
    assert stream[0]["status"] == 200
    assert stream[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
    assert answer[0]["status"] == 503
    assert b"stopping" in answer[-1]["body"]


@pytest.mark.parametrize(("requests", "waited"), [(0, 0.3), (1, 0.1), (6, 0.35)])
def test_what_can_wait_begins_when_requests_have_paused_and_never_later_than_it_may(requests: int, waited: float):
    guard = Guard(Starlette(routes=[Route("/", page)]), hosts=["localhost"])
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [(b"host", b"localhost")]}

    async def ask() -> None:
        for _ in range(requests):
            await guard({**scope}, _nothing, _ignore)
            await asyncio.sleep(0.07)

    async def scenario() -> float:
        asking, begun = asyncio.create_task(ask()), time.monotonic()
        await asyncio.sleep(0)
        await guard.quiet(alone=0.3, pause=0.1, longest=0.35)
        taken = time.monotonic() - begun
        await asking
        return taken

    assert asyncio.run(scenario()) >= waited


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _ignore(_: Message) -> None:
    return None
