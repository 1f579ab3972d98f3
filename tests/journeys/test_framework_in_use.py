"""A framework that partners have answered stays as it is under its version."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from conftest_journeys import remi, run_pipeline

from remi.configuration import load
from remi.cycle.arrivals import receive
from remi.cycle.judging import judge_cycle
from remi.cycle.registering import load_register
from remi.cycle.work import CycleWork
from remi.demo.collaboration import write_demo
from remi.settings import CHECKOUT
from remi.workspace import open_workspace

CYCLE = "2025-26"
FILE = Path("frameworks/race-equality-maturity-1.0.yaml")


def test_a_criterion_rewritten_under_its_version_is_refused_until_it_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    config = Path(shutil.copytree(CHECKOUT / "config", tmp_path / "config"))
    monkeypatch.setenv("REMI_HOME", str(home))
    monkeypatch.setenv("REMI_CONFIG", str(config))
    workspace = open_workspace()
    write_demo(workspace.settings, workspace.configuration, [CYCLE])
    load_register(workspace)
    file = config / FILE
    as_issued = file.read_text(encoding="utf-8")
    criterion = CycleWork(workspace, CYCLE).framework.commitments[0].indicators[0].criteria[2]
    rewritten = as_issued.replace(criterion, "Something else altogether.")
    assert rewritten != as_issued

    def asked() -> str:
        work = CycleWork(replace(workspace, configuration=load(config)), CYCLE)
        return work.framework.commitments[0].indicators[0].criteria[2]

    # Before anybody has answered, the owners may still change their minds.
    file.write_text(rewritten, encoding="utf-8")
    assert asked() == "Something else altogether."
    file.write_text(as_issued, encoding="utf-8")

    work = CycleWork(workspace, CYCLE)
    receive(work)
    judge_cycle(work)
    file.write_text("# A remark\n" + as_issued, encoding="utf-8")
    assert asked() == criterion

    file.write_text(rewritten, encoding="utf-8")
    refused = remi(home, "template", "DEMO-T01", "--cycle", CYCLE, "-o", str(tmp_path / "t.xlsx"))
    assert refused.returncode != 0
    run = run_pipeline(home, CYCLE, "score_cycle")
    assert run.returncode == 1
    for said in (refused.stderr, run.stderr):
        assert "L1 stage 3. Undo the change" in " ".join(said.split())
        assert "Traceback" not in said

    file.write_text(as_issued, encoding="utf-8")
    assert asked() == criterion
