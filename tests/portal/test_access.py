"""Every page there is, asked for by everybody there is: what opens is what the table here says.

A rule that the table does not know, or a name in an address without a value here, fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from portal_samples import CYCLE, OTHER_TRUST, PEOPLE, TRUST, Running, form_token, send, serving
from starlette.responses import Response

from remi.portal.app import HEADERS, all_pages
from remi.portal.routing import Page

NOBODY = "nobody"
SENDER, READER, OTHER_SENDER = "token that sends", "token that reads", "another's token"
LEAD, PARTNER, OTHER_LEAD = "lead@trust.example", "partner@trust.example", "lead@other.example"
REVIEWERS = {"reviewer@collaboration.example", "second-reviewer@collaboration.example"}
DATA_TEAM, LEADER = "data@collaboration.example", "leader@collaboration.example"
PROGRAMS = {SENDER, READER, OTHER_SENDER}
EVERYBODY = {NOBODY, *PEOPLE, *PROGRAMS}

OPENS: dict[str, set[str]] = {
    "everyone": EVERYBODY,
    "signed in": set(PEOPLE),
    "partner of the organisation": {LEAD, PARTNER},
    "lead of the organisation": {LEAD},
    "reviewer": REVIEWERS,
    "reviewer of the organisation": REVIEWERS,
    "data team": {DATA_TEAM},
    "staff": {DATA_TEAM, LEADER},
    "token that sends": {SENDER},
    "token that sends or reads": {SENDER, READER},
}
"""The name of a rule to who gets in, where the address is about `TRUST`."""

VALUES = {
    "organisation_id": TRUST,
    "cycle": CYCLE,
    "kind": "assessment",
    "name": "portal.css",
    "token": "a-link",
    "file": "index.html",
}
"""What stands for each name in an address, but for `submission_id`."""

MAY_BE_KEPT = {"/style/portal.css": {"cache-control": "max-age=3600"}}
"""What holds nothing of anybody's; every other answer may be kept by no browser and no proxy."""

OPENED = 299
"""The answer of a page on which nothing is but that somebody got in."""


def address(page: Page, **values: str) -> str:
    """The page's address, of the organisation `TRUST` unless told otherwise."""
    filled = {**VALUES, "submission_id": f"{CYCLE}-0123456789ab", **values}

    def value(name: re.Match[str]) -> str:
        assert name[1] in filled, f"{page.path}: give {name[1]!r} a value in VALUES"
        return filled[name[1]]

    return re.sub(r"{(\w+)(?::\w+)?}", value, page.path)


def named(page: Page) -> str:
    return f"{page.method} {page.path}"


@contextmanager
def everybody_in(running: Running) -> Iterator[dict[str, httpx.Client]]:
    """A browser or program for each visitor of the table."""
    clients = {NOBODY: running.browser()}
    clients |= {email: running.signed_in(email) for email in PEOPLE}
    clients |= {SENDER: running.program("send"), READER: running.program("read")}
    clients |= {OTHER_SENDER: running.program("send", OTHER_TRUST)}
    with ExitStack() as stack:
        for client in clients.values():
            stack.enter_context(client)
        yield clients


def token_in(browser: httpx.Client) -> str:
    """What the forms of this browser's session carry."""
    return form_token(browser.get("/sign-in"))


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Running]:
    """The same addresses and rules, with nothing behind them: who gets in is all that shows."""
    pages = tuple(
        replace(page, handler=lambda _: Response(status_code=OPENED)) for page in all_pages()
    )
    # The one page that is needed to have a form's token.
    sign_in = next(page for page in all_pages() if named(page) == "GET /sign-in")
    with serving(tmp_path / "home", pages=(sign_in, *pages)) as made:
        yield made


def test_every_page_opens_for_whom_the_table_names_and_for_nobody_else(doors: Running) -> None:
    wrong = []
    with everybody_in(doors) as clients:
        tokens = {who: token_in(clients[who]) for who in (NOBODY, *PEOPLE)}
        for page in all_pages():
            if named(page) == "GET /sign-in":
                continue  # it is there for its form; that it opens is seen above
            assert page.access.name in OPENS, f"{named(page)}: a rule that the table does not know"
            expected = OPENS[page.access.name]
            for who, client in clients.items():
                data = {"form_token": tokens.get(who, "")} if page.method == "POST" else None
                answer = client.request(page.method, address(page), data=data)
                opened = answer.status_code == OPENED
                if who in PROGRAMS and page.method == "POST" and not page.by_program:
                    # A program has no form of ours, so that even what is open to all stays shut.
                    expected_here = False
                else:
                    expected_here = who in expected
                if opened != expected_here:
                    wrong.append(f"{named(page)}: {who} got {answer.status_code}")
    assert wrong == []


def test_whoever_may_not_see_a_page_is_told_the_same_whatever_it_is_about(
    running: Running,
) -> None:
    """Refused with real pages behind the rules: to sign in, or as if nothing were there."""
    wrong = []
    with everybody_in(running) as clients:
        submission_id = send(clients[SENDER], running.workbook()).json()["submission_id"]
        for page in all_pages():
            shut = EVERYBODY - OPENS[page.access.name]
            for who in sorted(shut):
                path = address(page, submission_id=submission_id)
                answer = clients[who].request(page.method, path)
                if answer.status_code != refusal(page, who):
                    wrong.append(f"{named(page)}: {who} got {answer.status_code}")
                if who not in (LEAD, PARTNER) and TRUST in answer.text.replace(path, ""):
                    wrong.append(f"{named(page)}: {who} read of the organisation")
    assert wrong == []


def refusal(page: Page, who: str) -> int:
    """The status with which somebody is refused."""
    if page.by_program:
        if who == READER:
            return 403
        return 404 if who in PROGRAMS else 401
    return 303 if who == NOBODY or who in PROGRAMS else 404


def test_whoever_may_see_a_page_finds_no_fault_of_ours(running: Running) -> None:
    wrong = []
    with everybody_in(running) as clients:
        submission_id = send(clients[SENDER], running.workbook()).json()["submission_id"]
        for page in all_pages():
            for who in sorted(OPENS[page.access.name]):
                if page.method == "GET":
                    answer = clients[who].get(address(page, submission_id=submission_id))
                    if answer.status_code >= 500:
                        wrong.append(f"{named(page)}: {who} got {answer.status_code}")
    assert wrong == []


def test_no_form_is_taken_without_this_sessions_own_token(running: Running) -> None:
    wrong = []
    with everybody_in(running) as clients:
        stolen = token_in(clients[OTHER_LEAD])
        for page in all_pages():
            if page.method != "POST" or page.by_program:
                continue
            who = sorted(OPENS[page.access.name] - PROGRAMS)[0]
            own = token_in(clients[who])
            forged: list[tuple[dict[str, str], dict[str, str]]] = [
                ({}, {}),
                ({"form_token": ""}, {}),
                ({"form_token": stolen}, {}),
                ({"form_token": own[:-1]}, {}),
                ({"form_token": own}, {"origin": "https://elsewhere.example"}),
                ({"form_token": own}, {"origin": "null"}),
                ({"form_token": own}, {"sec-fetch-site": "cross-site"}),
                ({"form_token": own}, {"sec-fetch-site": "same-site"}),
            ]
            for data, headers in forged:
                answer = clients[who].post(address(page), data=data, headers=headers)
                if answer.status_code != 403:
                    wrong.append(f"{named(page)} {list(data)} {headers}: {answer.status_code}")
    assert wrong == []


def test_another_organisations_files_are_nowhere(running: Running) -> None:
    """The id is right, the organisation in the address is the visitor's own: it is not there."""
    wrong = []
    with everybody_in(running) as clients:
        submission_id = send(clients[SENDER], running.workbook()).json()["submission_id"]
        token = token_in(clients[OTHER_LEAD])
        seen = 0
        for page in all_pages():
            if "{submission_id}" not in page.path:
                continue
            who = OTHER_SENDER if page.by_program else OTHER_LEAD
            for organisation_id in (OTHER_TRUST, TRUST):
                ids = {"submission_id": submission_id, "organisation_id": organisation_id}
                data = {"form_token": token, "agree": "yes"} if page.method == "POST" else None
                answer = clients[who].request(page.method, address(page, **ids), data=data)
                seen += 1
                if answer.status_code != 404:
                    wrong.append(f"{named(page)} {organisation_id}: {answer.status_code}")
    assert seen
    assert wrong == []


def test_every_answer_has_the_headers_and_is_kept_by_nobody(running: Running) -> None:
    wrong = []
    paths = [(page.method, address(page)) for page in all_pages()]
    paths += [("GET", "/nowhere"), ("DELETE", "/sign-in"), ("GET", "/api/v1/nowhere")]
    with everybody_in(running) as clients:
        for method, path in paths:
            for who in (NOBODY, LEAD, DATA_TEAM, SENDER):
                answer = clients[who].request(method, path)
                wanted = HEADERS if path not in MAY_BE_KEPT else HEADERS | MAY_BE_KEPT[path]
                if not wanted.items() <= dict(answer.headers).items():
                    wrong.append(f"{method} {path}: {who} got {dict(answer.headers)}")
                if path in MAY_BE_KEPT and "set-cookie" in answer.headers:
                    wrong.append(f"{path}: a cookie with what every cache may keep")
    assert wrong == []
