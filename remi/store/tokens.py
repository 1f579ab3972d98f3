"""Tokens by which a program sends or reads for one organisation in one round, until a day.

Only the SHA-256 of a token is kept. It works for as long as whoever made it is the organisation's
lead, so that what a person may do ends for their programs as well.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Engine, Row, insert, select, update

from remi.store.database import writing
from remi.store.people import find_person
from remi.store.sessions import hashed
from remi.store.text import storable
from schemas.people import api_token

Scope = Literal["send", "read"]

BEGINS = "remi_"
"""How every token begins, so that one that was left lying about is known for what it is."""

LEAD = "lead"


@dataclass(frozen=True)
class Token:
    """A token as it is known to us, which is without what opens the door."""

    token_id: str
    name: str
    organisation_id: str
    cycle: str
    scope: Scope
    made_by: str
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True)
class NewToken:
    """A token that was just made, with the secret that is never seen again."""

    token: Token
    secret: str


def make_token(
    engine: Engine,
    name: str,
    organisation_id: str,
    cycle: str,
    scope: Scope,
    made_by: str,
    now: datetime,
    expires_at: datetime,
) -> NewToken:
    """Make a token. Times are UTC without their zone."""
    secret = BEGINS + secrets.token_urlsafe(32)
    token = Token(
        token_id=secrets.token_hex(8),
        name=storable(name),
        organisation_id=organisation_id,
        cycle=cycle,
        scope=scope,
        made_by=made_by,
        made_at=now,
        expires_at=expires_at,
        ended_at=None,
        last_used_at=None,
    )
    with writing(engine) as connection:
        connection.execute(insert(api_token).values(token_hash=hashed(secret), **vars(token)))
    return NewToken(token, secret)


def find_token(engine: Engine, secret: str, now: datetime) -> Token | None:
    """The token with this secret, if it still opens its door."""
    with engine.connect() as connection:
        row = connection.execute(
            select(api_token).where(
                api_token.c.token_hash == hashed(secret),
                api_token.c.ended_at.is_(None),
                api_token.c.expires_at > now,
            )
        ).one_or_none()
    if row is None:
        return None
    maker = find_person(engine, row.made_by)
    if maker is None or not maker.has_for(LEAD, row.organisation_id):
        return None
    if row.last_used_at is None or now - row.last_used_at > timedelta(minutes=1):
        # Once a minute is enough to know whether it is in use, and spares a write each time.
        with writing(engine) as connection:
            connection.execute(
                update(api_token)
                .where(api_token.c.token_id == row.token_id)
                .values(last_used_at=now)
            )
    return _token(row)


def tokens_of(engine: Engine, organisation_id: str) -> list[Token]:
    """Every token that was made for the organisation, the latest first."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(api_token)
            .where(api_token.c.organisation_id == organisation_id)
            .order_by(api_token.c.made_at.desc(), api_token.c.token_id)
        ).all()
    return [_token(row) for row in rows]


def end_token(engine: Engine, organisation_id: str, token_id: str, now: datetime) -> bool:
    """End a token of this organisation; whether there was one to end."""
    with writing(engine) as connection:
        ended = connection.execute(
            update(api_token)
            .where(
                api_token.c.token_id == token_id,
                api_token.c.organisation_id == organisation_id,
                api_token.c.ended_at.is_(None),
            )
            .values(ended_at=now)
        )
    return bool(ended.rowcount)


def end_tokens_made_by(engine: Engine, person_id: str, organisation_id: str, now: datetime) -> None:
    """End every token that this person made for the organisation."""
    with writing(engine) as connection:
        connection.execute(
            update(api_token)
            .where(
                api_token.c.made_by == person_id,
                api_token.c.organisation_id == organisation_id,
                api_token.c.ended_at.is_(None),
            )
            .values(ended_at=now)
        )


def _token(row: Row[tuple[object, ...]]) -> Token:
    values = dict(row._mapping)
    values.pop("token_hash")
    return Token(**values)
