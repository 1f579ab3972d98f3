"""What a cell means: a typed value, one of the reasons for having none, or what is wrong with it.

Only the standard library is used here, because the sandboxed worker loads this module. Nothing is
guessed: what cannot be read with certainty is handed back as a fault, never as zero or blank.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from remi.intake.locating.days import read_day
from remi.intake.locating.personal_data import personal_details
from remi.intake.locating.quantities import read_number
from remi.intake.locating.typed import (
    BLANK,
    PERSONAL,
    SEEN_LENGTH,
    Fault,
    Plan,
    Value,
    as_seen,
    bad,
    has_raised_digits,
    of_one_width,
    out_of_words,
    plain,
    without_unseen,
)
from remi.intake.reading.cells import Cell


def read_value(cell: Cell | None, column: Plan) -> Value:
    """The meaning of a cell in a column of this type."""
    if cell is None or (cell.kind == "text" and not without_unseen(cell.value)):
        return BLANK
    cell = out_of_words(cell)
    value = _read(cell, column, as_seen(cell))
    kinds = "" if _may_hold_such_numbers(value, column) else personal_kinds(cell)
    # Nothing of such a cell is kept or shown, whatever else is wrong with it.
    return bad("", PERSONAL, kinds=kinds) if kinds else value


def personal_kinds(cell: Cell) -> str:
    """The kinds of personal details in the whole of a cell, with spaces between; empty if none."""
    if cell.kind in ("date", "boolean"):
        return ""
    return " ".join(personal_details(as_seen(cell) if cell.kind == "number" else cell.value))


def _may_hold_such_numbers(value: Value, column: Plan) -> bool:
    """Whether it is a number, or a code of digits alone, that only looks like somebody's."""
    if value.state != "value":
        return False
    return value.number is not None or (column["type"] == "code" and value.seen.isdecimal())


def _read(cell: Cell, column: Plan, seen: str) -> Value:
    if cell.kind == "error":
        return bad(seen, "error_in_cell")
    if cell.kind == "formula_without_value":
        return bad(seen, "formula_without_value")
    value = _READERS[column["type"]](cell, column, seen)
    if value.state == "bad" and cell.kind == "text":
        if has_raised_digits(cell.value):
            return bad(seen, "raised_digit")
        return _without_value(seen, column) or value
    return value


_NOT_APPLICABLE = frozenset({"n/a", "na", "not applicable"})
_NOT_COLLECTED = frozenset({"not collected", "not recorded", "not counted"})
_DECLINED = frozenset({"declined", "prefer not to say", "preferred not to say"})


def _without_value(seen: str, column: Plan) -> Value | None:
    """The words for having no value, where the column may have none."""
    word = plain(seen)
    for words, state in (
        (_NOT_APPLICABLE, "not_applicable"),
        (_NOT_COLLECTED, "not_collected"),
        (_DECLINED, "declined"),
    ):
        if word in words:
            if column["type"] == "answer":
                return None
            optional = state == "not_applicable" and not column["required"]
            if column["may_be_not_collected"] or optional:
                return Value(state, seen)
            return bad(seen, "word_not_taken")
    return None


def _text(cell: Cell, column: Plan, seen: str) -> Value:
    text = cell.value.strip() if cell.kind == "text" else seen
    if plain(text) in _NOT_APPLICABLE:
        return _without_value(text, column) or Value("value", seen, text)
    return Value("value", seen, text)


def _code(cell: Cell, column: Plan, seen: str) -> Value:
    """An identifier; one of a list is also found by its digits, since Excel drops leading zeros."""
    if cell.kind in ("date", "boolean") or cell.shown_as:
        return bad(seen, "code_expected")
    text = of_one_width(without_unseen(seen))
    choices = column["choices"]
    if not choices:
        return Value("value", seen, text)
    found = choices.get(plain(text))
    if found is not None:
        return Value("value", seen, found)
    digits = plain(text).lstrip("0")
    padded = {
        c for label, c in choices.items() if label.isdecimal() and label.lstrip("0") == digits
    }
    if digits and len(padded) == 1:
        (code,) = padded
        return Value("value", seen, code, fault=Fault("leading_zeros_restored", {"code": code}))
    return bad(seen, "code_not_on_list")


def _choice(_: Cell, column: Plan, seen: str) -> Value:
    found = column["choices"].get(plain(seen))
    return bad(seen, "choice_not_on_list") if found is None else Value("value", seen, found)


def _answer(_: Cell, column: Plan, seen: str) -> Value:
    found = column["choices"].get(plain(seen))
    return bad(seen, "answer_not_on_list") if found is None else Value("value", seen, found)


def _choices(cell: Cell, column: Plan, seen: str) -> Value:
    """Several entries, separated by semicolons or line breaks; commas if all parts are listed."""
    choices = column["choices"]
    whole = cell.value if cell.kind == "text" else seen
    for mark in (";|\n", ";|\n|,"):
        parts = [part for part in re.split(mark, whole) if part.strip()]
        found = [choices.get(plain(part)) for part in parts]
        if parts and None not in found:
            return Value("value", seen, ";".join(dict.fromkeys(found)))
    parts = [part.strip() for part in re.split(";|\n", whole)]
    wrong = next((part for part in parts if part and plain(part) not in choices), seen)
    return bad(seen, "choice_not_on_list", part=wrong[:SEEN_LENGTH])


_YES_NO = {
    **dict.fromkeys(("yes", "y", "true"), "yes"),
    **dict.fromkeys(("no", "n", "false"), "no"),
}


def _yes_no(cell: Cell, _: Plan, seen: str) -> Value:
    found = _YES_NO.get(plain(seen)) if cell.kind in ("text", "boolean") else None
    return bad(seen, "yes_no_expected") if found is None else Value("value", seen, found)


_READERS: dict[str, Callable[[Cell, Plan, str], Value]] = {
    "text": _text,
    "code": _code,
    "date": read_day,
    "count": read_number,
    "number": read_number,
    "choice": _choice,
    "choices": _choices,
    "yes_no": _yes_no,
    "answer": _answer,
}
