"""The partner: a workbook filled in as people do, every fault named to its cell, nothing lost."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from conftest_journeys import LAST, remi, run_pipeline, work_in
from openpyxl import load_workbook
from sqlalchemy import Table
from test_data_team import results

from remi.cli.check import EXIT_CODES
from remi.cycle.judging import judging
from remi.cycle.tables import read_tables
from remi.cycle.work import CycleWork
from remi.demo.answers import Filling, assessment_answers
from remi.demo.faults import ANOTHER_ORGANISATIONS_TEMPLATE, FAULTS, LAST_YEARS_TEMPLATE
from remi.demo.fill import fill_in
from remi.demo.partners import partner
from remi.intake.layout import assessment_layout
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.write import workbook_bytes
from remi.intake.verdict import judge
from remi.partner.templates import partner_template
from remi.settings import CHECKOUT
from schemas import store
from schemas.intake import Received, Verdict

CODE, NAME, NEIGHBOUR = "DEMO-T02", "Tidewick Hospital Trust", "DEMO-T09"
"""A trust that has sent nothing in the last cycle, so that whatever it sends is seen; another."""

FORM = "Your organisation"

SAYS: dict[str, tuple[int, str, str | None, str | None]] = {
    "label_not_on_list": (1, "answer_not_on_list", "Leadership", "D11"),
    "error_in_cell": (1, "error_in_cell", "Leadership", "D11"),
    "date_that_does_not_exist": (1, "date_not_a_date", FORM, "C12"),
    "text_in_number": (1, "number_expected", FORM, "C13"),
    "unknown_code": (1, "organisation_code_unknown", FORM, "C8"),
    "code_and_name_disagree": (1, "organisation_code_and_name_disagree", FORM, "C9"),
    "reference_twice": (1, "reference_duplicated", "Leadership", "A12"),
    "row_deleted": (1, "reference_missing", "Leadership", "A12"),
    "sorted_and_hidden_rows": (0, "rows_hidden", "Leadership", None),
    "sheet_renamed": (0, "sheet_renamed", "Leadership DONE", None),
    "csv_renamed": (2, "file_is_csv", None, None),
    "password_protected": (2, "file_is_password_protected", None, None),
    "truncated": (2, "file_did_not_arrive_whole", None, None),
    "strict_save": (0, "saved_as_strict", None, None),
    "far_cell": (2, "not_our_workbook", None, None),
    "empty": (2, "file_empty", None, None),
    "personal_data": (1, "personal_data_found", "Action points", "D8"),
    "no_action_point": (1, "action_point_missing", "Action points", "B8"),
    LAST_YEARS_TEMPLATE: (1, "last_years_template", "Start", "B9"),
    ANOTHER_ORGANISATIONS_TEMPLATE: (1, "other_organisations_template", FORM, "C8"),
}
"""Fault -> exit code of `remi check`, and rule, sheet and cell of its one message."""


@pytest.fixture(scope="module")
def desk(published: Path, tmp_path_factory: pytest.TempPathFactory) -> CycleWork:
    """The last cycle of a copy in which templates are made and files are checked."""
    home = shutil.copytree(published, tmp_path_factory.mktemp("desk") / "home")
    with pytest.MonkeyPatch.context() as patch:
        return work_in(Path(home), patch)


def filled(work: CycleWork, template: bytes) -> bytes:
    """The template with every question answered, as a partner leaves it."""
    who, cycles = partner(CODE), work.workspace.configuration.cycles.cycles
    so_far = cycles[: cycles.index(work.cycle) + 1]
    demo = assessment_answers(work.framework, who, None, so_far, work.cycle.opens)
    top = len(work.framework.stages)
    rows = {}
    for place, (ref, cells) in enumerate(demo.indicators.items()):
        kept = {name: value for name, value in cells.items() if not name.startswith("answer_")}
        reached = place % (top - 1) + 1
        answers = {f"answer_{stage}": "met" for stage in range(1, reached + 1)}
        rows[ref] = {**kept, **answers, f"answer_{reached + 1}": "part"}
    own = {"organisation_code": CODE, "organisation_name": NAME}
    layout = assessment_layout(
        work.framework,
        work.workspace.configuration.assessment,
        work.places,
        work.partners,
        work.cycle,
        sector=who.sector,
        department=False,
    )
    workbook = load_workbook(BytesIO(template))
    fill_in(workbook, layout, Filling({**demo.form, **own}, rows, demo.records))
    return workbook_bytes(workbook)


@pytest.fixture(scope="module")
def returned(desk: CycleWork, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What `remi template` wrote, filled in with one program and saved again by another."""
    soffice = shutil.which("soffice")
    if soffice is None:
        if os.environ.get("CI") == "true":
            pytest.fail("LibreOffice is needed to save workbooks as partners do")
        pytest.skip("LibreOffice (soffice) is not installed here")
    folder = tmp_path_factory.mktemp("partner")
    template, answered = folder / "template.xlsx", folder / "answered.xlsx"
    home = desk.workspace.settings.home
    made = remi(home, "template", CODE, "--cycle", LAST, "-o", str(template))
    assert made.returncode == 0, made.stderr
    answered.write_bytes(filled(desk, template.read_bytes()))
    subprocess.run(
        [
            *(soffice, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"),
            *("--convert-to", "xlsx", "--outdir", folder / "saved", answered),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (folder / "saved" / "answered.xlsx").read_bytes()


@pytest.fixture(scope="module")
def faulty(desk: CycleWork, returned: bytes) -> dict[str, bytes]:
    """The same return with each fault that is known, one file a fault."""
    files = {fault: put(returned) for fault, put in FAULTS.items()}
    cycles = desk.workspace.configuration.cycles
    earlier = cycles.before(LAST)
    assert earlier is not None
    before = CycleWork(desk.workspace, earlier.id)
    files[LAST_YEARS_TEMPLATE] = filled(desk, partner_template(before, CODE, "assessment"))
    neighbours = partner_template(desk, NEIGHBOUR, "assessment")
    files[ANOTHER_ORGANISATIONS_TEMPLATE] = filled(desk, neighbours)
    return files


@pytest.fixture(scope="module")
def verdicts(desk: CycleWork, faulty: dict[str, bytes]) -> dict[str, Verdict]:
    """Each faulty file judged by itself, as `remi check` does."""
    context = judging(desk)
    with Sandbox() as sandbox:
        return {
            fault: judge([received(content)], context, sandbox).verdict_of(submission_id(content))
            for fault, content in faulty.items()
        }


@pytest.fixture(scope="module")
def with_return(published: Path, returned: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published installation after the return was dropped into its inbox and run."""
    home = Path(shutil.copytree(published, tmp_path_factory.mktemp("returned") / "home"))
    drop(home, "Tidewick (final).xlsx", returned)
    done = run_pipeline(home, LAST, "score_cycle")
    assert done.returncode == 0, done.stderr
    return home


def submission_id(content: bytes) -> str:
    return f"{LAST}-{hashlib.sha256(content).hexdigest()[:12]}"


def received(content: bytes) -> Received:
    sha256 = hashlib.sha256(content).hexdigest()
    return Received(submission_id(content), LAST, sha256, "workbook.xlsx", content)


def drop(home: Path, name: str, content: bytes, minute: int = 0) -> None:
    """Leave a file in the inbox, at a moment that is the same in every home."""
    path = home / "inbox" / LAST / name
    path.write_bytes(content)
    moment = 1_764_500_000 + 60 * minute
    os.utime(path, (moment, moment))


def check(home: Path, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return remi(home, "check", str(file), "--cycle", LAST, *options)


def test_a_workbook_that_libreoffice_saved_is_accepted_without_a_word(
    desk: CycleWork, returned: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "Tidewick.xlsx"
    file.write_bytes(returned)
    home = desk.workspace.settings.home
    as_json = check(home, file, "--json")
    assert as_json.returncode == 0, as_json.stderr
    said = json.loads(as_json.stdout)
    assert said["problems"] == []
    assert said["organisation_id"] == CODE
    assert said["cells_read"] > 100
    plain = check(home, file)
    assert plain.returncode == 0
    assert "Accepted" in plain.stdout


@pytest.mark.parametrize("table_id", ["A01", "A05"])
def test_a_return_changes_its_own_organisations_rows_and_no_others(
    published: Path, with_return: Path, monkeypatch: pytest.MonkeyPatch, table_id: str
) -> None:
    def rows(home: Path) -> pd.DataFrame:
        table = read_tables(work_in(home, monkeypatch), "computed")[table_id]
        # The hash of all that the cycle is made from is another one, on every row.
        return table.drop(columns="source_run_id")

    before, after = rows(published), rows(with_return)
    own = before["organisation_id"] == CODE
    assert set(before.loc[own, "status"]) == {"Not returned"}
    assert "Not returned" not in set(after.loc[own, "status"])
    pd.testing.assert_frame_equal(before[~own], after[~own])
    changed = [
        row.to_json() != now.to_json()
        for (_, row), (_, now) in zip(before.iterrows(), after.iterrows(), strict=True)
    ]
    assert changed == list(own)


def test_the_stages_of_a_return_are_those_that_its_answers_reach(
    with_return: Path, returned: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = work_in(with_return, monkeypatch)
    stages = work.read(store.indicator_stage)
    own = stages[stages["organisation_id"] == CODE].set_index("indicator_id")["stage"]
    workbook = load_workbook(BytesIO(returned))
    for commitment in work.framework.commitments:
        sheet = workbook[commitment.short_name]
        wanted = {i.id for i in commitment.indicators}
        rows = [row for row in sheet.iter_rows(values_only=True) if row[0] in wanted]
        assert rows
        for ref, *cells in rows:
            assert own[str(ref)] == cells.count("met"), ref


@pytest.mark.parametrize("fault", SAYS)
def test_each_fault_gets_one_message_that_names_its_place(
    verdicts: dict[str, Verdict], fault: str
) -> None:
    verdict = verdicts[fault]
    said = [(EXIT_CODES[verdict.outcome], p.rule, p.sheet, p.cell) for p in verdict.problems]
    assert said == [SAYS[fault]]
    (problem,) = verdict.problems
    assert problem.wrong.endswith(".")
    assert problem.fix.endswith((".", "?"))


def test_every_fault_that_can_be_put_into_a_workbook_is_tried() -> None:
    assert set(SAYS) == {*FAULTS, LAST_YEARS_TEMPLATE, ANOTHER_ORGANISATIONS_TEMPLATE}


@pytest.mark.parametrize("fault", ["sheet_renamed", "label_not_on_list", "truncated"])
def test_the_command_says_the_same_and_ends_with_the_code_of_the_outcome(
    desk: CycleWork,
    faulty: dict[str, bytes],
    verdicts: dict[str, Verdict],
    tmp_path: Path,
    fault: str,
) -> None:
    file = tmp_path / "our workbook.xlsx"
    file.write_bytes(faulty[fault])
    done = check(desk.workspace.settings.home, file, "--json")
    assert done.returncode == SAYS[fault][0]
    said = json.loads(done.stdout)
    assert said == json.loads(json.dumps(asdict(verdicts[fault]), default=str))


def test_faulty_files_stop_no_other_and_are_told_the_same_as_by_the_check(
    home: Path,
    faulty: dict[str, bytes],
    returned: bytes,
    verdicts: dict[str, Verdict],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work = work_in(home, monkeypatch)
    before = work.read(store.verdict).set_index("submission_id")
    for minute, (fault, content) in enumerate(faulty.items()):
        drop(home, f"{fault}.xlsx", content, minute)
    drop(home, "and then a good one.xlsx", returned, len(faulty))
    done = run_pipeline(home, LAST, "score_cycle")
    assert done.returncode == 0, done.stderr

    after = work.read(store.verdict).set_index("submission_id")
    pd.testing.assert_frame_equal(after.loc[before.index], before)
    # The same bytes twice are one submission: the demonstration has one of these files already.
    dropped = {submission_id(content) for content in (*faulty.values(), returned)}
    assert set(after.index) == set(before.index) | dropped
    assert after.loc[submission_id(returned), "counts"]
    stored = work.read(store.problem)
    for fault, content in faulty.items():
        rows = stored[stored["submission_id"] == submission_id(content)]
        told = rows.sort_values("number")[["rule", "sheet", "cell", "seen", "wrong", "fix"]]
        said = [(p.rule, p.sheet, p.cell, p.seen, p.wrong, p.fix) for p in verdicts[fault].problems]
        got = told.astype(object).where(told.notna(), None).itertuples(index=False, name=None)
        assert list(got) == said, fault
        assert after.loc[submission_id(content), "outcome"] == verdicts[fault].outcome


def killed_when(home: Path, moment: Callable[[], bool]) -> None:
    """Start a run and end it without warning at this moment, before it has ended by itself."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "pipelines.run", "--cycle", LAST],
        cwd=CHECKOUT,
        env={**os.environ, "REMI_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    try:
        while not moment():
            assert process.poll() is None, "the run had ended"
            assert time.monotonic() < until, "the run does not get on"
            time.sleep(0.01)
    finally:
        process.kill()
        ended = process.wait()
    assert ended == -signal.SIGKILL


def test_a_run_that_is_killed_half_way_and_started_again_gives_the_same_results(
    home: Path, with_return: Path, returned: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = results(work_in(with_return, monkeypatch))
    work = work_in(home, monkeypatch)
    drop(home, "Tidewick (final).xlsx", returned)

    def stored(table: Table) -> Callable[[], bool]:
        return lambda: submission_id(returned) in set(work.read(table)["submission_id"])

    killed_when(home, stored(store.submission))
    assert not stored(store.verdict)()
    killed_when(home, stored(store.verdict))
    table = read_tables(work, "computed")["A01"]
    assert set(table.loc[table["organisation_id"] == CODE, "status"]) == {"Not returned"}
    assert results(work) != undisturbed

    done = run_pipeline(home, LAST, "score_cycle")
    assert done.returncode == 0, done.stderr
    assert results(work) == undisturbed
