"""Values of an old or damaged workbook at the places that this year's workbook has for them.

Only what stands under its own heading and reference is moved, and an answer only where the row
asks the same as before. Nothing is guessed: everything else is listed with the cell it was in.
"""

from __future__ import annotations

from collections.abc import Mapping

from remi.intake.handback.values import PartnerValues, Source
from remi.intake.template.entries import Entry, SheetEntries
from remi.intake.template.last_year import Became
from schemas.crosswalk import Relation
from schemas.workbook import ANSWER, Column, SheetLayout, WorkbookLayout

Rows = dict[str, Mapping[str, Entry | None]]


def moved_values(
    values: PartnerValues,
    before: WorkbookLayout,
    now: WorkbookLayout,
    became: Mapping[str, Became],
) -> PartnerValues:
    """The values for the sheets of `now`; `became` as in `last_year.what_became`."""
    moved = PartnerValues()
    old_sheets = {sheet.id: sheet for sheet in before.sheets if sheet.id in values.entries}
    for sheet in now.sheets:
        if sheet.kind == "form":
            old = next((s for s in old_sheets.values() if s.kind == "form"), None)
            found = _form(sheet, old, values) if old else {}
        elif sheet.kind == "grid":
            found = _grid(sheet, old_sheets, values, became)
        else:
            found = _records(sheet, values, became) if sheet.id in old_sheets else {}
        _add(moved, sheet, found, values)
    return moved


Found = dict[str, tuple[str, str, Mapping[str, Entry | None], Mapping[str, str]]]
"""Row of this year -> sheet and row that it was, its entries, and old column by new column."""


def _form(sheet: SheetLayout, old: SheetLayout, values: PartnerValues) -> Found:
    refs = {row.column.id: row.ref for row in old.rows if row.column is not None}
    found: Found = {}
    for row in sheet.rows:
        ref = refs.get(row.column.id) if row.column else None
        # Who completed it and when is said anew, so that nothing is accepted in silence.
        if ref is None or row.column is None or _signs(row.column):
            continue
        entries = values.entries[old.id].rows.get(ref, {})
        found[row.ref] = (old.id, ref, entries, {ANSWER: ANSWER})
    return found


def _signs(column: Column) -> bool:
    return column.carried == "no"


def _grid(
    sheet: SheetLayout,
    old_sheets: Mapping[str, SheetLayout],
    values: PartnerValues,
    became: Mapping[str, Became],
) -> Found:
    where = {
        row.ref: old.id for old in old_sheets.values() if old.kind == "grid" for row in old.rows
    }
    found: Found = {}
    for row in sheet.rows:
        was = became.get(row.ref)
        if was is None or was.one is None or was.one not in where:
            continue
        old_id = where[was.one]
        columns = {
            column.id: column.id
            for column in sheet.columns
            if column.stage is None or was.relation is Relation.SAME
        }
        entries = values.entries[old_id].rows.get(was.one, {})
        found[row.ref] = (old_id, was.one, entries, columns)
    return found


def _records(sheet: SheetLayout, values: PartnerValues, became: Mapping[str, Became]) -> Found:
    now = {was.one: ref for ref, was in became.items() if was.one is not None}
    listed = {column.id for column in sheet.columns if column.codelist == "indicators"}
    columns = {column.id: column.id for column in sheet.columns}
    found: Found = {}
    for name, row in values.entries[sheet.id].rows.items():
        entries = {
            column_id: entry._replace(value=now.get(entry.value, entry.value))
            if entry is not None and column_id in listed
            else entry
            for column_id, entry in row.items()
        }
        found[name] = (sheet.id, name, entries, columns)
    return found


def _add(moved: PartnerValues, sheet: SheetLayout, found: Found, values: PartnerValues) -> None:
    rows: Rows = {}
    source_rows: dict[str, int] = {}
    source: Source | None = None
    for name, (old_id, old_name, entries, columns) in found.items():
        of = values.sources[old_id]
        nameless = set(values.entries[old_id].headings)
        if old_name in values.entries[old_id].references or old_name not in of.rows:
            continue
        kept = {
            new: entries[old]
            for new, old in columns.items()
            if entries.get(old) is not None and old not in nameless
        }
        source = of
        source_rows[name] = of.rows[old_name]
        if kept:
            rows[name] = kept
        for column_id in kept:
            moved.used.add((of.sheet, of.rows[old_name], of.columns[column_id]))
    if source is not None:
        moved.entries[sheet.id] = SheetEntries(rows=rows)
        moved.sources[sheet.id] = Source(
            source.sheet, source.header_row, source.columns, source_rows
        )
