"""`remi status`: for each cycle, who has returned and what is published."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from remi.cycle.waiting import Waiting, waiting
from remi.cycle.work import CycleWork
from remi.release.published import latest_release
from remi.workspace import open_workspace
from schemas import people, store


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(as_json: bool) -> None:
    """Expected, received and accepted returns of each cycle, its latest release and what waits."""
    workspace = open_workspace()
    cycles = [cycle.id for cycle in workspace.configuration.cycles.cycles]
    waits = waiting(workspace, cycles)
    rows = [_of_cycle(CycleWork(workspace, cycle)) for cycle in cycles]
    if as_json:
        told = [{**row, "waiting": _counts(waits[str(row["cycle"])])} for row in rows]
        click.echo(json.dumps(told, indent=2))
        return
    table = Table(box=None, pad_edge=False)
    for heading in (
        "Cycle",
        "Expected",
        "Files",
        "Accepted",
        "Not signed off",
        "Need changes",
        "Not returned",
    ):
        table.add_column(heading, justify="left" if heading == "Cycle" else "right")
    table.add_column("Release")
    for row in rows:
        table.add_row(*("–" if value is None else str(value) for value in row.values()))
    console = Console()
    console.print(table)
    for cycle in cycles:
        if waits[cycle].in_words:
            console.print(f"{cycle}: {waits[cycle].in_words}", highlight=False)


def _counts(waits: Waiting) -> dict[str, int]:
    return {
        "in_inbox": waits.in_inbox,
        "files": waits.files,
        "sign_offs": waits.sign_offs,
        "decisions": waits.decisions,
    }


def _of_cycle(work: CycleWork) -> dict[str, str | int | None]:
    register = work.partners
    # A department is no further organisation: see docs/glossary.md.
    expected = set(register.loc[register["unit_type"] == "organisation", "organisation_id"])
    verdicts = work.read(store.verdict)
    assessments = verdicts[verdicts["kind"] == "assessment"]
    accepted = set(assessments.loc[assessments["counts"].astype(bool), "organisation_id"])
    good = assessments["outcome"] == "accepted"
    waiting = set(assessments.loc[good, "organisation_id"].dropna()) & expected - accepted
    trying = set(assessments["organisation_id"].dropna()) & expected - accepted - waiting
    folder = latest_release(work.workspace.settings.releases, work.cycle_id)
    return {
        "cycle": work.cycle_id,
        "expected": len(expected),
        "files": len(work.read(people.delivery)),
        "accepted": len(accepted & expected),
        "not_signed_off": len(waiting),
        "need_changes": len(trying),
        "not_returned": len(expected - accepted - waiting - trying),
        "release": folder.name if folder else None,
    }
