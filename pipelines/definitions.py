"""Everything that Dagster loads, assembled in one place.

What belongs here: naming the parts. What does not: any part itself. See Dagster's “Definitions”.
"""

from __future__ import annotations

import dagster as dg

from assets import checks, impact, intake, release, scoring
from assets.resources import Installation
from pipelines.automation import inbox, nightly, reminders
from pipelines.jobs import publish_cycle, remind_partners, score_cycle


@dg.definitions
def definitions() -> dg.Definitions:
    """Assets, checks, jobs, automation and resources. One process runs a cycle from end to end."""
    modules = [intake, scoring, impact, release]
    return dg.Definitions(
        assets=dg.load_assets_from_modules(modules),
        asset_checks=dg.load_asset_checks_from_modules([checks]),
        jobs=[score_cycle, publish_cycle, remind_partners],
        schedules=[nightly, reminders],
        sensors=[inbox],
        resources={"installation": Installation()},
        executor=dg.in_process_executor,
    )
