"""The Start sheet: what the workbook is, its code and dates, how to fill it in, what words mean."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink

from remi.dates import day_in_words, days_in_words
from remi.intake.identity import LISTS_SHEET
from remi.intake.template import look as look
from remi.intake.template.cells import put, put_cursor, set_row_height
from remi.intake.template.guidance import Guidance
from remi.intake.template.text_size import row_height
from schemas.programme import Cycle
from schemas.workbook import SheetLayout, WorkbookLayout

START_SHEET = "Start"

_WIDTHS = (24.0, 78.0)  # together as wide as a page of A4 at full size


def add_start_sheet(
    workbook: Workbook,
    layout: WorkbookLayout,
    guidance: Guidance,
    cycle: Cycle,
    start: tuple[str, ...],
    code: str,
    organisation: str,
    footer: str,
    since: tuple[tuple[str, str], ...] = (),
) -> None:
    """Write the first sheet: pairs of a name and its text, under headings, from A1 down.

    `since` says what was taken over from the year before, and what changed since.
    """
    sheet = workbook.create_sheet(START_SHEET)
    for letter, width in zip("AB", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    put(sheet, 1, 1, layout.title, look.TITLE)
    sheet.row_dimensions[1].height = 32
    row = 1
    sections = _sections(layout, guidance, cycle, start, code, organisation, since)
    for heading, pairs in sections:
        row += 1
        put(sheet, row, 1, heading, look.HEADING)
        sheet.row_dimensions[row].height = 30
        for name, text in pairs:
            row += 1
            put(sheet, row, 1, name, look.NOTE_STRONG)
            put(sheet, row, 2, text, look.NOTE)
            heights = (
                row_height(name, _WIDTHS[0] - look.INDENT, look.BODY_SIZE, bold=True),
                row_height(text, _WIDTHS[1] - look.INDENT, look.BODY_SIZE),
            )
            set_row_height(sheet, row, heights)
            if heading == _SHEETS:
                cell = sheet.cell(row, 1)
                quoted = name.replace("'", "''")
                cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!A1")
                cell.style = look.LINK
    look.protect(sheet)
    look.set_up_page(sheet, footer, landscape=False, pages_wide=1)
    put_cursor(sheet, "A1")


_SHEETS = "The sheets of this workbook"


def _sections(
    layout: WorkbookLayout,
    guidance: Guidance,
    cycle: Cycle,
    start: tuple[str, ...],
    code: str,
    organisation: str,
    since: tuple[tuple[str, str], ...],
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    yield (
        "About this workbook",
        [
            ("Organisation", organisation),
            ("Round", cycle.label),
            ("Opens", day_in_words(cycle.opens)),
            ("Closes", day_in_words(cycle.closes)),
            ("Covers", days_in_words(cycle.period_start, cycle.period_end)),
            guidance.source,
            ("Template code", code),
            ("What this is", layout.statement),
        ],
    )
    yield "How to fill it in", [(str(n), text) for n, text in enumerate(start, start=1)]
    if since:
        yield "Since last year", list(since)
    yield (
        _SHEETS,
        [
            *((sheet.name, _about(sheet)) for sheet in layout.sheets),
            (LISTS_SHEET, "Every choice in words"),
        ],
    )
    yield from guidance.sections


def _about(sheet: SheetLayout) -> str:
    if sheet.kind == "form":
        return f"{sheet.title}: {len(sheet.rows)} questions"
    if sheet.kind == "grid":
        return f"{sheet.title}: {len(sheet.rows)} rows to answer"
    least = f". At least {sheet.at_least} is required" if sheet.at_least else ""
    return f"{sheet.title}: one row for each {sheet.record_name}{least}"
