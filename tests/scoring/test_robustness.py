"""Every stage again under other rules: what changes, what cannot, and how often."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from pydantic import ValidationError
from scoring_samples import (
    CYCLE,
    SIX_CORE,
    Sheets,
    answer_frame,
    collections,
    framework,
    grid,
    indicator,
    organisation_frame,
)

from remi.scoring.engine import score_cycle
from remi.scoring.robustness import many_change, share_that_change, stage_sensitivity, trials
from schemas.framework import (
    ALTERNATIVES,
    Alternative,
    AnswerMeaning,
    Attainment,
    Framework,
    NotApplicablePolicy,
    ScoringPolicy,
)
from schemas.results import STAGE_SENSITIVITY

any_case = settings(max_examples=50, deadline=None)
Drawn = tuple[Framework, Sheets, dict[str, str]]
OTHERS = framework(
    {
        "leadership": [
            indicator("L1"),
            indicator("L2"),
            indicator("L3", core=False),
            indicator("L4", core=False, applies_to=("trusts",)),
        ],
        "workforce": [indicator("W1")],
    }
)


def tried(text: str, of: Framework = SIX_CORE, sector: str = "trust") -> pd.DataFrame:
    answers = answer_frame({"ORG": grid(text)}, of)
    return stage_sensitivity(answers, organisation_frame({"ORG": sector}), of, CYCLE)


def under(frame: pd.DataFrame, alternative: str, commitment: str = "leadership") -> pd.Series:
    chosen = frame[(frame["alternative"] == alternative) & (frame["commitment_id"] == commitment)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def sensitivity(drawn: Drawn) -> pd.DataFrame:
    of, sheets, sectors = drawn
    return stage_sensitivity(answer_frame(sheets, of), organisation_frame(sectors), of, CYCLE)


@any_case
@given(collections())
def test_sensitivity_keeps_its_contract_and_the_published_stages(drawn: Drawn) -> None:
    of, sheets, sectors = drawn
    made = sensitivity(drawn)
    pd.testing.assert_frame_equal(STAGE_SENSITIVITY.validate(made), made, check_dtype=False)
    scored = score_cycle(answer_frame(sheets, of), organisation_frame(sectors), of, CYCLE, "hash")
    keys = ["organisation_id", "commitment_id"]
    both = made.merge(scored.commitment_stages[[*keys, "stage", "status"]], on=keys, how="left")
    assert (both["status_x"] == both["status_y"]).all()
    assert both["stage_x"].fillna(-1).eq(both["stage_y"].fillna(-1)).all()


@any_case
@given(collections())
def test_not_applicable_read_as_not_met_is_the_published_floor(drawn: Drawn) -> None:
    of, sheets, sectors = drawn
    made = sensitivity(drawn)
    made = made[made["alternative"] == "not_applicable_as_not_met"]
    scored = score_cycle(answer_frame(sheets, of), organisation_frame(sectors), of, CYCLE, "hash")
    keys = ["organisation_id", "commitment_id"]
    both = made.merge(scored.commitment_stages[[*keys, "floor_stage"]], on=keys)
    both = both[both["floor_stage"].notna()]
    assert (both["stage_alternative"] == both["floor_stage"]).all()


@any_case
@given(collections())
def test_asking_more_never_raises_a_stage_and_counting_part_never_lowers_one(drawn: Drawn) -> None:
    made = sensitivity(drawn)
    change = (made["stage_alternative"] - made["stage"]).dropna()
    assert (change[made["alternative"] == "part_as_met"] >= 0).all()
    assert (change[made["alternative"] == "not_applicable_as_not_met"] <= 0).all()
    assert (change[made["alternative"] == "all_core"] >= 0).all()
    assert (change[made["alternative"] == "all_others"] <= 0).all()


@any_case
@given(collections())
def test_the_shares_are_counted_over_final_results_and_add_up(drawn: Drawn) -> None:
    made = sensitivity(drawn)
    counted = share_that_change(made)
    parts = counted["n_higher"] + counted["n_lower"] + counted["n_no_stage"]
    assert (parts == counted["n_change"]).all()
    assert (counted["n_change"] <= counted["n_assessed"]).all()
    assert counted["n_assessed"].sum() == (made["status"] == "final").sum()


def test_a_worked_case_under_every_shipped_alternative() -> None:
    made = tried(
        """
        L1: m m m p n n
        L2: m m x n n n
        L3: m n n n n n
        L4: m m m n n n
        W1: m m n n n n
        """,
        OTHERS.model_copy(
            update={
                "scoring": ScoringPolicy(not_applicable=NotApplicablePolicy(ceiling=Fraction(1, 3)))
            }
        ),
    )
    found = {
        row["alternative"]: (row["stage"], row["stage_alternative"], row["changes"])
        for row in made[made["commitment_id"] == "leadership"].to_dict("records")
    }
    assert found == {
        "four_fifths_of_others": (3, 1, True),
        "all_others": (3, 1, True),
        "not_applicable_as_not_met": (3, 2, True),
        "part_as_met": (3, 3, False),
        "without:L1": (3, 3, False),
        "without:L2": (3, 3, False),
        "without:L3": (3, 3, False),
        "without:L4": (3, 3, False),
    }


def test_the_only_core_indicator_cannot_be_left_out() -> None:
    made = tried("L1: mmnnnn\nL2: mmnnnn\nL3: mmnnnn\nL4: mmnnnn\nW1: mmnnnn", OTHERS)
    assert "without:W1" not in set(made["alternative"])
    assert "without:L1" in set(made["alternative"])


def test_an_indicator_that_is_not_asked_is_not_left_out() -> None:
    made = tried("L1: mmnnnn\nL2: mmnnnn\nL3: mmnnnn\nW1: mmnnnn", OTHERS, "voluntary")
    assert "without:L4" not in set(made["alternative"])
    assert "without:L3" in set(made["alternative"])


def test_leaving_an_indicator_out_does_not_make_a_commitment_impossible_to_assess() -> None:
    five = framework({"leadership": [indicator(f"L{n}") for n in range(1, 6)]})
    made = tried("L1: m x n n n n\n" + "\n".join(f"L{n}: mmnnnn" for n in range(2, 6)), five)
    assert under(made, "without:L2")["stage_alternative"] == 2


def test_nothing_answered_stays_without_a_stage_under_every_rule() -> None:
    made = tried("\n".join(f"L{n}: ......" for n in range(1, 7)))
    assert made["stage"].isna().all()
    assert made["stage_alternative"].isna().all()
    assert not made["changes"].any()


def test_an_alternative_that_is_the_policy_is_not_tried() -> None:
    assert "all_core" in {a.id for a in ALTERNATIVES}
    assert "all_core" not in {t.id for t in trials(SIX_CORE)}
    shares = ScoringPolicy(attainment=Attainment(rule="all_core_and_share_of_others"))
    of = SIX_CORE.model_copy(update={"scoring": shares})
    assert "all_core" in {t.id for t in trials(of)}
    assert "four_fifths_of_others" not in {t.id for t in trials(of)}


def test_only_what_an_alternative_writes_down_differs_from_the_policy() -> None:
    other = Alternative(
        id="half", name="Half", attainment=Attainment(share_of_others=Fraction(1, 2))
    )
    policy = ScoringPolicy(
        attainment=Attainment(rule="all_core_and_share_of_others"),
        not_applicable=NotApplicablePolicy(ceiling=Fraction(1, 3)),
        sensitivity=(other,),
    )
    (trial,) = trials(framework({"leadership": [indicator("L1")]}, scoring=policy))
    assert trial.policy.attainment == Attainment(
        rule="all_core_and_share_of_others", share_of_others=Fraction(1, 2)
    )
    assert trial.policy.not_applicable.ceiling == Fraction(1, 3)


def test_a_framework_may_try_nothing() -> None:
    of = SIX_CORE.model_copy(update={"scoring": ScoringPolicy(sensitivity=())})
    made = tried("\n".join(f"L{n}: mmnnnn" for n in range(1, 7)), of)
    assert made.empty
    assert list(made.columns) == list(STAGE_SENSITIVITY.columns)
    assert share_that_change(made).empty


def test_an_alternative_that_says_nothing_is_refused() -> None:
    for nothing in ({}, {"attainment": Attainment()}, {"read_as": {AnswerMeaning.MET: "met"}}):
        with pytest.raises(ValidationError, match="nothing that differs"):
            Alternative.model_validate({"id": "same", "name": "Same", **nothing})


def test_a_quarter_is_not_yet_more_than_a_quarter() -> None:
    assert not many_change(1, 4)
    assert many_change(2, 7)
    assert not many_change(0, 0)
