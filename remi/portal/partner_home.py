"""A partner's own page: what is due, where it stands, what to do next, and what was sent before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from starlette.responses import Response

from remi.cycle.work import CycleWork, before
from remi.partner.returns import has_counting_return
from remi.partner.templates import Kind, partner_template
from remi.portal.access import OWN_ORGANISATION
from remi.portal.answers import NotThere, attachment, page
from remi.portal.rounds import rounds_begun, today, work_of
from remi.portal.routing import Page
from remi.portal.standing import Sent, everything_sent
from remi.portal.visit import Visit
from remi.store.events import log
from remi.store.verdicts import received_otherwise
from schemas.programme import Cycle

KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Due:
    """What the days of the round mean today."""

    cycle: Cycle
    opens_later: bool
    takes_returns: bool
    late: bool
    days_left: int


def due(visit: Visit, cycle: Cycle) -> Due:
    """The round as it is today, in London."""
    day = today(visit.portal)
    return Due(
        cycle=cycle,
        opens_later=day < cycle.opens,
        takes_returns=cycle.takes_returns_on(day),
        late=cycle.closes < day <= cycle.last_day,
        days_left=(cycle.closes - day).days,
    )


def organisation_of(work: CycleWork, organisation_id: str) -> dict[str, Any]:
    """The organisation as the register has it in this round. Raises NotThere."""
    found = work.partner(organisation_id)
    if found.empty:
        raise NotThere
    return {str(name): value for name, value in found.iloc[0].items()}


def home_page(visit: Visit, *, status: int = 200, wrong: str | None = None) -> Response:
    """The page, with what was wrong with a form on it."""
    work = work_of(visit)
    organisation_id = visit.place["organisation_id"]
    organisation = organisation_of(work, organisation_id)
    sent = everything_sent(visit.portal, work, organisation_id)
    earlier = before(work)
    assessments = [one for one in sent if not one.verdict or one.verdict.kind != "engagement"]
    return page(
        visit,
        "partner_home.jinja",
        status=status,
        organisation=organisation,
        due=due(visit, work.cycle),
        rounds=rounds_begun(visit.portal),
        # As the workbook itself is made: last year's is what counted last year, and no older one.
        looks_back=earlier is not None and has_counting_return(earlier, organisation_id),
        newest=assessments[0] if assessments else None,
        counting=counting_of(sent),
        sent=sent,
        otherwise=received_otherwise(work.workspace.engine, work.cycle_id, organisation_id),
        is_lead=visit.who.has_for("lead", organisation_id),
        wrong=wrong,
    )


def counting_of(sent: list[Sent]) -> Sent | None:
    """The assessment that the organisation stands by, if there is one."""
    signed = [
        one
        for one in sent
        if one.standing == "signed_off" and one.verdict and one.verdict.kind == "assessment"
    ]
    return max(signed, key=lambda one: one.signed.place, default=None)  # type: ignore[union-attr]


def _home(visit: Visit) -> Response:
    return home_page(visit)


def own_workbook(visit: Visit) -> Response:
    """The workbook of this organisation to fill in, of the kind in the address."""
    kind = visit.place["kind"]
    wanted = next((one for one in KINDS if one == kind), None)
    if wanted is None:
        raise NotThere
    work, organisation_id = work_of(visit), visit.place["organisation_id"]
    organisation_of(work, organisation_id)
    content = partner_template(work, organisation_id, wanted)
    portal = visit.portal
    log(
        portal.workspace.engine,
        portal.moment(),
        "workbook_downloaded",
        person_id=visit.person.person_id if visit.person else None,
        organisation_id=organisation_id,
        cycle=work.cycle_id,
        subject=wanted,
    )
    return attachment(content, f"{wanted}-{work.cycle_id}-{organisation_id}.xlsx")


OWN = "/organisations/{organisation_id}"

PAGES = (
    Page("GET", OWN, OWN_ORGANISATION, _home),
    Page("GET", f"{OWN}/{{cycle}}", OWN_ORGANISATION, _home),
    Page("GET", f"{OWN}/{{cycle}}/workbooks/{{kind}}", OWN_ORGANISATION, own_workbook),
)
