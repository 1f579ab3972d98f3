"""Who may ask for what. Every route names one of these; there is no other check to forget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from remi.store.people import Person
from remi.store.tokens import Scope, Token

Allows = Callable[[Person, Mapping[str, str]], bool]


@dataclass(frozen=True)
class Access:
    """A rule: whether it needs a person, and which ones (`place` holds the address's names).

    `scopes` are those of the tokens that open what programs ask for; no person does.
    """

    name: str
    allows: Allows | None
    scopes: tuple[Scope, ...] = ()

    def permits(self, person: Person | None, place: Mapping[str, str]) -> bool:
        """Whether this person may go there."""
        if self.allows is None:
            return True
        return person is not None and self.allows(person, place)

    def permits_program(self, token: Token, place: Mapping[str, str]) -> bool:
        """Whether this token opens it: by what it is for, and for its own return alone."""
        return token.scope in self.scopes and self.concerns(token, place)

    @staticmethod
    def concerns(token: Token, place: Mapping[str, str]) -> bool:
        """Whether the address is about the token's organisation and round."""
        own = (token.organisation_id, token.cycle)
        return own == (place["organisation_id"], place["cycle"])


def _has(*roles: str) -> Allows:
    return lambda person, _: any(person.has(role) for role in roles)


def _own(*roles: str) -> Allows:
    def allows(person: Person, place: Mapping[str, str]) -> bool:
        organisation_id = place["organisation_id"]
        return any(person.has_for(role, organisation_id) for role in roles)

    return allows


def _review(person: Person, place: Mapping[str, str]) -> bool:
    organisation_id = place["organisation_id"]
    # Nobody reviews what they answered themselves.
    return person.has_for("reviewer", organisation_id) and (
        organisation_id not in person.organisations
    )


EVERYONE = Access("everyone", None)
SIGNED_IN = Access("signed in", lambda _person, _place: True)
OWN_ORGANISATION = Access("partner of the organisation", _own("partner", "lead"))
OWN_LEAD = Access("lead of the organisation", _own("lead"))
REVIEWER = Access("reviewer", _has("reviewer"))
ASSIGNED_REVIEWER = Access("reviewer of the organisation", _review)
DATA_TEAM = Access("data team", _has("data_team"))
STAFF = Access("staff", _has("data_team", "leader"))
SENDING_TOKEN = Access("token that sends", lambda _person, _place: False, ("send",))
READING_TOKEN = Access("token that sends or reads", lambda _person, _place: False, ("send", "read"))
