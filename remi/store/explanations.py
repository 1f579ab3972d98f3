"""What an organisation said about something odd in its return. It stays while the value stays."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select

from remi.store.database import writing
from remi.store.text import storable
from schemas.people import explanation


@dataclass(frozen=True)
class Explanation:
    """One explanation; `fingerprint` is that of `remi.intake.judging.fingerprint`."""

    cycle: str
    organisation_id: str
    fingerprint: str
    written_at: datetime
    submission_id: str
    person_id: str | None
    text: str


def explain(engine: Engine, given: list[Explanation]) -> None:
    """Add explanations; an earlier one of the same thing is kept, and the latest is shown."""
    if given:
        with writing(engine) as connection:
            connection.execute(
                insert(explanation),
                [{**asdict(one), "text": storable(one.text)} for one in given],
            )


def explanations_of(engine: Engine, cycle: str, organisation_id: str) -> dict[str, Explanation]:
    """The latest explanation of each thing, by fingerprint."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(explanation)
            .where(explanation.c.cycle == cycle, explanation.c.organisation_id == organisation_id)
            .order_by(explanation.c.written_at)
        ).all()
    return {row.fingerprint: Explanation(**row._mapping) for row in rows}
