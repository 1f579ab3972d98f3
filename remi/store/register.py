"""The partner register: a CSV file that the collaboration keeps, read and checked line by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Boolean, Date, String
from sqlalchemy import Column as TableColumn

from remi.store.frames import typed
from schemas.programme import Places
from schemas.store import organisation

Row = dict[str, Any]

Fault = tuple[int, str, str]
"""Line, column, and what is wrong."""

DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")
"""As the file is kept, and as spreadsheet programs in Britain save it."""

YES_NO = {"yes": True, "no": False, "true": True, "false": False}

UNIT_TYPES = ("organisation", "department")


class RegisterError(ValueError):
    """A register that cannot be used; one line of text for each fault."""


def read_register(path: Path) -> pd.DataFrame:
    """Read the register: columns and types of the table `organisation`, in order of its key.

    Raises RegisterError naming file, line, column and what to write there, for every fault.
    """
    columns = [column.name for column in organisation.columns]
    lines = _lines(path, columns)
    faults: list[str] = []
    rows: list[Row] = []
    for line, texts in lines:
        row: Row = {"line": line}
        for column in organisation.columns:
            try:
                row[column.name] = _value(column, texts[column.name])
            except ValueError as error:
                row[column.name] = None
                faults.append(f"{path.name}, line {line}, column {column.name}: {error}")
        rows.append(row)
    for check in (_systems, _units, _periods, _references):
        faults += [f"{path.name}, line {line}, column {c}: {why}" for line, c, why in check(rows)]
    if faults:
        raise RegisterError("\n".join(faults))
    frame = typed(organisation, {name: [row[name] for row in rows] for name in columns})
    return frame.sort_values(["organisation_id", "valid_from"], ignore_index=True)


def as_at(register: pd.DataFrame, day: date) -> pd.DataFrame:
    """The rows that are valid on this day, first and last day of validity included."""
    begun = register["valid_from"].map(lambda start: start <= day).astype("bool")
    not_ended = register["valid_to"].map(lambda end: pd.isna(end) or day <= end).astype("bool")
    return register[begun & not_ended].reset_index(drop=True)


def check_places(valid: pd.DataFrame, places: Places) -> None:
    """Refuse organisations whose sector, system or borough the reference lists do not have.

    `valid` is the register as at the day for which `places` stand. Raises RegisterError.
    """
    sectors, systems, boroughs = (
        {entry.id for entry in entries}
        for entries in (places.sectors, places.systems, places.boroughs)
    )
    faults = []
    for row in valid.to_dict("records"):
        given = [("sector", row["sector"], sectors)]
        given += [("systems", system, systems) for system in split_systems(row["systems"])]
        if pd.notna(row["borough"]):
            given.append(("borough", row["borough"], boroughs))
        faults += [
            f"register, organisation {row['organisation_id']}, column {column}: "
            f"“{value}” is not in the reference list"
            for column, value, known in given
            if value not in known
        ]
    if faults:
        raise RegisterError("\n".join(faults))


def split_systems(systems: str) -> list[str]:
    """The ids in the column `systems`, the lead first."""
    return [system.strip() for system in systems.split(";") if system.strip()]


def _lines(path: Path, columns: list[str]) -> list[tuple[int, dict[str, str]]]:
    """Each line that is not empty, with its number, as trimmed texts by column."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RegisterError(
            f"{path.name}: there is no such file; write the register of partners to {path}, or run "
            "the demonstration, which makes one"
        ) from None
    except UnicodeDecodeError:
        raise RegisterError(f"{path.name}: save it as “CSV UTF-8”; it is not UTF-8 now") from None
    reader = csv.reader(io.StringIO(text, newline=""))
    heading = [name.strip() for name in next(reader, [])]
    if sorted(heading) != sorted(columns):
        raise RegisterError(
            f"{path.name}, line 1: the columns must be {', '.join(columns)}, each once; "
            f"missing: {', '.join(c for c in columns if c not in heading) or 'none'}; "
            f"not known: {', '.join(c for c in heading if c not in columns) or 'none'}"
        )
    lines, faults = [], []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(heading):
            faults.append(
                f"{path.name}, line {reader.line_num}: {len(cells)} entries where there are "
                f"{len(heading)} columns; put double quotes around an entry that has a comma"
            )
            continue
        texts = {name: cell.strip() for name, cell in zip(heading, cells, strict=True)}
        lines.append((reader.line_num, texts))
    if faults:
        raise RegisterError("\n".join(faults))
    return lines


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
