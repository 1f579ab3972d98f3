"""Fill in a template as a partner would: find rows by reference and columns by heading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from remi.configuration import Configuration
from remi.demo.answers import Filling, Value, assessment_answers
from remi.demo.engagement import engagement_records
from remi.demo.partners import HOST, Partner, partner, register
from remi.demo.positions import generator
from remi.intake.identity import TemplateIdentity
from remi.intake.layout import assessment_layout, engagement_layout
from remi.intake.template.write import Round, compose_template, workbook_bytes
from remi.store.register import as_at
from schemas.framework import Framework
from schemas.programme import Cycle, Places
from schemas.workbook import ANSWER, REF, Column, SheetLayout, ValueType, WorkbookLayout


@dataclass(frozen=True)
class Setting:
    """What all workbooks of one cycle are made from; `cycles` are all up to it, oldest first."""

    configuration: Configuration
    cycles: tuple[Cycle, ...]
    framework: Framework
    places: Places
    organisations: pd.DataFrame
    signing_key: bytes

    @property
    def cycle(self) -> Cycle:
        """The cycle that is being filled in."""
        return self.cycles[-1]


def setting_of(configuration: Configuration, cycle_id: str, signing_key: bytes) -> Setting:
    """The setting of one cycle. Raises KeyError where there is no such cycle."""
    cycle = configuration.cycles.get(cycle_id)
    so_far = tuple(c for c in configuration.cycles.cycles if c.id <= cycle_id)
    return Setting(
        configuration=configuration,
        cycles=so_far,
        framework=configuration.framework(cycle),
        places=configuration.places(cycle),
        organisations=as_at(register(), cycle.closes),
        signing_key=signing_key,
    )


def filled_assessment(
    setting: Setting,
    organisation_id: str,
    completed_on: date,
    revised: bool = False,
    template_of: Setting | None = None,
    template_for: str | None = None,
) -> bytes:
    """A partner's return as an .xlsx file, the same bytes each time.

    A `revised` one is a later return that differs a little. A partner may have used the template
    of another cycle (`template_of`) or of another organisation (`template_for`), in which it
    then writes its own code and name.
    """
    who = partner(organisation_id)
    parent = partner(who.parent_id) if who.parent_id else None
    filling = assessment_answers(
        setting.framework, who, parent, setting.cycles, completed_on, revised
    )
    if template_for:
        own = {"organisation_code": who.organisation_id, "organisation_name": who.name}
        filling = replace(filling, form={**filling.form, **own})
    given = template_of or setting
    asked = partner(template_for or organisation_id)
    layout = assessment_layout(
        given.framework,
        given.configuration.assessment,
        given.places,
        given.organisations,
        given.cycle,
        sector=asked.sector,
        department=asked.parent_id is not None,
    )
    workbook = _template(given, layout, asked, given.configuration.assessment.start)
    writes_dates_as_text = generator("dates", organisation_id).random() < 0.2
    fill_in(workbook, layout, filling, writes_dates_as_text)
    return workbook_bytes(workbook)


def filled_engagement(setting: Setting, completed_on: date) -> bytes:
    """The host's engagement workbook as an .xlsx file, the same bytes each time."""
    layout = engagement_layout(
        setting.framework,
        setting.configuration.engagement,
        setting.places,
        setting.organisations,
        setting.cycle,
    )
    workbook = _template(setting, layout, partner(HOST), setting.configuration.engagement.start)
    codes = [code for code in setting.organisations["organisation_id"] if code != HOST]
    filling = engagement_records(
        setting.framework, setting.places, codes, setting.cycle, completed_on
    )
    fill_in(workbook, layout, filling)
    return workbook_bytes(workbook)


def fill_in(
    workbook: Workbook, layout: WorkbookLayout, filling: Filling, dates_as_text: bool = False
) -> None:
    """Write everything of `filling` into an open template; the rest stays as it was.

    Records that stand there from last year are cleared first: the filling says all there are.
    """
    for sheet in layout.sheets:
        page = workbook[sheet.name]
        header, places = _headings(page, sheet)
        if sheet.kind == "records":
            for row in range(header + 1, page.max_row + 1):
                for place in places.values():
                    page.cell(row, place).value = None
        for row, column, place, value in _cells(page, sheet, header, places, filling):
            if value is not None:
                page.cell(row, place).value = _as_typed(column, value, dates_as_text)


def _headings(page: Worksheet, sheet: SheetLayout) -> tuple[int, dict[str, int]]:
    """The header row, and the number of each column by its id."""
    wanted = {column.heading: column.id for column in sheet.columns}
    for number, row in enumerate(page.iter_rows(values_only=True), start=1):
        found = {
            wanted[str(text)]: place
            for place, text in enumerate(row, start=1)
            if str(text) in wanted
        }
        if len(found) == len(wanted):
            return number, found
    raise ValueError(f"no headings on the sheet {sheet.name}")


def _cells(
    page: Worksheet, sheet: SheetLayout, header: int, places: dict[str, int], filling: Filling
) -> Iterator[tuple[int, Column, int, Value]]:
    """Row, column, number of the column and value of each cell that is written on a sheet."""
    columns = {column.id: column for column in sheet.columns}
    if sheet.kind == "records":
        for row, cells in enumerate(filling.records.get(sheet.id, ()), start=header + 1):
            for column_id, value in cells.items():
                yield row, columns[column_id], places[column_id], value
        return
    asked = {row.ref: row.column for row in sheet.rows}
    for row in range(header + 1, page.max_row + 1):
        ref = str(page.cell(row, places[REF]).value)
        question = asked.get(ref)
        if question is not None:
            yield row, question, places[ANSWER], filling.form.get(question.id)
        elif ref in asked:
            for column_id, value in filling.indicators.get(ref, {}).items():
                yield row, columns[column_id], places[column_id], value


def _as_typed(column: Column, value: Value, dates_as_text: bool) -> Value:
    """The value as a partner types it: labels for choices, and a day in one way or another."""
    labels = {choice.id: choice.label for choice in column.choices}
    if column.type is ValueType.CHOICE:
        return labels[str(value)]
    if column.type is ValueType.CHOICES:
        return "; ".join(labels[part] for part in str(value).split(";"))
    if isinstance(value, date) and dates_as_text:
        return f"{value:%d/%m/%Y}"
    return value


def _template(
    setting: Setting, layout: WorkbookLayout, who: Partner, start: tuple[str, ...]
) -> Workbook:
    identity = TemplateIdentity(
        kind=layout.kind,
        framework_version=setting.framework.version,
        cycle=setting.cycle.id,
        organisation_id=who.organisation_id,
    )
    facts = Round(
        framework=setting.framework,
        places=setting.places,
        organisations=setting.organisations,
        cycle=setting.cycle,
        start=start,
        publisher=setting.configuration.policy.publisher,
    )
    known = {"organisation_code": who.organisation_id, "organisation_name": who.name}
    return compose_template(layout, identity, facts, setting.signing_key, known)
