"""What browsers are told to keep and to whom they may show it; tricks with hosts and methods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest
from portal_samples import PEOPLE, TRUST, Running, form_token, serving
from test_signing_in import ask, link_and_code, mails, signed_in, use_code

LEAD = "lead@trust.example"
PUBLIC = "https://portal.example"
EVIL = "evil.example"


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Running]:
    """A portal that browsers reach by https, seen from behind its proxy."""
    with serving(tmp_path / "home", public=PUBLIC) as made:
        yield made


def cookies_of(answer: httpx.Response) -> dict[str, dict[str, str]]:
    """The cookies that an answer sets, with what is said of each."""
    found: dict[str, dict[str, str]] = {}
    for header in answer.headers.get_list("set-cookie"):
        for name, morsel in SimpleCookie(header).items():
            found[name] = {key: value for key, value in morsel.items() if value}
    return found


def sign_in(running: Running, browser: httpx.Client) -> list[httpx.Response]:
    """Every answer on the way in; Secure cookies are carried by hand, as there is no https here."""
    kept: dict[str, str] = {}
    answers: list[httpx.Response] = []

    def go(method: str, path: str, **fields: str) -> httpx.Response:
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in kept.items())}
        headers["origin"] = running.portal.options.origin
        answer = browser.request(method, path, data=fields or None, headers=headers)
        for header in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(header).items():
                kept[name] = morsel.value
        answers.append(answer)
        return answer

    token = form_token(go("GET", "/sign-in"))
    go("POST", "/sign-in", form_token=token, email=LEAD)
    _, code = link_and_code(mails(running, 1)[0])
    token = form_token(go("GET", "/sign-in/sent"))
    go("POST", "/sign-in/code", form_token=token, code=code)
    go("GET", f"/organisations/{TRUST}")
    assert answers[-1].status_code == 200
    return answers


def test_no_cookie_is_read_by_scripts_or_sent_by_other_sites(running: Running) -> None:
    with httpx.Client(base_url=running.address) as browser:
        answers = sign_in(running, browser)
    said = {name: cookie for answer in answers for name, cookie in cookies_of(answer).items()}
    assert set(said) >= {"browser", "session"}
    for name, cookie in said.items():
        assert cookie.get("httponly"), name
        assert cookie["samesite"] == "lax", name
        assert cookie["path"] == "/", name
        assert "domain" not in cookie, name


def test_by_https_cookies_never_travel_without_it_nor_come_from_another_host(
    secure: Running,
) -> None:
    with httpx.Client(base_url=secure.address) as browser:
        answers = sign_in(secure, browser)
    said = {name: cookie for answer in answers for name, cookie in cookies_of(answer).items()}
    assert set(said) >= {"__Host-browser", "__Host-session"}
    for name, cookie in said.items():
        assert name.startswith("__Host-")
        assert cookie.get("secure"), name
        assert cookie.get("httponly"), name
        assert cookie["path"] == "/", name
        assert "domain" not in cookie, name
    for answer in answers:
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


def test_by_https_a_session_without_its_prefix_is_none(secure: Running) -> None:
    """Another host of the same domain may set a plain cookie, but not one with the prefix."""
    with secure.signed_in(LEAD) as known:
        (secret,) = [cookie.value for cookie in known.cookies.jar]
    with httpx.Client(base_url=secure.address) as browser:
        opens = {"cookie": f"__Host-session={secret}"}
        assert browser.get(f"/organisations/{TRUST}", headers=opens).status_code == 200
        planted = {"cookie": f"session={secret}"}
        assert browser.get(f"/organisations/{TRUST}", headers=planted).status_code == 303


def test_a_session_that_somebody_planted_never_becomes_ones_own(running: Running) -> None:
    """Fixation: who planted a session, of their own or made up, is not signed in by its victim."""
    with running.signed_in("lead@other.example") as attacker, running.browser() as victim:
        (planted,) = [cookie.value for cookie in attacker.cookies.jar if cookie.name == "session"]
        victim.cookies.set("session", str(planted))
        ask(victim, LEAD)
        _, code = link_and_code(mails(running, 1)[0])
        assert use_code(victim, code).status_code == 303
        assert attacker.get(f"/organisations/{TRUST}").status_code in (303, 404)
        assert attacker.get("/home").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "headers",
    [
        {"host": EVIL},
        {"x-forwarded-host": EVIL},
        {"forwarded": f"host={EVIL}"},
        {"x-forwarded-proto": "https", "x-forwarded-host": EVIL, "x-host": EVIL},
    ],
)
def test_who_asks_by_another_hosts_name_changes_no_link(
    running: Running, headers: dict[str, str]
) -> None:
    with running.browser() as browser:
        page = browser.get("/sign-in", headers=headers)
        data = {"form_token": form_token(page), "email": LEAD}
        answer = browser.post("/sign-in", data=data, headers=headers)
        assert answer.status_code == 303
        for shown in (page, answer, browser.get("/home", headers=headers)):
            assert EVIL not in shown.text + str(shown.headers)
        assert browser.get("/sign-in/", headers=headers).status_code == 404
    (mail,) = mails(running, 1)
    links = re.findall(r"https?://[^/\s]+", mail.get_content())
    assert links
    assert set(links) == {running.address}


def test_an_invitation_names_our_own_address_alone(running: Running) -> None:
    path = f"/organisations/{TRUST}/people"
    with running.signed_in(LEAD) as browser:
        data = {
            "form_token": form_token(browser.get(path)),
            "email": "new@trust.example",
            "role": "partner",
        }
        assert browser.post(path, data=data, headers={"host": EVIL}).status_code == 303
    assert EVIL not in mails(running, 1)[0].as_string()


@pytest.mark.parametrize("trick", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_is_what_it_says(running: Running, trick: str) -> None:
    with running.signed_in(LEAD) as browser:
        assert browser.get("/sign-out", headers={trick: "POST"}).status_code == 405
        assert browser.get("/sign-out?_method=POST").status_code == 405
        people = f"/organisations/{TRUST}/people"
        data = {"form_token": form_token(browser.get(people)), "_method": "GET"}
        answer = browser.post(people, data=data, headers={trick: "GET"})
        assert answer.status_code == 400, "it was taken for the form that it is"
        assert signed_in(browser)


def test_a_session_does_not_open_in_another_persons_name(running: Running) -> None:
    """Whatever else a browser sends about who it is."""
    claims = {"x-user": "1", "x-remote-user": LEAD, "remote-user": LEAD, "authorization": LEAD}
    for email in PEOPLE:
        with running.signed_in(email) as browser:
            plain, claimed = browser.get("/home"), browser.get("/home", headers=claims)
            assert plain.headers["location"] == claimed.headers["location"]
