"""`remi score`: score answers against any maturity model, without the pipeline."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click
import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from remi.framework.model_file import load_model
from remi.intake.reading.cells import column_letters
from remi.release.present import number_text, rounded
from remi.scoring.model.evaluate import evaluate
from remi.scoring.model.frames import to_frame
from remi.scoring.model.plan import compiled
from remi.scoring.model.states import to_states
from remi.settings import Settings
from schemas.impact import Holds
from schemas.maturity import MaturityModel

COLUMNS = ["organisation_id", "node_id", "answer"]
UNKNOWN_SECTOR = ""


@click.command()
@click.argument("model")
@click.argument("answers", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
def score(model: str, answers: Path, output: Path | None) -> None:
    """Score ANSWERS, a CSV file, against MODEL, a file or the name of one in config/models.

    The CSV has the columns organisation_id, node_id and answer, and sector if the model asks
    different things of different sectors. A number written as the answer to a group of questions
    is a total that the organisation declares: it is shown beside the computed one.
    """
    loaded = load_model(_model_file(model))
    results = scored(loaded, _read(answers))
    if output:
        results.to_csv(output, index=False)
    _print(Console(), loaded, results)


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


def _model_file(name: str) -> Path:
    shipped = Settings.from_environment().config / "models"
    for path in (Path(name), shipped / f"{name}.yaml"):
        if path.is_file():
            return path
    there = ", ".join(sorted(path.stem for path in shipped.glob("*.yaml")))
    raise click.UsageError(f"there is no model “{name}”; there are {there}")


def _read(path: Path) -> pd.DataFrame:
    """The CSV as text, with the place of each answer for messages."""
    answers = pd.read_csv(path, dtype="str", keep_default_na=False)
    missing = [column for column in COLUMNS if column not in answers]
    if missing:
        raise click.ClickException(f"{path.name} has no column {', '.join(missing)}")
    if "sector" not in answers:
        answers["sector"] = UNKNOWN_SECTOR
    letters = column_letters(list(answers.columns).index("answer") + 1)
    answers["sheet"] = path.name
    answers["cell"] = [f"{letters}{row}" for row in range(2, len(answers) + 2)]
    return answers


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
    return "–" if pd.isna(value) else number_text(rounded(value, Holds.MEASURE), Holds.MEASURE)


def _declared_text(declared: float | None, computed: float | None) -> str:
    if pd.isna(declared):
        return ""
    differs = pd.notna(computed) and declared != computed
    return _number(declared) + (" (differs)" if differs else "")
