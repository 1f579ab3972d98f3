"""Programs that come with a token: who may ask for what, and how they are told no (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from remi.portal.access import Access
from remi.portal.answers import Handler, NotThere, Refused
from remi.portal.visit import Portal, SentFile, Visit
from remi.store.attempts import allow
from remi.store.tokens import Token, find_token

PROBLEM = "application/problem+json"

API = "/api/"
"""How every address begins that programs ask."""

CHALLENGE = {"www-authenticate": 'Bearer realm="API"'}
NOT_THERE = "There is nothing at this address that your token may see."
SENTENCES = {
    400: "What was sent did not arrive whole, or is not what this address takes.",
    404: NOT_THERE,
    405: "This address does not take that method.",
    413: "What was sent is too large. Send the workbook itself, without pictures in it.",
    500: "Something went wrong on our side, and it was not your file. Please try again later.",
}


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Why something was not done, in a sentence, for a program to show."""
    said = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    text = json.dumps(said, ensure_ascii=False) + "\n"
    return Response(text, status_code=status, media_type=PROBLEM, headers=headers)


def failure(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """What is answered where no page could: an unknown address, a body too large, our own fault."""
    return problem(status, SENTENCES.get(status, SENTENCES[400]), headers)


async def answer_program(
    visit: Visit, request: Request, access: Access, handler: Handler
) -> Response:
    """The handler's answer to whoever holds a token that this rule wants.

    Nothing of the body is read before that is known.
    """
    known = await run_in_threadpool(_who, visit, access)
    if isinstance(known, Response):
        return known
    body = await request.body()
    files = {"body": SentFile("", body)} if body else {}
    return await run_in_threadpool(_answer, replace(known, files=files), handler)


def _who(visit: Visit, access: Access) -> Visit | Response:
    """The visit with its token, or why it goes no further."""
    if access.allows is None:
        return visit
    portal = visit.portal
    token = _token(portal, visit.headers)
    if token is None:
        wrong = "Send a token of your organisation's: Authorization: Bearer, and then the token."
        return problem(401, f"{wrong} It may have ended or expired.", CHALLENGE)
    if not access.permits_program(token, visit.place):
        if token.scope not in access.scopes and access.concerns(token, visit.place):
            insufficient = {"www-authenticate": 'Bearer realm="API", error="insufficient_scope"'}
            return problem(403, "This token is for reading only.", insufficient)
        return problem(404, NOT_THERE)
    limit = portal.policy.limits.api_per_token
    if not allow(portal.workspace.engine, "api", token.token_id, limit, portal.moment()):
        later = {"retry-after": str(limit.minutes * 60)}
        return problem(429, "This token has asked too often. Please try again later.", later)
    return replace(visit, program=token)


def _token(portal: Portal, headers: Mapping[str, str]) -> Token | None:
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        return None
    return find_token(portal.workspace.engine, secret.strip(), portal.moment())


def _answer(visit: Visit, handler: Handler) -> Response:
    try:
        return handler(visit)
    except NotThere:
        return problem(404, NOT_THERE)
    except Refused as refused:
        return problem(refused.status, str(refused))
