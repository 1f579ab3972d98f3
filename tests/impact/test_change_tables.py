"""From which stage to which (A25), and what changes of score are made of (A26)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from impact_samples import FRAMEWORK, POLICY, awkward, change, frame, not_named

from remi.disclosure.protect import protect
from remi.impact.score_change import NUMBERS, SCORE_CHANGE_BY_REASON, score_change_by_reason
from remi.impact.transitions import stages_last_year_and_now, transitions_table
from schemas import store
from schemas.impact import Comparison, CycleData, Status
from schemas.results import SCORE_CHANGE, ComparedBy, ScoreEffect

MOVES = transitions_table(FRAMEWORK)
ALL_INDICATORS = {c.id: len(c.indicators) for c in FRAMEWORK.commitments}
SAME = Comparison(ComparedBy.SAME_FRAMEWORK, "Sample 1.0", ALL_INDICATORS)
LINKED = Comparison(ComparedBy.LINKED, "Sample 0.9", {"leadership": 2, "workforce": 0})
BROKEN = Comparison(ComparedBy.NO_CROSSWALK, "Sample 0.9", dict.fromkeys(ALL_INDICATORS, 0))

CHANGES = [
    change("T1", 1, 1),
    change("T2", 1, 0),
    change("T3", 1, 2),
    change("T4", 3, 3),
    change("T5", 0, 1),
    change("C1", 2, 1),
    change("C7", 0, 1),  # provisional: not counted
    change("T1-D", 0, 3),  # a department: not counted again
    change("T3", 1, 2, "L2"),
]


def parted(key: str, **amounts: Fraction) -> list[dict[str, Any]]:
    """Rows of `score_change` of one partner's leadership; what is not given is nought."""
    before = Fraction(50)
    now = before + sum(amounts.values(), Fraction(0))
    return [
        {
            "cycle": "2025-26",
            "organisation_id": key,
            "previous_cycle": "2024-25",
            "commitment_id": "leadership",
            "effect": effect.value,
            "amount": float(amount := amounts.get(effect.value, Fraction(0))),
            "amount_numerator": amount.numerator,
            "amount_denominator": amount.denominator,
            "score_before": float(before),
            "score_now": float(now),
            "break_in_series": False,
        }
        for effect in ScoreEffect
    ]


THIRD = Fraction(100, 3)
PARTS = [
    *parted("T1"),
    *parted("T2", performance=-THIRD),
    *parted("T3", performance=THIRD, coverage=-THIRD / 2),
    *parted("T4", coverage=THIRD, applicability=-THIRD),
    *parted("T5", version=THIRD / 7),
    *parted("C1", performance=THIRD),
    *parted("C7", performance=THIRD),
    *parted("T1-D", performance=THIRD),
]


def data(**more: Any) -> CycleData:
    given: dict[str, Any] = {
        "changes": CHANGES,
        "comparison": SAME,
        "score_change": SCORE_CHANGE.validate(frame(store.score_change, PARTS)),
        **more,
    }
    return awkward(**given)


def leadership(table: pd.DataFrame, **keys: str) -> pd.DataFrame:
    wanted = {"commitment": "Leadership", **keys}
    return table[(table[list(wanted)] == pd.Series(wanted)).all(axis=1)]


def test_only_whole_partners_with_a_final_result_and_a_stage_last_year_are_counted() -> None:
    rows = leadership(stages_last_year_and_now(data()))
    assert rows["stage_before"].tolist() == ["0", "1", "2", "3"]
    assert rows["stage_before_name"].tolist() == [FRAMEWORK.stage_name(n) for n in range(4)]
    assert rows["n_before"].tolist() == [1, 3, 1, 1]
    moved = rows.set_index("stage_before")
    assert moved.loc["1", ["n_now_0", "n_now_1", "n_now_2", "n_now_3"]].tolist() == [1, 1, 1, 0]
    assert moved["n_not_confirmed"].tolist() == [1, 2, 1, 0]
    assert set(rows["n_matched"]) == {6}
    assert rows["matched_pct"].iloc[0] == pytest.approx(100 * 6 / 17)
    assert rows["n_missing"].iloc[0] == 11


def test_a_stage_at_which_nobody_was_has_noughts_and_a_commitment_without_a_panel_has_none() -> (
    None
):
    table = stages_last_year_and_now(data(changes=[change("T3", 1, 2)]))
    rows = leadership(table).set_index("stage_before")
    assert rows.loc["3", ["n_before", "n_now_0", "n_now_3"]].tolist() == [0, 0, 0]
    other = table[table["commitment"] == "Workforce"]
    assert other["n_before"].isna().all()
    assert set(other["n_before_status"]) == {Status.NOT_AVAILABLE}
    assert set(other["n_matched"]) == {0}


def test_the_parts_of_a_group_add_up_to_its_mean_change() -> None:
    rows = leadership(score_change_by_reason(data()))
    everyone = rows[rows["sector"] == "All"].iloc[0]
    assert everyone["n_matched"] == 6
    assert everyone[["n_score_up", "n_score_same", "n_score_down"]].tolist() == [3, 2, 1]
    # −1, 1 − 1/2, 0, 1/7 and 1 thirds of a hundred, among six.
    mean = float(THIRD * (Fraction(-1) + Fraction(1, 2) + Fraction(1, 7) + 1) / 6)
    assert everyone["change"] == pytest.approx(mean, rel=1e-15)
    assert everyone["performance"] == pytest.approx(float(THIRD / 6))
    assert everyone["coverage"] == pytest.approx(float(THIRD / 12))
    assert sum(everyone[e.value] for e in ScoreEffect) == pytest.approx(mean)
    trusts = rows[rows["sector"] == "Trust"].iloc[0]
    assert (trusts["n_matched"], trusts["applicability"]) == (5, pytest.approx(float(-THIRD / 5)))


def test_what_was_not_split_is_not_available_and_never_no_change() -> None:
    table = score_change_by_reason(data(score_change=None, comparison=None))
    assert table[list(NUMBERS)].isna().all(axis=None)
    assert Status.NOT_AVAILABLE in set(table["change_status"])
    assert set(table["comparison"]) == {
        "Not compared: it is not known how the year before was assessed."
    }


def test_a_group_that_is_too_small_is_withheld_and_cannot_be_worked_out() -> None:
    made = {"A25": stages_last_year_and_now(data()), "A26": score_change_by_reason(data())}
    shown = protect(made, (MOVES, SCORE_CHANGE_BY_REASON), POLICY).tables
    rows = leadership(shown["A26"]).set_index("sector")
    # One charity alone would be the difference between all and the trusts.
    assert rows.loc["Charity", "change_status"] == Status.CONFIDENTIAL
    assert rows.loc["Trust", "change_status"] == Status.CONFIDENTIAL
    assert rows.loc["All", list(NUMBERS)].notna().all()
    assert leadership(shown["A25"])["n_before"].notna().all()


def test_few_partners_who_are_not_named_withhold_moves_and_reasons() -> None:
    hidden = data(register=not_named("T3", "C1"))
    made = {"A25": stages_last_year_and_now(hidden), "A26": score_change_by_reason(hidden)}
    shown = protect(made, (MOVES, SCORE_CHANGE_BY_REASON), POLICY).tables
    assert leadership(shown["A25"])[["n_before", "n_now_1"]].isna().all(axis=None)
    assert leadership(shown["A26"], sector="All")[list(NUMBERS)].isna().all(axis=None)


def test_four_partners_are_too_few_to_be_shown() -> None:
    few = [c for c in CHANGES if c["organisation_id"] in ("T1", "T2", "T3", "T4")]
    made = {"A25": stages_last_year_and_now(data(changes=few))}
    rows = leadership(protect(made, (MOVES,), POLICY).tables["A25"])
    assert set(rows["n_matched"]) == {4}
    assert set(rows["n_before_status"]) == {Status.CONFIDENTIAL}


@pytest.fixture
def broken() -> list[dict[str, Any]]:
    """What was published, under two versions."""
    return [{**row, "break_in_series": True} for row in CHANGES]


def test_linked_years_are_counted_in_place_of_those_that_are_broken(
    broken: list[dict[str, Any]],
) -> None:
    moved = [{**change(f"T{n}", 2, 3), "break_in_series": True} for n in range(1, 6)]
    linked = data(
        changes=broken, comparison=LINKED, linked_change=frame(store.linked_change, moved)
    )
    table = stages_last_year_and_now(linked)
    rows = leadership(table)
    assert rows["n_before"].tolist() == [0, 0, 5, 0]
    assert rows["n_now_3"].tolist() == [0, 0, 5, 0]
    assert set(rows["break_in_series"]) == {"yes"}
    assert set(zip(rows["n_indicators_compared"], rows["n_indicators"], strict=True)) == {(2, 3)}
    assert rows["comparison"].iloc[0] == (
        "Linked: the framework changed from Sample 0.9 to Sample 1.0. Both years are compared on "
        "the indicators alone that ask the same in both."
    )
    other = table[table["commitment"] == "Workforce"]
    assert other["comparison"].iloc[0].endswith("and no core indicator here asks the same.")


def test_two_versions_without_a_crosswalk_have_no_number_and_the_reason(
    broken: list[dict[str, Any]],
) -> None:
    nothing = data(
        changes=broken,
        comparison=BROKEN,
        linked_change=frame(store.linked_change, []),
        score_change=frame(store.score_change, []),
    )
    for table, number in (
        (stages_last_year_and_now(nothing), "n_before"),
        (score_change_by_reason(nothing), "change"),
    ):
        assert table[number].isna().all()
        assert set(table["break_in_series"]) == {"yes"}
        assert set(table["comparison"]) == {
            "Not compared: the framework changed from Sample 0.9 to Sample 1.0, and it is not "
            "agreed which indicators ask the same."
        }


def test_the_first_cycle_says_that_there_is_no_year_before() -> None:
    first = data(
        changes=[],
        score_change=frame(store.score_change, []),
        comparison=Comparison(ComparedBy.FIRST_CYCLE, "", dict.fromkeys(ALL_INDICATORS, 0)),
    )
    table = stages_last_year_and_now(first)
    assert set(table["comparison"]) == {"Not compared: there is no year before."}
    assert set(table["break_in_series"]) == {"no"}
    assert set(table["n_before_status"]) == {Status.NOT_AVAILABLE}
