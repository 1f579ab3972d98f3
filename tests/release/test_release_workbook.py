import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import openpyxl
import pytest
from invented_edition import HOSTILE_NAME, LINK_NAME
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from remi.release.content import Content
from remi.release.workbook import workbook, workbook_name


@pytest.fixture(scope="module")
def data(files: dict[str, bytes], content: Content) -> bytes:
    return files[workbook_name(content)]


@pytest.fixture(scope="module")
def book(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def table_sheets(book: Workbook) -> Iterator[Worksheet]:
    for sheet in book.worksheets:
        if sheet.title != "Cover":
            yield sheet


def test_it_opens_with_a_sheet_for_each_table(book: Workbook, content: Content) -> None:
    assert book.sheetnames == [
        "Cover", "Contents", "Notes", *(table.id for table in content.tables), "Columns",
    ]  # fmt: skip
    assert len({name.casefold() for name in book.sheetnames}) == len(book.sheetnames)
    assert max(map(len, book.sheetnames)) <= 31


def test_each_sheet_holds_one_marked_table_at_its_left_edge_and_nothing_below(
    book: Workbook,
) -> None:
    names = []
    for sheet in table_sheets(book):
        (table,) = sheet.tables.values()
        names.append(table.name)
        start, end = table.ref.split(":")
        assert re.match(r"A\d+$", start), sheet.title
        assert int(re.sub(r"\D", "", end)) == sheet.max_row
        assert table.headerRowCount == 1
        assert table.autoFilter is None
    assert len(set(names)) == len(names)


def test_no_cell_is_merged_hidden_frozen_or_filtered(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges
        assert sheet.freeze_panes is None
        assert sheet.auto_filter.ref is None
        assert sheet.sheet_state == "visible"
        assert not [one for one in sheet.column_dimensions.values() if one.hidden]
        assert not [one for one in sheet.row_dimensions.values() if one.hidden]


def test_no_heading_and_no_cell_of_a_table_is_blank(book: Workbook) -> None:
    for sheet in table_sheets(book):
        (table,) = sheet.tables.values()
        rows = list(sheet[table.ref])
        headings = [cell.value for cell in rows[0]]
        assert all(headings)
        assert len(set(headings)) == len(headings)
        assert not [cell.coordinate for row in rows for cell in row if cell.value in (None, "")]


def test_a_name_that_looks_like_a_formula_or_a_link_stays_text(book: Workbook, data: bytes) -> None:
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert HOSTILE_NAME in [cell.value for cell in cells]
    assert LINK_NAME.replace("](", "] (") in [cell.value for cell in cells]
    links = [cell.hyperlink for cell in cells if cell.hyperlink]
    assert links
    assert not [one.target for one in links if one.target]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in parts.namelist():
            assert not re.search(rb"<f[ >]", parts.read(name)), name


@pytest.mark.parametrize("name", ["বাংলা ফোরাম", "منتدى", "Κοινότητα", "Café", "…"])
def test_a_name_in_another_script_is_written_as_it_is(content: Content, name: str) -> None:
    meetings = next(table for table in content.tables if table.id == "A13")
    place = [column.id for column in meetings.columns].index("forum")
    first, *rest = meetings.rows
    named = tuple(
        replace(cell, text=name) if at == place else cell for at, cell in enumerate(first)
    )
    renamed = replace(meetings, rows=(named, *rest))
    tables = tuple(renamed if table.id == "A13" else table for table in content.tables)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(replace(content, tables=tables))))["A13"]
    (table,) = sheet.tables.values()
    heading, written, *after = ([cell.value for cell in row] for row in sheet[table.ref])
    column = heading.index("Forum")
    assert written[column] == name
    assert [row[column] for row in after] == [row[place].text for row in rest]


def test_every_note_is_referred_to_and_every_reference_has_its_note(book: Workbook) -> None:
    (table,) = book["Notes"].tables.values()
    listed = {row[0].value for row in list(book["Notes"][table.ref])[1:]}
    titles = " ".join(str(sheet["A1"].value) for sheet in table_sheets(book))
    assert listed == {int(number) for number in re.findall(r"\[note (\d+)\]", titles)}
    assert "$$" not in titles


def test_the_legend_of_a_sheet_is_the_symbols_that_its_table_uses(book: Workbook) -> None:
    symbol = re.compile(r"^\[[a-z]\]")
    for sheet in table_sheets(book):
        (table,) = sheet.tables.values()
        rows = list(sheet[table.ref])
        used = {c.value for row in rows[1:] for c in row if symbol.fullmatch(str(c.value))}
        above = [str(row[0].value) for row in sheet.iter_rows(max_row=rows[0][0].row - 1)]
        assert {line[:3] for line in above if symbol.match(line)} == used, sheet.title
        assert str(sheet["A1"].value).strip()


def test_a_column_of_numbers_holds_only_numbers_and_symbols(
    book: Workbook, content: Content
) -> None:
    for table in content.tables:
        sheet = book[table.id]
        (marked,) = sheet.tables.values()
        for row, cells in zip(list(sheet[marked.ref])[1:], table.rows, strict=True):
            for written, place in zip(row, table.shown, strict=True):
                cell = cells[place]
                if cell.value is None or isinstance(cell.value, str):
                    assert written.value == cell.text.replace("](", "] (")
                else:
                    assert written.value == float(cell.value)


def test_it_says_its_title_author_and_language(book: Workbook, content: Content) -> None:
    assert book.properties.title == content.title
    assert book.properties.creator == content.publisher
    assert book.properties.language == "en-GB"
    assert book.active is not None
    assert book.active.title == "Cover"
    for sheet in book.worksheets:
        assert sheet.sheet_view.selection[0].activeCell in (None, "A1")


def test_the_cover_opens_with_the_notice_and_the_statement(
    book: Workbook, content: Content
) -> None:
    said = [row[0].value for row in book["Cover"].iter_rows()]
    assert said[0] == content.title
    assert said[2:4] == list(content.cautions)
    assert not [one for one in said if one and re.search(r"\b0\d [A-Z]", one)], "1 October, not 01"


def test_a_table_without_rows_says_so_rather_than_being_blank(content: Content) -> None:
    last = content.tables[-1]
    made = workbook(replace(content, tables=(replace(last, rows=()),)))
    sheet = openpyxl.load_workbook(io.BytesIO(made))[last.id]
    (table,) = sheet.tables.values()
    cells = list(sheet[table.ref])[1]
    assert cells[0].value == "No rows this year"
    assert {cell.value for cell in cells[1:]} == {"[z]"}


def test_the_same_content_gives_the_same_bytes(content: Content, data: bytes) -> None:
    few = replace(content, tables=content.tables[-3:])
    assert workbook(few) == workbook(few)
    assert len(data) > len(workbook(few))


def test_no_text_has_a_stray_space_and_every_note_is_numbered_once_and_referred_to(
    book: Workbook, content: Content
) -> None:
    ours = {name for table in content.tables for row in table.rows for name in map(_text, row)}
    for sheet in book.worksheets:
        for row in sheet.iter_rows(values_only=True):
            for text in row:
                if isinstance(text, str) and text not in ours:
                    assert not re.search(r" {2}|^\s|\s$", text), f"{sheet.title}: {text!r}"
    notes = [row[0] for row in book["Notes"].iter_rows(min_row=4, max_col=1, values_only=True)]
    numbers = [str(n) for n in notes if isinstance(n, (int, str)) and str(n).strip().isdigit()]
    referred = {
        number
        for table in content.tables
        for number in re.findall(r"\[note (\d+)\]", str(book[table.id]["A1"].value))
    }
    assert numbers
    assert len(set(numbers)) == len(numbers)
    assert set(numbers) == referred
    for table in content.tables:
        title = str(book[table.id]["A1"].value)
        assert title.startswith(f"{table.id}: {table.title}")
        assert title.count("[note ") == len(table.notes)
        if table.notes:
            assert f"{table.title} [note " in title


def _text(cell: object) -> str:
    return str(getattr(cell, "text", ""))


def test_a_bound_is_shown_as_one_and_stays_a_number(content: Content) -> None:
    events = next(table for table in content.tables if table.id == "A08")
    place = events.place("n_attendances")
    bound = events.rows[0][place].__class__(655, None, "at least 655")
    rows = ((*events.rows[0][:place], bound, *events.rows[0][place + 1 :]), *events.rows[1:])
    tables = tuple(replace(t, rows=rows) if t is events else t for t in content.tables)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(replace(content, tables=tables))))["A08"]
    (cell,) = [c for row in sheet.iter_rows() for c in row if c.value == 655]
    assert cell.number_format == '"at least "#,##0'
    assert cell.font.name == sheet.cell(cell.row, cell.column - 1).font.name
