"""The step that splits every change, on a real store: what is kept of two cycles of answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from remi.cycle.changes import compare_linked, compare_years, split_change
from remi.cycle.scoring import score
from remi.cycle.work import CycleWork
from remi.store.frames import replace_all
from remi.workspace import Workspace, open_workspace
from schemas import store
from schemas.framework import Framework
from schemas.results import SCORE_CHANGE, ScoreEffect

BEFORE, NOW = "2023-24", "2024-25"
SECTORS = {"DEMO-T1": "nhs_trust", "DEMO-C1": "local_authority"}
STATES = ("met", "part", "not_met", "not_applicable", "unanswered")

Sheets = Mapping[str, Mapping[str, list[str]]]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Two partners, each with a return that counts in both cycles; examples put answers there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REMI_HOME", str(tmp_path_factory.mktemp("home")))
        opened = open_workspace()
    register = [
        {
            "organisation_id": key,
            "valid_from": date(2022, 1, 1),
            "valid_to": None,
            "name": key,
            "sector": sector,
            "lead_system": "QMJ",
            "systems": "QMJ",
            "borough": None,
            "unit_type": "organisation",
            "parent_id": None,
            "joint_group": None,
            "agreed_to_be_named": True,
            "successor_id": None,
        }
        for key, sector in SECTORS.items()
    ]
    replace_all(opened.engine, store.organisation, pd.DataFrame(register))
    for name in (BEFORE, NOW):
        work = CycleWork(opened, name)
        sent = [
            {
                "submission_id": f"{name}-{key}",
                "cycle": name,
                "sha256": key,
                "size": 1,
                "file_name": "return.xlsx",
                "door": "inbox",
                "received_at": datetime(2024, 11, 1),  # noqa: DTZ001
                "came_last_at": datetime(2024, 11, 1),  # noqa: DTZ001
                "place": place,
            }
            for place, key in enumerate(SECTORS, 1)
        ]
        with opened.engine.begin() as connection:
            connection.execute(insert(store.submission), sent)
        counting = [
            {
                "cycle": name,
                "submission_id": f"{name}-{key}",
                "kind": "assessment",
                "organisation_id": key,
                "outcome": "accepted",
                "counts": True,
                "superseded_by": None,
                "framework_version": work.framework.name_and_version,
                **dict.fromkeys(("cells_read", "n_must_fix", "n_check", "n_note"), 0),
            }
            for key in SECTORS
        ]
        work.replace(store.verdict, pd.DataFrame(counting))
    yield opened
    opened.engine.dispose()


def answered(work: CycleWork, sheets: Sheets) -> None:
    """Put these answers into the cycle and score it."""
    rows = [
        {
            "cycle": work.cycle_id,
            "organisation_id": key,
            "submission_id": f"{work.cycle_id}-{key}",
            "commitment_id": commitment.id,
            "indicator_id": indicator.id,
            "stage": stage,
            "answer": state,
            "inherited": False,
            "sheet": commitment.short_name,
            "cell": f"D{stage}",
            "seen": None,
        }
        for key, sheet in sheets.items()
        for commitment, indicator in work.framework.indicators()
        if indicator.id in sheet
        for stage, state in enumerate(sheet[indicator.id], 1)
    ]
    work.replace(store.answer, pd.DataFrame(rows))
    score(work)


def kept(workspace: Workspace, before: Sheets, now: Sheets) -> pd.DataFrame:
    """What is stored of the change between these two years, once its contract was looked at."""
    later = CycleWork(workspace, NOW)
    answered(CycleWork(workspace, BEFORE), before)
    answered(later, now)
    compare_years(later)
    split_change(later)
    return SCORE_CHANGE.validate(later.read(store.score_change))


def amounts(rows: pd.DataFrame) -> dict[tuple[str, str, str], Fraction]:
    keys = ["organisation_id", "commitment_id", "effect"]
    return {
        tuple(row[key] for key in keys): Fraction(
            row["amount_numerator"], row["amount_denominator"]
        )
        for row in rows.to_dict("records")
    }


@st.composite
def sheets(draw: st.DrawFn, of: Framework) -> dict[str, dict[str, list[str]]]:
    """Both partners' answers: met up to some stage, and then anything."""
    made: dict[str, dict[str, list[str]]] = {}
    for key, sector in SECTORS.items():
        made[key] = {}
        for _, indicator in of.indicators():
            if of.applies(indicator, sector):
                reached = draw(st.integers(0, len(of.stages)))
                rest = draw(st.sampled_from(STATES))
                last = draw(st.sampled_from(STATES))
                states = [*["met"] * reached, *[rest] * (len(of.stages) - reached)]
                made[key][indicator.id] = [*states[:-1], last]
    return made


def moved(draw: st.DrawFn, before: Sheets, of: Framework) -> Sheets:
    """The same answers but for those to some indicators."""
    other = draw(sheets(of))
    stays = {i.id: draw(st.booleans()) for _, i in of.indicators()}
    return {
        key: {name: states if stays[name] else other[key][name] for name, states in sheet.items()}
        for key, sheet in before.items()
    }


on_a_store = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@on_a_store
@given(data=st.data())
def test_what_is_kept_adds_up_and_turns_its_signs_when_the_years_are_swapped(
    workspace: Workspace, data: st.DataObject
) -> None:
    of = CycleWork(workspace, NOW).framework
    before = data.draw(sheets(of))
    now = data.draw(st.composite(moved)(before, of))
    rows = kept(workspace, before, now)
    scores = CycleWork(workspace, NOW).read(store.commitment_stage)
    published = scores.set_index(["organisation_id", "commitment_id"])["score"]
    totals = rows.groupby(["organisation_id", "commitment_id"])
    for key, parts in totals:
        assert parts["score_now"].iloc[0] == published[key]
        change = parts["score_now"].iloc[0] - parts["score_before"].iloc[0]
        assert float(sum(amounts(parts).values())) == pytest.approx(change, abs=1e-11)
    back = amounts(kept(workspace, now, before))
    assert back == {key: -amount for key, amount in amounts(rows).items()}


@on_a_store
@given(data=st.data())
def test_a_partner_and_a_commitment_whose_answers_stood_still_have_noughts_alone(
    workspace: Workspace, data: st.DataObject
) -> None:
    of = CycleWork(workspace, NOW).framework
    before = data.draw(sheets(of))
    still, moving = SECTORS
    other = data.draw(sheets(of))[moving]
    only = of.commitments[0].id
    home = {indicator.id: commitment.id for commitment, indicator in of.indicators()}
    now = {
        still: before[still],
        moving: {
            name: other[name] if home[name] == only else states
            for name, states in before[moving].items()
        },
    }
    for (organisation, commitment_id, _), amount in amounts(kept(workspace, before, now)).items():
        if (organisation, commitment_id) != (moving, only):
            assert amount == 0


def test_a_first_cycle_has_nothing_to_split(workspace: Workspace) -> None:
    first = CycleWork(workspace, BEFORE)
    assert split_change(first).empty
    assert compare_linked(first).empty


def test_the_same_answers_are_split_into_the_same_rows_again(workspace: Workspace) -> None:
    of = CycleWork(workspace, NOW).framework
    last = len(of.stages)
    asked = {
        key: [i.id for _, i in of.indicators() if of.applies(i, sector)]
        for key, sector in SECTORS.items()
    }
    before = {k: {n: ["met"] * 2 + ["not_met"] * (last - 2) for n in v} for k, v in asked.items()}
    now = {k: {n: ["met"] * 3 + ["not_met"] * (last - 3) for n in v} for k, v in asked.items()}
    rows = kept(workspace, before, now)
    assert len(rows) == len(SECTORS) * len(of.commitments) * len(ScoreEffect)
    assert set(rows.loc[rows["effect"] == "performance", "amount"]) == {100 / last}
    split_change(CycleWork(workspace, NOW))
    pd.testing.assert_frame_equal(CycleWork(workspace, NOW).read(store.score_change), rows)
