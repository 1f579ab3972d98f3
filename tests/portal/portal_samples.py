"""A real portal on a real server, with invented partners, for the tests of this room."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import uvicorn

from remi.cycle.registering import load_register
from remi.demo.fill import filled_assessment, setting_of
from remi.demo.partners import register_csv
from remi.intake.reading.sandbox import Sandbox
from remi.portal.answers import WORKBOOK
from remi.portal.app import create_app
from remi.portal.mail import Mailer
from remi.portal.options import PortalOptions
from remi.portal.routing import Page, session_cookie
from remi.portal.visit import Portal
from remi.settings import Settings, signing_key
from remi.store.people import add_person, grant
from remi.store.sessions import begin_session
from remi.store.tokens import Scope, make_token
from remi.workspace import open_workspace
from schemas.people import WHOLE_COLLABORATION
from schemas.portal import Role

CYCLE = "2026-27"
OPEN_DAY = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)

TRUST = "DEMO-T01"
OTHER_TRUST = "DEMO-T02"

PEOPLE: dict[str, tuple[tuple[Role, str], ...]] = {
    "lead@trust.example": (("lead", TRUST),),
    "partner@trust.example": (("partner", TRUST),),
    "lead@other.example": (("lead", OTHER_TRUST),),
    "reviewer@collaboration.example": (("reviewer", WHOLE_COLLABORATION),),
    "second-reviewer@collaboration.example": (("reviewer", WHOLE_COLLABORATION),),
    "data@collaboration.example": (("data_team", WHOLE_COLLABORATION),),
    "leader@collaboration.example": (("leader", WHOLE_COLLABORATION),),
}

LEADS = {TRUST: "lead@trust.example", OTHER_TRUST: "lead@other.example"}


@dataclass
class Clock:
    """A time that a test may move."""

    now: datetime = OPEN_DAY

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        self.now += timedelta(**step)


@dataclass
class Running:
    """A portal, where it is served, and its clock."""

    portal: Portal
    address: str
    clock: Clock
    people: dict[str, str] = field(default_factory=dict)

    def browser(self) -> httpx.Client:
        """A browser in which nobody is signed in; it does not follow redirects by itself."""
        return httpx.Client(base_url=self.address, headers={"origin": self.address}, timeout=30)

    def signed_in(self, email: str) -> httpx.Client:
        """A browser in which this person of `PEOPLE` is signed in."""
        portal = self.portal
        secret = begin_session(
            portal.workspace.engine, self.people[email], "email", portal.moment(), 10
        )
        browser = self.browser()
        browser.cookies.set(session_cookie(portal), secret)
        return browser

    def program(
        self, scope: Scope = "send", organisation_id: str = TRUST, made_by: str | None = None
    ) -> httpx.Client:
        """A program with a token of this organisation's, made by its lead."""
        lead = made_by or LEADS[organisation_id]
        portal = self.portal
        now, over = portal.moment(), portal.moment() + timedelta(days=20)
        person_id = self.people[lead]
        made = make_token(
            portal.workspace.engine, "Test", organisation_id, CYCLE, scope, person_id, now, over
        )
        headers = {"authorization": f"Bearer {made.secret}"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=60)

    def workbook(
        self, organisation_id: str = TRUST, cycle: str = CYCLE, revised: bool = False
    ) -> bytes:
        """An assessment filled in without a fault; a `revised` one differs a little."""
        setting = setting_of(
            self.portal.configuration, cycle, signing_key(self.portal.workspace.settings)
        )
        return filled_assessment(setting, organisation_id, date(2026, 11, 3), revised)


def api(organisation_id: str = TRUST, cycle: str = CYCLE) -> str:
    """How the API's addresses of one return begin."""
    return f"/api/v1/{cycle}/organisations/{organisation_id}"


def send(program: httpx.Client, content: bytes, to: str = api(), **headers: str) -> httpx.Response:
    """Send a workbook as a program does."""
    return program.post(
        f"{to}/submissions", content=content, headers={"content-type": WORKBOOK, **headers}
    )


def form_token(page: httpx.Response) -> str:
    """The hidden field that every form of a page carries."""
    found = re.search(r'name="form_token" value="([^"]*)"', page.text)
    assert found, f"no form on {page.url}"
    return found[1]


def make_portal(
    home: Path,
    address: str,
    clock: Callable[[], datetime],
    sandbox: Sandbox,
    database_url: str | None = None,
    smtp: str | None = None,
) -> Portal:
    """A portal whose register is the invented one, in an empty home."""
    settings = Settings(
        home=home,
        config=Settings.from_environment().config,
        database_url=database_url or f"sqlite:///{home / 'remi.db'}",
        objects_url=f"file://{home / 'objects'}",
        inbox=home / "inbox",
        releases=home / "releases",
        register=home / "register.csv",
        dagster_home=home / "dagster",
    )
    home.mkdir(parents=True, exist_ok=True)
    settings.register.write_text(register_csv(), encoding="utf-8", newline="")
    workspace = open_workspace(settings)
    load_register(workspace)
    options = PortalOptions(address=address, outbox=home / "outbox", smtp=smtp)
    mailer = Mailer(
        options.mail_from, options.outbox, workspace.configuration.portal.contact, options.smtp
    )
    return Portal(workspace, options, mailer, sandbox, signing_key(settings), clock)


def add_people(portal: Portal) -> dict[str, str]:
    """Everyone in `PEOPLE`, by address."""
    engine, now = portal.workspace.engine, portal.moment()
    ids = {}
    for email, roles in PEOPLE.items():
        ids[email] = add_person(engine, email, email.partition("@")[0].title(), now)
        for role, organisation_id in roles:
            grant(engine, ids[email], role, organisation_id, now)
    return ids


@contextmanager
def serving(
    home: Path,
    public: str | None = None,
    pages: tuple[Page, ...] | None = None,
    database_url: str | None = None,
    smtp: str | None = None,
) -> Iterator[Running]:
    """A portal served on a free port of this machine until the end.

    It believes its address to be `public`, has only `pages` and sends by `smtp`, where given.
    """
    clock = Clock()
    config = uvicorn.Config(lambda: None, factory=True, host="127.0.0.1", port=0, log_level="error")
    socket = config.bind_socket()
    address = f"http://127.0.0.1:{socket.getsockname()[1]}"
    sandbox = Sandbox()
    portal = make_portal(home, public or address, clock, sandbox, database_url, smtp)
    people = add_people(portal)
    app = create_app(portal, pages)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < until, "the portal did not start"
        time.sleep(0.01)
    try:
        with sandbox:
            yield Running(portal, address, clock, people)
    finally:
        server.should_exit = True
        thread.join(20)
        socket.close()
        portal.workspace.engine.dispose()
