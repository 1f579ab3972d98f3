"""Writing cells: always as text, never as a formula, in a named style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table, TableColumn
from openpyxl.worksheet.worksheet import Worksheet

from remi.intake.template import look as look
from remi.intake.template.text_size import wrapped

_TALLEST_ROW = 409.0  # the most that spreadsheet programs take


def put(sheet: Worksheet, row: int, column: int, text: str | None, style: str) -> Cell:
    """Write `text` as text, whatever it begins with; None leaves the cell empty but styled."""
    cell = cast(Cell, sheet.cell(row, column))
    if text:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
        cell.data_type = "s"
    cell.style = style
    return cell


def put_page_head(sheet: Worksheet, title: str, lines: Sequence[str], width: float) -> int:
    """Write the title and the explanations from A1 down; the number of the row that follows.

    Each line stands in a cell of its own and runs over the empty cells beside it, so that no
    cells need to be merged.
    """
    put(sheet, 1, 1, title, look.TITLE)
    sheet.row_dimensions[1].height = 30
    texts = [part for line in lines for part in wrapped(line, width, look.BODY_SIZE)]
    for row, text in enumerate(texts, start=2):
        put(sheet, row, 1, text, look.EXPLANATION)
        sheet.row_dimensions[row].height = 16
    return len(texts) + 2


def set_row_height(sheet: Worksheet, row: int, heights: Iterable[float]) -> None:
    """Make a row as tall as its tallest cell needs."""
    sheet.row_dimensions[row].height = min(max(heights, default=0.0), _TALLEST_ROW)


def add_table(sheet: Worksheet, name: str, header_row: int, last_row: int) -> None:
    """Mark the cells as a table, so that a screen reader says which heading a cell is under."""
    headings = [cell.value for cell in sheet[header_row]]
    last = get_column_letter(len(headings))
    sheet.add_table(
        Table(
            displayName=name,
            ref=f"A{header_row}:{last}{last_row}",
            tableColumns=[
                TableColumn(id=number, name=str(heading))
                for number, heading in enumerate(headings, start=1)
            ],
        )
    )


def put_cursor(sheet: Worksheet, cell: str) -> None:
    """Let typing begin at `cell`; a sheet with frozen columns keeps a cursor in each part."""
    for selection in sheet.sheet_view.selection:
        selection.activeCell = cell
        selection.sqref = cell
