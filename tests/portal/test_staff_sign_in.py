"""Staff sign in at a real provider, which is believed only when everything it says holds."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from openid_provider import CLIENT_ID, CLIENT_SECRET, Claims, Provider, providing
from portal_samples import Running, serving
from sqlalchemy import func, select

from remi.portal.openid import Begun, ProviderError, where_to_sign_in
from remi.portal.options import StaffSignIn
from remi.portal.staff_sign_in import MINUTES, sealed, unsealed
from remi.portal.visit import Portal
from remi.store.people import add_person, grant
from schemas.people import WHOLE_COLLABORATION, person, session

DATA = "data@collaboration.example"


@pytest.fixture
def provider(running: Running) -> Iterator[Provider]:
    """A provider that the portal knows."""
    with providing(running.clock) as made:
        staff = StaffSignIn(made.address, CLIENT_ID, CLIENT_SECRET)
        # The options are read at each visit; a portal is made once.
        object.__setattr__(running.portal, "options", replace(running.portal.options, staff=staff))
        yield made


def to_provider(browser: httpx.Client, going_to: str = "") -> str:
    """Choose to sign in; the provider's address to which that leads."""
    answer = browser.get(f"/staff/sign-in?next={going_to}")
    assert answer.status_code == 303
    return str(answer.headers["location"])


def way_back(browser: httpx.Client, going_to: str = "") -> str:
    """Sign in at the provider; the address by which it sends the browser back."""
    with httpx.Client() as elsewhere:
        return str(elsewhere.get(to_provider(browser, going_to)).headers["location"])


def sign_in(browser: httpx.Client, going_to: str = "") -> httpx.Response:
    return browser.get(way_back(browser, going_to))


def is_in(browser: httpx.Client) -> bool:
    return not browser.get("/home").headers["location"].startswith("/sign-in")


def sessions(portal: Portal) -> int:
    with portal.workspace.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(session)) or 0


def refused(running: Running, browser: httpx.Client, answer: httpx.Response) -> bool:
    """Whether nobody was signed in, and the answer does not say why."""
    return (
        answer.status_code == 403
        and "You could not be signed in" in answer.text
        and sessions(running.portal) == 0
        and not is_in(browser)
    )


@pytest.mark.parametrize("email", [DATA, "leader@collaboration.example",
                                   "reviewer@collaboration.example", DATA.upper()])  # fmt: skip
def test_staff_sign_in_with_their_work_account(
    running: Running, provider: Provider, email: str
) -> None:
    provider.email = email
    with running.browser() as browser:
        answer = sign_in(browser, "/releases")
        assert (answer.status_code, answer.headers["location"]) == (303, "/releases")
        assert is_in(browser)
    with running.portal.workspace.engine.connect() as connection:
        assert connection.scalars(select(session.c.door)).all() == ["staff"]


def test_what_is_asked_for_is_little_and_tied_to_this_browser(
    running: Running, provider: Provider
) -> None:
    with running.browser() as browser:
        first, second = (parse_qs(urlsplit(to_provider(browser)).query) for _ in range(2))
    assert first["scope"] == ["openid email"]
    assert first["response_type"] == ["code"]
    assert first["redirect_uri"] == [f"{running.address}/staff/return"]
    assert first["code_challenge_method"] == ["S256"]
    assert CLIENT_SECRET not in str(first)
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name][0]) >= 43


def wrong_nonce(claims: Claims) -> None:
    claims["nonce"] = "another"


def no_nonce(claims: Claims) -> None:
    del claims["nonce"]


def wrong_audience(claims: Claims) -> None:
    claims["aud"] = "another-program"


def several_audiences(claims: Claims) -> None:
    claims["aud"] = [CLIENT_ID, "another-program"]


def made_for_another(claims: Claims) -> None:
    claims["azp"] = "another-program"


def wrong_issuer(claims: Claims) -> None:
    claims["iss"] = "https://elsewhere.example"


def expired(claims: Claims) -> None:
    claims["iat"] -= 3_600
    claims["exp"] = claims["iat"] + 300


def never_expires(claims: Claims) -> None:
    del claims["exp"]


def from_the_future(claims: Claims) -> None:
    claims["iat"] += 3_600
    claims["exp"] += 3_600


def not_verified(claims: Claims) -> None:
    claims["email_verified"] = False


def verified_in_words(claims: Claims) -> None:
    claims["email_verified"] = "true"


def not_said_to_be_verified(claims: Claims) -> None:
    del claims["email_verified"]


def no_address(claims: Claims) -> None:
    del claims["email"]


def no_subject(claims: Claims) -> None:
    del claims["sub"]


def strange_address(claims: Claims) -> None:
    claims["email"] = [DATA]


@pytest.mark.parametrize(
    "spoil",
    [
        wrong_nonce,
        no_nonce,
        wrong_audience,
        several_audiences,
        made_for_another,
        wrong_issuer,
        expired,
        never_expires,
        from_the_future,
        not_verified,
        verified_in_words,
        not_said_to_be_verified,
        no_address,
        no_subject,
        strange_address,
    ],
)
def test_a_token_in_which_anything_is_wrong_signs_nobody_in(
    running: Running, provider: Provider, spoil: Callable[[Claims], None]
) -> None:
    provider.spoil = spoil
    with running.browser() as browser:
        assert refused(running, browser, sign_in(browser))


def unsigned(provider: Provider) -> None:
    provider.signing = "none"


def signed_by_somebody_else(provider: Provider) -> None:
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})


def signed_by_the_public_key(provider: Provider) -> None:
    provider.signing = "HS256"


@pytest.mark.parametrize("sign", [unsigned, signed_by_somebody_else, signed_by_the_public_key])
def test_a_token_that_the_provider_did_not_sign_signs_nobody_in(
    running: Running, provider: Provider, sign: Callable[[Provider], None]
) -> None:
    sign(provider)
    with running.browser() as browser:
        assert refused(running, browser, sign_in(browser))


@pytest.mark.parametrize(
    "email", ["lead@trust.example", "partner@trust.example", "nobody@nowhere.example"]
)
def test_nobody_is_signed_in_or_created_who_is_not_staff(
    running: Running, provider: Provider, email: str
) -> None:
    provider.email = email
    engine = running.portal.workspace.engine
    with running.browser() as browser:
        assert refused(running, browser, sign_in(browser))
    with engine.connect() as connection:
        people = connection.scalars(select(person.c.email)).all()
    assert sorted(people) == sorted(running.people)


def test_the_answer_is_the_same_for_whoever_is_unknown_and_whoever_is_no_staff(
    running: Running, provider: Provider
) -> None:
    answers = set()
    for email in ("lead@trust.example", "nobody@nowhere.example", ""):
        provider.email = email
        with running.browser() as browser:
            answer = sign_in(browser)
            token = browser.cookies.get("browser") or ""
            answers.add((answer.status_code, answer.text.replace(token, "")))
    assert len(answers) == 1


def test_whoever_left_the_team_is_out(running: Running, provider: Provider) -> None:
    engine = running.portal.workspace.engine
    with engine.begin() as connection:
        connection.execute(
            person.update().where(person.c.email == DATA).values(ended_at=running.portal.moment())
        )
    with running.browser() as browser:
        assert refused(running, browser, sign_in(browser))


def test_an_answer_is_taken_once(running: Running, provider: Provider) -> None:
    provider.keeps_codes = True  # a provider that does not look after its codes
    with running.browser() as browser, running.browser() as copy:
        back = way_back(browser)
        copy.cookies.update(browser.cookies)
        assert browser.get(back).status_code == 303
        again = copy.get(back)
        assert again.status_code == 403
        assert not is_in(copy)
        assert browser.get(back).status_code == 403, "its cookie is gone with the first answer"


def test_an_answer_opens_only_the_browser_in_which_it_was_asked_for(
    running: Running, provider: Provider
) -> None:
    with running.browser() as browser, running.browser() as victim:
        back = way_back(browser)
        assert refused(running, victim, victim.get(back)), "without a sign-in of its own"
        to_provider(victim)
        assert refused(running, victim, victim.get(back)), "with another one's answer"


def test_an_answer_that_comes_too_late_is_refused(running: Running, provider: Provider) -> None:
    with running.browser() as browser:
        back = way_back(browser)
        running.clock.forward(minutes=MINUTES)
        assert refused(running, browser, browser.get(back))


@pytest.mark.parametrize(
    "query",
    ["", "?error=access_denied&state={state}", "?state={state}", "?code=x", "?code=x&state=é",
     "?code=made-up&state={state}"],
)  # fmt: skip
def test_an_answer_without_a_code_of_the_providers_is_refused(
    running: Running, provider: Provider, query: str
) -> None:
    with running.browser() as browser:
        state = parse_qs(urlsplit(to_provider(browser)).query)["state"][0]
        answer = browser.get(f"/staff/return{query.format(state=state)}")
        assert refused(running, browser, answer)


def test_a_cookie_that_is_not_ours_is_none(running: Running) -> None:
    key, now = running.portal.key, running.portal.moment()
    this = Begun("state", "nonce", "verifier")
    value = sealed(key, this, "/releases", now)
    assert unsealed(key, value, now) == (this, "/releases")
    body, _, mark = value.rpartition(".")
    said = json.loads(base64.urlsafe_b64decode(body))
    other = base64.urlsafe_b64encode(json.dumps({**said, "next": "https://e"}).encode()).decode()
    forged = (f"{other}.{mark}", body, f"{body}.", f".{mark}", "", "é.é", f"{body}.{mark[:-1]}")
    for one in forged:
        assert unsealed(key, one, now) is None, one
    assert unsealed(b"another key", value, now) is None


@pytest.mark.parametrize("going_to", ["https://elsewhere.example", "//elsewhere.example", ""])
def test_after_signing_in_staff_are_led_to_no_other_site(
    running: Running, provider: Provider, going_to: str
) -> None:
    with running.browser() as browser:
        assert sign_in(browser, going_to).headers["location"] == "/home"


def test_a_provider_that_is_away_is_told_from_an_account_that_is_refused(
    running: Running, provider: Provider
) -> None:
    with running.browser() as browser:
        back = way_back(browser)
        provider.away = True
        assert browser.get("/staff/sign-in").status_code == 503
        assert browser.get(back).status_code == 503
        provider.away = False
        provider.without = "jwks_uri"
        assert browser.get("/staff/sign-in").status_code == 503
        provider.without, provider.issuer = "", "https://elsewhere.example"
        assert browser.get("/staff/sign-in").status_code == 503
    assert sessions(running.portal) == 0


def test_a_portal_that_is_reached_by_https_asks_no_provider_without(provider: Provider) -> None:
    staff = StaffSignIn(provider.address, CLIENT_ID, CLIENT_SECRET)
    this = Begun("state", "nonce", "verifier")
    with pytest.raises(ProviderError, match="https"):
        where_to_sign_in(staff, this, "https://portal.example/staff/return", encrypted=True)


def test_by_https_its_cookie_comes_from_no_other_host(tmp_path: Path) -> None:
    with serving(tmp_path / "home", public="https://portal.example") as secure:
        value = sealed(secure.portal.key, Begun("s", "n", "v"), "/home", secure.portal.moment())
        staff = StaffSignIn("https://login.example", CLIENT_ID, CLIENT_SECRET)
        object.__setattr__(secure.portal, "options", replace(secure.portal.options, staff=staff))
        with secure.browser() as browser:
            planted = {"cookie": f"staff={value}"}
            answer = browser.get("/staff/return?code=c&state=s", headers=planted)
    assert answer.status_code == 403


@pytest.mark.parametrize(("path", "answer"), [("sign-in", 303), ("return?code=x", 403)])
def test_too_many_tries_from_one_network_are_refused_for_a_while(
    running: Running, provider: Provider, path: str, answer: int
) -> None:
    limit = running.portal.policy.limits.sign_in_per_network
    with running.browser() as browser:
        answers = [browser.get(f"/staff/{path}").status_code for _ in range(limit.most + 1)]
        assert answers == [answer] * limit.most + [429]
        running.clock.forward(minutes=limit.minutes)
        assert browser.get(f"/staff/{path}").status_code == answer


def test_without_a_provider_there_is_no_such_page_and_no_link_to_it(running: Running) -> None:
    with running.browser() as browser:
        assert browser.get("/staff/sign-in").status_code == 404
        assert browser.get("/staff/return?code=x&state=y").status_code == 404
        assert "/staff/sign-in" not in browser.get("/sign-in").text


def test_the_providers_clock_may_be_a_little_off(running: Running, provider: Provider) -> None:
    def a_little_ahead(claims: Claims) -> None:
        claims["iat"] += 50

    provider.spoil = a_little_ahead
    with running.browser() as browser:
        assert sign_in(browser).status_code == 303


def test_a_person_who_is_also_a_partner_signs_in_as_staff(
    running: Running, provider: Provider
) -> None:
    engine = running.portal.workspace.engine
    both = add_person(engine, "both@trust.example", None, datetime.now(UTC).replace(tzinfo=None))
    now = running.portal.moment()
    grant(engine, both, "lead", "DEMO-T01", now)
    grant(engine, both, "leader", WHOLE_COLLABORATION, now)
    provider.email = "both@trust.example"
    with running.browser() as browser:
        assert sign_in(browser).headers["location"] == "/home"
