"""Locate a workbook's answers and keep every cell besides, for a workbook that is handed back.

Runs in the sandboxed worker on a partner's file, so only the standard library is used.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from remi.intake.identity import META_SHEET, NOT_READ_SHEET
from remi.intake.locating.locate import locate
from remi.intake.reading.cells import WorkbookCells


def locate_and_keep(workbook: WorkbookCells, plan: dict[str, Any]) -> dict[str, Any]:
    """What `locate` says, and `kept`: the sheets in order, as [name, cells], with each cell as
    [row, column, kind, value, how it is shown]. The hidden sheet of our own is left out."""
    answered = tuple(sheet for sheet in workbook.sheets if sheet.name != NOT_READ_SHEET)
    kept = [
        [
            sheet.name,
            [[c.row, c.column, c.kind, c.value, c.shown_as] for c in sheet.cells.in_order()],
        ]
        for sheet in workbook.sheets
        if sheet.name != META_SHEET
    ]
    return locate(replace(workbook, sheets=answered), plan) | {"kept": kept}
