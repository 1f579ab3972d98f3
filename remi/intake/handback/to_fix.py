"""The first sheet of a workbook that is handed back, and the marks on the cells that it lists.

No meaning rests on colour: what must be fixed has a thick border and what to check a dashed one,
each cell has a note, and each sheet with something to fix is named in words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Border, Protection, Side
from openpyxl.worksheet.hyperlink import Hyperlink

from remi.intake.identity import NOT_READ_SHEET, TO_FIX_SHEET
from remi.intake.layout import HEADING_SIZE
from remi.intake.template import look as look
from remi.intake.template.cells import (
    add_table,
    put,
    put_cursor,
    put_note,
    put_page_head,
    set_row_height,
)
from remi.intake.template.text_size import row_height
from schemas.intake import Problem, Severity

SEVERITY_WORDS: dict[Severity, str] = {
    "must_fix": "Must fix",
    "check": "Please check",
    "note": "For information",
}

_RED, _AMBER = "FFB3261E", "FF8A5A00"
_SIDES: dict[Severity, Side] = {
    "must_fix": Side(style="thick", color=_RED),
    "check": Side(style="mediumDashed", color=_AMBER),
    "note": Side(style="dotted", color=_AMBER),
}
_HEADINGS = (
    ("Number", 9),
    ("What to do", 15),
    ("Sheet", 20),
    ("Cell", 9),
    ("What is wrong", 46),
    ("How to fix it", 46),
    ("Cell in the file you sent", 16),
)
_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9][0-9]*")


@dataclass(frozen=True)
class ToFix:
    """One line: a problem, and where it was in the partner's file if not at the same cell.

    `sheet` and `cell` of the problem are those of the workbook that is handed back.
    """

    problem: Problem
    was_at: str | None = None


def add_to_fix_sheet(
    workbook: Workbook, listed: Sequence[ToFix], lines: Sequence[str], footer: str
) -> None:
    """Put the list before all other sheets, and mark every cell and sheet that it names."""
    sheet = workbook.create_sheet(TO_FIX_SHEET, 0)
    head = [*lines, *_summary(workbook, listed)]
    header = put_page_head(sheet, TO_FIX_SHEET, head, sum(width for _, width in _HEADINGS))
    for column, (heading, width) in enumerate(_HEADINGS, start=1):
        put(sheet, header, column, heading, look.WORDING_HEADER)
        sheet.column_dimensions["ABCDEFG"[column - 1]].width = width
    set_row_height(sheet, header, (row_height(h, w, HEADING_SIZE, bold=True) for h, w in _HEADINGS))
    row = header + 1
    for row, (number, one) in enumerate(enumerate(listed, start=1), start=header + 1):
        problem = one.problem
        texts = (
            *(str(number), SEVERITY_WORDS[problem.severity], problem.sheet or "The file"),
            *(problem.cell or "", problem.wrong, problem.fix, one.was_at or ""),
        )
        heights = []
        for column, (text, (_, width)) in enumerate(zip(texts, _HEADINGS, strict=True), start=1):
            put(sheet, row, column, text, look.NOTE_STRONG if column == 2 else look.NOTE)
            heights.append(row_height(text, width - look.INDENT, look.BODY_SIZE, column == 2))
        set_row_height(sheet, row, heights)
        if problem.sheet in workbook.sheetnames:
            place = problem.cell if _ADDRESS.fullmatch(problem.cell or "") else None
            _link(cast(Cell, sheet.cell(row, 4 if place else 3)), problem.sheet, place or "A1")
    if not listed:
        put(sheet, row, 2, "Nothing", look.NOTE)
    add_table(sheet, "table_to_fix", header, row)
    look.protect(sheet)
    look.set_up_page(sheet, footer, landscape=True, pages_wide=1)
    sheet.print_title_rows = f"{header}:{header}"
    put_cursor(sheet, "A1")
    _mark(workbook, listed)
    workbook.active = 0


def _summary(workbook: Workbook, listed: Sequence[ToFix]) -> list[str]:
    counts = {s: sum(one.problem.severity == s for one in listed) for s in SEVERITY_WORDS}
    if counts["must_fix"]:
        many = counts["must_fix"] > 1
        lines = [
            f"{counts['must_fix']} {'things' if many else 'thing'} must be fixed before we can "
            "accept this workbook."
        ]
    else:
        lines = ["Nothing has to be fixed."]
    if counts["check"]:
        lines.append(f"Please also check {counts['check']} more.")
    if listed:
        lines.append(
            "Choose a cell in the column “Cell” to go to it. Each of these cells has a note: a "
            "thick border means that it must be fixed, a dashed one that it should be checked."
        )
    if names := _sheets_to_fix(listed):
        lines.append(
            f"Sheets with something that must be fixed have a red tab: {', '.join(names)}."
        )
    if NOT_READ_SHEET in workbook.sheetnames:
        lines.append(f"What we did not read is on the sheet “{NOT_READ_SHEET}”.")
    lines.append(
        "Fix the cells in this workbook, save it and send it again, with this sheet in it."
    )
    return lines


def _sheets_to_fix(listed: Sequence[ToFix]) -> list[str]:
    names = [one.problem.sheet for one in listed if one.problem.severity == "must_fix"]
    return [name for name in dict.fromkeys(names) if name]


def _link(cell: Cell, sheet: str, address: str) -> None:
    quoted = sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{address}")
    cell.style = look.LINK


def _mark(workbook: Workbook, listed: Sequence[ToFix]) -> None:
    """A note and a border on each cell, which is open to typing; one note for all about it."""
    notes: dict[tuple[str, str], list[str]] = {}
    for number, one in enumerate(listed, start=1):
        problem = one.problem
        if problem.sheet not in workbook.sheetnames or not _ADDRESS.fullmatch(problem.cell or ""):
            continue
        sheet, address = str(problem.sheet), str(problem.cell)
        text = f"{SEVERITY_WORDS[problem.severity]} ({number}): {problem.wrong}\n{problem.fix}"
        if (sheet, address) not in notes:
            cell = cast(Cell, workbook[sheet][address])
            side = _SIDES[problem.severity]
            cell.border = Border(left=side, right=side, top=side, bottom=side)
            cell.protection = Protection(locked=False)
        notes.setdefault((sheet, address), []).append(text)
    for (sheet, address), texts in notes.items():
        put_note(cast(Cell, workbook[sheet][address]), "\n\n".join(texts))
    for name in _sheets_to_fix(listed):
        if name in workbook.sheetnames:
            workbook[name].sheet_properties.tabColor = _RED
