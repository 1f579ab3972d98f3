"""Write the workbook that a partner fills in, from the layout alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pandas as pd
from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.writer.excel import ExcelWriter

from remi.intake.identity import (
    CODE_PROPERTY,
    META_SHEET,
    TemplateIdentity,
    signed_identity,
    template_code,
)
from remi.intake.template import look as look
from remi.intake.template.cells import put
from remi.intake.template.entries import SheetEntries, roomy, write_entries
from remi.intake.template.guidance import guidance_of
from remi.intake.template.lists import add_lists_sheet, word_lists
from remi.intake.template.sheets import add_sheet
from remi.intake.template.start import add_start_sheet
from schemas.framework import Framework
from schemas.maturity import MaturityModel
from schemas.programme import Cycle, Places
from schemas.workbook import WorkbookLayout

_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Round:
    """What every template of one yearly round shares.

    `framework` is what is answered for, which may be a maturity model instead. `organisations` is
    the register, with `organisation_id` and `name`; `start` holds the instructions of the first
    sheet.
    """

    framework: Framework | MaturityModel
    places: Places
    organisations: pd.DataFrame
    cycle: Cycle
    start: tuple[str, ...]
    publisher: str
    since: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Blank:
    """Everything that one workbook is composed from before its partner fills it in.

    See `compose_template`. `entries` are filled in from the year before, open to change.
    """

    layout: WorkbookLayout
    identity: TemplateIdentity
    facts: Round
    signing_key: bytes
    known: Mapping[str, str]
    entries: Mapping[str, SheetEntries] = field(default_factory=dict)


def write_template(
    layout: WorkbookLayout,
    identity: TemplateIdentity,
    facts: Round,
    signing_key: bytes,
    filled_in: Mapping[str, str] | None = None,
) -> bytes:
    """The workbook as an .xlsx file; the same bytes for the same arguments.

    `filled_in` holds the answers to the form that are already known, by question id, such as
    `organisation_code` and `organisation_name`; they are written and locked.
    """
    return workbook_bytes(compose_template(layout, identity, facts, signing_key, filled_in))


def compose_template(
    layout: WorkbookLayout,
    identity: TemplateIdentity,
    facts: Round,
    signing_key: bytes,
    filled_in: Mapping[str, str] | None = None,
) -> Workbook:
    """As `write_template`, but still open, for values or notes to be added before it is saved."""
    known = filled_in or {}
    code = template_code(identity)
    footer = f"{layout.title}  {code}"
    organisation = known.get("organisation_name", "Any organisation")
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    look.add_styles(workbook)
    guidance = guidance_of(facts.framework, layout, facts.places, facts.organisations)
    add_start_sheet(
        workbook,
        layout,
        guidance,
        facts.cycle,
        facts.start,
        code,
        organisation,
        footer,
        facts.since,
    )
    for sheet in layout.sheets:
        add_sheet(workbook, sheet, guidance, footer, known)
    add_lists_sheet(workbook, word_lists(layout, guidance), footer)
    _add_identity(workbook, identity, code, signing_key)
    _describe(workbook, f"{layout.title} {facts.cycle.label}: {organisation}", facts)
    return workbook


def composed(blank: Blank) -> Workbook:
    """The workbook of a blank with what is filled in already, still open."""
    layout = roomy(blank.layout, blank.entries)
    workbook = compose_template(layout, blank.identity, blank.facts, blank.signing_key, blank.known)
    write_entries(workbook, layout, blank.entries)
    return workbook


def workbook_bytes(workbook: Workbook) -> bytes:
    """The workbook as a file without any trace of when it was saved."""
    saved = BytesIO()
    # `Workbook.save` would write the time of saving into the document.
    ExcelWriter(workbook, ZipFile(saved, "w", ZIP_STORED)).save()
    fixed = BytesIO()
    with ZipFile(saved) as parts, ZipFile(fixed, "w") as file:
        for name in parts.namelist():
            entry = ZipInfo(name, _ZIP_DAY)
            entry.compress_type = ZIP_DEFLATED
            file.writestr(entry, parts.read(name))
    return fixed.getvalue()


def _add_identity(workbook: Workbook, identity: TemplateIdentity, code: str, key: bytes) -> None:
    sheet = workbook.create_sheet(META_SHEET)
    for row, text in enumerate(signed_identity(identity, key), start=1):
        put(sheet, row, 1, text, "Normal")
    sheet.sheet_state = "veryHidden"
    properties = workbook.custom_doc_props  # type: ignore[attr-defined]  # missing in the stubs
    properties.append(StringProperty(name=CODE_PROPERTY, value=code))


def _describe(workbook: Workbook, title: str, facts: Round) -> None:
    """What screen readers and file lists say about the document; its day is the round's first."""
    opened = datetime.combine(facts.cycle.opens, time())
    properties = workbook.properties
    properties.title = title
    properties.creator = facts.publisher
    properties.language = "en-GB"
    properties.created = properties.modified = opened
    workbook.active = 0
