"""An organisation's own result and action plan, once its return counts."""

from __future__ import annotations

from starlette.responses import Response

from remi.partner.action_plan import action_plan
from remi.partner.own_result import OwnResult, own_result
from remi.portal.access import OWN_ORGANISATION
from remi.portal.answers import Refused, attachment, page
from remi.portal.partner_home import OWN, due, organisation_of
from remi.portal.review_told import review_told
from remi.portal.rounds import work_of
from remi.portal.routing import Page
from remi.portal.visit import Visit
from remi.review.assuring import reviewed


def _found(visit: Visit) -> OwnResult | None:
    work, organisation_id = work_of(visit), visit.place["organisation_id"]
    organisation_of(work, organisation_id)
    return own_result(work, organisation_id, visit.portal.policy.smallest_comparison_group)


def _result(visit: Visit) -> Response:
    work, organisation_id = work_of(visit), visit.place["organisation_id"]
    return page(
        visit,
        "result.jinja",
        organisation=organisation_of(work, organisation_id),
        due=due(visit, work.cycle),
        framework=work.framework,
        result=_found(visit),
        told=review_told(work.framework, organisation_id, reviewed(work, organisation_id)),
    )


def _action_plan(visit: Visit) -> Response:
    work, organisation_id = work_of(visit), visit.place["organisation_id"]
    organisation, found = organisation_of(work, organisation_id), _found(visit)
    if found is None:
        raise Refused("There is no result yet: it is made when your return is signed off.")
    pages = work.workspace.configuration.assessment
    content = action_plan(found, work.framework, pages, str(organisation["name"]), work.cycle.label)
    return attachment(content, f"action-plan-{work.cycle_id}-{organisation_id}.xlsx")


PAGES = (
    Page("GET", f"{OWN}/{{cycle}}/result", OWN_ORGANISATION, _result),
    Page("GET", f"{OWN}/{{cycle}}/action-plan", OWN_ORGANISATION, _action_plan),
)
