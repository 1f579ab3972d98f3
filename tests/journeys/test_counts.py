"""Each count has one definition, and is the same wherever it is shown: docs/glossary.md."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest_journeys import LAST, remi, run_pipeline

from remi.cycle.following import round_of
from remi.cycle.tables import read_tables
from remi.cycle.work import CycleWork
from remi.portal.board_view import total
from remi.settings import CHECKOUT
from remi.store.board import STANDINGS, counted


def told(home: Path) -> dict[str, object]:
    rows = json.loads(remi(home, "status", "--json").stdout)
    (row,) = [one for one in rows if one["cycle"] == LAST]
    return dict(row)


def test_organisations_and_returns_are_the_same_on_board_status_and_report(
    published: Path, work: CycleWork
) -> None:
    status = told(published)
    board = total(counted(work.workspace.engine, round_of(work)), "", "All", STANDINGS)
    picture = read_tables(work, "computed")["A02"].iloc[0]
    assert set(work.partners["unit_type"]) == {"organisation", "department"}
    expected, returned = int(picture["n_eligible"]), int(picture["n_returned"])
    assert (status["expected"], board.expected) == (expected, expected)
    assert (status["accepted"], board.by_standing["counts"]) == (returned, returned)


def test_files_are_counted_each_time_that_they_arrive(published: Path, work: CycleWork) -> None:
    lying = [path for path in (published / "inbox" / LAST).rglob("*") if path.is_file()]
    quality = read_tables(work, "computed")["A22"].iloc[0]
    assert told(published)["files"] == int(quality["n_files"]) == len(lying)
    parts = ("n_accepted", "n_needs_changes", "n_unusable", "n_not_judged", "n_sent_again")
    assert sum(int(quality[part]) for part in parts) == len(lying)
    assert quality["n_sent_again"] > 0


def test_planned_is_whatever_was_planned(work: CycleWork) -> None:
    for table_id, became in (("A12", "n_published"), ("A13", "n_held")):
        table = read_tables(work, "computed")[table_id]
        assert (table["n_planned"] == table["n_base"]).all(), table_id
        assert (table["n_planned"] >= table[became]).all(), table_id


def test_what_waits_is_said_also_when_the_collection_is_closed(home: Path) -> None:
    assert "wait" not in remi(home, "status").stdout
    (home / "inbox" / LAST / "late.xlsx").write_bytes(b"late")
    assert f"{LAST}: 1 file waits for a run." in remi(home, "status").stdout


def processes_of(home: Path) -> list[str]:
    """The processes of this installation, as Linux lists them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"REMI_HOME={home}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_text())
        except OSError:
            continue
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="lists processes as Linux does")
def test_a_run_past_its_time_is_ended_and_the_next_one_works(home: Path) -> None:
    environment = {**os.environ, "REMI_HOME": str(home), "REMI_RUN_SECONDS": "4"}
    command = [sys.executable, "-m", "remi.cli.main", "run", "--cycle", LAST]
    ended = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    (line,) = [one for one in ended.stderr.splitlines() if "took longer than" in one]
    assert re.fullmatch(
        r"(2025-26 score_cycle|The run) took longer than 4 seconds and was ended; nothing of it "
        "is published, and the next run starts afresh.",
        line.strip(),
    )
    assert processes_of(home) == []
    again = run_pipeline(home, LAST, "score_cycle")
    assert again.returncode == 0, again.stderr
