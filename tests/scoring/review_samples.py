"""Decisions of invented reviewers, for the tests of what is assured."""

from __future__ import annotations

from datetime import datetime

from remi.scoring.claims import Claim
from schemas.reviews import Decision, DecisionMade, Grade

CYCLE = "2025-26"


def decided(
    claim: Claim,
    decision: Decision = Decision.ACCEPTED,
    person: str = "ANNE",
    grade: Grade = Grade.DOCUMENTED,
    basis: str | None = None,
) -> DecisionMade:
    """What a reviewer says of this claim as it stands, or as it stood when it had this basis."""
    return DecisionMade(
        cycle=CYCLE,
        organisation_id=claim.organisation_id,
        submission_id=claim.submission_id,
        indicator_id=claim.indicator_id,
        stage=claim.stage,
        claim=claim.claim,
        basis=basis or claim.basis,
        decision=decision,
        grade=grade,
        reason=None if decision is Decision.ACCEPTED else "Not shown.",
        person_id=person,
        decided_at=datetime.fromisoformat("2025-12-10T09:00"),
    )


def accepted(claim: Claim, person: str = "ANNE") -> DecisionMade:
    """That a reviewer accepted this claim."""
    return decided(claim, person=person)
