"""What one cell of an OpenDocument spreadsheet means, from its attributes and its paragraphs.

The format names no error, and LibreOffice names neither a true or false nor a day that a formula
gave to a plain cell: these are told by the text that is shown (compared with what LibreOffice 7.4
writes; OpenDocument 1.3 part 3, 19.385 to 19.397).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from remi.intake.reading.cell_values import Shared, typed
from remi.intake.reading.cells import Kind, ShownAs
from remi.intake.reading.number_formats import iso_from_text
from remi.intake.reading.parts import Attributes

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's days have no time zone

# Marks for what the text holds besides characters; XML allows none of these three.
SPACE, TAB, LINE_BREAK = "\0", "\1", "\2"

_CALCEXT = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
_VALUE_OF = {
    "float": f"{OFFICE} value",
    "currency": f"{OFFICE} value",
    "percentage": f"{OFFICE} value",
    "date": f"{OFFICE} date-value",
    "time": f"{OFFICE} time-value",
    "boolean": f"{OFFICE} boolean-value",
    "string": f"{OFFICE} string-value",
}
_UNSHARED = Shared([], [], False)
_LINE_ENDS = str.maketrans("\t\r\n", "   ")
_SPACES = re.compile("  +")
_MARKS = str.maketrans({SPACE: " ", TAB: "\t", LINE_BREAK: "\n"})
_ERROR = re.compile(r"#N/A|#[A-Z][A-Z0-9/_]*[!?]|Err:[0-9]{3}")
_PREFIX = re.compile(r"(?:[a-z]+:)?=")
_SHOWN_AS_DAY = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?: .*)?|\d{1,2}:\d\d(?::.*)?")
_TIME = re.compile(
    r"(-?)P(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:[.,]\d{1,12})?)S)?)?"
)


class Content(NamedTuple):
    """What a cell holds: the fields of `Cell` after its place."""

    kind: Kind
    value: str
    number: float | None = None
    shown_as: ShownAs = ""
    formula: bool = False


def paragraph(written: str) -> str:
    """The text of a paragraph: white space counts once unless it is marked as meant."""
    if "\n" in written or "\t" in written or "\r" in written:
        written = written.translate(_LINE_ENDS)
    if "  " in written or written.startswith(" "):
        written = _SPACES.sub(" ", written).lstrip(" ")
    return written.translate(_MARKS)


def content_of(cell: Attributes, paragraphs: list[str], first_day: datetime) -> Content | None:
    """What a cell holds; None for one that holds nothing.

    `first_day`: the day from which this workbook counts. What cannot be read as its type says
    stays text, as the partner sees it.
    """
    formula = cell.get(f"{TABLE} formula")
    kind = cell.get(f"{OFFICE} value-type", "")
    written = cell.get(_VALUE_OF.get(kind, ""))
    if formula is not None and written is None and not paragraphs:
        return Content("formula_without_value", _PREFIX.sub("", formula, count=1), formula=True)
    shown = "\n".join(paragraphs)
    calculated = formula is not None
    said = cell.get(f"{_CALCEXT} value-type")
    if said == "error" or (said != "string" and _ERROR.fullmatch(shown)):
        return Content("error", shown, formula=calculated)
    if kind == "string" or written is None:
        text = written or shown
        return Content("text", text, formula=calculated) if text or calculated else None
    return Content(*_typed(kind, written, shown, calculated, first_day), calculated)


def _typed(
    kind: str, written: str, shown: str, calculated: bool, first_day: datetime
) -> tuple[Kind, str, float | None, ShownAs]:
    if kind == "boolean":
        return typed("b", written, None, _UNSHARED)
    if kind == "date":
        iso = iso_from_text(written)
        return ("date", iso, None, "date") if iso else ("text", shown or written, None, "")
    if kind == "time":
        return _time(written, shown)
    content = typed("n", written, None, _UNSHARED)
    _, value, number, _ = content
    if number is None:
        return content
    if kind == "percentage":
        return "number", value, number, "percentage"
    if (number, shown) in ((1, "TRUE"), (0, "FALSE")):
        return "boolean", shown, None, ""
    if calculated and _SHOWN_AS_DAY.fullmatch(shown) and (iso := _day(number, first_day)):
        return "date", iso, number, "date"
    return content


def _day(days: float, first_day: datetime) -> str | None:
    try:
        moment = first_day + timedelta(milliseconds=round(days * 86_400_000))
    except OverflowError:
        return None
    return moment.time().isoformat() if 0 <= days < 1 else iso_from_text(moment.isoformat())


def _time(written: str, shown: str) -> tuple[Kind, str, float | None, ShownAs]:
    """A time of day; from 24 hours on, or below nothing, a duration in days."""
    found = _TIME.fullmatch(written.strip())
    if found is None:
        return "text", shown or written, None, ""
    sign, days, hours, minutes, seconds = found.groups(default="")
    span = timedelta(
        days=int(days or 0),
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        seconds=float(seconds.replace(",", ".") or 0),
    )
    if not sign and span < timedelta(days=1):
        return "date", (FIRST_DAY + span).time().isoformat(), None, "date"
    number = span / timedelta(days=1) * (-1 if sign else 1)
    return "number", repr(number), number, "duration"
