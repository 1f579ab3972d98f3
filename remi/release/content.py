"""What a release says, before any format: words with their figures, charts, tables and notes.

A number is never written into a sentence. It is a `Figure`, read from one cell of one table, so
that a reader can find it there and a test can check that it is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from remi.release.tables import COMMON_IDS, ReleaseTable
from schemas.framework import Framework
from schemas.impact import AnnualTable, Holds
from schemas.programme import Cycle, ReleasePolicy

RowKey = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Edition:
    """Everything that one release is made from: protected tables and the choices behind them."""

    cycle: Cycle
    framework: Framework
    policy: ReleasePolicy
    definitions: tuple[AnnualTable, ...]
    tables: Mapping[str, pd.DataFrame]
    source_run_id: str
    demonstration: bool


@dataclass(frozen=True)
class FigureRef:
    """Where a figure stands: table, the row by its key columns, and column."""

    table_id: str
    row: RowKey
    column_id: str

    @property
    def id(self) -> str:
        """The reference in one line: `A02/commitment=Leadership;sector=All/n_returned`."""
        row = ";".join(f"{column}={value}" for column, value in self.row)
        return f"{self.table_id}/{row}/{self.column_id}"


@dataclass(frozen=True)
class Figure:
    """A cell's text, and the cell that it was read from; its row is counted from 1."""

    ref: FigureRef
    row_number: int
    text: str


Prose = tuple[str | Figure, ...]


@dataclass(frozen=True)
class Chart:
    """A drawing at two widths, with the key to its fills."""

    wide: str
    narrow: str
    key: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Illustration:
    """A heading, a description, how much it is based on, a chart where it helps, and its table."""

    id: str
    title: str
    description: Prose
    coverage: Prose
    table: ReleaseTable
    chart: Chart | None = None


@dataclass(frozen=True)
class Point:
    """A short label and what is said under it."""

    label: str
    text: Prose


@dataclass(frozen=True)
class Card:
    """One commitment for leaders: where it is, what is said of it, and what they are to decide."""

    title: str
    position: Point
    headline: Prose
    points: tuple[Point, ...]
    decision: Point


@dataclass(frozen=True)
class Passage:
    """A part of a section under its own heading."""

    title: str
    introduction: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Section:
    """One section of the page."""

    id: str
    title: str
    paragraphs: tuple[Prose, ...] = ()
    cards: tuple[Card, ...] = ()
    after_cards: tuple[Point, ...] = ()
    illustrations: tuple[Illustration, ...] = ()
    passages: tuple[Passage, ...] = ()
    names: tuple[Prose, ...] = ()


@dataclass(frozen=True)
class Content:
    """A whole release. Every format is made from this and nothing else."""

    title: str
    publisher: str
    cycle: Cycle
    framework: str
    source_run_id: str
    statement: str
    demonstration_notice: str | None
    lead: tuple[Prose, ...]
    sections: tuple[Section, ...]
    tables: tuple[ReleaseTable, ...]
    statuses: tuple[str, ...]
    method: tuple[Point, ...]

    @property
    def cautions(self) -> tuple[str, ...]:
        """What every format says first: the demonstration notice, if any, and the statement."""
        notice = (self.demonstration_notice,) if self.demonstration_notice else ()
        return (*notice, self.statement)


def rows_where(table: ReleaseTable, **values: str) -> list[int]:
    """Numbers of the rows, from 0, in which each of these columns reads as given."""
    places = {table.place(column_id): value for column_id, value in values.items()}
    return [
        number
        for number, row in enumerate(table.rows)
        if all(row[place].text == value for place, value in places.items())
    ]


def figure(table: ReleaseTable, column_id: str, row: RowKey) -> Figure:
    """The one cell of that row and column. KeyError where it is not exactly one."""
    numbers = rows_where(table, **dict(row))
    ref = FigureRef(table.id, row, column_id)
    if len(numbers) != 1:
        raise KeyError(f"{ref.id} stands for {len(numbers)} cells")
    return Figure(ref, numbers[0] + 1, table.rows[numbers[0]][table.place(column_id)].text)


def row_key(table: ReleaseTable, row_number: int) -> RowKey:
    """The key columns of a row, which name it; common columns are the same for others too."""
    return tuple(
        (column.id, cell.text)
        for column, cell in zip(table.columns, table.rows[row_number], strict=True)
        if column.holds is Holds.KEY and column.id not in COMMON_IDS
    )


def count(table: ReleaseTable, column_id: str, row_number: int) -> int | None:
    """The whole number in a cell; None where a status stands instead."""
    value = table.rows[row_number][table.place(column_id)].value
    if value is not None and not isinstance(value, int):
        raise TypeError(f"{table.id}, “{column_id}” holds no count")
    return value


def excerpt(table: ReleaseTable, row_numbers: list[int], *column_ids: str) -> ReleaseTable:
    """Some rows and columns of a table, under the same id."""
    places = [table.place(column_id) for column_id in column_ids]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in places),
        rows=tuple(tuple(table.rows[number][place] for place in places) for number in row_numbers),
        notes=(),
    )
