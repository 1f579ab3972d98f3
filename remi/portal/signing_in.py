"""Signing in by a link or code that is sent by e-mail, and signing out.

Mail programs open links before people do, so opening one changes nothing: only the button on its
page does. The answer to an address is the same whether or not we know it, and takes as long.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from starlette.background import BackgroundTask
from starlette.responses import Response

from remi.portal.access import EVERYONE
from remi.portal.answers import go_to, page
from remi.portal.routing import Page, session_cookie, set_cookie
from remi.portal.telling import tell
from remi.portal.visit import Portal, Visit
from remi.store.attempts import allow
from remi.store.events import log
from remi.store.people import find_by_email, normal
from remi.store.sessions import begin_session, end_session
from remi.store.sign_ins import offer, use_code, use_link

MAIL = """Somebody, we hope you, asked to sign in to {service}.

Open this page and choose “Continue”:
{address}/sign-in/link/{link}

Or write this code on the page where you asked: {code}

Either can be used once, in the next {minutes} minutes. If it was not you, you need do nothing.
"""


def _ask(visit: Visit) -> Response:
    return page(visit, "sign_in.jinja", next=local(visit.query.get("next")))


def _asked(visit: Visit) -> Response:
    portal, limits = visit.portal, visit.portal.policy.limits
    email, going_to = visit.form.get("email", ""), local(visit.form.get("next"))
    if "@" not in email.strip("@ ") or len(email) > 254:
        return page(visit, "sign_in.jinja", status=400, next=going_to, wrong=True, email=email)
    engine, now = portal.workspace.engine, portal.moment()
    if not (
        allow(engine, "sign_in_network", visit.network, limits.sign_in_per_network, now)
        and allow(engine, "sign_in_address", normal(email), limits.sign_in_per_address, now)
    ):
        minutes = limits.sign_in_per_address.minutes
        return page(visit, "sign_in_too_often.jinja", status=429, minutes=minutes)
    sign_in_id = secrets.token_hex(16)
    answer = go_to(f"/sign-in/sent?next={going_to}")
    set_cookie(portal, answer, cookie(portal), sign_in_id, portal.policy.link_minutes * 60)
    # Once the answer is on its way, so that it takes as long for an address that we do not know.
    answer.background = BackgroundTask(_send, portal, normal(email), sign_in_id)
    return answer


def _send(portal: Portal, email: str, sign_in_id: str) -> None:
    found = find_by_email(portal.workspace.engine, email)
    if found is None:
        return
    minutes, now = portal.policy.link_minutes, portal.moment()
    made = offer(portal.workspace.engine, sign_in_id, found.person_id, portal.key, now, minutes)
    text = MAIL.format(
        service=portal.policy.service_name,
        address=portal.options.address,
        link=made.link,
        code=made.code,
        minutes=minutes,
    )
    tell(portal, email, f"Sign in to {portal.policy.service_name}", text, "a sign-in e-mail")


def _sent(visit: Visit) -> Response:
    return page(visit, "sign_in_sent.jinja", next=local(visit.query.get("next")))


def _code(visit: Visit) -> Response:
    portal, limits = visit.portal, visit.portal.policy.limits
    engine, now = portal.workspace.engine, portal.moment()
    going_to = local(visit.form.get("next"))
    if not allow(engine, "code_network", visit.network, limits.code_per_network, now):
        return page(
            visit, "sign_in_too_often.jinja", status=429, minutes=limits.code_per_network.minutes
        )
    code = "".join(visit.form.get("code", "").split())
    person_id = use_code(
        engine,
        visit.cookies.get(cookie(portal), ""),
        code,
        portal.key,
        now,
        portal.policy.codes_tried,
    )
    if person_id is None:
        return page(visit, "sign_in_sent.jinja", status=400, next=going_to, wrong=True)
    return signed_in(visit, person_id, "email", going_to)


def _link(visit: Visit) -> Response:
    return page(visit, "sign_in_link.jinja")


def _link_used(visit: Visit) -> Response:
    portal = visit.portal
    person_id = use_link(portal.workspace.engine, visit.place["token"], portal.moment())
    if person_id is None:
        return page(visit, "sign_in_link.jinja", status=410, over=True)
    return signed_in(visit, person_id, "email", "/home")


def signed_in(visit: Visit, person_id: str, door: str, going_to: str) -> Response:
    """Begin a session, ending the one that this browser may have had, and go on."""
    portal = visit.portal
    engine, now, hours = portal.workspace.engine, portal.moment(), portal.policy.session_hours
    end_session(engine, visit.cookies.get(session_cookie(portal)), now)
    secret = begin_session(engine, person_id, door, now, hours)
    log(engine, now, "signed_in", person_id=person_id, subject=door)
    answer = go_to(going_to)
    set_cookie(portal, answer, session_cookie(portal), secret, hours * 3600)
    answer.delete_cookie(cookie(portal), path="/", secure=portal.options.secure, httponly=True)
    return answer


def _out(visit: Visit) -> Response:
    portal = visit.portal
    end_session(portal.workspace.engine, visit.cookies.get(session_cookie(portal)), portal.moment())
    answer = go_to("/")
    answer.delete_cookie(
        session_cookie(portal), path="/", secure=portal.options.secure, httponly=True
    )
    return answer


def cookie(portal: Portal) -> str:
    """The name of the cookie that ties a code to the browser in which it was asked for."""
    return "__Host-sign-in" if portal.options.secure else "sign-in"


def local(path: str | None) -> str:
    """The path, if it is one of this site's own; else the start page."""
    wanted = path or ""
    parts = urlsplit(wanted)
    ours = not parts.scheme and not parts.netloc and parts.path == wanted
    plain = all(32 < ord(letter) < 127 and letter not in "\\?#" for letter in wanted)
    return wanted if ours and plain and wanted.startswith("/") and "//" not in wanted else "/home"


PAGES = (
    Page("GET", "/sign-in", EVERYONE, _ask),
    Page("POST", "/sign-in", EVERYONE, _asked),
    Page("GET", "/sign-in/sent", EVERYONE, _sent),
    Page("POST", "/sign-in/code", EVERYONE, _code),
    Page("GET", "/sign-in/link/{token}", EVERYONE, _link),
    Page("POST", "/sign-in/link/{token}", EVERYONE, _link_used),
    Page("POST", "/sign-out", EVERYONE, _out),
)
