"""The web application, put together from the pages of its rooms."""

from __future__ import annotations

import logging
import secrets

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from remi.portal import (
    api,
    board,
    front,
    help_pages,
    inviting,
    log_page,
    openapi,
    partner_home,
    releases,
    reminders_page,
    result,
    reviewing,
    signing_in,
    staff_sign_in,
    submission_page,
    token_pages,
    uploading,
    verdict_page,
)
from remi.portal.programs import API, failure
from remi.portal.routing import Page, route
from remi.portal.templates import bare
from remi.portal.visit import Portal

_log = logging.getLogger(__name__)

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "private, no-store",
}

ROOMS: tuple[tuple[Page, ...], ...] = (
    front.PAGES,
    signing_in.PAGES,
    staff_sign_in.PAGES,
    # Before the rest of an organisation's addresses, in which the second part is a round.
    verdict_page.PAGES,
    uploading.PAGES,
    inviting.PAGES,
    token_pages.PAGES,
    api.PAGES,
    openapi.PAGES,
    result.PAGES,
    reviewing.PAGES,
    partner_home.PAGES,
    board.PAGES,
    submission_page.PAGES,
    reminders_page.PAGES,
    log_page.PAGES,
    releases.PAGES,
    help_pages.PAGES,
)


def all_pages() -> tuple[Page, ...]:
    """Every page there is, in the order in which addresses are compared."""
    return tuple(one for pages in ROOMS for one in pages)


def create_app(portal: Portal, pages: tuple[Page, ...] | None = None) -> ASGIApp:
    """The application, ready to be served: of these pages, or of all there are."""
    app = Starlette(
        routes=[route(portal, one) for one in pages or all_pages()],
        exception_handlers={HTTPException: _refusal, Exception: _fault},
    )
    app.state.contact = portal.policy.contact
    # Sent on to the same address without its last stroke, a browser would believe its host's name.
    app.router.redirect_slashes = False
    # Around everything, so that the answer to a fault of ours has the headers too.
    return SafeHeaders(app, secure=portal.options.secure)


class SafeHeaders:
    """Put the headers on every answer that a page has not set itself."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self.app = app
        self.headers = dict(HEADERS)
        if secure:
            self.headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.encode(), value.encode())
                        for name, value in self.headers.items()
                        if name.encode() not in there
                    ),
                ]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


async def _refusal(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    headers = {"allow": ", ".join(_methods(request))} if status == 405 else None
    if request.url.path.startswith(API):
        return failure(status, headers)
    text = bare("http_error.jinja", request.app.state.contact, status=status)
    return HTMLResponse(text, status_code=status, headers=headers)


def _methods(request: Request) -> list[str]:
    """Every method that pages at this address take."""
    routes = request.scope["router"].routes
    here = [one for one in routes if one.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for one in here for method in one.methods})


async def _fault(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    # The path is ours; what was sent may be a partner's and stays out of logs.
    _log.error("fault %s at %s: %s", number, request.url.path, type(error).__name__, exc_info=error)
    if request.url.path.startswith(API):
        return failure(500)
    text = bare("fault.jinja", request.app.state.contact, number=number)
    return HTMLResponse(text, status_code=500)
