"""What is asked of evidence, and why a stage is assured or not, in words for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from remi.scoring.assurance import counts_as_assured
from remi.scoring.explain_words import listed, number_words, stage_words
from remi.scoring.reviewed import Reviewed
from schemas.framework import Framework
from schemas.intake import AnswerState
from schemas.reviews import DECIDED, Outcome, ReviewStatus

MOST_NAMED = 6


def asked_of_evidence(stage: int, framework: Framework) -> str:
    """“At least two items in date, one of them: Survey or Log.”"""
    labels = {kind.id: kind.label for kind in framework.evidence_types}
    for minimum in framework.evidence_minimums:
        if minimum.from_stage <= stage <= minimum.to_stage:
            some = [" or ".join(labels[kind] for kind in kinds) for kinds in minimum.one_of]
            each = "".join(f"; one of them: {one}" for one in some)
            return f"At least {number_words(minimum.items, 'item', 'items')} in date{each}."
    return f"At least {number_words(1, 'item', 'items')} in date."


def why_not_assured(one: Reviewed) -> str | None:
    """Why a claim does not count on the assured track; nothing where it does."""
    if counts_as_assured(one):
        return None
    if one.outcome is Outcome.NOT_ACCEPTED:
        return "was not accepted"
    if one.outcome is Outcome.MORE_EVIDENCE:
        return "needs more evidence, which a reviewer asked for"
    if not one.claim.enough:
        return _lacking(one)
    words = {
        Outcome.UNREVIEWED: "was not reviewed yet",
        Outcome.LOOK_AGAIN: "changed since it was reviewed",
        Outcome.SECOND_NEEDED: "waits for a second reviewer",
        Outcome.THIRD_NEEDED: "waits for a third reviewer, because two disagree",
    }
    return words[one.outcome]


def assured_sentences(
    row: Mapping[str, Any], name: str, mine: Sequence[Reviewed], framework: Framework
) -> tuple[str, ...]:
    """What is assured of one commitment or indicator, and what keeps more from being assured.

    `row` has the columns of `assured_stage`; `mine` are its claims. Nothing is said where no stage
    is declared.
    """
    declared = row["declared_stage"]
    if declared is None:
        return ()
    if row["status"] == ReviewStatus.NOT_REVIEWED.value:
        return (f"No reviewer has decided about {name} yet, so no stage is assured.",)
    if row["status"] == ReviewStatus.IN_REVIEW.value:
        decided = sum(one.outcome.value in DECIDED for one in mine)
        return (
            f"{name} is being reviewed: {decided} of {len(mine)} claims are decided, and the "
            "others could still change which stage is assured.",
        )
    assured = int(row["assured_stage"])
    if assured == declared:
        return (f"A reviewer confirmed it: {stage_words(framework, assured)}, is assured.",)
    said = f"Assured is {stage_words(framework, assured)}, {declared - assured} below the declared"
    every = framework.scoring.attainment.rule != "all_core"
    deciding = {i.id for _, i in framework.indicators() if i.core or every}
    reasons = [
        f"{one.claim.indicator_id} at stage {one.claim.stage} {why}"
        for one in mine
        if one.claim.stage == assured + 1
        and (one.claim.indicator_id in deciding or row["level"] == "indicator")
        and (why := why_not_assured(one))
    ]
    if not reasons:
        return (f"{said}.",)
    more = len(reasons) - MOST_NAMED
    shown = reasons[:MOST_NAMED] + ([f"{more} more"] if more > 0 else [])
    return (f"{said}: {listed(shown)}.",)


def _lacking(one: Reviewed) -> str:
    if one.claim.claim == AnswerState.NOT_APPLICABLE.value:
        return "cannot apply, but no reason is given"
    if not one.claim.items:
        return "has no evidence that shows it"
    if all(item.counts_until is None for item in one.claim.items):
        return "has only evidence whose age cannot be told"
    if not any(item.in_date for item in one.claim.items):
        return "has only evidence that is out of date"
    return "has too little evidence in date for this stage"
