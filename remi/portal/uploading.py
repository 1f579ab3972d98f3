"""Taking in a file: kept before anything else, judged at once, answered by its verdict's page."""

from __future__ import annotations

import hashlib
import logging

from starlette.responses import Response

from remi.cycle.one_file import judge_submission, take_in
from remi.intake.reading.virus_scan import Found, Unreachable, scan
from remi.portal.access import OWN_ORGANISATION
from remi.portal.answers import Refused, go_to
from remi.portal.partner_home import OWN, due, home_page, organisation_of
from remi.portal.rounds import context_of, work_of
from remi.portal.routing import Page
from remi.portal.visit import SentFile, Visit
from remi.settings import virus_scanner
from remi.store.attempts import allow
from remi.store.deliveries import Delivered, Sender
from remi.store.events import log

_log = logging.getLogger(__name__)

NO_FILE = "Choose the workbook that you filled in"
EMPTY_FILE = "The file is empty. Choose the workbook that you filled in"
VIRUS = (
    "The virus scanner recognised something harmful in this file, so we did not keep it. Ask your "
    "IT team to look at your computer, then download your workbook again."
)
NOT_SCANNED = (
    "The file could not be checked for viruses just now, so we did not keep it. Please send it "
    "again in a few minutes."
)
LONGEST_NAME = 200


def _upload(visit: Visit) -> Response:
    file = visit.files.get("workbook")
    if file is None:
        return home_page(visit, status=400, wrong=NO_FILE)
    if not file.content:
        return home_page(visit, status=400, wrong=EMPTY_FILE)
    organisation_id = visit.place["organisation_id"]
    sender = Sender(organisation_id, "portal", person_id=visit.who.person_id)
    delivered = take_and_judge(visit, sender, file)
    again = "?again=yes" if delivered.again else ""
    return go_to(
        f"/organisations/{organisation_id}/submissions/{delivered.submission.submission_id}{again}"
    )


def take_and_judge(visit: Visit, sender: Sender, file: SentFile) -> Delivered:
    """Keep the file and judge it, for whichever door it came through. Raises Refused."""
    work, portal = work_of(visit), visit.portal
    organisation_of(work, sender.organisation_id)
    if not due(visit, work.cycle).takes_returns:
        raise Refused(f"The round {work.cycle.label} does not take returns now.")
    engine, now, limits = portal.workspace.engine, portal.moment(), portal.policy.limits
    if not (
        allow(engine, "upload", sender.organisation_id, limits.upload_per_organisation, now)
        and allow(engine, "upload_network", visit.network, limits.upload_per_network, now)
    ):
        raise Refused("Too many files were sent within the hour. Please try again later.", 429)
    _keep_out_viruses(visit, sender, work.cycle_id, file.content)
    delivered = take_in(work, sender, file.name[-LONGEST_NAME:], file.content, now)
    submission_id = delivered.submission.submission_id
    log(
        engine,
        now,
        "file_received",
        person_id=sender.person_id,
        organisation_id=sender.organisation_id,
        cycle=work.cycle_id,
        subject=submission_id,
    )
    try:
        judge_submission(work, submission_id, portal.sandbox, context_of(portal, work))
    except Exception:
        # Our fault, and the file is safe: its page says so, and it is judged again when that is
        # opened, and by the next run of the pipeline.
        _log.exception("submission %s could not be judged", submission_id)
    return delivered


def _keep_out_viruses(visit: Visit, sender: Sender, cycle: str, content: bytes) -> None:
    """Ask the installation's scanner, if it has one. Raises Refused."""
    scanner = virus_scanner()
    if scanner is None:
        return
    said = scan(content, scanner.address)
    if isinstance(said, Unreachable):
        _log.error("the virus scanner did not answer: %s", said.why)
        if not scanner.accept_unscanned:
            raise Refused(NOT_SCANNED, 503)
    if isinstance(said, Found):
        log(
            visit.portal.workspace.engine,
            visit.portal.moment(),
            "virus_refused",
            person_id=sender.person_id,
            organisation_id=sender.organisation_id,
            cycle=cycle,
            subject=hashlib.sha256(content).hexdigest(),
        )
        raise Refused(VIRUS, 422)


PAGES = (Page("POST", f"{OWN}/{{cycle}}/upload", OWN_ORGANISATION, _upload, upload=True),)
