"""`remi check`: judge one workbook, with the same verdict as the pipeline gives."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from remi.cli.choosing import chosen_cycle, write_file
from remi.cli.named import NotNamedError, partner_named
from remi.cycle.following import LONDON
from remi.cycle.registering import load_register
from remi.cycle.work import CycleWork
from remi.intake.handback.annotate import HandedBack
from remi.intake.verdict import judge
from remi.intake.verdict_json import verdict_json
from remi.models import judging_models, load_models
from remi.partner.annotated import annotated_workbook
from remi.store.submissions import submission_id
from remi.workspace import open_workspace
from schemas.intake import Problem, Received, Severity, Verdict
from schemas.store import ANYONE

EXIT_CODES = {"accepted": 0, "needs_changes": 1, "unusable": 2}

HEADINGS: dict[Severity, str] = {
    "must_fix": "To fix",
    "check": "Please check",
    "note": "For your information",
}

WIDEST = 100
"""Longer lines are hard to read, however wide the window is."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--cycle", "cycle_id", help="A cycle; the open one when left out.")
@click.option(
    "--sent-for",
    metavar="CODE",
    help="The organisation that would send it, as where it is signed in at the portal.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option(
    "--annotated",
    "annotated_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the workbook with what is wrong marked in it.",
)
def check(
    file: Path,
    cycle_id: str | None,
    sent_for: str | None,
    as_json: bool,
    annotated_path: Path | None,
) -> None:
    """Say what is wrong in FILE, cell by cell, and how to fix it.

    FILE is a workbook of the cycle, or of a maturity model in config/models.

    Exit code 0: accepted. 1: something must be fixed. 2: the file cannot be used at all.
    """
    if annotated_path is not None and annotated_path.resolve() == file.resolve():
        raise click.UsageError("--annotated must name another file than the one that is checked")
    workspace = open_workspace()
    chosen = chosen_cycle(workspace.configuration.cycles, cycle_id)
    load_register(workspace)
    work = CycleWork(workspace, chosen.id)
    code = None
    if sent_for is not None:
        try:
            code = partner_named(work, sent_for)["organisation_id"]
        except NotNamedError as error:
            raise click.UsageError(str(error)) from None
    sent = received(file, chosen.id, code)
    models = load_models(workspace.settings.config)
    context = judging_models(work, models)
    verdict = judge([sent], context).verdict_of(sent.submission_id)
    if as_json:
        click.echo(verdict_json(verdict), nl=False)
    else:
        print_verdict(Console(), file, verdict)
    if annotated_path is not None:
        _write_annotated(annotated_workbook(work, sent, context), annotated_path, quiet=as_json)
    raise SystemExit(EXIT_CODES[verdict.outcome])


def _write_annotated(made: HandedBack | None, path: Path, quiet: bool) -> None:
    said = "No workbook was written: nothing in the file can be used."
    if made is not None:
        write_file(path, made.content)
        said = f"Wrote {path}"
    Console(stderr=quiet).print(f"\n{said}", soft_wrap=True, highlight=False)


def received(file: Path, cycle_id: str, sent_for: str | None = None) -> Received:
    """The file as if it had just arrived for a cycle."""
    content = file.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    return Received(
        submission_id=submission_id(cycle_id, sha256, sent_for or ANYONE),
        cycle=cycle_id,
        sha256=sha256,
        file_name=file.name,
        content=content,
        sent_for=sent_for,
        arrived_on=datetime.now(LONDON).date(),
    )


def print_verdict(console: Console, file: Path, verdict: Verdict) -> None:
    """What was decided, and each problem with its cell."""
    console.width = min(console.width, WIDEST)
    console.print(f"[bold]{escape(file.name)}[/]", highlight=False)
    console.print(_outcome(verdict), highlight=False)
    for severity, heading in HEADINGS.items():
        problems = [p for p in verdict.problems if p.severity == severity]
        if problems:
            console.print(f"\n[bold]{heading}[/] ({len(problems)})", highlight=False)
        for problem in problems:
            console.print()
            console.print(_told(problem), highlight=False)
    if verdict.cells_read:
        console.print(f"\n{_read(verdict)}", highlight=False)


def _told(problem: Problem) -> Table:
    """Where it is, and indented under it what is wrong and how to fix it."""
    told = Table.grid(padding=(0, 1, 0, 0))
    told.add_row("  ", f"[cyan]{escape(_where(problem))}[/]")
    words = Table.grid(padding=(0, 1, 0, 0))
    words.add_row(" ", escape(problem.wrong))
    words.add_row("→", escape(problem.fix))
    told.add_row("", words)
    return told


def _outcome(verdict: Verdict) -> str:
    if verdict.outcome == "accepted":
        asks = any(problem.severity == "check" for problem in verdict.problems)
        more = "Please look at what follows." if asks else "Nothing needs to be changed."
        return f"[green]Accepted.[/] {more}"
    if verdict.outcome == "unusable":
        return "[red]Not accepted.[/] The file cannot be used."
    return "[red]Not accepted yet.[/] Please fix what follows and send the workbook again."


def _read(verdict: Verdict) -> str:
    whose = f" for {verdict.organisation_id}" if verdict.organisation_id else ""
    return f"{verdict.cells_read:,} cells were read{escape(whose)} in {verdict.cycle}."


def _where(problem: Problem) -> str:
    if problem.sheet and problem.cell:
        return f"{problem.sheet}, cell {problem.cell}"
    return f"{problem.sheet}, the whole sheet" if problem.sheet else "The file"
