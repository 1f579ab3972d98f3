"""Reminders: which is due when, to whom, once each, and what a mail server that refuses does."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from click.testing import CliRunner
from portal_samples import CYCLE, OTHER_TRUST, PEOPLE, TRUST, Running, form_token
from pydantic import ValidationError
from test_board_pages import sign, upload

from remi.cli.main import main
from remi.configuration import load
from remi.portal.mail import Mailer
from remi.portal.visit import Portal
from remi.reminding import (
    REFUSED_IN_A_ROW,
    CannotRemindError,
    Reminded,
    installed_mailer,
    reminders_due,
    rule_due,
    send_reminders,
)
from remi.settings import Settings
from remi.store.logbook import logged
from remi.store.people import add_person, end_role, grant
from remi.store.reminders import reminded
from schemas.portal import PortalPolicy, ReminderRule
from schemas.programme import Cycle

DATA, LEAD = "data@collaboration.example", "lead@trust.example"
OTHER_LEAD = "lead@other.example"
PAGE = f"/board/{CYCLE}/reminders"
ADDRESS = "https://portal.example"
WEEK_BEFORE = date(2026, 11, 23)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC)


def outbox(portal: Portal) -> list[EmailMessage]:
    parser = BytesParser(_class=EmailMessage, policy=policy.default)
    files = sorted(portal.options.outbox.glob("*.eml"))
    return [parser.parsebytes(file.read_bytes()) for file in files]


def waiting(portal: Portal, number: int) -> list[EmailMessage]:
    """What lies in the outbox once so many do; they go out after the answer."""
    until = time.monotonic() + 5
    while len(outbox(portal)) < number and time.monotonic() < until:
        time.sleep(0.02)
    found = outbox(portal)
    assert len(found) == number
    return found


def send_now(running: Running, day: date, mailer: Mailer | None = None) -> Reminded | None:
    """As the command and the schedule do."""
    portal = running.portal
    work = portal.work(CYCLE)
    due = reminders_due(work, day)
    if due is None:
        return None
    now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return send_reminders(work, due, mailer or portal.mailer, ADDRESS, now, day)


def rule(name: str, days: int) -> ReminderRule:
    return ReminderRule(id=name, days_before_closing=days, subject="s", text="t")


RULES = (rule("month", 28), rule("week", 7), rule("last", 0), rule("after", -3))


@pytest.fixture
def cycle(running: Running) -> Cycle:
    found = running.portal.configuration.cycles.get(CYCLE)
    return found.model_copy(update={"late_until": date(2026, 12, 11)})


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-09-30", None),
        ("2026-10-01", None),
        ("2026-11-01", None),
        ("2026-11-02", "month"),
        # A day on which nothing ran is made up for.
        ("2026-11-19", "month"),
        # Nobody gets one that was due weeks ago, and the next one the day after.
        ("2026-11-20", None),
        ("2026-11-22", None),
        ("2026-11-23", "week"),
        ("2026-11-26", "week"),
        ("2026-11-27", None),
        ("2026-11-29", None),
        ("2026-11-30", "last"),
        # “Today is the last day” is never sent on another one.
        ("2026-12-01", None),
        ("2026-12-02", None),
        ("2026-12-03", "after"),
        ("2026-12-11", "after"),
        ("2026-12-12", None),
    ],
)
def test_a_reminder_is_due_from_its_day_until_the_next_ones(
    cycle: Cycle, day: str, name: str | None
) -> None:
    found = rule_due(RULES, cycle, date.fromisoformat(day))
    assert (found.id if found else None) == name


def test_of_two_that_are_near_each_other_each_is_sent_on_its_own_day(cycle: Cycle) -> None:
    near = (rule("two_days", 2), rule("last", 0))
    due = {day: rule_due(near, cycle, date(2026, 11, day)) for day in (27, 28, 29, 30)}
    assert [one and one.id for one in due.values()] == [None, "two_days", None, "last"]


def test_leads_are_reminded_and_where_there_is_none_everybody_who_works_on_the_return(
    running: Running,
) -> None:
    engine, now = running.portal.workspace.engine, running.portal.moment()
    end_role(engine, running.people[OTHER_LEAD], "lead", OTHER_TRUST, now)
    for name in ("one", "two"):
        person_id = add_person(engine, f"{name}@other.example", None, now)
        grant(engine, person_id, "partner", OTHER_TRUST, now)
    assert send_now(running, WEEK_BEFORE) == Reminded(sent=3, refused=0, left=0)
    assert sorted(mail["To"] for mail in outbox(running.portal)) == [
        LEAD,
        "one@other.example",
        "two@other.example",
    ]


def test_a_reminder_says_whose_return_by_when_where_it_stands_and_where_to_go(
    running: Running,
) -> None:
    with running.signed_in(LEAD) as lead:
        upload(lead, b"no workbook")
    send_now(running, WEEK_BEFORE)
    (mail,) = [one for one in outbox(running.portal) if one["To"] == LEAD]
    assert mail["Subject"] == "Self-assessment for 2026/27: 7 days left"
    text = mail.get_content()
    name = running.portal.work(CYCLE).partners.set_index("organisation_id")["name"][TRUST]
    assert f"of {name} for 2026/27 is due on 30 November 2026, 7 days from now." in text
    assert "Where it stands today: Needs changes." in text
    assert f"{ADDRESS}/organisations/{TRUST}" in text
    assert "{" not in text


def test_each_person_gets_each_kind_once_however_often_it_is_sent(running: Running) -> None:
    assert send_now(running, date(2026, 11, 3)) == Reminded(2, 0, 0)
    assert send_now(running, date(2026, 11, 4)) == Reminded(0, 0, 0)
    assert send_now(running, WEEK_BEFORE) == Reminded(2, 0, 0)
    assert send_now(running, date(2026, 11, 30)) == Reminded(2, 0, 0)
    assert send_now(running, date(2026, 12, 1)) is None
    assert len(outbox(running.portal)) == 6


def test_whoever_is_invited_later_gets_it_later(running: Running) -> None:
    engine, now = running.portal.workspace.engine, running.portal.moment()
    send_now(running, WEEK_BEFORE)
    person_id = add_person(engine, "second@trust.example", None, now)
    grant(engine, person_id, "lead", TRUST, now)
    assert send_now(running, date(2026, 11, 25)) == Reminded(1, 0, 0)
    assert outbox(running.portal)[-1]["To"] == "second@trust.example"


def test_whoever_has_returned_is_left_in_peace(running: Running) -> None:
    with running.signed_in(LEAD) as lead:
        submission_id = upload(lead, running.workbook())
        due = reminders_due(running.portal.work(CYCLE), WEEK_BEFORE)
        assert due
        assert {one.email for one in due.to} == {LEAD, OTHER_LEAD}, "ready, but not signed off"
        sign(lead, submission_id)
    send_now(running, WEEK_BEFORE)
    reminders = [one for one in outbox(running.portal) if "Signed off" not in one["Subject"]]
    assert [one["To"] for one in reminders] == [OTHER_LEAD]


class Choosy:
    """A mail server that refuses some addresses, or everything."""

    def __init__(self, *refused: str, everything: bool = False) -> None:
        self.refused, self.everything = refused, everything
        self.tried: list[str] = []
        self.took: list[str] = []

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        self.tried.append(address)
        if self.everything or address in self.refused:
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.took += envelope.rcpt_tos
        return "250 OK"


@contextmanager
def smtp(running: Running, server: Choosy) -> Iterator[Mailer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield replace(running.portal.mailer, smtp=f"smtp+plain://127.0.0.1:{port}")
    finally:
        controller.stop()


def test_what_the_mail_server_refuses_is_not_recorded_and_is_tried_again(running: Running) -> None:
    engine = running.portal.workspace.engine
    with smtp(running, Choosy(LEAD)) as mailer:
        assert send_now(running, WEEK_BEFORE, mailer) == Reminded(sent=1, refused=1, left=0)
    assert reminded(engine, CYCLE, "one_week") == {(OTHER_TRUST, running.people[OTHER_LEAD])}
    server = Choosy()
    with smtp(running, server) as mailer:
        assert send_now(running, WEEK_BEFORE, mailer) == Reminded(sent=1, refused=0, left=0)
    assert server.took == [LEAD]
    assert len(reminded(engine, CYCLE, "one_week")) == 2


def test_when_the_mail_server_is_away_the_rest_waits_and_nothing_is_recorded(
    running: Running,
) -> None:
    engine, now = running.portal.workspace.engine, running.portal.moment()
    for number in range(REFUSED_IN_A_ROW + 3):
        person_id = add_person(engine, f"p{number}@trust.example", None, now)
        grant(engine, person_id, "lead", TRUST, now)
    server = Choosy(everything=True)
    with smtp(running, server) as mailer:
        done = send_now(running, WEEK_BEFORE, mailer)
    assert done == Reminded(sent=0, refused=REFUSED_IN_A_ROW, left=5)
    assert len(server.tried) == REFUSED_IN_A_ROW
    assert reminded(engine, CYCLE, "one_week") == set()
    assert "reminders_sent" not in {line.what for line in logged(engine, "", 0, 50)}


def test_the_board_shows_who_would_get_what_and_sends_it_when_told(running: Running) -> None:
    running.clock.now = at("2026-11-23")
    with running.signed_in(DATA) as staff:
        preview = staff.get(PAGE)
        assert "2 to send" in preview.text
        assert LEAD in preview.text
        assert OTHER_LEAD in preview.text
        assert "Where it stands today: Not received." in preview.text
        assert "Nobody to write to" in preview.text
        assert outbox(running.portal) == [], "looking sends nothing"
        token = form_token(preview)
        for _ in range(2):
            answer = staff.post(PAGE, data={"form_token": token, "kind": "one_week"})
            assert answer.headers["location"] == f"{PAGE}?sending=yes"
        mails = waiting(running.portal, 2)
        assert sorted(mail["To"] for mail in mails) == [OTHER_LEAD, LEAD]
        after = staff.get(PAGE)
        assert "0 to send, 2 got it before" in after.text
        assert "“one week”: 2" in after.text
        assert "Sent reminders" in staff.get("/log").text


def test_a_page_that_lay_open_past_its_day_sends_nothing_else(running: Running) -> None:
    running.clock.now = at("2026-11-22")
    with running.signed_in(DATA) as staff:
        token = form_token(staff.get(PAGE))
    running.clock.now = at("2026-11-23")
    with running.signed_in(DATA) as staff:
        token = form_token(staff.get(PAGE))
        answer = staff.post(PAGE, data={"form_token": token, "kind": "four_weeks"})
        assert answer.status_code == 409
        assert staff.post(PAGE, data={"form_token": token}).status_code == 409
    assert outbox(running.portal) == []


def test_when_none_is_due_the_page_says_when_the_next_one_is(running: Running) -> None:
    running.clock.now = at("2026-10-31")
    with running.signed_in(DATA) as staff:
        page = staff.get(PAGE)
        assert "None is due today" in page.text
        assert "“four weeks”, is due in 2 days" in page.text
        assert staff.post(
            PAGE, data={"form_token": form_token(page), "kind": "four_weeks"}
        ).status_code == 409  # fmt: skip


@pytest.mark.parametrize("email", [one for one in PEOPLE if one != DATA])
def test_nobody_but_the_data_team_can_send_them(running: Running, email: str) -> None:
    running.clock.now = at("2026-11-23")
    with running.signed_in(email) as browser:
        token = form_token(browser.get("/"))
        answer = browser.post(PAGE, data={"form_token": token, "kind": "one_week"})
        assert answer.status_code == 404
    assert outbox(running.portal) == []


@pytest.fixture
def home(running: Running, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment in which the command finds this portal's home."""
    settings = running.portal.workspace.settings
    monkeypatch.setenv("REMI_HOME", str(settings.home))
    for name in ("REMI_DATABASE", "REMI_OBJECTS", "REMI_SMTP", "REMI_ADDRESS", "REMI_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return settings


def test_the_command_refuses_to_start_without_a_mail_server_or_an_address(
    home: Settings, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = running.portal.workspace
    assert workspace.settings == home
    with pytest.raises(CannotRemindError, match="REMI_SMTP"):
        installed_mailer(workspace)
    monkeypatch.setenv("REMI_SMTP", "smtp://mail.example:587")
    with pytest.raises(CannotRemindError, match="REMI_ADDRESS"):
        installed_mailer(workspace)
    monkeypatch.setenv("REMI_ADDRESS", f"{ADDRESS}/")
    mailer, address = installed_mailer(workspace)
    assert (mailer.smtp, address) == ("smtp://mail.example:587", ADDRESS)


def test_a_dry_run_names_everybody_and_sends_nothing(home: Settings) -> None:
    (home.home / "DEMONSTRATION").touch()
    # The command asks the clock on the wall: what is due on that day may be nothing.
    done = CliRunner().invoke(main, ["remind", "--cycle", CYCLE, "--dry-run"])
    assert done.exit_code == 0, done.output
    work_due = rule_due(load(home.config).portal.reminders, load(home.config).cycles.get(CYCLE),
                        datetime.now(UTC).date())  # fmt: skip
    assert (LEAD in done.output) is (work_due is not None)
    assert not list((home.home / "outbox").glob("*"))
    assert CliRunner().invoke(main, ["remind", "--cycle", "2031-32"]).exit_code == 2


@pytest.mark.parametrize(
    "change",
    [
        {"text": "for {organization}"},
        {"subject": "{cycle.label}"},
        {"text": "{days!r}"},
        {"subject": "{"},
    ],
)
def test_a_reminder_with_anything_else_to_fill_in_is_refused_when_it_is_read(
    change: dict[str, str],
) -> None:
    with pytest.raises(ValidationError):
        ReminderRule(**{"id": "x", "days_before_closing": 1, "subject": "s", "text": "t", **change})


def test_two_reminders_of_one_name_or_day_are_refused(running: Running) -> None:
    given = running.portal.policy.model_dump()
    for pair in ([rule("a", 1), rule("a", 2)], [rule("a", 1), rule("b", 1)]):
        with pytest.raises(ValidationError, match="of its own"):
            PortalPolicy(**{**given, "reminders": pair})
