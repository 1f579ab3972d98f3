"""Why a claim is not assured, and what is assured of a commitment, in words for everybody."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from review_samples import accepted, decided
from scoring_samples import (
    CYCLE,
    SIX_CORE,
    answer_frame,
    framework,
    grid,
    indicator,
    organisation_frame,
)
from test_assured_track import CLOSES, IN_DATE, LEVEL_3, OLD, evidence

from remi.scoring.assurance import assured_stages
from remi.scoring.assurance_words import asked_of_evidence, assured_sentences, why_not_assured
from remi.scoring.claims import Claim, claims
from remi.scoring.reviewed import Reviewed, review
from schemas.framework import EvidenceMinimum
from schemas.reviews import Decision, DecisionMade

SHEETS = {"ORG": LEVEL_3}


def made(day: date | None = IN_DATE) -> list[Claim]:
    return claims(answer_frame(SHEETS, SIX_CORE), evidence(SHEETS, day), {}, SIX_CORE, CLOSES)


def told(claimed: list[Claim], decisions: list[DecisionMade]) -> str:
    reviewed = review(claimed, decisions, two_person=False)
    organisations = organisation_frame({"ORG": "trust"})
    answers = answer_frame(SHEETS, SIX_CORE)
    rows = assured_stages(answers, organisations, reviewed, SIX_CORE, CYCLE, "")
    first = rows[rows["level"] == "commitment"].astype("object")
    row: dict[str, Any] = {
        str(k): v for k, v in first.where(first.notna(), None).to_dict("records")[0].items()
    }
    return " ".join(assured_sentences(row, "Leadership", reviewed, SIX_CORE))


def test_nothing_reviewed_being_reviewed_and_confirmed_are_three_different_sentences() -> None:
    claimed = made()
    assert told(claimed, []) == (
        "No reviewer has decided about Leadership yet, so no stage is assured."
    )
    assert "6 of 18 claims are decided" in told(claimed, [accepted(c) for c in claimed[::3]])
    assert "confirmed it: stage 3" in told(claimed, [accepted(c) for c in claimed])


def test_what_keeps_the_next_stage_from_being_assured_is_named_with_its_reason() -> None:
    claimed = made()
    refused = {("L1", 2): Decision.NOT_ACCEPTED, ("L4", 2): Decision.MORE_EVIDENCE}
    said = told(
        claimed,
        [decided(c, refused.get((c.indicator_id, c.stage), Decision.ACCEPTED)) for c in claimed],
    )
    assert said == (
        "Assured is stage 1, Stage 1, 2 below the declared: L1 at stage 2 was not accepted and L4 "
        "at stage 2 needs more evidence, which a reviewer asked for."
    )


def test_many_reasons_are_counted_after_the_first_ones() -> None:
    eight = framework({"leadership": [indicator(f"L{n}") for n in range(1, 9)]})
    sheets = {"ORG": grid("\n".join(f"L{n}: mmmnnn" for n in range(1, 9)))}
    answers = answer_frame(sheets, eight)
    claimed = claims(answers, evidence(sheets, OLD), {}, eight, CLOSES)
    reviewed = review(claimed, [accepted(c) for c in claimed], two_person=False)
    rows = assured_stages(answers, organisation_frame({"ORG": "trust"}), reviewed, eight, CYCLE, "")
    row = {str(key): value for key, value in rows.iloc[0].to_dict().items()}
    (said,) = assured_sentences(row, "Leadership", reviewed, eight)
    assert said.count("has only evidence that is out of date") == 6
    assert said.endswith("and 2 more.")


@pytest.mark.parametrize(
    ("day", "last", "words"),
    [
        (OLD, 7, "out of date"),
        (None, 7, "age cannot be told"),
        (IN_DATE, 0, "no evidence"),
        (IN_DATE, 7, None),
    ],
)
def test_an_accepted_claim_that_is_not_assured_lacks_evidence(
    day: date | None, last: int, words: str | None
) -> None:
    shown = evidence(SHEETS, day, last)
    claim = claims(answer_frame(SHEETS, SIX_CORE), shown, {}, SIX_CORE, CLOSES)[0]
    (one,) = review([claim], [accepted(claim)], two_person=False)
    why = why_not_assured(one)
    assert why is None if words is None else words in str(why)


def test_waiting_for_another_reviewer_is_said() -> None:
    claim = made()[0]

    def why(*decisions: DecisionMade) -> str | None:
        (one,) = review([claim], decisions, two_person=True)
        assert isinstance(one, Reviewed)
        return why_not_assured(one)

    assert why() == "was not reviewed yet"
    assert "second reviewer" in str(why(accepted(claim)))
    disagree = decided(claim, Decision.NOT_ACCEPTED, "BEN")
    assert "third reviewer" in str(why(accepted(claim), disagree))
    assert "changed" in str(why(decided(claim, basis="before")))


def test_what_is_asked_of_evidence_is_read_from_the_framework() -> None:
    assert asked_of_evidence(3, SIX_CORE) == "At least one item in date."
    minimum = EvidenceMinimum(from_stage=3, to_stage=4, items=2, one_of=(("data", "policy"),))
    strict = SIX_CORE.model_copy(update={"evidence_minimums": (minimum,)})
    assert (
        asked_of_evidence(3, strict) == "At least two items in date; one of them: Data or Policy."
    )
    assert asked_of_evidence(5, strict) == "At least one item in date."
