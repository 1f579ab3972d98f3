"""A second engine, slow and plain: one organisation, one rule, one loop at a time.

Written from the words of the rule and sharing nothing with `remi.scoring`, so that the two can
be held against each other. States are the words of `schemas.intake.AnswerState`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from schemas.framework import Commitment, Framework, Indicator

Row = dict[str, Any]
Answers = Mapping[str, Sequence[str]]
"""Indicator id -> the state of each of its criteria, first stage first; only what is asked."""

WORST_FIRST = ["not_assessed", "not_applicable", "not_assessable", "provisional", "final"]


def climb(states: Sequence[str], holding: set[str]) -> int:
    """How many criteria hold from the first stage on without a break."""
    if not states or states[0] not in holding:
        return 0
    return 1 + climb(states[1:], holding)


def applicable(states: Sequence[str]) -> list[str]:
    return [s for s in states if s != "not_applicable"]


def answered(states: Sequence[str]) -> list[str]:
    return [s for s in applicable(states) if s != "unanswered"]


def last_applicable(states: Sequence[str]) -> int:
    return max((n for n, s in enumerate(states, 1) if s != "not_applicable"), default=0)


def stage_of(states: Sequence[str], *also: str) -> int:
    return min(climb(states, {"met", "not_applicable", *also}), last_applicable(states))


def is_exhausted(states: Sequence[str]) -> bool:
    return bool(applicable(states)) and all(s == "met" for s in applicable(states))


def claims_ahead(states: Sequence[str]) -> int:
    claims, broken = 0, False
    for state in states:
        if state == "met":
            claims += broken
        elif state != "not_applicable":
            broken = True
    return claims


def share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(1)


def score_indicator(indicator: Indicator, states: Sequence[str], framework: Framework) -> Row:
    bar = framework.scoring.missing.provisional_below
    stage = stage_of(states)
    n_applicable, n_answered = len(applicable(states)), len(answered(states))
    if n_applicable == 0:
        status = "not_applicable"
    elif n_answered == 0:
        status = "not_assessed"
    else:
        waiting = not is_exhausted(states) and states[stage] == "unanswered"
        thin = share(n_answered, n_applicable) < bar or (waiting and bar > 0)
        status = "provisional" if thin else "final"
    staged = status in ("final", "provisional")
    return {
        "indicator_id": indicator.id,
        "core": indicator.core,
        "status": status,
        "stage": stage if staged else None,
        "floor_stage": climb(states, {"met"}) if staged else None,
        "claims_ahead": claims_ahead(states),
        "n_applicable": n_applicable,
        "n_answered": n_answered,
    }


def core_allows(asked: Sequence[tuple[Indicator, Sequence[str]]]) -> int | None:
    core = [states for indicator, states in asked if indicator.core and applicable(states)]
    if not core:
        return None
    held = [stage_of(states) for states in core if not is_exhausted(states)]
    return min(held) if held else max(last_applicable(states) for states in core)


def others_allow(asked: Sequence[tuple[Indicator, Sequence[str]]], framework: Framework) -> int:
    n_stages = len(framework.stages)
    attainment = framework.scoring.attainment
    if attainment.rule == "all_core":
        return n_stages
    others = [states for indicator, states in asked if not indicator.core and applicable(states)]
    highest = 0
    for stage in range(1, n_stages + 1):
        counted = [s for s in others if not (is_exhausted(s) and last_applicable(s) < stage)]
        reached = [s for s in counted if stage_of(s) >= stage]
        if share(len(reached), len(counted)) < attainment.share_of_others:
            break
        highest = stage
    return highest


def without_not_applicable(states: Sequence[str]) -> list[str]:
    return ["not_met" if s == "not_applicable" else s for s in states]


def position(
    asked: Sequence[tuple[Indicator, Sequence[str]]], stage: int, n_stages: int
) -> tuple[int, int]:
    if stage == n_stages:
        return 0, 0
    above = [states[stage] for indicator, states in asked if indicator.core]
    return above.count("met"), len(applicable(above))


def score_commitment(commitment: Commitment, answers: Answers, framework: Framework) -> Row | None:
    asked = [(i, answers[i.id]) for i in commitment.indicators if i.id in answers]
    if not asked:
        return None
    n_stages = len(framework.stages)
    missing = framework.scoring.missing
    every = [state for _, states in asked for state in states]
    n_applicable, n_answered = len(applicable(every)), len(answered(every))
    core_stage = core_allows(asked)
    over_ceiling = any(
        Fraction([states[s] for _, states in asked].count("not_applicable"), len(asked))
        > framework.scoring.not_applicable.ceiling
        for s in range(n_stages)
    )
    row: Row = {
        "commitment_id": commitment.id,
        "stage": None,
        "met_next": None,
        "total_next": None,
        "floor_stage": None,
        "floor_met_next": None,
        "floor_total_next": None,
        "claims_ahead": sum(claims_ahead(states) for _, states in asked),
        "n_applicable": n_applicable,
        "n_answered": n_answered,
        "n_applicable_next": 0,
        "n_answered_next": 0,
        "n_not_applicable": every.count("not_applicable"),
    }
    if n_applicable == 0:
        row["status"] = "not_applicable"
    elif n_answered == 0:
        row["status"] = "not_assessed"
    elif over_ceiling or core_stage is None:
        row["status"] = "not_assessable"
    else:
        stage = min(core_stage, others_allow(asked, framework))
        row["stage"] = stage
        row["met_next"], row["total_next"] = position(asked, stage, n_stages)
        above = [states[stage] for _, states in asked] if stage < n_stages else []
        row["n_applicable_next"], row["n_answered_next"] = (
            len(applicable(above)),
            len(answered(above)),
        )
        complete = min(
            share(n_answered, n_applicable),
            share(row["n_answered_next"], row["n_applicable_next"]),
        )
        row["status"] = "provisional" if complete < missing.provisional_below else "final"
    if n_answered and any(i.core for i, _ in asked):
        strict = [(i, without_not_applicable(states)) for i, states in asked]
        floor = min(core_allows(strict) or 0, others_allow(strict, framework))
        row["floor_stage"] = floor
        row["floor_met_next"], row["floor_total_next"] = position(strict, floor, n_stages)
    row.update(score(asked, row, framework))
    return row


def score(
    asked: Sequence[tuple[Indicator, Sequence[str]]], row: Row, framework: Framework
) -> dict[str, float | None]:
    n_stages = len(framework.stages)
    plain: list[Fraction] = []
    low: list[Fraction] = []
    high: list[Fraction] = []
    for _, states in asked:
        if not applicable(states):
            continue
        if not answered(states):
            low.append(Fraction(0))
            high.append(Fraction(1))
            continue
        plain.append(Fraction(stage_of(states), n_stages))
        low.append(plain[-1])
        high.append(Fraction(stage_of(states, "unanswered"), n_stages))
    covered = share(row["n_answered"], row["n_applicable"])
    withheld = covered < framework.scoring.missing.score_withheld_below
    if withheld or row["status"] not in ("final", "provisional"):
        plain = []
    return {"score": mean(plain), "score_low": mean(low), "score_high": mean(high)}


def mean(values: Sequence[Fraction]) -> float | None:
    return float(100 * sum(values, Fraction(0)) / len(values)) if values else None


def score_profile(commitments: Sequence[Row]) -> Row:
    stages = [row["stage"] for row in commitments]
    return {
        "status": min((row["status"] for row in commitments), key=WORST_FIRST.index),
        "lowest_stage": None if None in stages else min(stages),
        "n_commitments": len(stages),
        "n_assessed": sum(stage is not None for stage in stages),
        "n_applicable": sum(row["n_applicable"] for row in commitments),
        "n_answered": sum(row["n_answered"] for row in commitments),
        "claims_ahead": sum(row["claims_ahead"] for row in commitments),
    }


def score_organisation(
    answers: Answers, framework: Framework
) -> tuple[list[Row], list[Row], Row | None]:
    """Indicators, commitments and profile of one organisation."""
    indicators = [
        score_indicator(i, answers[i.id], framework)
        for _, i in framework.indicators()
        if i.id in answers
    ]
    commitments = [
        row
        for c in framework.commitments
        if (row := score_commitment(c, answers, framework)) is not None
    ]
    return indicators, commitments, score_profile(commitments) if commitments else None
