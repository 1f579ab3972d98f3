"""The first sheet of a workbook as a list: its rows as texts."""

from __future__ import annotations

from remi.intake.locating.typed import as_seen
from remi.intake.reading.cells import Cell
from remi.intake.reading.preflight import Refused
from remi.intake.reading.reader import read_workbook
from remi.lists.faults import ListFault
from remi.lists.text import Record, Unreadable

WORKBOOK_MARK = b"PK\x03\x04"
"""What every .xlsx and .ods file begins with, whatever it is called."""


def sheet_records(content: bytes) -> tuple[str, list[Record]]:
    """The name of the first sheet, and its rows that are not blank, by their row numbers.

    Raises Unreadable for a file that is no workbook, and for a cell that holds an error.
    """
    try:
        sheets = read_workbook(content).sheets
    except Refused as refused:
        why = f"this cannot be read as a workbook ({refused.refusal.rule.replace('_', ' ')})"
        raise Unreadable(ListFault(None, None, why)) from None
    if not sheets:
        raise Unreadable(ListFault(None, None, "the workbook has no sheet of cells"))
    rows: dict[int, dict[int, str]] = {}
    for cell in sheets[0].cells.in_order():
        rows.setdefault(cell.row, {})[cell.column] = _text(cell)
    width = max((column for row in rows.values() for column in row), default=0)
    return sheets[0].name, [
        Record(row, [texts.get(column, "") for column in range(1, width + 1)])
        for row, texts in sorted(rows.items())
        if any(text.strip() for text in texts.values())
    ]


def _text(cell: Cell) -> str:
    if cell.kind in ("error", "formula_without_value"):
        what = "the error " if cell.kind == "error" else "a formula without a value, "
        why = f"cell {cell.address} holds {what}{cell.value}"
        raise Unreadable(ListFault(cell.row, None, why))
    if cell.kind == "number" and cell.number is not None and not cell.shown_as:
        # Spreadsheet programs show 15 figures of a number, and its last ones are noise beyond.
        return f"{cell.number:.15g}"
    return as_seen(cell) if cell.kind != "text" else cell.value
