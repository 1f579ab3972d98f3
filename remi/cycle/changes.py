"""What changed since the cycle before, where the two can be compared."""

from __future__ import annotations

import pandas as pd

from remi.cycle.inputs import input_hash
from remi.cycle.scoring import counting, scored_cycle
from remi.cycle.steps import store_step
from remi.cycle.work import CycleWork, before
from remi.framework.years import Years, years
from remi.scoring.assurance import confirmed
from remi.scoring.change import maturity_change
from remi.scoring.engine import score_cycle
from remi.scoring.score_change import ScoredYear, score_change
from schemas import reviews, store
from schemas.results import ComparedBy


def compare_years(work: CycleWork) -> pd.DataFrame:
    """Store what changed since the cycle before; nothing where there is none."""
    earlier = before(work)
    if earlier is None:
        changed = work.read(store.maturity_change).head(0)
    else:
        reviewed = confirmed(work.read(reviews.assured_stage))
        changed = maturity_change(scored_cycle(work), scored_cycle(earlier), reviewed)
    store_step(work, store.maturity_change.name, {store.maturity_change: changed})
    return changed


def compare_linked(work: CycleWork) -> pd.DataFrame:
    """Store what changed under the framework that links two versions; nothing where none does.

    Both years are scored again, from the answers to what is comparable. The results as published
    stay as they are.
    """
    earlier, compared = before(work), compared_by(work)
    changed = work.read(store.linked_change).head(0)
    if earlier and compared.under and compared.how is ComparedBy.LINKED:
        now, then = (
            score_cycle(answers, of.partners, compared.under, of.cycle_id, input_hash(of))
            for of, answers in (
                (work, compared.later_answers(counting(work, store.answer))),
                (earlier, compared.earlier_answers(counting(earlier, store.answer))),
            )
        )
        # Reviewers confirmed stages as published, and none of those that the link gives.
        changed = maturity_change(now, then, frozenset()).assign(break_in_series=True)
    store_step(work, store.linked_change.name, {store.linked_change: changed})
    return changed


def split_change(work: CycleWork) -> pd.DataFrame:
    """Store what the change of every score is made of; nothing where years are not comparable."""
    earlier, compared = before(work), compared_by(work)
    changed = work.read(store.score_change).head(0)
    if earlier and compared.under:
        now, then = counting(work, store.answer), counting(earlier, store.answer)
        changed = score_change(
            ScoredYear(
                work.cycle_id,
                work.framework,
                work.partners,
                now,
                compared.later_answers(now),
                work.read(store.commitment_stage),
            ),
            ScoredYear(
                earlier.cycle_id,
                earlier.framework,
                earlier.partners,
                then,
                compared.earlier_answers(then),
                earlier.read(store.commitment_stage),
            ),
            compared.under,
        )
    store_step(work, store.score_change.name, {store.score_change: changed})
    return changed


def compared_by(work: CycleWork) -> Years:
    """How this cycle is compared with the one before: under which framework, or why not."""
    earlier = before(work)
    if earlier is None:
        return years(work.framework, None, None)
    crosswalk = work.workspace.configuration.crosswalk(earlier.cycle, work.cycle)
    return years(work.framework, earlier.framework, crosswalk)
