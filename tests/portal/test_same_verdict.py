"""A file gets one verdict, letter for letter, whichever way it is judged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from portal_samples import CYCLE, TRUST, Running, form_token, send

from remi.cycle.judging import judge_cycle
from remi.demo.faults import FAULTS
from remi.intake.verdict_json import verdict_json
from remi.settings import CHECKOUT
from remi.store.verdicts import stored_verdict

LEAD = "lead@trust.example"
BY_COMMAND = (None, "label_not_on_list", "truncated")
"""A process for each file takes seconds, so the command line is asked about these."""


def spoilt(content: bytes, fault: str | None) -> bytes:
    return FAULTS[fault](content) if fault else content


def by_command(running: Running, file: Path) -> str:
    """What `remi check --json` prints, in an installation of its own with the same key."""
    settings = running.portal.workspace.settings
    home = file.parent / "command"
    home.mkdir(exist_ok=True)
    (home / "register.csv").write_bytes(settings.register.read_bytes())
    command = [sys.executable, "-m", "remi.cli.main", "check", str(file)]
    done = subprocess.run(
        [*command, "--cycle", CYCLE, "--sent-for", TRUST, "--json"],
        cwd=CHECKOUT,
        env={
            **os.environ,
            "REMI_HOME": str(home),
            "REMI_SIGNING_KEY": running.portal.key.decode(),
            "PYTHONUTF8": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1, 2), done.stderr
    return done.stdout


def by_portal(running: Running, content: bytes) -> str:
    """What is stored of a file that a person uploads."""
    home = f"/organisations/{TRUST}"
    with running.signed_in(LEAD) as browser:
        data = {"form_token": form_token(browser.get(home))}
        files = {"workbook": ("ours.xlsx", content)}
        answer = browser.post(f"{home}/{CYCLE}/upload", data=data, files=files)
    submission_id = answer.headers["location"].rpartition("/")[2].partition("?")[0]
    return stored(running, submission_id)


def stored(running: Running, submission_id: str) -> str:
    verdict = stored_verdict(running.portal.workspace.engine, submission_id)
    assert verdict is not None
    return verdict_json(verdict)


@pytest.mark.parametrize("fault", BY_COMMAND, ids=str)
def test_the_command_line_says_what_the_portal_says(
    running: Running, tmp_path: Path, fault: str | None
) -> None:
    content = spoilt(running.workbook(), fault)
    file = tmp_path / "ours.xlsx"
    file.write_bytes(content)
    with running.program() as program:
        told = send(program, content)
    assert by_command(running, file) == told.text


def test_every_door_and_the_pipeline_give_each_file_one_verdict(running: Running) -> None:
    clean = running.workbook()
    made = {fault: spoilt(clean, fault) for fault in (None, *FAULTS)}
    # Nothing at all is refused at the door, and becomes no submission.
    contents = {fault: content for fault, content in made.items() if content}
    assert len(contents) > 12
    portal = {fault: by_portal(running, content) for fault, content in contents.items()}
    with running.program() as program:
        answers = {fault: send(program, content) for fault, content in contents.items()}
    api = {fault: answer.text for fault, answer in answers.items()}
    judge_cycle(running.portal.work(CYCLE))
    pipeline = {
        fault: stored(running, answer.json()["submission_id"]) for fault, answer in answers.items()
    }
    assert api == portal
    assert pipeline == portal
    outcomes = {fault: answer.json()["outcome"] for fault, answer in answers.items()}
    assert outcomes[None] == "accepted"
    assert set(outcomes.values()) == {"accepted", "needs_changes", "unusable"}
    assert len(set(portal.values())) == len(contents)
