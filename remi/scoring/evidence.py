"""What stands behind each criterion that is met, and the stage that is assured by it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date

import pandas as pd

from remi.scoring.engine import score_cycle
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
    items = _judged(evidence, framework, closes)
    shown = criteria.merge(items, on=["organisation_id", "indicator_id"])
    shown = shown[shown["stage"].between(shown["first_stage"], shown["last_stage"])]
    marks = ["in_date", "dated", "numeric", "reused"]
    best = shown.groupby(CRITERION, as_index=False)[marks].any().assign(with_evidence=True)
    found = criteria.merge(best, on=CRITERION, how="left", validate="one_to_one")
    flags = ["with_evidence", *marks]
    found[flags] = found[flags].astype("boolean").fillna(False).astype(bool)
    found["stale"] = found["dated"] & ~found["in_date"]
    return found[[*CRITERION, "with_evidence", "in_date", "stale", "numeric", "reused"]]


def assured_stages(
    answers: pd.DataFrame,
    organisations: pd.DataFrame,
    evidence: pd.DataFrame,
    accepted: AbstractSet[tuple[str, str, int]],
    framework: Framework,
    closes: date,
) -> pd.DataFrame:
    """The stage of every commitment when only what was checked counts as met.

    The same rule as for declared stages, but a criterion counts only if it is met, its evidence
    is in date and a reviewer accepted it. `accepted` holds (organisation_id, indicator_id,
    stage). Gives `organisation_id`, `commitment_id` and `assured_stage`, which is missing where
    nothing was assessed.
    """
    found = criterion_evidence(answers, evidence, framework, closes)
    checked = found.loc[found["in_date"], ["organisation_id", "indicator_id", "stage"]]
    assured = accepted & set(checked.itertuples(index=False, name=None))
    keys = zip(answers["organisation_id"], answers["indicator_id"], answers["stage"], strict=True)
    lapsed = pd.Series([key not in assured for key in keys], index=answers.index, dtype=bool)
    counted = answers["answer"].mask(
        lapsed & (answers["answer"] == AnswerState.MET.value), AnswerState.NOT_MET.value
    )
    cycle = str(answers["cycle"].iloc[0]) if len(answers) else ""
    scored = score_cycle(answers.assign(answer=counted), organisations, framework, cycle, "")
    stages = scored.commitment_stages[["organisation_id", "commitment_id", "stage"]]
    return stages.rename(columns={"stage": "assured_stage"})


def _judged(evidence: pd.DataFrame, framework: Framework, closes: date) -> pd.DataFrame:
    """The items with `in_date`, `dated`, `numeric` and `reused`."""
    types = {kind.id: kind for kind in framework.evidence_types}
    unknown = sorted(set(evidence["evidence_type"].dropna()) - set(types))
    if unknown:
        raise ValueError(f"evidence types that the framework does not have: {', '.join(unknown)}")
    items = evidence[["organisation_id", "indicator_id", "first_stage", "last_stage"]].copy()
    dated_on = pd.to_datetime(evidence["dated_on"])
    items["in_date"] = False
    for kind in types.values():
        valid_to = dated_on + pd.DateOffset(months=kind.months_valid)
        items["in_date"] |= (evidence["evidence_type"] == kind.id) & (
            valid_to >= pd.Timestamp(closes)
        )
    items["dated"] = dated_on.notna() & evidence["evidence_type"].notna()
    items["numeric"] = evidence["evidence_type"].isin([k.id for k in types.values() if k.numeric])
    items["reused"] = evidence["national_return"].notna()
    return items
