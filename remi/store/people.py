"""People and their roles. A person is known by an e-mail address and never deleted, only ended."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update

from remi.store.database import writing
from remi.store.text import storable
from schemas.people import WHOLE_COLLABORATION, person, role
from schemas.portal import Role


@dataclass(frozen=True)
class Person:
    """Someone who may sign in, with every role as (role, organisation id)."""

    person_id: str
    email: str
    name: str | None
    roles: frozenset[tuple[str, str]]

    def has(self, role: str) -> bool:
        """Whether the person has this role anywhere."""
        return any(given == role for given, _ in self.roles)

    def has_for(self, role: str, organisation_id: str) -> bool:
        """Whether the person has this role for this organisation, or for all of them."""
        return not self.roles.isdisjoint({(role, organisation_id), (role, WHOLE_COLLABORATION)})

    @property
    def organisations(self) -> list[str]:
        """The organisations whose returns this person works on."""
        return sorted({o for given, o in self.roles if given in ("partner", "lead")})


def normal(email: str) -> str:
    """The address as it is compared and kept: no spaces around it, small letters."""
    return email.strip().lower()


def add_person(
    engine: Engine, email: str, name: str | None, now: datetime, person_id: str | None = None
) -> str:
    """The id of the person with this address, who is added where there is none."""
    with writing(engine) as connection:
        found = connection.execute(
            select(person.c.person_id, person.c.ended_at).where(person.c.email == normal(email))
        ).one_or_none()
        if found is not None:
            if found.ended_at is not None:
                connection.execute(
                    update(person)
                    .where(person.c.person_id == found.person_id)
                    .values(ended_at=None)
                )
            return str(found.person_id)
        new = person_id or secrets.token_hex(8)
        connection.execute(
            insert(person).values(
                person_id=new,
                email=storable(normal(email)),
                name=storable(name) if name else None,
                added_at=now,
                ended_at=None,
            )
        )
    return new


def grant(
    engine: Engine,
    person_id: str,
    given: Role,
    organisation_id: str,
    now: datetime,
    by: str | None = None,
) -> bool:
    """Give a role, unless the person has it; whether it was given. `by` is missing for the
    installation itself."""
    with writing(engine) as connection:
        if (given, organisation_id) in _roles(connection, person_id):
            return False
        connection.execute(
            insert(role).values(
                person_id=person_id,
                role=given,
                organisation_id=organisation_id,
                granted_at=now,
                granted_by=by,
                ended_at=None,
            )
        )
        return True


def end_role(
    engine: Engine, person_id: str, given: Role, organisation_id: str, now: datetime
) -> None:
    """Take a role away from now on."""
    with writing(engine) as connection:
        connection.execute(
            update(role)
            .where(
                role.c.person_id == person_id,
                role.c.role == given,
                role.c.organisation_id == organisation_id,
                role.c.ended_at.is_(None),
            )
            .values(ended_at=now)
        )


def find_by_email(engine: Engine, email: str) -> Person | None:
    """The person with this address who may sign in."""
    with engine.connect() as connection:
        found = connection.scalar(
            select(person.c.person_id).where(
                person.c.email == normal(email), person.c.ended_at.is_(None)
            )
        )
        return _person(connection, found) if found else None


def find_person(engine: Engine, person_id: str) -> Person | None:
    """The person with this id who may sign in."""
    with engine.connect() as connection:
        return _person(connection, person_id)


def people_of(engine: Engine, organisation_id: str) -> list[Person]:
    """Everyone with a role for this organisation itself, by address."""
    with engine.connect() as connection:
        ids = connection.scalars(
            select(role.c.person_id)
            .where(role.c.organisation_id == organisation_id, role.c.ended_at.is_(None))
            .distinct()
        ).all()
        found = [_person(connection, one) for one in ids]
    return sorted((one for one in found if one), key=lambda one: one.email)


def _person(connection: Connection, person_id: str) -> Person | None:
    row = connection.execute(
        select(person.c.person_id, person.c.email, person.c.name).where(
            person.c.person_id == person_id, person.c.ended_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        return None
    return Person(row.person_id, row.email, row.name, _roles(connection, person_id))


def _roles(connection: Connection, person_id: str) -> frozenset[tuple[str, str]]:
    rows = connection.execute(
        select(role.c.role, role.c.organisation_id).where(
            role.c.person_id == person_id, role.c.ended_at.is_(None)
        )
    )
    return frozenset((row.role, row.organisation_id) for row in rows)


def everyone(engine: Engine) -> list[Person]:
    """Everyone who may sign in, by address."""
    with engine.connect() as connection:
        people = connection.execute(
            select(person.c.person_id, person.c.email, person.c.name)
            .where(person.c.ended_at.is_(None))
            .order_by(person.c.email)
        ).all()
        given = connection.execute(
            select(role.c.person_id, role.c.role, role.c.organisation_id).where(
                role.c.ended_at.is_(None)
            )
        ).all()
    roles: dict[str, set[tuple[str, str]]] = {}
    for row in given:
        roles.setdefault(row.person_id, set()).add((row.role, row.organisation_id))
    return [
        Person(row.person_id, row.email, row.name, frozenset(roles.get(row.person_id, set())))
        for row in people
    ]
