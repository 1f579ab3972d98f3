from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from portal_samples import CYCLE, OTHER_TRUST, TRUST, Running, api, form_token
from sqlalchemy import select

from remi.portal.templates import last_day
from remi.portal.token_pages import expiry
from remi.store.people import end_role, grant
from remi.store.tokens import Token, tokens_of
from schemas.people import api_token, event

LEAD = "lead@trust.example"
PAGE = f"/organisations/{TRUST}/tokens"


def make(browser: httpx.Client, **fields: str) -> httpx.Response:
    token = form_token(browser.get(PAGE))
    return browser.post(PAGE, data={"form_token": token, "name": "Payroll system", **fields})


def secret_on(page: httpx.Response) -> str:
    found = re.search(r'id="token">([^<]+)<', page.text)
    assert found
    return found[1]


def opens(running: Running, secret: str, path: str = f"{api()}/status") -> int:
    headers = {"authorization": f"Bearer {secret}"}
    return httpx.get(running.address + path, headers=headers).status_code


def made(running: Running) -> list[Token]:
    return tokens_of(running.portal.workspace.engine, TRUST)


def test_a_lead_makes_a_token_that_is_shown_once_and_kept_nowhere(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        page = make(browser, scope="send")
        secret = secret_on(page)
        assert page.headers["cache-control"] == "private, no-store"
        again = browser.get(PAGE).text
        assert "Payroll system" in again
        assert secret not in again
    assert opens(running, secret) == 200
    home = running.portal.workspace.settings.home
    assert not [f for f in home.rglob("*") if f.is_file() and secret.encode() in f.read_bytes()]


def test_a_token_tells_when_it_was_used_last(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        secret = secret_on(make(browser, scope="read"))
        assert "Never" in browser.get(PAGE).text
        running.clock.forward(minutes=5)
        opens(running, secret)
        assert "Never" not in browser.get(PAGE).text
    assert made(running)[0].last_used_at == running.portal.moment()


def test_a_lead_ends_a_token(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        secret = secret_on(make(browser, scope="send"))
        data = {"form_token": form_token(browser.get(PAGE)), "token_id": made(running)[0].token_id}
        assert browser.post(f"{PAGE}/end", data=data).status_code == 303
        assert opens(running, secret) == 401
        assert browser.post(f"{PAGE}/end", data=data).status_code == 404


def test_another_organisations_lead_neither_sees_nor_ends_a_token(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        secret = secret_on(make(browser, scope="send"))
    token_id = made(running)[0].token_id
    with running.signed_in("lead@other.example") as other:
        assert other.get(PAGE).status_code == 404
        own = f"/organisations/{OTHER_TRUST}/tokens"
        page = other.get(own)
        assert "Payroll system" not in page.text
        data = {"form_token": form_token(page), "token_id": token_id}
        assert other.post(f"{own}/end", data=data).status_code == 404
        assert other.post(f"{PAGE}/end", data=data).status_code == 404
    assert opens(running, secret) == 200


def test_a_token_opens_no_other_organisation_and_no_other_round(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        secret = secret_on(make(browser, scope="send"))
    assert opens(running, secret, f"{api(OTHER_TRUST)}/status") == 404
    assert opens(running, secret, f"{api(cycle='2025-26')}/status") == 404
    assert opens(running, secret, f"/organisations/{TRUST}") == 303


def test_a_token_ends_with_its_days_and_with_the_round_at_the_latest(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        secret = secret_on(make(browser, scope="read"))
    last_day = running.portal.configuration.cycles.get(CYCLE).last_day
    token = made(running)[0]
    # The round ends long before the days that a token may last; London is at UTC in winter.
    assert (token.expires_at - token.made_at).days < running.portal.policy.token_days
    assert (token.expires_at.date() - last_day).days == 1
    running.clock.now = datetime.combine(token.expires_at.date(), token.expires_at.time(), UTC)
    assert opens(running, secret) == 401
    with running.signed_in(LEAD) as browser:
        assert "Expired" in browser.get(PAGE).text
        assert make(browser, scope="read").status_code == 409


def test_the_page_says_the_last_day_on_which_a_token_works(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        page = make(browser, scope="read")
        assert "works until the end of 30 November 2026" in page.text
        assert "1 December" not in browser.get(PAGE).text


def test_a_token_works_until_the_end_of_its_last_day_in_london(running: Running) -> None:
    running.clock.now = datetime(2026, 10, 2, 12, tzinfo=UTC)
    policy = running.portal.policy.model_copy(update={"token_days": 10})
    configuration = replace(running.portal.configuration, portal=policy)
    workspace = replace(running.portal.workspace, configuration=configuration)
    end = expiry(replace(running.portal, workspace=workspace), running.portal.work(CYCLE))
    # Summer time still: London's midnight is at eleven.
    assert end.replace(tzinfo=UTC) == datetime(2026, 10, 12, 23, tzinfo=UTC)
    assert last_day(end) == "12 October 2026"


def test_what_somebody_may_do_ends_for_their_programs_too(running: Running) -> None:
    engine, lead = running.portal.workspace.engine, running.people[LEAD]
    with running.signed_in(LEAD) as browser:
        secret = secret_on(make(browser, scope="send"))
    with running.signed_in("data@collaboration.example") as data_team:
        token = form_token(data_team.get("/people"))
        fields = {"form_token": token, "person_id": lead, "role": "lead", "organisation_id": TRUST}
        assert data_team.post("/people/end", data=fields).status_code == 303
    assert opens(running, secret) == 401
    running.clock.forward(minutes=1)
    grant(engine, lead, "lead", TRUST, running.portal.moment())
    assert opens(running, secret) == 401, "it must not come back with the role"


def test_a_token_is_nobodys_when_its_maker_lost_the_role_in_any_other_way(
    running: Running,
) -> None:
    with running.program() as program:
        assert program.get(f"{api()}/status").status_code == 200
        end_role(
            running.portal.workspace.engine,
            running.people[LEAD],
            "lead",
            TRUST,
            running.portal.moment(),
        )
        assert program.get(f"{api()}/status").status_code == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"scope": "all"},
        {"scope": ""},
        {"scope": "send", "name": "  "},
        {"scope": "send", "name": "x" * 81},
    ],
)
def test_a_token_needs_a_name_and_something_that_it_may_do(
    running: Running, fields: dict[str, str]
) -> None:
    with running.signed_in(LEAD) as browser:
        answer = make(browser, **fields)
    assert answer.status_code == 400
    assert "There is a problem" in answer.text
    assert made(running) == []


def test_what_leads_do_with_tokens_is_in_the_log(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        make(browser, scope="send")
    with running.portal.workspace.engine.connect() as connection:
        logged = connection.execute(select(event).where(event.c.what == "token_made")).one()
        kept = connection.execute(select(api_token)).one()
    assert (logged.subject, logged.person_id) == (kept.token_id, running.people[LEAD])
