"""Workbooks without a fault, opened so that faults can be put into them, and what is expected.

A draft remembers cells as openpyxl's own objects, which keep their identity while rows and columns
move, so that an expected address is that of the cell where it stands at the end.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from io import BytesIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

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
from schemas.workbook import REF, SheetLayout, WorkbookLayout

CYCLE, CYCLE_BEFORE = "2025-26", "2024-25"
KEY = b"a key for tests that is thirty-two bytes long"
COMPLETED = date(2025, 11, 3)
SENT = tuple(p for p in PARTNERS if p.valid_from < COMPLETED and p.valid_to is None)

Place = tuple[str, str | None, str]
"""Sheet (or "" for the whole file), cell and rule of one message."""


PARTS = ("order", "references", "shown", "name", "rows")
"""What of a sheet only one fault at a time may change."""


class NoRoom(Exception):  # noqa: N818 - another fault is drawn
    """There is no place left in this workbook where a fault could be put by itself."""


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
    pages = given.configuration.engagement if kind == "engagement" else given.configuration.assessment
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


@dataclass
class Draft:
    """An open workbook, the sheets of its layout, what was put into it and what is expected."""

    kind: str
    who: Partner
    book: Workbook
    layout: WorkbookLayout
    rng: random.Random
    sheets: dict[str, Worksheet] = field(default_factory=dict)
    headings: dict[tuple[str, str], Cell] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    expected: list[tuple[Callable[[], Place], frozenset[str]]] = field(default_factory=list)
    alter: list[Callable[[bytes], bytes]] = field(default_factory=list)

    def expect(self, rule: str, cell: Cell, lost_by: frozenset[str] = frozenset()) -> None:
        """A message about this cell, wherever it stands at the end."""
        self.expected.append(
            (lambda: (str(cell.parent.title), str(cell.coordinate), rule), lost_by)
        )

    def expect_in(
        self, rule: str, sheet: Worksheet | None, lost_by: frozenset[str] = frozenset()
    ) -> None:
        """A message about a sheet, or about the file."""
        self.expected.append((lambda: (sheet.title if sheet else "", None, rule), lost_by))

    def places(self, saved_as: str = "sent") -> list[Place]:
        """What is expected after it was saved like this, in order."""
        return sorted(
            (place() for place, lost_by in self.expected if saved_as not in lost_by), key=repr
        )

    def grids(self) -> list[str]:
        return [sheet.id for sheet in self.layout.sheets if sheet.kind == "grid"]

    def of(self, sheet_id: str) -> SheetLayout:
        return next(sheet for sheet in self.layout.sheets if sheet.id == sheet_id)

    def stages(self, sheet_id: str) -> list[str]:
        return [c.id for c in self.of(sheet_id).columns if c.stage is not None]

    def cell(self, row: Cell, sheet_id: str, column_id: str) -> Cell:
        """The cell of a row, given by its reference's, in a column."""
        return _cell(self.sheets[sheet_id], row.row, self.headings[sheet_id, column_id].column)

    def rows(self, sheet_id: str) -> list[Cell]:
        """The reference cells of all rows that have one, from the top."""
        heading = self.headings[sheet_id, REF]
        sheet = self.sheets[sheet_id]
        cells = (_cell(sheet, r, heading.column) for r in range(heading.row + 1, sheet.max_row + 1))
        return [cell for cell in cells if cell.value is not None]

    def row_of(self, sheet_id: str, ref: str) -> Cell:
        return next(cell for cell in self.rows(sheet_id) if cell.value == ref)

    def question(self, column_id: str) -> Cell:
        """The answer to a question of the form, which is taken from now on. Raises NoRoom."""
        form = next(sheet for sheet in self.layout.sheets if sheet.kind == "form")
        asked = [row for row in form.rows if row.column and row.column.id == column_id]
        if not asked:
            raise NoRoom
        self.take(form.id, asked[0].ref)
        return self.cell(self.row_of(form.id, asked[0].ref), form.id, "answer")

    def take(self, sheet_id: str, *what: str) -> None:
        """Keep these for one fault alone; raises NoRoom where one is taken already."""
        keys = {(sheet_id, one) for one in what}
        if self.taken & keys:
            raise NoRoom
        self.taken |= keys

    def take_row(self, sheet_id: str, fits: Callable[[Cell], bool] = lambda _: True) -> Cell:
        """Any row that no fault was put into yet."""
        free = [c for c in self.rows(sheet_id) if (sheet_id, str(c.value)) not in self.taken]
        free = [cell for cell in free if fits(cell)]
        if not free:
            raise NoRoom
        found = self.rng.choice(free)
        self.take(sheet_id, str(found.value))
        return found

    def take_grid_row(self) -> tuple[str, Cell]:
        sheet_id = self.rng.choice(self.grids())
        return sheet_id, self.take_row(sheet_id)

    def take_sheet(self, sheet_ids: list[str], *parts: str) -> str:
        """Any sheet of these with such parts, which are PARTS, that no fault was put into yet."""
        for sheet_id in self.rng.sample(sheet_ids, len(sheet_ids)):
            with suppress(NoRoom):
                self.take(sheet_id, *parts)
                return sheet_id
        raise NoRoom

    def take_whole_sheet(self, sheet_ids: list[str]) -> str:
        """Any sheet of these that no fault was put into, and none will be."""
        free = [one for one in sheet_ids if not any(sheet == one for sheet, _ in self.taken)]
        if not free:
            raise NoRoom
        sheet_id = self.rng.choice(free)
        self.take(sheet_id, *PARTS, *(str(cell.value) for cell in self.rows(sheet_id)))
        return sheet_id


def open_draft(kind: str, organisation_id: str, rng: random.Random, **made: str) -> Draft:
    """A clean workbook, open. `made` may name another `cycle` or `version`."""
    book = load_workbook(BytesIO(clean(kind, organisation_id, **made)))
    layout = layout_of(kind, partner(organisation_id))
    draft = Draft(kind, partner(organisation_id), book, layout, rng)
    for sheet in layout.sheets:
        page = draft.sheets[sheet.id] = book[sheet.name]
        wanted = {column.heading: column.id for column in sheet.columns}
        for row in page.iter_rows(max_row=40):
            found = {wanted[str(c.value)]: c for c in row if str(c.value) in wanted}
            if len(found) == len(wanted):
                for column_id, cell in found.items():
                    assert isinstance(cell, Cell)
                    draft.headings[sheet.id, column_id] = cell
                break
    return draft


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell), cell.coordinate
    return cell
