"""A partner's workbook for a cycle, made from the configuration when it is asked for."""

from __future__ import annotations

from typing import Literal

from remi.cycle import CycleWork
from remi.intake.identity import TemplateIdentity
from remi.intake.layout import assessment_layout, engagement_layout
from remi.intake.template.write import Round, write_template
from remi.settings import signing_key

Kind = Literal["assessment", "engagement"]


def partner_template(work: CycleWork, organisation_id: str, kind: Kind) -> bytes:
    """The workbook of this organisation, as an .xlsx file; the same bytes each time.

    Raises KeyError where the register has no such organisation on the closing day.
    """
    found = work.partners[work.partners["organisation_id"] == organisation_id]
    if found.empty:
        raise KeyError(organisation_id)
    partner = found.iloc[0]
    configuration = work.workspace.configuration
    shared = (work.places, work.partners, work.cycle)
    if kind == "assessment":
        pages = configuration.assessment
        department = partner["unit_type"] == "department"
        layout = assessment_layout(
            work.framework, pages, *shared, sector=partner["sector"], department=department
        )
        start = pages.start
    else:
        layout = engagement_layout(work.framework, configuration.engagement, *shared)
        start = configuration.engagement.start
    return write_template(
        layout,
        TemplateIdentity(kind, work.framework.version, work.cycle_id, organisation_id),
        Round(
            framework=work.framework,
            places=work.places,
            organisations=work.partners,
            cycle=work.cycle,
            start=start,
            publisher=configuration.policy.publisher,
        ),
        signing_key(work.workspace.settings),
        {"organisation_code": organisation_id, "organisation_name": partner["name"]},
    )
