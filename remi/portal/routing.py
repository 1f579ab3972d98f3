"""From a request to a page and back: one wrapper around every page, so that none can leave out
who may see it, the form's token, or the limit on its size."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from remi.portal.access import Access
from remi.portal.answers import NotThere, Refused, not_there, page
from remi.portal.visit import Portal, SentFile, Visit
from remi.store.sessions import person_of_session

Handler = Callable[[Visit], Response]

SMALL = 256 * 1024
"""Largest body, in bytes, of a form without a file."""

MOST_FIELDS = 1_000
TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field
NO_STORE = "private, no-store"


@dataclass(frozen=True)
class Page:
    """One address with one method, who may ask for it, and what answers it.

    Only an `upload` may be as large as the collaboration allows. `by_program` pages are called by
    programs with a token of their own: no cookie is looked at, so that no form can be forged, and
    the body is handed on as one file named `body`.
    """

    method: str
    path: str
    access: Access
    handler: Handler
    upload: bool = False
    by_program: bool = False


def route(portal: Portal, wanted: Page) -> Route:
    """The page as Starlette serves it."""

    async def answer(request: Request) -> Response:
        visit = await run_in_threadpool(_who, portal, request, wanted)
        refusal = _may_not(visit, wanted)
        if refusal is not None:
            # Before any of the body is read: nobody can make us keep what they may not send.
            return await run_in_threadpool(refusal)
        if wanted.by_program:
            files = await _body(request)
            return await run_in_threadpool(_answer, replace(visit, files=files), wanted)
        form, files = await _sent(request)
        return await run_in_threadpool(_answer, replace(visit, form=form, files=files), wanted)

    largest = portal.policy.largest_upload_megabytes * 1_000_000 if wanted.upload else SMALL
    return Route(wanted.path, answer, methods=[wanted.method], max_body_size=largest)


def session_cookie(portal: Portal) -> str:
    """The name of the cookie; browsers keep the first one to this host and https alone."""
    return "__Host-session" if portal.options.secure else "session"


def browser_cookie(portal: Portal) -> str:
    """The name of the cookie that ties forms to a browser in which nobody is signed in."""
    return "__Host-browser" if portal.options.secure else "browser"


def set_cookie(portal: Portal, response: Response, name: str, value: str, seconds: int) -> None:
    """Set a cookie that no script reads and no other site sends."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=portal.options.secure,
        httponly=True,
        samesite="lax",
    )


def _who(portal: Portal, request: Request, wanted: Page) -> Visit:
    """The visit with the person who is signed in and the token that its forms carry."""
    cookies = request.cookies
    person, token = None, ""
    if not wanted.by_program:
        secret = cookies.get(session_cookie(portal))
        person = person_of_session(
            portal.workspace.engine, secret, portal.moment(), portal.policy.idle_minutes
        )
        tie = secret if person and secret else cookies.get(browser_cookie(portal))
        token = form_token(portal.key, tie or "")
    return Visit(
        portal=portal,
        person=person,
        path=request.url.path,
        place={name: str(value) for name, value in request.path_params.items()},
        query=dict(request.query_params),
        form={},
        files={},
        headers=request.headers,
        cookies=cookies,
        token=token,
        network=_network(portal, request),
    )


def form_token(key: bytes, tie: str) -> str:
    """What a form of this session (or browser) must carry; nothing without one."""
    return hmac.new(key, f"form {tie}".encode(), hashlib.sha256).hexdigest() if tie else ""


def _may_not(visit: Visit, wanted: Page) -> Callable[[], Response] | None:
    """What answers somebody who may not ask for this; nothing where they may."""
    if wanted.access.permits(visit.person, visit.place):
        return None
    if visit.person is None:
        where = f"?next={quote(visit.path)}" if wanted.method == "GET" else ""
        return partial(RedirectResponse, f"/sign-in{where}", status_code=303)
    # As if it were not there: whether it is is nobody else's to know.
    return partial(not_there, visit)


def _answer(visit: Visit, wanted: Page) -> Response:
    portal = visit.portal
    if wanted.method == "POST" and not wanted.by_program and not _from_our_page(visit):
        return page(visit, "form_expired.jinja", status=403)
    new_browser = None if visit.token or wanted.by_program else secrets.token_urlsafe(24)
    if new_browser:
        visit = replace(visit, token=form_token(portal.key, new_browser))
    try:
        response = wanted.handler(visit)
    except NotThere:
        response = not_there(visit)
    except Refused as refused:
        response = page(visit, "refused.jinja", status=refused.status, text=str(refused))
    if new_browser:
        seconds = portal.policy.session_hours * 3600
        set_cookie(portal, response, browser_cookie(portal), new_browser, seconds)
    response.headers.setdefault("cache-control", NO_STORE)
    return response


def _from_our_page(visit: Visit) -> bool:
    """Whether a form was filled in on one of our pages, in this browser and session."""
    origin = visit.headers.get("origin")
    if origin is not None and origin != visit.portal.options.origin:
        return False
    if visit.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    sent = visit.form.get(TOKEN_FIELD, "")
    return bool(visit.token) and hmac.compare_digest(sent.encode(), visit.token.encode())


async def _sent(request: Request) -> tuple[dict[str, str], dict[str, SentFile]]:
    """The fields and files of a form; both empty where none was sent."""
    fields: dict[str, str] = {}
    files: dict[str, SentFile] = {}
    if request.method != "POST":
        return fields, files
    async with request.form(max_files=4, max_fields=MOST_FIELDS, max_part_size=SMALL) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    files[name] = SentFile(value.filename, await value.read())
            else:
                fields[name] = value
    return fields, files


async def _body(request: Request) -> dict[str, SentFile]:
    body = await request.body()
    return {"body": SentFile("", body)} if body else {}


def _network(portal: Portal, request: Request) -> str:
    """The address that asks, as seen by the outermost proxy that we trust."""
    behind = portal.options.trusted_proxies
    seen = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
    if behind and len(seen) >= behind and seen[-behind]:
        return seen[-behind]
    return request.client.host if request.client else ""
