"""Located values on their way from the worker: where each stands and what it says, as numbers.

A workbook of a hundred thousand rows says a few thousand different things half a million times.
So a value is three numbers: its column, its place (record and row) and what it says, each of which
is written out once. `remi.intake.judging.values` reads this.

Runs in the worker on a partner's file, so only the standard library is used.
"""

from __future__ import annotations

from array import array
from base64 import b64encode
from typing import Any

from remi.intake.locating.typed import Value

Column = tuple[str, str, str]
"""Sheet id, column id and the letters of the column."""

Place = tuple[str, int]
"""Record and row."""

Said = tuple[str, str | None, float | None, str | None, str | None, str | None]
"""State, text, number, day, qualifier, and what was seen where that is not the text itself."""


class Packing:
    """Values in the order in which they are found."""

    def __init__(self) -> None:
        self._columns: dict[Column, int] = {}
        self._places: dict[Place, int] = {}
        self._said: dict[Said, int] = {}
        self._values = (array("I"), array("I"), array("I"))

    def add(self, column: Column, place: Place, value: Value) -> None:
        """Keep one value."""
        seen = None if value.text is not None and value.seen == value.text else value.seen
        said = (value.state, value.text, value.number, value.day, value.qualifier, seen)
        columns, places, what = self._values
        columns.append(self._columns.setdefault(column, len(self._columns)))
        places.append(self._places.setdefault(place, len(self._places)))
        what.append(self._said.setdefault(said, len(self._said)))

    def as_data(self) -> dict[str, Any]:
        """As plain data; the numbers as base64 of unsigned integers of 32 bits."""
        return {
            "columns": list(self._columns),
            "records": [record for record, _ in self._places],
            "rows": [row for _, row in self._places],
            "said": list(self._said),
            "values": [b64encode(numbers).decode() for numbers in self._values],
        }
