"""Tables about one partner at a time: where each is (A01) and what stands behind it (A05)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from remi.impact.assurance import Reviews, reviews
from remi.impact.columns import BY_NAME_KEYS, MAY_BE_NAMED
from remi.impact.common import (
    Cell,
    counted_answers,
    decimal,
    number,
    percentage,
    records,
    table_frame,
)
from remi.impact.evidence import evidence_items
from remi.impact.partners import Partner, partners
from remi.impact.results import Results, results
from remi.impact.status import WORDS, position_text, why_blank
from remi.scoring.evidence import criterion_evidence
from schemas.framework import Commitment, Framework
from schemas.impact import OPTED_IN, AnnualTable, CycleData, Holds, Status, TableColumn
from schemas.results import STAGED, ResultStatus

ANSWERED = (*STAGED, ResultStatus.NOT_ASSESSABLE.value)
"""Where something was answered, so that no criterion met is a true zero."""

NOTHING_MET = {"met": 0, "with_evidence": 0, "stale": 0, "reused": 0}
COUNTED = (
    "n_criteria_met",
    "n_with_evidence",
    "evidenced_pct",
    "n_stale",
    "n_reused",
    "reused_pct",
)


def _own(id_: str, heading: str, holds: Holds, meaning: str) -> TableColumn:
    return TableColumn(id_, heading, holds, meaning, by_name=True)


POSITION_COLUMNS = (
    *BY_NAME_KEYS,
    _own(
        "declared_stage",
        "Stage declared",
        Holds.STAGE,
        "The stage that the partner's answers reach; 0 is before the first stage",
    ),
    _own(
        "position_text",
        "Position",
        Holds.TEXT,
        "The stage, and how many core criteria of the next stage are met",
    ),
    _own("core_met_next", "Core met", Holds.ORGANISATIONS, "Core criteria of the next stage met"),
    _own(
        "core_total_next",
        "Core in all",
        Holds.ORGANISATIONS,
        "Core criteria of the next stage that apply",
    ),
    _own(
        "floor_stage",
        "Floor",
        Holds.STAGE,
        "The stage if every answer “not applicable” were “not met”",
    ),
    _own(
        "assured_stage",
        "Stage assured",
        Holds.STAGE,
        "The stage that is left when only what a reviewer accepted on evidence in date is met",
    ),
    _own("overclaim_gap", "Gap", Holds.MEASURE, "Stage declared less stage assured"),
    _own(
        "score",
        "Score",
        Holds.SCORE,
        "Mean share of the stages that its indicators reach; read it after the stage",
    ),
    _own("score_low", "Score low", Holds.SCORE, "The score if nothing left unanswered were met"),
    _own("score_high", "Score high", Holds.SCORE, "The score if all that is unanswered were met"),
    _own("n_answered", "Answered", Holds.ORGANISATIONS, "Criteria that apply and were answered"),
    _own("n_applicable", "Applying", Holds.ORGANISATIONS, "Criteria that apply"),
    TableColumn(
        "completeness_pct",
        "Complete",
        Holds.PERCENTAGE,
        "Criteria answered as a share of those that apply",
        of=("n_answered", "n_applicable"),
        by_name=True,
    ),
    _own("reviewer_type", "Reviewer", Holds.TEXT, "How many reviewers looked at it"),
    MAY_BE_NAMED,
)

EVIDENCE_COLUMNS = (
    *BY_NAME_KEYS,
    _own("n_criteria_met", "Met", Holds.ORGANISATIONS, "Criteria that the partner says are met"),
    _own("n_with_evidence", "With evidence", Holds.ORGANISATIONS, "Of those, with evidence named"),
    TableColumn(
        "evidenced_pct",
        "Evidenced",
        Holds.PERCENTAGE,
        "Criteria with evidence as a share of criteria met",
        of=("n_with_evidence", "n_criteria_met"),
        by_name=True,
    ),
    _own(
        "n_stale", "Out of date", Holds.ORGANISATIONS, "Criteria whose evidence is all out of date"
    ),
    _own(
        "n_reused",
        "Reused",
        Holds.ORGANISATIONS,
        "Criteria shown by a return already made elsewhere",
    ),
    TableColumn(
        "reused_pct",
        "Share reused",
        Holds.PERCENTAGE,
        "Reused criteria as a share of criteria with evidence",
        of=("n_reused", "n_with_evidence"),
        by_name=True,
    ),
    _own("n_peer_reviewed", "Accepted", Holds.ORGANISATIONS, "Criteria that a reviewer accepted"),
    _own(
        "n_unverified",
        "Not verified",
        Holds.ORGANISATIONS,
        "Criteria met of which no reviewer compared the evidence with where it comes from",
    ),
    TableColumn(
        "unverified_pct",
        "Share not verified",
        Holds.PERCENTAGE,
        "Criteria not verified as a share of criteria met",
        of=("n_unverified", "n_criteria_met"),
        by_name=True,
    ),
    _own(
        "hours_spent",
        "Hours",
        Holds.MEASURE,
        "Hours spent on the whole return, the same on each of the partner's rows",
    ),
    MAY_BE_NAMED,
)


def partner_positions(data: CycleData) -> pd.DataFrame:
    """A01: one row for each organisation or department of the register and each commitment."""
    found, reviewed = results(data), reviews(data)
    rows = [
        {
            **_keys(partner, commitment, found),
            **_position(partner, commitment, found, data.framework),
            **_assured(partner, commitment, found, reviewed),
            "reviewer_type": reviewed.reviewer(partner, commitment.id),
            OPTED_IN: "yes" if partner.named else "no",
        }
        for partner in partners(data)
        for commitment in data.framework.commitments
    ]
    return table_frame(data, POSITION_COLUMNS, rows)


def evidence_and_assurance(data: CycleData) -> pd.DataFrame:
    """A05: one row for each organisation or department and each commitment."""
    found, reviewed = results(data), reviews(data)
    counts = _evidence_counts(data)
    forms = records(data.records, "organisation", ["hours_spent"])
    hours = {form["organisation_id"]: form["hours_spent"] for form in forms}
    rows = []
    for partner in partners(data):
        for commitment in data.framework.commitments:
            status = found.status(partner, commitment.id)
            answered = status in ANSWERED
            rows.append(
                {
                    **_keys(partner, commitment, found),
                    **(
                        _evidence(counts.get((partner.id, commitment.id), NOTHING_MET))
                        if answered
                        else dict.fromkeys(COUNTED, why_blank(status))
                    ),
                    **_accepted(partner, commitment, reviewed, why_blank(status)),
                    "hours_spent": decimal(hours.get(partner.id)),
                    OPTED_IN: "yes" if partner.named else "no",
                    "n_base": int(answered),
                    "n_missing": int(not answered),
                }
            )
    return table_frame(data, EVIDENCE_COLUMNS, rows)


def _evidence_counts(data: CycleData) -> dict[tuple[str, str], Mapping[str, int]]:
    """Criteria met, and how many with which evidence, by organisation and commitment."""
    shown = criterion_evidence(
        counted_answers(data), evidence_items(data), data.framework, data.cycle.closes
    ).assign(met=True)
    keys = ["organisation_id", "commitment_id"]
    totals = shown.groupby(keys)[list(NOTHING_MET)].sum()
    return {
        (str(organisation), str(commitment)): dict(zip(NOTHING_MET, map(int, sums), strict=True))
        for (organisation, commitment), *sums in totals.itertuples(name=None)
    }


def _evidence(count: Mapping[str, int]) -> dict[str, Cell]:
    met, shown, reused = (int(count[name]) for name in ("met", "with_evidence", "reused"))
    return {
        "n_criteria_met": met,
        "n_with_evidence": shown,
        "evidenced_pct": percentage(shown, met),
        "n_stale": int(count["stale"]),
        "n_reused": reused,
        "reused_pct": percentage(reused, shown),
    }


def _accepted(
    partner: Partner, commitment: Commitment, reviewed: Reviews, blank: Status
) -> dict[str, Cell]:
    review = reviewed.of(partner, commitment.id)
    if "n_met" not in review:
        return dict.fromkeys(("n_peer_reviewed", "n_unverified", "unverified_pct"), blank)
    n_met = int(review["n_met"])
    n_unverified = n_met - int(review["n_met_verified"])
    begun = reviewed.begun(partner, commitment.id)
    return {
        "n_peer_reviewed": int(review["n_met_accepted"]) if begun else Status.NOT_AVAILABLE,
        "n_unverified": n_unverified,
        "unverified_pct": percentage(n_unverified, n_met),
    }


def _assured(
    partner: Partner, commitment: Commitment, found: Results, reviewed: Reviews
) -> dict[str, Cell]:
    blank = why_blank(found.status(partner, commitment.id))
    review = reviewed.of(partner, commitment.id)
    return {
        "assured_stage": number(review.get("assured_stage"), blank),
        "overclaim_gap": decimal(review.get("overclaim_gap"), blank),
    }


def _keys(partner: Partner, commitment: Commitment, found: Results) -> dict[str, Cell]:
    return {
        "organisation_id": partner.id,
        "organisation_name": partner.name,
        "unit": partner.unit,
        "sector": partner.sector,
        "system": partner.system,
        "systems": partner.systems,
        "commitment": commitment.name,
        "status": WORDS[found.status(partner, commitment.id)],
    }


def _position(
    partner: Partner, commitment: Commitment, found: Results, framework: Framework
) -> dict[str, Cell]:
    status = found.status(partner, commitment.id)
    blank = why_blank(status)
    row = found.row(partner, commitment.id)
    staged = status in STAGED
    words, above = f"No position. {WORDS[status]}", blank
    if staged:
        stage = int(row["stage"])
        words = position_text(framework, stage, int(row["met_next"]), int(row["total_next"]))
        if stage == len(framework.stages):
            row = {**row, "met_next": None, "total_next": None}
            above = Status.NOT_APPLICABLE
    n_answered, n_applicable = row.get("n_answered"), row.get("n_applicable")
    return {
        "declared_stage": number(row.get("stage"), blank),
        "position_text": words,
        "core_met_next": number(row.get("met_next"), above),
        "core_total_next": number(row.get("total_next"), above),
        "floor_stage": number(row.get("floor_stage"), blank),
        "score": decimal(row.get("score"), blank),
        "score_low": decimal(row.get("score_low"), blank),
        "score_high": decimal(row.get("score_high"), blank),
        "n_answered": number(n_answered, blank),
        "n_applicable": number(n_applicable, blank),
        "completeness_pct": (
            blank
            if n_answered is None or n_applicable is None
            else percentage(int(n_answered), int(n_applicable))
        ),
        "n_base": int(staged),
        "n_missing": int(not staged),
    }


POSITIONS = AnnualTable(
    id="A01",
    name="partner_positions",
    title="Positions: where each named partner is on each commitment",
    one_row_per="organisation or department, and commitment",
    columns=POSITION_COLUMNS,
    make=partner_positions,
    notes=(
        "Positions are what partners declare. Beside them stands the stage that a reviewer "
        "assured; where it is not available, no review is finished.",
        "A partner without an accepted return has no stage. That is not stage 0.",
        "Partners that did not agree to be named are counted together, without positions.",
        "This is not a league table: a difference of one stage between unreviewed positions "
        "may be no difference.",
    ),
    sources=("organisation", "verdict", "commitment_stage", "assured_stage"),
)

EVIDENCE = AnnualTable(
    id="A05",
    name="evidence_and_assurance",
    title="Evidence: how much of what named partners declare has evidence",
    one_row_per="organisation or department, and commitment",
    columns=EVIDENCE_COLUMNS,
    make=evidence_and_assurance,
    notes=(
        "Evidence is named by partners. What no reviewer accepted was read by nobody else.",
        "Evidence is out of date when it is older than its type allows on the closing day.",
        "Hours are for the whole return. Do not add them up over commitments.",
    ),
    sources=(
        "organisation",
        "verdict",
        "answer",
        "record_value",
        "commitment_stage",
        "assured_stage",
    ),
)
