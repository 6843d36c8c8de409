"""The ledger as files, CSV and XLSX, with the filters of the page: every cell is text or an exact number."""

from __future__ import annotations

import io
from collections.abc import Iterable

from fastapi import APIRouter, Request
from fastapi.responses import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from starlette.concurrency import run_in_threadpool

from qa.app.ledger import FILTERS, Row, csv_text, select
from qa.app.render import visible
from qa.app.web_service import Service

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBERS = {"value", "start", "end"}


def export_routes(service: Service) -> APIRouter:
    """Return the routes that give the ledger as a file."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/figures.csv")
    async def as_csv(request: Request) -> Response:
        rows = await run_in_threadpool(_wanted, service, dict(request.query_params))
        # The mark at the start tells spreadsheets that this is UTF-8.
        return _file("\ufeff" + csv_text(rows), "text/csv; charset=utf-8", "figures.csv")

    @routes.get("/figures.xlsx")
    async def as_xlsx(request: Request) -> Response:
        rows = await run_in_threadpool(_wanted, service, dict(request.query_params))
        return _file(await run_in_threadpool(xlsx_bytes, rows), _XLSX, "figures.xlsx")

    return routes


def xlsx_bytes(rows: Iterable[Row]) -> bytes:
    """Return the rows as a spreadsheet with a heading line."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("figures")
    for number, row in enumerate(rows):
        fields = row.json()
        if not number:
            sheet.append(list(fields))
        cells = []
        for name, value in fields.items():
            cell = WriteOnlyCell(sheet, row.figure.value if name == "value" else _plain(value))
            # A text that begins with "=" would be taken for a formula.
            cell.data_type = "n" if name in _NUMBERS else "b" if isinstance(value, bool) else "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _wanted(service: Service, query: dict[str, str]) -> list[Row]:
    wanted = {name: value for name, value in query.items() if name in FILTERS and value}
    rows = select(service.rows(), **wanted)
    article = query.get("article", "")
    return [row for row in rows if row.article.id == article] if article else rows


def _plain(value: object) -> object:
    return visible(value) if isinstance(value, str) else value


def _file(body: str | bytes, kind: str, name: str) -> Response:
    return Response(body, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})
