"""`remi check`: judge one workbook, with the same verdict as the pipeline gives."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from remi.cycle import CycleWork, judging, load_register
from remi.intake.verdict import judge
from remi.workspace import open_workspace
from schemas.intake import Problem, Received, Severity, Verdict

EXIT_CODES = {"accepted": 0, "needs_changes": 1, "unusable": 2}

HEADINGS: dict[Severity, str] = {
    "must_fix": "To fix before it can be accepted",
    "check": "Please check",
    "note": "For your information",
}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--cycle", "cycle_id", help="A cycle; the open one when left out.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(file: Path, cycle_id: str | None, as_json: bool) -> None:
    """Say what is wrong in FILE, cell by cell, and how to fix it.

    Exit code 0: accepted. 1: something must be fixed. 2: the file cannot be used at all.
    """
    workspace = open_workspace()
    cycles = workspace.configuration.cycles
    chosen = cycles.get(cycle_id) if cycle_id else cycles.open_on(date.today())  # noqa: DTZ011
    if chosen is None:
        raise click.UsageError("no collection is open today; name one with --cycle")
    load_register(workspace)
    content = file.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    received = Received(
        submission_id=f"{chosen.id}-{sha256[:12]}",
        cycle=chosen.id,
        sha256=sha256,
        file_name=file.name,
        content=content,
    )
    judged = judge([received], judging(CycleWork(workspace, chosen.id)))
    verdict = judged.verdict_of(received.submission_id)
    if as_json:
        click.echo(json.dumps(asdict(verdict), indent=2, ensure_ascii=False, default=str))
    else:
        _print(Console(), file, verdict)
    raise SystemExit(EXIT_CODES[verdict.outcome])


def _print(console: Console, file: Path, verdict: Verdict) -> None:
    said = {
        "accepted": "[green]Accepted.[/] Nothing needs to be changed.",
        "needs_changes": "[red]Not accepted yet.[/] Please fix what is listed first.",
        "unusable": "[red]This file cannot be used.[/]",
    }
    console.print(f"{escape(file.name)}: {said[verdict.outcome]}", highlight=False)
    for severity, heading in HEADINGS.items():
        problems = [p for p in verdict.problems if p.severity == severity]
        if not problems:
            continue
        console.print(f"\n[bold]{heading}[/] ({len(problems)})", highlight=False)
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 1, 0))
        table.add_column(no_wrap=True)
        table.add_column()
        for problem in problems:
            table.add_row(escape(_where(problem)), escape(f"{problem.wrong}\n{problem.fix}"))
        console.print(table)
    if verdict.cells_read:
        console.print(f"{verdict.cells_read} cells were read.", highlight=False)


def _where(problem: Problem) -> str:
    return " ".join(part for part in (problem.sheet, problem.cell) if part) or "The file"
