from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from sqlalchemy import Boolean, Date, Engine, Float, Integer, Table

from remi.store.frames import (
    FrameError,
    read_all,
    read_cycle,
    replace_all,
    replace_cycle,
    typed,
)
from remi.store.objects import Objects
from remi.store.submissions import receive
from schemas import people, reviews, runs, store

CYCLE = "2025-26"
OTHER = "2024-25"
ONLY_ADDED_TO = {
    *(
        table
        for table in (*vars(people).values(), *vars(runs).values())
        if isinstance(table, Table)
    ),
    reviews.review_decision,
    store.submission,
    store.inbox_file,
    store.framework_in_use,
}
BY_CYCLE = [
    table
    for table in store.metadata.sorted_tables
    if "cycle" in table.c and table not in ONLY_ADDED_TO
]
TEXTS = ["Ġeż “ﷺ” 👩🏾‍⚕️", "", " zero\n0 "]
NUMBERS = [0.0, -1 / 3, 1e308]


@pytest.fixture
def submission_ids(engine: Engine, tmp_path: Any) -> dict[str, list[str]]:
    objects = Objects(f"file://{tmp_path}/objects")
    when = datetime(2026, 1, 5, tzinfo=UTC)
    return {
        cycle: [
            receive(engine, objects, cycle, "a.xlsx", b"%d" % n, "test", when).submission_id
            for n in range(4)
        ]
        for cycle in (CYCLE, OTHER)
    }


def awkward(table: Table, cycle: str, submissions: list[str]) -> pd.DataFrame:
    """Rows with texts and numbers that are easily lost, and one with all that may be missing."""
    values: dict[str, list[Any]] = {}
    for column in table.columns:
        if column.name == "cycle":
            some: list[Any] = [cycle] * 4
        elif column.name == "submission_id":
            some = sorted(submissions)
        elif isinstance(column.type, Boolean):
            some = [True, False, True, False]
        elif isinstance(column.type, Integer):
            some = [0, 1, 2, 3]
        elif isinstance(column.type, Float):
            some = [*NUMBERS, 0.1]
        elif isinstance(column.type, Date):
            some = [date(1, 1, 1), date(2024, 2, 29), date(2026, 3, 31), date(9999, 12, 31)]
        elif column.primary_key or not column.nullable:
            some = ["A", "a", "Ä", "É"]  # in the order of their code points, not of a dictionary
        else:
            length = getattr(column.type, "length", None) or 99
            some = [text[:length] for text in TEXTS] + ["7"]
        if column.nullable:
            some[-1] = None
        values[column.name] = some
    return typed(table, values)


@pytest.mark.parametrize("table", BY_CYCLE, ids=lambda table: table.name)
def test_what_is_written_is_read_back_equal(
    engine: Engine, table: Table, submission_ids: dict[str, list[str]]
) -> None:
    frame = awkward(table, CYCLE, submission_ids[CYCLE])
    shuffled = frame.sample(frac=1, random_state=7)[list(reversed(frame.columns))]
    replace_cycle(engine, table, CYCLE, shuffled)
    assert_frame_equal(read_cycle(engine, table, CYCLE), frame)


@pytest.mark.parametrize("table", BY_CYCLE, ids=lambda table: table.name)
def test_replacing_a_cycle_leaves_the_other_cycles_alone(
    engine: Engine, table: Table, submission_ids: dict[str, list[str]]
) -> None:
    other = awkward(table, OTHER, submission_ids[OTHER])
    replace_cycle(engine, table, OTHER, other)
    replace_cycle(engine, table, CYCLE, awkward(table, CYCLE, submission_ids[CYCLE]))
    replace_cycle(engine, table, CYCLE, awkward(table, CYCLE, submission_ids[CYCLE])[:1])
    assert len(read_cycle(engine, table, CYCLE)) == 1
    assert_frame_equal(read_cycle(engine, table, OTHER), other)
    replace_cycle(engine, table, CYCLE, other[:0])
    empty = read_cycle(engine, table, CYCLE)
    assert_frame_equal(empty, typed(table, {column.name: [] for column in table.columns}))


def test_the_register_is_replaced_as_a_whole(engine: Engine) -> None:
    frame = awkward(store.organisation, CYCLE, [])
    replace_all(engine, store.organisation, frame)
    replace_all(engine, store.organisation, frame[1:])
    expected = frame[1:].reset_index(drop=True)
    assert_frame_equal(read_all(engine, store.organisation), expected)
    with pytest.raises(FrameError, match="kept by cycle"):
        replace_all(engine, store.figure, awkward(store.figure, CYCLE, []))


def _records(cycle: str, submission_id: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    same: dict[str, Any] = {"cycle": cycle, "organisation_id": "R1", "submission_id": submission_id}
    same |= {"sheet_id": "events", "column_id": "people", "state": "value", "sheet": "Events"}
    same |= {"cell": "B2", "qualifier": None}
    table = store.record_value
    return typed(table, {c.name: [(same | row)[c.name] for row in rows] for c in table.columns})


SOME_TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
ROW = st.fixed_dictionaries(
    {
        "record": SOME_TEXT,
        "text": st.none() | SOME_TEXT,
        "number": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "day": st.none() | st.dates(),
        "seen": st.none() | SOME_TEXT,
    }
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=st.lists(ROW, max_size=6))
def test_any_values_come_back_as_they_were(
    engine: Engine, submission_ids: dict[str, list[str]], rows: list[dict[str, Any]]
) -> None:
    frame = _records(CYCLE, submission_ids[CYCLE][0], rows)
    replace_cycle(engine, store.record_value, CYCLE, frame)
    back = read_cycle(engine, store.record_value, CYCLE)
    order = [c.name for c in store.record_value.columns]
    expected = frame.sort_values(order, na_position="first", ignore_index=True)
    assert_frame_equal(back, expected, check_exact=True)


def test_text_that_no_database_can_hold_is_written_out(
    engine: Engine, submission_ids: dict[str, list[str]]
) -> None:
    row = {"record": "a\x00b", "text": "\udcff", "number": None, "day": None, "seen": None}
    frame = _records(CYCLE, submission_ids[CYCLE][0], [row])
    replace_cycle(engine, store.record_value, CYCLE, frame)
    back = read_cycle(engine, store.record_value, CYCLE).iloc[0]
    assert (back["record"], back["text"]) == ("a\\x00b", "\\udcff")


def test_a_failed_replacement_leaves_the_old_rows(
    engine: Engine, submission_ids: dict[str, list[str]]
) -> None:
    old = awkward(store.verdict, CYCLE, submission_ids[CYCLE])
    replace_cycle(engine, store.verdict, CYCLE, old)
    with pytest.raises(Exception, match="submission_id"):
        replace_cycle(engine, store.verdict, CYCLE, pd.concat([old, old[:1]]))
    unknown = old.assign(submission_id=["a", "b", "c", "d"])
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        replace_cycle(engine, store.verdict, CYCLE, unknown)
    assert_frame_equal(read_cycle(engine, store.verdict, CYCLE), old)


def test_two_runs_that_replace_a_cycle_at_once_do_not_double_it(
    engine: Engine, submission_ids: dict[str, list[str]]
) -> None:
    row = {"text": "", "number": 0, "day": None, "seen": None}
    rows = [row | {"record": str(n)} for n in range(3000)]
    frame = _records(CYCLE, submission_ids[CYCLE][0], rows)
    with ThreadPoolExecutor(4) as pool:
        runs = [
            pool.submit(replace_cycle, engine, store.record_value, CYCLE, frame) for _ in range(4)
        ]
        for run in runs:
            run.result()
    assert len(read_cycle(engine, store.record_value, CYCLE)) == 3000


def test_one_version_of_the_figures_is_replaced_without_the_other(engine: Engine) -> None:
    computed = awkward(store.figure, CYCLE, []).assign(version="computed").astype({"version": str})
    published = computed.assign(version="published").astype({"version": str})
    for version, frame in (("computed", computed), ("published", published)):
        replace_cycle(engine, store.figure, CYCLE, frame, where={"version": version})
    replace_cycle(engine, store.figure, CYCLE, published[:2], where={"version": "published"})
    where = {"version": "computed"}
    assert_frame_equal(
        read_cycle(engine, store.figure, CYCLE, where=where),
        computed.sort_values([c.name for c in store.figure.primary_key], ignore_index=True),
    )
    assert len(read_cycle(engine, store.figure, CYCLE)) == len(computed) + 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop(columns="counts"), "missing columns counts, unknown columns none"),
        (lambda f: f.assign(extra=1), "missing columns none, unknown columns extra"),
        (lambda f: pd.concat([f, f["counts"]], axis=1), "columns twice counts"),
        (lambda f: f.assign(cycle=OTHER), "a row whose cycle is not 2025-26"),
        (lambda f: f.assign(cells_read=1.5), "cells_read, row 0: not a whole number"),
        (lambda f: f.assign(cells_read="5"), "cells_read, row 0: str instead of a number"),
        (lambda f: f.assign(cells_read=True), "cells_read, row 0: bool instead of a number"),
        (lambda f: f.assign(n_check=[0, 1, 2, None]), "n_check, row 3: missing"),
        (lambda f: f.assign(counts=1), "counts, row 0: int instead of true or false"),
        (lambda f: f.assign(kind="assessments of all"), "kind, row 0: longer than 12 characters"),
        (lambda f: f.assign(outcome=3), "outcome, row 0: int instead of text"),
    ],
)
def test_a_frame_that_does_not_fit_its_table_is_refused(
    engine: Engine, submission_ids: dict[str, list[str]], change: Any, said: str
) -> None:
    frame = awkward(store.verdict, CYCLE, submission_ids[CYCLE])
    with pytest.raises(FrameError, match=said):
        replace_cycle(engine, store.verdict, CYCLE, change(frame))
    assert read_cycle(engine, store.verdict, CYCLE).empty


def test_missing_is_kept_missing_however_pandas_writes_it(
    engine: Engine, submission_ids: dict[str, list[str]]
) -> None:
    ids = submission_ids[CYCLE][:4]
    rows = [{"record": str(n), "text": None, "number": 0, "day": None} for n in range(4)]
    frame = _records(CYCLE, ids[0], [row | {"seen": None} for row in rows]).assign(
        text=pd.Series([None, np.nan, pd.NA, "0"], dtype=object),
        number=np.array([np.nan, 0, 1, np.nan]),
        day=pd.Series([pd.Timestamp(2026, 1, 1), None, None, None]),
    )
    replace_cycle(engine, store.record_value, CYCLE, frame)
    back = read_cycle(engine, store.record_value, CYCLE)
    assert back["text"].isna().tolist() == [True, True, True, False]
    assert back["number"].tolist() == [pd.NA, 0.0, 1.0, pd.NA]
    assert back["day"].tolist() == [date(2026, 1, 1), None, None, None]


def test_submissions_cannot_be_replaced(engine: Engine) -> None:
    with pytest.raises(FrameError, match="only ever added"):
        replace_cycle(engine, store.submission, CYCLE, read_cycle(engine, store.submission, CYCLE))
