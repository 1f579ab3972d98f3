"""The reviewers' room: whose return waits, its claims with their evidence, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from remi.cycle.work import CycleWork
from remi.portal.access import ASSIGNED_REVIEWER, REVIEWER
from remi.portal.answers import NotThere, Refused, attachment, go_to, page
from remi.portal.partner_home import organisation_of
from remi.portal.review_view import (
    CHOICES,
    GRADE_CHOICES,
    indicator_views,
    progress,
    waiting,
)
from remi.portal.rounds import rounds_begun, work_of
from remi.portal.routing import Page
from remi.portal.visit import Visit
from remi.review.assuring import reviewed
from remi.review.deciding import CHANGED, Fault, Place, Wish, looked_over, seen, waits_for
from remi.review.independence import own_returns
from remi.review.reading import problem_of, problems_with, read_review
from remi.review.workbook import ref_of, review_workbook
from remi.scoring.reviewed import Reviewed
from remi.store.attempts import allow
from remi.store.events import log
from remi.store.reviews import DecidedSinceError, decide, reviewer_names
from schemas.reviews import DecisionMade

OWN_RETURN = (
    "You work on this organisation's return, or did in this round, or on one that it was made "
    "together with, so another reviewer decides about it."
)

NO_FILE = "Choose the review workbook that you filled in"


@dataclass(frozen=True)
class Case:
    """One organisation's return under review."""

    work: CycleWork
    organisation: dict[str, Any]
    claims: list[Reviewed]

    @property
    def organisation_id(self) -> str:
        """Its code."""
        return str(self.organisation["organisation_id"])

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/reviews/{self.work.cycle_id}/{self.organisation_id}"


def case_of(visit: Visit) -> Case:
    """The return that the address names. Raises NotThere where none counts, Refused where this
    reviewer has a part in it."""
    work, organisation_id = work_of(visit), visit.place["organisation_id"]
    organisation = organisation_of(work, organisation_id)
    if organisation_id in own_returns(work, visit.who):
        raise Refused(OWN_RETURN, status=403)
    claims = reviewed(work, organisation_id)
    if not claims:
        raise NotThere
    return Case(work, organisation, claims)


def case_page(
    visit: Visit,
    case: Case,
    *,
    status: int = 200,
    wishes: Mapping[Place, Wish] | None = None,
    faults: Sequence[Fault] = (),
    **more: Any,
) -> Response:
    """The page of one return, at one commitment of it."""
    framework, person_id = case.work.framework, visit.who.person_id
    commitments = []
    for commitment in framework.commitments:
        mine = [one for one in case.claims if one.claim.commitment_id == commitment.id]
        if mine:
            commitments.append((commitment, progress(mine, person_id)))
    asked = visit.query.get("commitment")
    chosen = next((c for c, _ in commitments if c.id == asked), None) or next(
        (c for c, how in commitments if how.n_waiting), commitments[0][0]
    )
    names = reviewer_names(case.work.workspace.engine, case.work.cycle_id, case.organisation_id)
    return page(
        visit,
        "review.jinja",
        status=status,
        case=case,
        commitments=commitments,
        chosen=chosen,
        progress=progress(case.claims, person_id),
        indicators=indicator_views(
            framework, chosen.id, case.claims, names, person_id, wishes or {}, faults
        ),
        faults=[_listed(fault, case.claims) for fault in faults],
        choices=CHOICES,
        grades=GRADE_CHOICES,
        **more,
    )


def keep(visit: Visit, case: Case, made: Sequence[DecisionMade]) -> list[Fault]:
    """Keep the decisions, unless somebody decided about one of the claims in the meantime."""
    portal = visit.portal
    try:
        decide(portal.workspace.engine, made, seen(case.claims))
    except DecidedSinceError as error:
        return [Fault(place, "version", CHANGED) for place in sorted(error.places)]
    if made:
        _log(visit, case, "claims_reviewed", made[0].submission_id)
    return []


def _log(visit: Visit, case: Case, what: str, subject: str | None = None) -> None:
    log(
        visit.portal.workspace.engine,
        visit.portal.moment(),
        what,
        person_id=visit.who.person_id,
        organisation_id=case.organisation_id,
        cycle=case.work.cycle_id,
        subject=subject,
    )


def _list(visit: Visit) -> Response:
    work = work_of(visit)
    found = waiting(reviewed(work), work.partners, visit.who, own_returns(work, visit.who))
    return page(
        visit, "reviews.jinja", cycle=work.cycle, rounds=rounds_begun(visit.portal), waiting=found
    )


def _case(visit: Visit) -> Response:
    return case_page(visit, case_of(visit), saved=visit.query.get("saved"))


def _decisions(visit: Visit) -> Response:
    case = case_of(visit)
    portal = visit.portal
    wishes = _wishes(visit, case)
    made, faults = looked_over(
        wishes, case.claims, visit.who.person_id, case.work.cycle_id, portal.moment()
    )
    faults = faults or keep(visit, case, made)
    commitment = visit.form.get("commitment", "")
    if faults:
        again = replace(visit, query={**visit.query, "commitment": commitment})
        changed = any(fault.text == CHANGED for fault in faults)
        return case_page(
            again, case_of(visit) if changed else case, status=422, wishes=wishes, faults=faults
        )
    known = {one.claim.commitment_id for one in case.claims}
    where = f"&commitment={commitment}" if commitment in known else ""
    return go_to(f"{case.path}?saved={len(made)}{where}")


def _listed(fault: Fault, claims: Sequence[Reviewed]) -> dict[str, str]:
    """A fault for the summary, with a link to its field where there is one."""
    indicator, stage = fault.place
    there = any(fault.place == one.claim.place for one in claims)
    field = "decision" if fault.field == "version" else fault.field
    href = f"#{field}-{ref_of(fault.place)}" if there else "#maincontent"
    return {"text": f"{indicator}, stage {stage}: {fault.text}", "href": href}


def _wishes(visit: Visit, case: Case) -> dict[Place, Wish]:
    """What was chosen for each claim; for those without a choice, what was for the whole row."""
    waits = {one.claim.place for one in case.claims if waits_for(one, visit.who.person_id)}
    wishes = {}
    for name in visit.form:
        indicator, _, stage = name.removeprefix("version-").rpartition("-")
        if not name.startswith("version-") or not stage.isdecimal():
            continue
        place = (indicator, int(stage))
        own, row = _wish(visit, ref_of(place)), _wish(visit, indicator)
        taken = not own.decision and row.decision and place in waits
        wishes[place] = replace(row, version=own.version) if taken else own
    return wishes


def _workbook(visit: Visit) -> Response:
    case = case_of(visit)
    content = review_workbook(
        case.work, case.organisation_id, str(case.organisation["name"]), case.claims
    )
    _log(visit, case, "review_downloaded")
    return attachment(content, f"review-{case.work.cycle_id}-{case.organisation_id}.xlsx")


def _upload(visit: Visit) -> Response:
    case, portal = case_of(visit), visit.portal
    file = visit.files.get("workbook")
    if file is None or not file.content:
        return case_page(visit, case, status=400, no_file=NO_FILE)
    limits, moment = portal.policy.limits, portal.moment()
    if not allow(
        portal.workspace.engine, "upload_network", visit.network, limits.upload_per_network, moment
    ):
        raise Refused("Too many files were sent within the hour. Please try again later.", 429)
    read = read_review(
        case.work,
        case.organisation_id,
        str(case.organisation["name"]),
        file.content,
        portal.sandbox,
    )
    made, faults = looked_over(
        read.wishes, case.claims, visit.who.person_id, case.work.cycle_id, moment
    )
    problems = problems_with(read, faults)
    if not problems:
        problems = [problem_of(fault, read) for fault in keep(visit, case, made)]
    if problems:
        return case_page(visit, case, status=422, problems=problems)
    return go_to(f"{case.path}?saved={len(made)}")


def _wish(visit: Visit, name: str) -> Wish:
    fields = ("decision", "grade", "reason", "version")
    return Wish(*(visit.form.get(f"{field}-{name}", "") for field in fields))


ONE = "/reviews/{cycle}/{organisation_id}"

PAGES = (
    Page("GET", "/reviews", REVIEWER, _list),
    Page("GET", "/reviews/{cycle}", REVIEWER, _list),
    Page("GET", ONE, ASSIGNED_REVIEWER, _case),
    Page("POST", f"{ONE}/decisions", ASSIGNED_REVIEWER, _decisions),
    Page("GET", f"{ONE}/workbook", ASSIGNED_REVIEWER, _workbook),
    Page("POST", f"{ONE}/upload", ASSIGNED_REVIEWER, _upload, upload=True),
)
