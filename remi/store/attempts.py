"""How often something was tried lately, so that nobody can try without end."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, func, insert, select

from remi.store.database import writing
from schemas.people import attempt
from schemas.portal import RateLimit

KEPT = timedelta(days=1)


def allow(engine: Engine, kind: str, key: str, limit: RateLimit, now: datetime) -> bool:
    """Count one attempt of this kind by this key; whether it is within the limit.

    Keys (addresses, networks) are kept as hashes. An attempt over the limit is not counted, so
    that waiting helps.
    """
    key_hash = hashlib.sha256(key.encode()).hexdigest()
    with writing(engine) as connection:
        connection.execute(delete(attempt).where(attempt.c.at < now - KEPT))
        lately = connection.scalar(
            select(func.count())
            .select_from(attempt)
            .where(
                attempt.c.kind == kind,
                attempt.c.key_hash == key_hash,
                attempt.c.at > now - timedelta(minutes=limit.minutes),
            )
        )
        if (lately or 0) >= limit.most:
            return False
        connection.execute(insert(attempt).values(kind=kind, key_hash=key_hash, at=now))
    return True
