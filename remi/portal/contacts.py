"""Who has not returned, with whom to ask, as a workbook and as CSV. Nothing in them can run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, time

from openpyxl import Workbook

from remi.intake.template import look as look
from remi.intake.template.cells import add_table, put, put_page_head
from remi.intake.template.write import workbook_bytes
from remi.release.opendata import harmless
from remi.store.board import STANDINGS, Contact
from schemas.programme import Cycle, Places

CSV = "text/csv; charset=utf-8"

HEADINGS = (
    ("Organisation", 44),
    ("Code", 14),
    ("Sector", 28),
    ("Care system", 24),
    ("Standing", 26),
    ("Person", 26),
    ("Role", 12),
    ("E-mail", 40),
)
TITLE = "Not returned yet"
ROLES = {"lead": "Lead", "partner": "Colleague"}
NOBODY = "Nobody invited yet"


def contacts_csv(contacts: Iterable[Contact], places: Places) -> bytes:
    """One line for each person; UTF-8 with the mark by which spreadsheet programs know it."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(heading for heading, _ in HEADINGS)
    for texts in _rows(contacts, places):
        writer.writerow(map(harmless, texts))
    return lines.getvalue().encode("utf-8-sig")


def contacts_workbook(contacts: Sequence[Contact], places: Places, cycle: Cycle) -> bytes:
    """One row for each person, every cell as text; the same bytes for the same contacts."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    look.add_styles(workbook)
    sheet = workbook.create_sheet(TITLE)
    line = "Organisations whose return does not count yet, with the people who work on it."
    width = sum(width for _, width in HEADINGS)
    header = put_page_head(sheet, f"{TITLE}: {cycle.label}", [line], width)
    for column, (heading, wide) in enumerate(HEADINGS, start=1):
        put(sheet, header, column, heading, look.WORDING_HEADER)
        sheet.column_dimensions["ABCDEFGH"[column - 1]].width = wide
    row = header
    for row, texts in enumerate(_rows(contacts, places), start=header + 1):
        for column, text in enumerate(texts, start=1):
            put(sheet, row, column, text, look.WORDING)
    if row == header:
        row += 1
        put(sheet, row, 1, "Everybody has returned", look.WORDING)
    add_table(sheet, "table_not_returned", header, row)
    look.set_up_page(sheet, f"{TITLE} {cycle.label}", landscape=True, pages_wide=1)
    sheet.freeze_panes = f"A{header + 1}"
    sheet.print_title_rows = f"{header}:{header}"
    workbook.properties.title = f"{TITLE}: {cycle.label}"
    workbook.properties.language = "en-GB"
    # Not the time of the download: the same contacts give the same bytes.
    day = datetime.combine(cycle.opens, time())
    workbook.properties.created = workbook.properties.modified = day
    return workbook_bytes(workbook)


def _rows(contacts: Iterable[Contact], places: Places) -> Iterable[tuple[str, ...]]:
    sectors = {sector.id: sector.name for sector in places.sectors}
    systems = {system.id: system.name for system in places.systems}
    for one in contacts:
        yield (
            one.name,
            one.organisation_id,
            sectors.get(one.sector, one.sector),
            systems.get(one.lead_system, one.lead_system),
            STANDINGS[one.standing],
            one.person_name or "",
            ROLES.get(one.role or "", ""),
            one.email or NOBODY,
        )
