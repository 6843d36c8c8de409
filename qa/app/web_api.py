"""The doors for programs: ``POST /api/ask``, ``/api/search``, ``/api/embed``, and the page that describes them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field

from embeddings import EmbeddingError
from qa.app.render import answer_json, hits_json
from qa.app.web_desk import Busy, Late
from qa.app.web_documents import page_html
from qa.app.web_escape import escape
from qa.app.web_scope import SCOPE
from qa.app.web_service import MAX_HITS, MAX_TEXTS, Service
from qa.app.web_texts import Texts, sentence, texts_for
from qa.errors import InputError

_EXAMPLES = {
    "/api/ask": '{"question": "全市共抓获多少名逃犯？"}',
    "/api/search": '{"question": "抓获逃犯", "k": 3}',
    "/api/embed": '{"texts": ["抓获逃犯"]}',
}


class ScopeBody(BaseModel):
    """Which articles may be used; an empty filter lets all pass."""

    source: str = Field(default="", description="Only articles of files whose name holds this.")
    publisher: str = Field(default="", description="Only articles of publishers whose name holds this.")
    since: str = Field(default="", description="Only articles of this day or later: 2023, 2023-10 or 2023-10-09.")
    until: str = Field(default="", description="Only articles of this day or earlier.")
    agency: str = Field(default="", description="Only articles that name this agency.")

    def filters(self) -> dict[str, str]:
        """Return the filters by name."""
        return {name: getattr(self, name) for name in SCOPE}


class AskBody(ScopeBody):
    """A question, and the questions asked before it in the same conversation."""

    question: str = Field(description="The question, in Chinese.")
    history: list[str] = Field(default=[], max_length=50, description="Earlier questions of the conversation.")


class SearchBody(ScopeBody):
    """Words to look for."""

    question: str = Field(description="A question or a few words.")
    k: int = Field(default=5, ge=1, le=MAX_HITS, description="How many passages to return.")


class EmbedBody(BaseModel):
    """Texts to turn into vectors."""

    texts: list[Annotated[str, Field(max_length=100_000)]] = Field(max_length=MAX_TEXTS, description="The texts.")


class FeedbackBody(BaseModel):
    """What a reader thought of an answer."""

    question: str
    headline: str = ""
    liked: bool


def api_routes(service: Service) -> APIRouter:
    """Return the routes for programs."""
    routes = APIRouter()

    @routes.post("/api/ask", summary="Answer a question with its sources, or say what is missing")
    async def ask(body: AskBody) -> dict[str, Any]:
        return answer_json(await service.ask(body.question, body.history, **body.filters()))

    @routes.post("/api/search", summary="Find the nearest passages")
    async def search(body: SearchBody) -> dict[str, Any]:
        return hits_json(await service.search(body.question, body.k, **body.filters()))

    @routes.post("/api/embed", summary="Turn texts into normalised vectors")
    async def embed(body: EmbedBody) -> dict[str, Any]:
        return {"vectors": await service.embed(body.texts)}

    @routes.post("/api/feedback", include_in_schema=False)
    def feedback(body: FeedbackBody) -> dict[str, bool]:
        service.like(body.question, body.headline, body.liked)
        return {"kept": True}

    @routes.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        texts = texts_for(request.headers.get("accept-language", ""))
        return HTMLResponse(page_html(texts("api.title"), docs_html(request.app.openapi(), texts), texts))

    return routes


def error_response(_: Request, error: Exception) -> JSONResponse:
    """Return one sentence about what went wrong; never where in the code."""
    status = {InputError: 400, Busy: 503, Late: 504, EmbeddingError: 400}
    code = next((code for kind, code in status.items() if isinstance(error, kind)), 503)
    headers = {"retry-after": "2"} if isinstance(error, Busy) else {}
    return JSONResponse({"error": sentence(error)}, code, headers)


def docs_html(schema: dict[str, Any], texts: Texts) -> str:
    """Return the OpenAPI description as a page: each door with its fields and one example."""
    doors = "".join(
        _door_html(path, method, door, schema, texts)
        for path, methods in schema["paths"].items()
        for method, door in methods.items()
    )
    return (
        f'<article class="wj-article wj-docs"><header><h2>{texts("api.title")}</h2><p>{texts("api.body")}</p>'
        '<p class="wj-links"><a href="/openapi.json">openapi.json</a></p></header>'
        f"{doors}{_others_html()}</article>"
    )


def _door_html(path: str, method: str, door: dict[str, Any], schema: dict[str, Any], texts: Texts) -> str:
    name = door["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    body = schema["components"]["schemas"][name]
    rows = "".join(
        f"<tr><th scope='row'><code>{escape(field)}</code></th><td>{escape(str(facts.get('type', '')))}</td>"
        f"<td>{escape(facts.get('description', ''))}</td></tr>"
        for field, facts in body["properties"].items()
    )
    sent = _EXAMPLES.get(path, "{}")
    example = f"curl -s http://127.0.0.1:7860{path} -H 'content-type: application/json' -d '{sent}'"
    return (
        f"<section><h3><code>{method.upper()} {escape(path)}</code></h3><p>{escape(door.get('summary', ''))}</p>"
        f"<table><caption>{texts('api.request')}</caption><tbody>{rows}</tbody></table>"
        f"<p>{texts('api.example')}</p><pre tabindex='0'><code>{escape(example)}</code></pre></section>"
    )


def _others_html() -> str:
    client = 'from gradio_client import Client\nClient("http://127.0.0.1:7860").predict("…", api_name="/ask")'
    return (
        f"<section><h3>gradio_client</h3><pre tabindex='0'><code>{escape(client)}</code></pre></section>"
        "<section><h3>MCP</h3><pre tabindex='0'><code>http://127.0.0.1:7860/gradio_api/mcp/</code></pre></section>"
    )
