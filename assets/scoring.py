"""From answers to stages: indicators, commitments, profiles, other rules, and what moved.

What belongs here: one asset for each stored table of results. What does not: the rule, which is
`remi.scoring`. See Dagster's “Defining assets”.
"""

from collections.abc import Iterator

import dagster as dg

from assets.cycles import by_cycle
from assets.metadata import OWNERS, materialised, of_store_table, store_specs, stored
from assets.resources import Installation
from remi.cycle.changes import compare_linked, compare_years, compared_by, split_change
from remi.cycle.inputs import input_hash
from remi.cycle.scoring import score, try_alternatives
from remi.review import assuring
from schemas import reviews, store

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
    work = installation.cycle(context.partition_key, context.run)
    score(work)
    yield from stored(
        work,
        SCORED,
        framework_version=work.framework.name_and_version,
        input_hash=input_hash(work),
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds=KINDS,
    partitions_def=by_cycle,
    deps=[
        "assessment_answers",
        "record_values",
        "verdicts",
        "partner_register",
        "indicator_stages",
        "commitment_stages",
    ],
    pool="warehouse",
)
def assured_stages(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult[None]:
    """The stage of each indicator and commitment that reviewers assured, beside the declared one.

    Made from what reviewers decided at the portal until now; a decision that is made later is in
    the next run.
    """
    work = installation.cycle(context.partition_key, context.run)
    return dg.MaterializeResult(
        metadata=materialised(
            assuring.assure(work),
            of_store_table(reviews.assured_stage),
            framework_version=work.framework.name_and_version,
            input_hash=input_hash(work),
        )
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds=KINDS,
    partitions_def=by_cycle,
    deps=["assured_stages"],
    pool="warehouse",
)
def assurance_agreement(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult[None]:
    """How far assured stages of indicators agree with declared ones, with the reason where no
    figure can be given."""
    work = installation.cycle(context.partition_key, context.run)
    return dg.MaterializeResult(
        metadata=materialised(assuring.agree(work), of_store_table(reviews.assurance_agreement))
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds=KINDS,
    partitions_def=by_cycle,
    deps=[
        "assessment_answers",
        "verdicts",
        "partner_register",
        "commitment_stages",
        "assured_stages",
    ],
    pool="warehouse",
)
def stage_sensitivity(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult[None]:
    """Every commitment's stage under the framework's alternative rules, and whether it changes.

    What reviewers assured is one more of these.
    """
    work = installation.cycle(context.partition_key, context.run)
    return dg.MaterializeResult(
        metadata=materialised(
            try_alternatives(work),
            of_store_table(store.stage_sensitivity),
            framework_version=work.framework.name_and_version,
            input_hash=input_hash(work),
        )
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds=KINDS,
    partitions_def=by_cycle,
    deps=["indicator_stages", "commitment_stages", "assured_stages"],
    pool="warehouse",
)
def maturity_change(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult[None]:
    """What moved since the cycle before, among organisations with a stage in both.

    Read with the stored results of the cycle before, so an earlier year that is scored again must
    be followed by this one.
    """
    work = installation.cycle(context.partition_key, context.run)
    return dg.MaterializeResult(
        metadata=materialised(compare_years(work), of_store_table(store.maturity_change))
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds=KINDS,
    partitions_def=by_cycle,
    deps=["assessment_answers", "partner_register", "maturity_change"],
    pool="warehouse",
)
def linked_change(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult[None]:
    """What moved since the cycle before where the framework changed in between.

    Both years are scored again on the indicators that a crosswalk says are comparable. Empty where
    the framework is the same, and where nobody has said what is comparable.
    """
    work = installation.cycle(context.partition_key, context.run)
    return dg.MaterializeResult(
        metadata=materialised(
            compare_linked(work),
            of_store_table(store.linked_change),
            compared_by=compared_by(work).how.value,
        )
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds=KINDS,
    partitions_def=by_cycle,
    deps=["assessment_answers", "partner_register", "commitment_stages", "maturity_change"],
    pool="warehouse",
)
def score_change(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult[None]:
    """What the change of every score since the cycle before is made of, by effect.

    Empty where the years cannot be compared.
    """
    work = installation.cycle(context.partition_key, context.run)
    return dg.MaterializeResult(
        metadata=materialised(
            split_change(work),
            of_store_table(store.score_change),
            compared_by=compared_by(work).how.value,
        )
    )
