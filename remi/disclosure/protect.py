"""Annual tables made fit to be published: people, small groups and partners who are not named.

The rules are docs/decisions/0005 and, for partners who are not named, over all tables, versions and
years together, docs/decisions/0013.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from remi.disclosure.groups import Group, Key, withheld
from remi.disclosure.joint import withheld_bases
from remi.disclosure.people import published_count, published_percentage
from schemas.disclosure import Base, Disclosure
from schemas.impact import (
    ALL,
    OPTED_IN,
    AnnualTable,
    Holds,
    Status,
    TableColumn,
)
from schemas.programme import DisclosureRule, ReleasePolicy

WORDS = (Holds.KEY, Holds.TEXT)
WITHHELD = "withheld"
NOT_SHOWN = "not shown"
NOT_NAMED = "Partners not named"

SECTOR, SYSTEM, COMMITMENT = "sector", "system", "commitment"
CELLS_WITHHELD = "n_cells_withheld"


@dataclass(frozen=True)
class Protected:
    """Tables as they may be published, by table id, and how many cells of each are withheld."""

    tables: dict[str, pd.DataFrame]
    cells_withheld: dict[str, int]


@dataclass(frozen=True)
class Beside:
    """What tables are protected together with: all that they say, and all that is published."""

    said: Disclosure
    published: Sequence[Disclosure] = ()


def protect(
    tables: Mapping[str, pd.DataFrame],
    definitions: Iterable[AnnualTable],
    policy: ReleasePolicy,
    beside: Beside | None = None,
) -> Protected:
    """Every defined table protected by the policy. The tables given are not changed.

    Counts of people are withheld or rounded, and percentages of them follow. What is said of a
    group of organisations is withheld where the group is small or would give away partners who
    are not named: with `beside`, in all tables, versions and years taken together, else in each
    table by itself. Rows about those partners are put together without what they say. Counts of
    organisations stay exact. Raises KeyError for a table that is missing, and ValueError where
    `beside` is about other tables than these.
    """
    definitions = tuple(definitions)
    made = {definition.id: tables[definition.id].copy() for definition in definitions}
    for definition in definitions:
        _withhold_groups(
            made[definition.id], definition, policy.smallest_group, alone=beside is None
        )
    if beside is not None:
        _withhold_together(made, definitions, beside, policy.smallest_group)
    for definition in definitions:
        frame = made[definition.id]
        _protect_people(frame, definition, policy.people)
        if any(column.by_name for column in definition.columns):
            frame = _without_names(frame, definition)
        frame["suppression_rule"] = f"{policy.people.id}, groups of {policy.smallest_group} or more"
        made[definition.id] = frame
    counts = {table_id: _n_withheld(frame) for table_id, frame in made.items()}
    for frame in made.values():
        _say_how_many(frame, sum(counts.values()))
    return Protected(made, counts)


def published_bases(
    said: Disclosure, tables: Mapping[str, pd.DataFrame], definitions: Iterable[AnnualTable]
) -> Disclosure:
    """What these protected tables still say of all that was to be said."""
    by_id = {definition.id: definition for definition in definitions}
    rows = _Rows(tables)
    shown: dict[tuple[str, tuple[str, ...]], list[bool]] = {}
    kept = []
    for base in said.bases:
        kind = base.table_id, base.kind
        if kind not in shown:
            shown[kind] = _shown(tables[base.table_id], by_id[base.table_id], base.kind)
        if any(shown[kind][row] for row in rows.of(base)):
            kept.append(base)
    return replace(said, bases=tuple(kept))


def _withhold_together(
    frames: Mapping[str, pd.DataFrame],
    definitions: Sequence[AnnualTable],
    beside: Beside,
    smallest: int,
) -> None:
    by_id = {definition.id: definition for definition in definitions}
    places = _Rows(frames)
    for base in beside.said.bases:
        _check(base, frames[base.table_id], places.of(base), beside.said)
    left = published_bases(beside.said, frames, definitions)
    rows: dict[tuple[str, tuple[str, ...]], set[int]] = defaultdict(set)
    for base in withheld_bases(left, beside.published, smallest):
        rows[base.table_id, base.kind] |= set(places.of(base))
    for (table_id, kind), hidden in rows.items():
        for column in by_id[table_id].columns:
            if column.group == kind:
                _withhold(frames[table_id], column, sorted(hidden))


class _Rows:
    """The rows of tables that a base is about, looked up by its key columns."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._tables = tables
        self._found: dict[tuple[str, tuple[str, ...]], dict[tuple[str, ...], list[int]]] = {}

    def of(self, base: Base) -> list[int]:
        columns = (COMMITMENT, *(column for column, _ in base.where))
        key = base.table_id, columns
        if key not in self._found:
            places: dict[tuple[str, ...], list[int]] = defaultdict(list)
            frame = self._tables[base.table_id]
            values = zip(*(frame[column] for column in columns), strict=True)
            for row, value in enumerate(values):
                places[tuple(map(str, value))].append(row)
            self._found[key] = places
        return self._found[key].get((base.commitment, *(value for _, value in base.where)), [])


def _shown(frame: pd.DataFrame, definition: AnnualTable, kind: tuple[str, ...]) -> list[bool]:
    """For each row, whether anything of these columns is not withheld."""
    shown = pd.Series(False, index=frame.index)
    for column in definition.columns:
        if column.group == kind and column.holds in WORDS:
            shown |= frame[column.id] != WITHHELD
        elif column.group == kind:
            shown |= frame[f"{column.id}_status"].fillna("") != Status.CONFIDENTIAL.value
    return shown.tolist()


COUNTED = ("n_base", "n_matched", "n_assessed")
"""Columns that count the whole base of what is said."""


def _check(base: Base, frame: pd.DataFrame, rows: Iterable[int], said: Disclosure) -> None:
    """Tables and what they are protected by must be about the same organisations."""
    if base.kind[0] not in COUNTED:
        return
    expected = (len(base.members), len(base.members - said.named))
    for row in rows:
        counted = tuple(_whole(frame, name, row) for name in base.kind)
        if counted != expected:
            raise ValueError(
                f"{base.table_id}, row {row + 1}: {dict(zip(base.kind, counted, strict=True))}, "
                f"but {expected} were to be protected"
            )


def _withhold_groups(
    frame: pd.DataFrame, definition: AnnualTable, smallest: int, *, alone: bool
) -> None:
    """By size of the group; `alone`, also by how many of it are not named."""
    for kind in dict.fromkeys(column.group for column in definition.columns if column.group):
        sizes = kind if alone else kind[:1]
        groups = [Group(*(_whole(frame, name, row) for name in sizes)) for row in range(len(frame))]
        if {SECTOR, COMMITMENT} <= set(frame.columns):
            rows = _rows_in_lines(frame, groups, smallest)
        else:
            rows = [n for n, group in enumerate(groups) if group.n and not group.is_safe(smallest)]
        for column in definition.columns:
            if column.group == kind:
                _withhold(frame, column, rows)


def _rows_in_lines(frame: pd.DataFrame, groups: list[Group], smallest: int) -> list[int]:
    """Rows to withhold where groups add up to others, for each commitment by itself."""
    systems = frame[SYSTEM] if SYSTEM in frame else pd.Series(ALL, index=frame.index)
    keys: list[Key] = list(zip(frame[SECTOR], systems, strict=True))
    found: list[int] = []
    for commitment in dict.fromkeys(frame[COMMITMENT]):
        rows = [n for n, name in enumerate(frame[COMMITMENT]) if name == commitment]
        hidden = withheld({keys[n]: groups[n] for n in rows}, smallest)
        found += [n for n in rows if keys[n] in hidden]
    return found


def _protect_people(frame: pd.DataFrame, definition: AnnualTable, rule: DisclosureRule) -> None:
    holds = {column.id: column.holds for column in definition.columns}
    shares = [
        (column, column.of)
        for column in definition.columns
        if column.of and Holds.PEOPLE in {holds[name] for name in column.of}
    ]
    # Percentages first: they are made from the counts before these are rounded.
    for column, (part, whole) in shares:
        for row in _numbers(frame, column):
            _put(frame, column.id, row, published_percentage(
                _whole(frame, part, row), _whole(frame, whole, row), rule,
                whole_is_people=holds[whole] is Holds.PEOPLE,
            ))  # fmt: skip
    for column in definition.columns:
        if column.holds is Holds.PEOPLE:
            for row in _numbers(frame, column):
                _put(frame, column.id, row, published_count(_whole(frame, column.id, row), rule))


def _without_names(frame: pd.DataFrame, definition: AnnualTable) -> pd.DataFrame:
    """Named partners' rows, then for each commitment one row for all others together.

    It says how many they are and nothing else, not even who has returned.
    """
    named = frame[frame[OPTED_IN] == "yes"]
    others = frame[frame[OPTED_IN] != "yes"]
    together = others.drop_duplicates(COMMITMENT).reset_index(drop=True)
    counts = others[COMMITMENT].value_counts()
    for column in definition.columns:
        if column.by_name and column.holds in WORDS:
            together[column.id] = NOT_NAMED if column.id == "organisation_name" else NOT_SHOWN
        elif column.by_name:
            _withhold(together, column, range(len(together)))
    for row, commitment in enumerate(together[COMMITMENT]):
        _put(together, "n_base", row, int(counts[commitment]))
        _put(together, "n_missing", row, Status.CONFIDENTIAL)
    return pd.concat([named, together], ignore_index=True).astype(frame.dtypes.to_dict())


def _withhold(frame: pd.DataFrame, column: TableColumn, rows: Iterable[int]) -> None:
    for row in rows:
        if column.holds in WORDS:
            frame.iloc[row, frame.columns.get_loc(column.id)] = WITHHELD  # type: ignore[index]
        else:
            _put(frame, column.id, row, Status.CONFIDENTIAL)


def _put(frame: pd.DataFrame, column_id: str, row: int, cell: float | Status) -> None:
    blank = isinstance(cell, Status)
    frame.iloc[row, frame.columns.get_loc(column_id)] = pd.NA if blank else cell  # type: ignore
    status = cell.value if isinstance(cell, Status) else None
    frame.iloc[row, frame.columns.get_loc(f"{column_id}_status")] = status  # type: ignore


def _numbers(frame: pd.DataFrame, column: TableColumn) -> list[int]:
    """Rows in which the column holds a number."""
    return [row for row, there in enumerate(frame[column.id].notna()) if there]


def _whole(frame: pd.DataFrame, column_id: str, row: int) -> int:
    """A whole number, 0 where there is none."""
    value = frame[column_id].iloc[row]
    return 0 if pd.isna(value) else int(value)


def _n_withheld(frame: pd.DataFrame) -> int:
    statuses = [name for name in frame.columns if name.endswith("_status")]
    return int((frame[statuses] == Status.CONFIDENTIAL.value).sum().sum())


def _say_how_many(frame: pd.DataFrame, n_withheld: int) -> None:
    """Fill in how many cells were withheld, which could not be known before."""
    if CELLS_WITHHELD not in frame:
        return
    for row, status in enumerate(frame[f"{CELLS_WITHHELD}_status"]):
        if status == Status.NOT_AVAILABLE.value:
            _put(frame, CELLS_WITHHELD, row, n_withheld)
