"""What reviewers assured, in the tables for leaders, and what of it may be published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from impact_samples import CYCLE, FRAMEWORK, POLICY, SHEETS, awkward

from remi.disclosure.protect import protect
from remi.impact.evidenced import evidence_and_assurance
from remi.impact.index import london_picture, london_table
from remi.impact.positions import POSITIONS, partner_positions
from remi.impact.robustness import stages_under_other_rules
from remi.scoring.assurance import ASSURED_ONLY, assured_only
from remi.scoring.robustness import stage_sensitivity
from schemas.impact import CycleData, Status
from schemas.reviews import ASSURED_STAGES, ReviewStatus

FINISHED, BEGUN = ReviewStatus.REVIEWED, ReviewStatus.IN_REVIEW


def review(
    key: str, declared: int, assured: int | None, status: ReviewStatus = FINISHED, people: int = 1
) -> dict[str, Any]:
    """A row of `assured_stage` about leadership."""
    known = assured is not None
    return {
        "cycle": CYCLE.id,
        "organisation_id": key,
        "submission_id": f"S-{key}",
        "level": "commitment",
        "commitment_id": "leadership",
        "indicator_id": None,
        "status": status.value,
        "declared_stage": declared,
        "assured_stage": assured,
        "overclaim_gap": declared - assured if assured is not None else None,
        "n_claims": 6,
        "n_decided": 6 if known else 2,
        "n_accepted": 2,
        "n_met": 6,
        "n_met_accepted": 2,
        "n_met_verified": 1,
        "n_reviewers": people,
        "framework_version": "sample 1.0",
        "engine_version": "1",
        "input_hash": "hash",
    }


REVIEWS = [
    review("T1", 1, 1, people=2),
    review("T3", 2, 0),
    review("T4", 3, None, BEGUN),
    review("C1", 1, 1),
]


def reviewed(rows: list[dict[str, Any]] = REVIEWS, **more: Any) -> CycleData:
    frame = pd.DataFrame(rows, columns=list(ASSURED_STAGES.columns))
    return awkward(assured_stages=ASSURED_STAGES.validate(frame), **more)


def of(frame: pd.DataFrame, **keys: str) -> Mapping[str, Any]:
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return {str(k): v for k, v in frame.iloc[0].items()}


def test_assured_stage_and_gap_stand_beside_the_declared_one_where_a_review_is_finished() -> None:
    made = partner_positions(reviewed())
    sure = of(made, organisation_id="T1", commitment="Leadership")
    less = of(made, organisation_id="T3", commitment="Leadership")
    assert (sure["assured_stage"], sure["overclaim_gap"]) == (1, 0)
    assert (less["declared_stage"], less["assured_stage"], less["overclaim_gap"]) == (2, 0, 2)
    assert (sure["reviewer_type"], less["reviewer_type"]) == ("two reviewers", "one reviewer")


def test_a_review_that_is_not_finished_gives_no_stage_and_says_so() -> None:
    made = partner_positions(reviewed())
    begun = of(made, organisation_id="T4", commitment="Leadership")
    never = of(made, organisation_id="T2", commitment="Leadership")
    for one in (begun, never):
        assert (one["assured_stage_status"], one["overclaim_gap_status"]) == ("x", "x")
    assert begun["reviewer_type"] == "review not finished"
    assert never["reviewer_type"] == "none yet"


def test_london_counts_those_reviewed_and_those_whose_very_stage_was_confirmed() -> None:
    picture = london_picture(reviewed())
    everyone = of(picture, commitment="Leadership", breakdown="All partners")
    assert (everyone["n_reviewed"], everyone["n_assured"]) == (3, 2)
    other = of(picture, commitment="Workforce", breakdown="All partners")
    assert (other["n_reviewed"], other["n_assured"]) == (0, 0)


def test_without_any_review_in_the_cycle_the_counts_are_not_available_and_not_nought() -> None:
    for data in (awkward(), reviewed([review("T1", 1, None, ReviewStatus.NOT_REVIEWED)])):
        everyone = of(london_picture(data), commitment="Leadership", breakdown="All partners")
        assert everyone["n_assured_status"] == Status.NOT_AVAILABLE
        assert everyone["n_reviewed_status"] == Status.NOT_AVAILABLE


def test_evidence_says_how_much_was_accepted_and_how_much_nobody_verified() -> None:
    made = evidence_and_assurance(reviewed())
    own = of(made, organisation_id="T1", commitment="Leadership")
    assert (own["n_peer_reviewed"], own["n_unverified"]) == (2, 5)
    assert own["unverified_pct"] == 100 * 5 / 6
    unknown = of(made, organisation_id="T2", commitment="Leadership")
    assert unknown["n_peer_reviewed_status"] == "x"


def test_only_what_reviewers_accepted_is_one_more_rule_once_a_review_has_begun() -> None:
    data = reviewed()
    assert data.assured_stages is not None
    tried = stage_sensitivity(data.answers, data.organisations, FRAMEWORK, CYCLE.id)
    sensitivity = assured_only(tried, data.commitment_stages, data.assured_stages)
    assert set(sensitivity["alternative"]) > {ASSURED_ONLY}
    table = stages_under_other_rules(reviewed(stage_sensitivity=sensitivity))
    own = of(table, alternative="Only what reviewers accepted", commitment="Leadership")
    assert (own["n_assessed"], own["n_change"], own["n_lower"]) == (3, 1, 1)
    before = stages_under_other_rules(awkward(stage_sensitivity=tried))
    assert "Only what reviewers accepted" not in set(before["alternative"])


def test_a_partner_who_is_not_named_shows_no_review_and_a_small_group_none_either() -> None:
    data = reviewed([review(key, 1, 1) for key in SHEETS if key.startswith(("T", "C"))])
    tables = {"A01": partner_positions(data), "A02": london_picture(data)}
    published = protect(tables, [POSITIONS, london_table(FRAMEWORK)], POLICY).tables
    together = published["A01"][published["A01"]["organisation_name"] == "Partners not named"]
    assert set(together["assured_stage_status"].dropna()) <= {"c"}
    assert set(together["reviewer_type"]) <= {"not shown"}
    picture = published["A02"][published["A02"]["commitment"] == "Leadership"]
    small = picture[(picture["n_base"] > 0) & (picture["n_base"] < POLICY.smallest_group)]
    assert len(small)
    assert (small["n_assured_status"] == "c").all()
    assert (small["n_reviewed_status"] == "c").all()
