"""What a reviewer wants to decide, looked over before any of it is kept.

The same for the form on the page and for the workbook. Either everything is in order or nothing is
kept, and each fault says what to do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pandas as pd

from remi.intake.locating.personal_data import personal_details
from remi.scoring.reviewed import Reviewed
from schemas.intake import AnswerState
from schemas.reviews import DECIDED, Decision, DecisionMade, Grade

Place = tuple[str, int]
"""Indicator and stage."""

Field = Literal["decision", "grade", "reason", "version"]

DECISION_WORDS = {
    Decision.ACCEPTED: "Accept",
    Decision.NOT_ACCEPTED: "Do not accept",
    Decision.MORE_EVIDENCE: "More evidence needed",
}
GRADE_WORDS = {
    Grade.DESCRIBED: "Read what the partner names",
    Grade.DOCUMENTED: "Saw the evidence itself",
    Grade.VERIFIED: "Compared it with where it comes from",
}
"""What a reviewer chooses from. That there is no evidence is not for them to say."""

LONGEST_REASON = 1_000

NO_CHOICE = "Choose one of the decisions, or none"

NO_GRADE = "Say how far you looked into the evidence"
NO_REASON = "Write the reason, so that the partner knows what to do"
PERSONAL_DETAILS = "Take out e-mail addresses, telephone and NHS numbers. Name no person"
LONG_REASON = f"Write the reason in at most {LONGEST_REASON:,} characters"
CHANGED = (
    "The return or its review changed after you opened this. Look at the claim as it is now, and "
    "decide again"
)
NO_CLAIM = "This is not claimed any more. Leave it without a decision"
TAKEN_OVER = "This was answered by the whole organisation and is reviewed there"


@dataclass(frozen=True)
class Wish:
    """What a reviewer wants to decide about one claim, in the words of a form, all perhaps empty.

    `version` is that of the claim as it was shown.
    """

    decision: str
    grade: str
    reason: str
    version: str


@dataclass(frozen=True)
class Fault:
    """What is wrong with one wish, and in which of its fields."""

    place: Place
    field: Field
    text: str


def version(one: Reviewed) -> str:
    """A mark that changes when the claim, its evidence or what was decided about it changes."""
    parts = [
        *map(str, one.claim.key),
        one.claim.basis,
        *(str(decision.decision_id) for decision in one.history),
    ]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def waits_for(one: Reviewed, person_id: str) -> bool:
    """Whether this reviewer is asked to decide: it is open, and they have not said anything yet."""
    said = any(decision.person_id == person_id for decision in one.standing)
    return one.outcome.value not in DECIDED and not said and not one.claim.taken_over


def looked_over(
    wishes: Mapping[Place, Wish],
    reviewed: Sequence[Reviewed],
    person_id: str,
    cycle: str,
    now: datetime,
) -> tuple[list[DecisionMade], list[Fault]]:
    """The decisions that these wishes make, and what is wrong with the others.

    `reviewed` are the claims of the one organisation that is meant. A wish without a decision is
    none. `now` is UTC without its zone.
    """
    claims = {one.claim.place: one for one in reviewed}
    made, faults = [], []
    for place, wish in wishes.items():
        if not wish.decision:
            continue
        one = claims.get(place)
        if one is None:
            faults.append(Fault(place, "decision", NO_CLAIM))
            continue
        fault = _fault(place, wish, one)
        if fault is not None:
            faults.append(fault)
            continue
        made.append(
            one.claim.decided(
                cycle,
                Decision(wish.decision),
                _grade(wish, one),
                wish.reason.strip() or None,
                person_id,
                now,
            )
        )
    return made, faults


def seen(reviewed: Iterable[Reviewed]) -> dict[Place, int]:
    """The last decision about each claim that these show, as `remi.store.reviews.decide` asks."""
    return {
        one.claim.place: max((decision.decision_id or 0 for decision in one.history), default=0)
        for one in reviewed
    }


def related(partners: pd.DataFrame, organisations: Iterable[str]) -> frozenset[str]:
    """These organisations, what they are departments of, their departments, and who assessed
    jointly with any of them: nobody reviews a return that is partly their own.

    `partners` has the columns of `schemas.store.organisation`.
    """
    own = set(organisations)
    found = set(own)
    for row in partners.to_dict("records"):
        if row["organisation_id"] in own and not pd.isna(row["parent_id"]):
            found.add(row["parent_id"])
        if row["parent_id"] in own:
            found.add(row["organisation_id"])
    joint = partners[partners["organisation_id"].isin(found)]["joint_group"].dropna()
    alike = partners[partners["joint_group"].isin(joint)]
    return frozenset(found | set(alike["organisation_id"]))


def _fault(place: Place, wish: Wish, one: Reviewed) -> Fault | None:
    if one.claim.taken_over:
        return Fault(place, "decision", TAKEN_OVER)
    if wish.version != version(one):
        return Fault(place, "version", CHANGED)
    if wish.decision not in DECISION_WORDS:
        return Fault(place, "decision", NO_CHOICE)
    if wish.grade and wish.grade not in GRADE_WORDS:
        return Fault(place, "grade", NO_GRADE)
    if len(wish.reason) > LONGEST_REASON:
        return Fault(place, "reason", LONG_REASON)
    if personal_details(wish.reason):
        return Fault(place, "reason", PERSONAL_DETAILS)
    if wish.decision == Decision.ACCEPTED:
        looked = wish.grade or not _with_evidence(one)
        return None if looked else Fault(place, "grade", NO_GRADE)
    return None if wish.reason.strip() else Fault(place, "reason", NO_REASON)


def _with_evidence(one: Reviewed) -> bool:
    """Whether there is evidence to look into: a reason why something cannot apply is just read."""
    return one.claim.claim == AnswerState.MET.value


def _grade(wish: Wish, one: Reviewed) -> Grade:
    if not _with_evidence(one):
        return Grade.DESCRIBED
    if wish.grade:
        return Grade(wish.grade)
    return Grade.DESCRIBED if one.claim.items else Grade.NONE
