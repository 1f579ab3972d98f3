"""A partner's workbook for a cycle, made from the configuration when it is asked for."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from remi.cycle.work import CycleWork, before
from remi.intake.identity import TemplateIdentity
from remi.intake.layout import assessment_layout, engagement_layout
from remi.intake.model_layout import model_layout
from remi.intake.template.from_parent import with_parents_answers
from remi.intake.template.last_year import with_last_year
from remi.intake.template.write import Blank, Round, composed, workbook_bytes
from remi.partner.returns import counting_return
from remi.settings import signing_key
from schemas.framework import Framework
from schemas.maturity import MaturityModel
from schemas.workbook import WorkbookLayout

Kind = Literal["assessment", "engagement"]


def partner_template(
    work: CycleWork, organisation_id: str, kind: Kind, earlier: bool = True
) -> bytes:
    """The workbook of this organisation, as an .xlsx file; the same bytes for the same store.

    With `earlier`, its return for the cycle before is shown in it, and what describes is filled
    in. Raises KeyError where the register has no such organisation on the closing day.
    """
    return workbook_bytes(composed(partner_blank(work, organisation_id, kind, earlier)))


def partner_blank(work: CycleWork, organisation_id: str, kind: Kind, earlier: bool = True) -> Blank:
    """What the workbook of this organisation is composed from. As `partner_template`."""
    partner = _partner(work, organisation_id)
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
    identity = TemplateIdentity(kind, work.framework.version, work.cycle_id, organisation_id)
    blank = _blank(work, layout, identity, work.framework, start, partner)
    return _with_earlier(work, blank, partner) if earlier and kind == "assessment" else blank


def _with_earlier(work: CycleWork, blank: Blank, partner: pd.Series) -> Blank:
    """The blank with the organisation's last year and, for a department, with what its
    organisation answered: in this cycle, or in the one before while that is all there is."""
    configuration = work.workspace.configuration
    earlier = before(work)
    old = work.framework
    if earlier is not None and earlier.cycle.framework != work.cycle.framework:
        old = earlier.framework
    if earlier is not None:
        last = counting_return(earlier, str(partner["organisation_id"]), old)
        if last is not None:
            crosswalk = None
            if old is not work.framework:
                crosswalk = configuration.crosswalk(earlier.cycle, work.cycle)
            blank = with_last_year(blank, last, crosswalk, configuration.assessment.records)
    if partner["unit_type"] == "department":
        parent_id = str(partner["parent_id"])
        parent = counting_return(work, parent_id, work.framework)
        if parent is None and earlier is not None and old is work.framework:
            parent = counting_return(earlier, parent_id, old)
        if parent is not None:
            names = dict(zip(work.partners["organisation_id"], work.partners["name"], strict=True))
            blank = with_parents_answers(blank, parent, str(names.get(parent_id, parent_id)))
    return blank


def model_template(work: CycleWork, organisation_id: str, model: MaturityModel) -> bytes:
    """The workbook in which this organisation answers a maturity model in this cycle.

    Raises KeyError as `partner_template` does, and ValueError where the model asks the
    organisation nothing or its id is too long for a template code.
    """
    return workbook_bytes(composed(model_blank(work, organisation_id, model)))


def model_blank(work: CycleWork, organisation_id: str, model: MaturityModel) -> Blank:
    """What that workbook is composed from. Raises as `model_template` does."""
    partner = _partner(work, organisation_id)
    pages = work.workspace.configuration.model_workbook
    layout = model_layout(model, pages, work.cycle, partner["sector"])
    if not any(sheet.kind == "grid" for sheet in layout.sheets):
        raise ValueError(f"“{model.name}” asks {organisation_id} nothing")
    identity = TemplateIdentity("model", model.version, work.cycle_id, organisation_id, model.id)
    return _blank(work, layout, identity, model, pages.start, partner)


def _partner(work: CycleWork, organisation_id: str) -> pd.Series:
    found = work.partners[work.partners["organisation_id"] == organisation_id]
    if found.empty:
        raise KeyError(organisation_id)
    return found.iloc[0]


def _blank(
    work: CycleWork,
    layout: WorkbookLayout,
    identity: TemplateIdentity,
    framework: Framework | MaturityModel,
    start: tuple[str, ...],
    partner: pd.Series,
) -> Blank:
    facts = Round(
        framework=framework,
        places=work.places,
        organisations=work.partners,
        cycle=work.cycle,
        start=start,
        publisher=work.workspace.configuration.policy.publisher,
    )
    known = {
        "organisation_code": str(partner["organisation_id"]),
        "organisation_name": str(partner["name"]),
    }
    return Blank(layout, identity, facts, signing_key(work.workspace.settings), known)
