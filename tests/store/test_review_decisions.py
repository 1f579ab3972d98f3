"""What reviewers decide is only ever added, in order, and never over something unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from remi.store.objects import Objects
from remi.store.people import add_person
from remi.store.reviews import DecidedSinceError, decide, decisions_of, reviewer_names
from remi.store.submissions import receive
from schemas.reviews import Decision, DecisionMade, Grade

CYCLE = "2025-26"
MOMENT = datetime.fromisoformat("2025-12-10T09:00")


@pytest.fixture
def made(engine: Engine, tmp_path: Path) -> DecisionMade:
    """A decision that can be kept: its submission and its reviewer are there."""
    objects = Objects(f"file://{tmp_path}/objects")
    sent = receive(
        engine, objects, CYCLE, "a.xlsx", b"a", "test", datetime(2025, 11, 1, tzinfo=UTC)
    )
    person_id = add_person(engine, "anne@collaboration.example", "Anne", MOMENT)
    return DecisionMade(
        cycle=CYCLE,
        organisation_id="DEMO-T01",
        submission_id=sent.submission_id,
        indicator_id="L1",
        stage=2,
        claim="met",
        basis="a" * 64,
        decision=Decision.NOT_ACCEPTED,
        grade=Grade.DESCRIBED,
        reason="It shows “a plan” ﷺ \x00 only.",
        person_id=person_id,
        decided_at=MOMENT,
    )


def test_a_later_decision_is_added_and_the_earlier_one_stays(
    engine: Engine, made: DecisionMade
) -> None:
    decide(engine, [made])
    (first,) = decisions_of(engine, CYCLE)
    assert replace(first, decision_id=None) == replace(
        made, reason="It shows “a plan” ﷺ \\x00 only."
    )
    later = replace(made, decision=Decision.ACCEPTED, grade=Grade.VERIFIED, reason=None)
    decide(engine, [later])
    kept = decisions_of(engine, CYCLE)
    assert [one.decision for one in kept] == [Decision.NOT_ACCEPTED, Decision.ACCEPTED]
    assert kept[0] == first


def test_decisions_are_those_of_one_cycle_and_if_asked_of_one_organisation(
    engine: Engine, made: DecisionMade
) -> None:
    decide(engine, [made, replace(made, organisation_id="DEMO-T02")])
    assert len(decisions_of(engine, CYCLE)) == 2
    assert [o.organisation_id for o in decisions_of(engine, CYCLE, "DEMO-T02")] == ["DEMO-T02"]
    assert decisions_of(engine, "2024-25") == []


def test_nothing_is_kept_where_somebody_decided_in_the_meantime(
    engine: Engine, made: DecisionMade
) -> None:
    other = replace(made, stage=3)
    decide(engine, [made], known={})
    with pytest.raises(DecidedSinceError) as told:
        decide(engine, [other, made], known={("L1", 2): 0})
    assert told.value.places == {("L1", 2)}
    assert len(decisions_of(engine, CYCLE)) == 1
    (seen,) = decisions_of(engine, CYCLE)
    assert seen.decision_id is not None
    decide(engine, [other, made], known={("L1", 2): seen.decision_id, ("L1", 3): 0})
    assert len(decisions_of(engine, CYCLE)) == 3


def test_a_decision_of_another_organisation_is_no_news(engine: Engine, made: DecisionMade) -> None:
    decide(engine, [replace(made, organisation_id="DEMO-T02")])
    decide(engine, [made], known={("L1", 2): 0})
    assert len(decisions_of(engine, CYCLE, "DEMO-T01")) == 1


def test_reviewers_are_called_by_name_or_else_by_address(
    engine: Engine, made: DecisionMade
) -> None:
    nameless = add_person(engine, "ben@collaboration.example", None, MOMENT)
    decide(engine, [made, replace(made, person_id=nameless)])
    assert reviewer_names(engine, CYCLE, "DEMO-T01") == {
        made.person_id: "Anne",
        nameless: "ben@collaboration.example",
    }
    assert reviewer_names(engine, CYCLE, "DEMO-T02") == {}
