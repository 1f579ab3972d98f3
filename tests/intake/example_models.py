"""Workbooks of a maturity model, for the messages that only these have."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

from example_workbooks import FORM, Example, Sent, good
from openpyxl import Workbook
from verdict_samples import (
    CONFIGURATION,
    CYCLE,
    KEY,
    context,
    fill_form,
    header_row,
    put,
    register,
    rows_of,
)

from remi.framework.model_file import load_model
from remi.intake.identity import TemplateIdentity
from remi.intake.judging.context import JudgingContext
from remi.intake.model_layout import model_layout
from remi.intake.template.write import Round, compose_template, workbook_bytes
from schemas.maturity import MaturityModel

LABEL = "Fully"


@cache
def model() -> MaturityModel:
    return load_model(CONFIGURATION.folder / "models" / "teaching-example.yaml")


@cache
def collecting() -> JudgingContext:
    """A round in which the model's workbooks are taken as well."""
    layout = model_layout(model(), CONFIGURATION.model_workbook, CYCLE, sector=None)
    name = model().name_and_version
    layouts = {**context().layouts, name: layout}
    return replace(context(), layouts=layouts, models={name: model()})


def first_page_only() -> Workbook:
    pages, places = CONFIGURATION.model_workbook, CONFIGURATION.places(CYCLE)
    facts = Round(model(), places, register(), CYCLE, pages.start, "The collaboration")
    identity = TemplateIdentity("model", model().version, CYCLE.id, "NLT014", model().id)
    layout = model_layout(model(), pages, CYCLE, "nhs_trust")
    known = {"organisation_code": "NLT014", "organisation_name": "North Lane NHS Trust"}
    book = compose_template(layout, identity, facts, KEY, known)
    fill_form(book[FORM], {"M3": "Head of Equality", "M4": date(2025, 11, 10)})
    return book


def question_sheets(book: Workbook) -> list[str]:
    return book.sheetnames[book.sheetnames.index(FORM) + 1 : book.sheetnames.index("Lists")]


def answered() -> Workbook:
    book = first_page_only()
    for name in question_sheets(book):
        for row in rows_of(book[name]):
            put(book[name], row, "Your answer", value=LABEL)
    return book


def nothing(_: str | None) -> Sent:
    book = first_page_only()
    return _sent(book, None)


def all_but_one(_: str | None) -> Sent:
    return _sent(answered(), None)


def everything(_: str | None) -> Sent:
    return _sent(answered(), LABEL)


def elsewhere(_: str | None) -> Sent:
    return Sent((workbook_bytes(answered()),))


def _sent(book: Workbook, first: str | None) -> Sent:
    """The workbook with this as its first answer, which is where a message would be."""
    sheet = book[question_sheets(book)[0]]
    cell = put(sheet, header_row(sheet) + 1, "Your answer", value=first)
    return Sent((workbook_bytes(book),), (sheet.title, cell), collecting())


MODEL_EXAMPLES = {
    "collected_elsewhere": Example(elsewhere, good),
    "no_question_answered": Example(nothing, everything),
    "question_unanswered": Example(all_but_one, everything),
}
