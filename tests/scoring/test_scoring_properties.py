"""What holds of every framework and every set of answers."""

from __future__ import annotations

from random import Random

import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scoring_samples import CYCLE, Sheets, answer_frame, collections, organisation_frame

from remi.scoring.engine import ScoredCycle, score_cycle
from schemas.framework import Framework

Drawn = tuple[Framework, Sheets, dict[str, str]]
FRAMES = ("indicator_stages", "commitment_stages", "organisation_profiles")
KEYS = {
    "indicator_stages": ["organisation_id", "indicator_id"],
    "commitment_stages": ["organisation_id", "commitment_id"],
}
any_case = settings(max_examples=50, deadline=None)


def score(framework: Framework, sheets: Sheets, sectors: dict[str, str]) -> ScoredCycle:
    answers = answer_frame(sheets, framework)
    return score_cycle(answers, organisation_frame(sectors), framework, CYCLE, "hash")


def changed(draw: st.DataObject, sheets: Sheets, old: set[str], new: list[str]) -> Sheets:
    """The same sheets with one answer that was among `old` now among `new`."""
    places = [
        (organisation, indicator, place)
        for organisation, states_of in sheets.items()
        for indicator, states in states_of.items()
        for place, state in enumerate(states)
        if state in old
    ]
    assume(places)
    organisation, indicator, place = draw.draw(st.sampled_from(places))
    copy = {o: {i: list(states) for i, states in s.items()} for o, s in sheets.items()}
    copy[organisation][indicator][place] = draw.draw(st.sampled_from(new))
    return copy


def assert_never_lower(
    before: ScoredCycle, after: ScoredCycle, columns: tuple[str, ...] = ("stage", "floor_stage")
) -> None:
    """No figure there before is missing or lower after."""
    for name, keys in KEYS.items():
        both = getattr(before, name).merge(getattr(after, name), on=keys, suffixes=("", "_after"))
        for column in columns:
            if column in both:
                there = both[both[column].notna()]
                assert (there[f"{column}_after"] >= there[column]).fillna(False).all()


@any_case
@given(collections(), st.data())
def test_meeting_one_more_criterion_never_lowers_a_stage(drawn: Drawn, data: st.DataObject) -> None:
    framework, sheets, sectors = drawn
    raised = changed(data, sheets, {"not_met", "part", "not_needed", "unanswered"}, ["met"])
    assert_never_lower(score(framework, sheets, sectors), score(framework, raised, sectors))


@any_case
@given(collections(), st.data())
def test_meeting_a_criterion_that_was_answered_never_lowers_the_score(
    drawn: Drawn, data: st.DataObject
) -> None:
    framework, sheets, sectors = drawn
    raised = changed(data, sheets, {"not_met", "part", "not_needed"}, ["met"])
    before, after = score(framework, sheets, sectors), score(framework, raised, sectors)
    assert_never_lower(before, after, ("score", "score_low", "score_high"))


@any_case
@given(collections(), st.data())
def test_filling_a_blank_never_lowers_a_stage(drawn: Drawn, data: st.DataObject) -> None:
    framework, sheets, sectors = drawn
    filled = changed(data, sheets, {"unanswered"}, ["met", "part", "not_met"])
    assert_never_lower(score(framework, sheets, sectors), score(framework, filled, sectors))


@any_case
@given(collections(), st.data())
def test_meeting_what_was_called_not_applicable_never_lowers_a_stage(
    drawn: Drawn, data: st.DataObject
) -> None:
    framework, sheets, sectors = drawn
    met = changed(data, sheets, {"not_applicable"}, ["met"])
    assert_never_lower(score(framework, sheets, sectors), score(framework, met, sectors))


@any_case
@given(collections(), st.data())
def test_answers_filled_in_later_land_between_the_bounds(drawn: Drawn, data: st.DataObject) -> None:
    framework, sheets, sectors = drawn
    complete = {
        o: {
            i: [
                data.draw(st.sampled_from(["met", "not_met"])) if s == "unanswered" else s
                for s in states
            ]
            for i, states in of_one.items()
        }
        for o, of_one in sheets.items()
    }
    before = score(framework, sheets, sectors).commitment_stages
    after = score(framework, complete, sectors).commitment_stages
    known = after["score"].notna()
    assert (before["score_low"] <= after["score"])[known].all()
    assert (after["score"] <= before["score_high"])[known].all()


@any_case
@given(collections())
def test_the_score_lies_between_its_bounds_and_the_floor_not_above_the_stage(drawn: Drawn) -> None:
    result = score(*drawn)
    rows = result.commitment_stages
    scored = rows[rows["score"].notna()]
    assert (scored["score_low"] <= scored["score"]).all()
    assert (scored["score"] <= scored["score_high"]).all()
    for name in KEYS:
        staged = getattr(result, name)
        staged = staged[staged["stage"].notna()]
        assert (staged["floor_stage"] <= staged["stage"]).all()


@any_case
@given(collections())
def test_a_blank_sheet_is_never_read_as_zero(drawn: Drawn) -> None:
    framework, sheets, sectors = drawn
    blank = {
        o: {i: ["unanswered"] * len(states) for i, states in of_one.items()}
        for o, of_one in sheets.items()
    }
    result = score(framework, blank, sectors)
    for name in KEYS:
        frame = getattr(result, name)
        assert (frame["status"] == "not_assessed").all()
        assert frame["stage"].isna().all()
    assert result.commitment_stages["score"].isna().all()
    assert result.organisation_profiles["lowest_stage"].isna().all()


@any_case
@given(collections())
def test_an_organisation_scores_the_same_alone_as_among_others(drawn: Drawn) -> None:
    framework, sheets, sectors = drawn
    together = score(framework, sheets, sectors)
    for organisation in sheets:
        alone = score(framework, {organisation: sheets[organisation]}, sectors)
        for name in FRAMES:
            frame = getattr(together, name)
            part = frame[frame["organisation_id"] == organisation].reset_index(drop=True)
            pd.testing.assert_frame_equal(part, getattr(alone, name))


@any_case
@given(collections(), st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_nothing(drawn: Drawn, random: Random) -> None:
    framework, sheets, sectors = drawn
    answers = answer_frame(sheets, framework)
    organisations = organisation_frame(sectors)
    order = list(range(len(answers)))
    random.shuffle(order)
    shuffled = answers.iloc[order]
    one = score_cycle(answers, organisations, framework, CYCLE, "hash")
    other = score_cycle(shuffled, organisations.iloc[::-1], framework, CYCLE, "hash")
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


@any_case
@given(collections())
def test_a_row_left_out_is_the_same_as_a_criterion_left_blank(drawn: Drawn) -> None:
    framework, sheets, sectors = drawn
    answers = answer_frame(sheets, framework)
    kept = answers[answers["answer"] != "unanswered"]
    kept = answers[answers["organisation_id"].isin(kept["organisation_id"])]
    short = kept[kept["answer"] != "unanswered"]
    organisations = organisation_frame(sectors)
    full = score_cycle(kept, organisations, framework, CYCLE, "hash")
    thin = score_cycle(short, organisations, framework, CYCLE, "hash")
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(full, name), getattr(thin, name))
