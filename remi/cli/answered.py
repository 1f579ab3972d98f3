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
from remi.configuration import load_sectors
from remi.cycle.registering import load_register
from remi.cycle.work import CycleWork
from remi.intake.verdict import judge
from remi.lists.faults import ListError
from remi.lists.model_answers import COLUMNS, KEPT, read_model_answers
from remi.lists.reader import list_headings
from remi.lists.sheet import WORKBOOK_MARK
from remi.models import judging_models
from remi.settings import Settings
from remi.workspace import open_workspace
from schemas.intake import Verdict
from schemas.maturity import MaturityModel


@dataclass(frozen=True)
class Given:
    """Answers with the columns `KEPT`, and whether every file could be used."""

    answers: pd.DataFrame
    whole: bool


def read_answers(files: Sequence[Path], model: MaturityModel, cycle_id: str | None) -> Given:
    """Answers from lists, and from the workbooks that are accepted.

    A workbook that must be fixed is told to the error output with its problems and left out; it
    stops no other. Raises ClickException with every fault of the lists.
    """
    of_lists = [path for path in files if _is_list(path)]
    workbooks = [path for path in files if path not in of_lists]
    listed = _of_lists(of_lists, model)
    if not workbooks:
        return Given(listed, whole=True)
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
        elif verdict.organisation_id in set(listed["organisation_id"]):
            reason = f"{verdict.organisation_id} is also in a list; give its answers once."
            raise click.ClickException(f"{path.name}: {reason}")
        else:
            scored.append(submission_id)
    of_scored = judged.model_answers["submission_id"].isin(scored)
    frames = [listed, judged.model_answers[of_scored]]
    answers = pd.concat([frame[KEPT] for frame in frames], ignore_index=True)
    return Given(answers, whole=len(scored) == len(sent))


def _of_lists(paths: Sequence[Path], model: MaturityModel) -> pd.DataFrame:
    if not paths:
        return pd.DataFrame(columns=KEPT, dtype="str")
    sectors = load_sectors(Settings.from_environment().config)
    try:
        return read_model_answers(paths, model, sectors)
    except ListError as error:
        raise click.ClickException(str(error)) from None


def _is_list(path: Path) -> bool:
    """Whether a file is a list: by its name, or an Excel file that begins with its headings."""
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        return True
    content = path.read_bytes()
    return content.startswith(WORKBOOK_MARK) and list_headings(content, COLUMNS)


def _why_not_scored(verdict: Verdict, model: MaturityModel, counts: bool) -> str | None:
    if verdict.framework_version != model.name_and_version:
        return f"not scored. This is not a workbook of “{model.name}”, version {model.version}."
    if not counts:
        return f"not scored. A later file holds the answers of {verdict.organisation_id}."
    return None
