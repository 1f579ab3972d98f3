"""One file as the data team sees it: to read and to download, never to act for the partner."""

from __future__ import annotations

from pathlib import PurePath

from starlette.responses import Response

from remi.cycle.work import CycleWork
from remi.portal.access import DATA_TEAM
from remi.portal.answers import NotThere, attachment, page
from remi.portal.board_view import DOORS
from remi.portal.rounds import work_of
from remi.portal.routing import Page
from remi.portal.standing import seen_as
from remi.portal.verdict_view import SEVERITIES, grouped
from remi.portal.visit import Visit
from remi.store.events import log
from remi.store.explanations import explanations_of
from remi.store.people import find_person
from remi.store.received import deliveries_of, find_submission
from remi.store.submissions import Submission
from remi.store.verdicts import stored_verdict
from schemas.store import ANYONE

SHOWN = 300
"""Problems of one kind on the page."""

PLAIN_KINDS = (".xlsx", ".ods")
"""Endings that a download may keep: no program runs anything in such a file by itself."""

BYTES = "application/octet-stream"


def _found(visit: Visit) -> tuple[CycleWork, Submission]:
    work = work_of(visit)
    submission = find_submission(work.workspace.engine, work.cycle_id, visit.place["submission_id"])
    if submission is None:
        raise NotThere
    return work, submission


def _submission(visit: Visit) -> Response:
    portal = visit.portal
    work, submission = _found(visit)
    engine, submission_id = work.workspace.engine, submission.submission_id
    # As it is stored: looking at a file must not be what judges it.
    verdict = stored_verdict(engine, submission_id)
    sent = seen_as(portal, engine, submission, verdict)
    known = submission.sent_for != ANYONE
    organisation_id = submission.sent_for if known else verdict and verdict.organisation_id
    names = dict(zip(work.partners["organisation_id"], work.partners["name"], strict=True))
    explanations = explanations_of(engine, work.cycle_id, organisation_id or "")
    return page(
        visit,
        "board_submission.jinja",
        work=work,
        sent=sent,
        verdict=verdict,
        organisation_id=organisation_id,
        name=names.get(organisation_id, organisation_id),
        groups=grouped(verdict, portal.configuration.messages, explanations, None)
        if verdict
        else (),
        severities=SEVERITIES,
        shown=SHOWN,
        doors=DOORS,
        deliveries=deliveries_of(engine, submission_id),
        signed_by=find_person(engine, sent.signed.person_id) if sent.signed else None,
    )


def _original(visit: Visit) -> Response:
    portal = visit.portal
    work, submission = _found(visit)
    log(
        *(portal.workspace.engine, portal.moment(), "original_downloaded"),
        person_id=visit.who.person_id,
        organisation_id=submission.sent_for if submission.sent_for != ANYONE else None,
        cycle=work.cycle_id,
        subject=submission.submission_id,
    )
    content = work.workspace.objects.get(submission.sha256)
    kind = PurePath(submission.file_name).suffix.lower()
    ending = kind if kind in PLAIN_KINDS else ".bin"
    return attachment(content, f"{submission.submission_id}{ending}", BYTES)


FILE = "/board/{cycle}/submissions/{submission_id}"

PAGES = (
    Page("GET", FILE, DATA_TEAM, _submission),
    Page("GET", f"{FILE}/original", DATA_TEAM, _original),
)
