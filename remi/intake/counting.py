"""Which of an organisation's files counts: the last good one."""

from __future__ import annotations

from collections.abc import Set

import pandas as pd

ANSWERS_WHAT = ["organisation_id", "kind", "framework_version"]
"""Two maturity models are two things to answer: an answer to one leaves the other as it is."""


def which_count(verdicts: pd.DataFrame, may_count: Set[str]) -> pd.DataFrame:
    """The verdicts with `counts` and `superseded_by` said anew; rows and their order stay.

    Rows are in the order in which one takes another's place. Of the accepted ones in `may_count`
    the last counts, and supersedes those before it.
    """
    ids = verdicts["submission_id"].tolist()
    good = (verdicts["outcome"].eq("accepted") & verdicts["submission_id"].isin(may_count)).tolist()
    what = [*verdicts[ANSWERS_WHAT].fillna("").itertuples(index=False, name=None)]
    last = {
        answered: one for answered, one, is_good in zip(what, ids, good, strict=True) if is_good
    }
    newest = [
        last[answered] if is_good else None for answered, is_good in zip(what, good, strict=True)
    ]
    counts = [by == one for by, one in zip(newest, ids, strict=True)]
    superseded = [None if now else by for by, now in zip(newest, counts, strict=True)]
    return verdicts.assign(
        counts=pd.Series(counts, verdicts.index, "bool"),
        superseded_by=pd.Series(superseded, verdicts.index, "str"),
    )
