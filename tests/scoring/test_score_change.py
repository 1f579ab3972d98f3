"""What a change of score is made of: exact, the same backwards, nothing where all stood still."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaError
from scoring_samples import (
    Sheets,
    answer_frame,
    collections,
    framework,
    grid,
    indicator,
    organisation_frame,
    sheets,
)

from remi.scoring.arrays import outline, to_array
from remi.scoring.engine import score_cycle
from remi.scoring.model.change_effects import Cause
from remi.scoring.model.decompose import decompose
from remi.scoring.model.index import as_model, index_states
from remi.scoring.score_change import ScoredYear, score_change
from schemas.framework import Framework, MissingPolicy, NotApplicablePolicy, ScoringPolicy
from schemas.results import SCORE_CHANGE, ScoreEffect

LENIENT = ScoringPolicy(
    not_applicable=NotApplicablePolicy(ceiling=Fraction(1)),
    missing=MissingPolicy(provisional_below=Fraction(0), score_withheld_below=Fraction(0)),
)
THREE = framework({"leadership": [indicator(f"L{n}") for n in (1, 2, 3)]}, scoring=LENIENT)
NOTHING = dict.fromkeys((effect.value for effect in ScoreEffect), Fraction(0))


def year(
    cycle: str,
    given_sheets: Mapping[str, Mapping[str, list[str]]],
    of: Framework,
    sectors: Mapping[str, str],
) -> ScoredYear:
    answers = answer_frame(given_sheets, of, cycle=cycle)
    organisations = organisation_frame(sectors)
    scored = score_cycle(answers, organisations, of, cycle, "hash")
    return ScoredYear(cycle, of, organisations, answers, answers, scored.commitment_stages)


def between(before: str, now: str, of: Framework = THREE) -> dict[str, Fraction]:
    """The exact parts of the change of one organisation's one commitment, without noughts."""
    first, last = (
        year(cycle, {"ORG": grid(text)}, of, {"ORG": "trust"})
        for cycle, text in (("2024-25", before), ("2025-26", now))
    )
    ((_, found),) = parts(score_change(last, first, of)).items()
    return {effect: amount for effect, amount in found.items() if amount}


def parts(rows: pd.DataFrame) -> dict[tuple[str, str], dict[str, Fraction]]:
    """Exact amounts by organisation and commitment, and by effect."""
    found: dict[tuple[str, str], dict[str, Fraction]] = {}
    for row in rows.to_dict("records"):
        amount = Fraction(row["amount_numerator"], row["amount_denominator"])
        found.setdefault((row["organisation_id"], row["commitment_id"]), {})[row["effect"]] = amount
    return found


def test_an_answer_that_moved_is_performance_alone() -> None:
    found = between("L1: mmnnnn\nL2: mnnnnn\nL3: nnnnnn", "L1: mmmmnn\nL2: nnnnnn\nL3: nnnnnn")
    assert found == {"performance": Fraction(100, 18)}


def test_a_blank_that_is_answered_is_coverage_also_within_an_indicator() -> None:
    found = between("L1: m.nnnn\nL2: mnnnnn\nL3: nnnnnn", "L1: mmnnnn\nL2: mnnnnn\nL3: nnnnnn")
    assert found == {"coverage": Fraction(100, 18)}


def test_an_indicator_that_is_answered_for_the_first_time_is_coverage_even_where_it_lowers() -> (
    None
):
    found = between("L1: mmmmmm\nL2: mmmmmm\nL3: ......", "L1: mmmmmm\nL2: mmmmmm\nL3: nnnnnn")
    assert found == {"coverage": Fraction(-100, 3)}


def test_what_comes_to_apply_is_applicability_and_not_performance() -> None:
    found = between("L1: mmmmmm\nL2: mmmmmm\nL3: xxxxxx", "L1: mmmmmm\nL2: mmmmmm\nL3: mmmnnn")
    assert found == {"applicability": Fraction(-100, 6)}


def test_two_causes_that_only_together_raise_an_indicator_share_its_rise() -> None:
    found = between("L1: m.nnnn\nL2: mnnnnn\nL3: nnnnnn", "L1: mmmnnn\nL2: mnnnnn\nL3: nnnnnn")
    # Stage 2 needs the blank alone, stage 3 both the blank and the answer: one and a half, a half.
    assert found == {"coverage": Fraction(150, 18), "performance": Fraction(50, 18)}


def test_causes_that_cancel_each_other_are_both_said() -> None:
    found = between("L1: mm.nnn\nL2: mmnnnn\nL3: nnnnnn", "L1: mmmnnn\nL2: mnnnnn\nL3: nnnnnn")
    assert found == {"coverage": Fraction(100, 18), "performance": Fraction(-100, 18)}


def test_a_criterion_that_may_be_left_out_is_an_answer_and_moves_nothing() -> None:
    assert between("L1: mn----\nL2: mnnnnn\nL3: nn----", "L1: mnnnnn\nL2: mn----\nL3: nnnnnn") == {}


def test_without_a_score_in_both_years_there_is_no_change() -> None:
    strict = framework({"leadership": [indicator("L1"), indicator("L2")]})
    thin = {"ORG": grid("L1: m.....\nL2: ......")}
    full = {"ORG": grid("L1: mmmnnn\nL2: mmmnnn"), "NEW": grid("L1: mmmnnn\nL2: mmmnnn")}
    sectors = dict.fromkeys(full, "trust")
    before, now = (year(c, s, strict, sectors) for c, s in (("2024-25", thin), ("2025-26", full)))
    assert before.scores["score"].isna().all()
    made = score_change(now, before, strict)
    assert made.empty
    SCORE_CHANGE.validate(made)


def test_scores_are_the_published_ones_and_every_effect_has_a_row() -> None:
    sectors = {"ORG": "trust"}
    first = year("2024-25", {"ORG": grid("L1: mmnnnn\nL2: mnnnnn\nL3: nnnnnn")}, THREE, sectors)
    last = year("2025-26", {"ORG": grid("L1: mmmmnn\nL2: nnnnnn\nL3: nnnnnn")}, THREE, sectors)
    made = SCORE_CHANGE.validate(score_change(last, first, THREE))
    assert made["effect"].tolist() == [effect.value for effect in ScoreEffect]
    assert set(made["score_before"]) == set(first.scores["score"])
    assert set(made["score_now"]) == set(last.scores["score"])
    assert not made["break_in_series"].any()


def test_a_part_that_is_off_by_the_last_digit_breaks_the_contract() -> None:
    sectors = {"ORG": "trust"}
    first = year("2024-25", {"ORG": grid("L1: mmnnnn\nL2: mnnnnn\nL3: nnnnnn")}, THREE, sectors)
    last = year("2025-26", {"ORG": grid("L1: mmmmnn\nL2: nnnnnn\nL3: nnnnnn")}, THREE, sectors)
    made = score_change(last, first, THREE)
    performance = made["effect"] == "performance"
    wrong = made.assign(
        amount=made["amount"].mask(performance, np.nextafter(made["amount"].max(), 99))
    )
    with pytest.raises(SchemaError, match="an amount is its fraction"):
        SCORE_CHANGE.validate(wrong)
    another = made.copy()
    another.loc[performance, ["amount_numerator", "amount_denominator"]] = [5555555556, 1000000000]
    another.loc[performance, "amount"] = 5.555555556
    with pytest.raises(SchemaError, match="add up to the change"):
        SCORE_CHANGE.validate(another)
    with pytest.raises(SchemaError, match="every effect has one row"):
        SCORE_CHANGE.validate(made[made["effect"] != "weights"])


# Any framework, any answers


@st.composite
def two_years(draw: st.DrawFn) -> tuple[Framework, Sheets, Sheets, dict[str, str]]:
    """Two years of the same organisations; each indicator's answers often stay as they were."""
    of, before, sectors = draw(collections(most=3))
    now = {}
    for organisation, sheet in before.items():
        other = draw(sheets(of, sectors[organisation]))
        now[organisation] = {
            name: states if draw(st.booleans()) else other[name] for name, states in sheet.items()
        }
    return of, before, now, sectors


Years = tuple[Framework, Sheets, Sheets, dict[str, str]]


@settings(deadline=None)
@given(two_years())
def test_effects_add_up_exactly_and_swapping_the_years_turns_every_sign(years: Years) -> None:
    of, before, now, sectors = years
    first, last = year("2024-25", before, of, sectors), year("2025-26", now, of, sectors)
    made = SCORE_CHANGE.validate(score_change(last, first, of))  # the contract adds up
    both = first.scores.merge(last.scores, on=["organisation_id", "commitment_id"])
    with_scores = both[both["score_x"].notna() & both["score_y"].notna()]
    assert len(made) == len(ScoreEffect) * len(with_scores)
    there = parts(made)
    back = parts(score_change(replace(first, cycle="2025-26"), replace(last, cycle="2024-25"), of))
    assert back == {key: {k: -v for k, v in found.items()} for key, found in there.items()}


@settings(deadline=None)
@given(two_years())
def test_an_organisation_whose_answers_stood_still_has_no_part_of_any_kind(years: Years) -> None:
    of, before, _, sectors = years
    first, last = year("2024-25", before, of, sectors), year("2025-26", before, of, sectors)
    assert all(found == NOTHING for found in parts(score_change(last, first, of)).values())


@settings(deadline=None)
@given(two_years())
def test_a_cause_that_moved_nothing_has_no_part(years: Years) -> None:
    """Only what moved for a cause can have a part of it, and a commitment only of its own."""
    of, before, now, sectors = years
    first, last = year("2024-25", before, of, sectors), year("2025-26", now, of, sectors)
    blank = {"unanswered", "not_applicable"}
    for (organisation, commitment_id), found in parts(score_change(last, first, of)).items():
        moved = [
            {a, b}
            for name, states in before[organisation].items()
            if name in {i.id for c, i in of.indicators() if c.id == commitment_id}
            for a, b in zip(states, now[organisation][name], strict=True)
            if a != b
        ]
        if not any(not pair & blank for pair in moved):
            assert found["performance"] == 0
        if not any("unanswered" in pair for pair in moved):
            assert found["coverage"] == 0
        if not any("not_applicable" in pair for pair in moved):
            assert found["applicability"] == 0
        assert found["weights"] == found["version"] == found["moderation"] == 0


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_where_the_same_is_answered_it_is_the_split_of_the_general_rule(
    data: st.DataObject,
) -> None:
    """Another way to the same: Owen's values over the model of the index, one cause a criterion."""
    answered = st.sampled_from(["met", "part", "not_met"])
    before, now = (
        {"ORG": {name: data.draw(st.lists(answered, min_size=6, max_size=6)) for name in NAMES}}
        for _ in range(2)
    )
    sectors = {"ORG": "trust"}
    first, last = year("2024-25", before, THREE, sectors), year("2025-26", now, THREE, sectors)
    model = as_model(THREE)
    shape = outline(THREE)
    rows = [
        index_states(to_array(y.answers, y.organisations, THREE).states)[0] for y in (first, last)
    ]

    def value_of(states: np.ndarray) -> np.ndarray:
        met = (states == 2).reshape(len(states), len(shape.indicator_ids), shape.n_stages)
        reached = np.logical_and.accumulate(met, axis=2).sum(axis=2).sum(axis=1)
        return reached.astype(float)

    general = decompose(model, "leadership", rows[0], rows[1], value_of, "stage")
    assert {e.cause for e in general} <= {Cause.PERFORMANCE}
    expected = Fraction(100, 18) * sum((e.amount for e in general), Fraction(0))
    ((_, found),) = parts(score_change(last, first, THREE)).items()
    assert found == {**NOTHING, "performance": expected}


NAMES = ("L1", "L2", "L3")


# Another version of the framework


def test_where_the_version_changed_what_the_link_leaves_over_is_the_versions() -> None:
    old = framework({"leadership": [indicator("L1"), indicator("L2")]}, version="1.0")
    new = framework({"leadership": [indicator("L1"), indicator("L3")]}, version="1.1")
    link = framework({"leadership": [indicator("L1")]}, version="9.9")
    sectors = {"ORG": "trust"}
    before = year("2024-25", {"ORG": grid("L1: mmnnnn\nL2: mmmmmm")}, old, sectors)
    now = year("2025-26", {"ORG": grid("L1: mmmnnn\nL3: nnnnnn")}, new, sectors)

    def only_l1(y: ScoredYear) -> ScoredYear:
        return replace(y, compared=y.answers[y.answers["indicator_id"] == "L1"])

    made = SCORE_CHANGE.validate(score_change(only_l1(now), only_l1(before), link))
    ((_, found),) = parts(made).items()
    # L1 rose by a stage; the rest of the fall from 4 of 6 to 1.5 of 6 is the other questions.
    rose, fell = Fraction(100, 6), Fraction(-250, 6)
    assert found == {**NOTHING, "performance": rose, "version": fell - rose}
    assert made["break_in_series"].all()
