"""Templates of the shipped and the small framework, written and opened again."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from small_framework import small_cycle, small_framework, small_places, small_register

from remi.intake.identity import TemplateIdentity
from remi.intake.layout import assessment_layout, engagement_layout
from remi.intake.template.write import Round, write_template
from schemas.framework import Framework
from schemas.loading import load_yaml
from schemas.workbook import AssessmentPages, EngagementPages, WorkbookLayout

CONFIG = Path(__file__).parents[2] / "config"
ASSESSMENT = load_yaml(CONFIG / "assessment.yaml", AssessmentPages)
ENGAGEMENT = load_yaml(CONFIG / "engagement.yaml", EngagementPages)
SHIPPED = load_yaml(CONFIG / "frameworks" / "race-equality-maturity-1.0.yaml", Framework)
SMALL = small_framework()

KEY = b"a key for tests"
KNOWN = {"organisation_code": "NLT014", "organisation_name": "North Lane NHS Trust"}


def facts(framework: Framework, start: tuple[str, ...]) -> Round:
    """What templates of the small round share."""
    return Round(
        framework=framework,
        places=small_places(),
        organisations=small_register(),
        cycle=small_cycle(),
        start=start,
        publisher="The collaboration",
    )


def assessment(
    framework: Framework, sector: str | None = "nhs_trust", department: bool = False
) -> WorkbookLayout:
    """An assessment's layout for the small places, register and round."""
    return assessment_layout(
        framework, ASSESSMENT, small_places(), small_register(), small_cycle(), sector, department
    )


def engagement(framework: Framework) -> WorkbookLayout:
    """The engagement workbook's layout for the small places, register and round."""
    return engagement_layout(framework, ENGAGEMENT, small_places(), small_register(), small_cycle())


def written(layout: WorkbookLayout, framework: Framework, filled_in: bool = True) -> bytes:
    """The template as a file."""
    start = (ASSESSMENT if layout.kind == "assessment" else ENGAGEMENT).start
    organisation = "NLT014" if filled_in else None
    identity = TemplateIdentity(layout.kind, framework.version, layout.cycle, organisation)
    known = KNOWN if filled_in else None
    return write_template(layout, identity, facts(framework, start), KEY, known)


def opened(content: bytes) -> Workbook:
    """The file as another program opens it."""
    return load_workbook(BytesIO(content))


def header_row(sheet: Worksheet) -> int:
    """The row of the table's headings."""
    (table,) = sheet.tables.values()
    return int(sheet[table.ref][0][0].row)


def choices_at(workbook: Workbook, sheet: Worksheet, cell: str) -> list[str] | None:
    """What the dropdown of a cell offers; None where it has none."""
    for validation in sheet.data_validations.dataValidation:
        if cell in validation.sqref and validation.type == "list":
            named = workbook.defined_names[validation.formula1]
            ((place, cells),) = named.destinations
            block = workbook[place][cells.replace("$", "")]
            rows = block if isinstance(block, tuple) else ((block,),)
            return [row[0].value for row in rows]
    return None
