"""Reading the log of who did what and when, a page at a time, the latest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, func, select

from schemas.people import event, person

EMAIL_NOT_SENT = "email_not_sent"
"""What the log calls an e-mail that the mail server did not take; its subject is the kind."""


@dataclass(frozen=True)
class NotSent:
    """E-mails of one kind that were not sent: how many, and when the last was tried."""

    kind: str
    number: int
    last: datetime


@dataclass(frozen=True)
class Logged:
    """One line of the log. `who` is the address of the person, who may have been nobody."""

    at: datetime
    what: str
    who: str | None
    organisation_id: str | None
    cycle: str | None
    subject: str | None


def logged(engine: Engine, organisation_id: str, start: int, most: int) -> list[Logged]:
    """At most so many lines from place `start`; of all organisations where the id is empty."""
    query = (
        select(
            event.c.at,
            event.c.what,
            person.c.email.label("who"),
            event.c.organisation_id,
            event.c.cycle,
            event.c.subject,
        )
        .outerjoin(person, person.c.person_id == event.c.person_id)
        .where(*_of(organisation_id))
        .order_by(event.c.event_id.desc())
        .offset(start)
        .limit(most)
    )
    with engine.connect() as connection:
        return [Logged(**row._mapping) for row in connection.execute(query)]


def log_length(engine: Engine, organisation_id: str) -> int:
    """How many lines there are; of all organisations where the id is empty."""
    query = select(func.count()).select_from(event).where(*_of(organisation_id))
    with engine.connect() as connection:
        return connection.scalar(query) or 0


def emails_not_sent(engine: Engine, since: datetime) -> list[NotSent]:
    """E-mails that were not sent from this moment on, by kind. `since` is UTC without its zone."""
    query = (
        select(
            event.c.subject.label("kind"),
            func.count().label("number"),
            func.max(event.c.at).label("last"),
        )
        .where(event.c.what == EMAIL_NOT_SENT, event.c.at >= since)
        .group_by(event.c.subject)
        .order_by(event.c.subject)
    )
    with engine.connect() as connection:
        return [NotSent(**row._mapping) for row in connection.execute(query)]


def _of(organisation_id: str) -> list[ColumnElement[bool]]:
    return [event.c.organisation_id == organisation_id] if organisation_id else []
