"""`remi score --targets`: how far each organisation is on the way to its targets."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from pathlib import Path

import click
import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from remi.release.present import shown
from remi.scoring.model.targets import Scores, Way, percent_to_target, progress_to_date
from schemas.impact import Holds
from schemas.maturity import MaturityModel

EVERYBODY = ""

Targets = Mapping[str, Mapping[str, Fraction]]
"""By organisation, or for `EVERYBODY`: node id -> the score that is aimed at."""


def read_targets(path: Path, model: MaturityModel) -> Targets:
    """Targets from a CSV file with the columns node_id and target, and organisation_id where an
    organisation has targets of its own. Raises ClickException naming each line that is wrong."""
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    missing = [column for column in ("node_id", "target") if column not in rows]
    if missing:
        raise click.ClickException(f"{path.name} has no column {', '.join(missing)}")
    highest = {node.id: model.highest_score(node) for node in model.nodes()}
    targets: dict[str, dict[str, Fraction]] = {}
    wrong = []
    for line, row in enumerate(rows.to_dict("records"), start=2):
        of = targets.setdefault(row.get("organisation_id", "").strip() or EVERYBODY, {})
        node_id, best = row["node_id"].strip(), highest.get(row["node_id"].strip())
        target = _number(row["target"])
        if best is None:
            wrong.append(f"line {line}: “{node_id}” is no part of {model.name} that has a score")
        elif target is None or not 0 <= target <= best:
            top = shown(float(best), Holds.MEASURE)
            wrong.append(f"line {line}: “{row['target']}” is no number from 0 to {top}")
        elif node_id in of:
            wrong.append(f"line {line}: {node_id} has two targets")
        else:
            of[node_id] = target
    if wrong:
        raise click.ClickException("\n".join([f"{path.name}:", *wrong]))
    return targets


def print_progress(
    console: Console, targets: Targets, now: pd.DataFrame, before: pd.DataFrame | None
) -> None:
    """Each organisation's share of the way. `now` and `before` are as of `remi.cli.score.scored`.

    An organisation with targets of its own has no others.
    """
    current, first = _scores(now), _scores(before) if before is not None else {}
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


def _scores(results: pd.DataFrame) -> dict[str, Scores]:
    found: dict[str, dict[str, float | None]] = {}
    for organisation, node_id, score in zip(
        results["organisation_id"], results["node_id"], results["score"], strict=True
    ):
        found.setdefault(organisation, {})[node_id] = None if pd.isna(score) else float(score)
    return dict(found)


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        return None


def _share(way: Way) -> str:
    if way.share is None:
        return "–"
    tenths = floor(way.share * 1000 + Fraction(1, 2))
    # The whole way is said only of those who have gone it.
    return "100%" if way.share == 1 else f"{min(tenths, 999) / 10:.1f}%"
