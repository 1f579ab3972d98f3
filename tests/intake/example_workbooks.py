"""How the examples of messages are made: whole files, and good workbooks with one thing changed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from io import BytesIO

from hostile_workbooks import REFUSED
from made_workbooks import unzipped, zipped
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from verdict_samples import assessment, column_of, engagement, header_row, put, row_of

from remi.intake.judging.context import JudgingContext
from remi.intake.template.write import workbook_bytes

Place = tuple[str | None, str | None]
Value = str | int | float | date | None

WHOLE: Place = (None, None)
"""Of a message about the file."""

FORM, ABOUT = "Your organisation", "About this workbook"


@dataclass(frozen=True)
class Sent:
    """Files that arrive together, the first of them the example; where its message should be."""

    files: tuple[bytes, ...]
    place: Place = WHOLE
    context: JudgingContext | None = None
    sent_for: str | None = None


Make = Callable[[str | None], Sent]
"""Makes an example from what stands in quotation marks in its text, if anything does."""


@dataclass(frozen=True)
class Example:
    """How the two examples of one message are made."""

    failing: Make
    passing: Make


def quoted(text: str) -> str | None:
    """What stands in quotation marks first."""
    found = re.search("“([^”]*)”", text)
    return found[1] if found else None


@cache
def clean(organisation_id: str = "NLT014") -> bytes:
    return workbook_bytes(assessment(organisation_id))


@cache
def clean_engagement() -> bytes:
    return workbook_bytes(engagement())


def good(_: str | None = None) -> Sent:
    return Sent((clean(),))


def good_engagement(_: str | None = None) -> Sent:
    return Sent((clean_engagement(),))


# ---- whole files


def file_of(make: Callable[[bytes], bytes]) -> Example:
    return Example(lambda _: Sent((make(clean()),)), good)


def one_refused(rule: str) -> Example:
    content = next(content for content, refused in REFUSED.values() if refused == rule)
    return file_of(lambda _: content)


def with_part(name: str, part: bytes) -> Callable[[bytes], bytes]:
    return lambda content: zipped({**unzipped(content), name: part})


def with_pictures(content: bytes) -> bytes:
    return with_part("xl/media/image1.jpg", random.Random(1).randbytes(20 * 1024**2))(content)


def damaged(content: bytes) -> bytes:
    return content.replace(b"PK\x01\x02", b"PK\x01\x09", 1)


def of_our_own(_: bytes) -> bytes:
    book = Workbook()
    book.worksheets[0]["A1"] = "Rota"
    return workbook_bytes(book)


# ---- workbooks that are changed

Change = Callable[[Workbook, str | None], Place]


def changed(content: bytes, change: Change, written: str | None) -> Sent:
    book = load_workbook(BytesIO(content))
    place = change(book, written)
    return Sent((workbook_bytes(book),), place)


def in_assessment(failing: Change, passing: Change | None = None) -> Example:
    return Example(
        partial(_changed, clean, failing), partial(_changed, clean, passing) if passing else good
    )


def in_engagement(failing: Change, passing: Change | None = None) -> Example:
    make = partial(_changed, clean_engagement, passing) if passing else good_engagement
    return Example(partial(_changed, clean_engagement, failing), make)


def _changed(content: Callable[[], bytes], change: Change, written: str | None) -> Sent:
    return changed(content(), change, written)


def cell(sheet: str, ref: str, *heading: str, as_typed: Callable[[str], Value] = str) -> Change:
    """Write what stands in quotation marks into one cell; nothing clears it."""

    def write(book: Workbook, written: str | None) -> Place:
        value = None if written is None else as_typed(written)
        return sheet, put(book[sheet], row_of(book[sheet], ref), *heading, value=value)

    return write


def answer(ref: str, sheet: str = FORM, as_typed: Callable[[str], Value] = str) -> Change:
    return cell(sheet, ref, "Your answer", as_typed=as_typed)


def both(change: Change, kind: Callable[..., Example] = in_assessment) -> Example:
    """The same cell with one thing or the other in it."""
    return kind(change, change)


def number(written: str) -> Value:
    return float(written) if "." in written else int(written)


def as_excel(day: date) -> Callable[[str], Value]:
    """What Excel makes of an entry that looks like a day."""
    return lambda _: day


def record_cell(sheet: str, *heading: str) -> Change:
    """A cell of the first record of a sheet."""

    def write(book: Workbook, written: str | None) -> Place:
        return sheet, put(book[sheet], header_row(book[sheet]) + 1, *heading, value=written)

    return write


def coordinate(sheet: Worksheet, row: int, *heading: str) -> str:
    return str(sheet.cell(row, column_of(sheet, *heading)).coordinate)
