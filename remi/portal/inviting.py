"""Who works on a return: an organisation's lead invites colleagues; the data team invites leads
and its own staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from starlette.responses import Response

from remi.inviting import PARTNERS, Invitation, InvitationError, invitation, invite, mail_of, whose
from remi.portal.access import DATA_TEAM, OWN_LEAD
from remi.portal.answers import NotThere, Refused, go_to, page
from remi.portal.partner_home import OWN, organisation_of
from remi.portal.rounds import work_of
from remi.portal.routing import Page
from remi.portal.telling import tell
from remi.portal.visit import Visit
from remi.store.attempts import allow
from remi.store.events import log
from remi.store.people import end_role, everyone, find_person, people_of
from remi.store.sessions import end_sessions_of
from remi.store.tokens import end_tokens_made_by
from schemas.people import WHOLE_COLLABORATION
from schemas.portal import Role

STAFF: tuple[Role, ...] = ("reviewer", "data_team", "leader")

ROLE_NAMES = {
    "partner": "Colleague: downloads, sends and sees the return",
    "lead": "Lead: also invites colleagues and signs the return off",
    "reviewer": "Reviewer",
    "data_team": "Data team",
    "leader": "Leader",
}


def _own_people(visit: Visit, *, status: int = 200, wrong: str | None = None) -> Response:
    organisation = organisation_of(work_of(visit), visit.place["organisation_id"])
    people = people_of(visit.portal.workspace.engine, organisation["organisation_id"])
    return page(
        visit,
        "own_people.jinja",
        status=status,
        organisation=organisation,
        people=people,
        roles={role: ROLE_NAMES[role] for role in PARTNERS},
        wrong=wrong,
        email=visit.form.get("email", ""),
    )


def _invite_own(visit: Visit) -> Response:
    organisation = organisation_of(work_of(visit), visit.place["organisation_id"])
    organisation_id, role = organisation["organisation_id"], visit.form.get("role", "")
    try:
        # A lead gives no role beyond its own organisation.
        wanted = _wanted(
            visit,
            role if role in PARTNERS else "",
            organisation_id,
            {organisation_id: organisation["name"]},
        )
    except InvitationError as error:
        return _own_people(visit, status=400, wrong=str(error))
    return _invited(visit, wanted, organisation["name"], f"/organisations/{organisation_id}/people")


def _end_own(visit: Visit) -> Response:
    organisation_id = visit.place["organisation_id"]
    role, person_id = visit.form.get("role", ""), visit.form.get("person_id", "")
    if role not in PARTNERS:
        raise NotThere
    if person_id == visit.who.person_id and role == "lead":
        raise Refused("You cannot take away your own role. Ask another lead, or the data team.")
    known = find_person(visit.portal.workspace.engine, person_id)
    if known is None or (role, organisation_id) not in known.roles:
        raise NotThere
    _ended(visit, person_id, role, organisation_id)
    return go_to(f"/organisations/{organisation_id}/people")


def _all_people(visit: Visit, *, status: int = 200, wrong: str | None = None) -> Response:
    partners = work_of(visit).partners
    names = dict(zip(partners["organisation_id"], partners["name"], strict=True))
    return page(
        visit,
        "all_people.jinja",
        status=status,
        people=everyone(visit.portal.workspace.engine),
        names=names,
        roles=ROLE_NAMES,
        whole=WHOLE_COLLABORATION,
        wrong=wrong,
        email=visit.form.get("email", ""),
    )


def _invite_any(visit: Visit) -> Response:
    partners = work_of(visit).partners
    names = dict(zip(partners["organisation_id"], partners["name"], strict=True))
    try:
        wanted = _wanted(
            visit, visit.form.get("role", ""), visit.form.get("organisation_id", ""), names
        )
    except InvitationError as error:
        return _all_people(visit, status=400, wrong=str(error))
    return _invited(visit, wanted, whose(wanted, names), "/people")


def _end_any(visit: Visit) -> Response:
    role, person_id = visit.form.get("role", ""), visit.form.get("person_id", "")
    organisation_id = visit.form.get("organisation_id", "")
    known = find_person(visit.portal.workspace.engine, person_id)
    if known is None or (role, organisation_id) not in known.roles:
        raise NotThere
    if person_id == visit.who.person_id and role == "data_team":
        raise Refused("You cannot take away your own role. Ask a colleague to do it.")
    _ended(visit, person_id, cast(Role, role), organisation_id)
    return go_to("/people")


def _wanted(
    visit: Visit, role: str, organisation_id: str, organisations: Mapping[str, str]
) -> Invitation:
    email, name = visit.form.get("email", ""), visit.form.get("name", "")
    return invitation(email, role, organisation_id, name, organisations)


def _invited(visit: Visit, wanted: Invitation, of: str, back_to: str) -> Response:
    portal, now = visit.portal, visit.portal.moment()
    engine, limit = portal.workspace.engine, portal.policy.limits.invitation_per_person
    if not allow(engine, "invitation", visit.who.person_id, limit, now):
        raise Refused("Too many invitations within the hour. Please try again later.", 429)
    invite(engine, wanted, now, visit.who.person_id)
    # By address, not by name: who wrote down the name may be another organisation.
    mail = mail_of(of, visit.who.email, portal.policy.service_name, portal.options.address)
    # Before the answer: whoever invites must know whether to tell the person some other way.
    sent = tell(portal, wanted.email, *mail, "an invitation")
    return go_to(f"{back_to}?invited={'yes' if sent else 'untold'}")


def _ended(visit: Visit, person_id: str, role: Role, organisation_id: str) -> None:
    portal, now = visit.portal, visit.portal.moment()
    engine = portal.workspace.engine
    end_role(engine, person_id, role, organisation_id, now)
    if role == "lead":
        end_tokens_made_by(engine, person_id, organisation_id, now)
    # Whoever loses a role signs in again, so that nothing of it is left in an open window.
    end_sessions_of(engine, person_id, now)
    log(
        engine,
        now,
        "role_ended",
        person_id=visit.who.person_id,
        organisation_id=organisation_id,
        subject=f"{role} {person_id}",
    )


PAGES = (
    Page("GET", f"{OWN}/people", OWN_LEAD, _own_people),
    Page("POST", f"{OWN}/people", OWN_LEAD, _invite_own),
    Page("POST", f"{OWN}/people/end", OWN_LEAD, _end_own),
    Page("GET", "/people", DATA_TEAM, _all_people),
    Page("POST", "/people", DATA_TEAM, _invite_any),
    Page("POST", "/people/end", DATA_TEAM, _end_any),
)
