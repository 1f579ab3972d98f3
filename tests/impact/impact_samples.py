"""A small collaboration with every awkward partner in it, scored by the real engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from remi.scoring.engine import score_cycle
from schemas import store
from schemas.framework import (
    Answer,
    AnswerMeaning,
    Choice,
    Commitment,
    EvidenceType,
    Framework,
    Indicator,
    NationalReturn,
    OrganisationGroup,
    Stage,
)
from schemas.impact import CycleData
from schemas.programme import (
    Borough,
    Cycle,
    DisclosureRule,
    EthnicGroup,
    Places,
    ReleasePolicy,
    Sector,
    System,
)

DAY = date(2020, 1, 1)
LETTERS = {
    "m": "met",
    "p": "part",
    "n": "not_met",
    "x": "not_applicable",
    ".": "unanswered",
    "-": "not_needed",
}

CYCLE = Cycle(
    id="2025-26",
    label="2025/26",
    opens=date(2025, 10, 1),
    closes=date(2025, 11, 30),
    publishes=date(2026, 2, 26),
    period_type="programme",
    period_start=date(2024, 10, 1),
    period_end=date(2025, 9, 30),
    framework="sample-1.0",
    geography_vintage=date(2025, 10, 1),
)

PLACES = Places(
    sectors=(
        Sector(id="trust", name="Trust"),
        Sector(id="charity", name="Charity"),
        Sector(id="faith", name="Faith group"),
        Sector(id="funder", name="Funder"),
    ),
    systems=(
        System(id="QA", name="North", ons_code="E1", valid_from=DAY),
        System(id="QB", name="South", ons_code="E2", valid_from=DAY),
    ),
    boroughs=(Borough(id="E09", name="Brent", system_id="QA", valid_from=DAY),),
    ethnic_groups=(
        EthnicGroup(id="a1", name="Indian", broad_group_id="asian", broad_group_name="Asian"),
        EthnicGroup(id="a2", name="Chinese", broad_group_id="asian", broad_group_name="Asian"),
        EthnicGroup(id="b1", name="African", broad_group_id="black", broad_group_name="Black"),
    ),
)

POLICY = ReleasePolicy(
    publisher="The collaboration",
    people=DisclosureRule(id="people-7-5", withhold_up_to=7, round_to=5, sentence="..."),
    smallest_group=5,
    comparator_definition="None",
    demonstration_notice="Invented.",
)


def _indicator(name: str, title: str, *, core: bool, applies_to: Any = "all") -> Indicator:
    criteria = tuple(f"{title} {n}" for n in (1, 2, 3))
    return Indicator(id=name, title=title, core=core, applies_to=applies_to, criteria=criteria)


FRAMEWORK = Framework(
    id="sample",
    version="1.0",
    title="Sample",
    statement="A sample.",
    official=False,
    valid_from=DAY,
    stages=tuple(
        Stage(number=n, id=name.lower(), name=name, meaning="")
        for n, name in enumerate(("Awareness", "Commitment", "Doing"), 1)
    ),
    answers=tuple(
        Answer(meaning=m, label=m.value.replace("_", " "), explanation="") for m in AnswerMeaning
    ),
    organisation_groups=(
        OrganisationGroup(id="large", name="Large", sectors=("trust", "charity", "funder")),
    ),
    evidence_types=(EvidenceType(id="policy", label="Policy", months_valid=36),),
    evidence_minimums=(),
    national_returns=(NationalReturn(id="wres", name="WRES"),),
    challenges=(Choice(id="time", label="time"), Choice(id="money", label="money")),
    commitments=(
        Commitment(
            id="leadership",
            name="Leadership",
            short_name="Leadership",
            expectation="",
            indicators=(
                _indicator("L1", "Ownership", core=True),
                _indicator("L2", "Strategy and money", core=True),
                _indicator("L3", "Openness", core=False),
            ),
        ),
        Commitment(
            id="workforce",
            name="Workforce",
            short_name="Workforce",
            expectation="",
            indicators=(
                _indicator("W1", "Fair hiring", core=True, applies_to=("large",)),
                _indicator("W2", "Fair process", core=True, applies_to=("large",)),
            ),
        ),
    ),
)

INDICATORS = [i.id for _, i in FRAMEWORK.indicators()]
COMMITMENT_OF = {i.id: c.id for c, i in FRAMEWORK.indicators()}


def at(stage: int, **others: str) -> dict[str, str]:
    """A sheet at this stage in every indicator, but for those written out as letters."""
    return {name: others.get(name, "m" * stage + "n" * (3 - stage)) for name in INDICATORS}


def partner(key: str, sector: str, system: str = "QA", **more: Any) -> dict[str, Any]:
    """A row of the register."""
    return {
        "organisation_id": key,
        "valid_from": DAY,
        "valid_to": None,
        "name": f"Name of {key}",
        "sector": sector,
        "lead_system": system,
        "systems": system,
        "borough": None,
        "unit_type": "organisation",
        "parent_id": None,
        "joint_group": None,
        "agreed_to_be_named": True,
        "successor_id": None,
        **more,
    }


REGISTER = [
    partner("T1", "trust", systems="QA;QB"),
    partner("T1-D", "trust", unit_type="department", parent_id="T1"),
    *(partner(f"T{n}", "trust") for n in range(2, 8)),
    *(partner(f"C{n}", "charity", "QB") for n in range(1, 9)),
    partner("F1", "faith"),
    partner("F2", "faith", "QB"),
]
"""The register of the closing day.

T6 returns nothing, T7 nothing acceptable; C7 is provisional, C8 not assessable."""

SHEETS = {
    "T1": at(1),
    "T1-D": at(3),
    "T2": at(1, L2="nnn"),
    "T3": at(2),
    "T4": at(3),
    "T5": at(2, L2="mnn"),
    **{f"C{n}": at(1, L2="mmn") for n in range(1, 7)},
    "C7": at(1, L1="m..", L2="m..", L3="m.."),
    "C8": at(2, L1="xxx", L3="xxx"),
    "F1": {name: row for name, row in at(1).items() if name.startswith("L")},
    "F2": {name: row for name, row in at(2).items() if name.startswith("L")},
}


def frame(table: Any, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows in the columns of a store table."""
    return pd.DataFrame(list(rows), columns=[c.name for c in table.columns])


def answers(sheets: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Answers of these sheets, one submission an organisation."""
    return frame(
        store.answer,
        [
            {
                "cycle": CYCLE.id,
                "organisation_id": key,
                "submission_id": f"S-{key}",
                "commitment_id": COMMITMENT_OF[name],
                "indicator_id": name,
                "stage": stage,
                "answer": LETTERS[letter],
                "inherited": False,
            }
            for key, sheet in sheets.items()
            for name, letters in sheet.items()
            for stage, letter in enumerate(letters, 1)
        ],
    )


def verdict(key: str, outcome: str = "accepted", kind: str = "assessment") -> dict[str, Any]:
    """A row of the table `verdict`."""
    return {
        "cycle": CYCLE.id,
        "submission_id": f"S-{key}" if kind == "assessment" else f"E-{key}",
        "kind": kind,
        "organisation_id": key,
        "outcome": outcome,
        "counts": outcome == "accepted",
        "superseded_by": None,
        "framework_version": "sample 1.0",
        "cells_read": 20,
        "n_must_fix": 0,
        "n_check": 0,
        "n_note": 0,
    }


def change(key: str, before: int, now: int, indicator: str | None = None) -> dict[str, Any]:
    """A row of the table `maturity_change`."""
    return {
        "cycle": CYCLE.id,
        "organisation_id": key,
        "previous_cycle": "2024-25",
        "level": "indicator" if indicator else "commitment",
        "commitment_id": "leadership",
        "indicator_id": indicator,
        "stage_before": before,
        "stage_now": now,
        "change": now - before,
        "direction": "up" if now > before else "down" if now < before else "same",
        "confirmed": False,
        "break_in_series": False,
    }


def sheet(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Records as the store reads them: `<column>_state` is `value` where something is written.

    A text such as “not collected” in a count column is its state; “>80” is 80 with a qualifier.
    """
    made = []
    for place, row in enumerate(rows, 1):
        record = {"organisation_id": "HOST", "record": row.get("ref", f"row {place}"), **row}
        for column in columns:
            value = row.get(column)
            state = "value" if value is not None else None
            if value in ("not_collected", "declined"):
                value, state = None, row[column]
            if isinstance(value, str) and value[:1] in ">≥~≤<":
                record[f"{column}_qualifier"], value = value[0], int(value[1:])
            record[column], record[f"{column}_state"] = value, state
        made.append(record)
    return pd.DataFrame(made)


def cycle_data(
    register: Sequence[Mapping[str, Any]] = REGISTER,
    sheets: Mapping[str, Mapping[str, str]] = SHEETS,
    verdicts: Sequence[Mapping[str, Any]] = (),
    records: Mapping[str, pd.DataFrame] | None = None,
    changes: Sequence[Mapping[str, Any]] = (),
    problems: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> CycleData:
    """A cycle of these partners and sheets; every sheet is accepted, `verdicts` come on top."""
    organisations = frame(store.organisation, register)
    given = answers(sheets)
    scored = score_cycle(given, organisations, FRAMEWORK, CYCLE.id, "hash")
    judged = [*(verdict(key) for key in sheets), *verdicts]
    return CycleData(
        cycle=CYCLE,
        framework=FRAMEWORK,
        places=PLACES,
        policy=POLICY,
        organisations=organisations,
        submissions=frame(
            store.submission,
            [
                {
                    "submission_id": v["submission_id"],
                    "cycle": CYCLE.id,
                    "place": n,
                }
                for n, v in enumerate(judged)
            ],
        ),
        verdicts=frame(store.verdict, judged),
        problems=frame(store.problem, problems),
        answers=given,
        records=records or {},
        indicator_stages=scored.indicator_stages,
        commitment_stages=scored.commitment_stages,
        organisation_profiles=scored.organisation_profiles,
        maturity_change=frame(store.maturity_change, changes),
        source_run_id="run",
        **more,
    )


def awkward(**more: Any) -> CycleData:
    """The whole register, with the partner whose return needs changes."""
    return cycle_data(verdicts=[verdict("T7", "needs_changes")], **more)


def engaged(records: Mapping[str, pd.DataFrame], **more: Any) -> CycleData:
    """The whole register and an accepted engagement workbook with these records."""
    return cycle_data(
        verdicts=[verdict("T7", "needs_changes"), verdict("HOST", kind="engagement")],
        records=records,
        **more,
    )


def not_named(*keys: str) -> list[dict[str, Any]]:
    """The register, in which these partners did not agree to be named."""
    return [{**row, "agreed_to_be_named": row["organisation_id"] not in keys} for row in REGISTER]


EVENT_COLUMNS = ("ref", "event_type", "held_on", "state", "attendances")
COUNT_COLUMNS = ("ref", "counted_by", "category", "people", "multiple_responses")


def events(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Events written as (ref, type, day, state, people)."""
    return sheet([dict(zip(EVENT_COLUMNS, row, strict=True)) for row in rows], EVENT_COLUMNS)


def counts(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Attendance written as (ref, counted by, category, people)."""
    made = [dict(zip(COUNT_COLUMNS, (*row, False), strict=True)) for row in rows]
    return sheet(made, COUNT_COLUMNS)


IN_PERIOD = date(2025, 3, 1)

ENGAGEMENT = {
    "events": events(
        ("E1", "workshop", IN_PERIOD, "held", 73),
        ("E2", "workshop", IN_PERIOD, "held", ">80"),
        ("E3", "webinar", IN_PERIOD, "held", "not_collected"),
        ("E4", "webinar", IN_PERIOD, "cancelled", 99),
        ("E5", "webinar", date(2023, 3, 1), "held", 500),
    ),
    "attendance": counts(
        ("E1", "sector", "trust", 41),
        ("E1", "sector", "Charity", 6),
        ("E1", "sector", "unknown", 26),
        ("E1", "ethnic_group", "Indian", 3),
        ("E1", "ethnic_group", "a2", 9),
        ("E1", "ethnic_group", "black", 5),
        ("E1", "ethnic_group", "unknown", 56),
        ("E2", "borough", "Brent", "not_collected"),
        ("E2", "organisation", "T1", 12),
        ("E2", "organisation", "T1-D", 4),
        ("E2", "organisation", "C1", 2),
        ("E2", "organisation", "C2", 0),
        ("E4", "sector", "trust", 99),
    ),
}
