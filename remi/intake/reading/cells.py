"""What a reader hands over: every cell that holds something, with where it is and what it is.

Everything is text, number or flag, so that it crosses from a worker process as plain JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Kind = Literal["text", "number", "boolean", "date", "error", "formula_without_value"]
Visibility = Literal["visible", "hidden", "very_hidden"]
ShownAs = Literal["", "date", "percentage", "duration"]


def column_letters(column: int) -> str:
    """Letters of a column counted from 1: 28 is AB."""
    letters = ""
    while column:
        column, remainder = divmod(column - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters


class Cell(NamedTuple):
    """One cell that is not empty. `row` and `column` count from 1.

    `value`: the text; a number as the file writes it; TRUE or FALSE; a day, time or both in ISO
    form (2026-04-03, 14:30:00, 2026-04-03T14:30:00); the error as Excel shows it (#REF!); or, for
    a formula that was never calculated, the formula itself.
    `number`: of a number, and of a date kept as Excel's day count; otherwise None.
    `shown_as`: how the partner sees a number, so that 0.75 shown as 75% is known.
    `formula`: the value was calculated, not typed.
    """

    row: int
    column: int
    kind: Kind
    value: str
    number: float | None = None
    shown_as: ShownAs = ""
    formula: bool = False

    @property
    def address(self) -> str:
        """As the partner sees it: B12."""
        return f"{column_letters(self.column)}{self.row}"


@dataclass(frozen=True)
class SheetCells:
    """One sheet; hidden rows and columns are listed only where they hold a cell."""

    name: str
    visibility: Visibility
    cells: dict[tuple[int, int], Cell]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]


@dataclass(frozen=True)
class WorkbookCells:
    """A whole workbook, sheets in the order of its tabs (chart sheets hold no cells)."""

    sheets: tuple[SheetCells, ...]
    strict: bool
    has_macros: bool
    has_external_links: bool


def as_data(workbook: WorkbookCells) -> dict[str, Any]:
    """The workbook as JSON-able data; a cell is the list of its fields in the order of `Cell`."""
    return {
        "strict": workbook.strict,
        "has_macros": workbook.has_macros,
        "has_external_links": workbook.has_external_links,
        "sheets": [
            {
                "name": sheet.name,
                "visibility": sheet.visibility,
                "hidden_rows": sorted(sheet.hidden_rows),
                "hidden_columns": sorted(sheet.hidden_columns),
                "cells": list(sheet.cells.values()),
            }
            for sheet in workbook.sheets
        ],
    }
