"""No number of an annual table mixes a department with its organisation."""

from __future__ import annotations

import pandas as pd
import pytest
from impact_samples import SHEETS, at, awkward

from remi.impact.registry import make_tables

DEPARTMENT = "T1-D"


def others(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Every row of every table but those that are the department's own."""
    return {
        table_id: table[table["organisation_id"] != DEPARTMENT].reset_index(drop=True)
        if "organisation_id" in table
        else table
        for table_id, table in tables.items()
    }


@pytest.mark.parametrize("sheet", [at(0), at(2, L2="nnn"), at(3)])
def test_whatever_a_department_answers_changes_only_its_own_rows(sheet: dict[str, str]) -> None:
    before = others(make_tables(awkward()))
    after = others(make_tables(awkward(sheets={**SHEETS, DEPARTMENT: sheet})))
    for table_id, table in before.items():
        pd.testing.assert_frame_equal(after[table_id], table, obj=table_id)


def test_a_department_has_rows_of_its_own() -> None:
    tables = make_tables(awkward())
    own = [
        t
        for t in tables.values()
        if "organisation_id" in t and DEPARTMENT in set(t["organisation_id"])
    ]
    assert own
    for table in own:
        assert set(table.loc[table["organisation_id"] == DEPARTMENT, "unit"]) == {"Name of T1-D"}
