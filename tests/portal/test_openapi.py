"""The API against its own description: what schemathesis makes of it, valid and not."""

from __future__ import annotations

import json
import re

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import escape
from portal_samples import CYCLE, TRUST, Running, api, send
from pydantic import TypeAdapter
from schemathesis.generation import GenerationMode

from remi.portal.app import all_pages
from remi.portal.openapi import DOCUMENT, document
from schemas.intake import Verdict

EXAMPLES = 40

KNOWN = {"cycle": CYCLE, "organisation_id": TRUST, "kind": "assessment"}


@pytest.fixture
def described(running: Running) -> schemathesis.BaseSchema:
    """What the running portal says of its API."""
    schema = schemathesis.openapi.from_url(running.address + DOCUMENT)
    schema.config.generation.update(modes=list(GenerationMode))
    return schema


def test_the_api_keeps_to_its_description_whatever_is_sent(
    running: Running, described: schemathesis.BaseSchema
) -> None:
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) == len([page for page in all_pages() if "/v1/{" in page.path])
    with running.program() as sender:
        sent = send(sender, running.workbook()).json()["submission_id"]
        headers = {"Authorization": sender.headers["authorization"]}
        for operation in operations:
            _conforms(running, operation, {**KNOWN, "submission_id": sent}, headers)


def _conforms(
    running: Running,
    operation: schemathesis.APIOperation,
    known: dict[str, str],
    headers: dict[str, str],
) -> None:
    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), our_own=st.booleans())
    def conforms(case: schemathesis.Case, our_own: bool) -> None:
        if our_own:
            case.path_parameters = {
                name: known[name] for name in case.path_parameters if name in known
            }
        # So that the token's limit, which has a test of its own, does not end this one.
        running.clock.forward(seconds=60 * 60 / running.portal.policy.limits.api_per_token.most + 1)
        case.call_and_validate(headers=headers)

    conforms()


def test_the_description_names_every_page_of_the_api_and_no_other(running: Running) -> None:
    with running.browser() as browser:
        answer = browser.get(DOCUMENT)
    described = {
        (method.upper(), path)
        for path, methods in answer.json()["paths"].items()
        for method in methods
    }
    pages = {(page.method, page.path) for page in all_pages() if page.path.startswith("/api/")}
    assert described == pages - {("GET", DOCUMENT)}
    assert answer.json()["openapi"] == "3.1.0"
    assert "set-cookie" not in answer.headers


def test_a_verdict_is_described_as_it_is_sent(running: Running) -> None:
    """Read back by its own type nothing is lost, and nothing is there that is not described."""
    with running.program() as program:
        told = send(program, b"not a workbook").json()
    schema = document(running.portal.policy.service_name)["components"]["schemas"]["Verdict"]
    assert list(told) == list(schema["properties"])
    assert TypeAdapter(Verdict).dump_python(TypeAdapter(Verdict).validate_python(told)) == {
        **told,
        "problems": tuple(told["problems"]),
    }


def test_the_help_page_tells_people_the_same(running: Running) -> None:
    with running.browser() as browser:
        text = browser.get("/help/api").text
        described = browser.get(DOCUMENT).json()
    for path, methods in described["paths"].items():
        assert path in text
        for operation in methods.values():
            assert escape(operation["summary"]) in text
    for name, schema in described["components"]["schemas"].items():
        assert f">{name}<" in text
        for field in schema["properties"]:
            assert f"<code>{field}</code>" in text
    assert re.findall(r'<script[^>]* src="([^"]*)"', text) == ["/style/portal.mjs"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/2026-27/organisations/" + "A" * 60_000 + "/status",
        "/api/v1/%C3%A9%F0%9F%92%A9/organisations/%00/status",
        f"{api()}/submissions/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        f"{api()}/submissions/{'9' * 5_000}/annotated",
        f"{api()}/status/",
        f"{api()}//status",
        f"{api().upper()}/status",
    ],
)
def test_absurd_addresses_are_not_there(running: Running, path: str) -> None:
    with running.program() as program:
        answer = program.get(path)
    assert answer.status_code in (404, 400, 414, 431)
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"x-http-method-override": "DELETE"},
        {"x-original-url": "/people"},
        {"x-forwarded-host": "elsewhere.example"},
        {"content-type": "application/json" * 1_000},
        {"x-file-name": "%ff%00%0d%0a.xlsx"},
        {"accept": "text/html", "range": "bytes=0-10"},
        {"authorization": "Bearer " + "é" * 10},
    ],
)
def test_headers_with_tricks_change_nothing(running: Running, headers: dict[str, str]) -> None:
    with running.program() as program:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        kept = [(k, v) for k, v in program.headers.raw if k.lower().decode() not in headers]
        answer = httpx.get(f"{running.address}{api()}/status", headers=[*kept, *raw])
    assert answer.status_code in (200, 400, 401)
    if answer.status_code == 200:
        assert json.loads(answer.text)["organisation_id"] == TRUST
