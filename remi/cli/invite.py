"""`remi invite`: give people their roles at the portal; the first of the data team begins here."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import click
from rich.console import Console

from remi.cycle.registering import load_register
from remi.cycle.work import CycleWork
from remi.inviting import (
    Invitation,
    InvitationError,
    invitation,
    invite,
    mail_of,
    read_invitations,
    whose,
)
from remi.portal.mail import MailError
from remi.reminding import CannotRemindError, installed_mailer
from remi.workspace import Workspace, open_workspace
from schemas.portal import Role


@click.command(name="invite")
@click.argument("email", required=False)
@click.option("--role", type=click.Choice(get_args(Role)), help="What the person may do.")
@click.option("--organisation", default="", help="Code of the organisation that the role is for.")
@click.option("--name", default="", help="How the person is called on pages.")
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file instead, with the columns email, role, organisation and name.",
)
def invite_command(
    email: str | None, role: str | None, organisation: str, name: str, file: Path | None
) -> None:
    """Invite EMAIL to the portal, or everybody in a file.

    Each is told by e-mail, where this installation has a mail server. Nobody is invited while
    anything in the file is wrong.
    """
    if (email is None) == (file is None) or (email and role is None):
        raise click.UsageError("name an e-mail address and a --role, or a --file")
    workspace = open_workspace()
    organisations = _organisations(workspace)
    try:
        wanted = (
            read_invitations(file, organisations)
            if file
            else [invitation(email or "", role or "", organisation, name, organisations)]
        )
    except InvitationError as error:
        raise click.ClickException(str(error)) from None
    for one in wanted:
        _invite(workspace, one, whose(one, organisations))


def _organisations(workspace: Workspace) -> dict[str, str]:
    """Names by code, of the round that is open or was open last; the register as it is now."""
    load_register(workspace)
    today = datetime.now(UTC).date()
    cycle = workspace.configuration.cycles.newest_on(today)
    partners = CycleWork(workspace, cycle.id).partners
    return dict(zip(partners["organisation_id"], partners["name"], strict=True))


def _invite(workspace: Workspace, one: Invitation, of: str) -> None:
    console = Console(soft_wrap=True, highlight=False)
    now = datetime.now(UTC)
    if not invite(workspace.engine, one, now.replace(tzinfo=None)):
        console.print(f"{one.email} is {one.role} for {of} already.", markup=False)
        return
    console.print(f"{one.email} is now {one.role} for {of}.", markup=False)
    policy = workspace.configuration.portal
    try:
        mailer, address = installed_mailer(workspace)
        mailer.send(
            one.email, *mail_of(of, policy.contact.email, policy.service_name, address), now
        )
    except (CannotRemindError, MailError) as error:
        console.print(f"  No e-mail went out: {error}", markup=False)
