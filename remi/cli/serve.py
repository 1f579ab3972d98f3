"""`remi serve`: the partners' portal."""

from __future__ import annotations

import gc
import logging
import os

import click
from rich.console import Console

from remi.settings import Settings, signing_key, virus_scanner

READERS = 4
"""Fewest processes that read files, so that a small one never waits for two large ones."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """Serve the portal for partners, reviewers and the data team.

    In a demonstration everybody is invented and e-mails are printed here. For real use set
    REMI_ADDRESS (https) and REMI_SMTP, and put a proxy in front that speaks https.
    """
    # Only here: no other command should wait for the web framework to load.
    import uvicorn

    from remi.cycle.one_file import recover_deliveries
    from remi.demo.people import add_demo_people
    from remi.intake.reading.sandbox import Sandbox
    from remi.portal.app import create_app
    from remi.portal.mail import Mailer
    from remi.portal.options import PortalOptions
    from remi.portal.rounds import context_of, present_cycle
    from remi.portal.style import MEDIA, style_file
    from remi.portal.visit import Portal
    from remi.release.stylesheet import StylesheetMissingError
    from remi.workspace import open_workspace

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    console = Console()
    settings = Settings.from_environment()
    options = PortalOptions.from_environment(settings, f"http://{host}:{port}")
    if options.smtp is None and not settings.demonstration:
        raise click.ClickException(
            "Set REMI_SMTP to your mail server, such as smtp://user:password@mail.example.org:587. "
            "Without one people cannot sign in. To try the portal, run “remi demo” first."
        )
    try:
        virus_scanner()
        for name in MEDIA:
            style_file(name)
    except (StylesheetMissingError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    workspace = open_workspace(settings)
    with Sandbox(workers=max(READERS, os.cpu_count() or 1)).start() as sandbox:
        mailer = Mailer(
            options.mail_from,
            options.outbox,
            workspace.configuration.portal.contact,
            options.smtp,
            None if options.smtp else lambda text: console.print(text, markup=False),
        )
        portal = Portal(workspace, options, mailer, sandbox, signing_key(settings))
        work = portal.work(present_cycle(portal).id)
        recovered = recover_deliveries(work, portal.moment())
        if recovered:
            console.print(f"Finished keeping {recovered} files that an earlier process began.")
        context_of(portal, work)
        if settings.demonstration:
            _say_who(console, add_demo_people(workspace, portal.moment()))
        console.print(f"\nThe portal: {options.address}\n", highlight=False)
        gc.collect()
        gc.freeze()  # what lasts as long as the server need not be looked through again and again
        uvicorn.run(
            create_app(portal), host=host, port=port, log_level="warning", server_header=False
        )


def _say_who(console: Console, people: dict[str, str]) -> None:
    console.print("\nSign in as one of these (the e-mail is printed here):\n")
    for email, what in people.items():
        console.print(f"  {email:<44} {what}", highlight=False, soft_wrap=True)
