"""Corners of the rule that the worked cases do not reach. Letters as in the worked cases."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from scoring_samples import (
    CYCLE,
    SIX_CORE,
    answer_frame,
    framework,
    grid,
    indicator,
    organisation_frame,
)

from remi.scoring.engine import ScoredCycle, score_cycle
from schemas.framework import (
    Attainment,
    Framework,
    MissingPolicy,
    NotApplicablePolicy,
    ScoringPolicy,
)

ANY_SHARE = NotApplicablePolicy(ceiling=Fraction(1))


def scored(text: str, of: Framework, sector: str = "trust") -> ScoredCycle:
    answers = answer_frame({"ORG": grid(text)}, of)
    return score_cycle(answers, organisation_frame({"ORG": sector}), of, CYCLE, "hash")


def commitment(text: str, of: Framework, sector: str = "trust") -> pd.Series[Any]:
    return scored(text, of, sector).commitment_stages.iloc[0]


def two(scoring: ScoringPolicy) -> Framework:
    return framework({"leadership": [indicator("L1"), indicator("L2")]}, scoring=scoring)


def test_not_applicable_at_the_end_never_raises_a_stage() -> None:
    of = two(ScoringPolicy(not_applicable=ANY_SHARE))
    result = scored("L1: mmmxxx\nL2: mmxxxx", of)
    assert result.indicator_stages["stage"].tolist() == [3, 2]
    assert result.commitment_stages["stage"].tolist() == [3]


def test_an_indicator_with_nothing_above_does_not_hold_the_others_back() -> None:
    of = two(ScoringPolicy(not_applicable=ANY_SHARE))
    row = commitment("L1: mmmxxx\nL2: mmmmmn", of)
    assert (row["stage"], row["met_next"], row["total_next"]) == (5, 0, 1)


def test_an_indicator_that_is_wholly_not_applicable_is_left_out() -> None:
    of = two(ScoringPolicy(not_applicable=ANY_SHARE))
    result = scored("L1: xxxxxx\nL2: mmmnnn", of)
    assert result.indicator_stages["status"].tolist() == ["not_applicable", "final"]
    assert result.indicator_stages["stage"].isna().tolist() == [True, False]
    row = result.commitment_stages.iloc[0]
    assert (row["stage"], row["floor_stage"], row["score"]) == (3, 0, 50)


def test_a_commitment_that_is_wholly_not_applicable_has_no_stage_and_no_bounds() -> None:
    result = scored("L1: xxxxxx\nL2: xxxxxx", two(ScoringPolicy()))
    row = result.commitment_stages.iloc[0]
    assert row["status"] == "not_applicable"
    assert row[["stage", "floor_stage", "score", "score_low", "score_high"]].isna().all()


def test_not_applicable_is_no_answer_where_all_else_is_blank() -> None:
    row = commitment("L1: x.....\nL2: ......", two(ScoringPolicy(not_applicable=ANY_SHARE)))
    assert row["status"] == "not_assessed"
    assert row["stage"] is pd.NA


@pytest.mark.parametrize(("n_not_applicable", "status"), [(1, "final"), (2, "not_assessable")])
def test_exactly_the_ceiling_can_still_be_assessed(n_not_applicable: int, status: str) -> None:
    five = framework({"leadership": [indicator(f"L{n}") for n in range(1, 6)]})
    rows = [f"L{n}: mm{'x' if n <= n_not_applicable else 'm'}nnn" for n in range(1, 6)]
    assert commitment("\n".join(rows), five)["status"] == status


@pytest.mark.parametrize(("blanks", "status"), [(1, "final"), (2, "provisional")])
def test_exactly_four_fifths_of_the_next_stage_is_enough(blanks: int, status: str) -> None:
    five = framework({"leadership": [indicator(f"L{n}") for n in range(1, 6)]})
    rows = [f"L{n}: m{'.' if n <= blanks else 'n'}nnnn" for n in range(1, 6)]
    assert commitment("\n".join(rows), five)["status"] == status


def test_blanks_far_above_the_stage_make_it_provisional_too() -> None:
    row = commitment("\n".join(f"L{n}: mnnn.." for n in range(1, 7)), SIX_CORE)
    assert (row["n_answered_next"], row["n_applicable_next"]) == (6, 6)
    assert (row["n_answered"], row["status"]) == (24, "provisional")


def test_where_answering_may_stop_nothing_is_missing() -> None:
    row = commitment("\n".join(f"L{n}: mp----" for n in range(1, 7)), SIX_CORE)
    assert (row["n_answered"], row["n_applicable"], row["status"]) == (36, 36, "final")
    assert (row["score_low"], row["score_high"]) == (row["score"], row["score"])


def test_a_commitment_without_a_core_indicator_for_a_sector_cannot_be_assessed() -> None:
    of = framework(
        {"leadership": [indicator("L1", applies_to=("trusts",)), indicator("L2", core=False)]}
    )
    row = commitment("L2: mmmnnn", of, sector="voluntary")
    assert row["status"] == "not_assessable"
    assert row[["stage", "floor_stage", "score"]].isna().all()
    assert (row["score_low"], row["score_high"]) == (50, 50)


def with_others(share: str, n_others: int, scoring: ScoringPolicy | None = None) -> Framework:
    attainment = Attainment(rule="all_core_and_share_of_others", share_of_others=Fraction(share))
    base = scoring or ScoringPolicy()
    return framework(
        {
            "leadership": [
                indicator("L1"),
                *(indicator(f"L{n}", core=False) for n in range(2, n_others + 2)),
            ]
        },
        scoring=base.model_copy(update={"attainment": attainment}),
    )


@pytest.mark.parametrize(("behind", "stage"), [(1, 4), (2, 1)])
def test_exactly_four_fifths_of_the_others_carry_the_core(behind: int, stage: int) -> None:
    others = [f"L{n}: {'mnnnnn' if n < behind + 2 else 'mmmmmm'}" for n in range(2, 7)]
    of = with_others("4/5", 5)
    assert commitment("\n".join(["L1: mmmmnn", *others]), of)["stage"] == stage


def test_another_indicator_with_nothing_above_is_not_counted_either_way() -> None:
    of = with_others("2/3", 3, ScoringPolicy(not_applicable=ANY_SHARE))
    one_of_two = "L1: mmmmmm\nL2: mmmxxx\nL3: mmmmmm\nL4: mmmnnn"
    assert commitment(one_of_two, of)["stage"] == 3
    of = with_others("1/2", 3, ScoringPolicy(not_applicable=ANY_SHARE))
    assert commitment(one_of_two, of)["stage"] == 6


def test_the_score_leaves_out_what_nobody_answered_and_the_bounds_do_not() -> None:
    of = framework(
        {"leadership": [indicator("L1"), indicator("L2"), indicator("L3"), indicator("L4")]}
    )
    row = commitment("L1: mmmnnn\nL2: mmmmmm\nL3: mmm...\nL4: ......", of)
    # 21 of 24 would be wrong: L3 and L4 leave 9 blank, so 15 of 24 criteria are answered.
    assert (row["n_answered"], row["n_applicable"]) == (15, 24)
    assert row["score"] is pd.NA
    shown = ScoringPolicy(missing=MissingPolicy(score_withheld_below=Fraction(5, 8)))
    row = commitment(
        "L1: mmmnnn\nL2: mmmmmm\nL3: mmm...\nL4: ......",
        of.model_copy(update={"scoring": shown}),
    )
    assert row["score"] == pytest.approx(100 * (3 + 6 + 3) / 18)
    assert row["score_low"] == pytest.approx(100 * (3 + 6 + 3 + 0) / 24)
    assert row["score_high"] == pytest.approx(100 * (3 + 6 + 6 + 6) / 24)


def test_the_profile_has_a_lowest_stage_only_where_every_commitment_has_one() -> None:
    of = framework({"leadership": [indicator("L1")], "workforce": [indicator("W1")]})
    both = scored("L1: mmmnnn\nW1: mnnnnn", of).organisation_profiles.iloc[0]
    assert (both["status"], both["lowest_stage"], both["n_assessed"]) == ("final", 1, 2)
    one = scored("L1: mmmnnn\nW1: ......", of).organisation_profiles.iloc[0]
    assert (one["status"], one["n_assessed"], one["n_commitments"]) == ("not_assessed", 1, 2)
    assert one["lowest_stage"] is pd.NA
