"""A reviewer's decisions on their way to the published tables, and the return after them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest_journeys import LAST, remi, run_pipeline, work_in
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from remi.cycle.arrivals import receive
from remi.cycle.judging import judge_cycle
from remi.cycle.tables import read_tables
from remi.cycle.work import CycleWork
from remi.demo.fill import filled_assessment, setting_of
from remi.review.assuring import reviewed
from remi.scoring.assurance import ASSURED_ONLY
from remi.scoring.reviewed import Reviewed
from remi.settings import signing_key
from remi.store.people import add_person, grant
from remi.store.reviews import decide
from schemas import reviews, store
from schemas.people import WHOLE_COLLABORATION
from schemas.reviews import Decision, DecisionMade, Grade, Outcome

TRUST = "DEMO-T01"
CLOSES = date(2025, 11, 30)
FORTY_MONTHS_BEFORE = date(2022, 7, 30)
IN_DATE = date(2025, 6, 1)


def case_f(work: CycleWork) -> bytes:
    """A return that says all of leadership is met up to stage 4. A strategy of forty months shows
    it, and minutes of this year show the first stage."""
    settings = work.workspace.settings
    setting = setting_of(work.workspace.configuration, LAST, signing_key(settings))
    book = load_workbook(BytesIO(filled_assessment(setting, TRUST, date(2025, 11, 20))))
    stages = [f"{s.number} {s.name}" for s in work.framework.stages]
    page: Worksheet = book["Leadership"]
    columns = headings(page)
    for row in rows(page):
        for number, stage in enumerate(stages, 1):
            letter = columns[f"Stage {stage}: your answer"]
            page[f"{letter}{row}"] = "met" if number <= 4 else "not met"
        named(page, columns, row, stages[3], "Policy or strategy", FORTY_MONTHS_BEFORE)
    more: Worksheet = book["More evidence"]
    columns = headings(more)
    start = header_row(more) + 1
    for row in range(start, start + 60):
        for letter in columns.values():
            more[f"{letter}{row}"] = None
    for place, indicator in enumerate(work.framework.commitments[0].indicators):
        more[f"{columns['Ref']}{start + place}"] = str(place + 1)
        more[f"{columns['Which row it is for']}{start + place}"] = indicator.id
        named(more, columns, start + place, stages[0], "Minutes or paper of a meeting", IN_DATE)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def named(
    page: Worksheet, columns: dict[str, str], row: int, stage: str, kind: str, day: date
) -> None:
    values: dict[str, str | date] = {
        "Evidence shows stages up to": stage,
        "Evidence type": kind,
        "Evidence title": "Race equality strategy",
        "Evidence date": day,
        "Link or “held locally”": "held locally",
    }
    for heading, value in values.items():
        page[f"{columns[heading]}{row}"] = value


def header_row(page: Worksheet) -> int:
    return next(r for r in range(1, 40) if page.cell(r, 1).value == "Ref")


def headings(page: Worksheet) -> dict[str, str]:
    row = page[header_row(page)]
    return {str(cell.value): cell.coordinate.rstrip("0123456789") for cell in row if cell.value}


def rows(page: Worksheet) -> Iterator[int]:
    for row in range(header_row(page) + 1, page.max_row + 1):
        if str(page.cell(row, 1).value or "").startswith("L"):
            yield row


def taken_in(work: CycleWork, content: bytes, name: str) -> list[Reviewed]:
    """The claims of the return once it lay in the inbox and was judged."""
    (work.workspace.settings.inbox / LAST / name).write_bytes(content)
    receive(work)
    judge_cycle(work)
    return reviewed(work, TRUST)


def accepted(work: CycleWork, claims: list[Reviewed], person_id: str) -> list[DecisionMade]:
    moment = pd.Timestamp(CLOSES + timedelta(days=20)).to_pydatetime()
    return [
        one.claim.decided(LAST, Decision.ACCEPTED, Grade.DOCUMENTED, None, person_id, moment)
        for one in claims
    ]


@pytest.fixture
def reviewer(home: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[CycleWork, str]:
    """The last cycle of a copy of the collaboration, and somebody who may review."""
    work = work_in(home, monkeypatch)
    now = pd.Timestamp(CLOSES).to_pydatetime()
    engine = work.workspace.engine
    person_id = add_person(engine, "reviewer@collaboration.example", "A reviewer", now)
    grant(engine, person_id, "reviewer", WHOLE_COLLABORATION, now)
    return work, person_id


def row_of(tables: dict[str, pd.DataFrame], table: str, commitment: str) -> dict[str, Any]:
    frame = tables[table]
    mine = frame[(frame["organisation_id"] == TRUST) & (frame["commitment"] == commitment)]
    assert len(mine) == 1
    return {str(key): value for key, value in mine.iloc[0].items()}


def test_case_f_reaches_the_published_table_and_a_changed_return_asks_for_another_look(
    home: Path, reviewer: tuple[CycleWork, str]
) -> None:
    work, person_id = reviewer
    hash_before = read_tables(work, "published")["A01"]["source_run_id"].iloc[0]
    claims = taken_in(work, case_f(work), "case f.xlsx")
    decide(work.workspace.engine, accepted(work, claims, person_id))
    done = run_pipeline(home, LAST)
    assert done.returncode == 0, done.stderr

    published = read_tables(work, "published")
    row = row_of(published, "A01", "Leadership")
    assert (row["declared_stage"], row["assured_stage"], row["overclaim_gap"]) == (4, 1, 3)
    assert row["reviewer_type"] == "one reviewer"
    assert row["source_run_id"] != hash_before, "what reviewers decided is part of what it is from"
    others = published["A01"][published["A01"]["organisation_id"] != TRUST]
    assert others["assured_stage"].isna().all()
    assert (others["reviewer_type"] != "one reviewer").all()
    evidence = row_of(published, "A05", "Leadership")
    assert (evidence["n_criteria_met"], evidence["n_peer_reviewed"]) == (24, 24)
    assert (evidence["n_unverified"], evidence["n_stale"]) == (24, 18)
    london = published["A02"].query("commitment == 'Leadership' and breakdown == 'All partners'")
    assert london[["n_reviewed", "n_assured"]].to_numpy().tolist() == [[1, 0]]

    tried = work.read(store.stage_sensitivity, organisation_id=TRUST, alternative=ASSURED_ONLY)
    mine = tried[tried["commitment_id"] == "leadership"].iloc[0]
    assert (mine["stage"], mine["stage_alternative"], mine["changes"]) == (4, 1, True)
    figures = work.read(reviews.assurance_agreement).set_index(["commitment_id", "statistic"])
    leadership = figures.loc["leadership"]
    assert leadership["value"]["pairs"] == 6
    assert leadership["value"].isna()["mean_shift"]
    assert "fewer than 10" in leadership["reason"]["mean_shift"]
    assert figures.loc["all"]["value"]["mean_shift"] < 0

    said = remi(home, "explain", TRUST, "leadership", "--cycle", LAST, "--json")
    assert said.returncode == 0, said.stderr
    sentences = " ".join(json.loads(said.stdout)["sentences"])
    assert "Assured is stage 1, Awareness, 3 below the declared" in sentences
    assert "L1 at stage 2 has only evidence that is out of date" in sentences

    book = load_workbook(BytesIO(case_f(work)))
    page: Worksheet = book["Leadership"]
    columns, first = headings(page), next(rows(page))
    page[f"{columns['Evidence title']}{first}"] = "Another strategy"
    saved = BytesIO()
    book.save(saved)
    again = taken_in(work, saved.getvalue(), "case f again.xlsx")
    outcomes = {
        (one.claim.indicator_id, one.claim.stage): one.outcome
        for one in again
        if one.claim.commitment_id == "leadership"
    }
    changed = {place for place, outcome in outcomes.items() if outcome is Outcome.LOOK_AGAIN}
    assert changed == {("L1", stage) for stage in range(1, 5)}
    assert {o for place, o in outcomes.items() if place not in changed} == {Outcome.ACCEPTED}


def test_a_rise_that_a_review_gives_too_is_confirmed(
    home: Path, reviewer: tuple[CycleWork, str]
) -> None:
    work, person_id = reviewer
    changes = work.read(store.maturity_change)
    assert not changes["confirmed"].any()
    moved = set(changes.loc[changes["level"] == "commitment", "organisation_id"])
    everything = [one for one in reviewed(work) if one.claim.organisation_id in moved]
    decide(work.workspace.engine, accepted(work, everything, person_id))
    assert run_pipeline(home, LAST, "score_cycle").returncode == 0
    assured = work.read(reviews.assured_stage)
    same = assured[(assured["level"] == "commitment") & (assured["overclaim_gap"] == 0)]
    wanted = set(zip(same["organisation_id"], same["commitment_id"], strict=True))
    after = work.read(store.maturity_change)
    confirmed = after[after["confirmed"].astype(bool)]
    found = set(zip(confirmed["organisation_id"], confirmed["commitment_id"], strict=True))
    assert found
    assert found <= wanted
    rises = after[(after["level"] == "commitment") & (after["direction"] == "up")]
    assert not rises["confirmed"].all(), "evidence is missing for some of them"
