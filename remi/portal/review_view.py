"""What the pages of reviews show: who waits, and each claim with its evidence and its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from remi.review.deciding import (
    DECISION_WORDS,
    GRADE_WORDS,
    Fault,
    Place,
    Wish,
    version,
    waits_for,
)
from remi.review.workbook import ref_of
from remi.scoring.assurance_words import asked_of_evidence
from remi.scoring.claims import EvidenceItem
from remi.scoring.reviewed import Reviewed
from remi.store.people import Person
from schemas.framework import Framework, Indicator
from schemas.intake import AnswerState
from schemas.reviews import DECIDED, DecisionMade, Grade, Outcome

OUTCOMES = {
    Outcome.UNREVIEWED: ("Not reviewed yet", "grey"),
    Outcome.LOOK_AGAIN: ("Changed, look again", "orange"),
    Outcome.SECOND_NEEDED: ("Waits for a second reviewer", "yellow"),
    Outcome.THIRD_NEEDED: ("Reviewers disagree, waits for a third", "yellow"),
    Outcome.ACCEPTED: ("Accepted", "green"),
    Outcome.NOT_ACCEPTED: ("Not accepted", "red"),
    Outcome.MORE_EVIDENCE: ("More evidence asked for", "orange"),
}
"""What each outcome is called, and the colour of its tag."""

GRADES = {**GRADE_WORDS, Grade.NONE: "No evidence to look at"}


@dataclass(frozen=True)
class Progress:
    """How far the review of some claims is."""

    n_claims: int
    n_decided: int
    n_waiting: int
    """For the person who asks."""
    n_changed: int

    @property
    def words(self) -> str:
        """The standing as people read it."""
        if self.n_claims == self.n_decided:
            return "Finished" if self.n_claims else "Nothing claimed"
        return "Not begun" if not self.n_decided else "Under way"

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return {"Finished": "green", "Under way": "blue"}.get(self.words, "grey")


@dataclass(frozen=True)
class Waiting:
    """One organisation whose return can be reviewed."""

    organisation_id: str
    name: str
    progress: Progress


@dataclass(frozen=True)
class Evidence:
    """One item of evidence in words."""

    label: str
    title: str
    dated_on: date | None
    counts_until: date | None
    in_date: bool
    place: str
    national_return: str | None


@dataclass(frozen=True)
class Said:
    """One decision of the past."""

    words: str
    by: str
    decided_at: datetime
    grade: str
    reason: str | None
    holds: bool


@dataclass(frozen=True)
class ClaimView:
    """One claim as it is shown. `wish` is what was chosen, where a form came back."""

    id: str
    stage: int
    stage_name: str
    criterion: str
    applies: bool
    reason: str | None
    evidence: tuple[Evidence, ...]
    enough: bool
    asked: str
    outcome: str
    colour: str
    history: tuple[Said, ...]
    waits: bool
    taken_over: bool
    version: str
    wish: Wish
    faults: Mapping[str, str]


@dataclass(frozen=True)
class IndicatorView:
    """One indicator with its claims, the highest stage first."""

    id: str
    title: str
    core: bool
    claims: tuple[ClaimView, ...]


NO_WISH = Wish("", "", "", "")


def progress(reviewed: Iterable[Reviewed], person_id: str) -> Progress:
    """How far these are; what a department took over is reviewed elsewhere and not counted."""
    own = [one for one in reviewed if not one.claim.taken_over]
    return Progress(
        n_claims=len(own),
        n_decided=sum(one.outcome.value in DECIDED for one in own),
        n_waiting=sum(waits_for(one, person_id) for one in own),
        n_changed=sum(one.outcome is Outcome.LOOK_AGAIN for one in own),
    )


def waiting(
    reviewed: Iterable[Reviewed], partners: pd.DataFrame, person: Person, own: Set[str]
) -> list[Waiting]:
    """The organisations that this person may review, those that wait for them first. Not those in
    `own`, in which they have a part."""
    theirs: dict[str, list[Reviewed]] = {}
    for one in reviewed:
        theirs.setdefault(one.claim.organisation_id, []).append(one)
    names = dict(zip(partners["organisation_id"], partners["name"], strict=True))
    found = [
        Waiting(key, str(names[key]), progress(some, person.person_id))
        for key, some in theirs.items()
        if person.has_for("reviewer", key) and key not in own and key in names
    ]
    return sorted(found, key=lambda one: (not one.progress.n_waiting, one.name))


def indicator_views(
    framework: Framework,
    commitment_id: str,
    reviewed: Sequence[Reviewed],
    names: Mapping[str, str],
    person_id: str,
    wishes: Mapping[Place, Wish],
    faults: Sequence[Fault],
) -> list[IndicatorView]:
    """The claims of one commitment, by indicator in framework order."""
    views = []
    for commitment, indicator in framework.indicators():
        mine = [one for one in reviewed if one.claim.indicator_id == indicator.id]
        if commitment.id != commitment_id or not mine:
            continue
        mine.sort(key=lambda one: -one.claim.stage)
        claims = tuple(
            _claim(framework, indicator, one, names, person_id, wishes, faults) for one in mine
        )
        views.append(IndicatorView(indicator.id, indicator.title, indicator.core, claims))
    return views


def _claim(
    framework: Framework,
    indicator: Indicator,
    one: Reviewed,
    names: Mapping[str, str],
    person_id: str,
    wishes: Mapping[Place, Wish],
    faults: Sequence[Fault],
) -> ClaimView:
    claim = one.claim
    outcome, colour = OUTCOMES[one.outcome]
    return ClaimView(
        id=ref_of(claim.place),
        stage=claim.stage,
        stage_name=framework.stage_name(claim.stage),
        criterion=indicator.criteria[claim.stage - 1],
        applies=claim.claim == AnswerState.MET.value,
        reason=claim.reason,
        evidence=tuple(_evidence(framework, item) for item in claim.items),
        enough=claim.enough,
        asked=asked_of_evidence(claim.stage, framework),
        outcome=outcome,
        colour=colour,
        history=tuple(_said(made, one, names) for made in reversed(one.history)),
        waits=waits_for(one, person_id),
        taken_over=claim.taken_over,
        version=version(one),
        wish=wishes.get(claim.place, NO_WISH),
        faults={fault.field: fault.text for fault in faults if fault.place == claim.place},
    )


def _evidence(framework: Framework, item: EvidenceItem) -> Evidence:
    labels = {kind.id: kind.label for kind in framework.evidence_types}
    returns = {some.id: some.name for some in framework.national_returns}
    return Evidence(
        label=labels.get(item.evidence_type or "", "No type given"),
        title=item.title or "No title given",
        dated_on=item.dated_on,
        counts_until=item.counts_until,
        in_date=item.in_date,
        place=item.place or "No place given",
        national_return=returns.get(item.national_return or ""),
    )


def _said(made: DecisionMade, one: Reviewed, names: Mapping[str, str]) -> Said:
    return Said(
        words=OUTCOMES[Outcome(made.decision.value)][0],
        by=names.get(made.person_id, "a reviewer"),
        decided_at=made.decided_at,
        grade=GRADES[made.grade],
        reason=made.reason,
        holds=made in one.standing,
    )


CHOICES = tuple((decision.value, words) for decision, words in DECISION_WORDS.items())
GRADE_CHOICES = tuple((grade.value, words) for grade, words in GRADE_WORDS.items())
