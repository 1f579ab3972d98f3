"""What an invented partner answers in one cycle, before it is written into a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np

from remi.demo.actions import action_points
from remi.demo.evidence import Item, evidence_items
from remi.demo.partners import Partner
from remi.demo.positions import generator, indicator_stages
from schemas.framework import AnswerMeaning, Commitment, Framework, Indicator
from schemas.programme import Cycle

Value: TypeAlias = str | int | float | date | None

Cells: TypeAlias = Mapping[str, Value]
"""Column id -> what is written there; ids of choices stand for their labels."""

THIN = "DEMO-V05"
"""In every second cycle it answers less than it must for a firm result."""

SMALL = ("vcse", "race_equity", "faith", "lived_experience", "primary_care", "funder", "other")

NOT_APPLICABLE = {
    "W3": (0.30, "We have had no formal disciplinary case: a handful of people work here."),
    "C4": (0.12, "We work only with volunteers who have chosen not to be paid."),
    "A2": (0.12, "We employ nobody and have no posts to fill."),
}
"""Indicator -> how often a small partner says that it cannot apply, and why."""

CHALLENGES = {
    "leadership": ("pace", "system_pressure", "buy_in", "monitoring"),
    "anchor_institution": ("prioritisation", "population_health_fit", "resource"),
    "local_communities": ("cultural_competence", "resource", "co_production_time"),
    "workforce": ("beyond_existing_standards", "monitoring", "buy_in"),
    "health_equity": ("data_access", "data_quality", "co_production_time"),
}

ROLES = (
    "Head of Equality",
    "Director of People",
    "Chief Executive",
    "Programme Manager",
    "Associate Director of Strategy",
    "Trustee for equality",
)


@dataclass(frozen=True)
class Filling:
    """What goes into one workbook: form answers, cells by indicator, records by sheet."""

    form: Cells
    indicators: Mapping[str, Cells] = field(default_factory=dict)
    records: Mapping[str, Sequence[Cells]] = field(default_factory=dict)


def assessment_answers(
    framework: Framework,
    partner: Partner,
    parent: Partner | None,
    cycles: Sequence[Cycle],
    completed_on: date,
    revised: bool = False,
) -> Filling:
    """A partner's return for the last of `cycles`, which are all so far, oldest first.

    A department takes its organisation's first two answers over from `parent`. A `revised` return
    differs from the first one in one answer and in the hours spent.
    """
    cycle, years = cycles[-1], len(cycles) - 1
    stages = indicator_stages(framework, partner, years)
    asked = [(c, i) for c, i in framework.indicators() if framework.applies(i, partner.sector)]
    taken: set[str] = set()
    if parent is not None:
        taken = {i.id for i in framework.commitments[0].indicators[:2]}
        of_parent = indicator_stages(framework, parent, years)
        stages |= {indicator_id: of_parent[indicator_id] for indicator_id in taken}
    if revised:
        lowest = min((i.id for _, i in asked), key=lambda indicator_id: stages[indicator_id])
        stages[lowest] = min(stages[lowest] + 1, len(framework.stages))
    rows: dict[str, dict[str, Value]] = {}
    more: list[Item] = []
    for commitment, indicator in asked:
        if _left_out(partner, cycle, indicator, years):
            continue
        stage = stages[indicator.id]
        row = _row(framework, partner, cycle, commitment, indicator, stage)
        if parent is not None:
            row["taken_from_parent"] = "yes" if indicator.id in taken else "no"
        if "reason_not_applicable" not in row:
            first, others = evidence_items(framework, partner, cycle, indicator, stage)
            row |= first or {}
            more += others
        rows[indicator.id] = row
    actions = action_points(partner, [i for _, i in asked], framework, cycles, completed_on)
    return Filling(
        form=_form(partner, cycle, completed_on, revised),
        indicators=rows,
        records={
            "more_evidence": [
                {"ref": str(number), **item} for number, item in enumerate(more, start=1)
            ],
            "action_points": actions,
        },
    )


def _form(partner: Partner, cycle: Cycle, completed_on: date, revised: bool) -> Cells:
    rng = generator("form", partner.organisation_id, cycle.id)
    large = partner.sector not in SMALL
    hours = int(rng.integers(6, 31) if large else rng.integers(2, 9)) + (1 if revised else 0)
    lasting = generator("statement", partner.organisation_id)
    role = str(lasting.choice(ROLES))
    statement = str(lasting.choice(["collaboration", "region", "own"], p=[0.55, 0.3, 0.15]))
    adopted_on = date(2022, 9, 1) + timedelta(days=int(lasting.integers(0, 1400)))
    adopted = adopted_on < completed_on
    unit = partner.name.partition(": ")[2] if partner.parent_id else None
    return {
        "unit_name": unit,
        "completed_by_role": role,
        "completed_on": completed_on,
        "hours_spent": None if rng.random() < 0.08 else hours,
        "agrees_to_be_named": "yes" if partner.named else "no",
        "statement_adopted": statement if adopted else "none",
        "statement_adopted_on": adopted_on if adopted else None,
    }


def _row(
    framework: Framework,
    partner: Partner,
    cycle: Cycle,
    commitment: Commitment,
    indicator: Indicator,
    stage: int,
) -> dict[str, Value]:
    """The answers to one indicator, the reason where it cannot apply, and what holds it back."""
    rng = generator("answers", partner.organisation_id, cycle.id, indicator.id)
    top = len(framework.stages)
    spelling = _spelling(framework, partner)
    reason = _reason_not_applicable(partner, indicator)
    if reason is not None:
        words = spelling[AnswerMeaning.NOT_APPLICABLE]
        return {**_answers([words] * top), "reason_not_applicable": reason}
    given = _meanings(rng, stage, top, stops=_stops_early(partner))
    row: dict[str, Value] = _answers([spelling[m] if m else None for m in given])
    if stage < top and rng.random() < 0.5:
        known = [c.id for c in framework.challenges]
        likely = [c for c in CHALLENGES.get(commitment.id, known) if c in known] or known
        row["challenge"] = str(rng.choice(likely if rng.random() < 0.85 else known))
    return row


def _answers(words: Sequence[str | None]) -> dict[str, Value]:
    return {f"answer_{number}": word for number, word in enumerate(words, start=1)}


def _meanings(
    rng: np.random.Generator, stage: int, top: int, stops: bool
) -> list[AnswerMeaning | None]:
    """Met up to the stage; above it what is not, a claim ahead now and then, a rare blank."""
    given: list[AnswerMeaning | None] = [AnswerMeaning.MET] * stage
    while len(given) < top:
        part = rng.random() < (0.55 if len(given) == stage else 0.15)
        given.append(AnswerMeaning.PART if part else AnswerMeaning.NOT_MET)
    claims_ahead = stage + 2 <= top and rng.random() < 0.05
    if claims_ahead:
        given[stage + 1] = AnswerMeaning.MET
    if stops and not claims_ahead:
        given[stage + 1 :] = [None] * (top - stage - 1)
    if rng.random() < 0.008:
        given[min(stage, top - 1)] = None
    return given


def _left_out(partner: Partner, cycle: Cycle, indicator: Indicator, years: int) -> bool:
    if partner.organisation_id != THIN or years % 2 == 0:
        return False
    return bool(generator("left out", cycle.id, indicator.id).random() < 0.4)


def _stops_early(partner: Partner) -> bool:
    """Whether it leaves what follows the first “not met” empty, as it may."""
    return bool(generator("stops", partner.organisation_id).random() < 0.65)


def _spelling(framework: Framework, partner: Partner) -> dict[AnswerMeaning, str]:
    """The partner's way to write answers: as listed, with a capital, or in another word."""
    habit = generator("spelling", partner.organisation_id).random()
    if habit < 0.6:
        return {a.meaning: a.label for a in framework.answers}
    if habit < 0.8:
        return {a.meaning: a.label.capitalize() for a in framework.answers}
    return {a.meaning: next(iter(a.also_accepted), a.label) for a in framework.answers}


def _reason_not_applicable(partner: Partner, indicator: Indicator) -> str | None:
    if partner.sector not in SMALL or indicator.id not in NOT_APPLICABLE:
        return None
    chance, reason = NOT_APPLICABLE[indicator.id]
    draw = generator("not applicable", partner.organisation_id, indicator.id).random()
    return reason if draw < chance else None
