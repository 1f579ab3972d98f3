"""Ranks with their ranges, and pairs whose order nothing can reverse."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_evaluation import states_of
from model_strategies import models, sheets
from small_models import mean, rows

from remi.scoring.model.plan import compiled
from remi.scoring.model.ranks import EQUAL, Ranking, ranking
from remi.scoring.model.uncertainty import Simulation, Varied, simulate

any_case = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NAMES = "ABCDEFGHIJ"


def ranked(*organisations: str, varied: Varied | None = None) -> Ranking:
    plan, states = mean(len(organisations[0])), rows(*organisations)
    (found,) = simulate(plan, states, ["whole"], 1, varied, n_draws=20)
    return ranking(found, plan, states, list(NAMES[: len(states)]))


def of_draws(*draws: list[float]) -> dict[str, tuple[int, int, int]]:
    """The ranks of these scores, the nominal ones first: rank, low, high."""
    made = np.array(draws)
    simulation = Simulation("whole", made[0], made, 1, Varied())
    states = np.zeros((made.shape[1], 1), dtype=np.int8)
    frame = ranking(simulation, mean(1), states, list(NAMES[: made.shape[1]])).frame
    return {
        row["organisation_id"]: (row["rank"], row["rank_low"], row["rank_high"])
        for row in frame.to_dict("records")
    }


def test_equal_scores_share_a_rank_and_leave_the_next_free() -> None:
    found = of_draws([0.2, 0.9, 0.5, 0.5])
    assert {one: rank for one, (rank, _, _) in found.items()} == {"B": 1, "C": 2, "D": 2, "A": 4}


def test_scores_are_equal_up_to_the_nearness_of_floats_and_no_further() -> None:
    found = of_draws([0.5, 0.5 + EQUAL / 2, 0.3, 0.3 + EQUAL * 2])
    assert [found[one][0] for one in "ABCD"] == [1, 1, 4, 3]
    assert [rank for rank, _, _ in of_draws([0.0, EQUAL]).values()] == [1, 1]


def test_ranks_are_taken_before_scores_are_rounded() -> None:
    # Both are 50.1 when shown.
    assert [found[0] for found in of_draws([0.5012, 0.5013]).values()] == [1, 2]


def test_a_range_runs_from_p5_to_p95_of_the_ranks_drawn() -> None:
    # A is first in 9 of 10 draws and last in one.
    draws = [[0.9, 0.5, 0.1]] * 9 + [[0.0, 0.5, 0.1]]
    assert of_draws(*draws) == {"A": (1, 1, 3), "B": (2, 1, 2), "C": (3, 2, 3)}
    # In one of 40 it is not seen between P5 and P95.
    draws = [[0.9, 0.5, 0.1]] * 39 + [[0.0, 0.5, 0.1]]
    assert of_draws(*draws) == {"A": (1, 1, 1), "B": (2, 2, 2), "C": (3, 3, 3)}


@any_case
@given(st.data(), st.integers(0, 9))
def test_every_rank_lies_in_its_range_and_none_is_beyond_the_number_of_organisations(
    data: st.DataObject, seed: int
) -> None:
    model = data.draw(models(end=Fraction(1)))
    states = states_of(model, data.draw(st.lists(sheets(model), min_size=1, max_size=5)))
    plan, names = compiled(model), list(NAMES[: len(states)])
    (simulation,) = simulate(plan, states, [model.root.id], seed, n_draws=12)
    found = ranking(simulation, plan, states, names)
    frame = found.frame
    assert sorted([*frame["organisation_id"], *found.unranked]) == names
    assert (frame["rank_low"] >= 1).all()
    assert (frame["rank_low"] <= frame["rank"]).all()
    assert (frame["rank"] <= frame["rank_high"]).all()
    assert (frame["rank_high"] <= len(frame)).all()
    assert (frame["score_low"] <= frame["score"]).all()
    assert (frame["score"] <= frame["score_high"]).all()
    scores = dict(zip(frame["organisation_id"], frame["score"], strict=True))
    for row in frame.to_dict("records"):
        higher = sum(other > row["score"] + EQUAL for other in scores.values())
        assert row["rank"] == higher + 1
    (again,) = simulate(plan, states, [model.root.id], seed, n_draws=12)
    repeated = ranking(again, plan, states, names).frame
    assert frame.to_csv() == repeated.to_csv()


def test_with_nothing_varied_a_range_is_its_rank() -> None:
    still = Varied(values=False, weights=False, powers=False, questions=False, unanswered=False)
    frame = ranked("444", "211", "013", varied=still).frame
    assert frame["rank"].tolist() == [1, 2, 2]
    assert (frame["rank_low"] == frame["rank"]).all()
    assert (frame["rank_high"] == frame["rank"]).all()


def test_organisations_without_a_score_have_no_rank_and_are_named() -> None:
    found = ranked("44", "__", "00")
    assert found.unranked == ("B",)
    assert found.frame["organisation_id"].tolist() == ["A", "C"]
    assert found.n_pairs == 1


@pytest.mark.parametrize(
    ("one", "other", "settled"),
    [
        ("22", "21", 1),
        ("12", "22", 1),
        ("22", "22", 0),
        ("31", "13", 0),
        ("2_", "14", 1),
        ("2_", "_1", 0),
        ("2n", "24", 0),
    ],
)
def test_a_pair_is_settled_if_one_is_nowhere_lower_and_somewhere_higher(
    one: str, other: str, settled: int
) -> None:
    found = ranked(one, other)
    assert (found.n_settled, found.n_pairs) == (settled, 1)


@any_case
@given(st.lists(st.text("01234", min_size=3, max_size=3), min_size=1, max_size=6), st.data())
def test_no_weighting_reverses_a_settled_pair(sheets: list[str], data: st.DataObject) -> None:
    settled = [
        (a, b)
        for a, b in combinations(sheets, 2)
        if a != b
        and (
            all(x >= y for x, y in zip(a, b, strict=True))
            or all(x <= y for x, y in zip(a, b, strict=True))
        )
    ]
    assert ranked(*sheets).n_settled == len(settled)
    weights = data.draw(st.lists(st.integers(0, 9), min_size=3, max_size=3))

    def score(sheet: str) -> int:
        return sum(w * int(answer) for w, answer in zip(weights, sheet, strict=True))

    for a, b in settled:
        high, low = (a, b) if a > b else (b, a)
        assert score(high) >= score(low)


def test_a_ranking_says_what_it_does_not_mean() -> None:
    found = ranked("44", "00")
    assert "means nothing" in found.warning
    assert "sample" in found.statement
