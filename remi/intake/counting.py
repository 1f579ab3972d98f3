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
    good = verdicts[
        (verdicts["outcome"] == "accepted") & verdicts["submission_id"].isin(list(may_count))
    ]
    last = good.groupby(ANSWERS_WHAT, dropna=False)["submission_id"].transform("last")
    newest = last.reindex(verdicts.index)
    counts = newest.eq(verdicts["submission_id"]).fillna(False).astype("bool")
    superseded = newest.mask(counts).astype("str")
    return verdicts.assign(counts=counts, superseded_by=superseded)
