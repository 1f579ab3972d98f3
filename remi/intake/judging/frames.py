"""Readings of a whole batch stacked into frames: answers, values, and one row a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from remi.intake.judging.opened import Reading
from remi.intake.judging.values import ABSENT, Said, Values
from remi.intake.locating.typed import SEEN_LENGTH
from schemas.framework import AnswerMeaning
from schemas.intake import AnswerState
from schemas.store import answer as answer_table
from schemas.store import record_value as record_value_table
from schemas.workbook import ValueType

ANSWER_COLUMNS = [column.name for column in answer_table.columns]
VALUE_COLUMNS = [column.name for column in record_value_table.columns]

VALUES_AT_ONCE = 10_000

_VALUE_DTYPES = dict.fromkeys(VALUE_COLUMNS, "str") | {"number": "float64", "day": "object"}

_STATES = {"m": "met", "p": "part", "n": "not_met", "x": "not_applicable"}


class RowMeaning(NamedTuple):
    """What the answers of one indicator come to; places count stages from 0."""

    states: tuple[str, ...]
    unanswered: tuple[int, ...]
    claims_ahead: tuple[int, ...]
    n_not_applicable: int


@lru_cache(maxsize=10_000)
def row_meaning(letters: str, may_stop: bool) -> RowMeaning:
    """Read one row of answers. After the first that is not wholly met the others may stay empty.

    Nothing is said to be unanswered after a cell that could not be read: it may be the stop.
    """
    stop = min((n for n, c in enumerate(letters) if c in "pn"), default=len(letters))
    unread = min((n for n, c in enumerate(letters) if c in "!?"), default=len(letters))
    states = tuple(
        _STATES.get(letter)
        or ("not_needed" if letter == "-" and may_stop and n > stop else "unanswered")
        for n, letter in enumerate(letters)
    )
    return RowMeaning(
        states=states,
        unanswered=tuple(
            n
            for n, s in enumerate(states)
            if s == "unanswered" and n < unread and letters[n] == "-"
        ),
        claims_ahead=tuple(n for n, c in enumerate(letters) if c == "m" and n > stop),
        n_not_applicable=letters.count("x"),
    )


def answer_frame(readings: Iterable[Reading]) -> pd.DataFrame:
    """The `answer` table: a row for each criterion that each known organisation was asked."""
    lists: dict[str, list[Any]] = {name: [] for name in ANSWER_COLUMNS}
    for reading in readings:
        if reading.kind == "assessment" and reading.organisation and not reading.stopped:
            _add_answers(reading, lists)
    return pd.DataFrame(lists).astype(
        dict.fromkeys(ANSWER_COLUMNS, "str") | {"stage": "int64", "inherited": "bool"}
    )


def _add_answers(reading: Reading, lists: dict[str, list[Any]]) -> None:
    framework = reading.context.framework
    labels = {a.meaning.value: a.label for a in framework.answers}
    may_stop = framework.scoring.missing.stop_at_first_not_met
    stages = [stage.number for stage in framework.stages]
    located = {(a[0], a[1]): a for a in reading.located["answers"]}
    inherited = inherited_rows(reading)
    assert reading.organisation is not None
    for commitment_id, asked in reading.asked.items():
        found = reading.sheets.get(commitment_id)
        letters = [found["columns"].get(f"answer_{n}") if found else None for n in stages]
        for ref in asked:
            entry = located.get((commitment_id, ref))
            if entry is None:
                states: Sequence[str] = [AnswerState.UNANSWERED.value] * len(stages)
                cells: list[str | None] = [None] * len(stages)
                seen: list[str | None] = cells
            else:
                states = row_meaning(entry[3], may_stop).states
                cells = [f"{column}{entry[2]}" if column else None for column in letters]
                seen = [labels.get(state) for state in states]
                for place, text in entry[4].items():
                    seen[int(place)] = text or None
            n = len(stages)
            lists["cycle"] += [reading.context.cycle.id] * n
            lists["organisation_id"] += [reading.organisation.id] * n
            lists["submission_id"] += [reading.submission_id] * n
            lists["commitment_id"] += [commitment_id] * n
            lists["indicator_id"] += [ref] * n
            lists["stage"] += stages
            lists["answer"] += states
            lists["inherited"] += [(commitment_id, ref) in inherited] * n
            lists["sheet"] += [found["name"] if found and entry else None] * n
            lists["cell"] += cells
            lists["seen"] += seen


def inherited_rows(reading: Reading) -> set[tuple[str, str]]:
    """(commitment, indicator) of the rows that a department takes from its organisation."""
    if reading.organisation is not None and not reading.organisation.is_department:
        return set()
    names = reading.context.department_columns
    said = reading.values.in_columns(lambda _, column_id: column_id in names)
    return {(value.sheet_id, value.record) for value in said if value.said.text == "yes"}


@dataclass(frozen=True)
class Kept:
    """The values of one file whose organisation is known, and what their rows need besides.

    `sheets`: the names of its sheets as the partner sees them, by id.
    """

    cycle: str
    organisation_id: str
    submission_id: str
    sheets: dict[str, str]
    values: Values


def kept_values(readings: Iterable[Reading]) -> list[Kept]:
    """What the `record_value` table keeps, of every file whose organisation is known."""
    return [
        Kept(
            reading.context.cycle.id,
            reading.organisation.id,
            reading.submission_id,
            {sheet_id: reading.name(sheet_id) for sheet_id, _, _ in reading.values.columns},
            reading.values,
        )
        for reading in readings
        if reading.organisation and not reading.stopped
    ]


def value_frame(kept: Iterable[Kept]) -> pd.DataFrame:
    """The `record_value` table."""
    frames = [*value_frames(kept)] or [pd.DataFrame(columns=VALUE_COLUMNS).astype(_VALUE_DTYPES)]
    return pd.concat(frames, ignore_index=True)


def value_frames(kept: Iterable[Kept]) -> Iterator[pd.DataFrame]:
    """The same, in frames of at most `VALUES_AT_ONCE` rows."""
    for file in kept:
        if not len(file.values):
            continue
        of_column, of_place, of_said = _value_fields(file)
        for start in range(0, len(file.values), VALUES_AT_ONCE):
            part = file.values.part(start, VALUES_AT_ONCE)
            fields = {
                **{name: every[part.column] for name, every in of_column.items()},
                **{name: every[part.place] for name, every in of_place.items()},
                **{name: every[part.what] for name, every in of_said.items()},
            }
            fields["cell"] = fields.pop("letters") + fields.pop("row")
            frame = pd.DataFrame(fields).assign(
                cycle=file.cycle,
                organisation_id=file.organisation_id,
                submission_id=file.submission_id,
            )
            yield frame[VALUE_COLUMNS].astype(_VALUE_DTYPES)


Fields = dict[str, NDArray[np.object_]]


def _value_fields(file: Kept) -> tuple[Fields, Fields, Fields]:
    """What the table says of each column, of each place, and of each thing said."""
    values = file.values
    sheet_ids, column_ids, letters = zip(*values.columns, strict=True)
    return (
        {
            "sheet_id": _each(sheet_ids),
            "sheet": _each(file.sheets[sheet_id] for sheet_id in sheet_ids),
            "column_id": _each(column_ids),
            "letters": _each(letters),
        },
        {"record": _each(values.records), "row": _each(map(str, values.rows))},
        {
            "state": _each(one.state for one in values.said),
            "text": _each(one.text for one in values.said),
            "number": _each(one.number for one in values.said),
            "day": _each(one.day and date.fromisoformat(one.day) for one in values.said),
            "qualifier": _each(one.qualifier for one in values.said),
            "seen": _each(map(_seen, values.said)),
        },
    )


def _each(values: Iterable[Any]) -> NDArray[np.object_]:
    return np.array([*values], dtype=object)


def _seen(said: Said) -> str | None:
    if said.seen is None and said.text is not None:
        return said.text[:SEEN_LENGTH]
    return said.seen or None


class Records(NamedTuple):
    """One row a record of one sheet, over all readings; `of`: each row's reading and record."""

    frame: pd.DataFrame
    of: list[tuple[Reading, str]]


def records_of(readings: Iterable[Reading], sheet_id: str, wanted: Set[str]) -> Records:
    """The wanted of each column's value, its `<column>_state`, and its `<column>_qualifier`.

    A column that the partner's sheet has lost is in the state `bad`: that was named already.
    """
    of: list[tuple[Reading, str]] = []
    columns: dict[str, list[NDArray[np.object_]]] = {name: [] for name in wanted}
    dtypes: dict[str, str] = dict.fromkeys(wanted, "str")
    for reading in readings:
        if sheet_id not in reading.sheets or reading.stopped:
            continue
        found = reading.sheets[sheet_id]
        of += [(reading, record) for record in found["rows"]]
        places = _places(reading.values, found["rows"])
        for column in reading.layout(sheet_id).columns:
            parts = {
                column.id: _FIELD.get(column.type, "text"),
                f"{column.id}_state": "state",
                f"{column.id}_qualifier": "qualifier",
            }
            absent = Said("blank" if column.id in found["columns"] else "bad")
            for name in wanted & parts.keys():
                said = [getattr(one, parts[name]) for one in (*reading.values.said, absent)]
                at = np.append(reading.values.by_place(sheet_id, column.id), ABSENT)[places]
                columns[name].append(np.array(said, dtype=object)[at])
            if column.id in wanted and column.type in _DTYPES:
                dtypes[column.id] = _DTYPES[column.type]
    if not of:
        return Records(pd.DataFrame(), [])
    return Records(
        pd.DataFrame(
            {name: pd.Series(np.concatenate(columns[name]), dtype=dtypes[name]) for name in wanted}
        ),
        of,
    )


def _places(values: Values, rows: Mapping[str, int]) -> NDArray[np.int64]:
    """The place of each record among those of the values, or ABSENT."""
    known = {at: n for n, at in enumerate(zip(values.records, values.rows, strict=True))}
    return np.array([known.get(at, ABSENT) for at in rows.items()], dtype=np.int64)


_FIELD = {ValueType.COUNT: "number", ValueType.NUMBER: "number", ValueType.DATE: "day"}
_DTYPES = {
    ValueType.COUNT: "float64",
    ValueType.NUMBER: "float64",
    ValueType.DATE: "datetime64[s]",
}

assert set(_STATES.values()) == {meaning.value for meaning in AnswerMeaning}
