"""The web application, put together from the pages of its rooms."""

from __future__ import annotations

import logging
import secrets

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from remi.portal import front, inviting, partner_home, result, signing_in, uploading, verdict_page
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
}

ROOMS: tuple[tuple[Page, ...], ...] = (
    front.PAGES,
    signing_in.PAGES,
    # Before the rest of an organisation's addresses, in which the second part is a round.
    verdict_page.PAGES,
    uploading.PAGES,
    inviting.PAGES,
    result.PAGES,
    partner_home.PAGES,
)


def all_pages() -> tuple[Page, ...]:
    """Every page there is, in the order in which addresses are compared."""
    return tuple(one for pages in ROOMS for one in pages)


def create_app(portal: Portal) -> Starlette:
    """The application, ready to be served."""
    return Starlette(
        routes=[route(portal, one) for one in all_pages()],
        middleware=[Middleware(SafeHeaders, secure=portal.options.secure)],
        exception_handlers={HTTPException: _refusal, Exception: _fault},
    )


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
    if request.url.path.startswith("/api/"):
        return PlainTextResponse("", status_code=status)
    return HTMLResponse(bare("http_error.jinja", status=status), status_code=status)


async def _fault(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    # The path is ours; what was sent may be a partner's and stays out of logs.
    _log.error("fault %s at %s: %s", number, request.url.path, type(error).__name__, exc_info=error)
    return HTMLResponse(bare("fault.jinja", number=number), status_code=500)
