"""What a partner wrote and where it belongs, from every cell that was read.

Each cell goes to the place that the template has for it, whatever row or column it stood in. A part
that is damaged stays damaged in the same way, so that what is still to be put right is said again,
at a cell that can be typed in. What belongs nowhere is listed, so that nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from remi.intake.judging.structure import odd_rows, place_of_column
from remi.intake.locating.typed import as_seen, plain
from remi.intake.reading.cells import Cell, column_letters
from remi.intake.template.entries import Entry, SheetEntries, text_entry
from remi.intake.template.start import START_SHEET
from schemas.workbook import ANSWER, REF, SheetLayout, ValueType

MOST_COPIED = 20_000
"""Cells of a sheet that is there twice that are copied over."""

_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")

Cells = dict[tuple[int, int], Entry]


class Stray(NamedTuple):
    """Something that stood where nothing is asked."""

    sheet: str
    cell: str
    text: str


class OurTexts(NamedTuple):
    """Texts of our own templates, as `plain` makes them: on the first sheet, and on the sheets that
    ask something. Those on the Lists sheet are left out: they are what partners write."""

    start: frozenset[str]
    sheets: frozenset[str]

    def with_sheets(self, texts: Iterable[str]) -> OurTexts:
        """These, and more texts on the sheets that ask something."""
        return self._replace(sheets=self.sheets.union(texts))


@dataclass(frozen=True)
class Source:
    """Where the rows and columns of one sheet stood in the partner's file."""

    sheet: str
    header_row: int
    columns: Mapping[str, int]
    rows: Mapping[str, int]
    more_rows: tuple[int, ...] = ()


@dataclass
class PartnerValues:
    """Everything of one file. `lost` are sheets of which nothing could be read; `copies` are
    second sheets of a kind, each with all of its cells."""

    entries: dict[str, SheetEntries] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    copies: list[tuple[str, Cells]] = field(default_factory=list)
    used: set[tuple[str, int, int]] = field(default_factory=set)


def partner_values(
    located: Mapping[str, Any], sheets: Iterable[SheetLayout], asked: Mapping[str, Iterable[str]]
) -> PartnerValues:
    """The values of a file that was read by `locate_and_keep`, for these sheets.

    `asked`: the references of each sheet of questions that this organisation is asked.
    """
    cells = cells_by_sheet(located)
    found = {entry["id"]: entry for entry in located["sheets"]}
    values = PartnerValues()
    for sheet in sheets:
        where = found.get(sheet.id)
        if where is None or not where["header_row"]:
            values.lost.append(sheet.id)
        else:
            refs = asked.get(sheet.id, ()) if sheet.kind == "grid" else None
            _add_sheet(values, sheet, where, cells[where["name"]], refs)
            _take_out_what_was_asked_otherwise(values, sheet, where)
    for sheet_id, _, other in located["copies"]:
        if sheet_id in values.entries:
            copied = dict(list(cells[other].items())[:MOST_COPIED])
            values.copies.append((other, copied))
            values.used |= {(other, *at) for at in copied}
    return values


def cells_by_sheet(located: Mapping[str, Any]) -> dict[str, Cells]:
    """What stands in each cell, by sheet."""
    return {
        name: {(row, column): Entry(*entry) for row, column, *entry in cells}
        for name, cells in located["kept"]
    }


def strays(
    located: Mapping[str, Any], used: set[tuple[str, int, int]], ours: OurTexts
) -> Iterator[Stray]:
    """What the partner wrote outside the places that are read, sheet by sheet, row by row."""
    for name, cells in cells_by_sheet(located).items():
        ours_here = ours.start if name == START_SHEET else ours.sheets
        for (row, column), entry in sorted(cells.items()):
            text = seen(entry)
            if text and (name, row, column) not in used and plain(text) not in ours_here:
                yield Stray(name, f"{column_letters(column)}{row}", text)


def seen(entry: Entry) -> str:
    """The whole of what a person sees in the cell."""
    if entry.kind == "text":
        return entry.value.strip()
    return as_seen(_cell(entry))


def _add_sheet(
    values: PartnerValues,
    sheet: SheetLayout,
    found: dict[str, Any],
    cells: Cells,
    asked: Iterable[str] | None,
) -> None:
    header = int(found["header_row"])
    columns = {column_id: _number(letters) for column_id, letters in found["columns"].items()}
    headings = _take_nameless_columns(sheet, found, cells, columns)
    taken = {column_id: n for column_id, n in columns.items() if _is_read(sheet, column_id)}
    read = {column_id: n for column_id, n in taken.items() if column_id != REF}
    repeated = {c: _number(second) for c, _, second in found["repeated"] if c in read}
    by_row: dict[int, set[int]] = {}
    for (row, column), entry in cells.items():
        if row > header and _is_something(entry):
            by_row.setdefault(row, set()).add(column)

    def entries_of(row: int, of: Mapping[str, int]) -> dict[str, Entry]:
        there = by_row.get(row, set())
        return {name: cells[row, column] for name, column in of.items() if column in there}

    rows: dict[str, Mapping[str, Entry | None]] = {}
    source_rows: dict[str, int] = {}
    references: dict[str, Entry | None] = {}
    more: list[int] = []
    if sheet.kind == "records":
        wanted = set(taken.values())
        for row in sorted(row for row, there in by_row.items() if there & wanted):
            rows[f"row {row}"] = entries_of(row, taken)
            source_rows[f"row {row}"] = row
        if REF not in columns:
            headings[REF] = None
    else:
        source_rows, references, more = _rows_of_questions(sheet, found, asked)
        for ref, row in source_rows.items():
            rows[ref] = entries_of(row, read)
            if sheet.kind == "form":
                # A question that was emptied stays empty, even where the answer is known.
                rows[ref] = {ANSWER: None, **rows[ref]}
        for ref, row in source_rows.items():
            if ref in references:
                written = cells.get((row, columns.get(REF, 0)))
                references[ref] = text_entry(seen(written)) if written else None
    extra = tuple(
        (
            column_id,
            {
                name: cells[row, column]
                for name, row in source_rows.items()
                if column in by_row.get(row, set())
            },
        )
        for column_id, column in repeated.items()
    )
    values.entries[sheet.id] = SheetEntries(
        rows=rows,
        references=references,
        headings=headings,
        more_rows=tuple(entries_of(row, taken) for row in more),
        more_columns=extra,
    )
    name = str(found["name"])
    values.sources[sheet.id] = Source(name, header, columns, source_rows, tuple(more))
    for row in (header, *source_rows.values(), *more):
        for column in (*columns.values(), *repeated.values()):
            values.used.add((name, row, column))


def _take_out_what_was_asked_otherwise(
    values: PartnerValues, sheet: SheetLayout, found: dict[str, Any]
) -> None:
    """Answers beside a criterion that was reworded answer something else: they are listed, and not
    put beside the criterion as it was issued."""
    entries, source = values.entries[sheet.id], values.sources[sheet.id]
    for ref, row, _, column_id in found["reworded"]:
        answer = answer_beside(sheet, column_id)
        if answer and answer in source.columns and answer in entries.rows.get(ref, {}):
            kept = {name: entry for name, entry in entries.rows[ref].items() if name != answer}
            entries = replace(entries, rows={**entries.rows, ref: kept})
            values.used.discard((source.sheet, row, source.columns[answer]))
    values.entries[sheet.id] = entries


def answer_beside(sheet: SheetLayout, column_id: str) -> str | None:
    """The column whose answers the wording in this one gives their meaning, if it is one alone."""
    ids = [column.id for column in sheet.columns]
    after = sheet.columns[ids.index(column_id) + 1 :]
    beside = next((c for c in after if c.type is ValueType.ANSWER or c.id == ANSWER), None)
    other = next((c for c in after if c.says_what_is_asked), None)
    if beside is None or (other is not None and ids.index(other.id) < ids.index(beside.id)):
        return None
    return beside.id


def _take_nameless_columns(
    sheet: SheetLayout, found: dict[str, Any], cells: Cells, columns: dict[str, int]
) -> dict[str, Entry | None]:
    """Give a column that lost its heading the column that stands in its place, if there is one.

    Adds to `columns`, and returns what stands where the headings should be.
    """
    headings: dict[str, Entry | None] = {}
    ours = {plain(column.heading) for column in sheet.columns}
    for column_id in found["missing"]:
        if not any(column.id == column_id for column in sheet.columns):
            continue
        address = _ADDRESS.fullmatch(place_of_column(sheet, found, column_id))
        assert address is not None
        number, header = _number(address[1]), int(address[2])
        written = cells.get((header, number))
        headings[column_id] = None
        if number in columns.values() or (written and plain(seen(written)) in ours):
            continue
        columns[column_id] = number
        if written and _is_something(written):
            headings[column_id] = text_entry(seen(written))
    return headings


def _rows_of_questions(
    sheet: SheetLayout, found: dict[str, Any], asked: Iterable[str] | None
) -> tuple[dict[str, int], dict[str, Entry | None], list[int]]:
    """Reference -> row, references that are not written as they should be, rows that are nobody's.

    A row is given to the reference that it is taken to be; not where that would bring a repeated
    reference above the first one, which is the one that is read.
    """
    refs = [row.ref for row in sheet.rows]
    expected = refs if asked is None else [ref for ref in refs if ref in set(asked)]
    rows = {ref: row for ref, row in found["rows"].items() if ref in expected}
    # A row is given to the reference whose text stands beside it, with what is written in its
    # place: nobody answered the one that is written there.
    moved = {written: (row, other) for written, row, other in found["moved"] if other in expected}
    rows = {ref: row for ref, row in rows.items() if ref not in moved}
    rows |= {other: row for row, other in moved.values()}
    odd, missing = odd_rows(found, expected)
    references: dict[str, Entry | None] = dict.fromkeys((*missing, *(o for _, o in moved.values())))
    references |= {ref: None for ref in expected if ref not in rows}
    more: list[int] = []
    for row, kind, written, ref in odd:
        if ref is not None:
            references[ref] = None
        first = kind == "double" and written in refs
        if ref is not None and not (first and refs.index(ref) < refs.index(written)):
            rows[ref] = row
        elif written:
            more.append(row)
    return rows, references, more


def _is_read(sheet: SheetLayout, column_id: str) -> bool:
    return any(c.id == column_id and (not c.criterion_text or c.id == REF) for c in sheet.columns)


def _is_something(entry: Entry) -> bool:
    return entry.kind == "error" or bool(entry.value.strip())


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _cell(entry: Entry) -> Cell:
    number = None
    if entry.kind == "number":
        number = float(entry.value)
    return Cell(1, 1, entry.kind, entry.value, number, entry.shown_as)
