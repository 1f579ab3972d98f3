"""One file as it was read: what the worker found, whose it is, and what is wrong so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from remi.intake.judging.context import JudgingContext
from remi.intake.judging.problems import Finding
from remi.intake.judging.register import Organisation
from remi.intake.judging.values import NONE, Values
from remi.intake.judging.words import Fact
from schemas.maturity import MaturityModel
from schemas.workbook import ANSWER, Column, SheetLayout


@dataclass
class Reading:
    """A workbook on its way to a verdict.

    `located` and `values` are what `remi.intake.locating.locate` returned; `stopped` says that
    nothing more is judged; `kind` is the key of one of the context's layouts, or `unknown`; `asked`
    holds the indicators of each commitment, or the questions of each part, that this organisation
    is asked; `sent_for` and `may_count` are as in `schemas.intake.Received`.
    """

    submission_id: str
    context: JudgingContext
    sent_for: str | None = None
    may_count: bool = True
    arrived_on: date | None = None
    located: dict[str, Any] = field(default_factory=dict)
    values: Values = NONE
    kind: str = "unknown"
    unusable: bool = False
    stopped: bool = False
    organisation: Organisation | None = None
    asked: dict[str, list[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    sheets: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, located: dict[str, Any]) -> None:
        """Take in what was located."""
        self.values = Values.of(located.pop("values"))
        self.located = located

    @property
    def last_day(self) -> date:
        """After it nothing can have happened of which this file tells: the day of the context, or
        the day on which the file came where it came later."""
        return max(self.context.today, self.arrived_on or self.context.today)

    @property
    def model(self) -> MaturityModel | None:
        """The maturity model that the workbook answers; None for the round's own workbooks."""
        return self.context.models.get(self.kind)

    def layout(self, sheet_id: str) -> SheetLayout:
        """The sheet as it was asked."""
        return self.context.sheets[self.kind][sheet_id]

    def column(self, sheet_id: str, column_id: str) -> Column:
        """The column, or the question of a form, as it was asked."""
        return self.context.columns[self.kind][sheet_id, column_id]

    def question(self, sheet_id: str, column_id: str, ref: str | None) -> Column:
        """The column as this row asks it: each may be answered in a way of its own."""
        own = self.context.questions[self.kind].get((sheet_id, ref or ""))
        return own if own and column_id == ANSWER else self.column(sheet_id, column_id)

    def name(self, sheet_id: str) -> str:
        """The sheet's name as the partner sees it."""
        found = self.sheets.get(sheet_id)
        return str(found["name"]) if found else self.layout(sheet_id).name

    def cell(self, sheet_id: str, record: str, column_id: str) -> str | None:
        """Address of a record's cell; None where the row or the column was not found."""
        found = self.sheets.get(sheet_id)
        if found is None:
            return None
        rows = found["rows"]
        if self.layout(sheet_id).kind == "form":
            questions = {row.column.id: row.ref for row in self.layout(sheet_id).rows if row.column}
            row, letters = rows.get(questions.get(column_id)), found["columns"].get("answer")
        else:
            row, letters = rows.get(record), found["columns"].get(column_id)
        return f"{letters}{row}" if row and letters else None

    def layouts(self) -> tuple[SheetLayout, ...]:
        """The sheets as they were asked, in order; none where it is not known what this is."""
        layout = self.context.layouts.get(self.kind)
        return layout.sheets if layout else ()

    def cells_read(self) -> int:
        """Cells that hold an answer or a value."""
        letters = [str(answer[3]) for answer in self.located.get("answers", ())]
        values = self.values.that_say(lambda said: said.state != "blank")
        return sum(len(row) - row.count("-") for row in letters) + len(values)

    def find(
        self,
        rule: str,
        sheet_id: str | None = None,
        cell: str | None = None,
        ref: str | None = None,
        seen: str | None = None,
        **facts: Fact,
    ) -> None:
        """Note that the file does not keep a rule."""
        name = self.name(sheet_id) if sheet_id else None
        self.findings.append(Finding(rule, name, cell, ref, seen, facts))
