import io
from decimal import Decimal

from openpyxl import load_workbook

from qa.app.ledger import Row
from qa.app.web_exports import xlsx_bytes
from qa.types import Article, Figure


def row(text: str, value: str, metric: str) -> Row:
    figure = Figure(Decimal(value), "人", "count", text, False, "", metric, "某局", "", "", "a1", 3, 9)
    return Row(figure, Article("a1", "a.txt", "=HYPERLINK(1)", "", "", "2024-01-02", "…"))


def test_a_spreadsheet_holds_texts_as_texts_and_numbers_exactly():
    long = "0.1234567890123"
    rows = [row("2980人", "2980", "出动警力"), row(long, long, "=1+1"), row("坏\x01字", "5", "@x")]
    sheet = load_workbook(io.BytesIO(xlsx_bytes(rows)))["figures"]
    heading = [cell.value for cell in sheet[1]]
    cells = [dict(zip(heading, line, strict=True)) for line in sheet.iter_rows(min_row=2)]
    assert [line["text"].value for line in cells] == ["2980人", long, "坏\\x01字"]
    assert [Decimal(str(line["value"].value)) for line in cells] == [2980, Decimal(long), 5]
    assert [line["metric"].value for line in cells] == ["出动警力", "=1+1", "@x"]
    assert {line["metric"].data_type for line in cells} == {"s"}
    assert {line["title"].data_type for line in cells} == {"s"}
    assert cells[0]["approximate"].value is False


def test_an_empty_ledger_is_an_empty_sheet():
    assert load_workbook(io.BytesIO(xlsx_bytes([])))["figures"].max_row in (0, 1)
