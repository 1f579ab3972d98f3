"""The one reader of lists: from the bytes of a file to rows of texts, or every fault with its line.

A list has its headings in the first row that is not blank, and one thing a row below it. It is
text with commas, semicolons or tabs between its entries, or the first sheet of a workbook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from remi.intake.locating.typed import plain
from remi.intake.reading.file_kind import kind_of
from remi.lists.faults import ListError, ListFault, did_you_mean, in_a_row, joined
from remi.lists.sheet import WORKBOOK_MARK, sheet_records
from remi.lists.text import SAVE_AGAIN, Record, Unreadable, decoded, records

LARGEST_FILE = 200_000_000
"""Bytes. A register or answers of 100,000 organisations are a tenth of this."""

_TEXT_KINDS = ("file_is_csv", "file_is_text", "file_is_html", "file_is_not_a_workbook")

# What cannot be seen is passed over, or two entries that look the same would differ.
_UNSEEN = dict.fromkeys(
    map(
        ord,
        "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad",
    )
)


@dataclass(frozen=True)
class ListColumns:
    """The headings that a list has, in any order; in small letters with `_` between words."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    others_allowed: bool = False
    """Whether columns that nobody asks for are passed over instead of being a fault."""


@dataclass(frozen=True)
class ListRow:
    """One row; every column of the list has a text, which is trimmed and may be empty."""

    line: int
    texts: Mapping[str, str]


@dataclass(frozen=True)
class ListFile:
    """A list that could be read whole."""

    name: str
    """Of the file, and of its sheet."""
    unit: str
    """What its places are called: line, or row in a workbook."""
    columns: tuple[str, ...]
    """Those that are there, in the order of the file."""
    rows: tuple[ListRow, ...]

    def error(self, faults: Sequence[ListFault]) -> ListError:
        """What is wrong with its entries, to be raised."""
        return ListError(self.name, faults, self.unit)


def read_list(path: Path, columns: ListColumns) -> ListFile:
    """Read a list. Raises ListError, with every fault that can be told at once."""
    try:
        content = path.read_bytes()
    except OSError as error:
        why = f"the file could not be read: {error.strerror}"
        raise ListError(path.name, [ListFault(None, None, why)]) from None
    return read_list_bytes(content, path.name, columns)


def read_list_bytes(content: bytes, name: str, columns: ListColumns) -> ListFile:
    """Read a list from its bytes. Raises ListError as above."""
    unit = "line"
    faults: list[ListFault] = []
    try:
        _refuse_others(content)
        if content.startswith(WORKBOOK_MARK):
            sheet, found = sheet_records(content)
            name, unit = f"{name}, sheet “{sheet}”", "row"
        else:
            found = records(decoded(content), lambda texts: len(_known(texts, columns)))
    except Unreadable as unreadable:
        faults, found = [unreadable.fault], list(unreadable.records)
        if not found:
            raise ListError(name, faults, unit) from None
    if not found:
        raise ListError(name, [ListFault(None, None, "the file is empty")])
    heading, *rows = found
    headings = [_name(text) for text in heading.entries]
    while headings and not headings[-1]:
        headings.pop()
    if wrong := _heading_faults(heading.line, heading.entries[: len(headings)], columns):
        raise ListError(name, wrong, unit)
    there = [(at, column) for at, column in enumerate(headings) if column in _all(columns)]
    read = []
    for row in rows:
        if fault := _width_fault(row, len(headings), len(heading.entries)):
            faults.append(fault)
            continue
        texts = {column: row.entries[at].translate(_UNSEEN).strip() for at, column in there}
        read.append(ListRow(row.line, {c: texts.get(c, "") for c in _all(columns)}))
    if not rows and not faults:
        faults.append(ListFault(None, None, "there is nothing below the headings"))
    if faults:
        raise ListError(name, faults, unit)
    return ListFile(name, unit, tuple(column for _, column in there), tuple(read))


def list_headings(content: bytes, columns: ListColumns) -> bool:
    """Whether a workbook's first sheet begins with the headings that a list must have."""
    try:
        _, found = sheet_records(content)
    except Unreadable:
        return False
    return bool(found) and set(columns.required) <= set(_known(found[0].entries, columns))


def blank_faults(found: ListFile, columns: Sequence[str]) -> list[ListFault]:
    """Where an entry that must be there is blank."""
    return [
        ListFault(row.line, column, "this is blank and must be filled in")
        for row in found.rows
        for column in columns
        if not row.texts[column]
    ]


def spelling_faults(found: ListFile, column: str) -> list[ListFault]:
    """Ids that differ only in capitals, spaces or dashes, so that whose they are is not sure."""
    lines: dict[str, dict[str, list[int]]] = {}
    for row in found.rows:
        if written := row.texts[column]:
            lines.setdefault(plain(written), {}).setdefault(written, []).append(row.line)
    faults = []
    for spellings in lines.values():
        if len(spellings) > 1:
            each = [
                f"“{spelling}” ({found.unit}{'s' if len(at) > 1 else ''} {in_a_row(at)})"
                for spelling, at in spellings.items()
            ]
            why = f"{joined(each, 'and')} may be one or several; write one in one way"
            faults.append(ListFault(min(min(at) for at in spellings.values()), column, why))
    return faults


def _refuse_others(content: bytes) -> None:
    if not content.strip():
        raise Unreadable(ListFault(None, None, "the file is empty"))
    if len(content) > LARGEST_FILE:
        raise Unreadable(ListFault(None, None, "the file is larger than a list can be"))
    kind = kind_of(content)
    if not content.startswith(WORKBOOK_MARK) and kind not in _TEXT_KINDS:
        why = f"this is no list ({kind.replace('_', ' ')}); {SAVE_AGAIN}"
        raise Unreadable(ListFault(None, None, why))


def _all(columns: ListColumns) -> tuple[str, ...]:
    return (*columns.required, *columns.optional)


def _name(text: str) -> str:
    """A heading as columns are named: “Organisation ID” is `organisation_id`."""
    return "_".join(plain(text).replace("-", " ").replace("_", " ").split())


def _known(texts: Sequence[str], columns: ListColumns) -> list[str]:
    return [name for name in map(_name, texts) if name in _all(columns)]


def _heading_faults(line: int, texts: Sequence[str], columns: ListColumns) -> list[ListFault]:
    names = [_name(text) for text in texts]
    wanted = _all(columns)
    missing = [column for column in columns.required if column not in names]
    others = [
        text.strip() for text, name in zip(texts, names, strict=True) if name and name not in wanted
    ]
    faults = []
    if missing:
        must = joined(columns.required, "and")
        may = f", and may be {joined(columns.optional, 'and')}" if columns.optional else ""
        lacking = joined(missing, "and")
        why = f"the columns must be {must}{may}; missing: {lacking}"
        if others:
            why += f"; not known: {joined(others, 'and')}"
        faults.append(ListFault(line, None, why))
    else:
        absent = [column for column in wanted if column not in names]
        for text in others:
            near = did_you_mean(text, absent)
            if near or not columns.others_allowed:
                faults.append(ListFault(line, None, f"there is no column “{text}” here{near}"))
    for name, number in Counter(filter(None, names)).items():
        if number > 1:
            how_often = "twice" if number == 2 else f"{number} times"
            faults.append(ListFault(line, None, f"the column {name} is there {how_often}"))
    return faults


def _width_fault(row: Record, headings: int, width: int) -> ListFault | None:
    """More entries than the first row has, or fewer, or one where there is no heading.

    A blank entry too many is one too: a comma inside an entry moves all that stand behind it.
    """
    beyond = [
        at for at, entry in enumerate(row.entries, start=1) if at > headings and entry.strip()
    ]
    if len(row.entries) == width and not beyond:
        return None
    number = len(row.entries) if len(row.entries) != width else beyond[-1]
    if len(row.entries) < width:
        number, headings = len(row.entries), width
    entries = "is 1 entry" if number == 1 else f"are {number} entries"
    columns = "1 column" if headings == 1 else f"{headings} columns"
    how = "; put double quotes around an entry that has a comma" if number > headings else ""
    return ListFault(row.line, None, f"there {entries} where there are {columns}{how}")
