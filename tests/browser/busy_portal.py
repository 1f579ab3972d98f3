"""A portal in the middle of a round, and the addresses at which each visitor finds a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from invented_edition import CYCLE as EARLIER
from invented_edition import edition_of, invented_rows
from portal_samples import CYCLE, PEOPLE, TRUST, Running, serving
from test_access import NOBODY, address
from test_partner_pages import LEAD, post, send, spoiled

from remi.portal.app import all_pages
from remi.portal.routing import session_cookie
from remi.release.build import build_release, write_release
from remi.release.compose import make_content
from remi.release.stylesheet import installed_stylesheet
from remi.store.people import Person, find_person

EVEN_SO = ("/", "/releases")
"""What everybody may see and yet is not the same for all."""

VISITORS = [NOBODY, *(email for email in PEOPLE if not email.startswith("second-"))]
"""One of each kind: another reviewer sees what the first one does."""


@dataclass
class Busy:
    """The portal, the names in addresses that have several values, and which are of pages."""

    running: Running
    several: dict[str, list[str]]
    pages: dict[str, bool] = field(default_factory=dict)

    def person(self, who: str) -> Person | None:
        if who == NOBODY:
            return None
        return find_person(self.running.portal.workspace.engine, self.running.people[who])

    def cookies(self, who: str) -> dict[str, str]:
        """What a browser holds in which this visitor is signed in."""
        if who == NOBODY:
            return {}
        name = session_cookie(self.running.portal)
        with self.running.signed_in(who) as browser:
            return {name: browser.cookies[name]}

    def addresses(self, who: str) -> list[str]:
        """Every page, but no file, that this visitor may see; what is the same for everybody is
        looked at by those who are not signed in."""
        person = self.person(who)
        own = person.organisations[0] if person and person.organisations else TRUST
        found = []
        for page in all_pages():
            if page.method != "GET" or page.by_program:
                continue
            if person and page.access.permits(None, {}) and page.path not in EVEN_SO:
                continue
            if not page.access.permits(person, {"organisation_id": own, "cycle": CYCLE}):
                continue
            ways: list[dict[str, str]] = [{"organisation_id": own, "file": "manifest.json"}]
            for name, values in self.several.items():
                if f"{{{name}}}" in page.path:
                    ways = [{**way, name: value} for way in ways for value in values]
            found += [address(page, **way) for way in ways]
        with self.running.browser() as browser:
            browser.cookies.update(self.cookies(who))
            return [path for path in found if self._is_page(browser, path)]

    def _is_page(self, browser: httpx.Client, path: str) -> bool:
        if path not in self.pages:
            answer = browser.get(path)
            assert answer.status_code < 500, path
            media = answer.headers.get("content-type", "")
            self.pages[path] = media.startswith("text/html")
        return self.pages[path]


@contextmanager
def busy_portal(home: Path) -> Iterator[Busy]:
    """Files of every standing from one organisation, and last year's report."""
    with serving(home) as running:
        clean = running.workbook()
        odd = spoiled(clean, ("Leadership", "D11", "not met"))
        faulty = spoiled(
            odd, ("Workforce", "D11", "Mostly"), ("Your organisation", "C12", "31/02/2026")
        )
        missing = spoiled(clean, ("Leadership", "D11", None), ("Workforce", "D12", None))
        sent = []
        with running.signed_in(LEAD) as browser:
            for content in (b"this is no workbook", missing, faulty, odd):
                running.clock.forward(minutes=1)
                sent.append(send(browser, content, "Our return, with a rather long name.xlsx"))
            post(browser, sent[-1], "/sign-off", agree="yes")
            running.clock.forward(minutes=1)
            sent.append(send(browser, spoiled(odd, ("Your organisation", "C13", 99))))
        _publish(running)
        several = {
            "submission_id": [page.url.path.rpartition("/")[2] for page in sent],
            "cycle": [CYCLE, EARLIER.id],
        }
        yield Busy(running, several)


def _publish(running: Running) -> None:
    portal = running.portal
    framework = portal.configuration.framework(EARLIER)
    content = make_content(edition_of(framework, invented_rows(framework)))
    files = build_release(content, installed_stylesheet())
    write_release(files, portal.workspace.settings.releases, EARLIER.id)
