"""A partner's workbook with what is wrong in it listed and marked, to be put right in place."""

from __future__ import annotations

from dataclasses import replace

from remi.cycle.work import CycleWork
from remi.intake.handback.annotate import HandedBack, annotated, read_and_keep
from remi.intake.identity import TemplateIdentity
from remi.intake.judging.context import JudgingContext
from remi.intake.judging.opened import Reading
from remi.intake.judging.whose import NOT_YOURS, speaks_for, template_identity
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.write import Blank, Round
from remi.partner.templates import Kind, model_blank, partner_blank
from remi.partner.upgraded import upgraded_workbook
from schemas.intake import Received
from schemas.workbook import SheetLayout, WorkbookLayout


def annotated_workbook(
    work: CycleWork, file: Received, context: JudgingContext, sandbox: Sandbox | None = None
) -> HandedBack | None:
    """The file on our template, with what is wrong in it; None where nothing of it can be used.

    A workbook that was made for another cycle, version or kind comes back as this cycle's, with
    what could be moved into it (`remi.partner.upgraded`). One that was made, in whichever cycle,
    for another organisation than the one that is signed in is not handed back. `context` is what
    the file was judged with.
    What is handed back holds everything that the partner wrote, personal data too: it is for
    whoever sent the file, and is never to be kept.
    """
    reading, verdict = read_and_keep(file, context, sandbox)
    if reading.unusable:
        return None
    if not reading.sheets:
        whose = file.sent_for or (reading.organisation.id if reading.organisation else None)
        # Whatever round it was made for, what somebody else wrote is never moved.
        if whose is None or whose not in set(work.partners["organisation_id"]):
            return None
        if not speaks_for(reading, whose):
            return None
        upgrade = upgraded_workbook(work, file.content, whose, sandbox)
        return upgrade.handed_back if upgrade else None
    if any(finding.rule == NOT_YOURS for finding in reading.findings):
        return None
    identity = template_identity(reading.located, context.signing_key)
    if identity and file.sent_for and identity.organisation_id not in (None, file.sent_for):
        # A template's code can be copied: that workbook would show what its owner told us.
        return None
    return annotated(reading, verdict, blank_for(work, reading))


def blank_for(work: CycleWork, reading: Reading) -> Blank:
    """The empty workbook of whom the file's template was made for, else of whom the file is from;
    where neither is known, one that asks what the file asks."""
    identity = template_identity(reading.located, reading.context.signing_key)
    organisation_id = identity.organisation_id if identity else None
    if organisation_id is None and identity is None and reading.organisation is not None:
        organisation_id = reading.organisation.id
    if organisation_id is None or organisation_id not in set(work.partners["organisation_id"]):
        return _nobodys(work, reading, identity)
    kind = reading.context.layouts[reading.kind].kind
    if reading.model is not None:
        blank = model_blank(work, organisation_id, reading.model)
    else:
        wanted: Kind = "engagement" if kind == "engagement" else "assessment"
        blank = partner_blank(work, organisation_id, wanted)
    return replace(blank, signing_key=reading.context.signing_key)


def _nobodys(work: CycleWork, reading: Reading, identity: TemplateIdentity | None) -> Blank:
    context, model = reading.context, reading.model
    layout = _as_asked(reading, context.layouts[reading.kind])
    configuration = work.workspace.configuration
    start = configuration.assessment.start
    if model is not None:
        start = configuration.model_workbook.start
    elif layout.kind == "engagement":
        start = configuration.engagement.start
    framework = model or context.framework
    facts = Round(
        framework=framework,
        places=context.places,
        organisations=context.partners,
        cycle=context.cycle,
        start=start,
        publisher=configuration.policy.publisher,
    )
    own = TemplateIdentity(
        layout.kind, framework.version, context.cycle.id, None, model.id if model else None
    )
    return Blank(layout, identity or own, facts, context.signing_key, {})


def _as_asked(reading: Reading, layout: WorkbookLayout) -> WorkbookLayout:
    """The rows that are asked, and a department's columns only where the file has them."""
    present = {column for found in reading.sheets.values() for column in found["columns"]}
    left_out = reading.context.department_columns - present

    def as_asked(sheet: SheetLayout) -> SheetLayout:
        asked = set(reading.asked.get(sheet.id, ()))
        return sheet.model_copy(
            update={
                "rows": tuple(
                    row for row in sheet.rows if sheet.kind == "form" or row.ref in asked
                ),
                "columns": tuple(c for c in sheet.columns if c.id not in left_out),
            }
        )

    sheets = (as_asked(sheet) for sheet in layout.sheets)
    return layout.model_copy(
        update={"sheets": tuple(s for s in sheets if s.kind != "grid" or s.rows)}
    )
