"""What arrives in a cycle's inbox, when and under which name, as in a real collection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import numpy as np

from remi.demo.answers import THIN
from remi.demo.faults import ANOTHER_ORGANISATIONS_TEMPLATE, LAST_YEARS_TEMPLATE
from remi.demo.partners import HOST, Partner
from remi.demo.positions import generator
from schemas.programme import Cycle

FAULTS_BY_YEAR = (
    (
        "label_not_on_list",
        "unknown_code",
        "empty",
        "sorted_and_hidden_rows",
        "text_in_number",
        "csv_renamed",
        "strict_save",
    ),
    (
        "error_in_cell",
        LAST_YEARS_TEMPLATE,
        "password_protected",
        "sheet_renamed",
        "reference_twice",
        "no_action_point",
    ),
    (
        "personal_data",
        ANOTHER_ORGANISATIONS_TEMPLATE,
        "truncated",
        "row_deleted",
        "code_and_name_disagree",
        "date_that_does_not_exist",
        "far_cell",
    ),
)
"""The faults of the first, second and third year, and so on; the first is never put right."""

NOBODY_NOTICES = ("sorted_and_hidden_rows", "sheet_renamed", "strict_save")
"""Faults that do not stop a return from counting, so nobody sends another one."""

STEADY = (HOST, THIN, "DEMO-T04", "DEMO-T04-CH", "DEMO-C03", "DEMO-C04")
"""Always return once and well: what they are there to show is in their answers."""

NEVER_RETURN = 0.12

FILE_NAMES = (
    "REMI return {short}.xlsx",
    "{short} REMI return FINAL v2 (1).xlsx",
    "{short} - race equality self-assessment {cycle}.xlsx",
    "Copy of Race equality maturity self-assessment {cycle} {short}.xlsx",
    "{code}_assessment_v3.xlsx",
    "maturity index {short} (approved by board).xlsx",
    "{short} FINAL final.xlsx",
)


@dataclass(frozen=True)
class Delivery:
    """One file that arrives. `arrives_at` is in UTC; a `letter` is no workbook at all."""

    cycle: str
    file_name: str
    arrives_at: datetime
    completed_on: date
    organisation_id: str
    content: Literal["assessment", "engagement", "letter"] = "assessment"
    fault: str | None = None
    revised: bool = False


def deliveries(cycle: Cycle, years: int, partners: list[Partner]) -> list[Delivery]:
    """Everything that arrives in a cycle, `years` after the first one, in order of arrival.

    Most partners return once and well. Some send a faulty file first, one of them never puts it
    right; one sends the same file twice, one a newer version; a few never return; one sends a
    letter besides. `partners` are those of this cycle.
    """
    free = [p for p in partners if p.organisation_id not in STEADY]
    order = generator("roles", cycle.id).permutation(len(free))
    mixed = iter([free[int(place)] for place in order])
    silent = [next(mixed) for _ in range(round(NEVER_RETURN * len(partners)))]
    faults = FAULTS_BY_YEAR[years % len(FAULTS_BY_YEAR)]
    faulty = {next(mixed): fault for fault in faults}
    twice, newer, letter = next(mixed), next(mixed), next(mixed)
    arriving: list[Delivery] = []
    for partner in partners:
        if partner in silent:
            continue
        rng = generator("arrival", cycle.id, partner.organisation_id)
        fault = faulty.get(partner)
        first = _first(rng, cycle, partner, fault)
        arriving.append(first)
        if fault and fault not in (faults[0], *NOBODY_NOTICES):
            arriving.append(_again(rng, cycle, first, "corrected"))
        if partner == twice:
            # What is sent twice is the same file, so it also says the same day.
            copy = _again(rng, cycle, first, "(2)")
            arriving.append(replace(copy, completed_on=first.completed_on))
        if partner == newer:
            arriving.append(replace(_again(rng, cycle, first, "updated"), revised=True))
        if partner == letter:
            name = f"Covering letter {_short(partner)}.pdf"
            arriving.append(replace(first, file_name=name, content="letter"))
        if partner.organisation_id == HOST:
            name = f"Engagement records {cycle.id}.xlsx"
            arriving.append(replace(first, file_name=name, content="engagement"))
    return sorted(arriving, key=lambda delivery: (delivery.arrives_at, delivery.file_name))


def _first(rng: np.random.Generator, cycle: Cycle, partner: Partner, fault: str | None) -> Delivery:
    """A partner's first file: most come late, those that are sent again leave time for it."""
    days = (cycle.closes - cycle.opens).days
    share = rng.beta(3, 1.6) * (0.75 if fault else 1)
    day = _weekday(cycle, cycle.opens + timedelta(days=int(share * days)))
    habit = int(generator("file name", partner.organisation_id).integers(len(FILE_NAMES)))
    name = FILE_NAMES[habit].format(
        short=_short(partner), cycle=cycle.id, code=partner.organisation_id
    )
    return Delivery(
        cycle=cycle.id,
        file_name=name,
        arrives_at=_moment(rng, day),
        completed_on=max(cycle.opens, day - timedelta(days=int(rng.integers(0, 4)))),
        organisation_id=partner.organisation_id,
        fault=fault,
    )


def _again(rng: np.random.Generator, cycle: Cycle, first: Delivery, word: str) -> Delivery:
    """The same return some days later, within the window, without its fault."""
    then = first.arrives_at.date() + timedelta(days=int(rng.integers(2, 10)))
    arrives_at = _moment(rng, _weekday(cycle, min(then, cycle.closes)))
    if arrives_at <= first.arrives_at:
        arrives_at = first.arrives_at + timedelta(minutes=20)
    return replace(
        first,
        file_name=first.file_name.replace(".xlsx", f" {word}.xlsx"),
        arrives_at=arrives_at,
        completed_on=arrives_at.date(),
        fault=None,
    )


def _weekday(cycle: Cycle, day: date) -> date:
    return max(cycle.opens, day - timedelta(days=max(0, day.weekday() - 4)))


def _moment(rng: np.random.Generator, day: date) -> datetime:
    """Some second of that working day."""
    seconds = int(rng.integers(9 * 3600, 17 * 3600))
    return datetime.combine(day, time(), tzinfo=UTC) + timedelta(seconds=seconds)


def _short(partner: Partner) -> str:
    """What a partner calls itself in a file name."""
    name, _, unit = partner.name.partition(": ")
    return f"{name.split()[0]} {unit}".strip()
