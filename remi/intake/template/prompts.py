"""Dropdowns, checks and the words that appear when a cell is entered or refused."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from remi.intake.identity import LISTS_SHEET
from remi.intake.template.lists import joined, list_name
from schemas.workbook import Column, SheetLayout, ValueType

_SHORT = 120
# What the file format allows.
_TITLE_LENGTH, _PROMPT_LENGTH, _ERROR_LENGTH = 32, 255, 225

_ADVICE = {
    ValueType.CHOICE: "Choose one from the list.",
    ValueType.ANSWER: "Choose one from the list.",
    ValueType.YES_NO: "Write yes or no, or choose from the list.",
    ValueType.CHOICES: f"Separate several with semicolons, as on the {LISTS_SHEET} sheet.",
    ValueType.DATE: "Write day, month and year, such as 14/11/2025.",
    ValueType.COUNT: "Write a whole number, such as 12, or words such as “over 80”.",
    ValueType.NUMBER: "Write a number, such as 12 or 7.5, or words such as “about 60”.",
    ValueType.CODE: "",
    ValueType.TEXT: "",
}
_NOT_COLLECTED = "If it was not counted, write “not collected”. A blank is not a zero."
_STAGE = "Only “met” counts towards the stage."


def add_validation(sheet: Worksheet, layout: SheetLayout, column: Column, cells: str) -> None:
    """Put the dropdown or check of `column`, with its prompt, on `cells`. Blanks are allowed."""
    validation = _check(layout, column)
    prompt = _prompt(column)
    if validation.type is None and not prompt:
        return
    validation.allow_blank = True
    if prompt:
        validation.showInputMessage = True
        validation.promptTitle = _clipped(column.heading, _TITLE_LENGTH)
        validation.prompt = _clipped(prompt, _PROMPT_LENGTH)
    if validation.type is not None and validation.showErrorMessage:
        validation.errorTitle = "Please look at this again"
        error = f"{_ADVICE[column.type]} {_choices(column)}".strip()
        validation.error = _clipped(error, _ERROR_LENGTH)
    validation.add(cells)
    sheet.add_data_validation(validation)


def _check(layout: SheetLayout, column: Column) -> DataValidation:
    """What the cells refuse. Several choices, or a code not yet listed, can still be typed."""
    name = list_name(layout, column)
    if name is not None:
        one_of = column.type not in (ValueType.CHOICES, ValueType.CODE)
        return DataValidation(type="list", formula1=name, showErrorMessage=one_of)
    if column.type is ValueType.DATE:
        # 36526 is 1 January 2000. A warning, since a date typed as text can still be read.
        return DataValidation(
            type="date",
            operator="greaterThanOrEqual",
            formula1="36526",
            showErrorMessage=True,
            errorStyle="warning",
        )
    # Nothing is refused where a number is asked for: “about 60” and “not collected” are answers.
    return DataValidation(type=None)


def _prompt(column: Column) -> str:
    """The column's own help, then how to write it, without saying the same twice."""
    parts = [column.help]
    advice = _ADVICE[column.type]
    if advice and advice.split(".")[0] not in column.help:
        parts.append(advice)
    parts.append(_choices(column))
    if column.may_be_not_collected:
        parts.append(_NOT_COLLECTED)
    if column.stage is not None:
        parts.append(_STAGE)
    return " ".join(part for part in parts if part)


def _choices(column: Column) -> str:
    """The choices in words where they are few, or where to find them."""
    if column.type not in (ValueType.CHOICE, ValueType.ANSWER):
        return ""
    words = joined([choice.label for choice in column.choices], "or")
    if len(words) <= _SHORT:
        return f"Choices: {words}."
    return f"The {LISTS_SHEET} sheet has it in words."


def _clipped(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
