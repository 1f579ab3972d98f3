"""The contracts of the result frames: what the store's tables hold, and what they refuse."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
import pytest
from scoring_samples import CYCLE, SIX_CORE, answer_frame, grid, organisation_frame
from sqlalchemy import Table, create_engine
from sqlalchemy.pool import StaticPool

from remi.scoring.engine import ScoredCycle, score_cycle
from remi.store.frames import read_cycle, replace_cycle
from schemas import results, store

CONTRACTS = {
    "indicator_stages": (results.INDICATOR_STAGES, store.indicator_stage),
    "commitment_stages": (results.COMMITMENT_STAGES, store.commitment_stage),
    "organisation_profiles": (results.ORGANISATION_PROFILES, store.organisation_profile),
    "maturity_change": (results.MATURITY_CHANGE, store.maturity_change),
    "stage_sensitivity": (results.STAGE_SENSITIVITY, store.stage_sensitivity),
}
SCORED_FRAMES = list(CONTRACTS)[:3]


def scored() -> ScoredCycle:
    sheets = {
        "BUSY": grid("\n".join(f"L{n}: mmmpnn" for n in range(1, 7))),
        "SILENT": grid("\n".join(f"L{n}: ......" for n in range(1, 7))),
    }
    organisations = organisation_frame(dict.fromkeys(sheets, "trust"))
    return score_cycle(answer_frame(sheets, SIX_CORE), organisations, SIX_CORE, CYCLE, "hash")


@pytest.mark.parametrize(("contract", "table"), CONTRACTS.values(), ids=list(CONTRACTS))
def test_a_contract_has_the_columns_of_its_table_in_their_order(
    contract: pa.DataFrameSchema, table: Table
) -> None:
    assert list(contract.columns) == [column.name for column in table.columns]


@pytest.mark.parametrize(("contract", "table"), CONTRACTS.values(), ids=list(CONTRACTS))
def test_a_contract_allows_missing_values_exactly_where_its_table_does(
    contract: pa.DataFrameSchema, table: Table
) -> None:
    assert {name for name, column in contract.columns.items() if column.nullable} == {
        column.name for column in table.columns if column.nullable
    }


@pytest.mark.parametrize("name", SCORED_FRAMES)
def test_results_keep_their_contract_before_and_after_the_store(name: str) -> None:
    contract, table = CONTRACTS[name]
    frame = getattr(scored(), name)
    kept = contract.validate(frame)
    pd.testing.assert_frame_equal(kept, frame, check_dtype=False)
    engine = create_engine("sqlite://", poolclass=StaticPool)
    store.metadata.create_all(engine)
    replace_cycle(engine, table, CYCLE, frame)
    read = read_cycle(engine, table, CYCLE)
    pd.testing.assert_frame_equal(contract.validate(read), kept)


@pytest.mark.parametrize(
    ("name", "row", "column", "value", "says"),
    [
        ("indicator_stages", 0, "stage", None, "exactly where the status"),
        ("indicator_stages", 11, "stage", 0, "exactly where the status"),
        ("indicator_stages", 0, "floor_stage", 4, "floor is not above"),
        ("indicator_stages", 0, "n_answered", 7, "no more is answered"),
        ("indicator_stages", 0, "indicator_id", "L2", "not unique"),
        ("indicator_stages", 0, "stage", -1, "greater_than_or_equal_to"),
        ("commitment_stages", 1, "stage", 0, "exactly where the status"),
        ("commitment_stages", 0, "status", "good", "isin"),
        ("commitment_stages", 0, "floor_stage", 4, "floor is not above"),
        ("commitment_stages", 0, "met_next", 7, "next stage is met"),
        ("commitment_stages", 0, "floor_met_next", 7, "floor's next stage"),
        ("commitment_stages", 0, "n_answered_next", 7, "next stage is answered"),
        ("commitment_stages", 0, "score_low", 90.0, "lower bound is not above the score"),
        ("commitment_stages", 0, "score_high", 10.0, "not above the upper bound"),
        ("commitment_stages", 0, "score_low", None, "both its bounds"),
        ("commitment_stages", 0, "score", 101.0, "in_range"),
        ("commitment_stages", 0, "organisation_id", None, "nullable"),
        ("organisation_profiles", 1, "lowest_stage", 0, "lowest stage exactly where"),
        ("organisation_profiles", 0, "lowest_stage", None, "lowest stage exactly where"),
        ("organisation_profiles", 0, "n_assessed", 2, "assessed than asked"),
    ],
)
def test_a_result_that_cannot_be_is_refused(
    name: str, row: int, column: str, value: object, says: str
) -> None:
    frame = getattr(scored(), name)
    contract, _ = CONTRACTS[name]
    frame.loc[row, column] = value
    with pytest.raises(pa.errors.SchemaErrors, match=says):
        contract.validate(frame, lazy=True)
