"""Answers to a maturity model as `remi score` takes them: from CSV files and filled workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import pandas as pd
from rich.console import Console
from rich.markup import escape

from remi.cli.check import print_verdict, received
from remi.cli.choosing import chosen_cycle
from remi.cycle.registering import load_register
from remi.cycle.work import CycleWork
from remi.intake.reading.cells import column_letters
from remi.intake.verdict import judge
from remi.models import judging_models
from remi.workspace import open_workspace
from schemas.intake import Verdict
from schemas.maturity import MaturityModel

COLUMNS = ["organisation_id", "node_id", "answer"]
UNKNOWN_SECTOR = ""
KEPT = [*COLUMNS, "sector", "sheet", "cell"]


@dataclass(frozen=True)
class Given:
    """Answers with the columns `KEPT`, and whether every file could be used."""

    answers: pd.DataFrame
    whole: bool


def read_answers(files: Sequence[Path], model: MaturityModel, cycle_id: str | None) -> Given:
    """Answers from CSV files, and from the workbooks that are accepted.

    A workbook that must be fixed is told to the error output with its problems and left out; it
    stops no other. Raises ClickException for a CSV file that lacks a column.
    """
    lists = [_read_csv(path) for path in files if _is_csv(path)]
    workbooks = [path for path in files if not _is_csv(path)]
    if not workbooks:
        return Given(pd.concat(lists, ignore_index=True), whole=True)
    workspace = open_workspace()
    cycle = chosen_cycle(workspace.configuration.cycles, cycle_id)
    load_register(workspace)
    context = judging_models(CycleWork(workspace, cycle.id), [model])
    files_of = {path: received(path, cycle.id) for path in workbooks}
    sent = {file.submission_id: path for path, file in files_of.items()}
    judged = judge([files_of[path] for path in sent.values()], context)
    counts = judged.verdicts.set_index("submission_id")["counts"]
    scored = []
    console = Console(stderr=True)
    for submission_id, path in sent.items():
        verdict = judged.verdict_of(submission_id)
        if verdict.outcome != "accepted":
            print_verdict(console, path, verdict)
        elif reason := _why_not_scored(verdict, model, bool(counts[submission_id])):
            console.print(f"[bold]{escape(path.name)}[/]: {escape(reason)}", highlight=False)
        else:
            scored.append(submission_id)
    of_scored = judged.model_answers["submission_id"].isin(scored)
    frames = [*lists, judged.model_answers[of_scored]]
    answers = pd.concat([frame[KEPT] for frame in frames], ignore_index=True)
    return Given(answers, whole=len(scored) == len(sent))


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _why_not_scored(verdict: Verdict, model: MaturityModel, counts: bool) -> str | None:
    if verdict.framework_version != model.name_and_version:
        return f"not scored. This is not a workbook of “{model.name}”, version {model.version}."
    if not counts:
        return f"not scored. A later file holds the answers of {verdict.organisation_id}."
    return None


def _read_csv(path: Path) -> pd.DataFrame:
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
