"""What is run: scoring a cycle, publishing it, and reminding partners of it.

What belongs here: jobs as selections of assets, and one that makes none. What does not: when they
run (automation). See Dagster's “Asset jobs” and “Ops”.
"""

from datetime import datetime

import dagster as dg

from assets.resources import Installation
from remi.cycle.following import LONDON
from remi.reminding import CannotRemindError, installed_mailer, reminders_due, send_reminders
from remi.settings import run_seconds

MAX_RUNTIME = {"dagster/max_runtime": str(run_seconds())}
"""For runs that Dagster's daemon starts; it ends them. `remi run` ends its own."""

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


class WhichCycle(dg.Config):
    """The cycle whose partners are reminded."""

    cycle: str


@dg.op(description="Send the reminder that is due today to whoever has not got it yet.")
def send_what_is_due(
    context: dg.OpExecutionContext, config: WhichCycle, installation: Installation
) -> None:
    """Send it. Fails where the mail server refused any, so that somebody looks; those are tried
    again the next time."""
    work = installation.cycle(config.cycle)
    now = datetime.now(LONDON)
    due = reminders_due(work, now.date())
    if due is None:
        context.log.info("No reminder is due today.")
        return
    try:
        mailer, address = installed_mailer(work.workspace)
    except CannotRemindError as error:
        raise dg.Failure(str(error)) from None
    done = send_reminders(work, due, mailer, address, now, now.date())
    counts = {"sent": done.sent, "refused": done.refused, "left": done.left}
    context.add_output_metadata(counts)
    if done.refused or done.left:
        raise dg.Failure(
            "The mail server refused some; they are tried again.", metadata=dict(counts)
        )


@dg.job(description="Send the reminder that is due to whoever's return does not count yet.")
def remind_partners() -> None:
    """Each person gets each reminder once, however often this runs."""
    send_what_is_due()
