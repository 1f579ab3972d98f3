"""Readings of a whole batch stacked into frames: answers, values, and one row a record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from remi.intake.judging.opened import VALUE_FIELDS, Reading
from remi.intake.locating.typed import SEEN_LENGTH
from schemas.framework import AnswerMeaning
from schemas.intake import AnswerState
from schemas.store import answer as answer_table
from schemas.store import record_value as record_value_table
from schemas.workbook import ValueType

ANSWER_COLUMNS = [column.name for column in answer_table.columns]
VALUE_COLUMNS = [column.name for column in record_value_table.columns]

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
                    seen[int(place)] = text
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
    return {(v[0], v[1]) for v in reading.located["values"] if v[2] in names and v[4] == "yes"}


def value_frame(readings: Iterable[Reading]) -> pd.DataFrame:
    """The `record_value` table, for every file whose organisation is known."""
    rows: list[list[Any]] = []
    of: list[Reading] = []
    for reading in readings:
        if reading.organisation and not reading.stopped:
            rows += reading.located["values"]
            of += [reading] * len(reading.located["values"])
    columns: list[list[Any]] = [list(c) for c in zip(*rows, strict=True)] or [
        [] for _ in VALUE_FIELDS
    ]
    frame = pd.DataFrame(dict(zip(VALUE_FIELDS, columns, strict=True)))
    frame["seen"] = [
        text[:SEEN_LENGTH] if seen is None and text is not None else seen or None
        for seen, text in zip(columns[9], columns[4], strict=True)
    ]
    frame["cycle"] = [r.context.cycle.id for r in of]
    frame["organisation_id"] = [r.organisation.id for r in of if r.organisation]
    frame["submission_id"] = [r.submission_id for r in of]
    frame["sheet"] = [r.name(v[0]) for r, v in zip(of, rows, strict=True)]
    texts = {name: "str" for name in VALUE_COLUMNS if name not in ("number", "day")}
    frame["day"] = pd.Series(
        [None if day is None else date.fromisoformat(day) for day in columns[6]], dtype="object"
    )
    return frame[VALUE_COLUMNS].astype(texts | {"number": "float64"})


class Records(NamedTuple):
    """One row a record of one sheet, over all readings; `of`: each row's reading and record."""

    frame: pd.DataFrame
    of: list[tuple[Reading, str]]


def records_of(readings: Iterable[Reading], sheet_id: str) -> Records:
    """Every column of the sheet as its value, with `<column>_state`, and `<column>_qualifier`.

    A column that the partner's sheet has lost is in the state `bad`: that was named already.
    """
    of: list[tuple[Reading, str]] = []
    lists: dict[str, list[Any]] = {}
    layout = None
    for reading in readings:
        if sheet_id not in reading.sheets or reading.stopped:
            continue
        layout = reading.layout(sheet_id)
        values: dict[str, dict[str, list[Any]]] = {}
        for value in reading.located["values"]:
            if value[0] == sheet_id:
                values.setdefault(value[1], {})[value[2]] = value
        present = reading.sheets[sheet_id]["columns"]
        for record in reading.sheets[sheet_id]["rows"]:
            of.append((reading, record))
            for column in layout.columns:
                value = values.get(record, {}).get(column.id)
                absent = "blank" if column.id in present else "bad"
                state, *typed = value[3:8] if value else (absent, None, None, None, None)
                lists.setdefault(column.id, []).append(typed[_FIELD.get(column.type, 0)])
                lists.setdefault(f"{column.id}_state", []).append(state)
                lists.setdefault(f"{column.id}_qualifier", []).append(typed[3])
    if layout is None or not of:
        return Records(pd.DataFrame(), [])
    types = dict.fromkeys(lists, "str")
    types |= {c.id: _DTYPES[c.type] for c in layout.columns if c.type in _DTYPES}
    return Records(pd.DataFrame(lists).astype(types), of)


_FIELD = {ValueType.COUNT: 1, ValueType.NUMBER: 1, ValueType.DATE: 2}
_DTYPES = {
    ValueType.COUNT: "float64",
    ValueType.NUMBER: "float64",
    ValueType.DATE: "datetime64[s]",
}

assert set(_STATES.values()) == {meaning.value for meaning in AnswerMeaning}
