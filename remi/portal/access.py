"""Who may ask for what. Every route names one of these; there is no other check to forget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from remi.store.people import Person

Allows = Callable[[Person, Mapping[str, str]], bool]


@dataclass(frozen=True)
class Access:
    """A rule: whether it needs a person, and which ones (`place` holds the address's names)."""

    name: str
    allows: Allows | None

    def permits(self, person: Person | None, place: Mapping[str, str]) -> bool:
        """Whether this person may go there."""
        if self.allows is None:
            return True
        return person is not None and self.allows(person, place)


def _has(*roles: str) -> Allows:
    return lambda person, _: any(person.has(role) for role in roles)


def _own(*roles: str) -> Allows:
    def allows(person: Person, place: Mapping[str, str]) -> bool:
        organisation_id = place["organisation_id"]
        return any(person.has_for(role, organisation_id) for role in roles)

    return allows


def _review(person: Person, place: Mapping[str, str]) -> bool:
    return person.has_for("reviewer", place["organisation_id"])


EVERYONE = Access("everyone", None)
SIGNED_IN = Access("signed in", lambda _person, _place: True)
OWN_ORGANISATION = Access("partner of the organisation", _own("partner", "lead"))
OWN_LEAD = Access("lead of the organisation", _own("lead"))
REVIEWER = Access("reviewer", _has("reviewer"))
ASSIGNED_REVIEWER = Access("reviewer of the organisation", _review)
DATA_TEAM = Access("data team", _has("data_team"))
STAFF = Access("staff", _has("data_team", "leader"))
