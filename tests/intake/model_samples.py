"""Workbooks of any maturity model: empty, filled at random, and what was written into them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from verdict_samples import (
    CONFIGURATION,
    CYCLE,
    KEY,
    context,
    fill_form,
    put,
    register,
    row_of,
    rows_of,
)

from remi.framework.model_file import load_model
from remi.intake.identity import TemplateIdentity
from remi.intake.judging.context import JudgingContext, with_models
from remi.intake.model_layout import model_layout
from remi.intake.template.write import Round, compose_template, workbook_bytes
from schemas.maturity import MaturityModel
from schemas.workbook import WorkbookLayout

PROJECT = Path(__file__).parents[2]
PAGES = CONFIGURATION.model_workbook
FILES = {
    path.stem: path
    for folder in ("config/models", "tests/framework/models")
    for path in sorted((PROJECT / folder).glob("*.yaml"))
}
ANSWER, REASON = "Your answer", "Reason for not applicable"


@cache
def model_of(name: str) -> MaturityModel:
    return load_model(FILES[name])


def taking(*models: MaturityModel) -> JudgingContext:
    """The round of the samples, in which these models are collected besides."""
    return with_models(context(), models, PAGES)


def sector_of(organisation_id: str) -> str:
    return str(register().set_index("organisation_id").loc[organisation_id, "sector"])


def layout_for(model: MaturityModel, organisation_id: str = "NLT014") -> WorkbookLayout:
    return model_layout(model, PAGES, CYCLE, sector_of(organisation_id))


def empty(model: MaturityModel, organisation_id: str = "NLT014") -> Workbook:
    """The organisation's own template, open, with nothing but its first page filled in."""
    name = str(register().set_index("organisation_id").loc[organisation_id, "name"])
    facts = Round(
        model, CONFIGURATION.places(CYCLE), register(), CYCLE, PAGES.start, "The collaboration"
    )
    identity = TemplateIdentity("model", model.version, CYCLE.id, organisation_id, model.id)
    known = {"organisation_code": organisation_id, "organisation_name": name}
    book = compose_template(layout_for(model, organisation_id), identity, facts, KEY, known)
    fill_form(book["Your organisation"], {"M3": "Head of Equality", "M4": date(2025, 11, 10)})
    return book


def question_sheets(book: Workbook) -> list[Worksheet]:
    """The sheets on which questions are asked, which are numbered."""
    return [sheet for sheet in book.worksheets if sheet.title[0].isdigit()]


class Filled(NamedTuple):
    """A workbook, and by question: the answer in the model's words, sheet and cell."""

    book: Workbook
    answers: dict[str, tuple[str | None, str, str]]


def filled(
    model: MaturityModel, seed: int, organisation_id: str = "NLT014", blanks: bool = True
) -> Filled:
    """Answers drawn from the labels, their other spellings, not applicable, and blanks."""
    rng = random.Random(f"{model.id} {seed}")
    book = empty(model, organisation_id)
    leaves = {leaf.id: leaf for leaf in model.leaves()}
    written: dict[str, tuple[str | None, str, str]] = {}
    for sheet in question_sheets(book):
        for row in rows_of(sheet):
            ref = str(sheet.cell(row, 1).value)
            scale = model.scale_of(leaves[ref])
            choices: list[tuple[str | None, str | None]] = [(None, None)] if blanks else []
            for label in scale.labels:
                spellings = (label.label, label.label.upper(), *label.also_accepted)
                choices += [(label.label, spelling) for spelling in spellings]
            if scale.allows_not_applicable:
                choices += [("not_applicable", "not applicable"), ("not_applicable", "N/A")]
            answer, typed = rng.choice(choices)
            cell = put(sheet, row, ANSWER, value=typed)
            if answer == "not_applicable":
                put(sheet, row, REASON, value="We have no such service")
            if rng.random() < 0.3:
                put(sheet, row, "Evidence title", value="Board paper 7")
                put(sheet, row, "Evidence date", value=date(2025, 6, 1))
            written[ref] = (answer, sheet.title, cell)
    if all(answer is None for answer, _, _ in written.values()):
        ref = next(iter(written))
        first = model.scale_of(leaves[ref]).labels[0].label
        _, title, cell = written[ref]
        book[title][cell] = first
        written[ref] = (first, title, cell)
    return Filled(book, written)


def write_answers(book: Workbook, answers: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Write answers by question; returns the sheet and cell of each."""
    places = {}
    for sheet in question_sheets(book):
        refs = {str(sheet.cell(row, 1).value) for row in rows_of(sheet)}
        for ref, answer in answers.items():
            if ref in refs:
                places[ref] = (sheet.title, put(sheet, row_of(sheet, ref), ANSWER, value=answer))
    return places


def reopened(book: Workbook) -> Workbook:
    """The workbook as if it had been saved and opened again."""
    return load_workbook(BytesIO(workbook_bytes(book)))
