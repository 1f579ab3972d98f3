"""A framework is one file: what is edited there is asked, read, scored, tabulated and published."""

from __future__ import annotations

import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from conftest_journeys import run_here
from openpyxl import load_workbook

from remi.configuration import load
from remi.cycle.publishing import make_release
from remi.cycle.registering import load_register
from remi.cycle.tables import read_tables
from remi.cycle.work import CycleWork
from remi.demo.collaboration import write_demo
from remi.dictionary import data_dictionary
from remi.partner.templates import partner_template
from remi.settings import CHECKOUT
from remi.workspace import Workspace, open_workspace
from schemas import store

CYCLE = "2025-26"
FRAMEWORK = "race-equality-maturity-1.0.yaml"

NEW_INDICATOR = """      - id: L7
        title: Leaders who listen
        core: true
        applies_to: all
        criteria:
          - Leaders have heard from staff and residents what racism here looks like.
          - Leaders have agreed when, how and from whom they will hear each year.
          - Leaders hear as agreed, and what was said is written down.
          - What leaders heard is answered in public within an agreed time.
          - Those who were heard decide with leaders what is tried next.
          - Other organisations have taken over how leaders listen here.
        evidence_types: [minute_or_paper]

"""

MARK = "  - id: anchor_institution\n"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty installation with a copy of the configuration that a test may edit."""
    config = Path(shutil.copytree(CHECKOUT / "config", tmp_path / "config"))
    monkeypatch.setenv("REMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REMI_CONFIG", str(config))
    return open_workspace()


def with_edited(workspace: Workspace) -> Workspace:
    """The same installation after its configuration was edited."""
    return replace(workspace, configuration=load(workspace.settings.config))


def whole_cycle(workspace: Workspace) -> CycleWork:
    """Partners fill in this framework's workbooks, and everything is done up to the release."""
    write_demo(workspace.settings, workspace.configuration, [CYCLE])
    load_register(workspace)
    work = run_here(CycleWork(workspace, CYCLE))
    make_release(work)
    return work


def accepted(work: CycleWork) -> pd.DataFrame:
    verdicts = work.read(store.verdict)
    return verdicts[verdicts["counts"].astype(bool) & (verdicts["kind"] == "assessment")]


def test_one_more_indicator_is_one_edit_that_shows_everywhere(workspace: Workspace) -> None:
    file = workspace.settings.config / "frameworks" / FRAMEWORK
    text = file.read_text(encoding="utf-8")
    assert text.count(MARK) == 1
    file.write_text(text.replace(MARK, NEW_INDICATOR + MARK), encoding="utf-8")

    work = whole_cycle(with_edited(workspace))
    indicators = [i.id for _, i in work.framework.indicators()]
    assert len(indicators) == 32

    template = load_workbook(BytesIO(partner_template(work, "DEMO-T01", "assessment")))
    words = {str(c.value) for sheet in template for row in sheet for c in row if c.value}
    assert "L7" in words
    assert "Leaders have heard from staff and residents what racism here looks like." in words

    assert len(accepted(work)) > 30
    answers = work.read(store.answer)
    assert set(answers.loc[answers["indicator_id"] == "L7", "stage"]) == {1, 2, 3, 4, 5, 6}
    stages = work.read(store.indicator_stage)
    assert (stages["indicator_id"] == "L7").sum() == len(accepted(work))

    criteria = read_tables(work, "published")["A04"]
    assert criteria["indicator"].str.contains("Leaders who listen").sum() == 6
    dictionary = data_dictionary(work.workspace.configuration, work.cycle)
    assert "| L7 | Leaders who listen | Leadership | yes | all |" in dictionary
    page = next(work.workspace.settings.releases.rglob("index.html")).read_text(encoding="utf-8")
    assert "Leaders who listen" in page


def four_stages_three_commitments(content: dict[str, Any]) -> dict[str, Any]:
    """The shipped framework cut to another shape, with other words for stages and answers."""
    names = ["Seeing", "Deciding", "Doing", "Lasting"]
    content["stages"] = [
        {"number": n, "id": name.lower(), "name": name, "meaning": f"{name} it."}
        for n, name in enumerate(names, start=1)
    ]
    for answer, label in zip(
        content["answers"], ("fully", "partly", "not yet", "does not apply"), strict=True
    ):
        answer.update(label=label, also_accepted=[])
    content["commitments"] = content["commitments"][2:]
    for commitment in content["commitments"]:
        for indicator in commitment["indicators"]:
            indicator["criteria"] = indicator["criteria"][:4]
    content["evidence_minimums"] = [{"from_stage": 1, "to_stage": 4, "items": 1}]
    content["scoring"]["before_first_stage"] = "Not begun"
    return content


def test_another_number_of_stages_commitments_and_other_labels_come_out_right(
    workspace: Workspace,
) -> None:
    file = workspace.settings.config / "frameworks" / FRAMEWORK
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(
        yaml.safe_dump(four_stages_three_commitments(content), allow_unicode=True),
        encoding="utf-8",
    )
    work = whole_cycle(with_edited(workspace))
    assert len(work.framework.commitments) == 3

    template = load_workbook(BytesIO(partner_template(work, "DEMO-T01", "assessment")))
    words = {str(c.value) for sheet in template for row in sheet for c in row if c.value}
    assert {"Stage 4 Lasting: your answer", "does not apply"} <= words
    assert not any("Championing" in word for word in words)

    assert len(accepted(work)) > 30
    assert work.read(store.answer)["stage"].max() == 4
    commitments = work.read(store.commitment_stage)
    assert set(commitments["commitment_id"]) == {c.id for c in work.framework.commitments}
    assert commitments["stage"].max() <= 4
    picture = read_tables(work, "published")["A02"]
    assert "n_stage_4" in picture
    assert "n_stage_5" not in picture
    page = next(work.workspace.settings.releases.rglob("index.html")).read_text(encoding="utf-8")
    assert "Not begun" in page
    assert "Championing" not in page
