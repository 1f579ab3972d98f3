"""The `remi` command: one place from which everything can be started."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click
from rich.console import Console

from remi import configuration
from remi.cli.check import check
from remi.cli.choosing import PlainGroup
from remi.cli.demo import demo
from remi.cli.explain import explain_command
from remi.cli.invite import invite_command
from remi.cli.messages import messages
from remi.cli.model import model_command
from remi.cli.remind import remind
from remi.cli.run import run
from remi.cli.score import score
from remi.cli.serve import serve
from remi.cli.status import status
from remi.cli.template import template
from remi.dictionary import data_dictionary
from remi.release.published import latest_release
from remi.settings import CHECKOUT, Settings


@click.group(cls=PlainGroup)
@click.version_option(package_name="remi")
def main() -> None:
    """From partners' race-equality self-assessments to annual tables that can be checked."""


@main.command(name="open")
@click.option("--cycle", help="A cycle; the newest that has a release when left out.")
def open_release(cycle: str | None) -> None:
    """Open the latest published release in a browser."""
    console = Console()
    folder = latest_release(Settings.from_environment().releases, cycle)
    if folder is None:
        console.print("Nothing is published yet. Run “make demo”, or “remi run --publish”.")
        raise SystemExit(1)
    page = (folder / "index.html").as_uri()
    console.print(page, soft_wrap=True)
    webbrowser.open(page)


@main.command()
@click.option("--write", is_flag=True, help="Write docs/data-dictionary.md instead of printing.")
def dictionary(write: bool) -> None:
    """The data dictionary: every table, column and code list."""
    loaded = configuration.load(Settings.from_environment().config)
    text = data_dictionary(loaded, loaded.cycles.cycles[-1])
    if write:
        Path(CHECKOUT / "docs" / "data-dictionary.md").write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


for command in (
    demo,
    template,
    check,
    run,
    status,
    explain_command,
    score,
    model_command,
    messages,
    invite_command,
    remind,
    serve,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
