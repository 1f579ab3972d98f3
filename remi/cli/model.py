"""`remi model`: what can be asked of a maturity model's file before anybody answers it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from remi.cli.choosing import model_file
from remi.configuration import load_sectors
from remi.framework.model_file import load_model
from remi.lists.faults import did_you_mean
from remi.scoring.model.figures import figure
from remi.scoring.model.plan import compiled
from remi.settings import Settings
from schemas.loading import ConfigurationError
from schemas.maturity import MaturityModel

CANNOT_BE_USED = 1
"""Exit code where the file has a fault."""


@click.group(name="model")
def model_command() -> None:
    """Work on the file of a maturity model."""


@model_command.command()
@click.argument("file")
def check(file: str) -> None:
    """Say whether the model in FILE can be used, and if not, every reason with its line.

    FILE is a path, or the name of a file in config/models.

    Exit code 0: it can be used. 1: it cannot. 2: there is no such file.
    """
    path = model_file(file)
    try:
        model = load_model(path)
    except ConfigurationError as error:
        faults = str(error).splitlines()
        click.echo(f"{path.name} cannot be used. To fix ({len(faults)}):")
        for fault in faults:
            click.echo(f"- {fault}")
        raise SystemExit(CANNOT_BE_USED) from None
    click.echo(f"{path.name} can be used: {summary(model)}")
    for note in notes(model):
        click.echo(f"- Please check: {note}")


def summary(model: MaturityModel) -> str:
    """The model in one sentence: what it asks, and what it makes of the answers."""
    plan = compiled(model)
    leaves, root = len(plan.leaf_ids), model.root
    parts = [f"{leaves} question{'s' if leaves > 1 else ''}"]
    if (top := model.top_stage(root)) is not None:
        parts.append(f"{top} stage{'s' if top > 1 else ''} of the whole")
    if (highest := model.highest_score(root)) is not None:
        parts.append(f"a score of the whole of at most {figure(highest)}")
    return f"{model.name}, version {model.version}, with {', '.join(parts)}."


def notes(model: MaturityModel) -> Iterator[str]:
    """What can be meant, but need not be."""
    known = [sector.id for sector in load_sectors(Settings.from_environment().config)]
    for group in model.organisation_groups:
        for sector in group.sectors:
            if sector not in known:
                yield (
                    f"the group {group.id} names the sector “{sector}”, which is not on the "
                    f"reference list{did_you_mean(sector, known) or '.'} No registered partner is "
                    "of it; answers in a list may name it."
                )
    used = {
        group for node in model.nodes() if node.applies_to != "all" for group in node.applies_to
    }
    for group in model.organisation_groups:
        if group.id not in used:
            yield f"nothing applies only to the group {group.id}, so that it makes no difference."
