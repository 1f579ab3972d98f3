"""What reviewers decided, in the order in which they did. Only ever added to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection, Engine, func, insert, select

from remi.store.database import writing
from remi.store.text import storable
from schemas.people import person
from schemas.reviews import Decision, DecisionMade, Grade, review_decision

Place = tuple[str, int]
"""Indicator and stage, of the organisation that is meant."""


class DecidedSinceError(Exception):
    """Somebody decided about some of these claims since they were read; nothing was kept.

    `places` are the claims.
    """

    def __init__(self, places: frozenset[Place]) -> None:
        super().__init__("decided by somebody else in the meantime")
        self.places = places


def decisions_of(
    engine: Engine, cycle: str, organisation_id: str | None = None
) -> list[DecisionMade]:
    """Every decision of the cycle, or of one organisation in it, the oldest first."""
    query = select(review_decision).where(review_decision.c.cycle == cycle)
    if organisation_id is not None:
        query = query.where(review_decision.c.organisation_id == organisation_id)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(review_decision.c.decision_id)).all()
    return [
        replace(
            DecisionMade(**row._mapping),
            decision=Decision(row.decision),
            grade=Grade(row.grade),
        )
        for row in rows
    ]


def decide(
    engine: Engine,
    made: Sequence[DecisionMade],
    known: Mapping[Place, int] | None = None,
) -> None:
    """Add decisions about the claims of one organisation, all or none.

    `known` says which decision about each claim was the last one that the reviewer had seen, 0
    for none. Raises DecidedSinceError where there is a later one. Without `known` none is looked
    for.
    """
    if not made:
        return
    with writing(engine) as connection:
        if known is not None:
            last = _last(connection, made[0].cycle, made[0].organisation_id)
            since = {
                (one.indicator_id, one.stage)
                for one in made
                if last.get((one.indicator_id, one.stage), 0)
                != known.get((one.indicator_id, one.stage), 0)
            }
            if since:
                raise DecidedSinceError(frozenset(since))
        connection.execute(insert(review_decision), [_row(one) for one in made])


def reviewer_names(engine: Engine, cycle: str, organisation_id: str) -> dict[str, str]:
    """What everybody is called who decided about this organisation, by person: name or address."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(person.c.person_id, person.c.name, person.c.email)
            .join(review_decision, review_decision.c.person_id == person.c.person_id)
            .where(
                review_decision.c.cycle == cycle,
                review_decision.c.organisation_id == organisation_id,
            )
            .distinct()
        ).all()
    return {row.person_id: row.name or row.email for row in rows}


def _last(connection: Connection, cycle: str, organisation_id: str) -> dict[Place, int]:
    rows = connection.execute(
        select(
            review_decision.c.indicator_id,
            review_decision.c.stage,
            func.max(review_decision.c.decision_id).label("last"),
        )
        .where(
            review_decision.c.cycle == cycle,
            review_decision.c.organisation_id == organisation_id,
        )
        .group_by(review_decision.c.indicator_id, review_decision.c.stage)
    ).all()
    return {(row.indicator_id, row.stage): row.last for row in rows}


def _row(one: DecisionMade) -> dict[str, object]:
    row = asdict(one)
    del row["decision_id"]
    row["reason"] = storable(one.reason) if one.reason else None
    return {**row, "decision": one.decision.value, "grade": one.grade.value}
