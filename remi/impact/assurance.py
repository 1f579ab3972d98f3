"""What came of the review of each partner's commitments, for the tables that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from remi.impact.partners import Partner
from remi.scoring.assurance import ASSURED_ONLY
from remi.scoring.explain_words import number_words
from remi.scoring.robustness import Trial
from schemas.framework import Framework
from schemas.impact import CycleData
from schemas.reviews import ReviewStatus

NO_REVIEWER = "none yet"
NOT_FINISHED = "review not finished"

Review = Mapping[str, Any]
"""The columns of `assured_stage`."""

NOTHING: Review = {"status": ReviewStatus.NOT_REVIEWED.value}


@dataclass(frozen=True)
class Reviews:
    """Reviews by organisation and commitment; `known` says that the cycle has any."""

    rows: Mapping[tuple[str, str], Review]
    known: bool

    def of(self, partner: Partner, commitment_id: str) -> Review:
        """The review of a partner's commitment; not reviewed where there is none."""
        return self.rows.get((partner.id, commitment_id), NOTHING)

    def begun(self, partner: Partner, commitment_id: str) -> bool:
        """Whether a reviewer decided anything there."""
        return _begun(self.of(partner, commitment_id))

    def finished(self, partner: Partner, commitment_id: str) -> bool:
        """Whether nothing that is left to decide could change the assured stage."""
        return bool(self.of(partner, commitment_id)["status"] == ReviewStatus.REVIEWED.value)

    def confirmed(self, partner: Partner, commitment_id: str) -> bool:
        """Whether the very stage that is declared is assured."""
        row = self.of(partner, commitment_id)
        return self.finished(partner, commitment_id) and row["overclaim_gap"] == 0

    def reviewer(self, partner: Partner, commitment_id: str) -> str:
        """How many reviewers looked at it, in words."""
        if not self.begun(partner, commitment_id):
            return NO_REVIEWER
        if not self.finished(partner, commitment_id):
            return NOT_FINISHED
        n_reviewers = int(self.of(partner, commitment_id)["n_reviewers"])
        return number_words(n_reviewers, "reviewer", "reviewers")


def reviews(data: CycleData) -> Reviews:
    """The cycle's reviews, ready to be looked up."""
    assured = data.assured_stages
    found = {
        (str(row["organisation_id"]), str(row["commitment_id"])): {
            str(key): value for key, value in row.items()
        }
        for row in ([] if assured is None else assured.to_dict("records"))
        if row["level"] == "commitment"
    }
    return Reviews(found, any(_begun(row) for row in found.values()))


def assured_trial(framework: Framework) -> Trial:
    """The assured track as one more rule under which stages are given."""
    return Trial(ASSURED_ONLY, "Only what reviewers accepted", framework.scoring)


def _begun(row: Review) -> bool:
    return bool(row["status"] != ReviewStatus.NOT_REVIEWED.value)
