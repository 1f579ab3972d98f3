"""What reviewers are asked, what came of it, and the stages that are assured by it, for one cycle.

Only returns that count are reviewed. Used by the portal for one organisation at a time and by the
pipeline for all of them, so both always say the same.
"""

from __future__ import annotations

import pandas as pd

from remi.cycle.inputs import input_hash
from remi.cycle.scoring import counting
from remi.cycle.steps import store_step
from remi.cycle.tables import record_sheets
from remi.cycle.work import CycleWork
from remi.impact.evidence import MORE_EVIDENCE, named_evidence, reasons_not_applicable
from remi.review.independence import not_independent
from remi.scoring import assurance
from remi.scoring.claims import Claim, claims
from remi.scoring.inherited import with_inherited
from remi.scoring.reviewed import Reviewed, review
from remi.store.records import read_records
from remi.store.reviews import decisions_of
from schemas import reviews, store


def claims_of(work: CycleWork, organisation_id: str | None = None) -> list[Claim]:
    """The claims of every return that counts, or of one organisation's."""
    answers = _answers(work, organisation_id)
    if organisation_id is not None:
        answers = answers[answers["organisation_id"] == organisation_id]
    pages = {*(c.id for c in work.framework.commitments), MORE_EVIDENCE}
    sheets = [sheet for sheet in record_sheets(work) if sheet.id in pages]
    evidence: list[pd.DataFrame] = []
    reasons: dict[tuple[str, str], str] = {}
    for key in [None] if organisation_id is None else _with_parent(work, organisation_id):
        records = read_records(work.workspace.engine, work.cycle_id, sheets, key)
        evidence.append(named_evidence(work.framework, records))
        reasons |= reasons_not_applicable(work.framework, records)
    return claims(
        answers,
        pd.concat(evidence, ignore_index=True),
        reasons,
        work.framework,
        work.cycle.closes,
    )


def reviewed(work: CycleWork, organisation_id: str | None = None) -> list[Reviewed]:
    """Where the review of each of these claims stands."""
    keys = [None] if organisation_id is None else _with_parent(work, organisation_id)
    decisions = [
        one for key in keys for one in decisions_of(work.workspace.engine, work.cycle_id, key)
    ]
    return review(
        claims_of(work, organisation_id),
        decisions,
        work.workspace.configuration.portal.two_person_review,
        not_independent(work),
    )


def _answers(work: CycleWork, organisation_id: str | None) -> pd.DataFrame:
    """Answers as they are scored, with the organisation that gave each of them."""
    verdicts = work.read(store.verdict)
    counting = verdicts.loc[verdicts["counts"].astype(bool), "submission_id"]
    if organisation_id is None:
        rows = work.read(store.answer)
    else:
        keys = _with_parent(work, organisation_id)
        rows = pd.concat([work.read(store.answer, organisation_id=key) for key in keys])
    rows = rows[rows["submission_id"].isin(counting)].reset_index(drop=True)
    scored = with_inherited(rows, work.partners)
    parents = work.partners.set_index("organisation_id")["parent_id"]
    own = scored["answer"] == rows["answer"]
    givers = scored["organisation_id"].where(own, scored["organisation_id"].map(parents))
    return scored.assign(answered_by=givers)


def _with_parent(work: CycleWork, organisation_id: str) -> list[str]:
    """The organisation, and the one that it is a department of."""
    mine = work.partners[work.partners["organisation_id"] == organisation_id]
    return [organisation_id, *mine["parent_id"].dropna()]


def stages_of(work: CycleWork, organisation_id: str, claims: list[Reviewed]) -> pd.DataFrame:
    """The rows of `assured_stage` of one organisation as they would be made now.

    `claims` are as of `reviewed`.
    """
    answers = _answers(work, organisation_id)
    answers = answers[answers["organisation_id"] == organisation_id]
    return assurance.assured_stages(
        answers, work.partners, claims, work.framework, work.cycle_id, ""
    )


def assure(work: CycleWork) -> pd.DataFrame:
    """Store the assured stage of every commitment and indicator beside the declared one."""
    stages = assurance.assured_stages(
        counting(work, store.answer),
        work.partners,
        reviewed(work),
        work.framework,
        work.cycle_id,
        input_hash(work),
    )
    store_step(work, "assured_stages", {reviews.assured_stage: stages})
    return stages


def agree(work: CycleWork) -> pd.DataFrame:
    """Store how far what is assured agrees with what was declared."""
    found = assurance.assurance_agreement(
        work.read(reviews.assured_stage), work.framework, work.cycle_id
    )
    store_step(work, reviews.assurance_agreement.name, {reviews.assurance_agreement: found})
    return found


def declared_otherwise(work: CycleWork) -> int:
    """How many rows of the assured track stand above, or beside another, stage as declared."""
    assured = work.read(reviews.assured_stage)
    wrong = 0
    for level, table in (
        ("commitment", store.commitment_stage),
        ("indicator", store.indicator_stage),
    ):
        keys = ["organisation_id", f"{level}_id"]
        both = assured[assured["level"] == level].merge(
            work.read(table)[[*keys, "stage"]], on=keys, how="outer", indicator=True
        )
        same = (both["declared_stage"] == both["stage"]).fillna(
            both["declared_stage"].isna() & both["stage"].isna()
        )
        above = (both["assured_stage"] > both["stage"]).fillna(False)
        wrong += int((~same | above | (both["_merge"] != "both")).sum())
    return wrong
