"""Numbers as partners write them: “1,234”, “over 80”, “8-10”; never a percentage or a day.

Only the standard library is used here, because the sandboxed worker loads this module.
"""

from __future__ import annotations

import re

from remi.intake.locating.typed import Fault, Plan, Value, bad, is_time, plain
from remi.intake.reading.cells import Cell

_QUALIFIERS = {
    ">": "more than|over|above|greater than|>",
    "≥": "at least|no fewer than|no less than|not less than|minimum of|minimum|>=|≥",
    "≤": "up to|at most|no more than|not more than|maximum of|maximum|<=|≤",
    "<": "fewer than|less than|under|below|nearly|almost|<",
    "~": "about|around|approximately|approx.|approx|roughly|circa|c.|c|~",
}
_SIGN = {word: sign for sign, words in _QUALIFIERS.items() for word in words.split("|")}
_WORDS = "|".join(re.escape(word) for word in sorted(_SIGN, key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:[, ]\d{3})+|\d+"
_NUMBER = re.compile(rf"(?:({_WORDS}) ?)?({_DIGITS})(\.\d+)?( ?\+| or more| or fewer| or less)?")
_RANGE = re.compile(rf"(?:between )?({_DIGITS}) ?(?:-|to|and) ?({_DIGITS})")
_NEGATIVE = re.compile(rf"- ?(?:{_DIGITS})(?:\.\d+)?")
_CLOCK = re.compile(
    rf"(?:(?:{_WORDS}) ?)?(?:"
    r"\d{1,4}(?::\d\d){1,2}(?: ?[ap]\.?m\.?)?"
    r"|\d{1,4} ?(?:h|hr|hrs|hour|hours)\.?(?:(?: and|,)? ?\d{1,2} ?(?:m|min|mins|minutes)?\.?)?"
    r"|\d{1,4} ?(?:min|mins|minute|minutes)\.?|\d{1,2}(?:\.\d\d)? ?[ap]\.?m\.?)"
)
_PERCENTAGE = re.compile(r".*\d ?(?:%|per ?cent)")


def read_number(cell: Cell, column: Plan, seen: str) -> Value:
    """A number of 0 or more; words such as “over” become its qualifier.

    A range keeps its lower end as “at least”, which is what both a target and a total may rely on.
    """
    if is_time(cell):
        return bad(seen, "time_in_number_cell")
    if cell.kind == "date":
        return bad(seen, "date_in_number_cell")
    if cell.kind == "boolean":
        return bad(seen, "number_expected")
    if cell.shown_as == "percentage":
        return bad(seen, "percentage_in_number_cell")
    whole = column["type"] == "count"
    if cell.kind == "number" and cell.number is not None:
        return _checked(cell.number, None, seen, whole)
    text = plain(cell.value)
    if len({ord(c) - int(c) for c in text if c.isdecimal()}) > 1:
        return bad(seen, "number_expected")  # figures of two scripts: which is first is not sure
    if found := _NUMBER.fullmatch(text):
        number = float(found[2].replace(",", "").replace(" ", "") + (found[3] or ""))
        qualifier = _SIGN[found[1]] if found[1] else None
        if found[4]:
            if qualifier:
                return bad(seen, "number_expected")
            qualifier = "≤" if found[4] in (" or fewer", " or less") else "≥"
        return _checked(number, qualifier, seen, whole)
    if found := _RANGE.fullmatch(text):
        low, high = (float(end.replace(",", "").replace(" ", "")) for end in found.groups())
        if low < high:
            fault = Fault("range_read_as_at_least", {"low": int(low), "high": int(high)})
            return Value("value", seen, number=low, qualifier="≥", fault=fault)
    if _NEGATIVE.fullmatch(text):
        return bad(seen, "number_below_zero")
    if _CLOCK.fullmatch(text):
        return bad(seen, "time_in_number_cell")
    if _PERCENTAGE.fullmatch(text):
        return bad(seen, "percentage_in_number_cell")
    return bad(seen, "number_expected")


def _checked(number: float, qualifier: str | None, seen: str, whole: bool) -> Value:
    if number < 0:
        return bad(seen, "number_below_zero")
    if number >= 1e9:
        return bad(seen, "number_expected")
    if whole and not number.is_integer():
        return bad(seen, "whole_number_expected")
    return Value("value", seen, number=number, qualifier=qualifier)
