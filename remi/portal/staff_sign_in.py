"""Signing in with a work account, for the collaboration's own team.

Nobody is created by it: the address must be one that the data team has invited as staff. The
answer is the same for whoever is not, whatever the reason.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from dataclasses import asdict
from datetime import datetime, timedelta

from starlette.responses import RedirectResponse, Response

from remi.portal.access import EVERYONE
from remi.portal.answers import NotThere, page
from remi.portal.inviting import STAFF
from remi.portal.openid import (
    Begun,
    NotVerifiedError,
    ProviderError,
    begun,
    verified_address,
    where_to_sign_in,
)
from remi.portal.options import StaffSignIn
from remi.portal.routing import Page, set_cookie
from remi.portal.signing_in import local, signed_in
from remi.portal.visit import Portal, Visit
from remi.store.attempts import allow
from remi.store.people import find_by_email
from schemas.portal import RateLimit

MINUTES = 10
"""For how long a person may take at the provider's."""

ONCE = RateLimit(most=1, minutes=2 * MINUTES)
"""An answer is taken once: for longer than its cookie can be used, it is remembered."""

_log = logging.getLogger(__name__)


def _begin(visit: Visit) -> Response:
    portal, staff = visit.portal, _staff(visit.portal)
    if not _within_limit(visit, "staff_begin"):
        return _too_often(visit)
    this = begun()
    try:
        address = where_to_sign_in(staff, this, _come_back(portal), portal.options.secure)
    except ProviderError as error:
        return _unreachable(visit, error)
    answer = RedirectResponse(address, status_code=303)
    value = sealed(portal.key, this, local(visit.query.get("next")), portal.moment())
    set_cookie(portal, answer, cookie(portal), value, MINUTES * 60)
    return answer


def _return(visit: Visit) -> Response:
    portal, staff = visit.portal, _staff(visit.portal)
    engine, now = portal.workspace.engine, portal.moment()
    if not _within_limit(visit, "staff_return"):
        return _too_often(visit)
    found = unsealed(portal.key, visit.cookies.get(cookie(portal), ""), now)
    code, state = visit.query.get("code"), visit.query.get("state", "")
    if found is None or not code or not _same(found[0].state, state):
        return _refused(visit)
    this, going_to = found
    if not allow(engine, "staff_state", this.state, ONCE, now):
        return _refused(visit)
    try:
        address = verified_address(
            staff, this, code, _come_back(portal), portal.options.secure, portal.now()
        )
    except ProviderError as error:
        return _unreachable(visit, error)
    except NotVerifiedError as error:
        _log.warning("a staff sign-in was refused: %s", error)
        return _refused(visit)
    person = find_by_email(engine, address)
    if person is None or not any(person.has(role) for role in STAFF):
        return _refused(visit)
    return _forgotten(portal, signed_in(visit, person.person_id, "staff", going_to))


def _staff(portal: Portal) -> StaffSignIn:
    if portal.options.staff is None:
        raise NotThere
    return portal.options.staff


def _come_back(portal: Portal) -> str:
    return f"{portal.options.address}/staff/return"


def _within_limit(visit: Visit, kind: str) -> bool:
    portal, limit = visit.portal, visit.portal.policy.limits.sign_in_per_network
    return allow(portal.workspace.engine, kind, visit.network, limit, portal.moment())


def _too_often(visit: Visit) -> Response:
    minutes = visit.portal.policy.limits.sign_in_per_network.minutes
    return page(visit, "sign_in_too_often.jinja", status=429, minutes=minutes)


def _refused(visit: Visit) -> Response:
    return _forgotten(visit.portal, page(visit, "staff_refused.jinja", status=403))


def _unreachable(visit: Visit, error: ProviderError) -> Response:
    _log.error("staff cannot sign in: %s", error)
    return page(visit, "staff_unreachable.jinja", status=503)


def _forgotten(portal: Portal, answer: Response) -> Response:
    answer.delete_cookie(cookie(portal), path="/", secure=portal.options.secure, httponly=True)
    return answer


def cookie(portal: Portal) -> str:
    """The name of the cookie that ties an answer to the browser in which it was asked for."""
    return "__Host-staff" if portal.options.secure else "staff"


def sealed(key: bytes, this: Begun, going_to: str, now: datetime) -> str:
    """What the browser keeps meanwhile, with our mark, so that it cannot be changed."""
    until = now + timedelta(minutes=MINUTES)
    said = json.dumps({**asdict(this), "next": going_to, "until": until.isoformat()})
    body = base64.urlsafe_b64encode(said.encode()).decode()
    return f"{body}.{_mark(key, body)}"


def unsealed(key: bytes, value: str, now: datetime) -> tuple[Begun, str] | None:
    """What was sealed, and where to go on to; nothing where it is not ours or too old."""
    body, _, mark = value.rpartition(".")
    if not body or not _same(mark, _mark(key, body)):
        return None
    said = json.loads(base64.urlsafe_b64decode(body))
    if datetime.fromisoformat(said["until"]) <= now:
        return None
    return Begun(said["state"], said["nonce"], said["verifier"]), said["next"]


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _mark(key: bytes, body: str) -> str:
    return hmac.new(key, f"staff {body}".encode(), hashlib.sha256).hexdigest()


PAGES = (
    Page("GET", "/staff/sign-in", EVERYONE, _begin),
    Page("GET", "/staff/return", EVERYONE, _return),
)
