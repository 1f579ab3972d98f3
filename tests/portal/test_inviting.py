from __future__ import annotations

import time

import httpx
import pytest
from portal_samples import OTHER_TRUST, TRUST, Running, form_token
from sqlalchemy import update

from remi.store.database import writing
from remi.store.people import find_by_email
from schemas.people import person

LEAD = "lead@trust.example"
NEW = "new@trust.example"


def invite(browser: httpx.Client, path: str, **fields: str) -> httpx.Response:
    token = form_token(browser.get(path))
    return browser.post(path, data={"form_token": token, **fields})


def rename(running: Running, person_id: str, name: str) -> None:
    with writing(running.portal.workspace.engine) as connection:
        connection.execute(update(person).where(person.c.person_id == person_id).values(name=name))


def roles(running: Running, email: str) -> frozenset[tuple[str, str]]:
    found = find_by_email(running.portal.workspace.engine, email)
    return found.roles if found else frozenset()


def test_a_lead_invites_a_colleague_who_can_then_see_the_return(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        done = invite(browser, f"/organisations/{TRUST}/people", email=NEW, role="partner")
        assert done.status_code == 303
        assert NEW in browser.get(f"/organisations/{TRUST}/people").text
    assert roles(running, NEW) == {("partner", TRUST)}
    running.people[NEW] = find_by_email(running.portal.workspace.engine, NEW).person_id  # type: ignore[union-attr]
    with running.signed_in(NEW) as browser:
        assert browser.get(f"/organisations/{TRUST}").status_code == 200
        assert browser.get(f"/organisations/{TRUST}/people").status_code == 404


@pytest.mark.parametrize("role", ["data_team", "reviewer", "leader", "", "superuser"])
def test_a_lead_can_give_no_role_beyond_the_organisation(running: Running, role: str) -> None:
    with running.signed_in(LEAD) as browser:
        answer = invite(browser, f"/organisations/{TRUST}/people", email=NEW, role=role)
    assert answer.status_code == 400
    assert roles(running, NEW) == frozenset()


def test_a_lead_cannot_take_away_another_organisations_lead(running: Running) -> None:
    other = running.people["lead@other.example"]
    with running.signed_in(LEAD) as browser:
        token = form_token(browser.get(f"/organisations/{TRUST}/people"))
        data = {"form_token": token, "person_id": other, "role": "lead"}
        assert browser.post(f"/organisations/{TRUST}/people/end", data=data).status_code == 404
        answer = browser.post(f"/organisations/{OTHER_TRUST}/people/end", data=data)
        assert answer.status_code == 404
    assert roles(running, "lead@other.example") == {("lead", OTHER_TRUST)}


def test_whoever_loses_a_role_is_out_at_once(running: Running) -> None:
    colleague = running.people["partner@trust.example"]
    with running.signed_in("partner@trust.example") as theirs, running.signed_in(LEAD) as lead:
        assert theirs.get(f"/organisations/{TRUST}").status_code == 200
        token = form_token(lead.get(f"/organisations/{TRUST}/people"))
        data = {"form_token": token, "person_id": colleague, "role": "partner"}
        assert lead.post(f"/organisations/{TRUST}/people/end", data=data).status_code == 303
        assert theirs.get(f"/organisations/{TRUST}").status_code == 303


def test_the_last_lead_cannot_shut_themselves_out(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        token = form_token(browser.get(f"/organisations/{TRUST}/people"))
        data = {"form_token": token, "person_id": running.people[LEAD], "role": "lead"}
        assert browser.post(f"/organisations/{TRUST}/people/end", data=data).status_code == 409
    assert roles(running, LEAD) == {("lead", TRUST)}


def test_the_data_team_invites_leads_and_staff(running: Running) -> None:
    with running.signed_in("data@collaboration.example") as browser:
        fields = {"email": NEW, "role": "lead", "organisation_id": OTHER_TRUST.lower()}
        assert invite(browser, "/people", **fields).status_code == 303
        assert invite(browser, "/people", email=NEW, role="reviewer").status_code == 303
        unknown = {"email": NEW, "role": "lead", "organisation_id": "NOBODY"}
        assert invite(browser, "/people", **unknown).status_code == 400
    assert roles(running, NEW) == {("lead", OTHER_TRUST), ("reviewer", "all")}


@pytest.mark.parametrize(
    ("role", "code"), [("reviewer", "DEMO-T99"), ("data_team", TRUST), ("leader", "DEMO-T99")]
)
def test_nobody_is_let_into_all_organisations_who_was_meant_for_one(
    running: Running, role: str, code: str
) -> None:
    with running.signed_in("data@collaboration.example") as browser:
        fields = {"email": NEW, "name": "New Person", "role": role, "organisation_id": code}
        answer = invite(browser, "/people", **fields)
    assert answer.status_code == 400
    assert roles(running, NEW) == frozenset()
    assert all(f'value="{written}"' in answer.text for written in (NEW, "New Person", code))
    assert f'value="{role}" checked' in answer.text


def test_whoever_invites_is_told_that_it_was_done(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        done = invite(browser, f"/organisations/{TRUST}/people", email=NEW, role="partner")
        assert "An e-mail that says how to sign in" in browser.get(done.headers["location"]).text


def test_nobody_is_told_what_another_organisation_calls_a_person(running: Running) -> None:
    known, people = "lead@other.example", f"/organisations/{TRUST}/people"
    for by, name in (
        (running.people[LEAD], "Inviter Named"),
        (running.people[known], "Well Known"),
    ):
        rename(running, by, name)
    with running.signed_in(LEAD) as browser:
        done = invite(browser, people, email=known, role="partner")
        page = browser.get(done.headers["location"]).text
    assert known in page
    assert "Well Known" not in page
    until = time.monotonic() + 5
    while not (mails := list(running.portal.options.outbox.glob("*.eml"))):
        assert time.monotonic() < until
        time.sleep(0.02)
    (mail,) = mails
    text = mail.read_text()
    assert LEAD in text
    assert "Well Known" not in text
    assert "Inviter Named" not in text


def test_an_invitation_cannot_smuggle_headings_into_the_mail(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        email = "new@trust.example\r\nBcc: all@elsewhere.example"
        answer = invite(browser, f"/organisations/{TRUST}/people", email=email, role="partner")
    assert answer.status_code == 400
