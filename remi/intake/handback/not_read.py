"""The sheet that lists what a partner wrote where nothing is asked, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl import Workbook

from remi.intake.handback.values import Stray
from remi.intake.identity import LISTS_SHEET, NOT_READ_SHEET
from remi.intake.template import look as look
from remi.intake.template.cells import add_table, put, put_page_head, set_row_height
from remi.intake.template.text_size import row_height

MOST_LISTED = 2_000
"""Cells that are listed; of more than these it is said that they are in the file itself."""

_HEADINGS = (("Sheet", 28), ("Cell", 10), ("What is written there", 92))


def add_not_read_sheet(workbook: Workbook, strays: Sequence[Stray], footer: str) -> None:
    """List what was not read, before the Lists sheet; no sheet where all was read."""
    if not strays:
        return
    sheet = workbook.create_sheet(NOT_READ_SHEET, workbook.sheetnames.index(LISTS_SHEET))
    lines = [
        "In the file that you sent, this stood where nothing is asked, so we did not read it.",
        "If it belongs in an answer, copy it there. We do not read this sheet.",
    ]
    if len(strays) > MOST_LISTED:
        more = len(strays) - MOST_LISTED
        lines.append(
            f"{more:,} more cells are not listed here. They are in the file that you sent."
        )
    header = put_page_head(sheet, NOT_READ_SHEET, lines, sum(width for _, width in _HEADINGS))
    for column, (heading, width) in enumerate(_HEADINGS, start=1):
        put(sheet, header, column, heading, look.WORDING_HEADER)
        sheet.column_dimensions["ABC"[column - 1]].width = width
    row = header
    for stray in strays[:MOST_LISTED]:
        row += 1
        for column, text in enumerate(stray, start=1):
            put(sheet, row, column, text, look.NOTE)
        height = row_height(stray.text, _HEADINGS[2][1] - look.INDENT, look.BODY_SIZE)
        set_row_height(sheet, row, [height])
    add_table(sheet, "table_not_read", header, row)
    look.protect(sheet)
    look.set_up_page(sheet, footer, landscape=False, pages_wide=1)
    sheet.print_title_rows = f"{header}:{header}"
