"""What an organisation is told of the review of its return: how far it is, and what is asked of it.

Reviewers are not named here. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remi.impact.index import indicator_words
from remi.impact.status import stage_words
from remi.portal.review_view import OUTCOMES
from remi.scoring.reviewed import Reviewed
from schemas.framework import Framework
from schemas.reviews import DECIDED, Decision, Outcome

ASKS = (Outcome.NOT_ACCEPTED, Outcome.MORE_EVIDENCE)


@dataclass(frozen=True)
class Asked:
    """A claim that is not assured, with what its reviewers wrote about it."""

    indicator: str
    stage: str
    criterion: str
    outcome: str
    colour: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ReviewTold:
    """How many of an organisation's own claims are decided, and which of them need something."""

    n_claims: int
    n_decided: int
    asked: tuple[Asked, ...]


def review_told(
    framework: Framework, organisation_id: str, reviewed: Sequence[Reviewed]
) -> ReviewTold:
    """What is told to this organisation, in framework order, the lowest stage first.

    What a department took over is reviewed, and told, where it was answered.
    """
    own = [
        one
        for one in reviewed
        if one.claim.organisation_id == organisation_id and not one.claim.taken_over
    ]
    places = {indicator.id: indicator for _, indicator in framework.indicators()}
    order = list(places)
    asked = [one for one in own if one.outcome in ASKS]
    asked.sort(key=lambda one: (order.index(one.claim.indicator_id), one.claim.stage))
    return ReviewTold(
        n_claims=len(own),
        n_decided=sum(one.outcome.value in DECIDED for one in own),
        asked=tuple(
            Asked(
                indicator=indicator_words(framework, one.claim.indicator_id),
                stage=stage_words(framework, one.claim.stage),
                criterion=places[one.claim.indicator_id].criteria[one.claim.stage - 1],
                outcome=OUTCOMES[one.outcome][0],
                colour=OUTCOMES[one.outcome][1],
                reasons=_reasons(one),
            )
            for one in asked
        ),
    )


def _reasons(one: Reviewed) -> tuple[str, ...]:
    """Why not, in the words of each reviewer whose decision holds."""
    return tuple(
        made.reason
        for made in one.standing
        if made.decision is not Decision.ACCEPTED and made.reason
    )
