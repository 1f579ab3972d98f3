"""The data dictionary: every table, column and code list, written from configuration and schemas.

A test keeps `docs/data-dictionary.md` equal to what this writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Table

from remi.configuration import Configuration
from remi.impact.registry import annual_tables
from schemas import reviews
from schemas.framework import Framework
from schemas.impact import STATUS_MEANING, TableColumn
from schemas.intake import AnswerState, ValueState
from schemas.programme import Cycle
from schemas.results import ResultStatus, ReturnStatus
from schemas.workbook import Column, SheetDefinition


def data_dictionary(configuration: Configuration, cycle: Cycle) -> str:
    """The whole dictionary for one cycle's framework, as Markdown."""
    framework = configuration.framework(cycle)
    lines = [
        "# Data dictionary",
        "",
        f"Made from the configuration and schemas by `remi dictionary`; framework "
        f"{framework.name_and_version}. {framework.statement.strip()}",
        "",
        *_framework(framework),
        *_workbooks(configuration),
        *_annual_tables(framework),
        *_states(),
        *_store(),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    headings = list(headings)
    yield "| " + " | ".join(headings) + " |"
    yield "|" + "---|" * len(headings)
    for row in rows:
        yield "| " + " | ".join(_cell(value) for value in row) + " |"
    yield ""


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|") if value is not None else ""


def _framework(framework: Framework) -> Iterator[str]:
    yield from ("## Framework", "", "### Stages", "")
    yield from _table(
        ("number", "stage", "meaning"), ((s.number, s.name, s.meaning) for s in framework.stages)
    )
    yield from ("### Answers", "")
    yield from _table(("answer", "meaning"), ((a.label, a.explanation) for a in framework.answers))
    yield from ("### Indicators", "")
    yield from _table(
        ("ref", "indicator", "commitment", "core", "asked of"),
        (
            (
                indicator.id,
                indicator.title,
                commitment.name,
                "yes" if indicator.core else "",
                "all"
                if indicator.applies_to == "all"
                else ", ".join(
                    g.name for g in framework.organisation_groups if g.id in indicator.applies_to
                ),
            )
            for commitment, indicator in framework.indicators()
        ),
    )


def _workbooks(configuration: Configuration) -> Iterator[str]:
    assessment, engagement = configuration.assessment, configuration.engagement
    yield from ("## Assessment workbook", "")
    yield from _sheet(assessment.organisation)
    yield from ("### Columns on every commitment's sheet, after the answers", "")
    yield from _columns((*assessment.indicator_columns, *assessment.department_columns))
    for sheet in assessment.records:
        yield from _sheet(sheet)
    yield from ("## Engagement workbook", "")
    for sheet in (engagement.organisation, *engagement.records):
        yield from _sheet(sheet)


def _sheet(sheet: SheetDefinition) -> Iterator[str]:
    yield from (f"### {sheet.name} (`{sheet.id}`)", "")
    yield from _columns(sheet.columns)


def _columns(columns: Iterable[Column]) -> Iterator[str]:
    yield from _table(
        ("column", "heading", "holds", "required", "choices", "help"),
        (
            (
                f"`{c.id}`",
                c.heading,
                "a count of people" if c.people else c.type.value.replace("_", " or "),
                "yes" if c.required else "",
                c.codelist or ", ".join(choice.label for choice in c.choices),
                c.help,
            )
            for c in columns
        ),
    )


def _annual_tables(framework: Framework) -> Iterator[str]:
    yield from ("## Annual tables", "")
    yield from ("Every number has a status column beside it, empty where there is a number.", "")
    for table in annual_tables(framework):
        yield from (f"### {table.id} {table.title} (`{table.name}`)", "")
        yield from (f"One row for each {table.one_row_per}.", "")
        yield from _table(
            ("column", "heading", "holds", "meaning"),
            ((f"`{c.id}`", c.heading, _holds(c), c.meaning) for c in table.columns),
        )
        for note in table.notes:
            yield from (note, "")


def _holds(column: TableColumn) -> str:
    share = f" ({column.of[0]} of {column.of[1]})" if column.of else ""
    return f"{column.holds.value}{share}"


def _states() -> Iterator[str]:
    yield from ("## Statuses and states", "")
    yield from ("### In an annual table, instead of a number", "")
    yield from _table(
        ("symbol", "meaning"), ((f"`[{s.value}]`", m) for s, m in STATUS_MEANING.items())
    )
    for heading, states in {
        "Of one answer": AnswerState,
        "Of any other value": ValueState,
        "Of a result": ResultStatus,
        "Of a partner's return": ReturnStatus,
        "Of what a reviewer looked at": reviews.Grade,
        "Of the review of one claim": reviews.Outcome,
        "Of the review of a commitment or indicator": reviews.ReviewStatus,
    }.items():
        yield from (f"### {heading}", "")
        yield from (", ".join(f"`{state.value}`" for state in states), "")


def _store() -> Iterator[str]:
    yield from ("## Tables of the store", "")
    for table in reviews.review_decision.metadata.sorted_tables:
        yield from (f"### `{table.name}`", "")
        yield from _store_columns(table)


def _store_columns(table: Table) -> Iterator[str]:
    yield from _table(
        ("column", "type", "may be missing"),
        ((f"`{c.name}`", str(c.type).lower(), "yes" if c.nullable else "") for c in table.columns),
    )
