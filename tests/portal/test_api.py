from __future__ import annotations

import json
from io import BytesIO

import httpx
import openpyxl
import pytest
from portal_samples import CYCLE, OTHER_TRUST, TRUST, Running, api, form_token, send
from sqlalchemy import func, select

from remi.demo.faults import FAULTS
from remi.intake.verdict_json import verdict_json
from remi.store.deliveries import all_sent_for
from remi.store.verdicts import stored_verdict
from schemas.people import attempt, delivery

LEAD = "lead@trust.example"
SENT = f"{api()}/submissions"


def assert_refused(answer: httpx.Response, status: int) -> str:
    """A refusal is a sentence in RFC 9457's form; gives the sentence."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == status
    detail = str(said["detail"])
    assert detail[0].isupper()
    assert "Traceback" not in detail
    return detail


def test_a_program_sends_a_workbook_and_gets_its_verdict(running: Running) -> None:
    with running.program() as program:
        answer = send(program, running.workbook(), **{"x-file-name": "Fr%C3%BChling%20%2F1.xlsx"})
        assert answer.status_code == 201
        assert answer.json()["outcome"] == "accepted"
        submission_id = answer.json()["submission_id"]
        assert answer.headers["location"] == f"{SENT}/{submission_id}"
        assert program.get(answer.headers["location"]).text == answer.text
        (listed,) = program.get(SENT).json()["submissions"]
        status = program.get(f"{api()}/status").json()
    assert listed["submission_id"] == submission_id
    assert listed["file_name"] == "1.xlsx"
    assert listed["standing"] == "ready"
    assert listed["received_at"].endswith("Z")
    assert status["standing"] == "ready"
    assert status["latest"] == submission_id
    assert status["signed_off"] is None
    engine = running.portal.workspace.engine
    with engine.connect() as connection:
        kept = connection.execute(select(delivery)).one()
    assert (kept.door, kept.person_id) == ("api", None)
    assert kept.token_id


def test_what_a_program_sent_stands_on_the_page_and_is_signed_off_there(running: Running) -> None:
    with running.program() as program, running.signed_in(LEAD) as browser:
        submission_id = send(program, running.workbook()).json()["submission_id"]
        page = browser.get(f"/organisations/{TRUST}/submissions/{submission_id}")
        data = {"form_token": form_token(page), "agree": "yes"}
        assert browser.post(f"{page.url.path}/sign-off", data=data).status_code == 303
        status = program.get(f"{api()}/status").json()
        (listed,) = program.get(SENT).json()["submissions"]
    assert (status["standing"], status["signed_off"]) == ("signed_off", submission_id)
    assert listed["signed_off_at"]


def test_the_same_bytes_are_the_same_file_with_the_same_receipt(running: Running) -> None:
    with running.program() as program:
        first = send(program, running.workbook())
        receipt = program.get(SENT).json()["submissions"][0]["receipt"]
        running.clock.forward(days=1)
        second = send(program, running.workbook(), **{"x-file-name": "another-name.xlsx"})
        (listed,) = program.get(SENT).json()["submissions"]
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.content == second.content
    assert first.headers["location"] == second.headers["location"]
    assert listed["receipt"] == receipt


def test_a_program_gets_the_workbook_to_fill_in_and_the_one_to_put_right(running: Running) -> None:
    with running.program("read") as reader, running.program() as sender:
        empty = reader.get(f"{api()}/workbooks/assessment")
        spoilt = send(sender, FAULTS["label_not_on_list"](running.workbook()))
        marked = reader.get(f"{spoilt.headers['location']}/annotated")
        nothing = send(sender, b"not a workbook at all")
        assert_refused(reader.get(f"{nothing.headers['location']}/annotated"), 409)
        assert_refused(reader.get(f"{api()}/workbooks/holiday"), 404)
    assert openpyxl.load_workbook(BytesIO(empty.content)).sheetnames
    assert "To fix" in " ".join(openpyxl.load_workbook(BytesIO(marked.content)).sheetnames)
    assert empty.headers["content-disposition"].startswith("attachment")


def test_a_token_for_reading_sends_nothing(running: Running) -> None:
    with running.program("read") as program:
        answer = send(program, running.workbook())
        assert_refused(answer, 403)
        assert "insufficient_scope" in answer.headers["www-authenticate"]
    assert all_sent_for(running.portal.workspace.engine, TRUST, CYCLE) == []


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer wrong", "Basic bGVhZDpsZWFk", "Bearer remi_" + "a" * 9],
)
def test_without_a_token_that_is_known_nothing_opens(
    running: Running, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    with httpx.Client(base_url=running.address, headers=headers) as program:
        for answer in (program.get(SENT), send(program, b"anything")):
            assert_refused(answer, 401)
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert "set-cookie" not in answer.headers


def test_a_session_opens_no_page_of_the_api(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        assert_refused(browser.get(SENT), 401)


def test_another_organisations_file_is_not_there(running: Running) -> None:
    with running.program() as own, running.program(organisation_id=OTHER_TRUST) as other:
        location = send(own, running.workbook()).headers["location"]
        submission_id = location.rpartition("/")[2]
        for path in (location, f"{api(OTHER_TRUST)}/submissions/{submission_id}"):
            for more in ("", "/annotated"):
                assert_refused(other.get(path + more), 404)
        assert other.get(f"{api(OTHER_TRUST)}/submissions").json() == {"submissions": []}


def test_what_is_no_workbook_by_its_own_word_is_not_taken(running: Running) -> None:
    with running.program() as program:
        html = {"content-type": "text/html"}
        assert_refused(program.post(SENT, content=b"<p>", headers=html), 415)
        assert_refused(send(program, b""), 400)
        assert_refused(send(program, b"x", **{"x-file-name": "a" * 1_001}), 400)
    assert all_sent_for(running.portal.workspace.engine, TRUST, CYCLE) == []


def test_nothing_is_taken_when_the_round_is_over(running: Running) -> None:
    with running.program() as program:
        running.clock.now = running.clock.now.replace(month=9)
        assert "does not take returns" in assert_refused(send(program, b"x"), 409)


def test_a_token_that_asks_without_end_is_told_to_wait(running: Running) -> None:
    limit = running.portal.policy.limits.api_per_token
    with running.program() as program:
        assert program.get(f"{api()}/status").status_code == 200
        _use_up(running, limit.most - 1)
        answer = program.get(f"{api()}/status")
        assert_refused(answer, 429)
        assert int(answer.headers["retry-after"]) == limit.minutes * 60
        running.clock.forward(minutes=limit.minutes + 1)
        assert program.get(f"{api()}/status").status_code == 200


def _use_up(running: Running, times: int) -> None:
    """As if the token had asked so often just now."""
    with running.portal.workspace.engine.begin() as connection:
        row = connection.execute(select(attempt).where(attempt.c.kind == "api")).one()
        values = {"kind": "api", "key_hash": row.key_hash, "at": row.at}
        connection.execute(attempt.insert(), [values] * times)
        counted = connection.scalar(select(func.count()).where(attempt.c.kind == "api"))
    assert counted == times + 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_methods_that_are_not_described_are_refused(running: Running, method: str) -> None:
    with running.program() as program:
        answer = program.request(method, SENT)
        assert_refused(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD, POST"


def test_no_other_site_may_read_the_api(running: Running) -> None:
    origin = {"origin": "https://elsewhere.example"}
    with running.program() as program:
        for answer in (program.get(SENT, headers=origin), program.options(SENT, headers=origin)):
            assert not [name for name in answer.headers if name.startswith("access-control")]


def test_addresses_that_name_nothing_are_refused_as_problems(running: Running) -> None:
    with running.program() as program:
        for path in (
            "/api/v1/nothing",
            "/api/",
            f"{SENT}/%00",
            f"{SENT}/%FF%FE",
            f"{SENT}/..%2F..",
        ):
            assert_refused(program.get(path), 404)


def test_a_fault_of_ours_is_a_problem_without_its_particulars(running: Running) -> None:
    workspace = running.portal.workspace
    with running.program() as program:
        location = send(program, FAULTS["label_not_on_list"](running.workbook())).headers[
            "location"
        ]
        (sent,) = all_sent_for(workspace.engine, TRUST, CYCLE)
        for file in (workspace.settings.home / "objects").rglob(sent.sha256):
            file.write_bytes(b"damaged")
        answer = program.get(f"{location}/annotated")
    assert "damaged" not in assert_refused(answer, 500)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_verdict_that_is_stored_is_the_one_that_is_told(running: Running) -> None:
    with running.program() as program:
        told = send(program, FAULTS["text_in_number"](running.workbook()))
    stored = stored_verdict(running.portal.workspace.engine, told.json()["submission_id"])
    assert stored is not None
    assert told.text == verdict_json(stored)
    assert json.loads(told.text)["problems"]
