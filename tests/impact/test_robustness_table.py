"""How far stages depend on the rule (A24): counts of partners, and what is not known."""

from __future__ import annotations

import pandas as pd
import pytest
from impact_samples import (
    CYCLE,
    FRAMEWORK,
    POLICY,
    REGISTER,
    SHEETS,
    answers,
    awkward,
    frame,
    not_named,
)

from remi.disclosure.protect import protect
from remi.impact.registry import make_tables
from remi.impact.robustness import STAGES_UNDER_OTHER_RULES, stages_under_other_rules
from remi.scoring.engine import score_cycle
from remi.scoring.robustness import stage_sensitivity
from schemas import store
from schemas.impact import CycleData, Status

TABLE = (STAGES_UNDER_OTHER_RULES,)
NUMBERS = ["n_change", "n_higher", "n_lower", "n_no_stage", "change_pct"]


def tried(**more: object) -> CycleData:
    organisations = frame(store.organisation, REGISTER)
    made = stage_sensitivity(answers(SHEETS), organisations, FRAMEWORK, CYCLE.id)
    return awkward(stage_sensitivity=made, **more)


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    return stages_under_other_rules(tried())


def row(frame: pd.DataFrame, alternative: str, commitment: str = "Leadership") -> pd.Series:
    chosen = frame[(frame["alternative"] == alternative) & (frame["commitment"] == commitment)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_only_final_results_of_whole_organisations_are_tried(made: pd.DataFrame) -> None:
    """Of 17 partners T6 and T7 gave nothing to score, C7 is provisional, C8 not assessable."""
    own = row(made, "Part read as met")
    assert (own["n_eligible"], own["n_assessed"], own["n_missing"]) == (17, 13, 4)
    assert own["n_base"] == own["n_assessed"]


def test_changes_are_those_of_scoring_again(made: pd.DataFrame) -> None:
    """T2 and T5 lack a core indicator that the others have; without it they rise."""
    own = row(made, "Without one indicator: L2 Strategy and money")
    assert (own["n_change"], own["n_higher"], own["n_lower"], own["n_no_stage"]) == (2, 2, 0, 0)
    assert own["change_pct"] == pytest.approx(100 * 2 / 13)


def test_an_indicator_is_left_out_only_for_those_who_are_asked_it(made: pd.DataFrame) -> None:
    """W1 is asked of five trusts and eight charities with a result, and of no faith group."""
    own = row(made, "Without one indicator: W1 Fair hiring", "Workforce")
    assert own["n_assessed"] == 13
    assert not (
        (made["alternative"] == own["alternative"]) & (made["commitment"] == "Leadership")
    ).any()


def test_what_was_not_tried_is_not_available_and_never_no_change() -> None:
    made = stages_under_other_rules(awkward())
    assert len(made)
    assert made[["n_assessed", *NUMBERS]].isna().all(axis=None)
    assert set(made["n_change_status"]) == {Status.NOT_AVAILABLE}


def test_a_framework_that_tries_nothing_has_a_table_without_rows() -> None:
    nothing = FRAMEWORK.model_copy(
        update={"scoring": FRAMEWORK.scoring.model_copy(update={"sensitivity": ()})}
    )
    data = tried()
    assert stages_under_other_rules(CycleData(**{**vars(data), "framework": nothing})).empty


def test_the_published_stages_are_the_same_whatever_is_tried() -> None:
    with_it, without = make_tables(tried()), make_tables(awkward())
    for table_id in set(with_it) - {"A24"}:
        pd.testing.assert_frame_equal(with_it[table_id], without[table_id])


def test_a_small_group_is_withheld(made: pd.DataFrame) -> None:
    few = [r for r in REGISTER if r["organisation_id"] in ("T1", "T2", "T3", "T4")]
    sheets = {r["organisation_id"]: SHEETS[r["organisation_id"]] for r in few}
    organisations = frame(store.organisation, few)
    given = answers(sheets)
    scored = score_cycle(given, organisations, FRAMEWORK, CYCLE.id, "hash")
    data = CycleData(
        **{
            **vars(tried()),
            "organisations": organisations,
            "answers": given,
            "commitment_stages": scored.commitment_stages,
            "indicator_stages": scored.indicator_stages,
            "stage_sensitivity": stage_sensitivity(given, organisations, FRAMEWORK, CYCLE.id),
        }
    )
    own = protect({"A24": stages_under_other_rules(data)}, TABLE, POLICY).tables["A24"]
    assert (own["n_assessed"] == 4).all()
    assert own[NUMBERS].isna().all(axis=None)
    assert set(own["n_change_status"]) == {Status.CONFIDENTIAL}
    open_to_all = protect({"A24": made}, TABLE, POLICY).tables["A24"]
    assert open_to_all["n_change"].notna().any()


def test_few_partners_who_are_not_named_are_not_left_over_when_the_named_are_taken_away() -> None:
    data = tried(register=not_named("T3", "C1"))
    own = protect({"A24": stages_under_other_rules(data)}, TABLE, POLICY).tables["A24"]
    leadership = own[own["commitment"] == "Leadership"]
    assert (leadership["n_not_named"] == 2).all()
    assert leadership[NUMBERS].isna().all(axis=None)
