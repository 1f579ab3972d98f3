"""Verdicts as they are stored, one submission at a time."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Engine, Row, bindparam, select, update

from remi.store.database import writing
from schemas.intake import Problem, Verdict
from schemas.store import problem, verdict

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
