"""Verdicts as they are stored, one submission at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Engine, Row, bindparam, select, update

from remi.store.database import writing
from schemas.intake import Problem, Verdict
from schemas.store import ANYONE, answer, problem, record_value, submission, verdict

FIELDS = ("rule", "severity", "wrong", "fix", "sheet", "cell", "ref", "seen")


def stored_verdict(engine: Engine, submission_id: str) -> Verdict | None:
    """What was decided about this submission; nothing where it was not judged yet."""
    with engine.connect() as connection:
        row = connection.execute(
            select(verdict).where(verdict.c.submission_id == submission_id)
        ).one_or_none()
        if row is None:
            return None
        problems = connection.execute(
            select(problem)
            .where(problem.c.submission_id == submission_id)
            .order_by(problem.c.number)
        ).all()
    return _verdict(row, [_problem(one) for one in problems])


def write_counts(engine: Engine, frame: pd.DataFrame) -> None:
    """Say of each submission whether it counts, and which one took its place.

    Columns `submission_id`, `counts` and `superseded_by`.
    """
    rows = [
        {"key": row["submission_id"], "now": bool(row["counts"]), "by": _text(row["superseded_by"])}
        for row in frame.to_dict("records")
    ]
    if not rows:
        return
    with writing(engine) as connection:
        connection.execute(
            update(verdict)
            .where(verdict.c.submission_id == bindparam("key"))
            .values(counts=bindparam("now"), superseded_by=bindparam("by")),
            rows,
        )


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _problem(row: Row[Any]) -> Problem:
    return Problem(**{name: row._mapping[name] for name in FIELDS})


def _verdict(row: Row[Any], problems: list[Problem]) -> Verdict:
    return Verdict(
        submission_id=row.submission_id,
        cycle=row.cycle,
        outcome=row.outcome,
        kind=row.kind,
        organisation_id=row.organisation_id,
        framework_version=row.framework_version,
        cells_read=row.cells_read,
        problems=tuple(problems),
    )


@dataclass(frozen=True)
class ReceivedOtherwise:
    """A file that came through a door at which nobody signs in, such as the inbox."""

    submission_id: str
    file_name: str
    received_at: datetime
    outcome: str
    counts: bool


def received_otherwise(engine: Engine, cycle: str, organisation_id: str) -> list[ReceivedOtherwise]:
    """Files of this organisation that nobody sent who was signed in, the latest first."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(
                submission.c.submission_id,
                submission.c.file_name,
                submission.c.received_at,
                verdict.c.outcome,
                verdict.c.counts,
            )
            .join(verdict, verdict.c.submission_id == submission.c.submission_id)
            .where(
                verdict.c.cycle == cycle,
                verdict.c.organisation_id == organisation_id,
                submission.c.sent_for == ANYONE,
            )
            .order_by(submission.c.place.desc())
        ).all()
    return [ReceivedOtherwise(**row._mapping) for row in rows]


def answers_of(engine: Engine, submission_id: str) -> dict[tuple[str, int], tuple[str, str]]:
    """Every answer of a file, as indicator and stage to commitment and answer."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(
                answer.c.indicator_id, answer.c.stage, answer.c.commitment_id, answer.c.answer
            ).where(answer.c.submission_id == submission_id)
        ).all()
    return {(row.indicator_id, row.stage): (row.commitment_id, row.answer) for row in rows}


def values_of(engine: Engine, submission_id: str) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Every other value of a file, as sheet, record and column to its state and what was seen."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(
                record_value.c.sheet_id,
                record_value.c.record,
                record_value.c.column_id,
                record_value.c.state,
                record_value.c.seen,
            ).where(record_value.c.submission_id == submission_id)
        ).all()
    return {(row.sheet_id, row.record, row.column_id): (row.state, row.seen or "") for row in rows}
