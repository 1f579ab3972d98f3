"""Who is signed in. A session is known by the SHA-256 of what the browser keeps, so that reading
the database opens no door."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select, update

from remi.store.database import writing
from remi.store.people import Person, find_person
from schemas.people import session

KEPT_DAYS = 30
"""For how long a session that is over stays in the table."""


def hashed(secret: str) -> str:
    """The SHA-256 under which a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def begin_session(engine: Engine, person_id: str, door: str, now: datetime, hours: int) -> str:
    """Sign a person in; gives the secret for the browser, new each time."""
    secret = secrets.token_urlsafe(32)
    with writing(engine) as connection:
        connection.execute(
            delete(session).where(session.c.expires_at < now - timedelta(days=KEPT_DAYS))
        )
        connection.execute(
            insert(session).values(
                session_hash=hashed(secret),
                person_id=person_id,
                door=door,
                began_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(hours=hours),
                ended_at=None,
            )
        )
    return secret


def person_of_session(
    engine: Engine, secret: str | None, now: datetime, idle_minutes: int
) -> Person | None:
    """The person whose session this is; nobody where it ended, expired or lay idle too long."""
    if not secret:
        return None
    key = hashed(secret)
    with engine.connect() as connection:
        row = connection.execute(
            select(session).where(
                session.c.session_hash == key,
                session.c.ended_at.is_(None),
                session.c.expires_at > now,
                session.c.last_seen_at > now - timedelta(minutes=idle_minutes),
            )
        ).one_or_none()
    if row is None:
        return None
    if now - row.last_seen_at > timedelta(minutes=1):
        # Once a minute is enough to know who is idle, and spares a write for every page.
        with writing(engine) as connection:
            connection.execute(
                update(session).where(session.c.session_hash == key).values(last_seen_at=now)
            )
    return find_person(engine, row.person_id)


def end_session(engine: Engine, secret: str | None, now: datetime) -> None:
    """Sign out: this session opens nothing from now on."""
    if not secret:
        return
    with writing(engine) as connection:
        connection.execute(
            update(session)
            .where(session.c.session_hash == hashed(secret), session.c.ended_at.is_(None))
            .values(ended_at=now)
        )


def end_sessions_of(engine: Engine, person_id: str, now: datetime) -> None:
    """End every session of a person, as when their roles are taken away."""
    with writing(engine) as connection:
        connection.execute(
            update(session)
            .where(session.c.person_id == person_id, session.c.ended_at.is_(None))
            .values(ended_at=now)
        )
