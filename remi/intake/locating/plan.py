"""What the sandboxed worker needs to know to find and type cells, as plain data.

The worker loads no library, so layouts cross to it as dictionaries. Texts that are compared are
already in the form in which they are compared (`typed.plain`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from remi.intake.locating.typed import plain
from remi.intake.locating.wording import meaning
from schemas.framework import AnswerMeaning, Choice
from schemas.workbook import REF, TITLE, Column, SheetLayout, WorkbookLayout

ANSWER_CODES = {
    AnswerMeaning.MET: "m",
    AnswerMeaning.PART: "p",
    AnswerMeaning.NOT_MET: "n",
    AnswerMeaning.NOT_APPLICABLE: "x",
}
"""One letter an answer: how a row's answers cross from the worker, `-` blank and `!` wrong."""


def reading_plan(layouts: Mapping[str, WorkbookLayout]) -> dict[str, Any]:
    """Everything that `remi.intake.locating.locate` uses; `layouts` by what they are called."""
    return {
        "kinds": {
            kind: [_sheet(sheet, layout) for sheet in layout.sheets]
            for kind, layout in layouts.items()
        },
        "made_for": {
            layout.framework_version: kind
            for kind, layout in layouts.items()
            if layout.kind == "model"
        },
        "answer_codes": {meaning.value: code for meaning, code in ANSWER_CODES.items()},
    }


def refers_to(sheet: SheetLayout, layout: WorkbookLayout) -> str | None:
    """Id of the sheet whose records this sheet's references name, as attendance names events.

    It is an earlier sheet of records that asks for the same reference; such references are no
    keys of their own.
    """
    if sheet.kind != "records" or not sheet.columns[0].required:
        return None
    for earlier in layout.sheets[: layout.sheets.index(sheet)]:
        reference = earlier.columns[0]
        same = plain(reference.heading) == plain(sheet.columns[0].heading)
        if same and earlier.kind == "records" and reference.required:
            return earlier.id
    return None


def _sheet(sheet: SheetLayout, layout: WorkbookLayout) -> dict[str, Any]:
    read = [c for c in sheet.columns if not c.criterion_text or c.id == REF]
    return {
        "id": sheet.id,
        "name": plain(sheet.name),
        "kind": sheet.kind,
        "keyed": refers_to(sheet, layout) is None,
        "headings": {plain(column.heading): column.id for column in read},
        "columns": {c.id: _column(c) for c in read if c.id != REF},
        "reference": _column(sheet.columns[0]),
        "rows": {plain(row.ref): row.ref for row in sheet.rows},
        "wording": {
            column.id: {
                "heading": plain(column.heading),
                # Last year's answers are shown under the name, and only there.
                "continues": column.id == TITLE,
                "texts": {row.ref: meaning(row.texts.get(column.id, "")) for row in sheet.rows},
            }
            for column in sheet.columns
            if column.says_what_is_asked
        },
        "longest_row": max((len(row.ref) for row in sheet.rows), default=0),
        "questions": {row.ref: _column(row.column) for row in sheet.rows if row.column is not None},
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "id": column.id,
        "type": column.type.value,
        "stage": column.stage,
        "required": column.required,
        "may_be_not_collected": column.may_be_not_collected,
        "labels": {c.label: c.id for c in column.choices} if column.stage is not None else {},
        "choices": _choices(column.choices, column.spellings),
    }


def _choices(choices: Iterable[Choice], spellings: Mapping[str, str]) -> dict[str, str]:
    """Spelling -> id: the label, the id, a numbered label without its number, other spellings."""
    found: dict[str, str] = {}
    for choice in choices:
        found.setdefault(plain(choice.label), choice.id)
    for choice in choices:
        found.setdefault(plain(choice.id), choice.id)
        if choice.label.startswith(f"{choice.id} "):
            found.setdefault(plain(choice.label.removeprefix(choice.id)), choice.id)
    for spelling, choice_id in spellings.items():
        found.setdefault(plain(spelling), choice_id)
    return found
