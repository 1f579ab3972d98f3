"""`remi messages`: every message that a partner can be shown, checked and listed."""

from __future__ import annotations

import click

from remi.messages import load_messages, messages_page
from remi.plain_english import catalogue_faults, load_plain_english
from remi.settings import CHECKOUT, Settings
from schemas.messages import SOURCE_LANGUAGE


@click.command()
@click.option("--language", default=SOURCE_LANGUAGE, show_default=True, help="A language's file.")
@click.option("--write", is_flag=True, help="Write docs/messages.md instead of printing.")
def messages(language: str, write: bool) -> None:
    """Every message that a partner can be shown, and what to do.

    Says first what in config/messages is not plain English; nothing is written then.
    """
    folder = Settings.from_environment().config
    loaded = load_messages(folder, language)
    if language == SOURCE_LANGUAGE:
        faults = list(catalogue_faults(loaded, load_plain_english(folder)))
        if faults:
            raise click.ClickException("\n".join([f"{language}.yaml", *faults]))
    elif write:
        raise click.UsageError(f"docs/messages.md is written in {SOURCE_LANGUAGE}")
    page = messages_page(loaded)
    if write:
        (CHECKOUT / "docs" / "messages.md").write_text(page, encoding="utf-8")
    else:
        click.echo(page, nl=False)
