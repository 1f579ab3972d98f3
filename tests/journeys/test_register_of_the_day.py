"""Organisations that began, ended or merged: whoever counts is the same from end to end, and each
record keeps the organisation of its own day."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest_journeys import LAST, run_here, work_in
from openpyxl import Workbook, load_workbook

from remi.cli.main import main
from remi.cycle.checks import (
    the_same_organisations_are_in_the_tables,
    the_same_organisations_are_scored,
)
from remi.cycle.registering import load_register
from remi.cycle.tables import read_tables
from schemas import store

OURS, SUCCESSOR, MERGED = "DEMO-T01", "DEMO-T03", "DEMO-T11"
RETURN, ENGAGEMENT = "REMI return Harrowmere.xlsx", "Engagement records 2025-26.xlsx"


def in_register(home: Path, organisation_id: str, **changes: str) -> None:
    register = home / "register.csv"
    with register.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        rows, names = list(reader), list(reader.fieldnames or ())
    row, *later = [one for one in rows if one["organisation_id"] == organisation_id]
    row |= changes
    if "valid_to" in changes:  # An organisation that has ended has no line for later systems.
        rows = [one for one in rows if not any(one is ended for ended in later)]
    with register.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, names)
        writer.writeheader()
        writer.writerows(rows)


def checked(home: Path, name: str, change: Callable[[Workbook], None] = lambda _: None) -> Any:
    """What `remi check` says of one of the demonstration's workbooks once it is changed."""
    book = load_workbook(home / "inbox" / LAST / name)
    change(book)
    file = home / name
    book.save(file)
    told = CliRunner().invoke(main, ["check", str(file), "--cycle", LAST, "--json"])
    return json.loads(told.output)


def cell_under(book: Workbook, sheet: str, heading: str, row: int = 1) -> Any:
    """The cell of the first record, or a later one, under a heading."""
    page = book[sheet]
    for line in page.iter_rows():
        for cell in line:
            if str(cell.value or "").strip() == heading:
                return page.cell(cell.row + row, cell.column)
    raise LookupError(heading)


@pytest.fixture
def own(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REMI_HOME", str(home))
    return home


def rules(said: Any) -> set[str]:
    return {one["rule"] for one in said["problems"] if one["severity"] == "must_fix"}


def test_an_organisation_that_ends_inside_the_window_is_told_its_successor(own: Path) -> None:
    in_register(own, OURS, valid_to="2025-11-15", successor_id=SUCCESSOR)
    said = checked(own, RETURN)
    assert rules(said) == {"organisation_code_ended"}
    (problem,) = [one for one in said["problems"] if one["rule"] == "organisation_code_ended"]
    assert f"It is now part of Oakhallow Hospitals Trust ({SUCCESSOR})." in problem["fix"]
    assert "Did you mean" not in problem["fix"]


def test_the_code_of_an_organisation_that_was_merged_is_told_its_successor(own: Path) -> None:
    def write_merged(book: Workbook) -> None:
        page = book["Your organisation"]
        (cell,) = [c for line in page.iter_rows() for c in line if c.value == OURS]
        cell.value = MERGED

    said = checked(own, RETURN, write_merged)
    assert rules(said) == {"organisation_code_ended"}


def test_of_successors_that_ended_too_the_one_that_answers_now_is_told(own: Path) -> None:
    in_register(own, SUCCESSOR, valid_to="2025-09-30", successor_id="DEMO-T02")
    in_register(own, OURS, valid_to="2025-06-30", successor_id=SUCCESSOR)
    said = checked(own, RETURN)
    (problem,) = [one for one in said["problems"] if one["rule"] == "organisation_code_ended"]
    assert "(DEMO-T02)" in problem["fix"]


def test_the_successor_may_answer_in_the_workbook_of_the_one_that_ended(own: Path) -> None:
    """Told to write the code of the one that answers now, it is not told that the workbook is
    another's."""
    in_register(own, OURS, valid_to="2025-11-15", successor_id=SUCCESSOR)

    def write_successor(book: Workbook) -> None:
        page = book["Your organisation"]
        for line in page.iter_rows():
            for cell in line:
                if cell.value == OURS:
                    cell.value = SUCCESSOR
                elif cell.value == "Harrowmere Hospitals Trust":
                    cell.value = "Oakhallow Hospitals Trust"

    said = checked(own, RETURN, write_successor)
    assert said["organisation_id"] == SUCCESSOR
    assert rules(said) == set()


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2025, 3, 4), set()), (date(2025, 7, 4), {"organisation_of_another_day"})],
)
def test_an_event_keeps_the_organisation_that_led_it_on_its_day(
    day: date, expected: set[str], own: Path
) -> None:
    def led_by_the_merged_one(book: Workbook) -> None:
        cell_under(book, "Events", "Lead organisation code").value = MERGED
        cell_under(book, "Events", "Date").value = day

    said = checked(own, ENGAGEMENT, led_by_the_merged_one)
    assert rules(said) == expected
    for problem in said["problems"]:
        if problem["rule"] in expected:
            assert SUCCESSOR in problem["fix"]


def test_whoever_joins_before_the_closing_day_is_in_every_table(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after the day for which places are taken; the successor of a merger is such a one."""
    in_register(own, "DEMO-B01", valid_from="2025-10-15")
    work = work_in(own, monkeypatch)
    assert work.cycle.geography_vintage < date(2025, 10, 15) <= work.cycle.closes
    load_register(work.workspace)
    before = read_tables(work, "computed")["A02"]["n_eligible"].max()
    work = run_here(work_in(own, monkeypatch))
    tables = read_tables(work, "computed")
    assert "DEMO-B01" in set(tables["A01"]["organisation_id"])
    assert tables["A02"]["n_eligible"].max() == before


def test_an_organisation_that_is_lost_on_the_way_stops_the_run(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = work_in(own, monkeypatch)
    assert the_same_organisations_are_scored.ask(work).passed
    assert the_same_organisations_are_in_the_tables.ask(work).passed
    figures = work.read(store.figure, version="computed")
    lost = figures[(figures["table_id"] == "A01") & (figures["text"] == OURS)]
    rows = figures[(figures["table_id"] == "A01") & figures["row_number"].isin(lost["row_number"])]
    work.replace(store.figure, figures.drop(rows.index), version="computed")
    answer = the_same_organisations_are_in_the_tables.ask(work)
    assert not answer.passed
    assert "rows of A01: 1" in str(answer.facts["hand_overs_that_differ"])
    profiles = work.read(store.organisation_profile)
    work.replace(store.organisation_profile, profiles[profiles["organisation_id"] != OURS])
    answer = the_same_organisations_are_scored.ask(work)
    assert "profiles: 1" in str(answer.facts["hand_overs_that_differ"])
