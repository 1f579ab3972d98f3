"""Links and codes that were sent by e-mail. Each can be used once, for a few minutes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from remi.store.database import writing
from remi.store.sessions import hashed
from schemas.people import sign_in

KEPT = timedelta(days=1)
CODE_DIGITS = 6


@dataclass(frozen=True)
class Offer:
    """What goes into the e-mail: either one signs in, and is used up by it."""

    link: str
    code: str


def offer(
    engine: Engine, sign_in_id: str, person_id: str, key: bytes, now: datetime, minutes: int
) -> Offer:
    """A new link and code for this person. `sign_in_id` is known to the browser that asked."""
    made = Offer(secrets.token_urlsafe(32), f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}")
    with writing(engine) as connection:
        connection.execute(delete(sign_in).where(sign_in.c.expires_at < now - KEPT))
        connection.execute(
            insert(sign_in).values(
                sign_in_id=sign_in_id,
                person_id=person_id,
                link_hash=hashed(made.link),
                code_hash=_code_hash(key, sign_in_id, made.code),
                asked_at=now,
                expires_at=now + timedelta(minutes=minutes),
                used_at=None,
                wrong_codes=0,
            )
        )
    return made


def use_link(engine: Engine, link: str, now: datetime) -> str | None:
    """The id of the person whose link this is, which is used up; nothing where it opens nothing."""
    with writing(engine) as connection:
        row = connection.execute(
            select(sign_in).where(sign_in.c.link_hash == hashed(link))
        ).one_or_none()
        return _use(connection, row, now)


def use_code(
    engine: Engine, sign_in_id: str, code: str, key: bytes, now: datetime, tries: int
) -> str | None:
    """The id of the person whose code this is, which is used up. A wrong code is counted, and
    after `tries` of them even the right one opens nothing."""
    with writing(engine) as connection:
        row = connection.execute(
            select(sign_in).where(sign_in.c.sign_in_id == sign_in_id)
        ).one_or_none()
        if row is None or row.wrong_codes >= tries:
            return None
        if not hmac.compare_digest(row.code_hash, _code_hash(key, sign_in_id, code)):
            connection.execute(
                update(sign_in)
                .where(sign_in.c.sign_in_id == sign_in_id)
                .values(wrong_codes=row.wrong_codes + 1)
            )
            return None
        return _use(connection, row, now)


def _use(connection: Connection, row: Row[tuple[object, ...]] | None, now: datetime) -> str | None:
    if row is None or row.used_at is not None or row.expires_at <= now:
        return None
    connection.execute(
        update(sign_in).where(sign_in.c.sign_in_id == row.sign_in_id).values(used_at=now)
    )
    return str(row.person_id)


def _code_hash(key: bytes, sign_in_id: str, code: str) -> str:
    # A plain hash of six digits could be undone by trying them all.
    return hmac.new(key, f"code {sign_in_id} {code}".encode(), hashlib.sha256).hexdigest()
