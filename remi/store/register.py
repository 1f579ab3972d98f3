"""The partner register: a list that the collaboration keeps, read and checked line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Boolean, Date, String
from sqlalchemy import Column as TableColumn

from remi.dates import day_in_words
from remi.intake.locating.typed import plain
from remi.lists.faults import LISTED, ListError, ListFault, did_you_mean, joined
from remi.lists.reader import ListColumns, read_list, spelling_faults
from remi.lists.words import words
from remi.store.frames import typed
from schemas.programme import Borough, Places, Sector, System
from schemas.store import organisation

Row = dict[str, Any]

Vintage = tuple[date, Places]
"""A day, and the reference lists for those who are partners on it."""

Fault = tuple[int, str, str]
"""Line, column, and what is wrong."""

DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")
"""As the file is kept, and as spreadsheet programs in Britain save it."""

YES_NO = {"yes": True, "no": False, "true": True, "false": False}

UNIT_TYPES = ("organisation", "department")


class RegisterError(ListError):
    """A register that cannot be used; every fault with its lines."""


def read_register(path: Path, vintages: Sequence[Vintage] = ()) -> pd.DataFrame:
    """Read the register: columns and types of the table `organisation`, in order of its key.

    Sectors, systems and boroughs are those of `vintages` (not checked where there are none), and
    may be written as their ids or as names that only one of them has; the frame has ids. Raises
    RegisterError naming file, lines, column and what to write there, for every fault.
    """
    if not path.exists():
        why = (
            f"there is no such file; write the register of partners to {path}, or run the "
            "demonstration, which makes one"
        )
        raise RegisterError(path.name, [ListFault(None, None, why)])
    columns = [column.name for column in organisation.columns]
    try:
        file = read_list(path, ListColumns(tuple(columns)))
    except ListError as error:
        raise RegisterError(error.name, error.faults, error.unit) from None
    faults = spelling_faults(file, "organisation_id")
    places = _Places(vintages)
    rows: list[Row] = []
    for line in file.rows:
        row: Row = {"line": line.line}
        for column in organisation.columns:
            try:
                text = places.ids(column.name, line.texts[column.name])
                row[column.name] = _value(column, text)
            except ValueError as error:
                row[column.name] = None
                faults.append(ListFault(line.line, column.name, str(error)))
        rows.append(row)
    for check in (_systems, _units, _periods, _references, places.not_standing):
        faults += [ListFault(*fault) for fault in check(rows)]
    if faults:
        raise RegisterError(file.name, faults, file.unit)
    frame = typed(organisation, {name: [row[name] for row in rows] for name in columns})
    return frame.sort_values(["organisation_id", "valid_from"], ignore_index=True)


class _Places:
    """The reference lists: which ids and names there are, and which stand on which day."""

    def __init__(self, vintages: Sequence[Vintage]) -> None:
        self.vintages = vintages
        self.names: dict[str, dict[str, str]] = {}
        for _, places in vintages:
            for column, entries in _listed(places).items():
                self.names.setdefault(column, {}).update({e.id: e.name for e in entries})
        # Known, but on no list: what has become of them is told by `not_standing`.
        others = {(s.id, s.name) for _, places in vintages for s in places.other_systems}
        self.known = {
            column: words(
                (word, one)
                for one, name in (*names.items(), *(others if column in _OF_SYSTEMS else ()))
                for word in (one, name)
            )
            for column, names in self.names.items()
        }

    def ids(self, column: str, text: str) -> str:
        """The text with ids for names. Raises ValueError for what is on no list."""
        if column not in self.names or not text:
            return text
        several = split_systems(text) if column == "systems" else [text]
        return ";".join(self._id(column, seen) for seen in several)

    def _id(self, column: str, seen: str) -> str:
        names = self.names[column]
        found = seen if seen in names else self.known[column].get(plain(seen))
        if found is not None:
            return found
        near = did_you_mean(seen, [choice for both in names.items() for choice in both]) or "."
        what = f"“{seen}” is not in the reference list{near}"
        if len(names) > LISTED:
            raise ValueError(what)
        each = [f"{one} ({name})" for one, name in names.items()]
        raise ValueError(f"{what} Write one of {joined(each, 'and')}")

    def not_standing(self, rows: list[Row]) -> Iterator[Fault]:
        """Places that are on a list, but not on that of a day on which the row is valid."""
        told: set[Fault] = set()
        for day, places in self.vintages:
            listed = {column: {e.id for e in some} for column, some in _listed(places).items()}
            for row in rows:
                start, end = row["valid_from"], row["valid_to"]
                if start is None or start > day or (end is not None and end < day):
                    continue
                for column, standing in listed.items():
                    for one in split_systems(row[column] or ""):
                        if one not in standing:
                            fault = row["line"], column, _not_on(one, column, day, places)
                            if fault not in told:
                                told.add(fault)
                                yield fault


def _not_on(one: str, column: str, day: date, places: Places) -> str:
    """What to write instead of a place of another day; an ended system is told its successor."""
    found = places.other_system(one) if column in _OF_SYSTEMS else None
    if found is None:
        return f"“{one}” is not in the reference list for {day_in_words(day)}"
    if found.valid_to is None or day <= found.valid_to:
        begins = day_in_words(found.valid_from)
        return f"“{one}” ({found.name}) begins on {begins}; give that day a line of its own"
    successor = places.successor(found)
    ended = f"“{one}” ({found.name}) ended on {day_in_words(found.valid_to)}"
    if successor is None:
        return ended
    return (
        f"{ended} and is now part of {successor.name} ({successor.id}); end this line on that day "
        f"and begin a line with “{successor.id}” the day after"
    )


_OF_SYSTEMS = ("lead_system", "systems")


def _listed(places: Places) -> dict[str, Sequence[Sector | System | Borough]]:
    return {
        "sector": places.sectors,
        "lead_system": places.systems,
        "systems": places.systems,
        "borough": places.boroughs,
    }


def as_at(register: pd.DataFrame, day: date) -> pd.DataFrame:
    """The rows that are valid on this day, first and last day of validity included."""
    begun = register["valid_from"].map(lambda start: start <= day).astype("bool")
    not_ended = register["valid_to"].map(lambda end: pd.isna(end) or day <= end).astype("bool")
    return register[begun & not_ended].reset_index(drop=True)


def split_systems(systems: str) -> list[str]:
    """The ids in the column `systems`, the lead first."""
    return [system.strip() for system in systems.split(";") if system.strip()]


def _value(column: TableColumn[Any], text: str) -> Any:
    if not text:
        if column.nullable:
            return None
        raise ValueError("this is blank and must be filled in")
    if isinstance(column.type, Date):
        return _day(text)
    if isinstance(column.type, Boolean):
        if text.lower() not in YES_NO:
            raise ValueError(f"“{text}” must be yes or no")
        return YES_NO[text.lower()]
    if isinstance(column.type, String) and column.type.length and len(text) > column.type.length:
        raise ValueError(f"“{text}” is longer than {column.type.length} characters")
    return text


def _day(text: str) -> date:
    for written in DATE_FORMATS:
        try:
            return datetime.strptime(text, written).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    raise ValueError(f"“{text}” is not a date; write it as 2025-04-30 or 30/04/2025")


def _systems(rows: list[Row]) -> Iterator[Fault]:
    for row in rows:
        lead, systems = row["lead_system"], row["systems"]
        if lead and systems and split_systems(systems)[:1] != [lead]:
            yield row["line"], "systems", f"write the lead system “{lead}” first"


def _units(rows: list[Row]) -> Iterator[Fault]:
    for row in rows:
        unit, parent = row["unit_type"], row["parent_id"]
        if unit and unit not in UNIT_TYPES:
            yield row["line"], "unit_type", f"“{unit}” must be {' or '.join(UNIT_TYPES)}"
        if unit == "department" and not parent:
            yield row["line"], "parent_id", "name the organisation that this department is part of"


def _periods(rows: list[Row]) -> Iterator[Fault]:
    dated = [row for row in rows if row["organisation_id"] and row["valid_from"]]
    dated.sort(key=lambda row: (row["organisation_id"], row["valid_from"]))
    for row in dated:
        if row["valid_to"] and row["valid_to"] < row["valid_from"]:
            yield row["line"], "valid_to", "this is before valid_from"
    for before, row in pairwise(dated):
        same = before["organisation_id"] == row["organisation_id"]
        if same and (before["valid_to"] is None or before["valid_to"] >= row["valid_from"]):
            why = f"line {before['line']} of the same organisation is still valid on this day"
            yield row["line"], "valid_from", why


def _references(rows: list[Row]) -> Iterator[Fault]:
    known = {row["organisation_id"] for row in rows}
    for row in rows:
        for column in ("parent_id", "successor_id"):
            if row[column] and row[column] not in known:
                yield row["line"], column, f"there is no organisation “{row[column]}”"
