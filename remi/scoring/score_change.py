"""What the change of each commitment's score since the year before is made of.

A commitment's score is the mean of its indicators that have an answer, and an indicator is worth
its stage: a tree of means, split by `model.change_means`. Within an indicator whose answers moved
for several reasons, its part is shared among the reasons (`model.owen`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from remi.scoring.arrays import Codes, Ints, outline, to_array
from remi.scoring.indicators import indicator_stages, read_states
from remi.scoring.model.change_effects import Cause, Effect, YearValues, other_effects
from remi.scoring.model.change_means import (
    Kind,
    Leaf,
    Year,
    cause_of,
    counting,
    mean_effects,
    path_weights,
    total,
)
from remi.scoring.model.decompose import kind_of
from remi.scoring.model.index import index_states
from remi.scoring.model.owen import Part, owen_values
from schemas.framework import Framework
from schemas.results import SCORE_CHANGE, ScoreEffect

FULL_SCORE = 100
NO_SHARE = Fraction(0)
"""Below this share of answers an indicator would be provisional; its stage is the same."""

_WORDS = ("cycle", "organisation_id", "previous_cycle", "commitment_id", "effect")
_NUMBERS = ("amount", "score_before", "score_now")
_TYPES = {
    **dict.fromkeys(_WORDS, "str"),
    **dict.fromkeys(_NUMBERS, "float64"),
    **dict.fromkeys(("amount_numerator", "amount_denominator"), "int64"),
    "break_in_series": "bool",
}


@dataclass(frozen=True)
class ScoredYear:
    """One year as it was published, and its answers as they are compared with another year's.

    `answers` and `compared` have the columns of `schemas.store.answer`, `scores` those of
    `schemas.store.commitment_stage`; `organisations` has `organisation_id` and `sector`. Where
    both years have the same framework, `compared` is `answers`.
    """

    cycle: str
    framework: Framework
    organisations: pd.DataFrame
    answers: pd.DataFrame
    compared: pd.DataFrame
    scores: pd.DataFrame


@dataclass(frozen=True)
class _Read:
    """One year's answers under a framework."""

    row: Mapping[str, int]
    """By organisation id."""
    codes: Codes
    """[organisation, indicator, stage]."""
    stage: Ints
    """[organisation, indicator]."""
    kind: npt.NDArray[np.str_]
    """[organisation, indicator]: one of `Kind`."""


@dataclass(frozen=True)
class _Flat:
    """A commitment of indicators that all weigh the same, or one of them."""

    id: str
    children: tuple[_Flat, ...] = ()
    weight: Fraction = Fraction(1)


def score_change(now: ScoredYear, before: ScoredYear, under: Framework) -> pd.DataFrame:
    """The change of every commitment's score by effect, in the columns of `score_change`.

    Only organisations and commitments with a score in both years are there, with a row for every
    effect. `under` is the framework by which the years are compared: their own, or the one that
    links theirs; a commitment that is not in it, or of which a year has no answer in it, has no
    rows. Scores are those given; amounts are points of 100. Raises ValueError as scoring does.
    """
    years = (before, now)
    read = tuple(_read(y.compared, y.organisations, under) for y in years)
    published = tuple(
        by if year.framework == under else _read(year.answers, year.organisations, year.framework)
        for by, year in zip(read, years, strict=True)
    )
    linked = any(y.framework.name_and_version != under.name_and_version for y in years)
    rows: list[tuple[object, ...]] = []
    for organisation, commitment_id, scores in _panel(now, before, under):
        first, last = (_year(by, organisation, commitment_id, under) for by in read)
        if not (counting(first) and counting(last)):
            continue
        effects = change_effects((first, last), _moved(read, organisation, commitment_id, under))
        if linked:
            values = [
                YearValues(_value(_year(by, organisation, commitment_id, year.framework)), own, own)
                for by, year, own in zip(
                    published, years, (_value(first), _value(last)), strict=True
                )
            ]
            # A score is of what is declared, so that no review has a part in it.
            effects += other_effects(commitment_id, *values)
        for effect, amount in _by_effect(effects):
            rows.append(
                (
                    *(now.cycle, organisation, before.cycle, commitment_id, effect.value),
                    *(float(amount), amount.numerator, amount.denominator, *scores, linked),
                )
            )
    made = pd.DataFrame(rows, columns=list(SCORE_CHANGE.columns))
    return made.astype(_TYPES)


def change_effects(
    years: tuple[Year, Year], within: Mapping[str, Mapping[Cause, Fraction]]
) -> tuple[Effect, ...]:
    """The parts of the change of a plain mean of indicators, by indicator and cause.

    `within` gives for each indicator that is answered in both years what its own change is made
    of. Values are shares of 1, and so are the amounts. Raises ValueError where nothing counts in
    one of the years.
    """
    root = _Flat("", tuple(_Flat(indicator_id) for indicator_id in years[0]))
    parts = [
        effect
        for effect in mean_effects((root, root), years)
        if effect.cause != Cause.PERFORMANCE or effect.node_id not in within
    ]
    weights = [path_weights(root, counting(year)) for year in years]
    for indicator_id, causes in within.items():
        weight = (weights[0][indicator_id] + weights[1][indicator_id]) / 2
        parts += [Effect(indicator_id, c, weight * part) for c, part in causes.items() if part]
    return tuple(parts)


def _read(answers: pd.DataFrame, organisations: pd.DataFrame, framework: Framework) -> _Read:
    given = to_array(answers, organisations, framework)
    shape = outline(framework)
    codes = given.states.reshape(-1, len(shape.indicator_ids), shape.n_stages)
    found = indicator_stages(read_states(codes.transpose(1, 2, 0)), NO_SHARE)
    kinds = np.select(
        [found.n_applicable == 0, found.n_answered == 0], ["not_applicable", "unanswered"],
        default="answered",
    )  # fmt: skip
    return _Read(
        row={organisation: n for n, organisation in enumerate(given.organisation_ids)},
        codes=codes,
        stage=found.stage.T,
        kind=kinds.T,
    )


def _panel(
    now: ScoredYear, before: ScoredYear, under: Framework
) -> Iterator[tuple[str, str, tuple[float, float]]]:
    """Organisation, commitment and both scores, by organisation and then in framework order."""
    keys = ["organisation_id", "commitment_id"]
    both = now.scores.merge(before.scores, on=keys, suffixes=("", "_before"), validate="1:1")
    both = both[both["score"].notna() & both["score_before"].notna()]
    found = {
        (row["organisation_id"], row["commitment_id"]): (
            float(row["score_before"]),
            float(row["score"]),
        )
        for row in both.to_dict("records")
    }
    commitments = [commitment.id for commitment in under.commitments]
    for key in product(sorted({organisation for organisation, _ in found}), commitments):
        if key in found:
            yield *key, found[key]


def _places(commitment_id: str, framework: Framework) -> Iterator[tuple[int, str]]:
    """Where the indicators of a commitment stand among all of them."""
    for place, (commitment, indicator) in enumerate(framework.indicators()):
        if commitment.id == commitment_id:
            yield place, indicator.id


def _year(by: _Read, organisation: str, commitment_id: str, framework: Framework) -> Year:
    """The indicators of a commitment; none where the organisation answered nothing at all."""
    n_stages = len(framework.stages)
    found: dict[str, Leaf] = {}
    if organisation in by.row:
        row = by.row[organisation]
        for place, indicator_id in _places(commitment_id, framework):
            kind = cast(Kind, str(by.kind[row, place]))
            stage = Fraction(int(by.stage[row, place]), n_stages)
            found[indicator_id] = Leaf(kind, stage if kind == "answered" else None)
    return found


def _value(year: Year) -> Fraction:
    """The mean of what counts."""
    root = _Flat("", tuple(_Flat(indicator_id) for indicator_id in year))
    return Fraction(total(path_weights(root, counting(year)), year))


def _moved(
    read: tuple[_Read, ...], organisation: str, commitment_id: str, framework: Framework
) -> dict[str, dict[Cause, Fraction]]:
    """What the change of each indicator that is answered in both years is made of."""
    before, now = read
    found = {}
    for place, indicator_id in _places(commitment_id, framework):
        rows = before.row[organisation], now.row[organisation]
        if before.kind[rows[0], place] == now.kind[rows[1], place] == "answered":
            codes = before.codes[rows[0], place], now.codes[rows[1], place]
            found[indicator_id] = _within(codes, len(framework.stages))
    return found


def _within(codes: tuple[Codes, Codes], n_stages: int) -> dict[Cause, Fraction]:
    """The change of one indicator by cause: what moved for one cause moves as one."""
    states = index_states(np.stack(codes))
    places: dict[Cause, list[int]] = {}
    for place in np.flatnonzero(states[0] != states[1]):
        cause = cause_of(kind_of(int(states[0, place])), kind_of(int(states[1, place])))
        places.setdefault(cause, []).append(int(place))
    parts = [Part("", cause, tuple(columns)) for cause, columns in places.items()]

    def values(moved: list[frozenset[int]]) -> list[Fraction]:
        mixed = np.repeat(codes[0][None, :], len(moved), axis=0)
        for row, columns in enumerate(moved):
            mixed[row, list(columns)] = codes[1][list(columns)]
        stages = indicator_stages(read_states(mixed.T[None]), NO_SHARE).stage[0]
        return [Fraction(int(stage), n_stages) for stage in stages]

    shares = owen_values(parts, values) if parts else ()  # type: ignore[arg-type]
    return {Cause(part.cause): amount for part, amount in shares or ()}


def _by_effect(effects: tuple[Effect, ...]) -> Iterator[tuple[ScoreEffect, Fraction]]:
    """Every effect with its points of 100, nought where there are none."""
    for effect in ScoreEffect:
        parts = (Fraction(part.amount) for part in effects if part.cause.value == effect.value)
        yield effect, FULL_SCORE * sum(parts, Fraction(0))
