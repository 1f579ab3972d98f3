"""The log of who did what and when: ids only, never what anybody wrote."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, insert

from remi.store.database import writing
from schemas.people import event


def log(
    engine: Engine,
    at: datetime,
    what: str,
    *,
    person_id: str | None = None,
    organisation_id: str | None = None,
    cycle: str | None = None,
    subject: str | None = None,
) -> None:
    """Add one line to the log. `what` is a few words with underscores, such as `signed_in`."""
    with writing(engine) as connection:
        connection.execute(
            insert(event).values(
                at=at,
                what=what,
                person_id=person_id,
                organisation_id=organisation_id,
                cycle=cycle,
                subject=subject,
            )
        )
