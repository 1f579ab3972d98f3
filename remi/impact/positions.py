"""Table A01: where each partner is on each commitment."""

from __future__ import annotations

import pandas as pd

from remi.impact.assurance import Reviews, reviews
from remi.impact.columns import BY_NAME_KEYS, MAY_BE_NAMED
from remi.impact.common import (
    Cell,
    decimal,
    number,
    percentage,
    table_frame,
)
from remi.impact.partners import Partner, partners
from remi.impact.results import Results, results
from remi.impact.status import WORDS, position_text, why_blank
from schemas.framework import Commitment, Framework
from schemas.impact import OPTED_IN, AnnualTable, CycleData, Holds, Status, TableColumn
from schemas.results import STAGED


def own(id_: str, heading: str, holds: Holds, meaning: str) -> TableColumn:
    """A column that says something of one partner."""
    return TableColumn(id_, heading, holds, meaning, by_name=True)


POSITION_COLUMNS = (
    *BY_NAME_KEYS,
    own(
        "declared_stage",
        "Stage declared",
        Holds.STAGE,
        "The stage that the partner's answers reach; 0 is before the first stage",
    ),
    own(
        "position_text",
        "Position",
        Holds.TEXT,
        "The stage, and how many core criteria of the next stage are met",
    ),
    own("core_met_next", "Core met", Holds.ORGANISATIONS, "Core criteria of the next stage met"),
    own(
        "core_total_next",
        "Core in all",
        Holds.ORGANISATIONS,
        "Core criteria of the next stage that apply",
    ),
    own(
        "floor_stage",
        "Floor",
        Holds.STAGE,
        "The stage if every answer “not applicable” were “not met”",
    ),
    own(
        "assured_stage",
        "Stage assured",
        Holds.STAGE,
        "The stage that is left when only what a reviewer accepted on evidence in date is met",
    ),
    own("overclaim_gap", "Gap", Holds.MEASURE, "Stage declared less stage assured"),
    own(
        "score",
        "Score",
        Holds.SCORE,
        "Mean share of the stages that its indicators reach; read it after the stage",
    ),
    own("score_low", "Score low", Holds.SCORE, "The score if nothing left unanswered were met"),
    own("score_high", "Score high", Holds.SCORE, "The score if all that is unanswered were met"),
    own("n_answered", "Answered", Holds.ORGANISATIONS, "Criteria that apply and were answered"),
    own("n_applicable", "Applying", Holds.ORGANISATIONS, "Criteria that apply"),
    TableColumn(
        "completeness_pct",
        "Complete",
        Holds.PERCENTAGE,
        "Criteria answered as a share of those that apply",
        of=("n_answered", "n_applicable"),
        by_name=True,
    ),
    own("reviewer_type", "Reviewer", Holds.TEXT, "How many reviewers looked at it"),
    MAY_BE_NAMED,
)


def partner_positions(data: CycleData) -> pd.DataFrame:
    """A01: one row for each organisation or department of the register and each commitment."""
    found, reviewed = results(data), reviews(data)
    rows = [
        {
            **keys(partner, commitment, found),
            **_position(partner, commitment, found, data.framework),
            **_assured(partner, commitment, found, reviewed),
            "reviewer_type": reviewed.reviewer(partner, commitment.id),
            OPTED_IN: "yes" if partner.named else "no",
        }
        for partner in partners(data)
        for commitment in data.framework.commitments
    ]
    return table_frame(data, POSITION_COLUMNS, rows)


def _assured(
    partner: Partner, commitment: Commitment, found: Results, reviewed: Reviews
) -> dict[str, Cell]:
    blank = why_blank(found.status(partner, commitment.id))
    review = reviewed.of(partner, commitment.id)
    return {
        "assured_stage": number(review.get("assured_stage"), blank),
        "overclaim_gap": decimal(review.get("overclaim_gap"), blank),
    }


def keys(partner: Partner, commitment: Commitment, found: Results) -> dict[str, Cell]:
    """The cells that say which partner and commitment a row is about."""
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
