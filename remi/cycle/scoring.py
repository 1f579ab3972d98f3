"""The results of a cycle: made from the answers that count, tried under other rules, checked."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Table

from remi.cycle.inputs import input_hash
from remi.cycle.steps import SCORE, store_step
from remi.cycle.work import CycleWork
from remi.scoring.assurance import assured_only
from remi.scoring.engine import ScoredCycle, score_cycle
from remi.scoring.frozen import same_results
from remi.scoring.inherited import with_inherited
from remi.scoring.robustness import stage_sensitivity
from schemas import reviews, store


def score(work: CycleWork) -> ScoredCycle:
    """Score the returns that count, and store indicator stages, commitment stages, profiles."""
    scored = score_cycle(
        counting(work, store.answer), work.partners, work.framework, work.cycle_id, input_hash(work)
    )
    store_step(
        work,
        SCORE,
        {
            store.indicator_stage: scored.indicator_stages,
            store.commitment_stage: scored.commitment_stages,
            store.organisation_profile: scored.organisation_profiles,
        },
    )
    return scored


def try_alternatives(work: CycleWork) -> pd.DataFrame:
    """Score again under the framework's alternative rules, and store which stages change.

    What reviewers assured, as it is stored, is one more of them.
    """
    tried = stage_sensitivity(
        counting(work, store.answer), work.partners, work.framework, work.cycle_id
    )
    tried = assured_only(tried, work.read(store.commitment_stage), work.read(reviews.assured_stage))
    store_step(work, store.stage_sensitivity.name, {store.stage_sensitivity: tried})
    return tried


def as_scored(work: CycleWork) -> bool:
    """Whether the stored results are, to the bit, what their answers give under their framework.

    What they were made with is not looked at; a cycle that was never scored has none to differ.
    """
    stored = scored_cycle(work)
    if stored.organisation_profiles.empty:
        return True
    again = score_cycle(
        counting(work, store.answer), work.partners, work.framework, work.cycle_id, ""
    )
    return same_results(stored, again)


def scored_cycle(work: CycleWork) -> ScoredCycle:
    """The stored results of the cycle."""
    return ScoredCycle(
        work.read(store.indicator_stage),
        work.read(store.commitment_stage),
        work.read(store.organisation_profile),
    )


def counting(work: CycleWork, table: Table) -> pd.DataFrame:
    """The rows of a table that come from submissions that count.

    Answers that a department takes over from its organisation are the organisation's.
    """
    verdicts = work.read(store.verdict)
    ids = verdicts.loc[verdicts["counts"].astype(bool), "submission_id"]
    rows = work.read(table)
    rows = rows[rows["submission_id"].isin(ids)].reset_index(drop=True)
    return with_inherited(rows, work.partners) if table is store.answer else rows
