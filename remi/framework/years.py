"""Whether two cycles can be compared, and under which framework: theirs, or one that links them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from remi.framework.crosswalk import linked, linked_framework
from schemas.crosswalk import Crosswalk
from schemas.framework import Framework
from schemas.results import ComparedBy


@dataclass(frozen=True)
class Years:
    """A cycle's framework, that of the cycle before, and what both are compared by."""

    how: ComparedBy
    now: Framework
    before: Framework | None = None
    under: Framework | None = None
    """None where the two cannot be compared."""
    crosswalk: Crosswalk | None = None

    def compared(self) -> dict[str, int]:
        """How many indicators of each of this cycle's commitments both years are compared on."""
        kept = {c.id: len(c.indicators) for c in self.under.commitments} if self.under else {}
        return {commitment.id: kept.get(commitment.id, 0) for commitment in self.now.commitments}

    def earlier_answers(self, answers: pd.DataFrame) -> pd.DataFrame:
        """The answers of the cycle before as they are compared; `schemas.store.answer`."""
        return linked(answers, self.crosswalk, self.now) if self.crosswalk else answers

    def later_answers(self, answers: pd.DataFrame) -> pd.DataFrame:
        """This cycle's answers as they are compared: those to what is in `under`."""
        if self.under is None or self.crosswalk is None:
            return answers
        asked = [indicator.id for _, indicator in self.under.indicators()]
        return answers[answers["indicator_id"].isin(asked)].reset_index(drop=True)


def years(now: Framework, before: Framework | None, crosswalk: Crosswalk | None) -> Years:
    """How a cycle is compared with the one before it; `before` is None for the first cycle.

    Two versions are compared only by a crosswalk from one to the other.
    """
    if before is None:
        return Years(ComparedBy.FIRST_CYCLE, now)
    if before.name_and_version == now.name_and_version:
        return Years(ComparedBy.SAME_FRAMEWORK, now, before, now)
    if crosswalk is None:
        return Years(ComparedBy.NO_CROSSWALK, now, before)
    under = linked_framework(crosswalk, now)
    if under is None:
        return Years(ComparedBy.NOTHING_COMPARABLE, now, before)
    return Years(ComparedBy.LINKED, now, before, under, crosswalk)
