"""An organisation's profile: its commitments side by side, never averaged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from remi.scoring.arrays import Bools, Codes, Ints
from remi.scoring.indicators import PROVISIONAL, STATUSES
from remi.scoring.stages import CommitmentStages


@dataclass(frozen=True)
class Profiles:
    """One value for each organisation, over the commitments that it is asked."""

    status: Codes
    """Place in `STATUSES` of the commitment of which least can be said."""
    lowest_stage: Ints
    has_lowest_stage: Bools
    """Only where every commitment has a stage: the lowest of some would hide the others."""
    n_commitments: Ints
    n_assessed: Ints
    n_applicable: Ints
    n_answered: Ints
    claims_ahead: Ints


def profiles(commitments: CommitmentStages) -> Profiles:
    """The profile of every organisation."""
    asked = commitments.asked
    staged = asked & (commitments.status >= PROVISIONAL)
    n_commitments, n_assessed = asked.sum(axis=0), staged.sum(axis=0)
    highest = np.iinfo(np.int16).max
    return Profiles(
        status=np.where(asked, commitments.status, len(STATUSES) - 1).min(axis=0).astype(np.int8),
        lowest_stage=np.where(staged, commitments.stage, highest).min(axis=0),
        has_lowest_stage=(n_assessed == n_commitments) & (n_commitments > 0),
        n_commitments=n_commitments,
        n_assessed=n_assessed,
        n_applicable=commitments.n_applicable.sum(axis=0),
        n_answered=commitments.n_answered.sum(axis=0),
        claims_ahead=commitments.claims_ahead.sum(axis=0),
    )
