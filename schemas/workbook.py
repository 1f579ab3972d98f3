"""What a workbook holds, sheet by sheet: one description for writing, reading and judging it.

A layout is made from a framework (assessment) or from `config/engagement.yaml` (engagement).
The template is written from it, answers are located by it, and values are typed by it, so a
question cannot be asked one way and read another.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from schemas.framework import Choice, Model


class ValueType(StrEnum):
    """What a cell may hold."""

    TEXT = "text"
    """Free text; stored, never published."""
    CODE = "code"
    """An identifier, kept as text with its leading zeros."""
    DATE = "date"
    """A day; written d/m/y or as an Excel date."""
    COUNT = "count"
    """A whole number, 0 or more; may carry a qualifier, as in “over 80”."""
    NUMBER = "number"
    """A number, 0 or more, that may have decimals."""
    CHOICE = "choice"
    """One entry of `choices`."""
    CHOICES = "choices"
    """Any entries of `choices`, separated by semicolons."""
    YES_NO = "yes_no"
    ANSWER = "answer"
    """A criterion's answer from the framework's labels, or a question's from those of its scale."""


class Column(Model):
    """One column of a sheet, or one question of a form."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    heading: str
    type: ValueType
    help: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    spellings: dict[str, str] = Field(
        default_factory=dict, description="Other spellings that are read as a choice -> its id"
    )
    codelist: str | None = Field(
        default=None,
        description="A list kept elsewhere: commitments, sectors, systems, boroughs, "
        "ethnic_groups, organisations, evidence_types, national_returns, challenges, stages, "
        "indicators. Resolved when the layout is made.",
    )
    people: bool = Field(default=False, description="A count of people: protected when published")
    unit: Literal["number", "hours"] = Field(
        default="number", description="What a number counts, as messages name it"
    )
    may_be_not_collected: bool = False
    may_be_future: bool = Field(default=False, description="A day that may lie after today")
    carried: Literal["no", "shown", "filled"] = Field(
        default="no",
        description="What becomes of last year's answer: `shown` beside the empty cell, or "
        "`filled` in where it only describes. No day and no answer may be filled in",
    )
    width: int = Field(default=18, ge=4, le=80)
    stage: int | None = Field(default=None, description="The stage that an answer column is for")
    criterion_text: bool = Field(
        default=False, description="A locked column that shows wording and is never read"
    )
    says_what_is_asked: bool = Field(
        default=False,
        description="Wording that gives the answers beside it their meaning: compared, when a "
        "workbook comes back, with what was issued",
    )

    @model_validator(mode="after")
    def _nothing_confirmed_in_silence(self) -> Column:
        if self.carried == "filled" and self.type in (ValueType.DATE, ValueType.ANSWER):
            raise ValueError(f"column {self.id}: a day or an answer cannot be filled in")
        return self


class Row(Model):
    """A pre-written row of a grid or form: its reference, what it asks and the texts it shows."""

    ref: str
    texts: dict[str, str] = Field(default_factory=dict, description="column id -> locked text")
    column: Column | None = Field(
        default=None, description="How the answer in the ANSWER column is typed in this row"
    )


class SheetLayout(Model):
    """One sheet.

    `form`: rows of question and answer. `grid`: pre-written rows (one an indicator) with answer
    columns, or one question of a maturity model with one answer. `records`: empty rows that the
    partner fills, one an event, an action and so on.
    """

    id: str
    name: str = Field(max_length=31)
    title: str
    kind: Literal["form", "grid", "records"]
    introduction: tuple[str, ...] = ()
    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = ()
    blank_rows: int = 0
    at_least: int = Field(default=0, description="Fewest records that must be filled in")
    record_name: str = "row"


REF = "ref"
"""Id of the reference column: first on every sheet, never typed by the partner on grids/forms."""

TITLE = "title"
"""Id of the column that names an indicator on a commitment's sheet."""

ANSWER = "answer"
"""Id of the answer column where each row has its own kind of answer: forms, models' questions."""


class WorkbookLayout(Model):
    """A whole workbook of one kind for one cycle.

    `framework_version` is the id and version of the framework, or of the maturity model.
    """

    kind: Literal["assessment", "engagement", "model"]
    title: str
    statement: str
    framework_version: str
    cycle: str
    sheets: tuple[SheetLayout, ...]

    @model_validator(mode="after")
    def _ids_once(self) -> WorkbookLayout:
        ids = [s.id for s in self.sheets]
        if len(ids) != len(set(ids)):
            raise ValueError("two sheets have the same id")
        for sheet in self.sheets:
            columns = [c.id for c in sheet.columns]
            if len(columns) != len(set(columns)):
                raise ValueError(f"sheet {sheet.id}: two columns have the same id")
            if sheet.columns[0].id != REF:
                raise ValueError(f"sheet {sheet.id}: the first column must be {REF}")
        return self


class SheetDefinition(Model):
    """One sheet as written in a configuration file, before code lists are filled in."""

    id: str
    name: str = Field(max_length=31)
    title: str
    record_name: str = "row"
    introduction: tuple[str, ...] = ()
    columns: tuple[Column, ...]
    blank_rows: int = 0
    at_least: int = 0
    carried_unless: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Column -> choices that end a record: it is not carried to the next year",
    )


class AssessmentPages(Model):
    """`config/assessment.yaml`: the pages and columns that every framework's workbook shares."""

    title: str
    start: tuple[str, ...] = Field(description="Plain instructions on the first sheet")
    organisation: SheetDefinition = Field(description="A form; each column is a question")
    indicator_columns: tuple[Column, ...] = Field(
        description="After the answers on each commitment sheet: evidence, reason, challenge"
    )
    department_columns: tuple[Column, ...] = Field(
        description="Only for a department: what it takes over from its parent organisation"
    )
    records: tuple[SheetDefinition, ...] = Field(description="More evidence, action points")


class EngagementPages(Model):
    """`config/engagement.yaml`: the sheets of the engagement workbook."""

    title: str
    start: tuple[str, ...]
    organisation: SheetDefinition
    records: tuple[SheetDefinition, ...]


class ModelPages(Model):
    """`config/model_workbook.yaml`: what surrounds the questions in a maturity model's workbook."""

    start: tuple[str, ...]
    organisation: SheetDefinition = Field(description="A form; each column is a question")
    question_columns: tuple[Column, ...] = Field(
        description="After the answer to each question: evidence, reason, note"
    )
