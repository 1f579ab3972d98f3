"""The annual tables as every format shows them: each cell's number or words, status and text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from remi.release.present import NUMERIC, Number, number_text, rounded, symbol
from schemas.impact import (
    COMMON_COLUMNS,
    QUALIFIERS,
    AnnualTable,
    Holds,
    Status,
    TableColumn,
)

COMMON_IDS = frozenset(column.id for column in COMMON_COLUMNS)


class TableFaultError(ValueError):
    """A protected table that cannot be published as it is; the text says which cell and why."""


@dataclass(frozen=True)
class Cell:
    """One cell: a rounded number, words, or neither and the status that says why."""

    value: Number | str | None
    status: str | None
    text: str
    """What a person reads: “1,240”, “at least 655”, “[c]” or the words themselves."""

    def qualified(self, note: str) -> Cell:
        """The number with what its note says that it is, so that nobody prints one without the
        other."""
        said = next((one for one in QUALIFIERS if note.split("; ")[0] == one), None)
        if said is None or self.value is None:
            return self
        return replace(self, text=f"{said} {self.text}")


@dataclass(frozen=True)
class ReleaseTable:
    """One annual table, ready for any format. Cells are in the order of `columns`."""

    id: str
    name: str
    title: str
    one_row_per: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...]

    @property
    def file_stem(self) -> str:
        """Name of the table's files, without an ending."""
        return re.sub(r"[^a-z0-9]+", "_", f"{self.id} {self.name}".lower()).strip("_")

    @cached_property
    def statuses(self) -> tuple[str, ...]:
        """The statuses that the table uses, in the order of the legend."""
        used = {cell.status for row in self.rows for cell in row}
        return tuple(status.value for status in Status if status.value in used)

    @cached_property
    def same_in_every_row(self) -> tuple[tuple[TableColumn, Cell], ...]:
        """Common columns that say one thing of the whole table, said once above it for people."""
        return tuple(
            (column, self.rows[0][place])
            for place, column in enumerate(self.columns)
            if self._is_said_once(place)
        )

    @cached_property
    def shown(self) -> tuple[int, ...]:
        """Places of the columns that people are shown in rows; the data files have them all."""
        return tuple(i for i in range(len(self.columns)) if not self._is_said_once(i))

    def place(self, column_id: str) -> int:
        """Where a column stands. KeyError names the table."""
        for place, column in enumerate(self.columns):
            if column.id == column_id:
                return place
        raise KeyError(f"{self.id} has no column “{column_id}”")

    def has(self, *column_ids: str) -> bool:
        """Whether the table has all these columns."""
        return set(column_ids) <= {column.id for column in self.columns}

    def _is_said_once(self, place: int) -> bool:
        column = self.columns[place]
        return (
            column.id in COMMON_IDS
            and column.holds is Holds.KEY
            and bool(self.rows)
            and len({row[place] for row in self.rows}) == 1
        )


def release_tables(
    definitions: tuple[AnnualTable, ...], frames: Mapping[str, pd.DataFrame]
) -> tuple[ReleaseTable, ...]:
    """Every defined table, from protected frames by table id.

    Raises TableFaultError for a table that is missing, or any cell that is blank without a status,
    or that has both a number and a status.
    """
    missing = [definition.id for definition in definitions if definition.id not in frames]
    if missing:
        raise TableFaultError(f"no protected table {', '.join(missing)}")
    return tuple(_release_table(definition, frames[definition.id]) for definition in definitions)


def _release_table(definition: AnnualTable, frame: pd.DataFrame) -> ReleaseTable:
    own = {column.id for column in definition.columns}
    columns = (*definition.columns, *(c for c in COMMON_COLUMNS if c.id not in own))
    absent = [column.id for column in columns if column.id not in frame]
    if absent:
        raise TableFaultError(f"{definition.id} has no column {', '.join(absent)}")
    headings = [column.heading for column in columns]
    twice = sorted({heading for heading in headings if headings.count(heading) > 1})
    if twice:
        raise TableFaultError(f"{definition.id} has two columns headed “{'”, “'.join(twice)}”")
    cells = {column.id: _cells(definition.id, frame, column) for column in columns}
    by_column = [_qualified(cells, column) for column in columns]
    return ReleaseTable(
        id=definition.id,
        name=definition.name,
        title=definition.title,
        one_row_per=definition.one_row_per,
        columns=columns,
        rows=tuple(zip(*by_column, strict=True)),
        notes=definition.notes,
    )


def _qualified(cells: Mapping[str, list[Cell]], column: TableColumn) -> list[Cell]:
    if column.qualified_by is None:
        return cells[column.id]
    notes = cells[column.qualified_by]
    return [one.qualified(note.text) for one, note in zip(cells[column.id], notes, strict=True)]


def _cells(table_id: str, frame: pd.DataFrame, column: TableColumn) -> list[Cell]:
    values = frame[column.id].tolist()
    status_id = f"{column.id}_status"
    statuses = frame[status_id].tolist() if status_id in frame else [None] * len(frame)
    cells = []
    for number, (value, status) in enumerate(zip(values, statuses, strict=True), start=1):
        try:
            cells.append(_cell(value, status, column.holds))
        except ValueError as error:
            raise TableFaultError(
                f"{table_id}, row {number}, “{column.heading}”: {error}"
            ) from error
    return cells


def _cell(value: object, status: object, holds: Holds) -> Cell:
    has_value = not pd.isna(value) and value != ""  # type: ignore[call-overload]
    has_status = not pd.isna(status) and status != ""  # type: ignore[call-overload]
    if has_value == has_status:
        raise ValueError("a cell needs either a value or a status that says why there is none")
    if has_status:
        return Cell(None, Status(str(status)).value, symbol(str(status)))
    if holds in NUMERIC:
        shown = rounded(value, holds)  # type: ignore[arg-type]
        return Cell(shown, None, number_text(shown, holds))
    text = str(value)
    # Words that were withheld have no status column; the symbol stands in their place.
    status = next((one.value for one in Status if text == symbol(one.value)), None)
    return Cell(None if status else text, status, text)
