"""Which reminders were sent to whom, so that nobody gets the same one twice."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, delete, func, insert, select

from remi.store.database import writing
from schemas.people import reminder


@dataclass(frozen=True)
class Reminder:
    """One reminder of one kind, to one person of one organisation."""

    cycle: str
    organisation_id: str
    kind: str
    person_id: str


@dataclass(frozen=True)
class SentBefore:
    """How many reminders of one kind were sent, and when the last one was."""

    kind: str
    number: int
    last: datetime


def claim(engine: Engine, wanted: Reminder, now: datetime) -> bool:
    """Record that it is being sent; False where that was done before, by whomever.

    Recorded first, so that of two that send at the same time only one does. `withdraw` it where
    it was not sent after all.
    """
    with writing(engine) as connection:
        if connection.execute(select(reminder).where(*_same(wanted))).one_or_none() is not None:
            return False
        connection.execute(insert(reminder).values(**asdict(wanted), sent_at=now))
    return True


def withdraw(engine: Engine, claimed: Reminder) -> None:
    """It could not be sent, so that it is tried again next time."""
    with writing(engine) as connection:
        connection.execute(delete(reminder).where(*_same(claimed)))


def reminded(engine: Engine, cycle: str, kind: str) -> set[tuple[str, str]]:
    """Who got this reminder, as organisation and person."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(reminder.c.organisation_id, reminder.c.person_id).where(
                reminder.c.cycle == cycle, reminder.c.kind == kind
            )
        ).all()
    return {(row.organisation_id, row.person_id) for row in rows}


def sent_before(engine: Engine, cycle: str) -> list[SentBefore]:
    """What was sent in this cycle, by kind, the last one first."""
    last = func.max(reminder.c.sent_at)
    with engine.connect() as connection:
        rows = connection.execute(
            select(reminder.c.kind, func.count().label("number"), last.label("last"))
            .where(reminder.c.cycle == cycle)
            .group_by(reminder.c.kind)
            .order_by(last.desc(), reminder.c.kind)
        ).all()
    return [SentBefore(**row._mapping) for row in rows]


def _same(one: Reminder) -> list[ColumnElement[bool]]:
    return [reminder.c[name] == value for name, value in asdict(one).items()]
