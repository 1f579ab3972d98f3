"""Who has had a part in whose return of a round, whatever roles they have today.

A role that was taken away leaves its traces: whoever answered, sent, explained or signed off does
not become independent of it by losing the role, or by being given another.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, or_, select

from schemas.people import (
    WHOLE_COLLABORATION,
    api_token,
    delivery,
    explanation,
    role,
    sign_off,
)

OWN_ROLES = ("partner", "lead")


def parts_taken(
    engine: Engine,
    cycle: str,
    begins: datetime,
    ends: datetime | None,
    person_id: str | None = None,
) -> dict[str, set[str]]:
    """Of each person, or of this one, the organisations in whose return of the cycle they had a
    part: by a role at any time from `begins` until `ends`, or by what they did."""
    held = (
        select(role.c.person_id, role.c.organisation_id)
        .where(role.c.role.in_(OWN_ROLES), role.c.organisation_id != WHOLE_COLLABORATION)
        .where(or_(role.c.ended_at.is_(None), role.c.ended_at >= begins))
    )
    if ends is not None:
        held = held.where(role.c.granted_at < ends)
    asked = [
        held,
        *(
            select(table.c.person_id, table.c.organisation_id).where(
                table.c.cycle == cycle, table.c.person_id.is_not(None)
            )
            for table in (delivery, sign_off, explanation)
        ),
        select(api_token.c.made_by.label("person_id"), api_token.c.organisation_id).where(
            api_token.c.cycle == cycle, api_token.c.organisation_id != WHOLE_COLLABORATION
        ),
    ]
    found: dict[str, set[str]] = {}
    with engine.connect() as connection:
        for query in asked:
            if person_id is not None:
                query = query.where(query.selected_columns.person_id == person_id)
            for who, organisation_id in connection.execute(query.distinct()):
                found.setdefault(who, set()).add(organisation_id)
    return found
