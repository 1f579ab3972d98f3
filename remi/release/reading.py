"""Which columns of the annual tables the sections read, and the rows that stand for everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from remi.release.charts import NARROW, WIDE
from remi.release.content import Chart, Prose, RowKey, count, figure, row_key, rows_where
from remi.release.tables import ReleaseTable
from schemas.impact import ALL, Status

POSITIONS, PICTURE, MOVEMENT, BLOCKERS, LEADERS = "A01", "A02", "A03", "A04", "A23"
EVENTS, COMMUNICATIONS, GOVERNANCE = "A08", "A12", "A13"
OTHER_RULES = "A24"
MOVES, REASONS = "A25", "A26"

COMMITMENT, SECTOR, SYSTEM = "commitment", "sector", "system"
RETURNED, ELIGIBLE, BASE = "n_returned", "n_eligible", "n_base"
AT_STAGE = "n_stage_"
UP, SAME, DOWN, MATCHED = "n_up", "n_same", "n_down", "n_matched"

Tables = Mapping[str, ReleaseTable]
Row = TypeVar("Row")


def commitments_in(table: ReleaseTable) -> list[str]:
    """The commitments of a table, in its order."""
    place = table.place(COMMITMENT)
    return [name for name in dict.fromkeys(row[place].text for row in table.rows) if name != ALL]


def row_for(table: ReleaseTable, **values: str) -> int:
    """Number of the row that stands for everybody, but for the values given. KeyError if none."""
    wanted = {name: ALL for name in (SECTOR, SYSTEM) if table.has(name)} | values
    numbers = rows_where(table, **wanted)
    if len(numbers) != 1:
        raise KeyError(f"{table.id} has {len(numbers)} rows for {wanted}")
    return numbers[0]


def key_for(table: ReleaseTable, **values: str) -> RowKey:
    """The key of that row."""
    return row_key(table, row_for(table, **values))


def coverage(table: ReleaseTable) -> Prose:
    """“Based on returns from 61 of 80 partners.”, which is the same for every commitment."""
    key = key_for(table, commitment=commitments_in(table)[0])
    return (
        "Based on returns from ",
        figure(table, RETURNED, key),
        " of ",
        figure(table, ELIGIBLE, key),
        " partners.",
    )


def counts(table: ReleaseTable, column_ids: Sequence[str], row_number: int) -> tuple[int, ...]:
    """The whole numbers of a row, or nothing if a status stands in any of these cells."""
    found = [count(table, column_id, row_number) for column_id in column_ids]
    return () if None in found else tuple(number for number in found if number is not None)


def is_withheld(table: ReleaseTable, column_id: str, row_number: int) -> bool:
    """Whether a number is there and may not be shown."""
    return table.rows[row_number][table.place(column_id)].status == Status.CONFIDENTIAL.value


def listed(names: Sequence[str]) -> str:
    """“A, B and C”."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def chart_of(
    draw: Callable[[Sequence[Row], int], str],
    rows: Sequence[Row],
    key: tuple[tuple[str, str], ...] = (),
) -> Chart | None:
    """A chart at both widths; none where there is nothing that may be drawn."""
    return Chart(draw(rows, WIDE), draw(rows, NARROW), key) if rows else None
