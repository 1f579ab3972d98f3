"""From answers to stages: indicators, commitments, profiles, other rules, and what moved.

What belongs here: one asset for each stored table of results. What does not: the rule, which is
`remi.scoring`. See Dagster's “Defining assets”.
"""

from collections.abc import Iterator

import dagster as dg

from assets.cycles import by_cycle
from assets.metadata import OWNERS, materialised, of_store_table, store_specs, stored
from assets.resources import Installation
from remi import cycle
from schemas import store

GROUP = "scoring"
KINDS = {"python", "sqlalchemy"}

SCORED = {
    "indicator_stages": (
        store.indicator_stage,
        "The stage of each indicator of each organisation, with its floor and claims ahead.",
    ),
    "commitment_stages": (
        store.commitment_stage,
        "The stage of each commitment, how much of the next is met, and beside it the 0 to 100 "
        "score with its bounds.",
    ),
    "organisation_profiles": (
        store.organisation_profile,
        "Each organisation's profile over the commitments and how complete its return is.",
    ),
}


@dg.multi_asset(
    name="score_returns",
    specs=store_specs(SCORED, GROUP, deps=["assessment_answers", "verdicts", "partner_register"]),
    pool="warehouse",
)
def score_returns(
    context: dg.AssetExecutionContext, installation: Installation
) -> Iterator[dg.MaterializeResult[None]]:
    """Score every return that counts by the framework's rule."""
    work = installation.cycle(context.partition_key)
    cycle.score(work)
    yield from stored(
        work,
        SCORED,
        framework_version=work.framework.name_and_version,
        input_hash=cycle.input_hash(work),
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds=KINDS,
    partitions_def=by_cycle,
    deps=["assessment_answers", "verdicts", "partner_register"],
    pool="warehouse",
)
def stage_sensitivity(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult[None]:
    """Every commitment's stage under the framework's alternative rules, and whether it changes."""
    work = installation.cycle(context.partition_key)
    return dg.MaterializeResult(
        metadata=materialised(
            cycle.try_alternatives(work),
            of_store_table(store.stage_sensitivity),
            framework_version=work.framework.name_and_version,
            input_hash=cycle.input_hash(work),
        )
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds=KINDS,
    partitions_def=by_cycle,
    deps=["indicator_stages", "commitment_stages"],
    pool="warehouse",
)
def maturity_change(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult[None]:
    """What moved since the cycle before, among organisations with a stage in both.

    Read with the stored results of the cycle before, so an earlier year that is scored again must
    be followed by this one.
    """
    work = installation.cycle(context.partition_key)
    return dg.MaterializeResult(
        metadata=materialised(cycle.compare(work), of_store_table(store.maturity_change))
    )
