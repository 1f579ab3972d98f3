# ruff: noqa: DTZ001 - a workbook knows no time zones
"""An OpenDocument spreadsheet holds the same cells, and is told the same, as its Excel workbook."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_open_documents import cell, number, ods_of, parts_of_ods, row, table, text
from made_workbooks import zipped
from openpyxl.comments import Comment
from verdict_samples import (
    assessment,
    engagement,
    problems,
    put,
    row_of,
)

from remi.intake.reading.cells import Cell, SheetCells
from remi.intake.reading.reader import read_workbook
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.write import workbook_bytes


def only_sheet(content: bytes) -> SheetCells:
    (sheet,) = read_workbook(content).sheets
    return sheet


def cells_of(rows: str, **others: str) -> dict[str, Cell]:
    sheet = only_sheet(ods_of(table(rows), **others))
    return {found.address: found for found in sheet.cells.values()}


def comparable(found: Cell) -> tuple[Any, ...]:
    """A cell as it must be in every format: LibreOffice keeps 15 digits of a number."""
    value = f"{found.number:.14g}" if found.kind == "number" else found.value
    return found.kind, value, found.shown_as


def comparable_sheets(content: bytes) -> dict[str, Any]:
    return {
        sheet.name: (
            sheet.visibility != "visible",
            sheet.hidden_rows,
            sheet.hidden_columns,
            {found.address: comparable(found) for found in sheet.cells.values()},
        )
        for sheet in read_workbook(content).sheets
    }


# ---- the same as the Excel workbook, by way of LibreOffice


def spoiled() -> bytes:
    """A filled template with faults of many kinds."""
    book = assessment()
    leadership, workforce, form = book["Leadership"], book["Workforce"], book["Your organisation"]
    put(leadership, row_of(leadership, "L2"), "Stage 1 ", "answer", value="mett")
    put(leadership, row_of(leadership, "L3"), "Stage 1 ", "answer", value=None)
    put(leadership, row_of(leadership, "L4"), "Evidence date", value="31/02/2025")
    put(leadership, row_of(leadership, "L5"), "Evidence date", value=45000)
    put(leadership, row_of(leadership, "L1"), "Stage 1 ", "answer", value=True)
    put(workforce, row_of(workforce, "W3"), "Stage 1 ", "answer", value="#REF!")
    put(workforce, row_of(workforce, "W1"), "Evidence title", value="ask jo.bloggs@example.org")
    put(form, row_of(form, "O6"), "Your answer", value=0.5)
    form.cell(row_of(form, "O6"), 3).number_format = "0%"
    leadership.row_dimensions[row_of(leadership, "L2")].hidden = True
    workforce.sheet_state = "hidden"
    book["Communities"].cell(60, 2, "beside no reference")
    return workbook_bytes(book)


def with_every_kind_of_cell() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Answers & more"
    rows: list[list[Any]] = [
        ["Ref", "two\nlines", "  spaced   out  ", "end ", "007", "NA", "\n\nx\n", "é𝔘 <&>"],
        [1, -2.5, 0, 1e-9, 0.1 + 0.2, 1e20, True, False, "TRUE"],
        [date(2026, 4, 3), datetime(2026, 4, 3, 14, 30), time(9, 5), timedelta(hours=36)],
        ["#REF!", "#N/A", "#DIV/0!", "#VALUE!"],
        ["same"] * 5,
        ["same"] * 5,
    ]
    for values in rows:
        sheet.append(values)
    for where, value, number_format in (
        ("H9", 0.75, "0%"),
        ("I9", 1234.5, '"£"#,##0.00'),
        ("J9", 45000, "d mmm yyyy"),
        ("K9", 5, "@"),
    ):
        sheet[where] = value
        sheet[where].number_format = number_format
    sheet["A1"].comment = Comment("a note is no text of the cell", "Jo")
    sheet["A12"] = "merged"
    sheet.merge_cells("A12:D14")
    sheet["A20"], sheet["Z20"], sheet["AB300"] = "hidden row", "hidden column", "last"
    sheet.row_dimensions[20].hidden = True
    sheet.column_dimensions["Z"].hidden = True
    book.create_sheet("Hidden").append(["kept"])
    book["Hidden"].sheet_state = "hidden"
    book.create_sheet("Empty")
    filtered = book.create_sheet("Filtered")
    for value in range(5):
        filtered.append([value])
    filtered.auto_filter.ref = "A1:A5"
    filtered.row_dimensions[3].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


MADE = {
    "assessment": workbook_bytes(assessment()),
    "spoiled": spoiled(),
    "engagement": workbook_bytes(engagement("QAB")),
    "every kind": with_every_kind_of_cell(),
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, bytes]]:
    """Each workbook saved by LibreOffice as .ods, and that file saved again as .xlsx."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed here")
    folder = tmp_path_factory.mktemp("ods")
    for name, content in MADE.items():
        (folder / f"{name}.xlsx").write_bytes(content)
    for before, after in (("xlsx", "ods"), ("ods", "xlsx")):
        files = sorted((folder if before == "xlsx" else folder / before).glob(f"*.{before}"))
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        into = ("--headless", "--convert-to", after, "--outdir", folder / after)
        command: list[str | Path] = [soffice, profile, *into, *files]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
    return {
        name: (
            (folder / "ods" / f"{name}.ods").read_bytes(),
            (folder / "xlsx" / f"{name}.xlsx").read_bytes(),
        )
        for name in MADE
    }


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1) as pool:
        yield pool


@pytest.mark.parametrize("name", MADE)
def test_an_ods_save_has_the_same_cells_as_the_workbook(
    saved: dict[str, tuple[bytes, bytes]], name: str
) -> None:
    expected = comparable_sheets(MADE[name])
    as_ods, back_again = saved[name]
    assert comparable_sheets(as_ods) == expected
    assert comparable_sheets(back_again) == expected


@pytest.mark.parametrize("name", ["assessment", "spoiled", "engagement"])
def test_an_ods_save_is_told_the_same_as_the_workbook(
    saved: dict[str, tuple[bytes, bytes]], sandbox: Sandbox, name: str
) -> None:
    expected = problems(MADE[name], sandbox)
    assert bool(expected) == (name == "spoiled")
    as_ods, back_again = saved[name]
    assert problems(as_ods, sandbox) == expected
    assert problems(back_again, sandbox) == expected


# ---- what a cell holds


def test_each_type_of_value_is_read_as_the_workbook_reader_reads_it() -> None:
    def typed(kind: str, attribute: str, value: str, shown: str) -> str:
        attributes = f' office:value-type="{kind}" office:{attribute}="{value}"'
        return cell(f"<text:p>{shown}</text:p>", attributes)

    found = cells_of(
        row(
            typed("float", "value", "1.50E+003", "1,500")
            + typed("percentage", "value", "0.75", "75%")
            + typed("currency", "value", "12.5", "£12.50")
            + typed("boolean", "boolean-value", "true", "TRUE")
            + typed("date", "date-value", "2026-04-03", "3 Apr")
            + typed("date", "date-value", "2026-04-03T00:00:00", "3 Apr")
            + typed("date", "date-value", "2026-04-03T14:30:00.500000000", "3 Apr")
            + typed("time", "time-value", "PT09H05M00S", "09:05")
            + typed("time", "time-value", "PT36H00M00S", "36:00")
            + typed("time", "time-value", "-PT06H00M00S", "-6:00")
            + typed("string", "string-value", "007", "007")
            + typed("float", "value", "1", "TRUE")
        )
    )
    assert [(c.kind, c.value, c.number, c.shown_as) for c in found.values()] == [
        ("number", "1.50E+003", 1500.0, ""),
        ("number", "0.75", 0.75, "percentage"),
        ("number", "12.5", 12.5, ""),
        ("boolean", "TRUE", None, ""),
        ("date", "2026-04-03", None, "date"),
        ("date", "2026-04-03", None, "date"),
        ("date", "2026-04-03T14:30:00.500000", None, "date"),
        ("date", "09:05:00", None, "date"),
        ("number", "1.5", 1.5, "duration"),
        ("number", "-0.25", -0.25, "duration"),
        ("text", "007", None, ""),
        ("boolean", "TRUE", None, ""),
    ]
    assert not any(one.formula for one in found.values())


def test_text_is_what_the_partner_sees() -> None:
    found = cells_of(
        row(
            text("two", "", "lines")
            + text("plain <text:span>bold<text:s/></text:span> <text:a>link</text:a>")
            + text("<text:s text:c='2'/>a<text:tab/>b<text:line-break/>c ")
            + text("\n   laid\n\t out  by   hand")
            + text(
                "<text:ruby><text:ruby-base>base</text:ruby-base>"
                "<text:ruby-text>guide</text:ruby-text></text:ruby>"
            )
            + cell("<text:p>no type</text:p>")
            + cell(
                "<text:list><text:list-item><text:p>listed</text:p></text:list-item></text:list>"
            )
        )
    )
    assert [one.value for one in found.values()] == [
        "two\n\nlines",
        "plain bold  link",
        "  a\tb\nc ",
        "laid out by hand",
        "base",
        "no type",
        "listed",
    ]


def test_notes_text_boxes_and_deleted_cells_are_no_text_of_a_cell() -> None:
    note = "<office:annotation><text:p>note</text:p></office:annotation>"
    box = "<draw:frame><draw:text-box><text:p>box</text:p></draw:text-box></draw:frame>"
    deleted = (
        "<table:tracked-changes><table:cell-content-change><table:previous>"
        '<table:change-track-table-cell office:value-type="string"><text:p>old</text:p>'
        "</table:change-track-table-cell></table:previous></table:cell-content-change>"
        "</table:tracked-changes>"
    )
    shapes = f"<table:shapes>{box}</table:shapes>"
    rows = row(cell(note) + cell(f"{note}<text:p>met{note}</text:p>{box}") + cell(box))
    sheet = only_sheet(ods_of(deleted + table(shapes + rows)))
    assert [(one.address, one.value) for one in sheet.cells.values()] == [("B1", "met")]


@pytest.mark.parametrize(
    "attributes",
    [
        ' table:formula="of:=A9" office:value-type="string" office:string-value=""'
        ' calcext:value-type="error"',
        ' table:formula="of:=A9" office:value-type="float" office:value="0"',
        ' table:formula="of:=A9" office:value-type="string" office:string-value="{error}"',
        ' office:value-type="string"',
    ],
    ids=["LibreOffice", "older LibreOffice", "another program", "without a formula"],
)
@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "Err:502"])
def test_an_error_in_an_ods_is_never_blank_and_never_zero(attributes: str, error: str) -> None:
    written = attributes.replace("{error}", error)
    (found,) = cells_of(row(cell(f"<text:p>{error}</text:p>", written))).values()
    assert (found.kind, found.value) == ("error", error)
    assert found.formula == ("formula" in attributes)


def test_an_error_in_another_language_is_an_error() -> None:
    attributes = ' office:value-type="string" calcext:value-type="error"'
    (found,) = cells_of(row(cell("<text:p>#NOM ?</text:p>", attributes))).values()
    assert (found.kind, found.value) == ("error", "#NOM ?")


def test_text_that_only_looks_like_an_error_is_text() -> None:
    found = cells_of(
        row(text("#N/A", attributes=' calcext:value-type="string"') + text("#1 in London"))
    )
    assert [one.kind for one in found.values()] == ["text", "text"]


def test_formulas_keep_their_last_value_and_are_told_from_what_was_typed() -> None:
    formula = ' table:formula="of:=[.A1]+1"'
    found = cells_of(
        row(
            number(7, formula)
            + text("met", attributes=f'{formula} office:string-value="met"')
            + cell("<text:p/>", formula)
            + cell("", formula)
            + cell("", f'{formula} office:value-type="float"')
        )
    )
    assert [(one.kind, one.value, one.formula) for one in found.values()] == [
        ("number", "7", True),
        ("text", "met", True),
        ("text", "", True),
        ("formula_without_value", "[.A1]+1", True),
        ("formula_without_value", "[.A1]+1", True),
    ]


@pytest.mark.parametrize(
    ("first_day", "day"),
    [("", "2026-04-03"), ("1899-12-30", "2026-04-03"), ("1904-01-01", "2030-04-04")],
)
def test_a_day_that_a_formula_gave_counts_from_the_workbooks_first_day(
    first_day: str, day: str
) -> None:
    null_date = f'<table:null-date table:date-value="{first_day}"/>' if first_day else ""
    settings_ = f"<table:calculation-settings>{null_date}</table:calculation-settings>"

    def calculated(value: float, shown: str) -> str:
        attributes = f' table:formula="of:=B1" office:value-type="float" office:value="{value}"'
        return cell(f"<text:p>{shown}</text:p>", attributes)

    cells = row(
        calculated(46115, "03/04/26")
        + calculated(0.5, "12:00")
        + calculated(46115, "46115")
        + calculated(1.5, "1 1/2")
        + number(46115)
        + cell(
            "<text:p>3.4.26</text:p>", ' office:value-type="date" office:date-value="2026-04-03"'
        )
    )
    sheet = only_sheet(ods_of(settings_ + table(cells)))
    assert [(one.kind, one.value) for one in sheet.cells.values()] == [
        ("date", day),
        ("date", "12:00:00"),
        ("number", "46115"),
        ("number", "1.5"),
        ("number", "46115"),
        ("date", "2026-04-03"),
    ]


@pytest.mark.parametrize(
    ("kind", "attribute", "value"),
    [
        ("float", "value", "nan"),
        ("float", "value", "1_000"),
        ("float", "value", "about 5"),
        ("date", "date-value", "2026-02-31"),
        ("date", "date-value", "-0044-03-15"),
        ("time", "time-value", "PT1H30"),
        ("boolean", "boolean-value", "perhaps"),
    ],
)
def test_what_is_not_what_its_type_says_is_kept_as_text(
    kind: str, attribute: str, value: str
) -> None:
    attributes = f' office:value-type="{kind}" office:{attribute}="{value}"'
    (found,) = cells_of(row(cell(f"<text:p>{value}</text:p>", attributes))).values()
    assert (found.kind, found.value, found.number) == ("text", value, None)


# ---- where it stands


def test_repeats_stand_for_every_row_and_column_they_repeat() -> None:
    twice = ' table:number-columns-repeated="2"'
    found = cells_of(
        row(cell("", ' table:number-columns-repeated="3"'), ' table:number-rows-repeated="4"')
        + row(
            cell() + text("a", attributes=twice) + cell("", twice) + number(5),
            ' table:number-rows-repeated="2"',
        )
        + row(text("end"))
    )
    assert {where: one.value for where, one in found.items()} == {
        **dict.fromkeys(("B5", "C5", "B6", "C6"), "a"),
        **dict.fromkeys(("F5", "F6"), "5"),
        "A7": "end",
    }


def test_cells_under_a_merged_cell_keep_their_place() -> None:
    covered = (
        '<table:covered-table-cell table:number-columns-repeated="2"/>'
        '<table:covered-table-cell office:value-type="string"><text:p>under</text:p>'
        "</table:covered-table-cell>"
    )
    found = cells_of(
        row(text("over", attributes=' table:number-columns-spanned="4"') + covered + text("E"))
    )
    assert {where: one.value for where, one in found.items()} == {
        "A1": "over",
        "D1": "under",
        "E1": "E",
    }


def test_rows_and_columns_in_groups_and_headings_are_counted() -> None:
    filtered = row(text("c"), ' table:visibility="filter"')
    column = '<table:table-column table:visibility="collapse"/>'
    sheet = only_sheet(
        ods_of(
            table(
                "<table:table-header-columns><table:table-column/></table:table-header-columns>"
                f"<table:table-column-group>{column}</table:table-column-group>"
                f"<table:table-header-rows>{row(text('a') + text('b'))}</table:table-header-rows>"
                f"<table:table-row-group><table:table-row-group>"
                f"{filtered}"
                f"</table:table-row-group></table:table-row-group>"
                f"<table:table-rows>{row(text('d'))}</table:table-rows>"
            )
        )
    )
    found = {one.address: one.value for one in sheet.cells.values()}
    assert found == {"A1": "a", "B1": "b", "A2": "c", "A3": "d"}
    assert (set(sheet.hidden_rows), set(sheet.hidden_columns)) == ({2}, {2})


def test_hidden_sheets_rows_and_columns_of_an_ods_are_told() -> None:
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table">'
        f'<style:table-properties table:display="{shown}"/></style:style>'
        for name, shown in (("ta1", "true"), ("ta2", "false"))
    )
    columns = (
        "<table:table-column/>"
        '<table:table-column table:visibility="collapse" table:number-columns-repeated="16384"/>'
    )
    hidden = ' table:visibility="collapse" table:number-rows-repeated="2"'
    tables = table(
        columns + row(text("a") + text("b")) + row(text("c"), hidden) + row(text("d")),
        attributes=' table:style-name="ta1"',
    ) + table(row(text("kept")), "Second", ' table:style-name="ta2"')
    first, second = read_workbook(ods_of(tables, styles=styles)).sheets
    assert (first.visibility, second.visibility) == ("visible", "hidden")
    assert (set(first.hidden_rows), set(first.hidden_columns)) == ({2, 3}, {2})
    assert [one.value for one in second.cells.values()] == ["kept"]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(-1e307, 1e307),
    st.dates(),
    st.datetimes().map(lambda moment: moment.replace(microsecond=0)),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)
    .filter(lambda value: not value.startswith("#"))
    .filter(lambda value: not {"\ufffe", "\uffff"} & set(value)),
    st.lists(st.sampled_from(["met", "", "a  b", " x\t"]), min_size=2, max_size=3).map("\n".join),
)


def written(value: Any, times: int) -> str:
    repeated = f' table:number-columns-repeated="{times}"'
    if value is None:
        return cell("", repeated)
    if isinstance(value, bool):
        kind = f' office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
        return cell("<text:p>as shown</text:p>", kind + repeated)
    if isinstance(value, int | float):
        return number(repr(value), repeated)
    if isinstance(value, date):
        kind = f' office:value-type="date" office:date-value="{value.isoformat()}"'
        return cell("<text:p>as shown</text:p>", kind + repeated)
    lines = escape(value).replace("\t", "<text:tab/>").replace(" ", "<text:s/>").split("\n")
    return text(*lines, attributes=repeated)


def expected_of(value: Any) -> tuple[str, Any]:
    if isinstance(value, bool):
        return "boolean", str(value).upper()
    if isinstance(value, int | float):
        return "number", float(value)
    if isinstance(value, datetime) and value.time() == time():
        return "date", value.date().isoformat()
    if isinstance(value, date):
        return "date", value.isoformat()
    return "text", value


@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(VALUES, st.integers(1, 3)), max_size=4),
            st.integers(1, 3),
        ),
        max_size=5,
    )
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_in_an_ods_is_read_back_where_it_was_written(
    rows: list[tuple[list[tuple[Any, int]], int]],
) -> None:
    expected: dict[tuple[int, int], tuple[str, Any]] = {}
    at, parts = 0, []
    for values, rows_alike in rows:
        parts.append(
            row(
                "".join(written(value, times) for value, times in values),
                f' table:number-rows-repeated="{rows_alike}"',
            )
        )
        across = [value for value, times in values for _ in range(times)]
        for _ in range(rows_alike):
            at += 1
            expected |= {
                (at, column): expected_of(value)
                for column, value in enumerate(across, start=1)
                if value is not None
            }
    found = only_sheet(ods_of(table("".join(parts)))).cells
    assert {
        where: (one.kind, one.number if one.kind == "number" else one.value)
        for where, one in found.items()
    } == expected


# ---- sheets, and what else the file holds


def test_only_a_sheet_of_the_ods_that_is_not_needed_is_left_unread() -> None:
    content = ods_of(table(row(text("a"))) + table(row(text("b")), "Lists"))
    assert [sheet.name for sheet in read_workbook(content).sheets] == ["Answers", "Lists"]
    assert [sheet.name for sheet in read_workbook(content, ["Lists"]).sheets] == ["Answers"]


def test_macros_and_links_in_an_ods_are_told_and_copies_of_other_files_left_out() -> None:
    parts = parts_of_ods(table(row(text("a"))))
    plain = read_workbook(zipped({**parts, "Basic/script-lc.xml": "", "Scripts/": ""}))
    assert (plain.strict, plain.has_macros, plain.has_external_links) == (False, False, False)
    assert read_workbook(zipped({**parts, "Basic/Standard/Module1.xml": ""})).has_macros
    copy = table(row(text("theirs")), "'file:///x.ods'#Sheet1")
    source = "<table:table-source/>"
    formula = " table:formula=\"of:=['file:///x.ods'#$Sheet1.A1]\""
    for linked in (
        table(row(text("a"))) + copy,
        table(source + row(text("a"))),
        table(row(text("a", attributes=formula))),
        f"<table:dde-links>{table(row(text('theirs')))}</table:dde-links>{table(row(text('a')))}",
    ):
        told = read_workbook(ods_of(linked))
        assert told.has_external_links
        assert [one.value for sheet in told.sheets for one in sheet.cells.values()] == ["a"]
