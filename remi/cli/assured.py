"""What is assured of a commitment or an indicator, and why not more, in a sentence."""

from __future__ import annotations

import pandas as pd

from remi.cli.changed import StaleError
from remi.cycle.work import CycleWork
from remi.review.assuring import reviewed, stages_of
from remi.scoring.assurance_words import assured_sentences
from remi.scoring.explanation import Explanation
from schemas import reviews

SHOWN = ["status", "declared_stage", "assured_stage", "n_claims", "n_decided", "n_accepted"]


def assured_now(work: CycleWork, found: Explanation) -> tuple[str, ...]:
    """The sentence; none where no stage is declared or the cycle was scored before reviews were.

    Raises StaleError where something was decided since the stored stage was assured.
    """
    stored = _row(work.read(reviews.assured_stage, organisation_id=found.organisation_id), found)
    if stored is None:
        return ()
    claims = reviewed(work, found.organisation_id)
    now = _row(stages_of(work, found.organisation_id, claims), found)
    if now is None or any(now[name] != stored[name] for name in SHOWN):
        raise StaleError
    mine = [
        one for one in claims if found.node in (one.claim.commitment_id, one.claim.indicator_id)
    ]
    return assured_sentences(now, found.name, mine, work.framework)


def _row(rows: pd.DataFrame, found: Explanation) -> dict[str, object] | None:
    """The row about this node, with nothing where a value is missing."""
    mine = rows[(rows["level"] == found.level) & (rows[f"{found.level}_id"] == found.node)]
    for row in mine.astype("object").where(mine.notna(), None).to_dict("records"):
        return {str(key): value for key, value in row.items()}
    return None
