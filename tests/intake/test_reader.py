# ruff: noqa: DTZ001 - a workbook knows no time zones
"""Every cell that openpyxl sees we see, with the same value; and the ones that it loses too."""

import io
import shutil
import subprocess
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from made_workbooks import (
    LINKS,
    MAIN,
    as_strict,
    parts_of,
    replaced,
    unzipped,
    workbook_of,
    zipped,
)
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from remi.intake.reading.cells import Cell, column_letters
from remi.intake.reading.number_formats import iso_date, shown_as
from remi.intake.reading.preflight import Refused
from remi.intake.reading.reader import read_workbook

Address = tuple[str, int, int]


def read(content: bytes) -> dict[Address, Cell]:
    return {
        (sheet.name, *position): cell
        for sheet in read_workbook(content).sheets
        for position, cell in sheet.cells.items()
    }


def comparable(value: Any) -> tuple[str, Any]:
    if isinstance(value, bool):
        return "boolean", "TRUE" if value else "FALSE"
    if isinstance(value, datetime) and value.time() == time():
        return "date", value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return "date", value.isoformat()
    if isinstance(value, timedelta):
        return "number", pytest.approx(value / timedelta(days=1))
    if isinstance(value, int | float):
        return "number", float(value)
    return "text", str(value)


def ours(cell: Cell) -> tuple[str, Any]:
    return cell.kind, cell.number if cell.kind == "number" else cell.value


def openpyxl_cells(content: bytes) -> dict[Address, tuple[str, Any]]:
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(content))
    found: dict[Address, tuple[str, Any]] = {}
    for sheet in values.worksheets:
        for r, row in enumerate(sheet.iter_rows(), start=1):
            for c, cell in enumerate(row, start=1):
                written = formulas[sheet.title].cell(r, c)
                where = (sheet.title, r, c)
                if cell.data_type == "e":
                    found[where] = ("error", cell.value)
                elif cell.value is not None:
                    found[where] = comparable(cell.value)
                elif written.data_type == "f":
                    found[where] = ("formula_without_value", str(written.value).removeprefix("="))
    return found


def assert_the_same_cells(content: bytes) -> None:
    expected = openpyxl_cells(content)
    assert expected
    assert {where: ours(cell) for where, cell in read(content).items()} == expected


def made_by_openpyxl() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Answers & more"
    rows: list[list[Any]] = [
        ["Ref", "Answer", None, "  spaced  ", "two\nlines", "007", "NA"],
        [1, -2.5, 0, 1e-9, 12345678901234567, 0.1 + 0.2],
        [True, False, "TRUE", "=1+1", "#REF!", "#N/A", "#DIV/0!"],
        [date(2026, 4, 3), datetime(2026, 4, 3, 14, 30), time(9, 5), date(1900, 1, 5)],
        [None, None, "far", "é 𝔘 <&>", "'quoted"],
    ]
    for row in rows:
        sheet.append(row)
    sheet["H9"] = 0.75
    sheet["H9"].number_format = "0%"
    sheet["I9"] = timedelta(hours=36)
    sheet["J9"] = CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"), " end")
    sheet["A12"] = "merged"
    sheet.merge_cells("A12:D14")
    sheet["A20"], sheet["Z20"], sheet["AB300"] = "hidden row", "hidden column", "last"
    sheet.row_dimensions[20].hidden = True
    sheet.column_dimensions["Z"].hidden = True
    book.create_sheet("Hidden").append(["kept"])
    book["Hidden"].sheet_state = "hidden"
    book.create_sheet("Lists").append(["kept too"])
    book["Lists"].sheet_state = "veryHidden"
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def made_by_xlsxwriter(**options: Any) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **options})
    sheet = book.add_worksheet("Ward round")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    share = book.add_format({"num_format": "0.0%"})
    bold = book.add_format({"bold": True})
    for row in range(40):
        sheet.write_row(row, 0, [f"C{row:02}", row, row / 7, row % 2 == 0, "same text"])
        sheet.write_datetime(row, 5, datetime(2025, 1, 1) + timedelta(days=row * 17), day)
        sheet.write_number(row, 6, row / 40, share)
        sheet.write_blank(row, 7, None, share)
    sheet.write_rich_string(41, 0, "rich ", bold, "text", " here")
    sheet.write_formula(42, 0, "=SUM(B1:B3)", value=3)
    sheet.write_formula(42, 1, "=A1", value="C00")
    sheet.write_formula(42, 2, "=1/0", value="#DIV/0!")
    sheet.write_formula(42, 3, "=A1=A2", value=False)
    sheet.merge_range(43, 0, 44, 3, "merged")
    sheet.write_string(45, 0, "=not a formula")
    sheet.set_row(5, None, None, {"hidden": True})
    sheet.set_column("E:E", None, None, {"hidden": True})
    book.add_worksheet("Empty")
    book.close()
    return buffer.getvalue()


MADE = {
    "openpyxl": made_by_openpyxl(),
    "xlsxwriter": made_by_xlsxwriter(),
    "xlsxwriter from 1904": made_by_xlsxwriter(date_1904=True),
    "xlsxwriter row by row": made_by_xlsxwriter(constant_memory=True),
}


@pytest.mark.parametrize("content", MADE.values(), ids=MADE)
def test_every_cell_is_the_same_as_openpyxl_sees(content: bytes) -> None:
    assert_the_same_cells(content)


@pytest.mark.parametrize("content", MADE.values(), ids=MADE)
def test_a_strict_save_has_the_same_cells_as_its_ordinary_save(content: bytes) -> None:
    strict = read_workbook(as_strict(content))
    ordinary = read_workbook(content)
    assert strict.sheets == ordinary.sheets
    assert (strict.strict, ordinary.strict) == (True, False)


@pytest.mark.parametrize("content", MADE.values(), ids=MADE)
@pytest.mark.parametrize(
    "change",
    [
        (r"<dimension[^>]*/>", ""),
        (r'<dimension ref="[^"]*"', '<dimension ref="A1:A1"'),
        (r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"'),
    ],
    ids=["missing", "too small", "too large"],
)
def test_a_wrong_or_missing_dimension_loses_no_cell(
    content: bytes, change: tuple[str, str]
) -> None:
    changed = replaced(content, change)
    assert changed != content
    assert read(changed) == read(content)


@pytest.mark.filterwarnings("ignore:Workbook contains no stylesheet")
def test_cells_without_addresses_are_placed_by_counting() -> None:
    content = workbook_of(
        "<row><c><v>1</v></c><c/><c><v>3</v></c></row>"
        '<row r="5"><c><v>4</v></c><c r="D5"><v>5</v></c><c><v>6</v></c></row>'
        "<row><c><v>7</v></c></row>"
    )
    where = {cell.address: cell.value for cell in read(content).values()}
    assert where == {"A1": "1", "C1": "3", "A5": "4", "D5": "5", "E5": "6", "A6": "7"}
    assert_the_same_cells(content)


@given(
    st.lists(
        st.lists(
            st.one_of(
                st.none(),
                st.booleans(),
                st.integers(-(10**15), 10**15),
                st.floats(-1e307, 1e307),
                st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)
                .filter(lambda text: not text.startswith(("=", "#")) and "_x" not in text)
                .filter(lambda text: not {"\ufffe", "\uffff"} & set(text)),
                st.datetimes(datetime(1904, 1, 2), datetime(2100, 1, 1)).map(
                    lambda moment: moment.replace(microsecond=0)
                ),
            ),
            max_size=5,
        ),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_is_read_back_where_it_was_written(rows: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    expected = {}
    for r, row in enumerate(rows, start=1):
        for c, value in enumerate(row, start=1):
            if value is not None:
                sheet.cell(r, c, value)
                # openpyxl writes 16 digits of a number.
                kept = float(f"{value:.16g}") if isinstance(value, float) else value
                expected["Sheet", r, c] = comparable(kept)
    assert {where: ours(cell) for where, cell in read(saved(book)).items()} == expected


@pytest.mark.parametrize(
    "error", ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!"]
)
def test_an_error_cell_is_never_blank(error: str) -> None:
    content = workbook_of(
        f'<row r="1"><c r="A1" t="e"><v>{error}</v></c>'
        f'<c r="B1" t="e"><f>Gone!A1</f><v>{error}</v></c><c r="C1" t="e"><v/></c></row>'
    )
    typed, calculated, unnamed = read(content).values()
    assert (typed.kind, typed.value, typed.formula) == ("error", error, False)
    assert (calculated.kind, calculated.value, calculated.formula) == ("error", error, True)
    assert unnamed.kind == "error"


def test_a_formula_that_was_never_calculated_is_not_blank_and_not_zero() -> None:
    cells = read(
        workbook_of(
            '<row r="1"><c r="A1"><f>SUM(B1:B9)</f></c><c r="B1"><f>C1</f><v/></c>'
            '<c r="C1" t="str"><f>""</f><v></v></c><c r="D1" s="1"/></row>'
        )
    )
    found = [(cell.address, cell.kind, cell.value, cell.formula) for cell in cells.values()]
    assert found == [
        ("A1", "formula_without_value", "SUM(B1:B9)", True),
        ("B1", "formula_without_value", "C1", True),
        ("C1", "text", "", True),
    ]


def test_a_percentage_is_known_as_one() -> None:
    cell = read(MADE["openpyxl"])["Answers & more", 9, 8]
    assert (cell.value, cell.number, cell.shown_as) == ("0.75", 0.75, "percentage")
    duration = read(MADE["openpyxl"])["Answers & more", 9, 9]
    assert (duration.number, duration.shown_as) == (1.5, "duration")


def test_hidden_sheets_rows_and_columns_are_told() -> None:
    sheets = read_workbook(MADE["openpyxl"]).sheets
    assert [(sheet.name, sheet.visibility) for sheet in sheets] == [
        ("Answers & more", "visible"),
        ("Hidden", "hidden"),
        ("Lists", "very_hidden"),
    ]
    assert (set(sheets[0].hidden_rows), set(sheets[0].hidden_columns)) == ({20}, {26})
    written = read_workbook(MADE["xlsxwriter"]).sheets[0]
    assert (set(written.hidden_rows), set(written.hidden_columns)) == ({6}, {5})


def test_pronunciation_guides_are_not_part_of_the_text() -> None:
    guide = '<rPh sb="0" eb="1"><t>guide</t></rPh><phoneticPr fontId="1"/>'
    content = workbook_of(
        '<row r="1"><c r="A1" t="s"><v>0</v></c>'
        f'<c r="B1" t="inlineStr"><is><rPh sb="0" eb="0"/><r><t>in</t></r>{guide}'
        "<r><t>line</t></r></is></c></row>",
        strings=f'<sst xmlns="{MAIN}"><si><t>shared</t>{guide}</si></sst>',
    )
    assert [cell.value for cell in read(content).values()] == ["shared", "inline"]


def test_escaped_characters_are_restored_and_unusable_ones_replaced() -> None:
    texts = ["a_x000D_b", "_x005F_x000D_", "_xD83D__xDE00_", "_xD83D_", "x_x0000_", "_xZZZZ_"]
    row = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    values = [cell.value for cell in read(workbook_of(f"<row>{row}</row>")).values()]
    assert values == ["a\rb", "_x000D_", "😀", "\ufffd", "x\ufffd", "_xZZZZ_"]


def test_dates_kept_as_iso_text_are_dates() -> None:
    content = workbook_of(
        '<row r="1"><c r="A1" t="d"><v>2026-04-03T00:00:00</v></c>'
        '<c r="B1" t="d"><v>2026-04-03T14:30:00Z</v></c><c r="C1" t="d"><v>09:05:00</v></c>'
        '<c r="D1" t="d"><v>soon</v></c></row>'
    )
    assert [ours(cell) for cell in read(content).values()] == [
        ("date", "2026-04-03"),
        ("date", "2026-04-03T14:30:00"),
        ("date", "09:05:00"),
        ("text", "soon"),
    ]


@pytest.mark.parametrize("written", ["nan", "inf", "1e999", "1_000", "12a", "0x1F"])
def test_what_is_no_number_to_a_spreadsheet_is_kept_as_text(written: str) -> None:
    (cell,) = read(workbook_of(f'<row r="1"><c r="A1"><v>{written}</v></c></row>')).values()
    assert (cell.kind, cell.value, cell.number) == ("text", written, None)


def test_names_with_windows_separators_or_other_capitals_are_found() -> None:
    parts = {
        name.replace("/", "\\") if name.startswith("xl/worksheets") else name.upper(): part
        for name, part in parts_of('<row r="1"><c r="A1"><v>5</v></c></row>').items()
    }
    assert [cell.value for cell in read(zipped(parts)).values()] == ["5"]


def test_prefixed_names_and_wide_characters_in_the_xml_are_read() -> None:
    parts = parts_of("")
    sheet = (
        f'<?xml version="1.0" encoding="UTF-16"?><x:worksheet xmlns:x="{MAIN}"><x:sheetData>'
        '<x:row r="1"><x:c r="A1" t="str"><x:v>Métis</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    parts["xl/worksheets/sheet1.xml"] = sheet.encode("utf-16")
    assert [cell.value for cell in read(zipped(parts)).values()] == ["Métis"]


def test_macros_and_links_to_other_files_are_told() -> None:
    plain = read_workbook(MADE["openpyxl"])
    assert not plain.has_macros
    assert not plain.has_external_links
    parts = parts_of("")
    parts["xl/vbaProject.bin"] = b"\xd0\xcf"
    parts["xl/externalLinks/externalLink1.xml"] = "<externalLink/>"
    told = read_workbook(zipped(parts))
    assert told.has_macros
    assert told.has_external_links


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        '<row r="99999999999"><c><v>1</v></c></row>',
        '<row r="1"><c r="A0"><v>1</v></c></row>',
        '<row r="1"><c r="$A$1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '</sheetData><sheetData><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</c></row>',
    ],
)
def test_a_file_that_contradicts_itself_is_refused_whole(rows: str) -> None:
    with pytest.raises(Refused) as refused:
        read_workbook(workbook_of(rows))
    assert refused.value.refusal.rule == "file_is_damaged"


def test_two_sheets_of_one_name_are_refused() -> None:
    parts = parts_of("")
    parts["xl/workbook.xml"] = str(parts["xl/workbook.xml"]).replace(
        "</sheets>", '<sheet name="ANSWERS" sheetId="2" r:id="rId1"/></sheets>'
    )
    with pytest.raises(Refused):
        read_workbook(zipped(parts))


@given(st.floats(0, 2_958_465.999), st.booleans())
def test_day_counts_become_the_days_that_openpyxl_gives(days: float, from_1904: bool) -> None:
    epoch = CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900
    found = iso_date(days, from_1904)
    if found is None:
        assert 60 <= days < 61 or (from_1904 and days > 2_957_000)
    else:
        assert found == comparable(from_excel(days, epoch))[1]


@pytest.mark.parametrize("days", [-1, 60, 60.5, 2_958_466, 1e300])
def test_a_number_that_is_no_day_stays_a_number(days: float) -> None:
    assert iso_date(days, False) is None


FORMATS = [*BUILTIN_FORMATS.values(), "d mmm", "[$-809]dddd", '"day" 0', "[Red]0", "\\d0", "0;d"]


@pytest.mark.parametrize("code", [code for code in FORMATS if code != "[h]:mm:ss"])
def test_formats_are_dates_where_openpyxl_says_so(code: str) -> None:
    assert (shown_as(164, code) == "date") == is_date_format(code)


def test_column_letters_follow_z_with_aa() -> None:
    letters = [column_letters(number) for number in (1, 26, 27, 702, 703, 16_384)]
    assert letters == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_libreoffice_saves_the_same_cells(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed here")
    content = MADE["xlsxwriter"]
    (tmp_path / "before.xlsx").write_bytes(content)
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            tmp_path / "after",
            tmp_path / "before.xlsx",
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    resaved = (tmp_path / "after" / "before.xlsx").read_bytes()
    assert_the_same_cells(resaved)
    before, after = read(content), read(resaved)
    # LibreOffice calculates the formulas anew, so only what was typed must be the same.
    typed = {where: cell for where, cell in before.items() if not cell.formula}
    for where, cell in typed.items():
        kind, value = ours(cell)
        assert ours(after[where]) == (
            kind,
            pytest.approx(value) if isinstance(value, float) else value,
        )
        assert after[where].shown_as == cell.shown_as
    assert set(after) == set(before)
    assert after["Ward round", 43, 3].kind == "error"


X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
X15 = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def with_changes(content: bytes, part: str, *changes: tuple[str, str]) -> bytes:
    """The workbook with texts of one part replaced, each of which stands there once."""
    parts = unzipped(content)
    xml = parts[part].decode()
    for old, new in changes:
        assert xml.count(old) == 1, old
        xml = xml.replace(old, new)
    return zipped({**parts, part: xml})


def a_day_counted_from_1904() -> bytes:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    content = workbook_of('<row r="1"><c r="A1" s="0"><v>44512</v></c></row>', styles=styles)
    return with_changes(content, "xl/workbook.xml", ("<sheets>", FIRST + "<sheets>"))


FIRST = '<workbookPr date1904="1"/>'


@pytest.mark.parametrize("space", [X14, X15, "urn:anybody"])
@pytest.mark.parametrize("where", ["before", "after", "extension"])
@pytest.mark.parametrize("strict", [False, True])
def test_an_extension_with_a_name_of_ours_does_not_change_the_first_day(
    space: str, where: str, strict: bool
) -> None:
    other = f'<x:workbookPr xmlns:x="{space}" chartTrackingRefBase="1"/>'
    if where == "before":
        change = (FIRST, other + FIRST)
    elif where == "after":
        change = ("</sheets>", f"</sheets>{other}")
    else:  # which may hold elements of the format's own
        own = (
            '<workbookPr date1904="0"/><sheets><sheet name="No" sheetId="9" r:id="rId1"/></sheets>'
        )
        inside = f'<x:a xmlns:x="{space}">{own}</x:a>'
        change = (
            "</sheets>",
            f'</sheets><extLst><ext uri="{{0}}">{other}{inside}</ext></extLst>',
        )
    content = with_changes(a_day_counted_from_1904(), "xl/workbook.xml", change)
    cells = read(as_strict(content) if strict else content)
    assert [cell.value for cell in cells.values()] == ["2025-11-13"]


def test_of_alternatives_the_one_for_readers_without_the_extension_is_taken() -> None:
    ways = (
        f'<mc:AlternateContent xmlns:mc="{COMPATIBILITY}"><mc:Choice Requires="x15">'
        f'<workbookPr date1904="0"/></mc:Choice><mc:Fallback>{FIRST}</mc:Fallback>'
        "</mc:AlternateContent>"
    )
    content = with_changes(a_day_counted_from_1904(), "xl/workbook.xml", (FIRST, ways))
    assert [cell.value for cell in read(content).values()] == ["2025-11-13"]


def test_formats_of_an_extension_are_not_those_of_the_cells() -> None:
    styles = (
        f'<styleSheet xmlns="{MAIN}" xmlns:x="{X14}">'
        '<numFmts><numFmt numFmtId="164" formatCode="0.0"/></numFmts>'
        '<x:cellXfs><xf numFmtId="9"/></x:cellXfs><cellXfs><x:xf numFmtId="14"/>'
        '<xf numFmtId="164"/></cellXfs>'
        '<extLst><ext uri="{1}"><x:dxfs><dxf><numFmt numFmtId="164" formatCode="yyyy"/></dxf>'
        '</x:dxfs><cellXfs><xf numFmtId="9"/></cellXfs></ext></extLst></styleSheet>'
    )
    content = workbook_of('<row r="1"><c r="A1" s="0"><v>40</v></c></row>', styles=styles)
    (cell,) = read(content).values()
    assert (cell.kind, cell.value, cell.shown_as) == ("number", "40", "")


def test_relationships_of_others_with_words_of_ours_are_not_ours() -> None:
    theirs = (
        '<Relationship Id="rId9" Type="urn:anybody/sharedStrings" Target="other.xml"/>'
        '<x:Relationship xmlns:x="urn:anybody" Id="rId1" Target="other.xml" '
        f'Type="{LINKS}/worksheet"/></Relationships>'
    )
    content = workbook_of(
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
        strings=f'<sst xmlns="{MAIN}"><si><t>ours</t></si></sst>',
    )
    content = with_changes(content, "xl/_rels/workbook.xml.rels", ("</Relationships>", theirs))
    other = f'<sst xmlns="{MAIN}"><si><t>theirs</t></si></sst>'
    content = zipped({**unzipped(content), "xl/other.xml": other})
    content = with_changes(
        content, "xl/workbook.xml", ("r:id=", 'xmlns:x="urn:anybody" x:id="rId9" r:id=')
    )
    assert [cell.value for cell in read(content).values()] == ["ours"]


@pytest.mark.parametrize("declaration", ["", "<!-- so that it is parsed -->"])
def test_cells_and_texts_of_another_vocabulary_are_not_taken_for_cells(declaration: str) -> None:
    parts = parts_of("")
    sheet = (
        f'{declaration}<m:worksheet xmlns:m="{MAIN}" xmlns="urn:anybody"><sheetData><row r="1">'
        '<c r="A1"><v>1</v></c></row></sheetData></m:worksheet>'
    )
    assert read(zipped({**parts, "xl/worksheets/sheet1.xml": sheet})) == {}
    texts = f'{declaration}<m:sst xmlns:m="{MAIN}" xmlns="urn:anybody"><si><t>a</t></si></m:sst>'
    row = parts_of('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    with pytest.raises(Refused):  # the text that the cell names is not there
        read(zipped({**row, "xl/sharedStrings.xml": texts}))


def test_an_empty_style_is_no_style() -> None:
    content = workbook_of('<row r="1"><c r="A1" s=""><v>30</v></c><c r="B1" s=""/></row>')
    assert [cell.value for cell in read(content).values()] == ["30"]


def test_parts_that_are_named_and_not_there_are_missed_only_by_a_cell_that_needs_them() -> None:
    row = '<row r="1"><c r="A1" s="1"><v>30</v></c></row>'
    parts = parts_of(row)
    del parts["xl/sharedStrings.xml"], parts["xl/styles.xml"]
    assert [cell.value for cell in read(zipped(parts)).values()] == ["30"]
    parts = parts_of(row.replace('s="1"', 't="s"'))
    del parts["xl/sharedStrings.xml"]
    with pytest.raises(Refused):
        read(zipped(parts))
