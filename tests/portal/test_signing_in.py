from __future__ import annotations

import re
import time
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import httpx
import pytest
from portal_samples import Running, form_token

from remi.portal.signing_in import local

LEAD = "lead@trust.example"


def mails(running: Running, expected: int) -> list[EmailMessage]:
    """What lies in the outbox, oldest first; e-mails go out after the answer."""
    until = time.monotonic() + 5
    while True:
        files = sorted(running.portal.options.outbox.glob("[!.]*.eml"))
        if len(files) >= expected or time.monotonic() > until:
            break
        time.sleep(0.02)
    assert len(files) == expected
    parser = BytesParser(_class=EmailMessage, policy=policy.default)
    return [parser.parsebytes(file.read_bytes()) for file in files]


def ask(browser: httpx.Client, email: str) -> httpx.Response:
    token = form_token(browser.get("/sign-in"))
    return browser.post("/sign-in", data={"form_token": token, "email": email})


def link_and_code(mail: EmailMessage) -> tuple[str, str]:
    text = mail.get_content()
    link = re.search(r"(/sign-in/link/\S+)", text)
    code = re.search(r"asked: (\d{6})", text)
    assert link
    assert code
    return link[1], code[1]


def signed_in(browser: httpx.Client) -> bool:
    return browser.get("/home").headers["location"].startswith("/organisations/")


def use_code(browser: httpx.Client, code: str) -> httpx.Response:
    token = form_token(browser.get("/sign-in/sent"))
    return browser.post("/sign-in/code", data={"form_token": token, "code": code})


def test_opening_the_link_does_nothing_and_its_button_signs_in_once(running: Running) -> None:
    with running.browser() as browser, running.browser() as scanner:
        assert ask(browser, f"  {LEAD.upper()} ").status_code == 303
        (mail,) = mails(running, 1)
        assert mail["To"] == LEAD
        link, _ = link_and_code(mail)
        for _ in range(3):
            assert scanner.head(link).status_code == 200
            assert scanner.get(link).status_code == 200
        token = form_token(browser.get(link))
        assert browser.post(link, data={"form_token": token}).headers["location"] == "/home"
        assert signed_in(browser)
        token = form_token(scanner.get(link))
        assert scanner.post(link, data={"form_token": token}).status_code == 410
        assert not signed_in(scanner)


def test_the_code_works_in_the_browser_that_asked_and_in_no_other(running: Running) -> None:
    with running.browser() as browser, running.browser() as other:
        ask(browser, LEAD)
        _, code = link_and_code(mails(running, 1)[0])
        assert use_code(other, code).status_code == 400
        assert use_code(browser, f"{code[:3]} {code[3:]}").status_code == 303
        assert signed_in(browser)
        assert use_code(other, code).status_code == 400


def test_a_code_and_its_link_are_one_sign_in(running: Running) -> None:
    with running.browser() as browser, running.browser() as other:
        ask(browser, LEAD)
        link, code = link_and_code(mails(running, 1)[0])
        use_code(browser, code)
        token = form_token(other.get(link))
        assert other.post(link, data={"form_token": token}).status_code == 410


def test_after_a_few_wrong_codes_the_right_one_is_refused(running: Running) -> None:
    with running.browser() as browser:
        ask(browser, LEAD)
        _, code = link_and_code(mails(running, 1)[0])
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        for _ in range(running.portal.policy.codes_tried):
            assert use_code(browser, wrong).status_code == 400
        assert use_code(browser, code).status_code == 400


def test_a_link_and_code_are_over_after_their_minutes(running: Running) -> None:
    with running.browser() as browser:
        ask(browser, LEAD)
        link, code = link_and_code(mails(running, 1)[0])
        running.clock.forward(minutes=running.portal.policy.link_minutes)
        assert use_code(browser, code).status_code == 400
        token = form_token(browser.get(link))
        assert browser.post(link, data={"form_token": token}).status_code == 410


def test_an_address_that_we_do_not_know_gets_the_same_answer_and_no_mail(
    running: Running,
) -> None:
    def answer(email: str) -> tuple[int, str, set[str], str]:
        with running.browser() as browser:
            asked = ask(browser, email)
            text = browser.get("/sign-in/sent").text
            names = {cookie.name for cookie in browser.cookies.jar}
            plain = re.sub(r'value="[0-9a-f]{64}"', "", text)
            return asked.status_code, asked.headers["location"], names, plain

    assert answer(LEAD) == answer("nobody@nowhere.example")
    assert [mail["To"] for mail in mails(running, 1)] == [LEAD]


def test_too_many_requests_for_an_address_are_refused_for_a_while(running: Running) -> None:
    most = running.portal.policy.limits.sign_in_per_address.most
    with running.browser() as browser:
        answers = [ask(browser, LEAD).status_code for _ in range(most + 1)]
        assert answers == [303] * most + [429]
        assert len(mails(running, most)) == most
        running.clock.forward(minutes=running.portal.policy.limits.sign_in_per_address.minutes)
        assert ask(browser, LEAD).status_code == 303


def test_a_new_session_takes_the_place_of_the_old_one(running: Running) -> None:
    with running.browser() as browser:
        # Somebody else's idea of what the session should be called opens nothing.
        browser.cookies.set("session", "chosen-by-an-attacker")
        ask(browser, LEAD)
        _, code = link_and_code(mails(running, 1)[0])
        use_code(browser, code)
        secrets = [c.value for c in browser.cookies.jar if c.name == "session" and c.value]
        assert "chosen-by-an-attacker" not in secrets[-1:]
        assert signed_in(browser)


def test_signing_out_ends_the_session_everywhere(running: Running) -> None:
    with running.signed_in(LEAD) as browser, running.browser() as copy:
        copy.cookies.update(browser.cookies)
        token = form_token(browser.get("/"))
        assert browser.post("/sign-out", data={"form_token": token}).status_code == 303
        assert not signed_in(copy)


@pytest.mark.parametrize(
    "change",
    [
        {"data": {}},
        {"data": {"form_token": "0" * 64}},
        {"headers": {"origin": "https://elsewhere.example"}},
        {"headers": {"sec-fetch-site": "cross-site"}},
    ],
)
def test_a_form_that_is_not_from_our_page_changes_nothing(
    running: Running, change: dict[str, dict[str, str]]
) -> None:
    with running.signed_in(LEAD) as browser:
        data = change.get("data", {"form_token": form_token(browser.get("/"))})
        forged = browser.post("/sign-out", data=data, headers=change.get("headers"))
        assert forged.status_code == 403
        assert signed_in(browser)


@pytest.mark.parametrize(
    "path",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "/a//b",
        "/a\r\nSet-Cookie: b=c",
        "",
    ],
)
def test_after_signing_in_nobody_is_led_to_another_site(path: str) -> None:
    assert local(path) == "/home"


def test_after_signing_in_people_go_where_they_wanted() -> None:
    assert local("/organisations/DEMO-T01") == "/organisations/DEMO-T01"


def test_an_address_cannot_smuggle_headings_into_the_mail(running: Running) -> None:
    with running.browser() as browser:
        assert ask(browser, f"{LEAD}\r\nBcc: all@elsewhere.example").status_code == 303
    assert mails(running, 0) == []
