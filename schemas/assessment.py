"""What answers and assessment records must keep to, as Pandera schemas built from the framework.

A check is named by the id of its rule, whose words are in `config/messages`. Cells that
could not be read are no part of these frames: they are problems already.
"""

from __future__ import annotations

import pandera.pandas as pa

from schemas.checks import rule
from schemas.framework import Framework
from schemas.intake import AnswerState, ValueState


def answers(framework: Framework) -> pa.DataFrameSchema:
    """The `answer` table. A failure is a fault of ours, not of a partner's."""
    indicators = [indicator.id for _, indicator in framework.indicators()]
    return pa.DataFrameSchema(
        {
            "cycle": pa.Column(str),
            "organisation_id": pa.Column(str),
            "submission_id": pa.Column(str),
            "commitment_id": pa.Column(str, pa.Check.isin([c.id for c in framework.commitments])),
            "indicator_id": pa.Column(str, pa.Check.isin(indicators)),
            "stage": pa.Column(
                "int64", coerce=True, checks=pa.Check.isin([s.number for s in framework.stages])
            ),
            "answer": pa.Column(str, pa.Check.isin([state.value for state in AnswerState])),
            "inherited": pa.Column("bool", coerce=True),
            "sheet": pa.Column(str, nullable=True),
            "cell": pa.Column(str, nullable=True),
            "seen": pa.Column(str, nullable=True),
        },
        strict=True,
        unique=["submission_id", "indicator_id", "stage"],
    )


def indicator_rows(framework: Framework) -> tuple[pa.DataFrameSchema, ...]:
    """One row an indicator of one workbook, counting its answers.

    Columns: `n_not_applicable`, `reason_given`, `n_unanswered`, `n_claims_ahead`.
    """
    reason_required = framework.scoring.not_applicable.reason_required
    must_fix = pa.DataFrameSchema(
        {"n_not_applicable": pa.Column(int), "reason_given": pa.Column(bool)},
        checks=rule(
            "reason_missing",
            lambda rows: (
                (rows["n_not_applicable"] == 0) | rows["reason_given"] | (not reason_required)
            ),
        ),
    )
    look = pa.DataFrameSchema(
        {
            "n_unanswered": pa.Column(int, rule("unanswered", lambda n: n == 0)),
            "n_claims_ahead": pa.Column(int, rule("claims_ahead", lambda n: n == 0)),
        }
    )
    return must_fix, look


def typed_values() -> tuple[pa.DataFrameSchema, ...]:
    """Any cells of one kind of workbook: `state`, `required`, `day`, `may_be_future`, `last_day`.

    `last_day`: after it nothing can have happened of which the workbook tells.
    """
    states = [state.value for state in ValueState]
    return (
        pa.DataFrameSchema(
            {
                "state": pa.Column(str, pa.Check.isin(states)),
                "required": pa.Column(bool),
                "day": pa.Column("datetime64[s]", nullable=True),
                "may_be_future": pa.Column(bool),
                "last_day": pa.Column("datetime64[s]"),
            },
            checks=[
                rule("required_missing", lambda v: ~(v["required"] & (v["state"] == "blank"))),
                rule(
                    "date_in_future",
                    lambda v: ~((v["day"] > v["last_day"]) & ~v["may_be_future"]),
                ),
            ],
        ),
    )


def action_points() -> tuple[pa.DataFrameSchema, ...]:
    """Actions of one workbook: `state`, `done_on_state`."""
    return (
        pa.DataFrameSchema(
            checks=rule(
                "done_without_date",
                lambda a: ~((a["state"] == "done") & (a["done_on_state"] == "blank")),
            )
        ),
    )
