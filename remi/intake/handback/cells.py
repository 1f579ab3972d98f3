"""A workbook of ours that is still open, as the cells that reading it back would give.

So what we are about to hand back is judged without being saved and read first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as OpenCell
from openpyxl.worksheet.worksheet import Worksheet

from remi.intake.reading.cell_values import unescape
from remi.intake.reading.cells import Cell, Cells, SheetCells, WorkbookCells
from remi.intake.reading.number_formats import shown_as

_CUSTOM_FORMAT = 164  # the first number of a format that is no built-in one


def cells_of(workbook: Workbook, unread: Iterable[str]) -> WorkbookCells:
    """Every cell that holds something, sheet by sheet, without the sheets that are not read."""
    left_out = set(unread)
    return WorkbookCells(
        sheets=tuple(_sheet(page) for page in workbook.worksheets if page.title not in left_out),
        strict=False,
        has_macros=False,
        has_external_links=False,
    )


def _sheet(page: Worksheet) -> SheetCells:
    return SheetCells(
        name=page.title,
        visibility="visible",
        cells=Cells(
            _cell(*at, cell)
            for at, cell in page._cells.items()
            if isinstance(cell, OpenCell) and cell.value is not None
        ),
        hidden_rows=frozenset(),
        hidden_columns=frozenset(),
    )


def _cell(row: int, column: int, cell: OpenCell) -> Cell:
    value = cell.value
    if cell.data_type == "s":
        return Cell(row, column, "text", unescape(str(value)))
    if cell.data_type == "e":
        return Cell(row, column, "error", str(value))
    if cell.data_type == "b":
        return Cell(row, column, "boolean", "TRUE" if value else "FALSE")
    if isinstance(value, date | datetime | time):
        return Cell(row, column, "date", value.isoformat(), None, "date")
    seen = shown_as(_CUSTOM_FORMAT, cell.number_format)
    return Cell(row, column, "number", str(value), float(str(value)), seen)
