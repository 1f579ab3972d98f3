"""Tables [leaf, state] read for many organisations at once, leaves of like rows together.

Reading a table cell by cell is slow; most rows say no more than “from this state on” or “the code
itself”, which a comparison or two give for all organisations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Bools
from remi.scoring.model.states import OUT_OF_SCOPE, States

Rows = tuple[slice | npt.NDArray[np.intp], npt.NDArray[Any]]
"""Columns of leaves, and what their states stand for: [state], from `OUT_OF_SCOPE` on."""


@dataclass(frozen=True)
class Lookup:
    """One table; `parts` are its different rows, each with the leaves that have it."""

    parts: tuple[Rows, ...]
    kind: np.dtype[Any]

    def of(self, states: States) -> npt.NDArray[Any]:
        """What states [leaf, organisation] stand for."""
        if len(self.parts) == 1:
            return _read(states, self.parts[0][1])
        found = np.empty(states.shape, dtype=self.kind)
        for leaves, row in self.parts:
            found[leaves] = _read(states[leaves], row)
        return found


def lookup(table: npt.NDArray[Any]) -> Lookup:
    """Make a table [leaf, state] ready to be read."""
    rows, which = np.unique(table, axis=0, return_inverse=True)
    which = which.reshape(-1)
    parts = tuple((np.flatnonzero(which == place), row) for place, row in enumerate(rows))
    return Lookup(parts, table.dtype)


def _read(states: States, row: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if row.dtype == np.bool_:
        return _flags(states, row)
    codes = row[-OUT_OF_SCOPE:]
    if row.dtype.kind == "i" and np.array_equal(codes, np.arange(len(codes))):
        found = np.maximum(states, 0).astype(row.dtype, copy=False)
        for state, code in enumerate(row[:-OUT_OF_SCOPE], OUT_OF_SCOPE):
            if code:
                found += (states == state) * code
        return found
    read: npt.NDArray[Any] = row.take(states.astype(np.intp) - OUT_OF_SCOPE)
    return read


def _flags(states: States, row: Bools) -> Bools:
    """By the runs of states that are flagged: nearly always there is one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]])))
    runs = [_run(states, start, stop, len(row)) for start, stop in edges.reshape(-1, 2).tolist()]
    if not runs:
        return np.zeros(states.shape, dtype=bool)
    return runs[0] if len(runs) == 1 else np.logical_or.reduce(runs)


def _run(states: States, start: int, stop: int, length: int) -> Bools:
    first, last = start + OUT_OF_SCOPE, stop - 1 + OUT_OF_SCOPE
    if start == 0:
        return np.ones(states.shape, dtype=bool) if stop == length else states <= last
    if stop == length:
        return states >= first
    return states == first if first == last else (states >= first) & (states <= last)
