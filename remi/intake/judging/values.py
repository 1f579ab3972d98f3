"""The values of one workbook, kept as columns of numbers: half a million take a few megabytes."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]
Mask = NDArray[np.bool_]

ABSENT = -1


class Said(NamedTuple):
    """What a cell says. `seen` is missing where it is the text itself."""

    state: str
    text: str | None = None
    number: float | None = None
    day: str | None = None
    qualifier: str | None = None
    seen: str | None = None


class Value(NamedTuple):
    """One located value. `day` is in ISO form, `state` one of `schemas.intake.ValueState`."""

    sheet_id: str
    record: str
    column_id: str
    said: Said
    cell: str


@dataclass(frozen=True)
class Values:
    """Values in the order in which they were found.

    Each is a place in `columns` (sheet id, column id, letters), in `records` and `rows`, and in
    `said`. Those chosen from among others share these lists with them.
    """

    columns: list[tuple[str, str, str]]
    records: list[str]
    rows: list[int]
    said: list[Said]
    column: Numbers
    place: Numbers
    what: Numbers

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Values:
        """From what `remi.intake.locating.packed` made."""
        column, place, what = (
            np.frombuffer(b64decode(numbers), dtype=np.uint32) for numbers in data["values"]
        )
        return cls(
            [(sheet_id, column_id, letters) for sheet_id, column_id, letters in data["columns"]],
            data["records"],
            data["rows"],
            [Said(*said) for said in data["said"]],
            column,
            place,
            what,
        )

    def __len__(self) -> int:
        return len(self.what)

    def __iter__(self) -> Iterator[Value]:
        numbers = (self.column.tolist(), self.place.tolist(), self.what.tolist())
        for column, place, what in zip(*numbers, strict=True):
            sheet_id, column_id, letters = self.columns[column]
            cell = f"{letters}{self.rows[place]}"
            yield Value(sheet_id, self.records[place], column_id, self.said[what], cell)

    def in_columns(self, wanted: Callable[[str, str], bool]) -> Values:
        """Those of some columns, by sheet id and column id."""
        return self._chosen(self._mask(wanted))

    def of_column(self, sheet_id: str, column_id: str) -> Values:
        """Those of one column."""
        return self.in_columns(lambda sheet, column: (sheet, column) == (sheet_id, column_id))

    def that_say(self, wanted: Callable[[Said], bool]) -> Values:
        """Those that say something that is wanted, which is asked once for all that say it."""
        chosen = np.array([wanted(said) for said in self.said], dtype=bool)
        return self._chosen(chosen[self.what])

    def part(self, start: int, length: int) -> Values:
        """So many of them, from one on."""
        return self._chosen(slice(start, start + length))

    def _mask(self, wanted: Callable[[str, str], bool]) -> Mask:
        chosen = np.array([wanted(sheet, column) for sheet, column, _ in self.columns], dtype=bool)
        return chosen[self.column]

    def _chosen(self, chosen: Mask | slice) -> Values:
        return replace(
            self, column=self.column[chosen], place=self.place[chosen], what=self.what[chosen]
        )

    def by_place(self, sheet_id: str, column_id: str) -> NDArray[np.int64]:
        """For each place, where in `said` stands what it says in this column, or ABSENT."""
        found = np.full(len(self.records), ABSENT)
        here = self.of_column(sheet_id, column_id)
        found[here.place] = here.what
        return found

    def becoming(
        self,
        sheet_id: str,
        column_id: str,
        become: Callable[[Said, Said | None], Said],
        beside: str | None = None,
    ) -> Values:
        """With other values in one column: `become` is asked once for all that are alike.

        It is also given what the record says in the column `beside`.
        """
        here = self._mask(lambda sheet, column: (sheet, column) == (sheet_id, column_id))
        other = np.full(len(self.records), ABSENT)
        if beside is not None:
            other = self.by_place(sheet_id, beside)
        alike, which = np.unique(
            self.what[here] * np.int64(len(self.said) + 1) + other[self.place[here]] + 1,
            return_inverse=True,
        )
        said, known = list(self.said), {one: n for n, one in enumerate(self.said)}
        became = []
        for pair in alike.tolist():
            mine, others = divmod(pair, len(self.said) + 1)
            made = become(self.said[mine], self.said[others - 1] if others else None)
            if known.setdefault(made, len(said)) == len(said):
                said.append(made)
            became.append(known[made])
        what = self.what.copy()
        what[here] = np.array(became, dtype=np.uint32)[which]
        return replace(self, said=said, what=what)

    def by_record(self, sheet_id: str, column_id: str) -> dict[str, Said]:
        """What each record says in this column."""
        return {value.record: value.said for value in self.of_column(sheet_id, column_id)}


NONE = Values([], [], [], [], *(np.zeros(0, dtype=np.uint32) for _ in range(3)))
"""Of a workbook of which nothing is known."""
