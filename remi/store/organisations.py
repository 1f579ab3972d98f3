"""What organisations are called, whatever the round."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine, select

from schemas.store import organisation


def names_of(engine: Engine, organisation_ids: Collection[str]) -> dict[str, str]:
    """The latest name of each; its code where the register has none. By name."""
    wanted = (
        select(organisation.c.organisation_id, organisation.c.name)
        .where(organisation.c.organisation_id.in_(organisation_ids))
        .order_by(organisation.c.valid_from)
    )
    with engine.connect() as connection:
        known = {row.organisation_id: row.name for row in connection.execute(wanted)}
    names = {one: str(known.get(one, one)) for one in organisation_ids}
    return dict(sorted(names.items(), key=lambda one: (one[1], one[0])))
