"""One file as the data team looks at it: whoever sent it, through whichever door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from remi.store.submissions import Submission
from schemas.people import delivery, person
from schemas.store import submission


@dataclass(frozen=True)
class Delivery:
    """One time that it came. `who` is missing for a program, and for what lay in the inbox."""

    delivered_at: datetime
    door: str
    who: str | None


def find_submission(engine: Engine, cycle: str, submission_id: str) -> Submission | None:
    """This submission of this cycle, whomever it was sent for."""
    with engine.connect() as connection:
        row = connection.execute(
            select(submission).where(
                submission.c.cycle == cycle, submission.c.submission_id == submission_id
            )
        ).one_or_none()
    return Submission(**row._mapping) if row else None


def deliveries_of(engine: Engine, submission_id: str) -> list[Delivery]:
    """Each time that this file was sent, or seen in the inbox, the first time first."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(delivery.c.delivered_at, delivery.c.door, person.c.email.label("who"))
            .outerjoin(person, person.c.person_id == delivery.c.person_id)
            .where(delivery.c.submission_id == submission_id)
            .order_by(delivery.c.place)
        ).all()
    return [Delivery(**row._mapping) for row in rows]
