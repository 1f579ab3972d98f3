"""Inviting people: what an invitation must say, giving the role, and the e-mail that tells them.

The portal's pages and the command both come here. Nobody can invite the first person of the data
team on a page, so that one is invited by the command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast, get_args

from sqlalchemy import Engine

from remi.intake.locating.typed import plain
from remi.lists.faults import ListError, ListFault, did_you_mean, not_one_of
from remi.lists.reader import ListColumns, read_list
from remi.lists.words import words
from remi.store.events import log
from remi.store.people import add_person, grant
from schemas.people import WHOLE_COLLABORATION
from schemas.portal import Role

PARTNERS: tuple[Role, ...] = ("partner", "lead")
"""Roles that are always for one organisation."""

COLUMNS = ListColumns(("email", "role"), ("organisation", "name"))
"""Of a list of invitations."""

LONGEST_ADDRESS = 254
LONGEST_NAME = 120

NO_ADDRESS = "Enter an e-mail address, like name@example.org"
NO_ROLE = "Choose what they may do"
NO_ORGANISATION = "Enter the code of an organisation that takes part"
NOT_FOR_ONE = "Leave the code empty: this role is for all organisations"

_COLUMN_OF = {NO_ADDRESS: "email", NO_ORGANISATION: "organisation", NOT_FOR_ONE: "organisation"}

MAIL = """{inviter} has invited you to work on the race equality self-assessment of {whose}.

Sign in with this e-mail address. There is no password; a link is sent to you each time:
{address}/sign-in
"""


class InvitationError(ValueError):
    """What is wrong with an invitation, in words for whoever wrote it."""


@dataclass(frozen=True)
class Invitation:
    """One role for one address. `organisation_id` is `all` where it is not for one organisation."""

    email: str
    role: Role
    organisation_id: str
    name: str | None = None


def invitation(
    email: str, role: str, organisation: str, name: str, organisations: Mapping[str, str]
) -> Invitation:
    """What was written, checked. `organisations`: names by code. Raises InvitationError."""
    address, wanted = email.strip(), organisation.strip().upper()
    plain = all(32 < ord(letter) < 127 for letter in address)
    if not plain or "@" not in address.strip("@") or len(address) > LONGEST_ADDRESS:
        raise InvitationError(NO_ADDRESS)
    if role not in get_args(Role):
        raise InvitationError(NO_ROLE)
    if wanted not in organisations and (wanted or role in PARTNERS):
        raise InvitationError(NO_ORGANISATION)
    if wanted and role not in (*PARTNERS, "reviewer"):
        raise InvitationError(NOT_FOR_ONE)
    given = name.strip()[:LONGEST_NAME] or None
    return Invitation(address, cast(Role, role), wanted or WHOLE_COLLABORATION, given)


def invite(engine: Engine, one: Invitation, now: datetime, by: str | None = None) -> bool:
    """Give the role and log it; whether it is new. `by` is missing for the installation itself."""
    person_id = add_person(engine, one.email, one.name, now)
    new = grant(engine, person_id, one.role, one.organisation_id, now, by)
    if new:
        log(
            engine,
            now,
            "role_given",
            person_id=by,
            organisation_id=one.organisation_id,
            subject=f"{one.role} {person_id}",
        )
    return new


def whose(one: Invitation, organisations: Mapping[str, str]) -> str:
    """Whose return the person is invited to work on, in words."""
    return organisations.get(one.organisation_id, "all organisations")


def mail_of(of: str, inviter: str, service: str, address: str) -> tuple[str, str]:
    """Subject and text of the e-mail to somebody who works on the return of `of` from now on.

    `address` is the portal's.
    """
    text = MAIL.format(inviter=inviter, whose=of, address=address)
    return f"You are invited: {service}", text


def read_invitations(path: Path, organisations: Mapping[str, str]) -> list[Invitation]:
    """The invitations in a list. Raises InvitationError naming each line that is wrong.

    An organisation is its code, or a name that only it has.
    """
    codes = words((word, code) for code, name in organisations.items() for word in (code, name))
    found: list[Invitation] = []
    try:
        file = read_list(path, COLUMNS)
        faults: list[ListFault] = []
        for row in file.rows:
            texts = row.texts
            role, seen = plain(texts["role"]).replace(" ", "_"), texts["organisation"]
            code = codes.get(plain(seen), seen)
            if role not in get_args(Role):
                why = not_one_of(texts["role"], get_args(Role), "roles")
                faults.append(ListFault(row.line, "role", why))
                continue
            try:
                found.append(invitation(texts["email"], role, code, texts["name"], organisations))
            except InvitationError as error:
                near = ""
                if str(error) == NO_ORGANISATION:
                    near = did_you_mean(seen, [w for both in organisations.items() for w in both])
                faults.append(ListFault(row.line, _COLUMN_OF.get(str(error)), f"{error}{near}"))
        if faults:
            raise file.error(faults)
    except ListError as error:
        raise InvitationError(str(error)) from None
    return found
