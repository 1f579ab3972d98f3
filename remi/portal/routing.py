"""From a request to a page and back: one wrapper around every page, so that none can leave out
who may see it, the form's token, or the limit on its size."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import Message

from remi.portal.access import Access
from remi.portal.answers import Handler, NotThere, Refused, not_there, page
from remi.portal.programs import answer_program
from remi.portal.visit import Portal, SentFile, Visit
from remi.store.sessions import person_of_session

SMALL = 256 * 1024
"""Largest body, in bytes, of a form without a file."""

MOST_FIELDS = 1_000
MOST_FILES = 4
TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field


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

    largest = portal.policy.largest_upload_megabytes * 1_000_000 if wanted.upload else SMALL

    async def answer(asked: Request) -> Response:
        request = limited(asked, largest)
        if not all(map(sound, (asked.url.path, *asked.query_params.values()))):
            raise HTTPException(404)
        visit = await run_in_threadpool(_who, portal, request, wanted)
        if wanted.by_program:
            return await answer_program(visit, request, wanted.access, wanted.handler)
        refusal = _may_not(visit, wanted)
        if refusal is not None:
            # Before any of the body is read: nobody can make us keep what they may not send.
            return await run_in_threadpool(refusal)
        form, files = await _sent(request, largest)
        return await run_in_threadpool(
            _answer, replace(visit, form=form, files=files), wanted, asked
        )

    return Route(wanted.path, answer, methods=[wanted.method])


def limited(request: Request, largest: int) -> Request:
    """The request, of whose body no more than `largest` bytes can be read.

    Starlette's own limit answers without our page and headers. Raises HTTPException (413).
    """
    if int(request.headers.get("content-length") or 0) > largest:
        raise HTTPException(413)
    came = 0

    async def receive() -> Message:
        nonlocal came
        message = await request.receive()
        came += len(message.get("body", b""))
        if came > largest:
            raise HTTPException(413)
        return message

    return Request(request.scope, receive)


def sound(text: str) -> bool:
    """Whether every database can look for this text: Unicode throughout, and no NUL."""
    return "\0" not in text and text == text.encode("utf-8", "replace").decode()


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


def _answer(visit: Visit, wanted: Page, asked: Request) -> Response:
    portal = visit.portal
    if wanted.method == "POST" and not _from_our_page(visit):
        back = _page_of_the_form(portal, asked)
        return page(visit, "form_expired.jinja", status=403, back=back)
    new_browser = None if visit.token else secrets.token_urlsafe(24)
    if new_browser:
        visit = replace(visit, token=form_token(portal.key, new_browser))
    try:
        response = wanted.handler(visit)
    except NotThere:
        response = not_there(visit)
    except Refused as refused:
        response = page(visit, "refused.jinja", status=refused.status, text=str(refused))
    if new_browser and response.headers.get("content-type", "").startswith("text/html"):
        seconds = portal.policy.session_hours * 3600
        set_cookie(portal, response, browser_cookie(portal), new_browser, seconds)
    return response


def _page_of_the_form(portal: Portal, asked: Request) -> str:
    """Where the form was filled in. Most addresses that take a form have no page to go back to."""
    came = asked.headers.get("referer", "").removeprefix(portal.options.origin)
    path = urlsplit(came).path
    scope = {"type": "http", "method": "GET", "path": path}
    pages = (one for one in asked.scope["router"].routes if one.matches(scope)[0] is Match.FULL)
    return path if came.startswith("/") and next(pages, None) else "/home"


def _from_our_page(visit: Visit) -> bool:
    """Whether a form was filled in on one of our pages, in this browser and session."""
    site, origin = visit.headers.get("sec-fetch-site"), visit.headers.get("origin")
    if site is not None:
        # The browser's own word, also where people reach us by a second name, such as localhost.
        if site not in ("same-origin", "none"):
            return False
    elif origin is not None and origin != visit.portal.options.origin:
        return False
    sent = visit.form.get(TOKEN_FIELD, "")
    return bool(visit.token) and hmac.compare_digest(sent.encode(), visit.token.encode())


async def _sent(request: Request, largest: int) -> tuple[dict[str, str], dict[str, SentFile]]:
    """The fields and files of a form; both empty where none was sent."""
    fields: dict[str, str] = {}
    files: dict[str, SentFile] = {}
    if request.method != "POST":
        return fields, files
    form = await _form(request, largest)
    try:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    files[name] = SentFile(value.filename, await value.read())
            else:
                fields[name] = value
    finally:
        await form.close()
    names = [file.name for file in files.values()]
    if not all(map(sound, (*fields, *fields.values(), *files, *names))):
        raise HTTPException(400)
    return fields, files


async def _form(request: Request, largest: int) -> FormData:
    """What a form sent, without any of it being written to a disk. Raises HTTPException (400)."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await request.form(max_fields=MOST_FIELDS, max_part_size=SMALL)
    parser = MultiPartParser(
        request.headers,
        request.stream(),
        max_files=MOST_FILES,
        max_fields=MOST_FIELDS,
        max_part_size=SMALL,
    )
    # A file beyond this size would go into a temporary one, where nobody looks after it.
    parser.spool_max_size = largest
    try:
        return await parser.parse()
    except MultiPartException:
        raise HTTPException(400) from None


def _network(portal: Portal, request: Request) -> str:
    """The address that asks, as seen by the outermost proxy that we trust."""
    behind = portal.options.trusted_proxies
    seen = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
    if behind and len(seen) >= behind and seen[-behind]:
        return seen[-behind]
    return request.client.host if request.client else ""
