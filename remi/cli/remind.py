"""`remi remind`: e-mails to whoever's return does not count yet."""

from __future__ import annotations

from datetime import datetime

import click
from rich.console import Console

from remi.cli.choosing import chosen_cycle
from remi.cycle.following import LONDON
from remi.cycle.work import CycleWork
from remi.reminding import (
    CannotRemindError,
    Reminders,
    installed_mailer,
    reminders_due,
    send_reminders,
)
from remi.workspace import open_workspace


@click.command()
@click.option("--cycle", "cycle_id", help="A cycle; the one whose collection is open if left out.")
@click.option("--dry-run", is_flag=True, help="Say who would get what, and send nothing.")
def remind(cycle_id: str | None, dry_run: bool) -> None:
    """Send the reminder that is due today; nobody gets the same one twice.

    The reminders and their days are in config/portal.yaml. Each lead of an organisation whose
    return does not count yet gets one, or its other people where it has no lead.
    """
    console = Console(soft_wrap=True, highlight=False)
    workspace = open_workspace()
    work = CycleWork(workspace, chosen_cycle(workspace.configuration.cycles, cycle_id).id)
    now = datetime.now(LONDON)
    due = reminders_due(work, now.date())
    if due is None:
        console.print(f"No reminder is due today for {work.cycle.label}.")
        return
    _say(console, due, dry_run)
    if dry_run:
        return
    try:
        mailer, address = installed_mailer(workspace)
    except CannotRemindError as error:
        raise click.ClickException(str(error)) from None
    done = send_reminders(work, due, mailer, address, now, now.date())
    console.print(f"Sent: {done.sent}.")
    if done.refused or done.left:
        console.print(
            f"Refused by the mail server: {done.refused}. Left for the next time: {done.left}. "
            "Run this again later."
        )
        raise SystemExit(1)


def _say(console: Console, due: Reminders, one_by_one: bool) -> None:
    console.print(f"“{due.rule.id}”: {len(due.to)} to send, {due.got_it} got it before.")
    for contact in due.to if one_by_one else ():
        console.print(f"  {contact.email}  {contact.organisation_id}  {contact.name}", markup=False)
    if due.nobody:
        console.print(f"Organisations with nobody to write to: {len(due.nobody)}.")
