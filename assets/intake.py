"""What arrived and what it says: register, submissions, verdicts, problems, answers, records.

What belongs here: one asset for each stored table of the intake. What does not: reading or judging,
which is `remi.intake`. See Dagster's “Defining assets”.
"""

from collections.abc import Iterator

import dagster as dg

from assets.cycles import by_cycle
from assets.metadata import OWNERS, materialised, of_store_table, store_specs, stored
from assets.resources import Installation
from remi.cycle.arrivals import receive
from remi.cycle.judging import judge_cycle
from remi.cycle.registering import load_register
from schemas import store

GROUP = "intake"
KINDS = {"python", "sqlalchemy"}


@dg.asset(group_name=GROUP, owners=OWNERS, kinds=KINDS, pool="warehouse")
def partner_register(installation: Installation) -> dg.MaterializeResult[None]:
    """The organisations that are expected to return, with sector, system and dates of validity.

    Read from the register file that the collaboration keeps. A register with a fault is refused
    whole, naming line and column.
    """
    partners = load_register(installation.open())
    return dg.MaterializeResult(metadata=materialised(partners, of_store_table(store.organisation)))


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"python", "excel"},
    partitions_def=by_cycle,
    deps=[partner_register],
    pool="warehouse",
)
def submissions(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult[None]:
    """Every file that arrived for the cycle, kept byte for byte under its hash; append-only.

    The same bytes sent twice are one submission.
    """
    work = installation.cycle(context.partition_key, context.run)
    new = receive(work)
    everything = work.read(store.submission)
    return dg.MaterializeResult(
        metadata=materialised(everything, of_store_table(store.submission), newly_received=len(new))
    )


JUDGED = {
    "verdicts": (store.verdict, "What was decided about each submission, and which one counts."),
    "problems": (store.problem, "What partners were told, with sheet and cell, in plain words."),
    "assessment_answers": (store.answer, "One row for each criterion, with the cell it came from."),
    "record_values": (
        store.record_value,
        "Every other value that was filled in, with its state (a value, blank, not collected, "
        "declined) and the cell it came from.",
    ),
}


@dg.multi_asset(
    name="judge_submissions",
    specs=store_specs(JUDGED, GROUP, deps=["submissions", "partner_register"]),
    pool="warehouse",
)
def judge_submissions(
    context: dg.AssetExecutionContext, installation: Installation
) -> Iterator[dg.MaterializeResult[None]]:
    """Read every workbook in a limited process of its own and judge the whole cycle at once."""
    work = installation.cycle(context.partition_key, context.run)
    judge_cycle(work)
    yield from stored(work, JUDGED)
