"""The accessible workbook: cover, contents, notes, what each column holds, and a sheet a table.

Written by gptables, which keeps the Analysis Function's rules for published spreadsheets. What it
leaves open is closed here: text never becomes a formula or a link, notes are all referred to, the
document has title, author and language, and the same release gives the same bytes.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from datetime import UTC, datetime, time
from typing import Any

import gptables
import pandas as pd

from remi.dates import day_in_words, days_in_words
from remi.release.content import Content
from remi.release.present import NUMERIC, excel_format, symbol, symbol_meaning
from remi.release.tables import Cell, ReleaseTable
from schemas.impact import QUALIFIERS, Holds, Status

COLUMNS_SHEET = "Columns"
LANGUAGE = "en-GB"

_UNITS = {
    Holds.KEY: "Text",
    Holds.TEXT: "Text",
    Holds.ORGANISATIONS: "Count, exact",
    Holds.PEOPLE: "Count of people, protected",
    Holds.STAGE: "Stage number",
    Holds.SCORE: "Score from 0 to 100",
    Holds.PERCENTAGE: "Percentage",
    Holds.MEASURE: "Number",
}
_WIDEST, _NARROWEST = 46, 11
_TAKEN_FOR_SYMBOLS = re.compile(r"[^a-zA-Z0-9]+")
"""What gptables 2.0.2 calls “only special characters”, names in other scripts among them."""


def workbook_name(content: Content) -> str:
    """File name of the workbook."""
    return f"annual-tables-{content.cycle.id}.xlsx"


def workbook(content: Content) -> bytes:
    """The workbook (xlsx) as bytes, the same each time for the same content."""
    notes = _numbered_notes(content.tables)
    tables = {table.id: table for table in content.tables}
    sheets = {table.id: _sheet(table, notes, content) for table in content.tables}
    sheets[COLUMNS_SHEET] = _columns_sheet(content.tables)
    in_other_scripts = {name: _stand_in(sheet.table) for name, sheet in sheets.items()}
    file = io.BytesIO()
    with warnings.catch_warnings():
        # gptables 2.0.2 was written for pandas 2; what it is warned of still works in pandas 3.
        warnings.simplefilter("ignore", category=pd.errors.Pandas4Warning)
        book = gptables.produce_workbook(
            file,
            sheets=sheets,
            cover=_cover(content),
            contentsheet_options={
                "instructions": "This worksheet contains one table, with a link to each worksheet."
            },
            notes_table=pd.DataFrame({"reference": list(notes.values()), "Note": list(notes)}),
            auto_width=False,
            workbook_options={
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
    book.get_worksheet_by_name("Contents").set_column(1, 1, 90)
    book.get_worksheet_by_name("Notes").set_column(1, 1, 110)
    for name, sheet in sheets.items():
        page = book.get_worksheet_by_name(name)
        _space_before_notes(page, sheet.title)
        _set_widths(page, sheet.table)
        if name in tables:
            _write_qualifiers(book, page, sheet.data_range[0] + 1, tables[name])
        _write_as_they_are(page, sheet.data_range[0] + 1, in_other_scripts[name])
    book.set_properties(
        {
            "title": content.title,
            "author": content.publisher,
            "subject": content.framework,
            "comments": " ".join(content.cautions),
            "created": datetime.combine(content.cycle.publishes, time(9, 30), UTC),
        }
    )
    book.close()
    return _with_language(file.getvalue())


def _cover(content: Content) -> Any:
    cycle = content.cycle
    return gptables.Cover(
        title=content.title,
        intro=list(content.cautions),
        about=[
            f"Published {day_in_words(cycle.publishes)} by: {content.publisher}",
            f"Returns were received from {days_in_words(cycle.opens, cycle.closes)}.",
            f"Engagement is counted from {days_in_words(cycle.period_start, cycle.period_end)}.",
            f"Framework: {content.framework}",
            f"Source: {content.source_run_id}",
            *(f"{point.label}: {_plain(point.text)}" for point in content.method),
            "Symbols are explained above each table that uses them. No cell is blank.",
        ],
    )


def _plain(parts: tuple[Any, ...]) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def _numbered_notes(tables: tuple[ReleaseTable, ...]) -> dict[str, str]:
    """Each different note and the reference that tables give to it, in order of first use."""
    different = dict.fromkeys(note for table in tables for note in table.notes)
    return {note: f"note{number}" for number, note in enumerate(different, start=1)}


def _sheet(table: ReleaseTable, notes: dict[str, str], content: Content) -> Any:
    references = "".join(f"$${notes[note]}$$" for note in table.notes)
    said_once = [f"{column.heading}: {cell.text}" for column, cell in table.same_in_every_row]
    frame = pd.DataFrame(
        {table.columns[i].heading: [_written(row[i]) for row in table.rows] for i in table.shown},
        dtype=object,
    )
    if frame.empty:
        frame = _no_rows(list(frame.columns))
    formats = [
        {"column": {"columns": [place], "format": {"num_format": excel_format(column.holds)}}}
        for place, column in enumerate(table.columns[i] for i in table.shown)
        if column.holds in NUMERIC
    ]
    return gptables.GPTable(
        table=frame,
        table_name=table.file_stem,
        title=f"{table.id}: {table.title}{references}",
        subtitles=list(content.cautions) if content.demonstration_notice else [content.statement],
        instructions="This worksheet contains one table."
        + (" Notes are on the worksheet Notes." if table.notes else ""),
        legend=[
            f"{symbol(status)} {symbol_meaning(status)}"
            for status in (table.statuses if table.rows else (Status.NOT_APPLICABLE,))
        ],
        source=". ".join(said.rstrip(".") for said in said_once)
        or f"Source: {content.source_run_id}",
        scope=f"One row for each {table.one_row_per}.",
        index_columns={},
        additional_formatting=formats,
    )


def _no_rows(headings: list[str]) -> pd.DataFrame:
    """A row that says there are none, since a marked table must have one."""
    rest = [symbol(Status.NOT_APPLICABLE)] * (len(headings) - 1)
    return pd.DataFrame([["No rows this year", *rest]], columns=headings)


def _written(cell: Cell) -> object:
    """The cell as it is written: a number, or text that gptables cannot take for a link."""
    if cell.value is None or isinstance(cell.value, str):
        return cell.text.replace("](", "] (")
    return float(cell.value) if cell.value != int(cell.value) else int(cell.value)


def _write_qualifiers(book: Any, sheet: Any, first_row: int, table: ReleaseTable) -> None:
    """Numbers that are bounds or estimates, shown as such and still numbers to count with."""
    formats: dict[str, Any] = {}
    for place, column in enumerate(table.columns[i] for i in table.shown):
        if column.qualified_by is None:
            continue
        for number, row in enumerate(table.rows):
            cell = row[table.shown[place]]
            said = next((one for one in QUALIFIERS if cell.text.startswith(f"{one} ")), None)
            if said is None or cell.value is None or isinstance(cell.value, str):
                continue
            shown = f'"{said} "{excel_format(column.holds)}'
            if shown not in formats:
                given = sheet.table[first_row + number][place].format
                formats[shown] = _alike(book, given, shown)
            sheet.write_number(first_row + number, place, float(cell.value), formats[shown])


_OF_ONE_FORMAT = ("xf_format_indices", "dxf_format_indices", "xf_index", "dxf_index")


def _alike(book: Any, look: Any, num_format: str) -> Any:
    """The same look with another number format; xlsxwriter has no copy of a format."""
    made = book.add_format()
    kept = {name: value for name, value in vars(look).items() if name not in _OF_ONE_FORMAT}
    vars(made).update(kept)
    made.set_num_format(num_format)
    return made


def _space_before_notes(sheet: Any, title: str) -> None:
    """One space between a title and its notes.

    gptables 2.0.2 moves each reference to the end and leaves the spaces that stood before it, here
    and in the table of contents; so the title is given to it without any.
    """
    parted = re.sub(r"(?<=[^\s\]])(?=\[note )", " ", title, count=1)
    sheet.write_string(0, 0, parted, sheet.table[0][0].format)


def _stand_in(frame: pd.DataFrame) -> dict[tuple[int, int], str]:
    """Puts letters in place of what gptables would refuse; gives row and column of each such text.

    Without this one forum with a Bengali name would stop the release.
    """
    texts = {
        (row, place): value
        for place in range(len(frame.columns))
        for row, value in enumerate(frame.iloc[:, place])
        if isinstance(value, str) and _TAKEN_FOR_SYMBOLS.fullmatch(value)
    }
    for (row, place), text in texts.items():
        frame.iat[row, place] = "x" * len(text)
    return texts


def _write_as_they_are(sheet: Any, first_row: int, texts: dict[tuple[int, int], str]) -> None:
    """The texts in their cells, in the format that gptables gave these."""
    for (row, place), text in texts.items():
        stand_in = sheet.table[first_row + row][place]
        sheet.write_string(first_row + row, place, text, stand_in.format)


def _columns_sheet(tables: tuple[ReleaseTable, ...]) -> Any:
    rows = [
        (table.id, column.heading, column.meaning, _UNITS[column.holds], column.id)
        for table in tables
        for column in table.columns
    ]
    headings = ["Table", "Column", "What it holds", "Kind", "Name in data files"]
    return gptables.GPTable(
        table=pd.DataFrame(rows, columns=headings),
        table_name="what_columns_hold",
        title="What each column holds",
        instructions="This worksheet contains one table.",
        index_columns={},
    )


def _set_widths(sheet: Any, frame: pd.DataFrame) -> None:
    for place, heading in enumerate(frame.columns):
        longest = max((len(str(value)) for value in frame[heading]), default=0)
        word = max(len(part) for part in str(heading).split())
        sheet.set_column(place, place, min(max(longest, word, _NARROWEST) + 3, _WIDEST))


def _with_language(book: bytes) -> bytes:
    """The same file with the document's language in its properties, which xlsxwriter cannot set."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == "docProps/core.xml":
                end = b"</cp:coreProperties>"
                part = part.replace(end, f"<dc:language>{LANGUAGE}</dc:language>".encode() + end)
            fixed = zipfile.ZipInfo(entry.filename, date_time=(1980, 1, 1, 0, 0, 0))
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = entry.external_attr
            new.writestr(fixed, part)
    return made.getvalue()
