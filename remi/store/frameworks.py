"""The framework that a cycle's answers were given to, as it read when the first of them came."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, exists, insert, select

from remi.store.database import connected
from schemas.store import answer, framework_in_use


class InUse(NamedTuple):
    """What a framework asked and how it scored. `since` is UTC without its zone."""

    since: datetime
    issued: str


def framework_kept(source: Engine | Connection, cycle: str, framework: str) -> InUse | None:
    """This framework as this cycle's answers were given to it; None where none have come."""
    columns = framework_in_use.c
    chosen = select(columns.since, columns.issued).where(
        columns.cycle == cycle, columns.framework == framework
    )
    with connected(source) as connection:
        row = connection.execute(chosen).one_or_none()
    return InUse(*row) if row else None


def keep_framework(connection: Connection, cycle: str, framework: str, kept: InUse) -> None:
    """Keep it where the cycle has answers and it is not kept. Inside `writing`."""
    has_answers = select(exists().where(answer.c.cycle == cycle))
    if framework_kept(connection, cycle, framework) is None and connection.scalar(has_answers):
        values = {"cycle": cycle, "framework": framework, **kept._asdict()}
        connection.execute(insert(framework_in_use).values(values))
