"""Verdicts as they are stored, one submission at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, Row, bindparam, distinct, func, or_, select, update

from remi.store.database import connected
from remi.store.submissions import Submission
from schemas.intake import Problem, Verdict
from schemas.store import ANYONE, answer, problem, record_value, submission, verdict

FIELDS = ("rule", "severity", "wrong", "fix", "sheet", "cell", "ref", "seen")


def stored_verdict(engine: Engine, submission_id: str) -> Verdict | None:
    """What was decided about this submission; nothing where it was not judged yet."""
    return stored_verdicts(engine, [submission_id]).get(submission_id)


def stored_verdicts(engine: Engine, submission_ids: Collection[str]) -> dict[str, Verdict]:
    """What was decided about those of these submissions that were judged, by submission."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(verdict).where(verdict.c.submission_id.in_(submission_ids))
        ).all()
        problems = connection.execute(
            select(problem)
            .where(problem.c.submission_id.in_(submission_ids))
            .order_by(problem.c.submission_id, problem.c.number)
        ).all()
    of: dict[str, list[Problem]] = {row.submission_id: [] for row in rows}
    for one in problems:
        if one.submission_id in of:
            of[one.submission_id].append(_problem(one))
    return {row.submission_id: _verdict(row, of[row.submission_id]) for row in rows}


def replaced(source: Engine | Connection, submission_ids: Collection[str]) -> set[str]:
    """Those of these submissions whose place another one has taken."""
    wanted = select(verdict.c.submission_id).where(
        verdict.c.submission_id.in_(submission_ids), verdict.c.superseded_by.is_not(None)
    )
    with connected(source) as connection:
        return set(connection.scalars(wanted))


def counting_by_file(source: Engine | Connection, cycle: str) -> dict[str, bool]:
    """Every file of the cycle that was judged, and whether it counts."""
    wanted = select(verdict.c.submission_id, verdict.c.counts).where(verdict.c.cycle == cycle)
    with connected(source) as connection:
        return {row.submission_id: bool(row.counts) for row in connection.execute(wanted)}


def write_counts(connection: Connection, frame: pd.DataFrame) -> None:
    """Say of each submission whether it counts, and which one took its place.

    Columns `submission_id`, `counts` and `superseded_by`. Call inside `writing`.
    """
    rows = [
        {"key": row["submission_id"], "now": bool(row["counts"]), "by": _text(row["superseded_by"])}
        for row in frame.to_dict("records")
    ]
    if rows:
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
    kind: str
    outcome: str
    counts: bool


def received_otherwise(engine: Engine, cycle: str, organisation_id: str) -> list[ReceivedOtherwise]:
    """Files of this organisation that nobody sent who was signed in, the latest first."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(
                submission.c.submission_id,
                submission.c.file_name,
                submission.c.came_last_at.label("received_at"),
                verdict.c.kind,
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


def answers_of(engine: Engine, sent: Submission) -> dict[tuple[str, int], tuple[str, str]]:
    """Every answer of a file that somebody sent who was signed in, as indicator and stage to
    commitment and answer."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(
                answer.c.indicator_id, answer.c.stage, answer.c.commitment_id, answer.c.answer
            ).where(
                answer.c.cycle == sent.cycle,
                answer.c.organisation_id == sent.sent_for,
                answer.c.submission_id == sent.submission_id,
            )
        ).all()
    return {(row.indicator_id, row.stage): (row.commitment_id, row.answer) for row in rows}


def values_changed(engine: Engine, before: Submission, now: Submission) -> int:
    """How many other values differ between two files: in their state, or in what was seen.

    A value is the same one by its sheet, record and column. Counted by the database, since an
    engagement workbook may hold hundreds of thousands.
    """
    of_both = record_value.c.submission_id.in_((before.submission_id, now.submission_id))
    said = (record_value.c.state, func.coalesce(record_value.c.seen, ""))
    differing = (
        select(record_value.c.sheet_id)
        .where(record_value.c.cycle == now.cycle, of_both)
        .group_by(record_value.c.sheet_id, record_value.c.record, record_value.c.column_id)
        .having(
            or_(
                func.count(distinct(record_value.c.submission_id)) == 1,
                *(func.min(one) != func.max(one) for one in said),
            )
        )
    )
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(differing.subquery())) or 0
