"""Filled workbooks that break no rule: assessments of every invented partner, and engagement."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache

from remi.configuration import load
from remi.demo.answers import Cells, Filling, Value
from remi.demo.engagement import engagement_records
from remi.demo.fill import Setting, fill_in, setting_of
from remi.demo.partners import HOST, PARTNERS, Partner, partner, register
from remi.intake.identity import TemplateIdentity
from remi.intake.judging.context import JudgingContext, judging_context
from remi.intake.layout import assessment_layout, engagement_layout
from remi.intake.template.write import Round, compose_template, workbook_bytes
from remi.settings import CHECKOUT
from schemas.framework import AnswerMeaning
from schemas.workbook import SheetLayout, WorkbookLayout

CYCLE, CYCLE_BEFORE = "2025-26", "2024-25"
KEY = b"a key for tests that is thirty-two bytes long"
COMPLETED = date(2025, 11, 3)
SENT = tuple(p for p in PARTNERS if p.valid_from < COMPLETED and p.valid_to is None)


@cache
def setting(cycle: str = CYCLE) -> Setting:
    return setting_of(load(CHECKOUT / "config"), cycle, KEY)


@cache
def context() -> JudgingContext:
    given = setting()
    return judging_context(given.configuration, given.cycle, register(), KEY, given.cycle.closes)


@cache
def layout_of(kind: str, who: Partner, cycle: str = CYCLE) -> WorkbookLayout:
    given = setting(cycle)
    shared = (given.places, given.organisations, given.cycle)
    if kind == "engagement":
        return engagement_layout(given.framework, given.configuration.engagement, *shared)
    pages = given.configuration.assessment
    return assessment_layout(given.framework, pages, *shared, who.sector, who.parent_id is not None)


@cache
def clean(kind: str, organisation_id: str, cycle: str = CYCLE, version: str = "") -> bytes:
    """A whole workbook that breaks no rule, made for this cycle and framework version."""
    given, who = setting(cycle), partner(organisation_id)
    layout = layout_of(kind, who, cycle)
    pages = (
        given.configuration.engagement if kind == "engagement" else given.configuration.assessment
    )
    facts = Round(
        given.framework,
        given.places,
        given.organisations,
        given.cycle,
        pages.start,
        given.configuration.policy.publisher,
    )
    identity = TemplateIdentity(
        layout.kind, version or given.framework.version, cycle, organisation_id
    )
    known = {"organisation_code": who.organisation_id, "organisation_name": who.name}
    book = compose_template(layout, identity, facts, KEY, known)
    fill_in(book, layout, _records() if kind == "engagement" else _answers(who, layout))
    return workbook_bytes(book)


def _answers(who: Partner, layout: WorkbookLayout) -> Filling:
    """Each row met up to some stage, with its evidence; where all is met, nothing is left out."""
    rng, framework = random.Random(who.organisation_id), setting().framework
    labels = {a.meaning: a.label for a in framework.answers}
    rows: dict[str, Cells] = {}
    for sheet in layout.sheets:
        stages = [c.id for c in sheet.columns if c.stage is not None]
        for row in sheet.rows if sheet.kind == "grid" else ():
            met = rng.randint(1, len(stages))
            stop = rng.choice([AnswerMeaning.PART, AnswerMeaning.NOT_MET])
            cells: dict[str, Value] = dict.fromkeys(stages[:met], labels[AnswerMeaning.MET])
            cells |= dict.fromkeys(stages[met : met + 1], labels[stop])
            cells |= {
                "evidence_type": "policy" if _has(sheet, "evidence_type", "policy") else None,
                "evidence_title": f"Board paper {rng.randint(1, 10**6)}",
                "evidence_date": date(2025, 1, 1) + timedelta(days=rng.randint(0, 270)),
            }
            if any(column.id == "taken_from_parent" for column in sheet.columns):
                cells["taken_from_parent"] = "no"
            rows[row.ref] = cells
    form: Cells = {
        "completed_by_role": "Head of Equality",
        "completed_on": COMPLETED,
        "hours_spent": 12,
        "agrees_to_be_named": "yes",
        "statement_adopted": "own",
        "statement_adopted_on": date(2024, 5, 1),
    }
    return Filling(form, rows, {"more_evidence": _more(layout), "action_points": _actions(layout)})


def _has(sheet: SheetLayout, column_id: str, choice_id: str) -> bool:
    column = next(c for c in sheet.columns if c.id == column_id)
    return any(choice.id == choice_id for choice in column.choices)


def _first(layout: WorkbookLayout, sheet_id: str, column_id: str) -> str:
    sheet = next(s for s in layout.sheets if s.id == sheet_id)
    return next(c for c in sheet.columns if c.id == column_id).choices[0].id


def _more(layout: WorkbookLayout) -> list[Cells]:
    first = {
        name: _first(layout, "more_evidence", name)
        for name in ("indicator", "evidence_supports", "evidence_type")
    }
    return [
        {"ref": str(n), **first, "evidence_title": f"Survey {n}", "evidence_date": COMPLETED}
        for n in range(1, 5)
    ]


def _actions(layout: WorkbookLayout) -> list[Cells]:
    return [
        {
            "ref": str(n),
            "commitment": _first(layout, "action_points", "commitment"),
            "action": f"Publish plan {n}",
            "owner_role": "Director of People",
            "due": date(2026, 6, 30),
            "state": "planned",
        }
        for n in range(1, 5)
    ]


def _records() -> Filling:
    """The invented collaboration's year; only every second event has an exact total."""
    given = setting()
    codes = [code for code in given.organisations["organisation_id"] if code != HOST]
    made = engagement_records(given.framework, given.places, codes, given.cycle, COMPLETED)
    events = [
        event | {"attendances": f"at least {event['attendances']}"}
        if n % 2 and isinstance(event["attendances"], int)
        else event
        for n, event in enumerate(map(dict, made.records["events"]))
    ]
    return Filling(made.form, {}, {**made.records, "events": events})
