"""What invented reviewers decide about what invented partners claim, in rounds that are closed.

They look only at partners whose positions are published by name, finish about half of these
returns, are half way through a few, and leave the others: in a real round there is never time for
all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from remi.cycle.arrivals import receive
from remi.cycle.judging import judge_cycle
from remi.cycle.registering import load_register
from remi.cycle.work import CycleWork
from remi.demo.positions import generator
from remi.review.assuring import claims_of
from remi.scoring.claims import Claim
from remi.store.inbox import InboxFile
from remi.store.people import add_person, grant
from remi.store.reviews import decide, decisions_of
from remi.workspace import Workspace
from schemas.people import WHOLE_COLLABORATION
from schemas.reviews import Decision, DecisionMade, Grade

REVIEWERS = (
    ("demoreviewer01", "first.reviewer@collaboration.example", "First invented reviewer"),
    ("demoreviewer02", "second.reviewer@collaboration.example", "Second invented reviewer"),
)

FINISHED, HALF_WAY = 0.55, 0.1
"""Share of the returns whose review is finished, and of those that were begun."""

ACCEPTED_OF_GOOD, ACCEPTED_OF_THIN = 0.97, 0.6
"""How often a claim is accepted where its evidence is enough and where it is not."""

DAYS_OF_REVIEW = 45

REASONS = {
    Decision.NOT_ACCEPTED: (
        "The evidence is about the year before and does not show that this is still so.",
        "What is named shows a plan, not that it is being done.",
        "The figures cover one site and not the whole organisation.",
    ),
    Decision.MORE_EVIDENCE: (
        "Please name something that the people concerned have confirmed.",
        "Please name the figures by ethnic group for this year.",
        "Please say where the paper can be seen.",
    ),
}


def review_demo(workspace: Workspace, cycles: Iterable[str]) -> int:
    """Have the invented reviewers decide, in cycles about which nothing was decided yet.

    What waits in the inbox is received and judged first, as the pipeline will do again. Gives how
    many decisions were made.
    """
    waiting = [c for c in cycles if not decisions_of(workspace.engine, c)]
    if not waiting:
        return 0
    load_register(workspace)
    _add_reviewers(workspace, CycleWork(workspace, waiting[0]).cycle.opens)
    made = 0
    for cycle_id in waiting:
        work = CycleWork(workspace, cycle_id)
        receive(work, by_modification)
        judge_cycle(work)
        decisions = list(_decisions(work, claims_of(work)))
        decide(workspace.engine, decisions)
        made += len(decisions)
    return made


def by_modification(found: InboxFile) -> datetime:
    """When an invented file arrives: the invented years are long before it was made."""
    return found.modified_at


def _add_reviewers(workspace: Workspace, day: date) -> None:
    moment = datetime.combine(day, time(9), tzinfo=UTC).replace(tzinfo=None)
    for person_id, email, name in REVIEWERS:
        known = add_person(workspace.engine, email, name, moment, person_id)
        grant(workspace.engine, known, "reviewer", WHOLE_COLLABORATION, moment)


def _decisions(work: CycleWork, claimed: Iterable[Claim]) -> Iterator[DecisionMade]:
    by_partner: dict[str, list[Claim]] = {}
    for claim in claimed:
        if not claim.taken_over:
            by_partner.setdefault(claim.organisation_id, []).append(claim)
    named = work.partners.loc[work.partners["agreed_to_be_named"].astype(bool), "organisation_id"]
    for organisation_id, theirs in sorted(by_partner.items()):
        if organisation_id not in set(named):
            continue
        rng = generator("review", organisation_id, work.cycle_id)
        place = rng.random()
        if place < FINISHED:
            yield from _of_partner(work, theirs, rng)
        elif place < FINISHED + HALF_WAY:
            yield from _of_partner(work, theirs[: len(theirs) // 2], rng)


def _of_partner(
    work: CycleWork, claimed: list[Claim], rng: np.random.Generator
) -> Iterator[DecisionMade]:
    reviewers = rng.permutation(len(REVIEWERS))
    day = work.cycle.closes + timedelta(days=int(rng.integers(5, DAYS_OF_REVIEW)))
    moment = datetime.combine(day, time(10), tzinfo=UTC).replace(tzinfo=None)
    needed = 2 if work.workspace.configuration.portal.two_person_review else 1
    for number, claim in enumerate(claimed):
        decision, grade, reason = _judged(claim, rng)
        for reviewer in reviewers[:needed]:
            yield claim.decided(
                work.cycle_id,
                decision,
                grade,
                reason,
                person_id=REVIEWERS[int(reviewer)][0],
                decided_at=moment + timedelta(minutes=number),
            )


def _judged(claim: Claim, rng: np.random.Generator) -> tuple[Decision, Grade, str | None]:
    likely = ACCEPTED_OF_GOOD if claim.enough else ACCEPTED_OF_THIN
    if rng.random() < likely and (claim.items or claim.reason):
        grade = rng.choice([g.value for g in Grade][1:], p=[0.2, 0.55, 0.25])
        return Decision.ACCEPTED, Grade(str(grade)), None
    refused = claim.items and rng.random() < 0.5
    decision = Decision.NOT_ACCEPTED if refused else Decision.MORE_EVIDENCE
    return (
        decision,
        Grade.NONE if not claim.items else Grade.DESCRIBED,
        str(rng.choice(REASONS[decision])),
    )
