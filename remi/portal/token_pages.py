"""A lead makes and ends the tokens with which the organisation's programs send and read."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import get_args

from starlette.responses import Response

from remi.cycle.work import CycleWork
from remi.portal.access import OWN_LEAD
from remi.portal.answers import NotThere, Refused, go_to, page
from remi.portal.partner_home import OWN, organisation_of
from remi.portal.rounds import today, work_of
from remi.portal.routing import Page
from remi.portal.templates import LONDON
from remi.portal.visit import Portal, Visit
from remi.store.attempts import allow
from remi.store.events import log
from remi.store.tokens import NewToken, Scope, end_token, make_token, tokens_of

SCOPES: dict[Scope, str] = {
    "send": "Send workbooks, and read what comes of them",
    "read": "Only read: the empty workbook, what was sent, and where the return stands",
}
LONGEST_NAME = 80


def expiry(portal: Portal, work: CycleWork) -> datetime:
    """When a token made now ends: with the last of its days, or of the round's, in London."""
    last = min(today(portal) + timedelta(days=portal.policy.token_days), work.cycle.last_day)
    day_after = datetime.combine(last + timedelta(days=1), time(), tzinfo=LONDON)
    return day_after.astimezone(UTC).replace(tzinfo=None)


def _tokens(
    visit: Visit, *, status: int = 200, wrong: str | None = None, made: NewToken | None = None
) -> Response:
    work = work_of(visit)
    organisation = organisation_of(work, visit.place["organisation_id"])
    return page(
        visit,
        "tokens.jinja",
        status=status,
        organisation=organisation,
        cycle=work.cycle,
        tokens=tokens_of(visit.portal.workspace.engine, organisation["organisation_id"]),
        now=visit.portal.moment(),
        scopes=SCOPES,
        made=made,
        wrong=wrong,
        name=visit.form.get("name", "") if wrong else "",
    )


def _make(visit: Visit) -> Response:
    portal, work = visit.portal, work_of(visit)
    organisation_id = visit.place["organisation_id"]
    organisation_of(work, organisation_id)
    if today(portal) > work.cycle.last_day:
        raise Refused(f"The round {work.cycle.label} is over, so there is nothing to send in it.")
    name = " ".join(visit.form.get("name", "").split())
    scope = next((one for one in get_args(Scope) if one == visit.form.get("scope")), None)
    if not name or len(name) > LONGEST_NAME:
        return _tokens(visit, status=400, wrong="Enter a name, such as “HR system”")
    if scope is None:
        return _tokens(visit, status=400, wrong="Choose what it may do")
    engine, now = portal.workspace.engine, portal.moment()
    if not allow(
        engine, "token", visit.who.person_id, portal.policy.limits.invitation_per_person, now
    ):
        raise Refused("Too many tokens within the hour. Please try again later.", 429)
    made = make_token(
        engine,
        name,
        organisation_id,
        work.cycle_id,
        scope,
        visit.who.person_id,
        now,
        expiry(portal, work),
    )
    _log(visit, "token_made", made.token.token_id)
    # Not by way of another address: what is shown once is in no link and no cookie.
    return _tokens(visit, made=made)


def _end(visit: Visit) -> Response:
    portal, organisation_id = visit.portal, visit.place["organisation_id"]
    token_id = visit.form.get("token_id", "")
    if not end_token(portal.workspace.engine, organisation_id, token_id, portal.moment()):
        raise NotThere
    _log(visit, "token_ended", token_id)
    return go_to(f"/organisations/{organisation_id}/tokens")


def _log(visit: Visit, what: str, token_id: str) -> None:
    log(
        visit.portal.workspace.engine,
        visit.portal.moment(),
        what,
        person_id=visit.who.person_id,
        organisation_id=visit.place["organisation_id"],
        subject=token_id,
    )


PAGES = (
    Page("GET", f"{OWN}/tokens", OWN_LEAD, _tokens),
    Page("POST", f"{OWN}/tokens", OWN_LEAD, _make),
    Page("POST", f"{OWN}/tokens/end", OWN_LEAD, _end),
)
