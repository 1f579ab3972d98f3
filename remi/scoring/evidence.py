"""What stands behind each criterion that is met: how old it is, and whether it is enough."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from schemas.framework import Framework
from schemas.intake import AnswerState

CRITERION = ["organisation_id", "commitment_id", "indicator_id", "stage"]


def criterion_evidence(
    answers: pd.DataFrame, evidence: pd.DataFrame, framework: Framework, closes: date
) -> pd.DataFrame:
    """One row for each met criterion, in the order of `answers`: what evidence there is for it.

    `answers` has the columns of `schemas.store.answer`. `evidence` has one row for each item:
    `organisation_id`, `indicator_id`, `first_stage` and `last_stage` (which it shows, both
    included), `evidence_type`, `dated_on` and `national_return`; the last three may be missing.
    `closes` is the cycle's closing day, on which age is judged.

    Gives `organisation_id`, `commitment_id`, `indicator_id`, `stage` and, true or false:
    `with_evidence`; `in_date` (some item is within the months that its type is valid); `stale`
    (some item is dated, but none is in date); `numeric` (some item is); `reused` (some item was
    already reported in a national return). Evidence without type or date is neither in date nor
    stale. Raises ValueError for an evidence type that the framework does not have.
    """
    criteria = answers.loc[answers["answer"] == AnswerState.MET.value, CRITERION]
    items = judged_items(evidence, framework, closes)
    shown = criteria.merge(items, on=["organisation_id", "indicator_id"])
    shown = shown[shown["stage"].between(shown["first_stage"], shown["last_stage"])]
    marks = ["in_date", "dated", "numeric", "reused"]
    best = shown.groupby(CRITERION, as_index=False)[marks].any().assign(with_evidence=True)
    found = criteria.merge(best, on=CRITERION, how="left", validate="one_to_one")
    flags = ["with_evidence", *marks]
    found[flags] = found[flags].astype("boolean").fillna(False).astype(bool)
    found["stale"] = found["dated"] & ~found["in_date"]
    return found[[*CRITERION, "with_evidence", "in_date", "stale", "numeric", "reused"]]


def enough(types_in_date: Sequence[str], stage: int, framework: Framework) -> bool:
    """Whether evidence of these types, one entry for each item that is in date and shows this
    stage of an indicator, is what the framework asks for at this stage: never less than one."""
    for minimum in framework.evidence_minimums:
        if minimum.from_stage <= stage <= minimum.to_stage:
            kinds = set(types_in_date)
            return len(types_in_date) >= minimum.items and all(
                kinds.intersection(some) for some in minimum.one_of
            )
    return bool(types_in_date)


def judged_items(evidence: pd.DataFrame, framework: Framework, closes: date) -> pd.DataFrame:
    """The items in their order with `counts_until` (the last day on which each is in date),
    `in_date`, `dated`, `numeric` and `reused`.

    `evidence` and errors as of `criterion_evidence`.
    """
    types = {kind.id: kind for kind in framework.evidence_types}
    unknown = sorted(set(evidence["evidence_type"].dropna()) - set(types))
    if unknown:
        raise ValueError(f"evidence types that the framework does not have: {', '.join(unknown)}")
    items = evidence[["organisation_id", "indicator_id", "first_stage", "last_stage"]].copy()
    dated_on = pd.to_datetime(evidence["dated_on"])
    items["counts_until"] = pd.Series(pd.NaT, items.index, dtype=dated_on.dtype)
    for kind in types.values():
        mine = evidence["evidence_type"] == kind.id
        until = dated_on + pd.DateOffset(months=kind.months_valid)
        items["counts_until"] = items["counts_until"].mask(mine, until)
    items["in_date"] = items["counts_until"] >= pd.Timestamp(closes)
    items["dated"] = dated_on.notna() & evidence["evidence_type"].notna()
    items["numeric"] = evidence["evidence_type"].isin([k.id for k in types.values() if k.numeric])
    items["reused"] = evidence["national_return"].notna()
    return items
