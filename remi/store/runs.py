"""What each step of a cycle was made from, and by which run; which checks that run passed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select

from remi.store.database import connected
from remi.store.watermark import NOTHING, Mark
from schemas.runs import passed_run, run_check, run_step


@dataclass(frozen=True)
class MadeStep:
    """A step whose rows are stored. `run_id` is empty where it was made outside a run.

    `inputs` is each kind of input with the hash of it, `last_place` that of the last file that was
    read, `mark` what had come in before the step began.
    """

    step: str
    run_id: str
    inputs: Mapping[str, str]
    content_hash: str = ""
    last_place: int = 0
    mark: Mark = NOTHING


@dataclass(frozen=True)
class MadeCheck:
    """What a blocking check said of what a run had made."""

    name: str
    step: str
    run_id: str
    passed: bool


@dataclass(frozen=True)
class PassedRun:
    """A run that passed every blocking check, and what had come in when it judged."""

    run_id: str
    passed_at: datetime
    input_hash: str
    mark: Mark


def record_step(connection: Connection, cycle: str, made: MadeStep, later: Collection[str]) -> None:
    """Say that this step's rows are stored. Call inside the transaction that stores them.

    What was said of it and of the steps `later` than it, checks included, holds no longer.
    """
    outdated = [made.step, *later]
    for table in (run_step, run_check):
        connection.execute(delete(table).where(table.c.cycle == cycle, table.c.step.in_(outdated)))
    connection.execute(
        insert(run_step).values(
            cycle=cycle,
            step=made.step,
            run_id=made.run_id,
            inputs=json.dumps(dict(made.inputs), sort_keys=True),
            content_hash=made.content_hash,
            last_place=made.last_place,
            **_counts(made.mark),
            made_at=_now(),
        )
    )


def record_check(connection: Connection, cycle: str, said: MadeCheck) -> None:
    """Say what a check found. Call inside `writing`."""
    connection.execute(
        delete(run_check).where(run_check.c.cycle == cycle, run_check.c.name == said.name)
    )
    connection.execute(insert(run_check).values(cycle=cycle, asked_at=_now(), **vars(said)))


def record_passed(
    connection: Connection,
    cycle: str,
    run_id: str,
    input_hash: str,
    checks: Collection[str],
    mark: Mark,
) -> None:
    """Say that a run has passed every blocking check. Call inside `writing`."""
    of_run = (passed_run.c.cycle == cycle, passed_run.c.run_id == run_id)
    connection.execute(delete(passed_run).where(*of_run))
    connection.execute(
        insert(passed_run).values(
            cycle=cycle,
            run_id=run_id,
            passed_at=_now(),
            input_hash=input_hash,
            checks="; ".join(checks),
            **_counts(mark),
        )
    )


def steps_of(source: Engine | Connection, cycle: str) -> dict[str, MadeStep]:
    """Every step of the cycle that is stored as made from what is stored before it."""
    wanted = select(run_step).where(run_step.c.cycle == cycle)
    with connected(source) as connection:
        rows = connection.execute(wanted).all()
    return {
        row.step: MadeStep(
            row.step,
            row.run_id,
            json.loads(row.inputs),
            row.content_hash,
            row.last_place,
            _mark(row),
        )
        for row in rows
    }


def checks_of(source: Engine | Connection, cycle: str) -> dict[str, MadeCheck]:
    """What each check said of what is stored now."""
    wanted = select(run_check).where(run_check.c.cycle == cycle)
    with connected(source) as connection:
        rows = connection.execute(wanted).all()
    return {row.name: MadeCheck(row.name, row.step, row.run_id, row.passed) for row in rows}


def last_passed(source: Engine | Connection, cycle: str) -> PassedRun | None:
    """The latest run of the cycle that passed every blocking check, if any did."""
    wanted = (
        select(passed_run)
        .where(passed_run.c.cycle == cycle)
        .order_by(passed_run.c.passed_at.desc())
        .limit(1)
    )
    with connected(source) as connection:
        row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    return PassedRun(row.run_id, row.passed_at, row.input_hash, _mark(row))


def _counts(mark: Mark) -> dict[str, int]:
    return {f"n_{name}": number for name, number in mark._asdict().items()}


def _mark(row: Row[Any]) -> Mark:
    return Mark(row.n_files, row.n_sign_offs, row.n_decisions)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
