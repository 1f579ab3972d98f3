"""`remi score`: score answers against any maturity model, without the pipeline."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from fractions import Fraction
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
from remi.lists.words import is_what_was_written
from remi.scoring.model.evaluate import evaluate
from remi.scoring.model.exact_scores import exact_scores
from remi.scoring.model.figures import figure
from remi.scoring.model.frames import to_frame
from remi.scoring.model.plan import Plan, compiled
from remi.scoring.model.states import LeafStates, to_states
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
@click.option("--targets", type=_FILE, help="A list of targets: node_id, target.")
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

    ANSWERS are filled workbooks of the model, lists, or both. A workbook that must be fixed is
    listed with its problems and not scored; the exit code is then 1, and the others are scored.

    A list (.csv, or the first sheet of an .xlsx) has the columns organisation_id, node_id and
    answer, and sector if the model asks different things of different sectors. A number written as
    the answer to a group of questions is a total that the organisation declares: it is shown beside
    the computed one. Nothing is scored while anything in a list is wrong.
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
        print_ranking(Console(), loaded, ranked(loaded, given, seed))
    if aimed:
        at_first = read_answers((before,), loaded, cycle_id).answers if before else None
        print_progress(Console(), loaded, aimed, given, at_first)
    raise SystemExit(exit_code)


def scored(model: MaturityModel, answers: pd.DataFrame) -> pd.DataFrame:
    """Every node of every organisation as `to_frame` gives it, with name, stage name, declared.

    `declared` is a total as its organisation wrote it, and `declared_differs` whether the computed
    score, to the decimals of that, is another. Raises ClickException naming the place of an answer
    that cannot be used.
    """
    leaves = {leaf.id for leaf in model.leaves()}
    of_leaf = answers["node_id"].isin(leaves)
    organisations = answers[["organisation_id", "sector"]].drop_duplicates()
    try:
        given = to_states(answers[of_leaf], organisations, model)
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
    totals = answers.loc[~of_leaf, ["organisation_id", "node_id", "answer"]]
    declared = totals.rename(columns={"answer": "declared"})
    frame = frame.merge(declared, how="left", on=["organisation_id", "node_id"])
    return frame.assign(declared_differs=_differs(frame, plan, given))


def _differs(frame: pd.DataFrame, plan: Plan, given: LeafStates) -> pd.Series[bool]:
    """Whether the computed score is another than declared; missing where one of them is not."""
    both = frame["declared"].notna() & frame["score"].notna()
    exact = exact_scores(plan, given.states, list(frame.loc[both, "node_id"].unique()))
    at = {organisation: row for row, organisation in enumerate(given.organisation_ids)}
    rows = zip(
        *(frame.loc[both, name] for name in ("organisation_id", "node_id", "declared")), strict=True
    )
    differs = pd.Series(pd.NA, index=frame.index, dtype="boolean")
    differs[both] = [not is_what_was_written(exact[n][at[o]], said) for o, n, said in rows]
    return differs


def _print(console: Console, model: MaturityModel, results: pd.DataFrame) -> None:
    console.print(f"[bold]{escape(model.name)}[/], version {model.version}", highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in ("Organisation", "Part", "Stage", "Score", "Between", "Declared", "Status"):
        table.add_column(heading)
    nodes = {node.id: node for node in model.nodes()}
    for row in results[results["depth"] <= 1].to_dict("records"):
        node = nodes[row["node_id"]]
        ends = (model.lowest_score(node), model.highest_score(node))
        low, high = (_number(row[bound], ends) for bound in ("low", "high"))
        table.add_row(
            escape(row["organisation_id"]),
            escape(row["name"]),
            "–" if pd.isna(row["stage_name"]) else escape(row["stage_name"]),
            _number(row["score"], ends),
            f"{low} and {high}",
            _declared_text(row["declared"], row["declared_differs"]),
            str(row["status"]).replace("_", " "),
        )
    console.print(table)


def _number(value: float | None, ends: Iterable[Fraction | None]) -> str:
    return "–" if value is None or pd.isna(value) else figure(float(value), ends)


def _declared_text(declared: str | None, differs: bool | None) -> str:
    if declared is None or pd.isna(declared):
        return ""
    return f"{escape(declared)} (differs)" if differs is True else escape(declared)
