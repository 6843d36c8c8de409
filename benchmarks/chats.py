"""So many readers at once: ``python benchmarks/chats.py --chats 50`` asks through the door that the page itself uses.

Every reader is a session of its own that asks as the browser does: it joins the queue, then follows the event stream to
the end. Printed are right answers, busy notices, failures, and the seconds to the answer (median, p95, worst).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx

ROOT = Path(__file__).resolve().parent.parent
# Questions about the five articles with the figure that must stand in the answer's headline.
QUESTIONS = (
    ("鄢陵县公安局大走访专项活动累计出动警力多少人次?", "2980"),
    ("鄢陵县公安局走访从业人员多少人?", "3506"),
    ("鄢陵县公安局化解矛盾纠纷多少起?", "14"),
    ("鄢陵县公安局发放宣传页多少份?", "18608"),
    ("新乡公安破获刑事案件上升了百分之多少?", "14.67"),
)


def main() -> None:
    """Serve, ask, print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chats", type=int, default=50, help="readers at once (50)")
    arguments = parser.parse_args()
    with chat() as url:
        print(json.dumps(asyncio.run(measure(url, arguments.chats)), ensure_ascii=False))


@contextmanager
def chat() -> Iterator[str]:
    """Serve a library of seeds/ on a free port; yield its address."""
    wenju = [sys.executable, "-m", "qa.app.cli"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*wenju, "add", "seeds", "--library", folder], cwd=ROOT, check=True, capture_output=True)
        serving = [*wenju, "serve", "--library", folder, "--port", "0"]
        with subprocess.Popen(serving, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr is not None
            line = next(line for line in server.stderr if "http://" in line)
            yield next(word for word in line.split() if word.startswith("http://"))
            server.terminate()


async def measure(url: str, chats: int) -> dict[str, float | int]:
    """Let all readers ask at the same moment; count what they got."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as client:
        door = await asking_event(client)
        await reader(client, door, *QUESTIONS[0])  # the first question loads the models
        # Blanks at the end make every question a new one, so that no answer comes from memory.
        chosen = [(number, *QUESTIONS[number % len(QUESTIONS)]) for number in range(1, chats + 1)]
        asked = [(question + " " * number, figure) for number, question, figure in chosen]
        outcomes = await asyncio.gather(*(reader(client, door, *each) for each in asked))
    seconds = sorted(each[1] for each in outcomes if each[0] == "right")
    kinds = [each[0] for each in outcomes]
    return {
        "chats": chats,
        "right": kinds.count("right"),
        "wrong": kinds.count("wrong"),
        "busy": kinds.count("busy"),
        "failed": kinds.count("failed"),
        "median_s": round(median(seconds), 2) if seconds else 0,
        "p95_s": round(seconds[math.ceil(len(seconds) * 0.95) - 1], 2) if seconds else 0,
        "worst_s": round(seconds[-1], 2) if seconds else 0,
    }


async def asking_event(client: httpx.AsyncClient) -> int:
    """Return the number of the event that the page's send button triggers."""
    config = (await client.get("/config")).json()
    names = {part["id"]: part.get("props", {}).get("elem_id") for part in config["components"]}
    found = (
        event["id"]
        for event in config["dependencies"]
        if any(names.get(target[0]) == "wj-send" for target in event["targets"])
    )
    return next(found)


async def reader(client: httpx.AsyncClient, door: int, question: str, figure: str) -> tuple[str, float]:
    """Ask once in a session of its own; return (right, wrong, busy or failed, seconds)."""
    session, begun = secrets.token_hex(6), time.perf_counter()
    body = {"data": [question, "[]"], "event_data": None, "fn_index": door, "session_hash": session}
    try:
        joined = await client.post("/gradio_api/queue/join", json=body)
        if joined.status_code == 503:
            return "busy", 0
        page = await last_page(client, session)
    except httpx.HTTPError:
        return "failed", 0
    seconds = time.perf_counter() - begun
    if "wj-error" in page:
        return "busy", seconds
    headline = re.search(r'class="wj-headline">(.*?)<', page)
    shown = re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), headline[1]) if headline else ""
    return ("right" if figure in shown else "wrong"), seconds


async def last_page(client: httpx.AsyncClient, session: str) -> str:
    """Follow a session's event stream; return the conversation as it was last sent."""
    page = ""
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        async for line in stream.aiter_lines():
            if not line.startswith("data:"):
                continue
            event = json.loads(line[5:])
            if event["msg"] in ("process_generating", "process_completed"):
                sent = event["output"].get("data") or []
                page = whole(page, sent[0]) if sent else page
            if event["msg"] in ("process_completed", "close_stream"):
                return page
    return page


def whole(before: str, sent: object) -> str:
    """Return the page after an update: a text replaces it, a list of edits (action, place, text) changes it."""
    if isinstance(sent, str):
        return sent
    for action, _, text in sent if isinstance(sent, list) else []:
        before = before + text if action == "append" else text
    return before


if __name__ == "__main__":
    main()
