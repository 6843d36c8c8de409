"""So many readers at once: ``python benchmarks/chats.py --chats 50`` asks through the door that the page itself uses.

Every reader has a page open, a session of its own, and asks as the browser does: it joins the queue, follows the event
stream to the end, then lets itself be told what may be asked next. Printed are right answers, busy notices, failures,
and the seconds to the answer (median, p95, worst). Before them a real Chromium opens the page of the server that has
just started; after them readers ask once more and the server is told to stop. Each step tells on standard error that it
is done, and none waits for ever.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import re
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

# The server is the one that the tests look at from outside.
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import httpx
from playwright.async_api import Browser, async_playwright
from serving import SEEDS, Server, library_of

# Questions about the five articles with the figure that must stand in the answer's headline.
QUESTIONS = (
    ("鄢陵县公安局大走访专项活动累计出动警力多少人次?", "2980"),
    ("鄢陵县公安局走访从业人员多少人?", "3506"),
    ("鄢陵县公安局化解矛盾纠纷多少起?", "14"),
    ("鄢陵县公安局发放宣传页多少份?", "18608"),
    ("新乡公安破获刑事案件上升了百分之多少?", "14.67"),
)
# Readers that are being answered while the server is told to stop.
LAST = 8
# The server gives up on an answer after 20 seconds: a reader who has heard nothing for this long never will.
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Door:
    """What the page does when a question is sent: the number of that event, and what goes with it."""

    number: int
    data: tuple[object, ...]
    question: int
    begin: int

    def opened(self, session: str) -> dict[str, object]:
        """Return what the page sends when it is opened."""
        return {"data": ["[]"], "event_data": None, "fn_index": self.begin, "session_hash": session}

    def body(self, question: str, session: str) -> dict[str, object]:
        """Return what the page of a session sends to ask a question."""
        data = [question if place == self.question else value for place, value in enumerate(self.data)]
        return {"data": data, "event_data": None, "fn_index": self.number, "session_hash": session}


def processor_seconds(server: Server) -> float:
    """Return how long the server has kept a processor busy so far."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Serve, look, ask, stop; print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chats", type=int, default=50, help="readers at once (50)")
    arguments = parser.parse_args()
    print(json.dumps(asyncio.run(figures_of(arguments.chats)), ensure_ascii=False))


async def figures_of(chats: int) -> dict[str, float | int]:
    """Return all figures by name."""
    async with browser() as chromium:
        with chat() as server:
            tell(f"open at {server.url}")
            figures: dict[str, float | int] = {**await first_page(chromium, server.url)}
            tell("first page read")
            await chromium.close()
            figures |= await measure(server, chats)
            tell("all readers answered")
            return figures | await stop(server)


def tell(step: str) -> None:
    """Say on standard error what is done."""
    print(f"{time.strftime('%H:%M:%S')} {step}", file=sys.stderr, flush=True)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Yield a Chromium that is up before the server is."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    async with async_playwright() as driver:
        chromium = await driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        await chromium.new_page()
        yield chromium


@contextmanager
def chat() -> Iterator[Server]:
    """Serve a library of seeds/ on a free port."""
    with tempfile.TemporaryDirectory() as folder:
        library = library_of(Path(folder), SEEDS)
        tell("seeds indexed")
        with Server(library) as server:
            yield server


async def first_page(chromium: Browser, url: str) -> dict[str, float]:
    """Return the seconds until a reader with an empty cache can type, and until the framework has built its page.

    The server has just opened.
    """
    begun = time.perf_counter()
    page = await (await chromium.new_context(locale="zh-CN")).new_page()
    await page.goto(url, wait_until="commit")
    seconds = {}
    for name, selector, state in (
        ("first_page_s", "#wj-first textarea, #wj-question textarea", "visible"),
        ("built_s", "#wj-first", "detached"),
    ):
        await page.locator(selector).first.wait_for(state=state, timeout=PATIENCE * 1000)
        seconds[name] = round(time.perf_counter() - begun, 2)
    return seconds


async def measure(server: Server, chats: int) -> dict[str, float | int]:
    """Let all readers ask at the same moment; count what they got."""
    async with client_of(server) as client:
        door = await asking_event(client)
        await reader(client, door, *QUESTIONS[0], await opened(client, door))  # the first question loads the models
        sessions = [await opened(client, door) for _ in range(chats)]
        before = processor_seconds(server)
        asking = zip(sessions, different(chats), strict=True)
        outcomes = await asyncio.gather(*(reader(client, door, *each, session) for session, each in asking))
        busy = processor_seconds(server) - before
    seconds = sorted(each[1] for each in outcomes if each[0] == "right")
    kinds = [each[0] for each in outcomes]
    return {
        "chats": chats,
        **{kind: kinds.count(kind) for kind in ("right", "wrong", "busy", "failed")},
        "median_s": round(median(seconds), 2) if seconds else 0,
        "p95_s": round(seconds[math.ceil(len(seconds) * 0.95) - 1], 2) if seconds else 0,
        "worst_s": round(seconds[-1], 2) if seconds else 0,
        "server_cpu_s": round(busy, 2),
    }


async def stop(server: Server) -> dict[str, float | int]:
    """Tell the server to stop while readers are being answered; count the answers and the seconds to its end."""
    async with client_of(server) as client:
        door = await asking_event(client)
        sessions = [await opened(client, door) for _ in range(LAST)]
        questions = zip(sessions, different(LAST, "?"), strict=True)
        asking = [asyncio.create_task(reader(client, door, *each, session)) for session, each in questions]
        await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        begun = time.perf_counter()
        server.process.terminate()
        status = await asyncio.to_thread(server.process.wait, PATIENCE)
        seconds = time.perf_counter() - begun
        kinds = [kind for kind, _ in await asyncio.gather(*asking)]
    return {"stop_s": round(seconds, 2), "stop_status": status, "last": LAST, "last_right": kinds.count("right")}


def client_of(server: Server) -> httpx.AsyncClient:
    """Return a client without a limit of connections, which does not wait for ever."""
    limits = httpx.Limits(max_connections=None)
    return httpx.AsyncClient(base_url=server.url, timeout=PATIENCE, limits=limits, trust_env=False)


def different(count: int, mark: str = " ") -> list[tuple[str, str]]:
    """Return so many questions with their figures, each made new by marks, so that no answer comes from memory."""
    chosen = (QUESTIONS[number % len(QUESTIONS)] for number in range(count))
    return [(question + mark * number, figure) for number, (question, figure) in enumerate(chosen, start=1)]


async def asking_event(client: httpx.AsyncClient) -> Door:
    """Return the event of the page's send button, with the values that a page just opened holds."""
    config = (await client.get("/config")).json()
    parts = {part["id"]: part.get("props", {}) for part in config["components"]}
    event = next(
        event
        for event in config["dependencies"]
        if any(parts.get(target[0], {}).get("elem_id") == "wj-send" for target in event["targets"])
    )
    names = [parts[part].get("elem_id") for part in event["inputs"]]
    data = tuple(parts[part].get("value") for part in event["inputs"])
    begin = next(
        other["id"]
        for other in config["dependencies"]
        if [parts[part].get("elem_id") for part in other["outputs"]] == ["wj-talk", "wj-thread"]
    )
    return Door(event["id"], data, names.index("wj-question"), begin)


async def opened(client: httpx.AsyncClient, door: Door) -> str:
    """Open the page as a reader does; return the name of the session."""
    session = secrets.token_hex(6)
    await client.post("/gradio_api/queue/join", json=door.opened(session))
    await last_page(client, session)
    return session


async def reader(client: httpx.AsyncClient, door: Door, question: str, figure: str, session: str) -> tuple[str, float]:
    """Ask once in a session; return (right, wrong, busy or failed, seconds)."""
    begun = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            joined = await client.post("/gradio_api/queue/join", json=door.body(question, session))
            if joined.status_code != 200:
                return "busy" if joined.status_code == 503 else "failed", 0
            page, thread = await last_page(client, session)
            seconds = time.perf_counter() - begun
            await client.post("/offers", content=thread)
    except (httpx.HTTPError, TimeoutError):
        return "failed", 0
    if "wj-error" in page:
        return "busy", seconds
    headline = re.search(r'class="wj-headline">(.*?)<', page)
    if not page or "wj-pending" in page:
        return "failed", seconds
    shown = re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), headline[1]) if headline else ""
    return ("right" if figure in shown else "wrong"), seconds


async def last_page(client: httpx.AsyncClient, session: str) -> tuple[str, str]:
    """Follow a session's event stream; return the conversation and its thread as last sent, "" if it went wrong."""
    page = thread = ""
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        async for line in stream.aiter_lines():
            if not line.startswith("data:"):
                continue
            event = json.loads(line[5:])
            if event["msg"] in ("process_generating", "process_completed"):
                if not event.get("success", True):
                    return "", ""
                sent = [*(event["output"].get("data") or []), [], []]
                page, thread = whole(page, sent[0]), whole(thread, sent[1])
            if event["msg"] in ("process_completed", "close_stream"):
                break
    return page, thread


def whole(before: str, sent: object) -> str:
    """Return the page after an update: a text replaces it, a list of edits (action, place, text) changes it."""
    if isinstance(sent, str):
        return sent
    for action, _, text in sent if isinstance(sent, list) else []:
        before = before + text if action == "append" else text
    return before


if __name__ == "__main__":
    main()
