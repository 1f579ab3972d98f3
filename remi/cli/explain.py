"""`remi explain`: why an organisation is where it is, down to the cells of its return."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace

import click
import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from remi.cli.assured import assured_now
from remi.cli.changed import StaleError, change_sentence
from remi.cli.named import NotNamedError, fold, nearest, partner_named
from remi.cycle.scoring import counting
from remi.cycle.work import CycleWork
from remi.scoring.explain import NoExplanationError, explain
from remi.scoring.explanation import CriterionRead, Explanation
from remi.workspace import Workspace, open_workspace
from schemas import store
from schemas.framework import Framework
from schemas.intake import AnswerState

BLANK = {
    AnswerState.UNANSWERED: "left blank",
    AnswerState.NOT_NEEDED: "left blank, not needed",
}


@click.command(name="explain")
@click.argument("organisation")
@click.argument("node", required=False)
@click.option("--cycle", "cycle_id", help="A cycle; the newest with results when left out.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def explain_command(
    organisation: str, node: str | None, cycle_id: str | None, as_json: bool
) -> None:
    """Say why ORGANISATION is at its stage, and what the next one needs, cell by cell.

    ORGANISATION is a code or name of the register. NODE is a commitment or an indicator, such as
    L3; the whole organisation when left out.
    """
    work = _work(open_workspace(), cycle_id)
    try:
        partner = partner_named(work, organisation)
    except NotNamedError as error:
        raise click.ClickException(str(error)) from None
    place = _node(work.framework, node) if node else None
    found = _explained(work, partner, place)
    if as_json:
        said = {"cycle": work.cycle_id, "organisation_name": partner["name"], **asdict(found)}
        click.echo(json.dumps(said, indent=2, ensure_ascii=False))
        return
    console = Console()
    where = "" if found.level == "organisation" else f", {found.name}"
    heading = escape(f"{partner['name']}{where}, {work.cycle.label}")
    console.print(f"[bold]{heading}[/]", highlight=False)
    console.print(escape(" ".join(found.sentences)), highlight=False)
    if found.level == "organisation":
        for commitment in work.framework.commitments:
            if any(c.commitment_id == commitment.id for c in found.inputs):
                one = _explained(work, partner, commitment.id)
                console.print(f"\n{escape(' '.join(one.sentences))}", highlight=False)
    _print(console, work.framework, found)


def _print(console: Console, framework: Framework, found: Explanation) -> None:
    console.print("\n[bold]The rule[/]")
    for line in found.rule:
        console.print(f"- {escape(line)}", highlight=False)
    parts = [
        ("Needed for the next stage", found.blockers),
        ("Answered as not applicable", found.not_applicable),
        ("Left blank", found.unanswered),
    ]
    if found.level != "organisation":
        parts.append(("Every answer", found.inputs))
    for heading, criteria in parts:
        if criteria:
            console.print(f"\n[bold]{heading}[/] ({len(criteria)})", highlight=False)
            console.print(_table(framework, criteria))


def _table(framework: Framework, criteria: Iterable[CriterionRead]) -> Table:
    labels = {a.meaning.value: a.label for a in framework.answers}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("Indicator", "Stage", "Sheet and cell", "Answer", "This answer"):
        table.add_column(heading)
    for one in criteria:
        table.add_row(
            escape(one.indicator),
            str(one.stage),
            escape(" ".join(part for part in (one.sheet, one.cell) if part) or "no cell"),
            escape(BLANK.get(one.answer) or labels[one.answer.value]),
            escape(one.treatment),
        )
    return table


def _work(workspace: Workspace, cycle_id: str | None) -> CycleWork:
    cycles = workspace.configuration.cycles.cycles
    ids = [cycle.id for cycle in cycles]
    if cycle_id is not None and cycle_id not in ids:
        raise click.ClickException(f"There is no cycle {cycle_id}; there are {', '.join(ids)}.")
    for one in [cycle_id] if cycle_id else reversed(ids):
        work = CycleWork(workspace, one)
        if len(work.read(store.organisation_profile)):
            return work
    which = f"{cycle_id} has" if cycle_id else "No cycle has"
    raise click.ClickException(f"{which} {'no ' if cycle_id else ''}results yet. Run “remi run”.")


def _node(framework: Framework, wanted: str) -> str:
    """The id of the commitment or indicator of this id, name or title."""
    ids, shown = {}, {}
    for commitment in framework.commitments:
        for name in (commitment.id, commitment.name, commitment.short_name):
            ids[fold(name)], shown[fold(name)] = commitment.id, commitment.name
    for _, indicator in framework.indicators():
        for name in (indicator.id, indicator.title):
            ids[fold(name)], shown[fold(name)] = indicator.id, f"{indicator.id} {indicator.title}"
    if fold(wanted) not in ids:
        raise click.ClickException(
            f"There is no commitment or indicator “{wanted}”. {nearest(wanted, shown)}"
        )
    return ids[fold(wanted)]


def _explained(work: CycleWork, partner: Mapping[str, str], node: str | None) -> Explanation:
    """The explanation, if it is still that of the stored result."""
    key, name = partner["organisation_id"], partner["name"]
    answers = counting(work, store.answer)
    if key not in set(answers["organisation_id"]):
        raise click.ClickException(
            f"No return of {name} counts in {work.cycle_id}, so there is nothing to explain."
        )
    stale = click.ClickException(
        f"The stored results of {work.cycle_id} were made from other answers, reviews or another "
        "rule. "
        f"Run “remi run --cycle {work.cycle_id}” and ask again."
    )
    try:
        found = explain(answers, key, partner["sector"], work.framework, node, name)
    except NoExplanationError as error:
        raise click.ClickException(str(error)) from error
    except ValueError as error:
        raise stale from error
    if (found.status, found.stage) != _stored(work, found):
        raise stale
    if found.level == "organisation":
        return found
    try:
        assured = assured_now(work, found)
        changed = change_sentence(work, key, found.node) if found.level == "commitment" else None
    except StaleError as error:
        raise stale from error
    more = (*assured, *([changed] if changed else []))
    return replace(found, sentences=(*found.sentences, *more))


def _stored(work: CycleWork, found: Explanation) -> tuple[str, int | None] | None:
    """Status and stage as they were stored."""
    table, key, column = {
        "organisation": (store.organisation_profile, "organisation_id", "lowest_stage"),
        "commitment": (store.commitment_stage, "commitment_id", "stage"),
        "indicator": (store.indicator_stage, "indicator_id", "stage"),
    }[found.level]
    rows = work.read(table, organisation_id=found.organisation_id)
    rows = rows[rows[key] == found.node]
    if rows.empty:
        return None
    stage = rows.iloc[0][column]
    return str(rows.iloc[0]["status"]), None if pd.isna(stage) else int(stage)
