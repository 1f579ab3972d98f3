"""Everything that Dagster loads, assembled in one place.

What belongs here: naming the parts. What does not: any part itself. See Dagster's “Definitions”.
"""

from __future__ import annotations

import dagster as dg

from assets import checks, impact, intake, release, scoring
from assets.resources import Installation
from pipelines.automation import inbox, nightly
from pipelines.jobs import publish_cycle, score_cycle


@dg.definitions
def definitions() -> dg.Definitions:
    """Assets, checks, jobs, automation and resources. One process runs a cycle from end to end."""
    modules = [intake, scoring, impact, release]
    return dg.Definitions(
        assets=dg.load_assets_from_modules(modules),
        asset_checks=dg.load_asset_checks_from_modules([checks]),
        jobs=[score_cycle, publish_cycle],
        schedules=[nightly],
        sensors=[inbox],
        resources={"installation": Installation()},
        executor=dg.in_process_executor,
    )
