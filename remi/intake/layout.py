"""The workbook that a framework and the configured pages make, as one description of its sheets.

The template is written from it and answers are located and typed by it, so what is asked and
what is read cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import pandas as pd

from remi.intake.template.text_size import least_column_width
from schemas.framework import Choice, Commitment, Framework, Indicator, Stage
from schemas.programme import Cycle, Places
from schemas.workbook import (
    ANSWER,
    REF,
    TITLE,
    AssessmentPages,
    Column,
    EngagementPages,
    Row,
    SheetDefinition,
    SheetLayout,
    ValueType,
    WorkbookLayout,
)

CodeLists: TypeAlias = Mapping[str, tuple[Choice, ...]]

RETURNS = "may_be_reported_in"
"""Id of the locked column that names the national returns which can be reused."""

HEADING_SIZE = 10
"""Size, in points, in which headings are printed; answer columns are made wide enough for them."""

_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))


def assessment_layout(
    framework: Framework,
    pages: AssessmentPages,
    places: Places,
    organisations: pd.DataFrame,
    cycle: Cycle,
    sector: str | None,
    department: bool,
) -> WorkbookLayout:
    """The assessment workbook of one cycle.

    With a `sector`, only the indicators that it is asked; with None, every indicator. A
    `department` is also asked what it takes over from its organisation. `organisations` is the
    register, of which `organisation_id` is used. Commitments that ask nothing have no sheet.
    """
    asked = {
        i.id for _, i in framework.indicators() if sector is None or framework.applies(i, sector)
    }
    lists = code_lists(framework, places, organisations, asked)
    extra = pages.indicator_columns + (pages.department_columns if department else ())
    return WorkbookLayout(
        kind="assessment",
        title=pages.title,
        statement=framework.statement,
        framework_version=framework.name_and_version,
        cycle=cycle.id,
        sheets=(
            form_sheet(pages.organisation, "O", lists),
            *(
                _grid(framework, commitment, asked, _resolved(extra, lists))
                for commitment in framework.commitments
                if any(i.id in asked for i in commitment.indicators)
            ),
            *(_records(sheet, lists) for sheet in pages.records),
        ),
    )


def engagement_layout(
    framework: Framework,
    pages: EngagementPages,
    places: Places,
    organisations: pd.DataFrame,
    cycle: Cycle,
) -> WorkbookLayout:
    """The engagement workbook of one cycle; `organisations` as for `assessment_layout`."""
    asked = {i.id for _, i in framework.indicators()}
    lists = code_lists(framework, places, organisations, asked)
    return WorkbookLayout(
        kind="engagement",
        title=pages.title,
        statement=framework.statement,
        framework_version=framework.name_and_version,
        cycle=cycle.id,
        sheets=(
            form_sheet(pages.organisation, "A", lists),
            *(_records(sheet, lists) for sheet in pages.records),
        ),
    )


def code_lists(
    framework: Framework, places: Places, organisations: pd.DataFrame, asked: set[str]
) -> CodeLists:
    """Every list that a column may name as its `codelist`; indicators are those in `asked`."""
    codes = sorted(set(organisations["organisation_id"]))
    indicators = [i.id for _, i in framework.indicators() if i.id in asked]
    return {
        "commitments": _choices((c.id, c.short_name) for c in framework.commitments),
        "sectors": _choices((s.id, s.name) for s in places.sectors),
        "systems": _choices((s.id, s.name) for s in places.systems),
        "boroughs": _choices((b.id, b.name) for b in places.boroughs),
        "ethnic_groups": _choices((g.id, g.name) for g in places.ethnic_groups),
        "organisations": _choices((code, code) for code in codes),
        "evidence_types": _choices((e.id, e.label) for e in framework.evidence_types),
        "national_returns": _choices((r.id, r.name) for r in framework.national_returns),
        "challenges": framework.challenges,
        "stages": _choices((str(s.number), f"{s.number} {s.name}") for s in framework.stages),
        "indicators": _choices((i, i) for i in indicators),
    }


def _choices(entries: Iterable[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(id=entry_id, label=label) for entry_id, label in entries)


def _resolved(columns: Iterable[Column], lists: CodeLists) -> tuple[Column, ...]:
    """The columns with the choices of the code lists that they name; KeyError for no such list."""
    return tuple(
        c.model_copy(update={"choices": lists[c.codelist]}) if c.codelist else c for c in columns
    )


def _records(sheet: SheetDefinition, lists: CodeLists) -> SheetLayout:
    return SheetLayout(
        id=sheet.id,
        name=sheet_name(sheet.name),
        title=sheet.title,
        kind="records",
        introduction=sheet.introduction,
        columns=_resolved(sheet.columns, lists),
        blank_rows=sheet.blank_rows,
        at_least=sheet.at_least,
        record_name=sheet.record_name,
    )


def form_sheet(sheet: SheetDefinition, letter: str, lists: CodeLists) -> SheetLayout:
    """A sheet of questions: each configured column becomes a row with a reference."""
    return SheetLayout(
        id=sheet.id,
        name=sheet_name(sheet.name),
        title=sheet.title,
        kind="form",
        introduction=sheet.introduction,
        columns=(
            wording(REF, "Ref", 6),
            wording("question", "Question", 36, asked=True),
            Column(id=ANSWER, heading="Your answer", type=ValueType.TEXT, width=38),
            wording("help", "Help", 42),
        ),
        rows=tuple(
            Row(
                ref=f"{letter}{number}",
                texts={"question": column.heading, "help": _help(column)},
                column=column,
            )
            for number, column in enumerate(_resolved(sheet.columns, lists), start=1)
        ),
    )


def _grid(
    framework: Framework, commitment: Commitment, asked: set[str], extra: tuple[Column, ...]
) -> SheetLayout:
    """A commitment's sheet: one row an indicator, wording and answer side by side by stage."""
    answers = [f"{_stage_heading(stage)}: your answer" for stage in framework.stages]
    width = max(least_column_width(text, HEADING_SIZE, bold=True) for text in answers)
    stages = [column for stage in framework.stages for column in _stage(framework, stage, width)]
    returns = [wording(RETURNS, "May already be reported in", 28)]
    return SheetLayout(
        id=commitment.id,
        name=sheet_name(commitment.short_name),
        title=commitment.name,
        kind="grid",
        introduction=(commitment.expectation,),
        columns=(
            wording(REF, "Ref", 6),
            wording(TITLE, "What is asked", 18, asked=True),
            *stages,
            *(returns if framework.national_returns else ()),
            *extra,
        ),
        rows=tuple(_row(framework, i) for i in commitment.indicators if i.id in asked),
        record_name="indicator",
    )


def _stage(framework: Framework, stage: Stage, width: int) -> tuple[Column, Column]:
    """The wording of a stage's criteria, and the answers to them, in a column of this width."""
    heading = _stage_heading(stage)
    return (
        wording(f"criterion_{stage.number}", f"{heading}: what it takes", 17, asked=True),
        Column(
            id=f"answer_{stage.number}",
            heading=f"{heading}: your answer",
            type=ValueType.ANSWER,
            choices=_choices((a.meaning.value, a.label) for a in framework.answers),
            spellings={
                word: a.meaning.value for a in framework.answers for word in a.also_accepted
            },
            width=width,
            stage=stage.number,
            help="Choose one from the list.",
        ),
    )


def _stage_heading(stage: Stage) -> str:
    return f"Stage {stage.number} {stage.name}"


def _row(framework: Framework, indicator: Indicator) -> Row:
    texts = {TITLE: f"{indicator.title} (core)" if indicator.core else indicator.title}
    for stage, criterion in zip(framework.stages, indicator.criteria, strict=True):
        texts[f"criterion_{stage.number}"] = criterion
    if framework.national_returns:
        texts[RETURNS] = _returns(framework, indicator)
    return Row(ref=indicator.id, texts=texts)


def _returns(framework: Framework, indicator: Indicator) -> str:
    """The national returns that may already hold the evidence, one a line."""
    names = {r.id: r.name for r in framework.national_returns}
    lines = [
        f"{names[r.national_return]}: {r.item}" if r.item else names[r.national_return]
        for r in indicator.reuses
    ]
    return "\n".join(lines) or "No national return is known"


def _help(column: Column) -> str:
    words = column.help[:1].upper() + column.help[1:]
    return f"Required. {words}".strip() if column.required else words


def wording(column_id: str, heading: str, width: int, asked: bool = False) -> Column:
    """A locked column that shows text; `asked` where it says what is asked."""
    return Column(
        id=column_id,
        heading=heading,
        type=ValueType.TEXT,
        width=width,
        criterion_text=True,
        says_what_is_asked=asked,
    )


def sheet_name(name: str) -> str:
    """A name that spreadsheet programs take: at most 31 characters and none of []:*?/\\."""
    return name.translate(_NOT_IN_SHEET_NAMES)[:31]
