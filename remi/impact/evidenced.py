"""Table A05: what stands behind each partner's claims, and what a reviewer made of it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from remi.impact.assurance import Reviews, reviews
from remi.impact.columns import BY_NAME_KEYS, MAY_BE_NAMED
from remi.impact.common import (
    Cell,
    counted_answers,
    decimal,
    percentage,
    records,
    table_frame,
)
from remi.impact.evidence import evidence_items
from remi.impact.partners import Partner, partners
from remi.impact.positions import keys, own
from remi.impact.results import results
from remi.impact.status import why_blank
from remi.scoring.evidence import criterion_evidence
from schemas.framework import Commitment
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


EVIDENCE_COLUMNS = (
    *BY_NAME_KEYS,
    own("n_criteria_met", "Met", Holds.ORGANISATIONS, "Criteria that the partner says are met"),
    own("n_with_evidence", "With evidence", Holds.ORGANISATIONS, "Of those, with evidence named"),
    TableColumn(
        "evidenced_pct",
        "Evidenced",
        Holds.PERCENTAGE,
        "Criteria with evidence as a share of criteria met",
        of=("n_with_evidence", "n_criteria_met"),
        by_name=True,
    ),
    own(
        "n_stale", "Out of date", Holds.ORGANISATIONS, "Criteria whose evidence is all out of date"
    ),
    own(
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
    own("n_peer_reviewed", "Accepted", Holds.ORGANISATIONS, "Criteria that a reviewer accepted"),
    own(
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
    own(
        "hours_spent",
        "Hours",
        Holds.MEASURE,
        "Hours spent on the whole return, the same on each of the partner's rows",
    ),
    MAY_BE_NAMED,
)


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
                    **keys(partner, commitment, found),
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
