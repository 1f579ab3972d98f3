"""Reminding whoever's return does not count yet: which reminder is due, to whom, and sending it.

The command, the board's button and the schedule all call `send_reminders`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from remi.cycle.following import round_of
from remi.cycle.work import CycleWork
from remi.dates import day_in_words
from remi.portal.mail import Mailer, MailError
from remi.portal.options import PortalOptions
from remi.store.board import STANDINGS, Contact, not_returned
from remi.store.events import log
from remi.store.reminders import Reminder, claim, reminded, withdraw
from remi.workspace import Workspace
from schemas.portal import ReminderRule
from schemas.programme import Cycle

REFUSED_IN_A_ROW = 5
"""After so many refusals the server is not there, and the rest is left for the next time."""

NEAR_DAYS = 3
"""A reminder whose day is over is not made up for so many days before the next one."""

DEMONSTRATION_ADDRESS = "http://127.0.0.1:8000"


class CannotRemindError(RuntimeError):
    """The installation does not say by which server to send, or where the portal is."""


@dataclass(frozen=True)
class Reminders:
    """A reminder that is due, and who is to get it. `nobody` are organisations without people."""

    rule: ReminderRule
    to: tuple[Contact, ...]
    got_it: int
    nobody: tuple[Contact, ...]


@dataclass(frozen=True)
class Reminded:
    """How many were sent, were refused by the mail server, and were left for the next time."""

    sent: int
    refused: int
    left: int


def rule_due(rules: Iterable[ReminderRule], cycle: Cycle, day: date) -> ReminderRule | None:
    """The reminder of this day: the last one whose day has come, until the next one's.

    After its own day it is not sent when the next one is so near, so that nobody gets two at once.
    One that was meant for before the closing day is not sent after it, and none when nothing is
    taken any more.
    """
    left = (cycle.closes - day).days
    if not cycle.takes_returns_on(day):
        return None
    days = {rule.days_before_closing: rule for rule in rules}
    last = min((one for one in days if one >= left), default=None)
    following = max((one for one in days if one < left), default=None)
    if last is None or (left < 0 <= last):
        return None
    near = following is not None and left - following <= NEAR_DAYS
    return None if near and last != left else days[last]


def recipients(contacts: Iterable[Contact]) -> tuple[list[Contact], list[Contact]]:
    """Each organisation's leads, or its other people where it has no lead; and the organisations
    that have nobody. `contacts` are sorted by organisation."""
    to: list[Contact] = []
    nobody: list[Contact] = []
    for _, group in groupby(contacts, key=lambda one: one.organisation_id):
        people = list(group)
        leads = [one for one in people if one.role == "lead"]
        if people[0].person_id is None:
            nobody.append(people[0])
        else:
            to += leads or people
    return to, nobody


def reminders_due(work: CycleWork, day: date) -> Reminders | None:
    """What is due on this day, and who has not got it yet; nothing where none is due."""
    rule = rule_due(work.workspace.configuration.portal.reminders, work.cycle, day)
    if rule is None:
        return None
    engine = work.workspace.engine
    to, nobody = recipients(not_returned(engine, round_of(work)))
    before = reminded(engine, work.cycle_id, rule.id)
    missing = [one for one in to if (one.organisation_id, one.person_id) not in before]
    return Reminders(rule, tuple(missing), len(to) - len(missing), tuple(nobody))


def send_reminders(
    work: CycleWork,
    due: Reminders,
    mailer: Mailer,
    address: str,
    now: datetime,
    day: date,
    by: str | None = None,
) -> Reminded:
    """Send what is due; `address` is the portal's, `now` has its zone, `by` is a person's id.

    What the mail server refuses is not recorded as sent, so that it is tried again.
    """
    engine, at = work.workspace.engine, now.astimezone(UTC).replace(tzinfo=None)
    sent = refused = in_a_row = done = 0
    for contact in due.to:
        if in_a_row == REFUSED_IN_A_ROW:
            break
        done += 1
        claimed = Reminder(
            work.cycle_id, contact.organisation_id, due.rule.id, str(contact.person_id)
        )
        if not claim(engine, claimed, at):
            continue
        subject, text = written(work, due.rule, contact, address, day)
        try:
            mailer.send(str(contact.email), subject, text, now)
        except MailError:
            withdraw(engine, claimed)
            refused, in_a_row = refused + 1, in_a_row + 1
        except BaseException:
            withdraw(engine, claimed)
            raise
        else:
            sent, in_a_row = sent + 1, 0
    if sent:
        log(
            *(engine, at, "reminders_sent"),
            person_id=by,
            cycle=work.cycle_id,
            subject=f"{due.rule.id} {sent}",
        )
    return Reminded(sent, refused, len(due.to) - done)


def written(
    work: CycleWork, rule: ReminderRule, contact: Contact, address: str, day: date
) -> tuple[str, str]:
    """Subject and text of one reminder."""
    cycle, away = work.cycle, abs((work.cycle.closes - day).days)
    values = {
        "organisation": contact.name,
        "cycle": cycle.label,
        "closes": day_in_words(cycle.closes),
        "last_day": day_in_words(cycle.last_day),
        "days": "1 day" if away == 1 else f"{away} days",
        "standing": STANDINGS[contact.standing],
        "address": f"{address}/organisations/{contact.organisation_id}",
        "helpdesk": work.workspace.configuration.portal.helpdesk,
    }
    return rule.subject.format_map(values), rule.text.format_map(values)


def installed_mailer(workspace: Workspace) -> tuple[Mailer, str]:
    """By what this installation sends, and the portal's address. Raises CannotRemindError."""
    settings = workspace.settings
    options = PortalOptions.from_environment(
        settings, DEMONSTRATION_ADDRESS if settings.demonstration else ""
    )
    if not settings.demonstration and not (options.smtp and options.address):
        raise CannotRemindError(
            "Set REMI_SMTP to your mail server and REMI_ADDRESS to the portal's address, "
            "such as https://returns.example.org. Nothing can be sent without them."
        )
    contact = workspace.configuration.portal.contact
    return Mailer(options.mail_from, options.outbox, contact, options.smtp), options.address
