"""The same file twice, and many files at once, through the doors that people and programs use."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from portal_samples import CYCLE, TRUST, Running, api, form_token, send, serving
from sqlalchemy import func, select

from remi.demo.partners import PARTNERS
from remi.settings import Settings
from remi.store.deliveries import all_sent_for
from remi.store.people import add_person, grant
from schemas.people import delivery
from schemas.store import verdict

LEAD = "lead@trust.example"
HOME = f"/organisations/{TRUST}"
AT_ONCE = 8


def upload(browser: httpx.Client, content: bytes, name: str = "ours.xlsx") -> httpx.Response:
    token = form_token(browser.get(HOME))
    files = {"workbook": (name, content)}
    return browser.post(f"{HOME}/{CYCLE}/upload", data={"form_token": token}, files=files)


def receipt(browser: httpx.Client, uploaded: httpx.Response) -> str:
    address = uploaded.headers["location"].partition("?")[0]
    text = browser.get(f"{address}/receipt").text
    begin = text.index("Receipt ", text.index("nhsuk-panel"))
    return text[begin : text.index("<", begin)]


def counting(running: Running) -> list[tuple[str, bool, str | None]]:
    with running.portal.workspace.engine.connect() as connection:
        rows = connection.execute(
            select(verdict.c.submission_id, verdict.c.counts, verdict.c.superseded_by).where(
                verdict.c.organisation_id == TRUST, verdict.c.outcome == "accepted"
            )
        ).all()
    return [(row.submission_id, bool(row.counts), row.superseded_by) for row in rows]


def in_parallel(tasks: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(lambda task: task(), tasks))


def test_the_same_bytes_by_a_person_and_a_program_are_one_file(running: Running) -> None:
    content = running.workbook()
    with running.signed_in(LEAD) as browser, running.program() as program:
        first = upload(browser, content)
        printed = receipt(browser, first)
        running.clock.forward(minutes=30)
        second = upload(browser, content, "renamed.xlsx")
        third = send(program, content)
        assert receipt(browser, second) == printed
    assert second.headers["location"] == f"{first.headers['location']}?again=yes"
    assert third.status_code == 200
    assert third.json()["submission_id"] in first.headers["location"]
    engine = running.portal.workspace.engine
    assert len(all_sent_for(engine, TRUST, CYCLE)) == 1
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(delivery)) == 3


def test_the_same_bytes_at_the_same_time_are_one_file(running: Running) -> None:
    content = running.workbook()
    with running.program() as program:
        answers = in_parallel([lambda: send(program, content)] * AT_ONCE)
    assert sorted(answer.status_code for answer in answers) == [200] * (AT_ONCE - 1) + [201]
    assert len({answer.text for answer in answers}) == 1
    assert len(all_sent_for(running.portal.workspace.engine, TRUST, CYCLE)) == 1


def test_two_returns_signed_off_at_the_same_time_leave_one_that_counts(running: Running) -> None:
    contents = [running.workbook(), running.workbook(revised=True)]
    with running.signed_in(LEAD) as browser:
        sent = in_parallel([lambda c=c: upload(browser, c) for c in contents])  # type: ignore[misc]
        pages = [browser.get(answer.headers["location"]) for answer in sent]
        assert not any(counts for _, counts, _ in counting(running))
        data = {"form_token": form_token(pages[0]), "agree": "yes"}
        signed = in_parallel(
            [
                lambda page=page: browser.post(f"{page.url.path}/sign-off", data=data)  # type: ignore[misc]
                for page in pages
            ]
        )
    assert [answer.status_code for answer in signed] == [303, 303]
    _one_counts(running, 2)


def test_where_no_sign_off_is_needed_parallel_uploads_leave_one_that_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Path(shutil.copytree(Settings.from_environment().config, tmp_path / "config"))
    policy = (config / "portal.yaml").read_text()
    assert "sign_off_needed: true" in policy
    (config / "portal.yaml").write_text(
        policy.replace("sign_off_needed: true", "sign_off_needed: false")
    )
    monkeypatch.setenv("REMI_CONFIG", str(config))
    with serving(tmp_path / "home") as running, running.program() as program:
        contents = [running.workbook(), running.workbook(revised=True)]
        answers = in_parallel([lambda c=c: send(program, c) for c in contents])  # type: ignore[misc]
        assert [answer.json()["outcome"] for answer in answers] == ["accepted", "accepted"]
        _one_counts(running, 2)


def _one_counts(running: Running, of: int) -> None:
    found = counting(running)
    assert len(found) == of
    (current,) = [submission_id for submission_id, counts, _ in found if counts]
    assert {by for _, counts, by in found if not counts} == {current}


def test_many_organisations_at_once_all_get_their_own_verdict(running: Running) -> None:
    portal = running.portal
    engine, now = portal.workspace.engine, portal.moment()
    organisations = [partner.organisation_id for partner in PARTNERS if not partner.parent_id][:6]
    programs = {}
    for organisation_id in organisations:
        email = f"lead@{organisation_id.lower()}.example"
        running.people[email] = add_person(engine, email, None, now)
        grant(engine, running.people[email], "lead", organisation_id, now)
        programs[organisation_id] = running.program("send", organisation_id, email)
    files = [
        (organisation_id, running.workbook(organisation_id, revised=revised))
        for revised in (False, True)
        for organisation_id in organisations
    ]
    answers = in_parallel(
        [
            lambda o=o, c=c: send(programs[o], c, api(o))  # type: ignore[misc]
            for o, c in files
        ]
    )
    for program in programs.values():
        program.close()
    told = [(answer.status_code, answer.json()["organisation_id"]) for answer in answers]
    assert told == [(201, organisation_id) for organisation_id, _ in files]
    assert {answer.json()["outcome"] for answer in answers} == {"accepted"}
    assert len({answer.json()["submission_id"] for answer in answers}) == len(files)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(verdict)) == len(files)
