from __future__ import annotations

from markupsafe import escape
from portal_samples import CYCLE, OTHER_TRUST, PEOPLE, TRUST, Running

from remi.store.people import grant


def test_the_first_page_asks_for_nothing_outside(running: Running) -> None:
    with running.browser() as browser:
        page = browser.get("/")
        styles = browser.get("/style/nhsuk.css")
    assert page.status_code == 200
    assert "http" not in page.text.replace("http-equiv", "")
    assert "url(" not in styles.text
    assert "@font-face" not in styles.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_a_page_that_needs_a_person_sends_others_to_sign_in(running: Running) -> None:
    with running.browser() as browser:
        answer = browser.get("/home")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/home"


def test_each_person_is_led_to_where_their_work_begins(running: Running) -> None:
    led = {}
    for email in PEOPLE:
        with running.signed_in(email) as browser:
            led[email.partition("@")[0]] = browser.get("/home").headers["location"]
    assert led == {
        "lead": "/organisations/DEMO-T02",
        "partner": "/organisations/DEMO-T01",
        "reviewer": "/reviews",
        "second-reviewer": "/reviews",
        "data": "/board",
        "leader": "/releases",
    }


def test_whoever_works_for_several_organisations_chooses_by_name(running: Running) -> None:
    email, portal = "partner@trust.example", running.portal
    grant(portal.workspace.engine, running.people[email], "lead", OTHER_TRUST, portal.moment())
    partners = portal.work(CYCLE).partners.set_index("organisation_id")["name"]
    with running.signed_in(email) as browser:
        assert browser.get("/home").headers["location"] == "/organisations"
        page = browser.get("/organisations")
        own = browser.get(f"/organisations/{TRUST}").text
    assert page.status_code == 200
    for code in (TRUST, OTHER_TRUST):
        link = f'<a href="/organisations/{code}">{escape(partners[code])}</a>'
        assert link in page.text.partition("<h1>")[2]
        assert f"Your return ({escape(partners[code])})" in own.partition("</nav>")[0]


def test_nobody_else_has_a_list_of_organisations(running: Running) -> None:
    with running.signed_in("leader@collaboration.example") as browser:
        assert browser.get("/organisations").status_code == 404


def test_a_session_that_lay_idle_is_over(running: Running) -> None:
    with running.signed_in("lead@trust.example") as browser:
        running.clock.forward(minutes=running.portal.policy.idle_minutes + 1)
        assert browser.get("/home").headers["location"].startswith("/sign-in")
