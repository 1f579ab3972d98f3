"""`remi score --targets`: how far each organisation is on the way to its targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor
from pathlib import Path

import click
import numpy as np
import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from remi.intake.locating.typed import plain
from remi.lists.faults import ListError, ListFault, not_one_of
from remi.lists.reader import ListColumns, ListFile, blank_faults, read_list, spelling_faults
from remi.lists.words import number_written, words
from remi.scoring.model.evaluate import evaluate
from remi.scoring.model.exact_scores import exact_scores
from remi.scoring.model.figures import figure
from remi.scoring.model.plan import compiled
from remi.scoring.model.states import to_states
from remi.scoring.model.targets import Scores, Way, percent_to_target, progress_to_date
from schemas.maturity import MaturityModel

COLUMNS = ListColumns(("node_id", "target"), ("organisation_id",), others_allowed=True)

EVERYBODY = ""

Targets = Mapping[str, Mapping[str, Fraction]]
"""By organisation, or for `EVERYBODY`: node id -> the score that is aimed at."""


def read_targets(path: Path, model: MaturityModel) -> Targets:
    """Targets from a list with the columns node_id and target, and organisation_id where an
    organisation has targets of its own. Raises ClickException with every fault and its line."""
    try:
        return _targets(read_list(path, COLUMNS), model)
    except ListError as error:
        raise click.ClickException(str(error)) from None


def _targets(file: ListFile, model: MaturityModel) -> Targets:
    highest = {node.id: best for node in model.nodes() if (best := model.highest_score(node))}
    ids = words((node_id, node_id) for node_id in highest)
    targets: dict[str, dict[str, Fraction]] = {}
    faults = blank_faults(file, COLUMNS.required) + spelling_faults(file, "organisation_id")
    for row in file.rows:
        of = targets.setdefault(row.texts["organisation_id"] or EVERYBODY, {})
        seen, wanted = row.texts["node_id"], row.texts["target"]
        node_id = seen if seen in highest else ids.get(plain(seen), "")
        if not seen or not wanted:
            continue
        if not node_id:
            what = f"parts of {model.name} that have a score"
            faults.append(ListFault(row.line, "node_id", not_one_of(seen, list(highest), what)))
            continue
        target = number_written(wanted)
        if target is None or target > highest[node_id]:
            why = f"“{wanted}” is no number from 0 to {figure(highest[node_id])}"
            faults.append(ListFault(row.line, "target", why))
        elif node_id in of:
            faults.append(ListFault(row.line, "node_id", f"{node_id} has two targets"))
        else:
            of[node_id] = target
    if faults:
        raise file.error(faults)
    return targets


def print_progress(
    console: Console,
    model: MaturityModel,
    targets: Targets,
    now: pd.DataFrame,
    before: pd.DataFrame | None,
) -> None:
    """Each organisation's share of the way. `now` and `before` are answers that can be scored.

    An organisation with targets of its own has no others.
    """
    aimed_at = sorted({node_id for of in targets.values() for node_id in of})
    current = _scores(model, now, aimed_at)
    first = _scores(model, before, aimed_at) if before is not None else {}
    table = Table(box=None, pad_edge=False)
    table.add_column("Organisation")
    table.add_column("Of its targets reached", justify="right")
    if before is not None:
        table.add_column("Of the gap at the start closed", justify="right")
    reasons = []
    for organisation, scores in current.items():
        aimed = targets.get(organisation, targets.get(EVERYBODY, {}))
        ways = [percent_to_target(scores, aimed)]
        if before is not None:
            ways.append(progress_to_date(first.get(organisation, {}), scores, aimed))
        table.add_row(escape(organisation), *(_share(way) for way in ways))
        reasons += [f"{organisation}: {way.reason}" for way in ways if way.share is None]
    console.print()
    console.print(table)
    for reason in dict.fromkeys(reasons):
        console.print(escape(reason), highlight=False, soft_wrap=True)
    console.print("Nothing beyond a target counts, so it makes up for no gap elsewhere.")


def _scores(
    model: MaturityModel, answers: pd.DataFrame, node_ids: Sequence[str]
) -> dict[str, Scores]:
    """By organisation, what each of these nodes has for a score: a fraction, so that the whole way
    is said of those who have gone it, and of nobody else."""
    of_leaf = answers["node_id"].isin({leaf.id for leaf in model.leaves()})
    organisations = answers[["organisation_id", "sector"]].drop_duplicates()
    given = to_states(answers[of_leaf], organisations, model)
    plan = compiled(model)
    there = ~np.isnan(evaluate(given.states, plan).score)
    exact = exact_scores(plan, given.states, node_ids)
    return {
        organisation: {
            node_id: exact[node_id][row] if there[plan.place(node_id), row] else None
            for node_id in node_ids
        }
        for row, organisation in enumerate(given.organisation_ids)
    }


def _share(way: Way) -> str:
    if way.share is None:
        return "–"
    tenths = floor(way.share * 1000 + Fraction(1, 2))
    # The whole way is said only of those who have gone it.
    return "100%" if way.share == 1 else f"{min(tenths, 999) / 10:.1f}%"
