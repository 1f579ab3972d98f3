"""Record values turned from one row a cell into one row a record, typed as their sheet says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from sqlalchemy import Engine, select

from remi.store.frames import FrameError
from schemas.intake import ValueState
from schemas.store import record_value, verdict
from schemas.workbook import Column, SheetLayout, ValueType

KEY = ["organisation_id", "submission_id", "record"]

KEPT: dict[ValueType, tuple[str, str]] = {
    ValueType.TEXT: ("text", "str"),
    ValueType.CODE: ("text", "str"),
    ValueType.CHOICE: ("text", "str"),
    ValueType.CHOICES: ("text", "str"),
    ValueType.YES_NO: ("text", "boolean"),
    ValueType.COUNT: ("number", "Int64"),
    ValueType.NUMBER: ("number", "Float64"),
    ValueType.DATE: ("day", "object"),
}
"""For each type of value: the column of `record_value` that keeps it, and its dtype in a frame."""

YES_NO = {"yes": True, "no": False}


def read_records(
    engine: Engine,
    cycle: str,
    layouts: Iterable[SheetLayout],
    organisation_id: str | None = None,
) -> dict[str, pd.DataFrame]:
    """One frame for each sheet, keyed by its id, of the records of the submissions that count.

    Those of one organisation alone, where its id is given.

    Columns: `submission_id`, `organisation_id`, `record`; then for each column of the sheet (each
    question of a form, which is one record a submission) its value, `<column>_state` (a
    ValueState; missing where no cell was kept: not asked, or left blank where a blank is allowed)
    and, for a count, `<column>_qualifier`.
    A value is there only where its state is `value`. Answers to criteria are not records.

    Rows are in order of organisation, submission and place on the sheet. Raises FrameError where
    rows do not fit their sheet, or belong to a submission that has no verdict.
    """
    values = _values_that_count(engine, cycle, organisation_id)
    return {layout.id: _wide(layout, values[values["sheet_id"] == layout.id]) for layout in layouts}


def _values_that_count(engine: Engine, cycle: str, organisation_id: str | None) -> pd.DataFrame:
    columns = [c for c in record_value.columns if c.name not in ("cycle", "sheet", "seen")]
    query = (
        select(*columns, verdict.c.counts)
        .join_from(
            record_value,
            verdict,
            record_value.c.submission_id == verdict.c.submission_id,
            isouter=True,
        )
        .where(record_value.c.cycle == cycle)
    )
    if organisation_id is not None:
        query = query.where(record_value.c.organisation_id == organisation_id)
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    values = pd.DataFrame(rows, columns=[*(c.name for c in columns), "counts"])
    unjudged = values.loc[values["counts"].isna(), "submission_id"]
    if len(unjudged):
        raise FrameError(f"submission {min(unjudged)} has record values but no verdict")
    return values[values["counts"].astype("bool")]


def _wide(layout: SheetLayout, values: pd.DataFrame) -> pd.DataFrame:
    columns = _columns(layout)
    if layout.kind == "form":
        values = values.assign(record=layout.id)
    unknown = set(values["column_id"]) - {column.id for column in columns}
    if unknown:
        raise FrameError(f"sheet {layout.id} has no column {', '.join(sorted(unknown))}")
    twice = values[values.duplicated([*KEY, "column_id"])]
    if len(twice):
        first = twice.iloc[0]
        raise FrameError(
            f"sheet {layout.id}: submission {first['submission_id']} has two records "
            f"named alike, one of them at cell {first['cell']}"
        )
    records = _records(values)
    wide = records[["submission_id", "organisation_id", "record"]].astype("str")
    keys = pd.MultiIndex.from_frame(records)
    for column in columns:
        cells = values[values["column_id"] == column.id].set_index(KEY).reindex(keys)
        wide[column.id] = _typed(layout, column, cells)
        wide[f"{column.id}_state"] = _texts(cells["state"])
        if column.type is ValueType.COUNT:
            wide[f"{column.id}_qualifier"] = _texts(cells["qualifier"])
    return wide


def _columns(layout: SheetLayout) -> list[Column]:
    if layout.kind == "form":
        return [row.column for row in layout.rows if row.column is not None]
    return [c for c in layout.columns if not c.criterion_text and c.type is not ValueType.ANSWER]


def _records(values: pd.DataFrame) -> pd.DataFrame:
    """The key of each record once, in the order in which it stands on its sheet."""
    row = values["cell"].astype("str").str.extract(r"([0-9]+)")[0].astype("Int64")
    keys = values[KEY].assign(row=row)
    ordered = keys.sort_values(["organisation_id", "submission_id", "row", "record"])
    return ordered[KEY].drop_duplicates(ignore_index=True)


def _typed(layout: SheetLayout, column: Column, cells: pd.DataFrame) -> pd.Series[Any]:
    kept, dtype = KEPT[column.type]
    given = (cells["state"] == ValueState.VALUE.value).to_numpy()
    values = cells[kept].reset_index(drop=True)
    if column.type is ValueType.YES_NO:
        values = values.map(YES_NO)
    if values[given].isna().any():
        raise FrameError(
            f"sheet {layout.id}, column {column.id}: a value that is not {column.type}"
        )
    listed = [v if there else None for v, there in zip(values, given, strict=True)]
    if column.type is ValueType.COUNT and any(v is not None and v != int(v) for v in listed):
        raise FrameError(f"sheet {layout.id}, column {column.id}: a count that is not whole")
    return pd.Series(listed, dtype=dtype)


def _texts(series: pd.Series[Any]) -> pd.Series[Any]:
    return series.reset_index(drop=True).astype("str")
