"""What a reviewer can accept or not: each criterion that a partner says is met, or cannot apply,
with the evidence that is named for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from remi.scoring.evidence import enough, judged_items
from schemas.framework import Framework
from schemas.intake import AnswerState
from schemas.reviews import CLAIMS, Decision, DecisionMade, Grade


@dataclass(frozen=True)
class EvidenceItem:
    """One item of evidence as a partner names it; ids of the type and of the return."""

    evidence_type: str | None
    title: str | None
    dated_on: date | None
    place: str | None
    national_return: str | None
    in_date: bool
    counts_until: date | None
    """The last day on which an item of its type and date is in date."""


@dataclass(frozen=True)
class Claim:
    """One criterion that is claimed.

    `basis` is a hash of the answer and of what stands behind it, which is the same for as long as
    neither changes. `enough` says that the evidence in date is what the framework asks for at this
    stage; for a criterion that cannot apply, that a reason is given.
    """

    organisation_id: str
    submission_id: str
    commitment_id: str
    indicator_id: str
    stage: int
    claim: str
    reason: str | None
    """Why it cannot apply."""
    items: tuple[EvidenceItem, ...]
    """Those that show this stage."""
    enough: bool
    basis: str
    answered_by: str
    """The organisation whose answer and evidence it is: a department's own, or its parent's."""

    @property
    def key(self) -> tuple[str, str, int]:
        """Organisation, indicator and stage."""
        return self.organisation_id, self.indicator_id, self.stage

    @property
    def place(self) -> tuple[str, int]:
        """Indicator and stage."""
        return self.indicator_id, self.stage

    @property
    def taken_over(self) -> bool:
        """Whether a department took it over, so that it is reviewed where it was answered."""
        return self.answered_by != self.organisation_id

    def decided(
        self,
        cycle: str,
        decision: Decision,
        grade: Grade,
        reason: str | None,
        person_id: str,
        decided_at: datetime,
    ) -> DecisionMade:
        """A reviewer's decision about it as it stands now. `decided_at` is UTC without its zone."""
        return DecisionMade(
            cycle=cycle,
            organisation_id=self.organisation_id,
            submission_id=self.submission_id,
            indicator_id=self.indicator_id,
            stage=self.stage,
            claim=self.claim,
            basis=self.basis,
            decision=decision,
            grade=grade,
            reason=reason,
            person_id=person_id,
            decided_at=decided_at,
        )


def claims(
    answers: pd.DataFrame,
    evidence: pd.DataFrame,
    reasons: Mapping[tuple[str, str], str],
    framework: Framework,
    closes: date,
) -> list[Claim]:
    """Every claim, in the order of `answers`, which has the columns of `schemas.store.answer`.

    It may also have `answered_by`, where some answers were taken over from another organisation;
    their evidence and their reasons are that organisation's.
    `evidence` has, beside the columns that `criterion_evidence` takes, `title` and `place`.
    `reasons` says why an indicator cannot apply, by organisation and indicator. Evidence is in
    date or not on the day `closes`. Raises ValueError for an unknown evidence type.
    """
    shown = _items(evidence, framework, closes)
    made = []
    for row in answers[answers["answer"].isin(CLAIMS)].to_dict("records"):
        organisation_id = str(row["organisation_id"])
        place = (str(row.get("answered_by", organisation_id)), str(row["indicator_id"]))
        stage, answer = int(row["stage"]), str(row["answer"])
        met = answer == AnswerState.MET.value
        reason = None if met else reasons.get(place)
        items = tuple(
            item for first, last, item in shown.get(place, ()) if met and first <= stage <= last
        )
        in_date = [item.evidence_type or "" for item in items if item.in_date]
        made.append(
            Claim(
                organisation_id=organisation_id,
                submission_id=str(row["submission_id"]),
                commitment_id=str(row["commitment_id"]),
                indicator_id=place[1],
                stage=stage,
                claim=answer,
                reason=reason,
                items=items,
                enough=enough(in_date, stage, framework) if met else reason is not None,
                basis=_basis(answer, reason, items),
                answered_by=place[0],
            )
        )
    return made


def _items(
    evidence: pd.DataFrame, framework: Framework, closes: date
) -> dict[tuple[str, str], list[tuple[int, int, EvidenceItem]]]:
    """First and last stage that an item shows, and the item, by organisation and indicator."""
    found_of = judged_items(evidence, framework, closes)
    judged = evidence.assign(
        in_date=found_of["in_date"], counts_until=found_of["counts_until"].dt.date
    )
    found: dict[tuple[str, str], list[tuple[int, int, EvidenceItem]]] = {}
    for row in judged.astype("object").where(judged.notna(), None).to_dict("records"):
        item = EvidenceItem(
            row["evidence_type"],
            row["title"],
            row["dated_on"],
            row["place"],
            row["national_return"],
            bool(row["in_date"]),
            row["counts_until"],
        )
        place = (str(row["organisation_id"]), str(row["indicator_id"]))
        stages = (int(row["first_stage"]), int(row["last_stage"]))
        found.setdefault(place, []).append((*stages, item))
    return found


def _basis(answer: str, reason: str | None, items: tuple[EvidenceItem, ...]) -> str:
    """A hash in which the order of the items plays no part."""
    listed = sorted(
        [
            item.evidence_type or "",
            item.title or "",
            item.dated_on.isoformat() if item.dated_on else "",
            item.place or "",
            item.national_return or "",
        ]
        for item in items
    )
    return hashlib.sha256(json.dumps([answer, reason, listed]).encode()).hexdigest()
