"""One cycle's answers in, its stages, scores and profiles out.

`score_states` is the arithmetic on arrays; `score_cycle` puts frames on both ends of it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import pandas as pd

from remi.scoring import frames
from remi.scoring.arrays import Codes, Outline, outline, to_array
from remi.scoring.indicators import IndicatorStages, indicator_stages, read_states
from remi.scoring.profile import Profiles, profiles
from remi.scoring.score import Scores, scores
from remi.scoring.stages import CommitmentStages, commitment_stages
from schemas.framework import Framework, ScoringPolicy

ENGINE_VERSION = "1.0"
"""Raised whenever the same answers could give another result."""

CHUNK = 4096
"""Organisations taken at a time: enough to keep the loop cheap, few enough to stay in cache."""

Part = TypeVar("Part", IndicatorStages, CommitmentStages, Scores, Profiles)


@dataclass(frozen=True)
class ScoredArrays:
    """Results with organisations along the last axis, in the order of the answer array."""

    indicators: IndicatorStages
    commitments: CommitmentStages
    scores: Scores
    profiles: Profiles


@dataclass(frozen=True)
class ScoredCycle:
    """Results of one cycle in the columns of the store tables of the same names.

    Sorted by organisation id and then in framework order. An indicator or commitment that an
    organisation is not asked has no row. Stages and scores that do not exist are missing, with
    the reason in `status`.
    """

    indicator_stages: pd.DataFrame
    commitment_stages: pd.DataFrame
    organisation_profiles: pd.DataFrame


def score_cycle(
    answers: pd.DataFrame,
    organisations: pd.DataFrame,
    framework: Framework,
    cycle: str,
    input_hash: str,
) -> ScoredCycle:
    """Score every organisation that has answers in this cycle.

    `answers` has the columns of `schemas.store.answer`; `organisations` has one row for each
    organisation with `organisation_id` and `sector`, and may hold more than have answered.
    Raises ValueError naming the first answer that cannot be used, or another cycle's answers.
    """
    other = sorted(set(answers["cycle"]) - {cycle})
    if other:
        raise ValueError(f"answers of {', '.join(other)} among those of {cycle}")
    given = to_array(answers, organisations, framework)
    shape = outline(framework)
    scored = score_states(given.states, shape, framework.scoring)
    made_by = {
        "framework_version": framework.name_and_version,
        "engine_version": ENGINE_VERSION,
        "input_hash": input_hash,
    }
    return ScoredCycle(
        frames.indicator_frame(scored.indicators, given, shape, cycle, made_by),
        frames.commitment_frame(scored.commitments, scored.scores, given, shape, cycle, made_by),
        frames.profile_frame(scored.profiles, given, cycle, made_by),
    )


def score_states(states: Codes, shape: Outline, policy: ScoringPolicy) -> ScoredArrays:
    """Score an answer array [organisation, criterion] of `Code`s, some organisations at a time."""
    starts = range(0, max(len(states), 1), CHUNK)
    parts = [_score_chunk(states[start : start + CHUNK], shape, policy) for start in starts]
    return ScoredArrays(
        _joined([p.indicators for p in parts]),
        _joined([p.commitments for p in parts]),
        _joined([p.scores for p in parts]),
        _joined([p.profiles for p in parts]),
    )


def _score_chunk(states: Codes, shape: Outline, policy: ScoringPolicy) -> ScoredArrays:
    by_indicator = (len(shape.indicator_ids), shape.n_stages, len(states))
    criteria = read_states(np.ascontiguousarray(states.T).reshape(by_indicator))
    indicators = indicator_stages(criteria, policy.missing.provisional_below)
    commitments = commitment_stages(criteria, indicators, shape, policy)
    return ScoredArrays(
        indicators,
        commitments,
        scores(criteria, indicators, commitments, shape, policy.missing),
        profiles(commitments),
    )


def _joined(parts: list[Part]) -> Part:
    """One result from those of all chunks, joined along the organisations."""
    kind = type(parts[0])
    return kind(
        **{f.name: np.concatenate([getattr(p, f.name) for p in parts], -1) for f in fields(kind)}
    )
