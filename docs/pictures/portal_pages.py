"""The portal's pages for the pictures: a copy of the demonstration's home, on one day of a round.

Nothing in the home itself changes. Some partners have sent and signed their returns; one is on its
way through all that a partner meets.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import uvicorn
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, sync_playwright

from remi.cycle.arrivals import arrivals_of, received
from remi.cycle.one_file import judge_submission, sign_off, take_in
from remi.cycle.work import CycleWork
from remi.demo.fill import filled_assessment, setting_of
from remi.demo.partners import PARTNERS
from remi.demo.people import add_demo_people
from remi.intake.reading.sandbox import Sandbox
from remi.partner.annotated import annotated_workbook
from remi.portal.app import create_app
from remi.portal.mail import Mailer
from remi.portal.options import PortalOptions
from remi.portal.rounds import context_of, present_cycle
from remi.portal.routing import session_cookie
from remi.portal.visit import Portal
from remi.settings import Settings, signing_key
from remi.store.deliveries import Sender, SignOff
from remi.store.people import find_by_email
from remi.store.sessions import begin_session
from remi.workspace import open_workspace

DAY = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)
COMPLETED = date(2026, 11, 6)
LAST = "2025-26"
PARTNER = "DEMO-T05"
LEAD, DATA_TEAM = f"lead@{PARTNER.lower()}.example", "data@collaboration.example"
REVIEWER = "reviewer@collaboration.example"
OWN = f"/organisations/{PARTNER}"
FILE = "Brackenstow self-assessment.xlsx"
DESK, TELEPHONE, HEIGHT, MARGIN = 1280, 320, 900, 14
WAIT = 30

FAULTS: tuple[tuple[str, str, object], ...] = (
    ("Your organisation", "C12", "31/02/2026"),
    ("Leadership", "D11", "Mostly"),
    ("Leadership", "R12", "Board paper, ask Sam on 020 7946 0018"),
    ("Communities", "D12", "not applicable"),
    ("Action points", "G8", None),
)


@dataclass
class Clock:
    """The day of the pictures, a minute later each time that it is moved."""

    now: datetime = DAY

    def __call__(self) -> datetime:
        """Now."""
        return self.now


@dataclass
class Stage:
    """The running portal, and the file with faults that its pictures are about."""

    portal: Portal
    clock: Clock
    address: str
    faulty: str
    to_fix: Path


@contextmanager
def staged(settings: Settings, folder: Path) -> Iterator[Stage]:
    """The portal on a copy of the home, until the end."""
    home = folder / "home"
    shutil.copytree(settings.home, home, ignore=shutil.ignore_patterns("dagster"))
    copied = replace(
        settings,
        home=home,
        database_url=f"sqlite:///{home / 'remi.db'}",
        objects_url=f"file://{home / 'objects'}",
        inbox=home / "inbox",
        releases=home / "releases",
        register=home / "register.csv",
        dagster_home=home / "dagster",
    )
    config = uvicorn.Config(lambda: None, factory=True, host="127.0.0.1", port=0, log_level="error")
    bound = config.bind_socket()
    address = f"http://127.0.0.1:{bound.getsockname()[1]}"
    options = PortalOptions(address, home / "outbox")
    workspace, key = open_workspace(copied), signing_key(copied)
    contact = workspace.configuration.portal.contact
    mailer, clock = Mailer(options.mail_from, options.outbox, contact), Clock()
    with Sandbox() as sandbox:
        portal = Portal(workspace, options, mailer, sandbox, key, clock)
        add_demo_people(workspace, portal.moment())
        server = uvicorn.Server(uvicorn.Config(create_app(portal), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        try:
            yield _played(portal, clock, address, folder)
        finally:
            server.should_exit = True
            thread.join(WAIT)


def _played(portal: Portal, clock: Clock, address: str, folder: Path) -> Stage:
    """What partners did before the pictures are taken."""
    work = portal.work(present_cycle(portal).id)
    others = [p.organisation_id for p in PARTNERS if p.parent_id is None]
    others.remove(PARTNER)
    for place, organisation_id in enumerate(others[::2]):
        content = _clean(portal, organisation_id)
        content = content if place % 4 else _spoiled(content)
        submission_id = _send(portal, work, clock, organisation_id, content, "return.xlsx")
        if place % 4 and place % 3:
            _sign(portal, work, organisation_id, submission_id)
    faulty = _send(portal, work, clock, PARTNER, _spoiled(_clean(portal, PARTNER)), FILE)
    arrived = arrivals_of(work, [faulty])
    file = next(iter(received(work, arrived)))
    handed = annotated_workbook(work, file, context_of(portal, work), portal.sandbox)
    assert handed is not None
    to_fix = folder / "to-fix.xlsx"
    to_fix.write_bytes(handed.content)
    return Stage(portal, clock, address, faulty, to_fix)


def _clean(portal: Portal, organisation_id: str) -> bytes:
    made = setting_of(portal.configuration, present_cycle(portal).id, portal.key)
    return filled_assessment(made, organisation_id, COMPLETED)


def _spoiled(content: bytes) -> bytes:
    book = load_workbook(BytesIO(content))
    for sheet, cell, value in FAULTS:
        book[sheet][cell].value = value
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def _send(
    portal: Portal, work: CycleWork, clock: Clock, whose: str, content: bytes, name: str
) -> str:
    clock.now += timedelta(minutes=1)
    sender = Sender(whose, "portal", person_id=_lead_of(portal, whose))
    sent = take_in(work, sender, name, content, portal.moment())
    submission_id = sent.submission.submission_id
    judge_submission(work, submission_id, portal.sandbox, context_of(portal, work))
    return submission_id


def _sign(portal: Portal, work: CycleWork, whose: str, submission_id: str) -> None:
    who, when = _lead_of(portal, whose), portal.moment()
    sign_off(work, SignOff(submission_id, work.cycle_id, whose, who, when))


def _lead_of(portal: Portal, organisation_id: str) -> str:
    found = find_by_email(portal.workspace.engine, f"lead@{organisation_id.lower()}.example")
    assert found is not None
    return found.person_id


@contextmanager
def window(browser: Browser, stage: Stage, email: str, width: int) -> Iterator[Page]:
    """A browser's window of this width, in which this person is signed in."""
    portal = stage.portal
    person = find_by_email(portal.workspace.engine, email)
    assert person is not None
    secret = begin_session(portal.workspace.engine, person.person_id, "email", portal.moment(), 10)
    context = browser.new_context(
        base_url=stage.address, viewport={"width": width, "height": HEIGHT}
    )
    context.add_cookies([{"name": session_cookie(portal), "value": secret, "url": stage.address}])
    yield context.new_page()
    context.close()


def portal_pictures(settings: Settings, folder: Path, pictures: Path) -> Path:
    """Take every picture of a page; where the workbook that was handed back lies."""
    with staged(settings, folder) as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--hide-scrollbars"]
        )

        def take(name: str, email: str, path: str, until: str, width: int = DESK) -> None:
            with window(browser, stage, email, width) as page:
                page.goto(path)
                box = page.locator(until).first.bounding_box()
                assert box is not None
                page.screenshot(
                    path=pictures / f"{name}.png",
                    full_page=True,
                    clip={"x": 0, "y": 0, "width": width, "height": box["y"] - MARGIN},
                )

        faulty = f"{OWN}/submissions/{stage.faulty}"
        take("portal-verdict", LEAD, faulty, "h3:has-text('missing')")
        take("portal-telephone", LEAD, faulty, "h3:has-text('could not read')", TELEPHONE)
        portal, clock = stage.portal, stage.clock
        work = portal.work(present_cycle(portal).id)
        clock.now += timedelta(minutes=40)
        clean = _send(portal, work, clock, PARTNER, _clean(portal, PARTNER), FILE)
        take("portal-home", LEAD, OWN, "h2:has-text('What was sent')")
        clock.now += timedelta(hours=2)
        _sign(portal, work, PARTNER, clean)
        take("portal-receipt", LEAD, f"{OWN}/submissions/{clean}/receipt", "h2:has-text('next')")
        take("portal-result", LEAD, f"{OWN}/{LAST}/result", "h2:has-text('Anchor')")
        take("portal-board", DATA_TEAM, f"/board/{work.cycle_id}", "a:has-text('Primary care')")
        take(
            "portal-review",
            REVIEWER,
            f"/reviews/{work.cycle_id}/{PARTNER}",
            "h4:has-text('Stage 3')",
        )
        browser.close()
        return stage.to_fix
