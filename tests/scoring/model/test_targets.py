"""How far organisations have come: no credit beyond a target, and no blank read as zero."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from remi.scoring.model.targets import Way, percent_to_target, progress_to_date

NODES = ("a", "b", "c")
scores = st.fixed_dictionaries(
    {node: st.fractions(0, 3, max_denominator=12) for node in NODES}
) | st.fixed_dictionaries({node: st.floats(0, 3) for node in NODES})
Scores = dict[str, Fraction | float]


def share(way: Way) -> Fraction:
    assert way.share is not None, way.reason
    return way.share


def test_gaps_are_taken_from_the_sum_of_the_targets() -> None:
    # Lacking are 1 of 2 and 1/2 of 1; 3 where 1 was wanted makes up for nothing.
    current, target = {"a": 1, "b": 0.5, "c": 3}, {"a": 2, "b": 1, "c": 1}
    assert percent_to_target(current, target) == Way(Fraction(5, 8))


def test_progress_is_the_part_of_the_way_from_the_baseline() -> None:
    assert progress_to_date({"a": 1}, {"a": Fraction(3, 2)}, {"a": 3}) == Way(Fraction(1, 4))
    assert progress_to_date({"a": 1}, {"a": 0}, {"a": 3}) == Way(Fraction(-1, 2))
    assert progress_to_date({"a": 1}, {"a": 4}, {"a": 3}) == Way(Fraction(1))


@given(scores, scores)
def test_the_share_is_from_0_to_1_and_1_only_without_a_gap(current: Scores, target: Scores) -> None:
    assume(any(target.values()))
    found = share(percent_to_target(current, target))
    assert 0 <= found <= 1
    assert (found == 1) == all(current[node] >= target[node] for node in NODES)


@given(scores, scores, st.sampled_from(NODES), st.floats(0, 3))
def test_nothing_beyond_a_target_counts(
    current: Scores, target: Scores, node: str, more: float
) -> None:
    assume(any(target.values()))
    at_target = {**current, node: target[node]}
    beyond = {**current, node: Fraction(target[node]) + Fraction(more)}
    assert percent_to_target(beyond, target) == percent_to_target(at_target, target)
    if share(percent_to_target(current, target)) < 1:
        assert progress_to_date(current, beyond, target) == progress_to_date(
            current, at_target, target
        )


@given(scores, scores)
def test_no_step_is_no_progress_and_every_target_is_the_whole_way(
    baseline: Scores, target: Scores
) -> None:
    assume(any(baseline[node] < target[node] for node in NODES))
    assert share(progress_to_date(baseline, baseline, target)) == 0
    assert share(progress_to_date(baseline, target, target)) == 1


@given(scores, scores, scores)
def test_progress_is_1_only_without_a_gap(
    baseline: Scores, current: Scores, target: Scores
) -> None:
    assume(any(baseline[node] < target[node] for node in NODES))
    found = share(progress_to_date(baseline, current, target))
    assert found <= 1
    assert (found == 1) == all(current[node] >= target[node] for node in NODES)


def test_a_score_that_is_not_there_is_not_0() -> None:
    found = percent_to_target({"a": 1, "b": None}, {"a": 2, "b": 1, "c": 1})
    assert found.share is None
    assert "b, c" in found.reason
    start = progress_to_date({"a": None}, {"a": 1}, {"a": 2})
    assert start.share is None
    assert "at the start" in start.reason


def test_without_a_way_to_go_there_is_a_reason_and_no_share() -> None:
    assert percent_to_target({"a": 1}, {"a": 0}).reason.startswith("No target")
    assert progress_to_date({"a": 2}, {"a": 2}, {"a": 2}).reason.startswith("Every target")


def test_what_lies_outside_the_targets_is_not_counted() -> None:
    assert percent_to_target({"a": 1, "b": 0}, {"a": 1}) == Way(Fraction(1))


def test_a_number_below_0_is_refused() -> None:
    with pytest.raises(ValueError, match="that of a is"):
        percent_to_target({"a": -1}, {"a": 1})
