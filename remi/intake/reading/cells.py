"""What a reader hands over: every cell that holds something, with where it is and what it is.

Everything is text, number or flag, so that it crosses from a worker process as plain JSON.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

Kind = Literal["text", "number", "boolean", "date", "error", "formula_without_value"]
Visibility = Literal["visible", "hidden", "very_hidden"]
ShownAs = Literal["", "date", "percentage", "duration"]


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """Letters of a column counted from 1: 28 is AB."""
    letters = ""
    while column:
        column, remainder = divmod(column - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters


class Cell(NamedTuple):
    """One cell that is not empty. `row` and `column` count from 1.

    `value`: the text; a number as the file writes it; TRUE or FALSE; a day, time or both in ISO
    form (2026-04-03, 14:30:00, 2026-04-03T14:30:00); the error as Excel shows it (#REF!); or, for
    a formula that was never calculated, the formula itself.
    `number`: of a number, and of a date kept as Excel's day count; otherwise None.
    `shown_as`: how the partner sees a number, so that 0.75 shown as 75% is known.
    `formula`: the value was calculated, not typed.
    """

    row: int
    column: int
    kind: Kind
    value: str
    number: float | None = None
    shown_as: ShownAs = ""
    formula: bool = False

    @property
    def address(self) -> str:
        """As the partner sees it: B12."""
        return f"{column_letters(self.column)}{self.row}"


Content = tuple[Kind, str, float | None, ShownAs, bool]
"""What a cell holds: the fields of `Cell` after its place."""

_COLUMN_BITS = 15
_COLUMN = (1 << _COLUMN_BITS) - 1
_cell = tuple.__new__  # half the time of calling Cell


def place_number(row: int, column: int) -> int:
    """One number for a place, in the order of rows and, within one, of columns."""
    return row << _COLUMN_BITS | column


class Cells(Mapping[tuple[int, int], Cell]):
    """The cells of a sheet by (row, column), row by row and from left to right.

    Most of many cells hold what others hold too: each content is kept once, in `contents` (as a
    cell at row 0 and column 0), and a cell takes twelve bytes.
    """

    def __init__(self, cells: Iterable[Cell] = ()) -> None:
        self.contents: list[Cell] = []
        self._known: dict[Content, int] = {}
        self._places = array("Q")
        self._holds = array("I")
        self._late: dict[int, int] = {}  # those that did not come in order
        for cell in cells:
            self.put(cell.row, cell.column, cell[2:])

    def number_of(self, content: Content) -> int:
        """Where in `contents` this stands, from now on."""
        number = self._known.get(content)
        if number is None:
            number = self._known[content] = len(self.contents)
            self.contents.append(_cell(Cell, (0, 0, *content)))
        return number

    def put(self, row: int, column: int, content: Content) -> bool:
        """Keep a cell where none is yet; False where one is that holds something else."""
        at, number = place_number(row, column), self.number_of(content)
        if not self._places or at > self._places[-1]:
            self._places.append(at)
            self._holds.append(number)
            return True
        here = bisect_left(self._places, at)
        if self._places[here] == at:
            return self._holds[here] == number
        return self._late.setdefault(at, number) == number

    def extend(self, places: Iterable[int], holds: Iterable[int]) -> None:
        """Keep cells that stand below or right of all others: place numbers, and contents."""
        self._places.extend(places)
        self._holds.extend(holds)

    def __len__(self) -> int:
        return len(self._places) + len(self._late)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        self._bring_in_order()
        return ((at >> _COLUMN_BITS, at & _COLUMN) for at in self._places)

    def __getitem__(self, at: tuple[int, int]) -> Cell:
        found = self.at(*at)
        if found is None:
            raise KeyError(at)
        return found

    def at(self, row: int, column: int) -> Cell | None:
        """The cell there, if there is one."""
        self._bring_in_order()
        place, places = row << _COLUMN_BITS | column, self._places
        here = bisect_left(places, place)
        if here == len(places) or places[here] != place:
            return None
        return _cell(Cell, (row, column, *self.contents[self._holds[here]][2:]))

    def in_order(self) -> Iterator[Cell]:
        """Every cell."""
        return self.holding(lambda _: True)

    def holding(self, wanted: Callable[[Cell], bool]) -> Iterator[Cell]:
        """The cells that hold something wanted, which is asked once for all that hold it."""
        self._bring_in_order()
        chosen = [content[2:] if wanted(content) else None for content in self.contents]
        for at, number in zip(self._places, self._holds, strict=True):
            content = chosen[number]
            if content is not None:
                yield _cell(Cell, (at >> _COLUMN_BITS, at & _COLUMN, *content))

    def rows_below(self, row: int) -> Iterator[tuple[int, dict[int, int]]]:
        """Each row that holds something: its number, and column -> place in `contents`."""
        self._bring_in_order()
        start = bisect_left(self._places, place_number(row + 1, 0))
        current, held = row, dict[int, int]()
        for at, number in zip(self._places[start:], self._holds[start:], strict=True):
            if at >> _COLUMN_BITS != current:
                if held:
                    yield current, held
                current, held = at >> _COLUMN_BITS, {}
            held[at & _COLUMN] = number
        if held:
            yield current, held

    def columns(self) -> set[int]:
        """The columns that hold something."""
        return {at & _COLUMN for part in (self._places, self._late) for at in part}

    def characters(self) -> int:
        """How long the values of all cells are together."""
        lengths = [len(content.value) for content in self.contents]
        held = (self._holds, self._late.values())
        return sum(lengths[number] for part in held for number in part)

    def _bring_in_order(self) -> None:
        if self._late:
            both = [*zip(self._places, self._holds, strict=True), *self._late.items()]
            both.sort()
            self._late = {}
            self._places = array("Q", (at for at, _ in both))
            self._holds = array("I", (number for _, number in both))


@dataclass(frozen=True)
class SheetCells:
    """One sheet; hidden rows and columns are listed only where they hold a cell."""

    name: str
    visibility: Visibility
    cells: Cells
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]


@dataclass(frozen=True)
class WorkbookCells:
    """A whole workbook, sheets in the order of its tabs (chart sheets hold no cells)."""

    sheets: tuple[SheetCells, ...]
    strict: bool
    has_macros: bool
    has_external_links: bool


def as_data(workbook: WorkbookCells) -> dict[str, Any]:
    """The workbook as JSON-able data; a cell is the list of its fields in the order of `Cell`."""
    return {
        "strict": workbook.strict,
        "has_macros": workbook.has_macros,
        "has_external_links": workbook.has_external_links,
        "sheets": [
            {
                "name": sheet.name,
                "visibility": sheet.visibility,
                "hidden_rows": sorted(sheet.hidden_rows),
                "hidden_columns": sorted(sheet.hidden_columns),
                "cells": list(sheet.cells.in_order()),
            }
            for sheet in workbook.sheets
        ],
    }
