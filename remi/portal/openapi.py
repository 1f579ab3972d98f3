"""The API's own description: OpenAPI 3.1 for programs, and a page of help for people."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from http import HTTPStatus
from typing import Any, get_args

from pydantic import TypeAdapter
from starlette.responses import Response

from remi.partner.templates import Kind
from remi.portal.access import EVERYONE
from remi.portal.answers import page
from remi.portal.api import JSON, LONGEST_NAME, OPERATIONS, Operation
from remi.portal.api_answers import Refusal
from remi.portal.programs import PROBLEM
from remi.portal.routing import Page
from remi.portal.visit import Visit

PLACES: dict[str, dict[str, Any]] = {
    "cycle": {
        "description": "The round, as in 2026-27. The token says which.",
        "schema": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"},
    },
    "organisation_id": {
        "description": "The code of your organisation in the register.",
        "schema": {"type": "string", "minLength": 1},
    },
    "submission_id": {
        "description": "The id of a file that was sent, as it stands in the answer to sending it.",
        "schema": {
            "type": "string",
            "minLength": 1,
        },
    },
    "kind": {
        "description": "Which workbook.",
        "schema": {"type": "string", "enum": list(get_args(Kind))},
    },
}

FILE_NAME = {
    "name": "X-File-Name",
    "in": "header",
    "required": False,
    "description": "What the file is called, percent-encoded. It is only ever shown.",
    "schema": {"type": "string", "maxLength": LONGEST_NAME},
}

FOR_A_TOKEN = (401, 404, 413, 429)
"""With these every page that wants a token may refuse; one that sends also with 403."""


@lru_cache
def document(service_name: str) -> dict[str, Any]:
    """The whole description, made from the pages and the models of their answers."""
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.page.path, {})[one.page.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": service_name, "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": ABOUT_TOKENS}
            },
        },
    }


ABOUT = (
    "Send your organisation's self-assessment by program, and read what came of it. A verdict is "
    "the same, letter for letter, as on the page of the file and as the command line gives it."
)
ABOUT_TOKENS = (
    "Your organisation's lead makes a token when signed in. It is for one organisation and one "
    "round, for sending or for reading only, and ends with the round at the latest."
)


def _operation(one: Operation) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", one.page.path)
    parameters = [{"name": name, "in": "path", "required": True, **PLACES[name]} for name in names]
    sends = "read" not in one.page.access.scopes
    refusals = {*FOR_A_TOKEN, *one.refusals, *((403,) if sends else ())}
    described: dict[str, Any] = {
        "summary": one.summary,
        "operationId": f"{one.page.method.lower()}_{one.page.path.rpartition('/')[2].strip('{}')}",
        "parameters": [*parameters, FILE_NAME] if one.body else parameters,
        "security": [{"token": []}],
        "responses": {
            **{str(status): _answered(status, what) for status, what in one.answers.items()},
            **{str(status): _refused(status) for status in sorted(refusals)},
        },
    }
    if one.body:
        content = {kind: {"schema": {"type": "string", "minLength": 1}} for kind in one.body}
        described["requestBody"] = {
            "required": True,
            "description": "The workbook itself, byte for byte.",
            "content": content,
        }
    return described


def _answered(status: int, what: Any) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if isinstance(what, str):
        answer["content"] = {what: {}}
    else:
        answer["content"] = {JSON: {"schema": {"$ref": f"#/components/schemas/{what.__name__}"}}}
    return answer


def _refused(status: int) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{Refusal.__name__}"}
    return {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": schema}}}


def _schemas() -> dict[str, Any]:
    models = {what for one in OPERATIONS for what in one.answers.values()} | {Refusal}
    named = sorted((m for m in models if not isinstance(m, str)), key=lambda m: m.__name__)
    _, made = TypeAdapter.json_schemas(
        [(model.__name__, "serialization", TypeAdapter(model)) for model in named],
        ref_template="#/components/schemas/{model}",
    )
    return dict(sorted(made["$defs"].items()))


def _document(visit: Visit) -> Response:
    text = json.dumps(document(visit.portal.policy.service_name), indent=2, ensure_ascii=False)
    return Response(text + "\n", media_type=JSON)


def _help(visit: Visit) -> Response:
    return page(visit, "help_api.jinja", api=document(visit.portal.policy.service_name))


DOCUMENT = "/api/v1/openapi.json"

PAGES = (
    Page("GET", DOCUMENT, EVERYONE, _document, by_program=True),
    Page("GET", "/help/api", EVERYONE, _help),
)
