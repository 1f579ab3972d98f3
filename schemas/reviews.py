"""Reviewers' decisions about what partners claim, and what is assured by them.

Decisions are only ever added: a later one of the same reviewer takes the place of the earlier one,
which stays. The other tables are recomputed for a whole cycle. Times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pandas as pd
import pandera.pandas as pa
from sqlalchemy import (
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from schemas.intake import AnswerState
from schemas.people import person
from schemas.results import INDICATOR_AT_ITS_LEVEL
from schemas.store import metadata


class Decision(StrEnum):
    """What a reviewer says of one claim."""

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    MORE_EVIDENCE = "more_evidence"


class Grade(StrEnum):
    """How far the evidence for a claim was looked into, the least first."""

    NONE = "none"
    DESCRIBED = "described"
    """The partner names it; nobody else saw it."""
    DOCUMENTED = "documented"
    """The reviewer saw it."""
    VERIFIED = "verified"
    """The reviewer compared it with where it comes from."""


class Outcome(StrEnum):
    """Where the review of one claim stands."""

    UNREVIEWED = "unreviewed"
    LOOK_AGAIN = "look_again"
    """Decided once, but its answer or evidence changed since."""
    SECOND_NEEDED = "second_needed"
    THIRD_NEEDED = "third_needed"
    """Reviewers disagree."""
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    MORE_EVIDENCE = "more_evidence"


DECIDED = (Outcome.ACCEPTED.value, Outcome.NOT_ACCEPTED.value, Outcome.MORE_EVIDENCE.value)
"""The outcomes that wait for no reviewer."""


class ReviewStatus(StrEnum):
    """How far the review of a commitment or indicator is."""

    NOT_REVIEWED = "not_reviewed"
    IN_REVIEW = "in_review"
    """Something is decided, but what is not yet decided could still change the assured stage."""
    REVIEWED = "reviewed"


CLAIMS = (AnswerState.MET.value, AnswerState.NOT_APPLICABLE.value)
"""The answers that a reviewer may accept or not: what is met, and what cannot apply."""


@dataclass(frozen=True)
class DecisionMade:
    """One row of `review_decision`; `decision_id` is missing until it is kept."""

    cycle: str
    organisation_id: str
    submission_id: str
    indicator_id: str
    stage: int
    claim: str
    basis: str
    decision: Decision
    grade: Grade
    reason: str | None
    person_id: str
    decided_at: datetime
    decision_id: int | None = None


review_decision = Table(
    "review_decision",
    metadata,
    Column("decision_id", Integer, primary_key=True),  # in the order in which they were made
    Column("cycle", String(7), nullable=False),
    Column("organisation_id", String(16), nullable=False),
    Column("submission_id", String(24), ForeignKey("submission.submission_id"), nullable=False),
    Column("indicator_id", String(8), nullable=False),
    Column("stage", Integer, nullable=False),
    Column("claim", String(16), nullable=False),  # met | not_applicable, as it was decided about
    Column("basis", String(64), nullable=False),  # hash of the answer and its evidence at the time
    Column("decision", String(16), nullable=False),
    Column("grade", String(16), nullable=False),
    Column("reason", Text, nullable=True),  # the reviewer's words; never published
    Column("person_id", String(16), ForeignKey(person.c.person_id), nullable=False),
    Column("decided_at", DateTime(timezone=False), nullable=False),
    Index("ix_review_decision_organisation", "cycle", "organisation_id"),
)

assured_stage = Table(
    "assured_stage",
    metadata,
    Column("cycle", String(7), nullable=False, index=True),
    Column("organisation_id", String(16), nullable=False),
    Column("submission_id", String(24), ForeignKey("submission.submission_id"), nullable=False),
    Column("level", String(12), nullable=False),  # commitment | indicator
    Column("commitment_id", String(32), nullable=False),
    Column("indicator_id", String(8), nullable=True),
    Column("status", String(16), nullable=False),  # a ReviewStatus
    Column("declared_stage", Integer, nullable=True),
    Column("assured_stage", Integer, nullable=True),
    Column("overclaim_gap", Integer, nullable=True),  # declared less assured
    Column("n_claims", Integer, nullable=False),
    Column("n_decided", Integer, nullable=False),
    Column("n_accepted", Integer, nullable=False),
    Column("n_met", Integer, nullable=False),  # of the claims, those of criteria that are met
    Column("n_met_accepted", Integer, nullable=False),
    Column("n_met_verified", Integer, nullable=False),
    Column("n_reviewers", Integer, nullable=False),  # whose decisions count here
    Column("framework_version", String(48), nullable=False),
    Column("engine_version", String(16), nullable=False),
    Column("input_hash", String(64), nullable=False),
)

assurance_agreement = Table(
    "assurance_agreement",
    metadata,
    Column("cycle", String(7), primary_key=True),
    Column("commitment_id", String(32), primary_key=True),  # EVERY_COMMITMENT for all together
    Column("statistic", String(24), primary_key=True),
    Column("value", Float, nullable=True),
    Column("low", Float, nullable=True),
    Column("high", Float, nullable=True),
    Column("n", Integer, nullable=False),  # pairs of a declared and an assured stage
    Column("reason", Text, nullable=False),  # why there is no value; empty where there is one
)

EVERY_COMMITMENT = "all"


def _text(*, nullable: bool = False) -> pa.Column:
    return pa.Column(str, nullable=nullable, coerce=True)


def _whole(*, nullable: bool = False) -> pa.Column:
    return pa.Column("Int64", pa.Check.ge(0), nullable=nullable, coerce=True)


def _at_most(low: str, high: str) -> pa.Check:
    def check(frame: pd.DataFrame) -> pd.Series[bool]:
        return (frame[low] <= frame[high]).fillna(True)

    return pa.Check(check, error=f"{low} is not above {high}")


def _gap_is_the_difference(frame: pd.DataFrame) -> pd.Series[bool]:
    difference = frame["declared_stage"] - frame["assured_stage"]
    return (frame["overclaim_gap"].isna() & difference.isna()) | (
        frame["overclaim_gap"] == difference
    ).fillna(False)


def _assured_iff_reviewed(frame: pd.DataFrame) -> pd.Series[bool]:
    reviewed = frame["status"] == ReviewStatus.REVIEWED.value
    return frame["assured_stage"].notna() == (reviewed & frame["declared_stage"].notna())


ASSURED_STAGES = pa.DataFrameSchema(
    {
        **{name: _text() for name in ("cycle", "organisation_id", "submission_id")},
        "level": pa.Column(str, pa.Check.isin(["commitment", "indicator"]), coerce=True),
        "commitment_id": _text(),
        "indicator_id": _text(nullable=True),
        "status": pa.Column(str, pa.Check.isin([s.value for s in ReviewStatus]), coerce=True),
        "declared_stage": _whole(nullable=True),
        "assured_stage": _whole(nullable=True),
        "overclaim_gap": _whole(nullable=True),
        **{
            name: _whole()
            for name in (
                "n_claims",
                "n_decided",
                "n_accepted",
                "n_met",
                "n_met_accepted",
                "n_met_verified",
                "n_reviewers",
            )
        },
        **{name: _text() for name in ("framework_version", "engine_version", "input_hash")},
    },
    checks=[
        _at_most("assured_stage", "declared_stage"),
        _at_most("n_decided", "n_claims"),
        _at_most("n_accepted", "n_decided"),
        _at_most("n_met", "n_claims"),
        _at_most("n_met_accepted", "n_met"),
        _at_most("n_met_accepted", "n_accepted"),
        _at_most("n_met_verified", "n_met_accepted"),
        pa.Check(_gap_is_the_difference, error="the gap is declared less assured"),
        pa.Check(
            _assured_iff_reviewed,
            error="a stage is assured exactly where it was reviewed and one is declared",
        ),
        INDICATOR_AT_ITS_LEVEL,
    ],
    unique=["cycle", "organisation_id", "level", "commitment_id", "indicator_id"],
    strict=True,
    ordered=True,
    name="assured_stages",
)
"""One row for each organisation and commitment, and each indicator, of which something is asked."""

ASSURANCE_AGREEMENT = pa.DataFrameSchema(
    {
        **{name: _text() for name in ("cycle", "commitment_id", "statistic")},
        **{
            name: pa.Column("Float64", nullable=True, coerce=True)
            for name in ("value", "low", "high")
        },
        "n": _whole(),
        "reason": _text(),
    },
    checks=[
        pa.Check(
            lambda f: f["value"].isna() == (f["reason"] != ""),
            error="there is a reason exactly where there is no value",
        ),
        _at_most("low", "value"),
        _at_most("value", "high"),
    ],
    unique=["cycle", "commitment_id", "statistic"],
    strict=True,
    ordered=True,
    name="assurance_agreement",
)
"""One row for each statistic, for every commitment and for all of them together."""
