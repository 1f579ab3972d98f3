"""`remi template`: a partner's workbook, ready to be filled in."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click
from rich.console import Console

from remi.cli.choosing import chosen_cycle, chosen_model, write_file
from remi.cli.named import partner_named
from remi.cycle.registering import load_register
from remi.cycle.work import CycleWork
from remi.partner.templates import Kind, model_template, partner_template
from remi.workspace import open_workspace


@click.command()
@click.argument("organisation")
@click.option("--cycle", "cycle_id", help="A cycle; the open one when left out.")
@click.option("--kind", type=click.Choice(get_args(Kind)), default="assessment", show_default=True)
@click.option("--model", "model_name", help="A maturity model instead: its file, or its name.")
@click.option("--empty", is_flag=True, help="Leave out what the organisation sent last year.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
def template(
    organisation: str,
    cycle_id: str | None,
    kind: Kind,
    model_name: str | None,
    empty: bool,
    output: Path | None,
) -> None:
    """Write the workbook of ORGANISATION (its code or name in the register).

    It shows what the organisation answered last year, beside cells that are empty.

    With --model, the workbook in which it answers a model of config/models or of a file.
    """
    model = chosen_model(model_name) if model_name else None
    workspace = open_workspace()
    opened = chosen_cycle(workspace.configuration.cycles, cycle_id)
    load_register(workspace)
    work = CycleWork(workspace, opened.id)
    try:
        code = partner_named(work, organisation)["organisation_id"]
        if model is None:
            content = partner_template(work, code, kind, earlier=not empty)
        else:
            content = model_template(work, code, model)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    path = output or Path(f"{model.id if model else kind} {opened.id} {code}.xlsx")
    if path.exists():
        raise click.UsageError(
            f"“{path}” is there already, and may hold answers; name another file with -o"
        )
    write_file(path, content)
    Console().print(f"Wrote {path}", soft_wrap=True, highlight=False)
