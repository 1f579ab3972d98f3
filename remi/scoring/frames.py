"""From result arrays to frames in the columns and order of the store's tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from remi.scoring.arrays import AnswerArray, Bools, Codes, Floats, Ints, Outline
from remi.scoring.indicators import PROVISIONAL, STATUSES, IndicatorStages
from remi.scoring.profile import Profiles
from remi.scoring.score import Scores
from remi.scoring.stages import CommitmentStages
from schemas.results import (
    COMMITMENT_STAGES,
    INDICATOR_STAGES,
    ORGANISATION_PROFILES,
)


def indicator_frame(
    results: IndicatorStages,
    given: AnswerArray,
    shape: Outline,
    cycle: str,
    made_by: Mapping[str, str],
) -> pd.DataFrame:
    """One row for each organisation and indicator that it is asked."""
    rows = results.asked.T
    organisation, indicator = np.nonzero(rows)
    staged = results.status.T[rows] >= PROVISIONAL
    commitment_ids = np.array(shape.commitment_ids, dtype=object)[shape.commitment_of]
    frame = {
        **_keys(given, organisation, cycle),
        "commitment_id": _text(commitment_ids, indicator),
        "indicator_id": _text(np.array(shape.indicator_ids, dtype=object), indicator),
        "core": shape.core[indicator],
        "status": _status(results.status.T[rows]),
        "stage": _known(results.stage.T[rows], staged),
        "floor_stage": _known(results.floor_stage.T[rows], staged),
        "claims_ahead": _whole(results.claims_ahead.T[rows]),
        "n_applicable": _whole(results.n_applicable.T[rows]),
        "n_answered": _whole(results.n_answered.T[rows]),
        "inherited": given.inherited[rows],
    }
    return _frame(frame, made_by, list(INDICATOR_STAGES.columns))


def commitment_frame(
    results: CommitmentStages,
    scores: Scores,
    given: AnswerArray,
    shape: Outline,
    cycle: str,
    made_by: Mapping[str, str],
) -> pd.DataFrame:
    """One row for each organisation and commitment of which it is asked anything."""
    rows = results.asked.T
    organisation, commitment = np.nonzero(rows)
    staged = results.status.T[rows] >= PROVISIONAL
    floored = results.has_floor.T[rows]
    frame = {
        **_keys(given, organisation, cycle),
        "commitment_id": _text(np.array(shape.commitment_ids, dtype=object), commitment),
        "status": _status(results.status.T[rows]),
        "stage": _known(results.stage.T[rows], staged),
        "met_next": _known(results.met_next.T[rows], staged),
        "total_next": _known(results.total_next.T[rows], staged),
        "floor_stage": _known(results.floor_stage.T[rows], floored),
        "floor_met_next": _known(results.floor_met_next.T[rows], floored),
        "floor_total_next": _known(results.floor_total_next.T[rows], floored),
        "claims_ahead": _whole(results.claims_ahead.T[rows]),
        "n_applicable": _whole(results.n_applicable.T[rows]),
        "n_answered": _whole(results.n_answered.T[rows]),
        "n_applicable_next": _whole(results.n_applicable_next.T[rows]),
        "n_answered_next": _whole(results.n_answered_next.T[rows]),
        "n_not_applicable": _whole(results.n_not_applicable.T[rows]),
        "score": _known_score(scores.score.T[rows]),
        "score_low": _known_score(scores.score_low.T[rows]),
        "score_high": _known_score(scores.score_high.T[rows]),
    }
    return _frame(frame, made_by, list(COMMITMENT_STAGES.columns))


def profile_frame(
    results: Profiles, given: AnswerArray, cycle: str, made_by: Mapping[str, str]
) -> pd.DataFrame:
    """One row for each organisation that is asked anything."""
    asked = np.nonzero(results.n_commitments)[0]
    frame = {
        **_keys(given, asked, cycle),
        "status": _status(results.status[asked]),
        "lowest_stage": _known(results.lowest_stage[asked], results.has_lowest_stage[asked]),
        "n_commitments": _whole(results.n_commitments[asked]),
        "n_assessed": _whole(results.n_assessed[asked]),
        "n_applicable": _whole(results.n_applicable[asked]),
        "n_answered": _whole(results.n_answered[asked]),
        "claims_ahead": _whole(results.claims_ahead[asked]),
    }
    return _frame(frame, made_by, list(ORGANISATION_PROFILES.columns))


def _keys(given: AnswerArray, organisation: Ints, cycle: str) -> dict[str, object]:
    return {
        "cycle": pd.array([cycle] * len(organisation), dtype="str"),
        "organisation_id": _text(np.array(given.organisation_ids, dtype=object), organisation),
        "submission_id": _text(np.array(given.submission_ids, dtype=object), organisation),
    }


def _frame(
    columns: dict[str, object], made_by: Mapping[str, str], order: list[str]
) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    for name, value in made_by.items():
        frame[name] = pd.array([value] * len(frame), dtype="str")
    return frame[order]


def _text(names: np.ndarray, places: Ints) -> pd.api.extensions.ExtensionArray:
    return pd.array(names[places], dtype="str")


def _status(places: Codes) -> pd.api.extensions.ExtensionArray:
    return _text(np.array([s.value for s in STATUSES], dtype=object), places)


def _whole(numbers: Ints) -> Ints:
    return numbers.astype(np.int64)


def _known(numbers: Ints, known: Bools) -> pd.api.extensions.ExtensionArray:
    """Whole numbers, missing where not known."""
    return pd.arrays.IntegerArray(numbers.astype(np.int64), ~known)


def _known_score(numbers: Floats) -> pd.api.extensions.ExtensionArray:
    """Scores, missing where there is none."""
    return pd.arrays.FloatingArray(numbers, np.isnan(numbers))
