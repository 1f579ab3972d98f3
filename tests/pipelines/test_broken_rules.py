"""What a blocking check says of rows that break their contract: how many rows broke each rule."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pytest

from remi.cycle.checks import maturity_change_conforms
from remi.cycle.work import CycleWork
from remi.store.frames import replace_cycle
from remi.workspace import open_workspace
from schemas import store
from schemas.checks import rows_broken
from schemas.results import MATURITY_CHANGE

CYCLE = "2024-25"
GOOD = {
    "cycle": CYCLE,
    "organisation_id": "DEMO-T1",
    "previous_cycle": "2023-24",
    "level": "commitment",
    "commitment_id": "leadership",
    "indicator_id": None,
    "stage_before": 1,
    "stage_now": 3,
    "change": 2,
    "direction": "up",
    "confirmed": True,
    "break_in_series": False,
}
CHANGE_IS_A_DIFFERENCE = "the change is now less before"


def changes(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([GOOD | row for row in rows], columns=list(MATURITY_CHANGE.columns))


def broken(frame: pd.DataFrame, schema: pa.DataFrameSchema = MATURITY_CHANGE) -> dict[str, int]:
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        schema.validate(frame, lazy=True)
    return rows_broken(caught.value)


def test_a_run_says_how_many_stored_rows_broke_each_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMI_HOME", str(tmp_path))
    rows = changes({"change": 1}, {"change": 4, "commitment_id": "workforce"}, {"level": "x"})
    frame = rows.assign(organisation_id=["DEMO-T1", "DEMO-T1", "DEMO-T2"])
    replace_cycle(open_workspace().engine, store.maturity_change, CYCLE, frame)
    answer = maturity_change_conforms.ask(CycleWork(open_workspace(), CYCLE))
    assert not answer.passed
    assert f"{CHANGE_IS_A_DIFFERENCE}: 2" in str(answer.facts["rules_broken"]).split("; ")


def test_a_rule_between_columns_is_counted_once_a_row() -> None:
    counts = broken(changes({"change": 1}, {"commitment_id": "workforce"}))
    assert counts == {CHANGE_IS_A_DIFFERENCE: 1}


def test_rows_that_are_alike_are_all_counted_also_where_they_are_blank() -> None:
    assert broken(changes({}, {})) == {"multiple_fields_uniqueness": 2}
    names = {name: pa.Column(str, nullable=True) for name in ("partner", "question")}
    once = pa.DataFrameSchema(names, unique=list(names))
    blanks = pd.DataFrame({"partner": [None, None], "question": [None, None]}, dtype="str")
    assert broken(blanks, once) == {"multiple_fields_uniqueness": 1}


def test_a_rule_of_the_whole_frame_and_a_column_that_is_gone_count_as_one() -> None:
    assert broken(changes({}).drop(columns="confirmed"))["column_in_dataframe"] == 1
    few = pa.DataFrameSchema(checks=pa.Check(lambda frame: len(frame) > 2, error="enough rows"))
    assert broken(changes({}), few) == {"enough rows": 1}
