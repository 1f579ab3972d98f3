"""From what reviewers decided to where the review of each claim stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from remi.scoring.claims import Claim
from schemas.reviews import Decision, DecisionMade, Grade, Outcome

GRADES = tuple(Grade)
"""The least first."""


@dataclass(frozen=True)
class Reviewed:
    """A claim, where its review stands, and everything that was ever decided about it."""

    claim: Claim
    outcome: Outcome
    grade: Grade | None
    """Of an accepted claim: the least that those who accepted it looked into its evidence."""
    standing: tuple[DecisionMade, ...]
    """The decisions that hold: of each reviewer the last one, about what is claimed now."""
    history: tuple[DecisionMade, ...]
    """Every decision about this criterion, the oldest first."""


def review(
    claims: Iterable[Claim],
    decisions: Iterable[DecisionMade],
    two_person: bool,
    not_independent: Set[tuple[str, str]] = frozenset(),
) -> list[Reviewed]:
    """Where each claim stands, in the order of `claims`.

    `decisions` are those of the cycle, in the order in which they were made. A decision holds for
    as long as answer and evidence are those that it was made about, whichever submission they came
    in; where none holds any longer, the claim must be looked at again. What a department took over
    is decided about where it was answered. Decisions of `not_independent` (person, organisation)
    stay in the history, and hold for nothing.
    """
    made: dict[tuple[str, str, int], list[DecisionMade]] = {}
    for one in decisions:
        made.setdefault((one.organisation_id, one.indicator_id, one.stage), []).append(one)
    found = []
    for claim in claims:
        history = made.get((claim.answered_by, claim.indicator_id, claim.stage), [])
        last = {
            one.person_id: one
            for one in history
            if one.basis == claim.basis
            and (one.person_id, claim.answered_by) not in not_independent
        }
        standing = [one for one in history if one is last.get(one.person_id)]
        outcome = settled([one.decision for one in standing], two_person)
        if history and not standing:
            outcome = Outcome.LOOK_AGAIN
        grade = _grade(standing, two_person) if outcome is Outcome.ACCEPTED else None
        found.append(Reviewed(claim, outcome, grade, tuple(standing), tuple(history)))
    return found


def settled(decisions: Sequence[Decision], two_person: bool) -> Outcome:
    """What comes of one decision each of some reviewers, the oldest first.

    Where one reviewer is enough, the newest decision is the outcome. Where two are needed, it
    takes two who accept and more than do not, or two who do not and more than do; until then
    another reviewer is asked.
    """
    if not decisions:
        return Outcome.UNREVIEWED
    if not two_person:
        return Outcome(decisions[-1].value)
    n_for = decisions.count(Decision.ACCEPTED)
    n_against = len(decisions) - n_for
    if n_for >= 2 and n_for > n_against:
        return Outcome.ACCEPTED
    if n_against >= 2 and n_against > n_for:
        refused = Decision.NOT_ACCEPTED in decisions
        return Outcome.NOT_ACCEPTED if refused else Outcome.MORE_EVIDENCE
    return Outcome.SECOND_NEEDED if len(decisions) == 1 else Outcome.THIRD_NEEDED


def _grade(standing: Sequence[DecisionMade], two_person: bool) -> Grade:
    accepting = [one.grade for one in standing if one.decision is Decision.ACCEPTED]
    return min(accepting, key=GRADES.index) if two_person else accepting[-1]
