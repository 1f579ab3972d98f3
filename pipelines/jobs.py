"""What is run: scoring a cycle, and publishing it.

What belongs here: jobs as selections of assets. What does not: when they run (automation). See
Dagster's “Asset jobs”.
"""

from __future__ import annotations

import dagster as dg

MAX_RUNTIME = {"dagster/max_runtime": "3600"}

score_cycle = dg.define_asset_job(
    "score_cycle",
    selection=dg.AssetSelection.groups("intake", "scoring", "impact"),
    tags=MAX_RUNTIME,
    description=(
        "Take in what arrived for a cycle, judge it, score it and make the annual tables. Can be "
        "repeated at any time; after an earlier year is scored again, run the year after it too."
    ),
)

publish_cycle = dg.define_asset_job(
    "publish_cycle",
    selection=dg.AssetSelection.groups("release"),
    tags=MAX_RUNTIME,
    description="Protect the annual tables and write the release. Started by a person.",
)
