"""An OpenDocument file or a zip folder is opened only where nothing in it is in doubt."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_open_documents import cell, manifest, number, ods_of, parts_of_ods, row, table, text
from made_workbooks import GOOD, zipped

from remi.intake.reading.cells import Cell
from remi.intake.reading.preflight import Refusal, Refused, inspect
from remi.intake.reading.reader import read_workbook
from remi.intake.reading.sandbox import Sandbox


def cells_of(content: bytes) -> dict[str, Cell]:
    (sheet,) = read_workbook(content).sheets
    return {found.address: found for found in sheet.cells.values()}


BOMB = ' table:number-columns-repeated="16000"'
ROWS = ' table:number-rows-repeated="1000000"'
A_FEW, NEARLY_ALL = (f' table:number-rows-repeated="{rows}"' for rows in (6, 62))
LONG = "x" * 100_000
REFUSED: dict[str, tuple[bytes, str]] = {
    "a million rows of sixteen thousand": (
        ods_of(table(row(number(1, BOMB), ROWS))),
        "file_too_large",
    ),
    "many rows that repeat": (
        ods_of(table(row(number(1, BOMB), A_FEW) + row(number(1, BOMB), NEARLY_ALL))),
        "file_too_large",
    ),
    "repeats over many sheets": (
        ods_of(
            table(row(number(1, BOMB), A_FEW), "A") + table(row(number(1, BOMB), NEARLY_ALL), "B")
        ),
        "file_too_large",
    ),
    "one long text in many cells": (
        ods_of(table(row(text(LONG, attributes=' table:number-columns-repeated="400"')))),
        "file_too_large",
    ),
    "spaces by count": (
        ods_of(table(row(text("<text:s text:c='20000000'/>" * 4)))),
        "file_too_large",
    ),
    "more spaces than there can be": (
        ods_of(table(row(text("<text:s text:c='9999999999999'/>")))),
        "file_is_damaged",
    ),
    "too many sheets": (
        ods_of("".join(table("", f"S{n}") for n in range(300))),
        "file_too_large",
    ),
    "DOCTYPE": (
        ods_of(table(row(text("&a;"))), before='<!DOCTYPE x [<!ENTITY a "ha">]>'),
        "file_unsafe",
    ),
    "password": (
        zipped({**parts_of_ods(""), "META-INF/manifest.xml": manifest("content.xml")}),
        "file_is_password_protected",
    ),
    "password of newer programs": (
        zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                "encrypted-package": b"\0\1",
                "META-INF/manifest.xml": manifest("encrypted-package"),
            }
        ),
        "file_is_password_protected",
    ),
    "text document": (ods_of("", kind="text"), "file_is_opendocument"),
    "presentation": (ods_of("", kind="presentation"), "file_is_opendocument"),
    "another vocabulary": (
        zipped({"mimetype": "x", "content.xml": "<workbook/>"}),
        "file_is_damaged",
    ),
    "no sheet": (ods_of(""), "file_is_damaged"),
    "a sheet without a name": (ods_of("<table:table/>"), "file_is_damaged"),
    "two sheets of one name": (ods_of(table("") + table("", "ANSWERS")), "file_is_damaged"),
    "a sheet in a cell": (ods_of(table(row(cell(table(""))))), "file_is_damaged"),
    "a paragraph in a paragraph": (
        ods_of(table(row(text("a<text:p>b</text:p>")))),
        "file_is_damaged",
    ),
    "beyond the last row": (
        ods_of(table(row(cell(), ' table:number-rows-repeated="1048576"') + row(number(1)))),
        "file_is_damaged",
    ),
    "beyond the last column": (
        ods_of(table(row(cell("", ' table:number-columns-repeated="16384"') + number(1)))),
        "file_is_damaged",
    ),
    "repeated no times": (
        ods_of(table(row(number(1, ' table:number-columns-repeated="0"')))),
        "file_is_damaged",
    ),
    "repeated beyond the sheet": (
        ods_of(table(row(number(1), ' table:number-rows-repeated="18446744073709551617"'))),
        "file_is_damaged",
    ),
    "no such first day": (
        ods_of(
            "<table:calculation-settings><table:null-date table:date-value='soon'/>"
            f"</table:calculation-settings>{table('')}"
        ),
        "file_is_damaged",
    ),
    "broken XML": (ods_of(table("<table:table-row>")), "file_is_damaged"),
}


@pytest.mark.parametrize(("content", "rule"), REFUSED.values(), ids=REFUSED)
def test_an_ods_that_is_hostile_or_damaged_is_refused_whole_and_at_once(
    content: bytes, rule: str
) -> None:
    began = process_time()
    with pytest.raises(Refused) as refused:
        read_workbook(content)
    assert refused.value.refusal.rule == rule
    assert process_time() - began < 2


def test_repeats_of_nothing_cost_nothing() -> None:
    styled = cell("", ' table:style-name="ce1" table:number-columns-repeated="16384"')
    empty = row(styled + cell("<text:p/>", BOMB), ' table:number-rows-repeated="1048576"')
    began = process_time()
    columns = '<table:table-column table:number-columns-repeated="16384"/>' * 20_000
    found = cells_of(ods_of(table(columns + row(number(1)) + empty * 20_000)))
    assert list(found) == ["A1"]
    assert process_time() - began < 2


def test_deep_nesting_in_an_ods_is_passed_over() -> None:
    deep = "<draw:g>" * 100_000 + "</draw:g>" * 100_000
    assert list(cells_of(ods_of(table(row(cell(deep) + text("met")))))) == ["B1"]


def test_a_password_on_macros_alone_does_not_keep_the_answers_from_being_read() -> None:
    parts = parts_of_ods(table(row(text("met"))))
    locked = {**parts, "META-INF/manifest.xml": manifest("Basic/Standard/Module1.xml")}
    assert [one.value for one in cells_of(zipped(locked)).values()] == ["met"]


SMALL = ods_of(table(row(text("met") + number(1)) + row(text("part"))))


@given(
    st.lists(
        st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), min_size=1, max_size=20
    )
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_of_an_ods_changed_on_the_way_give_its_cells_or_a_refusal(
    changes: list[tuple[int, int]],
) -> None:
    damaged = bytearray(SMALL)
    for place, byte in changes:
        damaged[place] = byte
    try:
        found = cells_of(bytes(damaged))
    except Refused:
        return
    assert [one.value for one in found.values()] == ["met", "1", "part"]


FRAGMENTS = st.sampled_from(
    [
        *("<", ">", "/", '"', "&#10;", "&amp;", "<!--x-->", "<![CDATA[x]]>", "\0", "<text:s/>"),
        *("<text:p>", "</text:p>", "<table:table-cell/>", "</table:table-row>", "table:", "9" * 30),
        *("<table:table>", "<office:annotation/>", " office:value-type='time'", "repeated"),
    ]
)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), FRAGMENTS), min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_any_xml_put_into_an_ods_gives_cells_or_a_refusal(
    changes: list[tuple[float, int, str]],
) -> None:
    parts = parts_of_ods(table(row(text("met") + number(1) + cell()) + row(text("part"))))
    content = str(parts["content.xml"])
    for share, length, fragment in changes:
        at = int(share * len(content))
        content = content[:at] + fragment + content[at + length :]
    try:
        workbook = read_workbook(zipped({**parts, "content.xml": content}))
    except Refused:
        return
    assert workbook.sheets


# ---- a zip folder around one workbook


def test_a_zip_folder_with_one_workbook_is_opened_whatever_the_system_put_beside_it() -> None:
    for parts in (
        {"return.xlsx": GOOD},
        {"Return.XLSM": GOOD},
        {"return.ods": ods_of(table(row(text("Met"))))},
        {
            "Our return/": b"",
            "Our return/REMI return.xlsx": GOOD,
            "__MACOSX/Our return/._REMI return.xlsx": b"\0\5\x16\7",
            "Our return/.DS_Store": b"\0",
            "desktop.ini": b"",
        },
    ):
        content = zipped(dict(parts))
        assert inspect(content) is None
        assert [one.value for one in cells_of(content).values()] == ["Met"]


def test_open_documents_and_zip_folders_are_read_in_the_sandbox() -> None:
    bomb, _ = REFUSED["a million rows of sixteen thousand"]
    zipped_twice = zipped({"return.zip": zipped({"return.ods": SMALL})})
    files = [SMALL, bomb, zipped({"return.ods": SMALL}), zipped_twice]
    with Sandbox(1) as pool:
        first, second, third, fourth = pool.map(None, files)
    assert isinstance(first, dict)
    assert [found[3] for found in first["sheets"][0]["cells"]] == ["met", "1", "part"]
    assert second == Refusal("file_too_large", {"limit": "number of cells"})
    assert third == first
    assert fourth == Refusal("file_is_zip")
