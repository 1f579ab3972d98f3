from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine

from remi.store.frames import FrameError, replace_cycle, typed
from remi.store.objects import Objects
from remi.store.records import read_records
from remi.store.submissions import receive
from schemas.store import record_value, verdict
from schemas.workbook import Column, Row, SheetLayout, ValueType

CYCLE = "2025-26"


def column(column_id: str, kind: ValueType, **more: Any) -> Column:
    return Column(id=column_id, heading=column_id, type=kind, **more)


EVENTS = SheetLayout(
    id="events",
    name="Events",
    title="Events",
    kind="records",
    columns=(
        column("ref", ValueType.CODE),
        column("held_on", ValueType.DATE),
        column("people", ValueType.COUNT),
        column("hours", ValueType.NUMBER),
        column("commitments", ValueType.CHOICES),
        column("quorate", ValueType.YES_NO),
    ),
)
FORM = SheetLayout(
    id="organisation",
    name="About",
    title="About",
    kind="form",
    columns=(
        column("ref", ValueType.TEXT, criterion_text=True),
        column("answer", ValueType.TEXT),
    ),
    rows=(
        Row(ref="O1", column=column("programme", ValueType.TEXT)),
        Row(ref="O2", column=column("completed_on", ValueType.DATE)),
    ),
)
GRID = SheetLayout(
    id="leadership",
    name="Leadership",
    title="Leadership",
    kind="grid",
    columns=(
        column("ref", ValueType.TEXT, criterion_text=True),
        column("answer_1", ValueType.ANSWER, stage=1),
        column("reason", ValueType.TEXT),
    ),
    rows=(Row(ref="L1"),),
)
EVENT_COLUMNS = ["submission_id", "organisation_id", "record", "ref", "ref_state"]
EVENT_COLUMNS += ["held_on", "held_on_state", "people", "people_state", "people_qualifier"]
EVENT_COLUMNS += ["hours", "hours_state", "commitments", "commitments_state"]
EVENT_COLUMNS += ["quorate", "quorate_state"]


@pytest.fixture
def submission_ids(engine: Engine, tmp_path: Path) -> list[str]:
    """Two submissions that count and one that does not."""
    objects = Objects(f"file://{tmp_path}/objects")
    when = datetime(2026, 1, 5, tzinfo=UTC)
    ids = [
        receive(engine, objects, CYCLE, "a.xlsx", content, "test", when).submission_id
        for content in (b"1", b"2", b"3")
    ]
    verdicts: dict[str, list[Any]] = {c.name: [None] * 3 for c in verdict.columns}
    verdicts |= {"cycle": [CYCLE] * 3, "submission_id": ids, "kind": ["engagement"] * 3}
    verdicts |= {"outcome": ["accepted"] * 3, "counts": [True, True, False]}
    verdicts |= {name: [0] * 3 for name in ("cells_read", "n_must_fix", "n_check", "n_note")}
    replace_cycle(engine, verdict, CYCLE, typed(verdict, verdicts))
    return ids


def write(engine: Engine, cells: list[dict[str, Any]]) -> None:
    same: dict[str, Any] = {c.name: None for c in record_value.columns}
    same |= {"cycle": CYCLE, "organisation_id": "R1", "sheet_id": "events", "state": "value"}
    rows = [same | cell for cell in cells]
    values = {c.name: [row[c.name] for row in rows] for c in record_value.columns}
    replace_cycle(engine, record_value, CYCLE, typed(record_value, values))


def test_a_record_is_one_row_typed_as_its_sheet_says(
    engine: Engine, submission_ids: list[str]
) -> None:
    event = {"submission_id": submission_ids[0], "record": "E1"}
    cells: list[dict[str, Any]] = [
        {"column_id": "ref", "text": "001", "cell": "A4"},
        {"column_id": "held_on", "day": date(2026, 1, 31), "cell": "B4"},
        {"column_id": "people", "number": 80.0, "qualifier": "more than", "cell": "C4"},
        {"column_id": "hours", "number": 1.5, "cell": "D4"},
        {"column_id": "commitments", "text": "leadership;data", "cell": "E4"},
        {"column_id": "quorate", "text": "no", "cell": "F4"},
    ]
    write(engine, [event | cell for cell in cells])
    frame = read_records(engine, CYCLE, [EVENTS])["events"]
    assert list(frame.columns) == EVENT_COLUMNS
    row = {str(name): value for name, value in frame.iloc[0].items()}
    assert row["ref"] == "001"
    assert row["held_on"] == date(2026, 1, 31)
    assert (row["people"], row["people_qualifier"]) == (80, "more than")
    assert row["hours"] == 1.5
    assert row["commitments"] == "leadership;data"
    assert not row["quorate"]
    assert {row[name] for name in row if name.endswith("_state")} == {"value"}
    kinds = frame.dtypes.astype(str)
    assert kinds[["people", "hours", "quorate", "held_on", "ref", "people_state"]].tolist() == [
        "Int64",
        "Float64",
        "boolean",
        "object",
        "str",
        "str",
    ]


def test_a_blank_a_declined_a_bad_and_a_zero_count_stay_four_things(
    engine: Engine, submission_ids: list[str]
) -> None:
    states = ["value", "blank", "declined", "not_collected", "not_applicable", "bad"]
    cells = [
        {
            "submission_id": submission_ids[0],
            "record": f"row {n}",
            "cell": f"C{n}",
            "column_id": "people",
            "state": state,
            "number": 0 if state == "value" else 7 if state == "bad" else None,
        }
        for n, state in enumerate(states, start=8)
    ]
    asked_less = {"submission_id": submission_ids[1], "record": "E1", "column_id": "ref"}
    write(engine, [*cells, asked_less | {"text": "E1", "cell": "A3"}])
    frame = read_records(engine, CYCLE, [EVENTS])["events"]
    mine = frame[frame["submission_id"] == submission_ids[0]]
    assert mine["people_state"].tolist() == states
    assert mine["people"].tolist() == [0] + [pd.NA] * 5
    other = frame[frame["submission_id"] == submission_ids[1]].iloc[0]
    assert pd.isna(other["people"])
    assert pd.isna(other["people_state"])


def test_records_stand_in_the_order_of_their_sheet(
    engine: Engine, submission_ids: list[str]
) -> None:
    rows = [("row 10", "A10"), ("row 9", "A9"), ("Z", "A3"), ("row 11", None)]
    cells = [
        {"submission_id": submission_ids[0], "record": r, "cell": c, "column_id": "ref", "text": r}
        for r, c in rows
    ]
    write(engine, cells)
    frame = read_records(engine, CYCLE, [EVENTS])["events"]
    assert frame["record"].tolist() == ["Z", "row 9", "row 10", "row 11"]
    assert frame["ref"].tolist() == frame["record"].tolist()


def test_only_submissions_that_count_are_read(engine: Engine, submission_ids: list[str]) -> None:
    cell = {"record": "E1", "cell": "A3", "column_id": "ref", "text": "E1"}
    write(engine, [cell | {"submission_id": one} for one in submission_ids])
    frame = read_records(engine, CYCLE, [EVENTS])["events"]
    assert sorted(frame["submission_id"]) == sorted(submission_ids[:2])


def test_a_form_is_one_record_and_a_grid_leaves_its_answers_out(
    engine: Engine, submission_ids: list[str]
) -> None:
    form = {"submission_id": submission_ids[0], "sheet_id": "organisation"}
    write(
        engine,
        [
            form | {"record": "O1", "column_id": "programme", "text": "LARCH"},
            form | {"record": "O2", "column_id": "completed_on", "day": date(2026, 2, 1)},
            form | {"sheet_id": "leadership", "record": "L1", "column_id": "reason", "text": "so"},
        ],
    )
    frames = read_records(engine, CYCLE, [FORM, GRID])
    assert frames["organisation"][["programme", "completed_on"]].to_numpy().tolist() == [
        ["LARCH", date(2026, 2, 1)]
    ]
    assert list(frames["leadership"].columns)[2:] == ["record", "reason", "reason_state"]
    assert frames["leadership"]["record"].tolist() == ["L1"]


def test_a_sheet_without_records_has_all_its_columns(engine: Engine) -> None:
    frame = read_records(engine, CYCLE, [EVENTS])["events"]
    assert frame.empty
    assert list(frame.columns) == EVENT_COLUMNS
    assert frame["people"].dtype == "Int64"
    assert frame["submission_id"].dtype == "str"
    assert frame["people_qualifier"].dtype == "str"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([{"column_id": "ref", "text": "E1"}] * 2, "two records named alike.* at cell A3"),
        ([{"column_id": "attendances", "number": 1}], "has no column attendances"),
        ([{"column_id": "people", "text": "many"}], "column people: a value that is not count"),
        ([{"column_id": "people", "number": 2.5}], "column people: a count that is not whole"),
        ([{"column_id": "quorate", "text": "maybe"}], "quorate: a value that is not yes_no"),
    ],
)
def test_values_that_do_not_fit_their_sheet_are_refused(
    engine: Engine, submission_ids: list[str], cells: list[dict[str, Any]], said: str
) -> None:
    where = {"submission_id": submission_ids[0], "record": "E1", "cell": "A3"}
    write(engine, [where | cell for cell in cells])
    with pytest.raises(FrameError, match=said):
        read_records(engine, CYCLE, [EVENTS])


def test_records_without_a_verdict_are_never_silently_left_out(
    engine: Engine, submission_ids: list[str]
) -> None:
    cell = {"record": "E1", "cell": "A3", "column_id": "ref", "text": "E1"}
    write(engine, [cell | {"submission_id": submission_ids[0]}])
    no_verdicts = typed(verdict, {c.name: [] for c in verdict.columns})
    replace_cycle(engine, verdict, CYCLE, no_verdicts)
    with pytest.raises(FrameError, match="has record values but no verdict"):
        read_records(engine, CYCLE, [EVENTS])
