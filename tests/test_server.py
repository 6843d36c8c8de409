"""The server from outside: its doors for programs, what it refuses, and how it stops."""

import ast
import asyncio
import base64
import html
import json
import re
import shlex
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import httpx
import numpy as np
import pytest
from serving import ROOT, SEEDS, Server, library_of, slowness, wenju

pytestmark = pytest.mark.slow

QUESTION = "鄢陵县公安局大走访专项活动累计出动警力多少人次?"


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Path:
    return library_of(tmp_path_factory.mktemp("server") / "library", SEEDS)


@pytest.fixture(scope="module")
def server(library):
    with Server(library) as running:
        yield running
    assert "Traceback" not in running.log


@pytest.fixture
def web(server):
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


def test_ask_answers_with_the_figure_and_its_verbatim_source(web):
    answer = web.post("/api/ask", json={"question": QUESTION}).json()
    assert answer["headline"] == "2980人次"
    assert not answer["abstained"]
    citation = answer["citations"][0]
    assert citation["source"] == "001_75a587f0f879bd51.txt"
    assert "出动警力2980人次" in citation["quote"]
    assert citation["quote"] in (SEEDS / citation["source"]).read_text(encoding="utf-8")


def test_earlier_questions_resolve_a_follow_up(web):
    asked = {"question": "化解矛盾纠纷呢?", "history": [QUESTION]}
    answer = web.post("/api/ask", json=asked).json()
    assert answer["question"] == "化解矛盾纠纷呢?"
    assert answer["resolved_question"] != answer["question"]


def test_search_finds_the_passage(web):
    hits = web.post("/api/search", json={"question": "鄢陵 出动警力", "k": 3}).json()["hits"]
    assert 1 <= len(hits) <= 3
    assert hits[0]["source"] == "001_75a587f0f879bd51.txt"
    assert "2980人次" in "".join(hit["text"] for hit in hits)


def test_embed_gives_unit_vectors_and_like_texts_are_near(web):
    texts = ["抓获逃犯", "抓捕在逃人员", "天气晴朗"]
    vectors = np.array(web.post("/api/embed", json={"texts": texts}).json()["vectors"])
    assert vectors.shape[0] == 3
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/ask", {"question": "  "}, 400),
        ("/api/ask", {"question": "多" * 100_000}, 400),
        ("/api/ask", {}, 422),
        ("/api/search", {"question": "警力", "k": 0}, 422),
        ("/api/search", {"question": ""}, 400),
        ("/api/embed", {"texts": ["字"] * 1000}, 422),
    ],
)
def test_bad_requests_are_told_what_is_wrong(web, path, body, status):
    response = web.post(path, json=body)
    assert response.status_code == status
    assert "Traceback" not in response.text
    assert len(response.text) < 5000


def test_the_openapi_page_lists_the_doors_and_loads_nothing_from_elsewhere(web):
    paths = web.get("/openapi.json").json()["paths"]
    assert set(paths) == {"/api/ask", "/api/search", "/api/embed"}
    page = web.get("/docs")
    assert page.status_code == 200
    for path in paths:
        assert path in page.text.replace("&#47;", "/")
    assert "src=\"http" not in page.text
    assert "href=\"http" not in page.text


def test_gradio_client_calls_the_same_doors_by_name(server):
    from gradio_client import Client

    client = Client(server.url, verbose=False)
    assert client.predict(QUESTION, api_name="/ask")["headline"] == "2980人次"
    assert client.predict("出动警力", 2, api_name="/search")["hits"]
    assert len(client.predict(["警力"], api_name="/embed")) == 1
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == {"/ask", "/search", "/embed"}
    client.close()


def test_mcp_offers_three_tools_and_answers(server):
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def scene():
        address = f"{server.url}/gradio_api/mcp/"
        async with streamable_http_client(address) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            tools = {tool.name: tool for tool in (await session.list_tools()).tools}
            result = await session.call_tool("ask", {"question": QUESTION})
            return tools, result

    tools, result = asyncio.run(scene())
    assert set(tools) == {"ask", "search", "embed"}
    assert "question" in tools["ask"].inputSchema["properties"]
    assert tools["search"].description
    assert not result.isError
    assert "2980人次" in result.content[0].text


def test_the_tools_for_models_take_the_filters_and_tell_what_is_wrong(server):
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    elsewhere = "002_837d566d99c7ca68.txt"
    calls = {
        "free": ("ask", {"question": QUESTION}),
        "narrowed": ("ask", {"question": QUESTION, "source": elsewhere}),
        "later": ("ask", {"question": "化解矛盾纠纷呢?", "history": [QUESTION]}),
        "found": ("search", {"question": QUESTION, "k": 2, "source": elsewhere}),
        "dated": ("search", {"question": "公安", "k": 9, "since": "2023-10", "until": "2023-10-31"}),
        "vectors": ("embed", {"texts": ["警力", "天气"]}),
        "day": ("search", {"question": QUESTION, "since": "昨天"}),
        "blank": ("ask", {"question": " "}),
    }

    async def scene():
        address = f"{server.url}/gradio_api/mcp/"
        async with streamable_http_client(address) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            return {name: await session.call_tool(tool, given) for name, (tool, given) in calls.items()}

    results = asyncio.run(scene())
    said = {name: result.content[0].text for name, result in results.items()}
    assert {name for name, result in results.items() if result.isError} == {"day", "blank"}
    assert "昨天" in said["day"]
    assert not any("Traceback" in text or str(ROOT) in text for text in said.values())
    # The framework writes values as Python does.
    answers = {name: ast.literal_eval(text) for name, text in said.items() if not results[name].isError}
    assert answers["free"]["headline"] == "2980人次"
    assert "2980" not in answers["narrowed"]["headline"]
    assert answers["later"]["headline"] == "14起"
    assert [hit["source"] for hit in answers["found"]["hits"]] == [elsewhere] * 2
    assert {hit["source"] for hit in answers["dated"]["hits"]} == {"003_f5186662bd3c1b41.txt"}
    assert np.allclose(np.linalg.norm(answers["vectors"], axis=1), 1, atol=1e-4)


def blocks(name: str, language: str) -> list[str]:
    """The fenced examples of a page of the documentation."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs" / name).read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("command", blocks("http.md", "bash"), ids=["ask", "search", "embed"])
def test_the_curl_examples_of_the_documentation_work(web, command):
    words = shlex.split(command)
    given = dict(pairwise(words))
    path = httpx.URL(next(word for word in words if word.startswith("http"))).path
    header = dict([given["-H"].split(": ")])
    response = web.post(path, content=given["-d"], headers=header)
    assert response.status_code == 200
    assert {"/api/ask": "2980人次", "/api/search": "2980人次", "/api/embed": "vectors"}[path] in response.text


@pytest.mark.parametrize("name", ["http.md", "mcp.md"])
def test_the_python_examples_of_the_documentation_work(server, name):
    for example in blocks(name, "python"):
        program = example.replace("http://127.0.0.1:7860", server.url)
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert "2980人次" in done.stdout


def test_the_configuration_for_mcp_clients_is_json():
    (example,) = blocks("mcp.md", "json")
    assert json.loads(example)["mcpServers"]["wenju"]["url"].endswith("/gradio_api/mcp/")


def test_small_answers_do_not_wait_for_one_another(web):
    seconds = []
    for _ in range(12):
        begun = time.monotonic()
        web.get("/favicon.ico")
        seconds.append(time.monotonic() - begun)
    # The second answer of a connection would wait 40 ms for the acknowledgement of the first, and each one after it.
    assert min(seconds[1:]) < 0.03


@pytest.mark.parametrize("path", ["/monitoring", "/gradio_api/runs", "/gradio_api/run-history/records", "/redoc"])
def test_doors_that_are_not_ours_are_closed(web, path):
    assert web.get(path).status_code == 404


def test_other_hosts_and_origins_are_refused(web):
    assert web.get("/", headers={"host": "evil.example"}).status_code == 400
    refused = web.post("/api/ask", json={"question": QUESTION}, headers={"origin": "http://evil.example"})
    assert refused.status_code == 403
    assert web.post("/gradio_api/queue/join", json={}, headers={"origin": "null"}).status_code == 403


def test_an_oversize_upload_is_refused(web):
    files = {"files": ("big.txt", b"x" * 51_000_000)}
    assert web.post("/gradio_api/upload", files=files).status_code == 413


def test_files_of_the_machine_are_not_served(web, library):
    for path in ("/etc/passwd", str(library / "feedback.jsonl"), "pyproject.toml"):
        assert web.get(f"/gradio_api/file={path}").status_code in (403, 404)


def test_every_page_has_its_policy(web):
    for path in ("/", "/docs", "/article/unknown", "/raw/unknown"):
        response = web.get(path)
        allowed = response.headers["content-security-policy"]
        assert "unsafe-eval" not in allowed
        assert "http" not in allowed
        assert not re.search(r"""(?:src|href|content|action)=["']?(?:https?:)?//""", response.text)


def test_an_article_that_is_not_there_is_said_to_be_missing(web):
    response = web.get("/article/unknown")
    assert response.status_code == 404
    assert "不在库中" in response.text
    assert "no longer in the library" in web.get("/article/unknown", headers={"accept-language": "en"}).text


def buttons(web, content: str, language: str = "zh") -> list[str]:
    answer = web.post("/offers", content=content, headers={"accept-language": language})
    assert answer.status_code == 200
    return [html.unescape(each) for each in re.findall(r"<button[^>]*>(.*?)</button>", answer.text)]


def test_what_may_be_asked_next_is_about_the_article_and_is_answered(web):
    asked = web.post("/api/ask", json={"question": QUESTION}).json()
    offered = buttons(web, json.dumps({"chat": 1, "questions": [QUESTION]}))
    assert QUESTION not in offered
    answers = [web.post("/api/ask", json={"question": each}).json() for each in offered]
    about = asked["citations"][0]["article_id"]
    assert [answer["citations"][0]["article_id"] for answer in answers] == [about] * len(offered) != []


@pytest.mark.parametrize("content", ["[]", "", "{", '{"chat": 1, "questions": [7]}', b"\xff"])
def test_an_empty_conversation_is_offered_questions_to_begin_with(web, content):
    assert len(buttons(web, content)) == 4
    assert "Try one of these" in web.post("/offers", content=content, headers={"accept-language": "en"}).text


def test_nothing_is_offered_after_a_question_that_nobody_answered(web):
    assert buttons(web, json.dumps(["从来没有人问过的问题?"])) == []


def test_likes_are_kept_in_a_local_file(web, library):
    body = {"question": "问", "headline": "=1+1", "liked": True}
    assert web.post("/api/feedback", json=body).json() == {"kept": True}
    line = json.loads((library / "feedback.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (line["question"], line["headline"], line["liked"]) == ("问", "=1+1", True)


def test_many_questions_at_once_are_each_answered_with_their_own(web, server):
    questions = [QUESTION, "鄢陵县公安局走访了多少名从业人员?", "鄢陵县公安局化解矛盾纠纷多少起?"] * 8
    alone = {question: web.post("/api/ask", json={"question": question}).json() for question in set(questions)}

    def ask(question):
        return httpx.post(f"{server.url}/api/ask", json={"question": question}, timeout=60).json()

    with ThreadPoolExecutor(24) as pool:
        for question, answer in zip(questions, pool.map(ask, questions), strict=True):
            assert answer["question"] == question
            assert answer["headline"] == alone[question]["headline"]


def test_a_password_is_asked_for_at_every_door(library):
    with Server(library, WENJU_PASSWORD="开门") as server, httpx.Client(base_url=server.url) as web:
        for path in ("/", "/docs", "/config", "/gradio_api/mcp/"):
            assert web.get(path).status_code == 401
        assert web.post("/api/ask", json={"question": QUESTION}).status_code == 401
        code = base64.b64encode("me:开门".encode()).decode()
        answered = web.post("/api/ask", json={"question": QUESTION}, headers={"authorization": f"Basic {code}"})
        assert answered.json()["headline"] == "2980人次"
        assert "开门" not in server.log


def test_wider_than_local_without_a_password_is_warned_of(library):
    with Server(library, "--host", "0.0.0.0") as server:
        assert "WENJU_PASSWORD" in server.log


def test_a_port_in_use_is_one_sentence(library, server):
    port = server.url.rpartition(":")[2]
    done = wenju("serve", "--library", library, "--port", port)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert port in done.stderr


def test_sigterm_lets_running_answers_finish_and_ends_open_streams(library):
    questions = [f"{QUESTION}{'?' * number}" for number in range(12)]
    outcomes = []

    def ask(server, question):
        try:
            outcomes.append(httpx.post(f"{server.url}/api/ask", json={"question": question}, timeout=30))
        except (httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError):
            # Stood before the door when it was closed: no byte of the question had been read.
            outcomes.append(None)

    with Server(library) as server:
        assert httpx.post(f"{server.url}/api/ask", json={"question": QUESTION}, timeout=30).status_code == 200
        with httpx.stream("GET", f"{server.url}/gradio_api/heartbeat/abc", timeout=30) as stream:
            assert next(stream.iter_lines()) == "data: ALIVE"
            asking = [threading.Thread(target=ask, args=(server, question)) for question in questions]
            for thread in asking:
                thread.start()
            while not outcomes:
                time.sleep(0.01)
            status, seconds = server.stop()
            for thread in asking:
                thread.join()
    assert (status, server.log.count("Traceback")) == (0, 0), server.log
    assert seconds < 5 * slowness()
    answered = [outcome for outcome in outcomes if outcome is not None]
    assert {outcome.status_code for outcome in answered} <= {200, 503}
    assert all(outcome.json()["headline"] == "2980人次" for outcome in answered if outcome.status_code == 200)


def test_filters_narrow_what_programs_get(web, server):
    from gradio_client import Client

    elsewhere = {"source": "002_837d566d99c7ca68.txt"}
    narrowed = web.post("/api/ask", json={"question": QUESTION, **elsewhere}).json()
    assert "2980" not in narrowed["headline"]
    hits = web.post("/api/search", json={"question": QUESTION, **elsewhere}).json()["hits"]
    assert {hit["source"] for hit in hits} == {elsewhere["source"]}
    refused = web.post("/api/search", json={"question": QUESTION, "since": "昨天"})
    assert refused.status_code == 400
    assert "昨天" in refused.json()["error"]
    client = Client(server.url, verbose=False)
    assert "2980" not in client.predict(QUESTION, api_name="/ask", **elsewhere)["headline"]
    client.close()
