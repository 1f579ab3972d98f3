"""What goes into a template's cells, by the place that it belongs to, and how it is written there.

What a partner wrote is written back as it was read: a number as a number, a day as a day, and text
as text whatever it begins with. No formula is ever written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple, cast

from openpyxl import Workbook
from openpyxl.cell.cell import ERROR_CODES, Cell
from openpyxl.worksheet.worksheet import Worksheet

from remi.intake.locating.typed import as_seen, in_words
from remi.intake.reading.cells import Cell as ReadCell
from remi.intake.reading.cells import Kind, ShownAs
from remi.intake.template import look as look
from remi.intake.template.cells import put, put_note, put_text, set_row_height
from remi.intake.template.text_size import row_height
from schemas.workbook import SheetLayout, WorkbookLayout

_NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")
_FORMATS: dict[ShownAs, str] = {"": "General", "percentage": "0.00%", "duration": "[h]:mm"}
_DAY, _MOMENT, _TIME = "dd/mm/yyyy", "dd/mm/yyyy hh:mm:ss", "hh:mm:ss"
_FIRST_YEAR = 1900  # spreadsheets count days from here


class Entry(NamedTuple):
    """What a cell holds, in the terms of `remi.intake.reading.cells.Cell`."""

    kind: Kind
    value: str
    shown_as: ShownAs = ""


def text_entry(text: str) -> Entry:
    """A text."""
    return Entry("text", text)


@dataclass(frozen=True)
class SheetEntries:
    """What goes into one sheet of a layout.

    `rows`: column id -> entry, by reference; on a sheet of records by any name, in order. None
    empties a cell that the template fills in.
    `references` and `headings`: what stands instead of a row's reference or a column's heading;
    None for nothing. `more_rows` stand below the others, references included. `more_columns`
    stand to the right of the others: a column's id, whose heading they repeat, and entries by row.
    `notes`: column id -> a remark on the cell, by row.
    """

    rows: Mapping[str, Mapping[str, Entry | None]] = field(default_factory=dict)
    references: Mapping[str, Entry | None] = field(default_factory=dict)
    headings: Mapping[str, Entry | None] = field(default_factory=dict)
    more_rows: tuple[Mapping[str, Entry], ...] = ()
    more_columns: tuple[tuple[str, Mapping[str, Entry]], ...] = ()
    notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def roomy(layout: WorkbookLayout, entries: Mapping[str, SheetEntries]) -> WorkbookLayout:
    """The layout with rows enough for every record that is to be written."""
    sheets = tuple(
        sheet.model_copy(update={"blank_rows": len(entries[sheet.id].rows)})
        if sheet.id in entries and len(entries[sheet.id].rows) > sheet.blank_rows
        else sheet
        for sheet in layout.sheets
    )
    return layout.model_copy(update={"sheets": sheets})


def write_entries(
    workbook: Workbook, layout: WorkbookLayout, entries: Mapping[str, SheetEntries]
) -> dict[str, int]:
    """Write everything of `entries` into a template that was just composed; the rest stays as it
    was. Gives the row of the headings of each sheet."""
    headers = {sheet.id: _header_row(workbook[sheet.name], sheet) for sheet in layout.sheets}
    for sheet in layout.sheets:
        if sheet.id in entries:
            _write_sheet(workbook[sheet.name], sheet, entries[sheet.id], headers[sheet.id])
    return headers


def row_names(sheet: SheetLayout, entries: SheetEntries) -> list[str]:
    """Names of the rows below the headings, from the first: references, or records' names."""
    return list(entries.rows) if sheet.kind == "records" else [row.ref for row in sheet.rows]


def _header_row(page: Worksheet, sheet: SheetLayout) -> int:
    first = page.tables[f"table_{sheet.id}"].ref.partition(":")[0]
    return int(page[first].row)


def _write_sheet(page: Worksheet, sheet: SheetLayout, entries: SheetEntries, header: int) -> None:
    places = {column.id: number for number, column in enumerate(sheet.columns, start=1)}
    widths = {column.id: column.width for column in sheet.columns}
    names = row_names(sheet, entries)
    for row, name in enumerate(names, start=header + 1):
        heights = [page.row_dimensions[row].height or 0.0]
        for column_id, entry in entries.rows.get(name, {}).items():
            if entry is None:
                _put_instead(page, row, places[column_id], None)
                continue
            put_entry(_cell(page, row, places[column_id]), entry)
            heights.append(row_height(entry.value, widths[column_id], look.BODY_SIZE))
        if len(heights) > 1:
            set_row_height(page, row, heights)
    for ref, instead in entries.references.items():
        _put_instead(page, header + 1 + names.index(ref), 1, instead)
    for row, more in enumerate(entries.more_rows, start=header + 1 + len(names)):
        for column_id, entry in more.items():
            put(page, row, places[column_id], None, look.FILL_IN)
            put_entry(_cell(page, row, places[column_id]), entry)
    for column_id, instead in entries.headings.items():
        _put_instead(page, header, places[column_id], instead)
    for number, (column_id, by_row) in enumerate(entries.more_columns, start=len(places) + 1):
        put(page, header, number, sheet.columns[places[column_id] - 1].heading, look.FILL_IN_HEADER)
        for name, entry in by_row.items():
            row = header + 1 + names.index(name)
            put(page, row, number, None, look.FILL_IN)
            put_entry(_cell(page, row, number), entry)
    for name, texts in entries.notes.items():
        for column_id, text in texts.items():
            put_note(_cell(page, header + 1 + names.index(name), places[column_id]), text)
    if entries.headings or entries.more_columns:
        # A table whose headings are not in its cells is one that Excel wants to repair.
        page.tables.clear()


def _cell(page: Worksheet, row: int, column: int) -> Cell:
    return cast(Cell, page.cell(row, column))


def _put_instead(page: Worksheet, row: int, column: int, entry: Entry | None) -> None:
    """What is put right here must be open to typing, although it is ours."""
    cell = _cell(page, row, column)
    cell.value = None
    put(page, row, column, None, look.FILL_IN)
    if entry is not None:
        put_entry(cell, entry)


def put_entry(cell: Cell, entry: Entry) -> None:
    """Write one entry so that it is read back as it was; the cell's style stays."""
    if entry.kind == "number":
        _put_number(cell, entry)
    elif entry.kind == "date":
        _put_date(cell, entry)
    elif entry.kind == "boolean":
        cell.value = entry.value == "TRUE"
    elif entry.kind == "error" and entry.value in ERROR_CODES:
        cell.value = entry.value
        cell.data_type = "e"
    elif entry.kind == "text":
        put_text(cell, entry.value)
    else:
        put_text(cell, in_words(entry.kind, entry.value))


def _put_number(cell: Cell, entry: Entry) -> None:
    # Kept as it was written: the last digits of a number are part of what a partner is shown.
    cell.value = entry.value if _NUMBER.fullmatch(entry.value) else repr(float(entry.value))
    cell.data_type = "n"
    cell.number_format = _FORMATS.get(entry.shown_as, "General")


def _put_date(cell: Cell, entry: Entry) -> None:
    if ":" in entry.value[:5]:
        cell.value, cell.number_format = time.fromisoformat(entry.value), _TIME
        return
    moment = datetime.fromisoformat(entry.value)
    if moment.year < _FIRST_YEAR:
        put_text(cell, as_seen(ReadCell(1, 1, "date", entry.value)))
        return
    whole = len(entry.value) == len("2026-04-03")
    cell.value = date.fromisoformat(entry.value) if whole else moment
    cell.number_format = _DAY if whole else _MOMENT
