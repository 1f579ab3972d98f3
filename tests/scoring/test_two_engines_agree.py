"""The engine that scores all organisations at once, against one that takes them one by one."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd
import reference
from hypothesis import HealthCheck, given, settings
from scoring_samples import CYCLE, Sheets, answer_frame, collections, organisation_frame

from remi.scoring import engine
from remi.scoring.engine import score_cycle
from schemas.framework import Framework

Drawn = tuple[Framework, Sheets, dict[str, str]]


def rows(
    frame: pd.DataFrame, organisation: str, columns: list[str]
) -> list[dict[Hashable, object]]:
    of_one = frame.loc[frame["organisation_id"] == organisation, columns]
    return of_one.astype(object).where(of_one.notna(), None).to_dict("records")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(collections())
def test_both_engines_give_the_same_stages_scores_and_profiles(drawn: Drawn) -> None:
    framework, sheets, sectors = drawn
    answers = answer_frame(sheets, framework)
    result = score_cycle(answers, organisation_frame(sectors), framework, CYCLE, "hash")
    for organisation, states in sheets.items():
        indicators, commitments, profile = reference.score_organisation(states, framework)
        if profile is None:
            assert organisation not in set(result.organisation_profiles["organisation_id"])
            continue
        for expected, frame in (
            (indicators, result.indicator_stages),
            (commitments, result.commitment_stages),
            ([profile], result.organisation_profiles),
        ):
            assert rows(frame, organisation, list(expected[0])) == expected


@settings(max_examples=50, deadline=None)
@given(collections(most=6))
def test_taking_organisations_some_at_a_time_changes_nothing(drawn: Drawn) -> None:
    framework, sheets, sectors = drawn
    answers = answer_frame(sheets, framework)
    organisations = organisation_frame(sectors)
    at_once = score_cycle(answers, organisations, framework, CYCLE, "hash")
    usual, engine.CHUNK = engine.CHUNK, 2
    try:
        by_two = score_cycle(answers, organisations, framework, CYCLE, "hash")
    finally:
        engine.CHUNK = usual
    pd.testing.assert_frame_equal(at_once.commitment_stages, by_two.commitment_stages)
    pd.testing.assert_frame_equal(at_once.indicator_stages, by_two.indicator_stages)
    pd.testing.assert_frame_equal(at_once.organisation_profiles, by_two.organisation_profiles)
