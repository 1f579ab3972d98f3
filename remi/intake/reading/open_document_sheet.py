"""One sheet of an OpenDocument spreadsheet while it is being read."""

from __future__ import annotations

from dataclasses import dataclass, field

from remi.intake.reading.cell_values import LAST_COLUMN, LAST_ROW, MAXIMUM_CELLS, MAXIMUM_CHARACTERS
from remi.intake.reading.cells import Cells, SheetCells
from remi.intake.reading.open_document_row import Filled, times
from remi.intake.reading.open_document_values import TABLE
from remi.intake.reading.parts import Attributes
from remi.intake.reading.preflight import Refused

_VISIBILITY = f"{TABLE} visibility"


@dataclass
class Taken:
    """How much of what a whole workbook may hold has been taken."""

    cells: int = 0
    characters: int = 0


@dataclass
class OpenSheet:
    """What is known of a sheet so far; `rows` and `columns` are how many have been passed."""

    name: str
    hidden: bool
    taken: Taken
    rows: int = 0
    columns: int = 0
    cells: Cells = field(default_factory=Cells)
    hidden_rows: set[int] = field(default_factory=set)
    column_hidden: bytearray = field(default_factory=lambda: bytearray(LAST_COLUMN + 1))


def take_columns(sheet: OpenSheet, column: Attributes) -> None:
    """Pass columns that look alike. Raises Refused."""
    repeated = times(column, f"{TABLE} number-columns-repeated", LAST_COLUMN)
    if _is_hidden(column):
        first = sheet.columns + 1
        last = min(sheet.columns + repeated, LAST_COLUMN)
        sheet.column_hidden[first : last + 1] = b"\1" * (last + 1 - first)
    sheet.columns += repeated


def take_rows(sheet: OpenSheet, row: Attributes, filled: list[Filled]) -> None:
    """Take in the filled cells of rows that are all alike. Raises Refused.

    What the repeats amount to is counted before a single cell is made.
    """
    repeated = times(row, f"{TABLE} number-rows-repeated", LAST_ROW)
    first = sheet.rows + 1
    sheet.rows += repeated
    if not filled:
        return
    taken = sheet.taken
    taken.cells += repeated * sum(alike.times for alike in filled)
    taken.characters += repeated * sum(alike.times * len(alike.content.value) for alike in filled)
    if taken.cells > MAXIMUM_CELLS or taken.characters > MAXIMUM_CHARACTERS:
        raise Refused("file_too_large", limit="number of cells")
    if sheet.rows > LAST_ROW:
        raise Refused("file_is_damaged", row=sheet.rows)
    cells = sheet.cells
    for at in range(first, first + repeated):
        for column, many, content in filled:
            for place in range(column, column + many):
                cells.put(at, place, content)
    if _is_hidden(row):
        sheet.hidden_rows.update(range(first, first + repeated))


def sheet_cells(sheet: OpenSheet) -> SheetCells:
    """The sheet as the intake knows it."""
    return SheetCells(
        sheet.name,
        "hidden" if sheet.hidden else "visible",
        sheet.cells,
        frozenset(sheet.hidden_rows),
        frozenset(column for column in sheet.cells.columns() if sheet.column_hidden[column]),
    )


def _is_hidden(part: Attributes) -> bool:
    return part.get(_VISIBILITY) in ("collapse", "filter")
