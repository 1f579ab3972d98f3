"""The e-mail after a sign-off: each of the organisation's leads is told what was signed off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remi.cycle.work import CycleWork
from remi.dates import day_in_words
from remi.portal.receipt import receipt_number
from remi.portal.telling import tell
from remi.portal.templates import moment
from remi.portal.visit import Portal
from remi.store.deliveries import SignOff
from remi.store.people import people_of
from remi.store.submissions import Submission

MAIL = """The self-assessment of {organisation} for {cycle} is signed off.

What: {file}, received {received}
When: {signed}
By: a lead of {organisation}
Receipt: {receipt}

What happens next: your answers are counted in the annual report. Claims may be reviewed with their
evidence. Your own result can be seen now:
{address}/organisations/{organisation_id}/{cycle_id}/result

A corrected workbook can be sent and signed off until {last_day}; the one signed off last counts.
If none of your leads signed this off, tell us at once.
"""


def tell_leads(
    portal: Portal,
    work: CycleWork,
    organisation: Mapping[str, Any],
    submission: Submission,
    said: SignOff,
) -> None:
    """Tell them. What the mail server refuses is in the log; the sign-off stands all the same."""
    organisation_id = str(organisation["organisation_id"])
    text = MAIL.format(
        organisation=organisation["name"],
        organisation_id=organisation_id,
        cycle=work.cycle.label,
        cycle_id=work.cycle_id,
        file=submission.file_name,
        received=moment(submission.came_last_at),
        signed=moment(said.signed_at),
        receipt=receipt_number(portal.key, submission),
        address=portal.options.address,
        last_day=day_in_words(work.cycle.last_day),
    )
    subject = f"Signed off: the self-assessment of {organisation['name']} for {work.cycle.label}"
    for person in people_of(portal.workspace.engine, organisation_id):
        if person.has_for("lead", organisation_id):
            tell(portal, person.email, subject, text, "an e-mail after a sign-off")
