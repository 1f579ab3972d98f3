"""Faults in cells, rows and sheets, as they come about while a workbook is filled in."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import cast

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from remi.intake.template.write import workbook_bytes

FORM, ACTIONS = 1, -3
"""Places of sheets in an assessment: the form after Start; action points before Lists, _meta."""

ANSWER_HEADING = re.compile(r": your answer$")

ADDRESS = "equality.lead@harrowmere.example"


def label_not_on_list(content: bytes) -> bytes:
    """An answer in the partner's own word."""

    def change(workbook: Workbook) -> None:
        _answers(_grid(workbook))[0].value = "mostly"

    return _changed(content, change)


def error_in_cell(content: bytes) -> bytes:
    """An answer that became #REF! when a column was cut from another sheet."""

    def change(workbook: Workbook) -> None:
        _answers(_grid(workbook))[0].value = "#REF!"

    return _changed(content, change)


def date_that_does_not_exist(content: bytes) -> bytes:
    """The day of completion as 31 February."""

    def change(workbook: Workbook) -> None:
        _question(workbook, "Date completed").value = "31/02/2025"

    return _changed(content, change)


def text_in_number(content: bytes) -> bytes:
    """Hours in words."""

    def change(workbook: Workbook) -> None:
        _question(workbook, "Hours spent").value = "about a day and a half"

    return _changed(content, change)


def unknown_code(content: bytes) -> bytes:
    """A code that the register does not have."""

    def change(workbook: Workbook) -> None:
        _question(workbook, "Organisation code").value = "DEMO-Z99"

    return _changed(content, change)


def code_and_name_disagree(content: bytes) -> bytes:
    """Another partner's name beside the code."""

    def change(workbook: Workbook) -> None:
        name = _question(workbook, "Organisation name")
        tidewick, harrowmere = "Tidewick Hospital Trust", "Harrowmere Hospitals Trust"
        name.value = harrowmere if name.value == tidewick else tidewick

    return _changed(content, change)


def reference_twice(content: bytes) -> bytes:
    """Two rows with one reference, as after copying a row over another."""

    def change(workbook: Workbook) -> None:
        first, second = _rows(_grid(workbook))[:2]
        second[0].value = first[0].value

    return _changed(content, change)


def row_deleted(content: bytes) -> bytes:
    """A row that the partner thought was not meant for it."""

    def change(workbook: Workbook) -> None:
        page = _grid(workbook)
        page.delete_rows(_rows(page)[1][0].row)

    return _changed(content, change)


def sorted_and_hidden_rows(content: bytes) -> bytes:
    """Rows in another order, some of them hidden by a filter."""

    def change(workbook: Workbook) -> None:
        page = _grid(workbook)
        rows = _rows(page)
        values = [[cell.value for cell in row] for row in rows]
        for row, moved in zip(rows, reversed(values), strict=True):
            for cell, value in zip(row, moved, strict=True):
                cell.value = value
        for row in rows[:2]:
            page.row_dimensions[row[0].row].hidden = True

    return _changed(content, change)


def sheet_renamed(content: bytes) -> bytes:
    """A sheet with a name of the partner's own."""

    def change(workbook: Workbook) -> None:
        page = _grid(workbook)
        page.title = f"{page.title} DONE"

    return _changed(content, change)


def personal_data(content: bytes) -> bytes:
    """An e-mail address in an action point."""

    def change(workbook: Workbook) -> None:
        page = workbook.worksheets[ACTIONS]
        action = _column(page, "What will be done")
        cell = page.cell(_header(page) + 1, action)
        cell.value = f"{cell.value} Contact {ADDRESS}."

    return _changed(content, change)


def no_action_point(content: bytes) -> bytes:
    """An empty sheet of action points."""

    def change(workbook: Workbook) -> None:
        for row in _rows(workbook.worksheets[ACTIONS]):
            for cell in row:
                cell.value = None

    return _changed(content, change)


def _changed(content: bytes, change: Callable[[Workbook], None]) -> bytes:
    workbook = load_workbook(io.BytesIO(content))
    change(workbook)
    return workbook_bytes(workbook)


def _grid(workbook: Workbook) -> Worksheet:
    """The first commitment's sheet."""
    page: Worksheet = workbook.worksheets[FORM + 1]
    return page


def _header(page: Worksheet) -> int:
    """The row of headings: the first with something in its second cell."""
    rows = enumerate(page.iter_rows(values_only=True), start=1)
    return next(number for number, row in rows if row[1])


def _rows(page: Worksheet) -> list[tuple[Cell, ...]]:
    # None of our sheets has merged cells, which alone are of another class.
    return cast(list[tuple[Cell, ...]], list(page.iter_rows(min_row=_header(page) + 1)))


def _column(page: Worksheet, heading: str) -> int:
    return [cell.value for cell in page[_header(page)]].index(heading) + 1


def _answers(page: Worksheet) -> list[Cell]:
    """Cells of the first row's answers."""
    headings = page[_header(page)]
    first = _rows(page)[0]
    return [c for h, c in zip(headings, first, strict=True) if ANSWER_HEADING.search(str(h.value))]


def _question(workbook: Workbook, begins: str) -> Cell:
    """The answer to the question of the form that begins like this."""
    page: Worksheet = workbook.worksheets[FORM]
    row = next(row for row in _rows(page) if str(row[1].value).startswith(begins))
    return row[2]
