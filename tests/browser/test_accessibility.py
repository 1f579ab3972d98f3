"""Every page that there is, for everyone who may see it, on a telephone and on a desk.

A page that is added to the portal is looked at here by itself; a new name in an address needs a
value in `VALUES` of the tests of who may see what.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import Watched, axe_source, breaches, keyboard_faults, sideways, window
from busy_portal import VISITORS, Busy, busy_portal
from playwright.sync_api import Browser, Page
from portal_samples import CYCLE, OTHER_TRUST, TRUST
from test_access import NOBODY
from test_partner_pages import LEAD

from remi.store.sign_ins import offer

WIDTHS = [320, 1280]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Busy]:
    """At this one pages are only looked at."""
    with busy_portal(tmp_path_factory.mktemp("busy") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Busy]:
    """At this one forms are sent."""
    with busy_portal(tmp_path_factory.mktemp("changing") / "home") as made:
        yield made


def faults(watched: Watched, axe: str) -> list[str]:
    """Everything that is wrong with the page that is open, and with how it got there."""
    found = [*breaches(watched.page, axe), *sideways(watched.page), *keyboard_faults(watched.page)]
    found += watched.errors + [f"asks for {url}" for url in watched.elsewhere]
    watched.errors.clear()
    watched.elsewhere.clear()
    return [f"{watched.page.url}: {fault}" for fault in found]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("who", VISITORS)
def test_every_page_can_be_read_and_used_by_everyone(
    chromium: Browser, busy: Busy, who: str, width: int
) -> None:
    axe, found, paths = axe_source(), [], busy.addresses(who)
    assert paths
    with window(chromium, busy.running.address, width, cookies=busy.cookies(who)) as watched:
        for path in paths:
            watched.page.goto(path)
            found += faults(watched, axe)
    assert found == []


EMPTY = """form => {
    for (const one of form.elements) {
      if (one.name === "form_token") continue;
      if (one.type === "checkbox" || one.type === "radio") one.checked = false;
      else if ("value" in one && one.tagName !== "BUTTON") one.value = "";
    }
    form.submit();
}"""


def answers_to_empty_forms(page: Page, sent: set[str]) -> Iterator[str]:
    """Send each form of the page that was not sent yet with nothing in it, and wait there."""
    start = page.url
    actions = page.locator("main form[method=post]").evaluate_all("all => all.map(o => o.action)")
    for number, action in enumerate(actions):
        if action in sent:
            continue
        sent.add(action)
        if page.url != start:
            page.goto(start)
        with page.expect_navigation():
            page.locator("main form[method=post]").nth(number).evaluate(EMPTY)
        yield action


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_said_of_a_form_with_nothing_in_it_can_be_read_by_everyone(
    chromium: Browser, changing: Busy, width: int
) -> None:
    axe, found = axe_source(), []
    sent: set[str] = set()
    for who in VISITORS:
        held = changing.cookies(who)
        with window(chromium, changing.running.address, width, cookies=held) as watched:
            for path in changing.addresses(who):
                watched.page.goto(path)
                for _ in answers_to_empty_forms(watched.page, sent):
                    found += faults(watched, axe)
    assert len(sent) > 5
    assert found == []


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_said_when_something_cannot_be_done_can_be_read_by_everyone(
    chromium: Browser, changing: Busy, width: int
) -> None:
    axe, found, running = axe_source(), [], changing.running
    portal, own = running.portal, f"/organisations/{TRUST}"

    def opened(watched: Watched, path: str, title: str) -> None:
        watched.page.goto(path)
        looked(watched, title)

    def pressed(watched: Watched, button: str, title: str) -> None:
        with watched.page.expect_navigation():
            watched.page.get_by_role("button", name=button).click()
        looked(watched, title)

    def looked(watched: Watched, title: str) -> None:
        assert title in watched.page.title()
        found.extend(faults(watched, axe))

    person = running.people[LEAD]
    link = offer(
        portal.workspace.engine, f"{width:032}", person, portal.key, portal.moment(), 15
    ).link
    with window(chromium, running.address, width) as watched:
        opened(watched, "/nowhere", "Page not found")
        opened(watched, own, "Sign in")
        opened(watched, f"/sign-in/link/{link}", "Sign in")
        running.clock.forward(hours=1)
        pressed(watched, "Continue", "This link is over")
        for number in range(portal.policy.limits.sign_in_per_address.most + 1):
            watched.page.goto("/sign-in")
            watched.page.get_by_label("Your e-mail address at work").fill(f"{width}@trust.example")
            last = number == portal.policy.limits.sign_in_per_address.most
            pressed(watched, "Send me a link", "Please wait" if last else "Look in your e-mail")
    with window(
        chromium, running.address, width, cookies=changing.cookies("lead@other.example")
    ) as watched:
        opened(watched, own, "Page not found")
        opened(watched, f"/organisations/{OTHER_TRUST}/{CYCLE}/action-plan", "cannot be done now")
    with window(chromium, running.address, width, cookies=changing.cookies(LEAD)) as watched:
        watched.page.goto(own)
        watched.page.context.clear_cookies()
        again = changing.cookies(LEAD)
        watched.page.context.add_cookies(
            [
                {"name": name, "value": value, "url": running.address}
                for name, value in again.items()
            ]
        )
        pressed(watched, "Check and send", "Please send that again")
    assert found == []


def test_a_page_that_breaks_the_rules_is_noticed(chromium: Browser, busy: Busy) -> None:
    with window(chromium, busy.running.address, 320, cookies=busy.cookies(NOBODY)) as watched:
        page, axe = watched.page, axe_source()
        page.goto("/sign-in")
        assert faults(watched, axe) == []
        page.locator("label").first.evaluate("one => one.remove()")
        page.locator("main").evaluate(
            "one => { one.style.width = '900px'; one.querySelector('input[type=email]')"
            ".style.cssText = 'outline: 0 !important; box-shadow: none !important;"
            "border: 1px solid !important; background: #fff !important'; }"
        )
        page.locator("footer a").first.evaluate("one => { one.tabIndex = 5; }")
        page.evaluate("console.error('oh')")
        page.evaluate("fetch('http://elsewhere.example/').catch(() => 0)")
        found = "\n".join(faults(watched, axe))
    for one in ("label:", "off the side", "has the focus", "does not reach", "oh", "elsewhere"):
        assert one in found
