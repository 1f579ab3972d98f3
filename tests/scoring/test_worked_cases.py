"""The nine worked cases that the rule was agreed on: one commitment, six core indicators.

Letters: m met, n not met, x not applicable, `.` left blank, one for each of six stages.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from review_samples import accepted
from scoring_samples import CYCLE, SIX_CORE, answer_frame, grid, organisation_frame

from remi.scoring.assurance import assured_stages
from remi.scoring.claims import claims
from remi.scoring.engine import ScoredCycle, score_cycle
from remi.scoring.reviewed import review


def scored(text: str, **more: dict[str, list[str]]) -> ScoredCycle:
    sheets = {"ORG": grid(text), **more}
    organisations = organisation_frame(dict.fromkeys(sheets, "trust"))
    return score_cycle(answer_frame(sheets, SIX_CORE), organisations, SIX_CORE, CYCLE, "hash")


def commitment(text: str) -> pd.Series[Any]:
    return scored(text).commitment_stages.iloc[0]


def indicators(text: str) -> pd.DataFrame:
    return scored(text).indicator_stages.set_index("indicator_id")


def test_case_a_a_met_criterion_above_an_unmet_one_is_a_claim_ahead_and_not_counted() -> None:
    case = """
        L1: m m m n n n
        L2: m m m n n n
        L3: m m m n n n
        L4: m m m n n n
        L5: m m n m n n
        L6: m m n n n n
    """
    row = commitment(case)
    assert (row["status"], row["stage"]) == ("final", 2)
    assert (row["met_next"], row["total_next"]) == (4, 6)
    assert row["claims_ahead"] == 1
    assert indicators(case)["claims_ahead"].tolist() == [0, 0, 0, 0, 1, 0]


def test_case_b_one_indicator_without_its_first_stage_holds_the_commitment_at_zero() -> None:
    case = """
        L1: m m m m n n
        L2: m m m m n n
        L3: m m m m n n
        L4: m m m m n n
        L5: m m m m n n
        L6: n m m m n n
    """
    row = commitment(case)
    assert (row["status"], row["stage"]) == ("final", 0)
    assert (row["met_next"], row["total_next"]) == (5, 6)
    assert row["claims_ahead"] == 3
    assert indicators(case)["stage"].tolist() == [4, 4, 4, 4, 4, 0]
    assert indicators(case)["claims_ahead"].tolist() == [0, 0, 0, 0, 0, 3]


def test_case_c_not_applicable_does_not_hold_back_but_lowers_the_floor() -> None:
    row = commitment("""
        L1: m m n n n n
        L2: m m n n n n
        L3: m m n n n n
        L4: m m n n n n
        L5: m m n n n n
        L6: m x n n n n
    """)
    assert (row["status"], row["stage"]) == ("final", 2)
    assert (row["floor_stage"], row["floor_met_next"], row["floor_total_next"]) == (1, 5, 6)
    assert row["n_not_applicable"] == 1


def test_case_d_with_everything_met_there_is_nothing_above() -> None:
    row = commitment("""
        L1: m m m m m m
        L2: m m m m m m
        L3: m m m m m m
        L4: m m m m m m
        L5: m m m m m m
        L6: m m m m m m
    """)
    assert (row["status"], row["stage"]) == ("final", 6)
    assert (row["met_next"], row["total_next"]) == (0, 0)
    assert (row["n_answered_next"], row["n_applicable_next"]) == (0, 0)
    assert (row["score_low"], row["score"], row["score_high"]) == (100, 100, 100)


def test_case_e_half_of_the_next_stage_left_blank_makes_the_stage_provisional() -> None:
    row = commitment("""
        L1: m m m n n n
        L2: m m m n n n
        L3: m m m n n n
        L4: m m . n n n
        L5: m m . n n n
        L6: m m . n n n
    """)
    assert (row["status"], row["stage"]) == ("provisional", 2)
    assert (row["met_next"], row["total_next"]) == (3, 6)
    assert (row["n_answered_next"], row["n_applicable_next"]) == (3, 6)
    assert (row["n_answered"], row["n_applicable"]) == (33, 36)


def test_case_f_a_policy_of_forty_months_supports_the_declared_stage_but_not_the_assured() -> None:
    row = "m m m m n n"
    sheet = grid("\n".join(f"L{n}: {row}" for n in range(1, 7)))
    answers = answer_frame({"ORG": sheet}, SIX_CORE)
    organisations = organisation_frame({"ORG": "trust"})
    closes = date(2025, 11, 30)
    forty_months_before = date(2022, 7, 30)
    evidence = pd.DataFrame(
        [
            ("ORG", name, stage, stage, "policy", day, None, "Strategy", "held locally")
            for name in sheet
            for stage, day in enumerate(
                [date(2025, 1, 1), forty_months_before, date(2025, 1, 1), date(2025, 1, 1)], 1
            )
        ],
        columns=[
            "organisation_id",
            "indicator_id",
            "first_stage",
            "last_stage",
            "evidence_type",
            "dated_on",
            "national_return",
            "title",
            "place",
        ],
    )
    claimed = claims(answers, evidence, {}, SIX_CORE, closes)
    reviewed = review(claimed, [accepted(claim) for claim in claimed], two_person=False)
    declared = score_cycle(answers, organisations, SIX_CORE, CYCLE, "hash").commitment_stages
    rows = assured_stages(answers, organisations, reviewed, SIX_CORE, CYCLE, "hash")
    assured = rows[rows["level"] == "commitment"]
    assert declared["stage"].tolist() == [4]
    columns = ["declared_stage", "assured_stage", "overclaim_gap"]
    assert assured[columns].to_numpy().tolist() == [[4, 1, 3]]


def test_case_g_nothing_answered_is_not_assessed_and_never_stage_zero() -> None:
    blank = "\n".join(f"L{n}: ......" for n in range(1, 7))
    result = scored(blank)
    row = result.commitment_stages.iloc[0]
    assert row["status"] == "not_assessed"
    missing = ["stage", "met_next", "total_next", "floor_stage", "score"]
    assert result.commitment_stages[missing].isna().all(axis=None)
    assert result.indicator_stages["status"].unique().tolist() == ["not_assessed"]
    assert result.indicator_stages["stage"].isna().all()
    profile = result.organisation_profiles.iloc[0]
    assert (profile["status"], profile["n_assessed"]) == ("not_assessed", 0)
    assert profile["lowest_stage"] is pd.NA


def test_case_h_a_third_of_a_stage_not_applicable_cannot_be_assessed() -> None:
    row = commitment("""
        L1: m x n n n n
        L2: m x n n n n
        L3: m m n n n n
        L4: m m n n n n
        L5: m m n n n n
        L6: m m n n n n
    """)
    assert row["status"] == "not_assessable"
    assert row["stage"] is pd.NA
    assert row["score"] is pd.NA
    assert row["n_not_applicable"] == 2


def test_case_i_what_a_department_inherits_is_scored_once_and_leaves_the_parent_alone() -> None:
    rows = "\n".join(f"L{n}: m m n n n n" for n in range(1, 7))
    parent_alone = scored(rows)
    sheets = {"ORG": grid(rows), "ORG-DEPT": grid(rows.replace("L1: m m n", "L1: m m m"))}
    both = score_cycle(
        answer_frame(sheets, SIX_CORE, inherited=[("ORG-DEPT", "L2")]),
        organisation_frame(dict.fromkeys(sheets, "trust")),
        SIX_CORE,
        CYCLE,
        "hash",
    )
    stages = both.indicator_stages.set_index(["organisation_id", "indicator_id"])
    assert stages.index[stages["inherited"]].tolist() == [("ORG-DEPT", "L2")]
    assert stages.loc[("ORG-DEPT", "L2"), "stage"] == 2
    of_parent = both.commitment_stages.query("organisation_id == 'ORG'")
    pd.testing.assert_frame_equal(of_parent, parent_alone.commitment_stages)
