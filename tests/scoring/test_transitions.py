"""From which stage to which, counted over the organisations that have a stage in both years."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring_samples import answer_frame, collections, framework, indicator, organisation_frame

from remi.scoring.change import maturity_change
from remi.scoring.engine import ScoredCycle, score_cycle
from remi.scoring.transitions import matched_panel, transition_table
from schemas.framework import Framework
from schemas.results import MATURITY_CHANGE

OF = framework(
    {"leadership": [indicator("L1", n_stages=3)], "workforce": [indicator("W1", n_stages=3)]},
    n_stages=3,
)


def changes(*moves: tuple[str, str, int, int, bool], broken: bool = False) -> pd.DataFrame:
    """Rows of `maturity_change`: organisation, commitment, stage before, stage now, confirmed."""
    rows = [
        {
            "cycle": "2025-26",
            "organisation_id": organisation,
            "previous_cycle": "2024-25",
            "level": "commitment",
            "commitment_id": commitment,
            "indicator_id": None,
            "stage_before": before,
            "stage_now": now,
            "change": now - before,
            "direction": "up" if now > before else "down" if now < before else "same",
            "confirmed": confirmed,
            "break_in_series": broken,
        }
        for organisation, commitment, before, now, confirmed in moves
    ]
    return MATURITY_CHANGE.validate(pd.DataFrame(rows, columns=list(MATURITY_CHANGE.columns)))


MOVES = changes(
    ("A", "leadership", 1, 2, False),
    ("B", "leadership", 1, 2, True),
    ("C", "leadership", 3, 3, False),
    ("D", "leadership", 3, 0, False),
    ("A", "workforce", 0, 0, False),
)


def cell(table: pd.DataFrame, commitment: str, before: int, now: int) -> tuple[int, int]:
    found = table[
        (table["commitment_id"] == commitment)
        & (table["stage_before"] == before)
        & (table["stage_now"] == now)
    ]
    assert len(found) == 1
    return int(found["n"].iloc[0]), int(found["n_not_confirmed"].iloc[0])


def test_each_organisation_is_counted_where_it_came_from_and_where_it_is() -> None:
    table = transition_table(MOVES, OF)
    assert cell(table, "leadership", 1, 2) == (2, 1)
    assert cell(table, "leadership", 3, 3) == (1, 0)
    assert cell(table, "leadership", 3, 0) == (1, 1)
    assert cell(table, "workforce", 0, 0) == (1, 0)
    assert table["n"].sum() == 5


def test_every_pair_of_stages_has_a_row_and_an_empty_one_is_nought() -> None:
    table = transition_table(changes(), OF)
    keys = table[["commitment_id", "stage_before", "stage_now"]]
    assert list(keys.itertuples(index=False, name=None)) == [
        (c, before, now)
        for c in ("leadership", "workforce")
        for before in range(4)
        for now in range(4)
    ]
    assert table["n"].tolist() == [0] * 32
    assert table.dtypes.map(str).to_dict() == {
        "commitment_id": "str",
        **dict.fromkeys(["stage_before", "stage_now", "n", "n_not_confirmed"], "Int64"),
    }


def test_one_stage_up_or_down_without_a_review_is_within_noise_and_two_are_only_unconfirmed() -> (
    None
):
    panel = matched_panel(MOVES, OF).set_index("commitment_id")
    assert panel.loc["leadership"].to_dict() == {
        "n_matched": 4,
        "n_up": 2,
        "n_same": 1,
        "n_down": 1,
        "n_not_confirmed": 2,
        "n_within_noise": 1,
        "n_broken": 0,
    }


def test_staying_needs_no_confirmation() -> None:
    panel = matched_panel(MOVES, OF).set_index("commitment_id")
    assert panel.loc["workforce", ["n_same", "n_not_confirmed"]].tolist() == [1, 0]


def test_where_the_framework_version_changed_nothing_is_counted_as_a_move() -> None:
    broken = changes(("A", "leadership", 1, 2, True), broken=True)
    assert transition_table(broken, OF)["n"].sum() == 0
    panel = matched_panel(broken, OF).set_index("commitment_id")
    assert panel.loc["leadership", ["n_matched", "n_up", "n_broken"]].tolist() == [0, 0, 1]


def test_indicators_are_not_counted_as_commitments() -> None:
    row = changes(("A", "leadership", 1, 2, False)).assign(level="indicator", indicator_id="L1")
    assert transition_table(row, OF)["n"].sum() == 0


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ([("A", "elsewhere", 1, 2, False)], "commitments that are not in the framework"),
        ([("A", "leadership", 1, 4, False)], "stages that are not in the framework"),
        (
            [("A", "leadership", 1, 2, False), ("A", "leadership", 1, 1, False)],
            "counted twice: leadership of organisation A",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused_with_its_organisation(
    moves: list[tuple[str, str, int, int, bool]], words: str
) -> None:
    rows = pd.concat([changes(move) for move in moves], ignore_index=True)
    for count in (transition_table, matched_panel):
        with pytest.raises(ValueError, match=words):
            count(rows, OF)


@st.composite
def two_cycles(draw: st.DrawFn) -> tuple[Framework, ScoredCycle, ScoredCycle]:
    """Two years of any small framework: this year's sheets were last year's of someone else."""
    of, sheets, sectors = draw(collections(most=5))
    organisations = organisation_frame(sectors)
    others = list(sheets)
    shuffled = dict(zip(others, draw(st.permutations(others)), strict=True))
    before = {
        o: sheets[shuffled[o]] if sectors[o] == sectors[shuffled[o]] else sheets[o] for o in others
    }
    scored = [
        score_cycle(answer_frame(s, of, cycle=cycle), organisations, of, cycle, "hash")
        for cycle, s in (("2025-26", sheets), ("2024-25", before))
    ]
    return of, scored[0], scored[1]


@settings(deadline=None)
@given(two_cycles())
def test_the_matrix_adds_up_to_the_matched_panel_and_to_the_changes(
    years: tuple[Framework, ScoredCycle, ScoredCycle],
) -> None:
    of, now, before = years
    rows = maturity_change(now, before, frozenset())
    table, panel = transition_table(rows, of), matched_panel(rows, of)
    direction = table["stage_now"] - table["stage_before"]
    for name, cells in (
        ("n_matched", table),
        ("n_up", table[direction > 0]),
        ("n_same", table[direction == 0]),
        ("n_down", table[direction < 0]),
    ):
        sums = cells.groupby("commitment_id", sort=False)["n"].sum()
        assert sums.tolist() == panel[name].tolist()
    unconfirmed = table.groupby("commitment_id", sort=False)["n_not_confirmed"].sum()
    assert unconfirmed.tolist() == panel["n_not_confirmed"].tolist()
    assert panel["n_matched"].sum() == (rows["level"] == "commitment").sum()
    back = matched_panel(maturity_change(before, now, frozenset()), of)
    assert back["n_up"].tolist() == panel["n_down"].tolist()
