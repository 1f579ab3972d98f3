"""Faults that come about in any workbook's cells; made for a column, or for a question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from openpyxl.cell.cell import Cell
from seeded_drafts import Draft

from remi.demo.file_faults import strict_save

Fault = Callable[[Draft], None]

SAVED_ANEW = frozenset({"xlsx", "ods"})
"""What is rightly no longer said of a workbook that LibreOffice saved: that a formula was never
worked out (it is now), and that the file is Strict (it is saved in the ordinary way)."""


def in_column(column_id: str, rule: str, *values: Any) -> Fault:
    """Something wrong in a column beside the answers; harmless without a rule."""

    def put(draft: Draft) -> None:
        sheet_id, row = draft.take_grid_row()
        put_in(draft, draft.cell(row, sheet_id, column_id), rule, values)

    put.__name__ = f"{column_id}: {rule or 'harmless'}"
    return put


def on_form(column_id: str, rule: str, *values: Any) -> Fault:
    """Something wrong on the first page; harmless without a rule."""

    def put(draft: Draft) -> None:
        if rule == "required_missing":
            draft.take("", "a blank of the form")  # several are named together
        put_in(draft, draft.question(column_id), rule, values)

    put.__name__ = f"{column_id}: {rule or 'harmless'}"
    return put


def in_record(sheet_id: str, column_id: str, rule: str, *values: Any) -> Fault:
    """Something wrong in a row of records; harmless without a rule."""

    def put(draft: Draft) -> None:
        row = draft.take_row(sheet_id)
        put_in(draft, draft.cell(row, sheet_id, column_id), rule, values)

    put.__name__ = f"{sheet_id} {column_id}: {rule or 'harmless'}"
    return put


def saved_as_strict(draft: Draft) -> None:
    draft.take("", "package")
    draft.alter.append(strict_save)
    draft.expect_in("saved_as_strict", None, SAVED_ANEW)


def put_in(draft: Draft, cell: Cell, rule: str, values: tuple[Any, ...]) -> None:
    """Write one of the values, about which there will be a message if there is a rule."""
    cell.value = draft.rng.choice(values)
    if isinstance(cell.value, date):
        cell.number_format = "dd/mm/yyyy"
    if rule:
        draft.expect(rule, cell)
