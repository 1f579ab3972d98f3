"""`remi status`: for each cycle, who has returned and what is published."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from remi.cycle.work import CycleWork
from remi.release.published import latest_release
from remi.workspace import open_workspace
from schemas import store


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(as_json: bool) -> None:
    """Expected, received and accepted returns of each cycle, and its latest release."""
    workspace = open_workspace()
    rows = [
        _of_cycle(CycleWork(workspace, cycle.id)) for cycle in workspace.configuration.cycles.cycles
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
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
    Console().print(table)


def _of_cycle(work: CycleWork) -> dict[str, str | int | None]:
    expected = set(work.partners["organisation_id"])
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
        "files": len(work.read(store.submission)),
        "accepted": len(accepted & expected),
        "not_signed_off": len(waiting),
        "need_changes": len(trying),
        "not_returned": len(expected - accepted - waiting - trying),
        "release": folder.name if folder else None,
    }
