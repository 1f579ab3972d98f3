"""A list as text, as spreadsheet programs of any locale save it: its records with their lines."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from remi.lists.faults import ListFault

SAVE_AGAIN = "save it as “CSV UTF-8” or as an Excel workbook (.xlsx)"
DELIMITERS = ",;\t|"
LONGEST_ENTRY = 100_000
"""Characters; what is longer is no entry of a list but a quotation mark that was left open."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""What a file begins with, and how it is then written. UTF-8 needs no mark, the others do."""

_LINE_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Record(NamedTuple):
    """One row as written, and the line on which it begins, counted from 1."""

    line: int
    entries: list[str]


class Unreadable(Exception):  # noqa: N818 - the outcome of reading, not a fault of the program
    """Carries the one fault that ends the reading out of it, and the records read until then."""

    def __init__(self, fault: ListFault, records: Sequence[Record] = ()) -> None:
        super().__init__(fault.why)
        self.fault, self.records = fault, tuple(records)


def decoded(content: bytes) -> str:
    """The text, from UTF-8 with or without a mark, or UTF-16 or UTF-32 with one.

    No other encoding is guessed, because a wrong guess would spell names wrongly without a word.
    Raises Unreadable.
    """
    mark, encoding = next(
        ((mark, name) for mark, name in _MARKS if content.startswith(mark)), (b"", "utf-8")
    )
    try:
        text = content.removeprefix(mark).decode(encoding)
    except UnicodeDecodeError as error:
        line = len(_lines(content[: error.start].decode("latin-1"))) if not mark else None
        why = f"the file is not UTF-8, so its letters cannot be told for sure; {SAVE_AGAIN}"
        if mark:
            why = f"the file is damaged: not all of it is {encoding.upper()}; {SAVE_AGAIN}"
        raise Unreadable(ListFault(line, None, why)) from None
    if found := _NO_TEXT.search(text):
        line = len(_lines(text[: found.start() + 1]))
        why = f"there is a character here that is no text (code {ord(found[0])}); {SAVE_AGAIN}"
        raise Unreadable(ListFault(line, None, why))
    return text


def records(text: str, known: Callable[[Sequence[str]], int]) -> list[Record]:
    """Every record that is not blank. `known` counts the headings that are known among some.

    The delimiter is the one by which the first record has the most known headings. Raises
    Unreadable, with what was read before, where a quotation mark makes the rest uncertain.
    """
    lines = _lines(text)
    first, choices = 0, DELIMITERS
    if lines and (told := _SEPARATOR_LINE.fullmatch(lines[0])):
        first, choices = 1, told[1]
    opening = next((line for line in lines[first:] if line.strip()), "")
    delimiter = max(choices, key=lambda d: (known(_split(opening, d)), opening.count(d)))
    return _parsed(lines, first, delimiter)


def _lines(text: str) -> list[str]:
    """Lines with their ends. Only line breaks part them, not what Unicode counts as such."""
    return [line for line in _LINE_END.split(text) if line]


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _parsed(lines: Sequence[str], first: int, delimiter: str) -> list[Record]:
    csv.field_size_limit(LONGEST_ENTRY)
    reader = csv.reader(lines[first:], delimiter=delimiter, strict=True)
    found: list[Record] = []
    while True:
        begins = reader.line_num + first + 1
        try:
            entries = next(reader)
        except StopIteration:
            return found
        except csv.Error:
            fault = _open_quote(begins, reader.line_num + first)
            raise Unreadable(fault, found) from None
        width = len(found[0].entries) if found else len(entries)
        # Text of several lines is one entry; rows of the list inside an entry are no text.
        inside = [line for entry in entries for line in entry.splitlines()[1:]]
        if width > 1 and any(line.count(delimiter) >= width - 1 for line in inside):
            raise Unreadable(_open_quote(begins, reader.line_num + first), found)
        if any(entry.strip() for entry in entries):
            found.append(Record(begins, entries))


def _open_quote(begins: int, ends: int) -> ListFault:
    how = "take it away, or write two for one that belongs to the text"
    if begins == ends:
        why = f"a quotation mark is open, or closes in the middle of an entry; {how}"
    else:
        why = f"a quotation mark is open from here to line {ends} and swallows rows; {how}"
    return ListFault(begins, None, why)
