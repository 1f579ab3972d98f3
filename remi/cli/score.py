"""`remi score`: score answers against any maturity model, without the pipeline."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click
import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from remi.cli.answered import read_answers
from remi.cli.choosing import chosen_model
from remi.cli.explaining import as_json, explained, print_explanation
from remi.cli.progressing import print_progress, read_targets
from remi.cli.ranking import print_ranking, ranked
from remi.release.present import shown
from remi.scoring.model.evaluate import evaluate
from remi.scoring.model.frames import to_frame
from remi.scoring.model.plan import compiled
from remi.scoring.model.states import to_states
from schemas.impact import Holds
from schemas.maturity import MaturityModel

NOT_ALL_SCORED = 1
"""Exit code where a workbook was left out."""

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("model")
@click.argument("answers", nargs=-1, required=True, type=_FILE)
@click.option("--cycle", "cycle_id", help="The cycle of the workbooks; the open one when left out.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--explain", metavar="ORG[:NODE]", help="Say why, for one; of a part, by its id.")
@click.option("--json", "for_programs", is_flag=True, help="The explanation for programs.")
@click.option("--ranks", is_flag=True, help="Rank them, each with its range; needs --seed.")
@click.option("--targets", type=_FILE, help="A CSV file of targets: node_id, target.")
@click.option("--before", type=_FILE, help="Answers at the start, to say how far they have come.")
@click.option("--seed", type=click.IntRange(min=0), help="Any number; the same gives the same.")
def score(
    model: str,
    answers: tuple[Path, ...],
    cycle_id: str | None,
    output: Path | None,
    explain: str | None,
    for_programs: bool,
    ranks: bool,
    targets: Path | None,
    before: Path | None,
    seed: int | None,
) -> None:
    """Score ANSWERS against MODEL, a file or the name of one in config/models.

    ANSWERS are filled workbooks of the model, CSV files, or both. A workbook that must be fixed is
    listed with its problems and not scored; the exit code is then 1, and the others are scored.

    A CSV has the columns organisation_id, node_id and answer, and sector if the model asks
    different things of different sectors. A number written as the answer to a group of questions
    is a total that the organisation declares: it is shown beside the computed one.
    """
    if for_programs and not explain:
        raise click.UsageError("--json gives an explanation; write --explain and an organisation")
    if ranks != (seed is not None):
        raise click.UsageError("--ranks and --seed belong together: ranges are drawn from a seed")
    if before and not targets:
        raise click.UsageError("--before says how far they have come towards --targets")
    loaded = chosen_model(model)
    aimed = read_targets(targets, loaded) if targets else None
    read = read_answers(answers, loaded, cycle_id)
    given = read.answers
    exit_code = 0 if read.whole else NOT_ALL_SCORED
    if given.empty and not read.whole:
        raise SystemExit(exit_code)
    results = scored(loaded, given)
    if output:
        results.to_csv(output, index=False)
    if explain:
        why = explained(loaded, given, explain)
        if for_programs:
            click.echo(as_json(why))
            raise SystemExit(exit_code)
        print_explanation(Console(), loaded, why)
    else:
        _print(Console(), loaded, results)
    if ranks and seed is not None:
        print_ranking(Console(), ranked(loaded, given, seed))
    if aimed:
        at_first = read_answers((before,), loaded, cycle_id).answers if before else None
        began = scored(loaded, at_first) if at_first is not None else None
        print_progress(Console(), aimed, results, began)
    raise SystemExit(exit_code)


def scored(model: MaturityModel, answers: pd.DataFrame) -> pd.DataFrame:
    """Every node of every organisation as `to_frame` gives it, with name, stage name, declared.

    Raises ClickException naming the cell of an answer that cannot be used.
    """
    leaves = {leaf.id for leaf in model.leaves()}
    of_leaf = answers["node_id"].isin(leaves)
    organisations = answers[["organisation_id", "sector"]].drop_duplicates()
    try:
        given = to_states(answers[of_leaf], organisations, model)
        declared = _declared(answers[~of_leaf], model)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    plan = compiled(model)
    digest = hashlib.sha256(
        (model.model_dump_json() + answers.to_csv(index=False)).encode()
    ).hexdigest()
    frame = to_frame(evaluate(given.states, plan), plan, given.organisation_ids, digest)
    nodes = {node.id: node for node in model.nodes()}
    stages = zip(frame["node_id"], frame["stage"], strict=True)
    frame["name"] = [nodes[node_id].name for node_id in frame["node_id"]]
    frame["stage_name"] = [
        None if pd.isna(stage) else model.stage_name(nodes[node_id], int(stage))
        for node_id, stage in stages
    ]
    return frame.merge(declared, how="left", on=["organisation_id", "node_id"])


def _declared(rows: pd.DataFrame, model: MaturityModel) -> pd.DataFrame:
    """Totals that organisations state themselves, by organisation and inner node."""
    groups = {node.id for node in model.nodes() if node.children}
    for row in rows.to_dict("records"):
        number = row["answer"].strip()
        if row["node_id"] not in groups or not number.replace(".", "", 1).isdigit():
            raise ValueError(
                f"“{row['answer']}” for “{row['node_id']}” is neither an answer nor a declared "
                f"total of the model ({row['sheet']}, cell {row['cell']})"
            )
    declared = rows[["organisation_id", "node_id"]].copy()
    declared["declared"] = pd.to_numeric(rows["answer"]).astype("Float64")
    return declared


def _print(console: Console, model: MaturityModel, results: pd.DataFrame) -> None:
    console.print(f"[bold]{escape(model.name)}[/], version {model.version}", highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in ("Organisation", "Part", "Stage", "Score", "Between", "Declared", "Status"):
        table.add_column(heading)
    for row in results[results["depth"] <= 1].to_dict("records"):
        table.add_row(
            escape(row["organisation_id"]),
            escape(row["name"]),
            "–" if pd.isna(row["stage_name"]) else escape(row["stage_name"]),
            _number(row["score"]),
            f"{_number(row['low'])} and {_number(row['high'])}",
            _declared_text(row["declared"], row["score"]),
            str(row["status"]).replace("_", " "),
        )
    console.print(table)


def _number(value: float | None) -> str:
    return "–" if pd.isna(value) else shown(value, Holds.MEASURE)


def _declared_text(declared: float | None, computed: float | None) -> str:
    if pd.isna(declared):
        return ""
    differs = pd.notna(computed) and declared != computed
    return _number(declared) + (" (differs)" if differs else "")
