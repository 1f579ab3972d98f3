"""What every annual table is put together with: cells, common columns, percentages, records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from remi.impact.figures import WORDS, status_column
from schemas.impact import COMMON_COLUMNS, CycleData, Holds, Status, TableColumn
from schemas.intake import ValueState

Cell = int | float | str | Status
Row = Mapping[str, Cell]

NOT_PROTECTED = "none: not yet protected"
"""What `suppression_rule` says until a table has been protected."""

WHOLE = (Holds.ORGANISATIONS, Holds.PEOPLE, Holds.STAGE)

ASSESSMENT = "assessment"
ENGAGEMENT = "engagement"


def table_frame(
    data: CycleData, columns: Sequence[TableColumn], rows: Iterable[Row]
) -> pd.DataFrame:
    """Rows as the frame of an annual table, with the common columns.

    A cell is a number, a Status where there is none, or text in key and text columns. Raises
    ValueError for a cell that is missing or does not suit its column: a table has no blanks.
    """
    shared = _shared(data)
    filled = [{**shared, **row} for row in rows]
    series: dict[str, pd.Series[Any]] = {}
    for column in (*columns, *COMMON_COLUMNS):
        cells = [_checked(row.get(column.id), column) for row in filled]
        if column.holds in WORDS:
            series[column.id] = pd.Series(cells, dtype="str")
            continue
        numbers = [None if isinstance(cell, Status) else cell for cell in cells]
        statuses = [cell.value if isinstance(cell, Status) else None for cell in cells]
        kind = "Int64" if column.holds in WHOLE else "Float64"
        series[column.id] = pd.Series(numbers, dtype=kind)
        series[status_column(column.id)] = pd.Series(statuses, dtype="str")
    return pd.DataFrame(series)


def percentage(part: int, whole: int) -> float | Status:
    """100 parts of a whole; not applicable where the whole is nothing.

    Raises ValueError where the part is larger than the whole, which a percentage would hide.
    """
    if part > whole:
        raise ValueError(f"{part} is more than the whole of {whole}")
    return 100 * part / whole if whole else Status.NOT_APPLICABLE


def number(value: Any, without: Status = Status.NOT_AVAILABLE) -> int | Status:
    """A whole number from a frame, or the status that says why it is missing."""
    return without if pd.isna(value) else int(value)


def decimal(value: Any, without: Status = Status.NOT_AVAILABLE) -> float | Status:
    """A number from a frame, or the status that says why it is missing."""
    return without if pd.isna(value) else float(value)


def returned(data: CycleData, kind: str) -> frozenset[str]:
    """Organisations with a submission of this kind that counts."""
    verdicts = data.verdicts
    counting = verdicts[verdicts["counts"].astype("bool") & (verdicts["kind"] == kind)]
    return frozenset(counting["organisation_id"].dropna())


def counted_answers(data: CycleData) -> pd.DataFrame:
    """The answers of the submissions that count."""
    verdicts = data.verdicts
    counting = verdicts.loc[verdicts["counts"].astype("bool"), "submission_id"]
    return data.answers[data.answers["submission_id"].isin(counting)]


def records(
    sheets: Mapping[str, pd.DataFrame], sheet: str, columns: Sequence[str]
) -> list[dict[str, Any]]:
    """Records of a sheet in their order; what is missing, or has no value, is None.

    Each has `organisation_id`, `record`, the columns asked for, and `<column>_state` and
    `<column>_qualifier` of each. A sheet that nobody filled has no records.
    """
    if sheet not in sheets:
        return []
    parts = [part for c in columns for part in (c, f"{c}_state", f"{c}_qualifier")]
    frame = sheets[sheet].reindex(columns=["organisation_id", "record", *parts])
    rows = frame.astype("object").where(frame.notna(), None).to_dict("records")
    for row in rows:
        for column in columns:
            if row[f"{column}_state"] not in (None, ValueState.VALUE.value):
                row[column] = None
    return [{str(key): value for key, value in row.items()} for row in rows]


def _checked(cell: Cell | None, column: TableColumn) -> Cell:
    words = column.holds in WORDS
    suits = (
        isinstance(cell, str) and not isinstance(cell, Status)
        if words
        else (isinstance(cell, (int, float, Status)) and not isinstance(cell, bool))
    )
    if not suits or cell == "" or cell != cell:
        raise ValueError(f"column {column.id} cannot hold {cell!r}")
    assert cell is not None
    return cell


def _shared(data: CycleData) -> dict[str, Cell]:
    cycle = data.cycle
    return {
        "period_type": cycle.period_type,
        "period_start": cycle.period_start.isoformat(),
        "period_end": cycle.period_end.isoformat(),
        "framework_version": data.framework.name_and_version,
        "geography_vintage": cycle.geography_vintage.isoformat(),
        "comparator_definition": data.policy.comparator_definition,
        "suppression_rule": NOT_PROTECTED,
        "source_run_id": data.source_run_id,
    }
