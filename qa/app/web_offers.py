"""What may be asked next, as a fragment that the page fetches once an answer stands: no answer waits for it."""

from __future__ import annotations

from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from qa.app.web_panels import suggestions_html
from qa.app.web_service import Service
from qa.app.web_texts import texts_for
from qa.app.web_thread import Thread
from qa.errors import WenjuError
from qa.types import Answer


def offer_routes(service: Service) -> APIRouter:
    """Return the route that takes a conversation (``Thread``, JSON) and returns questions to go on with."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/offers")
    async def offers(request: Request) -> HTMLResponse:
        texts = texts_for(request.headers.get("accept-language", ""))
        asked = Thread.read((await request.body()).decode("utf-8", "replace")).questions
        # Whoever meets a busy desk is offered nothing.
        with suppress(WenjuError):
            if not asked:
                return HTMLResponse(suggestions_html(await service.starters(), texts("empty.try")))
            answers = service.remembered(asked)
            if len(answers) == len(asked) and isinstance(answers[-1], Answer):
                found = await service.follow_ups(answers[-1], [each.text for each in asked])
                return HTMLResponse(suggestions_html(found, texts("follow")))
        return HTMLResponse("")

    return routes
