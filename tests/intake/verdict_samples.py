"""Clean filled workbooks of the shipped configuration, opened so that a test can spoil one cell."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from remi.configuration import load
from remi.cycle.judging import judging
from remi.cycle.registering import load_register
from remi.cycle.work import CycleWork
from remi.intake.identity import TemplateIdentity
from remi.intake.judging.context import JudgingContext
from remi.intake.layout import assessment_layout, engagement_layout
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.write import Round, compose_template, workbook_bytes
from remi.intake.verdict import Judged, judge
from remi.settings import Settings
from remi.workspace import open_workspace
from schemas.intake import Problem, Received
from schemas.programme import Cycle
from schemas.store import organisation as organisation_table

CONFIGURATION = load(Path(__file__).parents[2] / "config")
CYCLE = CONFIGURATION.cycles.get("2025-26")
KEY = b"a key for tests, long enough to be one"
TODAY = date(2025, 11, 20)

_ORGANISATIONS = [
    ("NLT014", "North Lane NHS Trust", "nhs_trust", "organisation", None),
    ("ELT002", "East Mead NHS Foundation Trust", "nhs_trust", "organisation", None),
    ("QAB", "Riverside Integrated Care Board", "icb", "organisation", None),
    ("LBX", "London Borough of Exham", "local_authority", "organisation", None),
    ("VC0001", "Harbour Community Voices", "vcse", "organisation", "harbour"),
    ("VC0002", "Lighthouse Carers", "vcse", "organisation", "harbour"),
    ("NLT014-MAT", "North Lane Maternity", "nhs_trust", "department", None),
]


@cache
def register() -> pd.DataFrame:
    """The invented register; OLD01 ended before the period and became ELT002, as did OLD02 soon
    after it had begun, and OLD03 in the window."""
    blank = dict.fromkeys(column.name for column in organisation_table.columns)
    rows: list[dict[str, Any]] = [
        blank
        | {
            "organisation_id": code,
            "valid_from": date(2020, 1, 1),
            "name": name,
            "sector": sector,
            "lead_system": "QKK",
            "systems": "QKK",
            "unit_type": unit,
            "joint_group": joint,
            "parent_id": "NLT014" if unit == "department" else None,
            "agreed_to_be_named": True,
        }
        for code, name, sector, unit, joint in _ORGANISATIONS
    ]
    ended = {"organisation_id": "OLD01", "name": "Old Mead NHS Trust", "successor_id": "ELT002"}
    on = {"OLD01": date(2024, 3, 31), "OLD02": date(2024, 12, 31), "OLD03": date(2025, 11, 15)}
    gone = [
        rows[1] | ended | {"organisation_id": code, "valid_to": day} for code, day in on.items()
    ]
    return pd.DataFrame([*rows, *gone])


_HOME = TemporaryDirectory(prefix="remi-tests-")


@cache
def installation() -> CycleWork:
    """The cycle of an installation with this register, as every door opens it."""
    home = Path(_HOME.name)
    (home / "signing.key").write_bytes(KEY)
    register().to_csv(home / "register.csv", index=False)
    here = replace(
        Settings.from_environment(),
        home=home,
        config=CONFIGURATION.folder,
        database_url=f"sqlite:///{home / 'remi.db'}",
        objects_url=f"file://{home / 'objects'}",
        register=home / "register.csv",
    )
    workspace = open_workspace(here)
    load_register(workspace)
    return CycleWork(workspace, CYCLE.id)


@cache
def context() -> JudgingContext:
    """What every door judges by, with the day of the tests."""
    return replace(judging(installation()), today=TODAY)


def context_with(**changes: Any) -> JudgingContext:
    return replace(context(), **changes)


def template(organisation_id: str, kind: str = "assessment", cycle: Cycle = CYCLE) -> Workbook:
    """The organisation's own template, open."""
    row = register().set_index("organisation_id").loc[organisation_id]
    framework, places = CONFIGURATION.framework(cycle), CONFIGURATION.places(cycle)
    if kind == "assessment":
        pages = CONFIGURATION.assessment
        department = row["unit_type"] == "department"
        layout = assessment_layout(
            framework, pages, places, register(), cycle, row["sector"], department
        )
    else:
        layout = engagement_layout(framework, CONFIGURATION.engagement, places, register(), cycle)
    start = (CONFIGURATION.assessment if kind == "assessment" else CONFIGURATION.engagement).start
    facts = Round(framework, places, register(), cycle, start, "The collaboration")
    identity = TemplateIdentity(layout.kind, framework.version, cycle.id, organisation_id)
    known = {"organisation_code": organisation_id, "organisation_name": row["name"]}
    return compose_template(layout, identity, facts, KEY, known)


def assessment(organisation_id: str = "NLT014", cycle: Cycle = CYCLE) -> Workbook:
    """A whole assessment that breaks no rule; its words are the organisation's own."""
    rng = random.Random(organisation_id)
    book = template(organisation_id, cycle=cycle)
    fill_form(
        book["Your organisation"], {"O4": "Head of Equality", "O5": date(2025, 11, 10), "O7": "yes"}
    )
    for commitment in CONFIGURATION.framework(cycle).commitments:
        sheet = book[commitment.short_name[:31]]
        for row in rows_of(sheet):
            met = rng.randint(1, 6)
            for stage in range(1, met + 1):
                put(sheet, row, f"Stage {stage} ", ": your answer", value="met")
            if met < 6:
                put(sheet, row, f"Stage {met + 1} ", ": your answer", value="not met")
            put(sheet, row, "Evidence title", value=f"Board paper {rng.randint(1, 10**6)}")
            put(sheet, row, "Evidence date", value=date(2025, 6, rng.randint(1, 28)))
    add_record(
        book["Action points"],
        {
            "Ref": "1",
            "Commitment": CONFIGURATION.framework(cycle).commitments[0].short_name,
            "What will be done": "Publish our plan",
            "Owner (role)": "Director of People",
            "Due date": date(2026, 6, 30),
            "Where it stands": "planned",
        },
    )
    return book


def engagement(organisation_id: str = "QAB") -> Workbook:
    """A whole engagement workbook that breaks no rule."""
    book = template(organisation_id, "engagement")
    answers = {"A3": "Learning and action", "A4": "Programme lead", "A5": date(2025, 10, 20)}
    fill_form(book["About this workbook"], answers)
    for ref, people in (("E1", 73), ("E2", "over 80")):
        add_record(
            book["Events"],
            {
                "Event ref": ref,
                "Title": f"Learning session {ref}",
                "Type": "learning session",
                "Date": date(2025, 3, 4),
                "Held or not": "held",
                "How": "in person",
                "Lead organisation code": "QAB",
                "Commitments": "Leadership; Workforce",
                "People who came": people,
            },
        )
    for category, people in (("NHS trust", 41), ("Integrated care board", 18), ("Unknown", 14)):
        add_record(
            book["Attendance"],
            {"Event ref": "E1", "Counted by": "sector", "Category": category, "People": people},
        )
    add_record(
        book["Attendance"],
        {"Event ref": "E1", "Counted by": "ethnic group", "People": "not collected"},
    )
    add_record(
        book["Communications"],
        {
            "Item ref": "C1",
            "Title": "What we heard",
            "Type": "blog",
            "Published or not": "published",
            "Date published": date(2025, 4, 4),
        },
    )
    add_record(
        book["Governance meetings"],
        {
            "Meeting ref": "M1",
            "Forum": "Steering group",
            "Date planned": date(2025, 5, 6),
            "Date held": date(2025, 5, 6),
            "Quorate?": "yes",
            "Decisions taken": 5,
            "Decisions raised by communities": 2,
            "Of those, adopted": 1,
        },
    )
    return book


def header_row(sheet: Worksheet) -> int:
    """The row of headings: the one with the reference heading in the first column."""
    for row in range(1, 30):
        value = str(sheet.cell(row, 1).value or "")
        if value == "Ref" or value.endswith(" ref"):
            return row
    raise AssertionError(sheet.title)


def column_of(sheet: Worksheet, *parts: str) -> int:
    """The column whose heading is this, or starts with the first part and ends with the second."""
    for cell in sheet[header_row(sheet)]:
        text = str(cell.value)
        if text == parts[0] or (
            len(parts) > 1 and text.startswith(parts[0]) and text.endswith(parts[1])
        ):
            return int(cell.column)
    raise AssertionError(parts)


def rows_of(sheet: Worksheet) -> list[int]:
    """Rows that have a reference."""
    first = header_row(sheet) + 1
    return [row for row in range(first, sheet.max_row + 1) if sheet.cell(row, 1).value]


def row_of(sheet: Worksheet, ref: str) -> int:
    return next(row for row in rows_of(sheet) if sheet.cell(row, 1).value == ref)


def put(sheet: Worksheet, row: int, *heading: str, value: object) -> str:
    """Write a cell, and return its address."""
    cell = sheet.cell(row, column_of(sheet, *heading))
    cell.value = value  # type: ignore[assignment]
    return str(cell.coordinate)


def fill_form(sheet: Worksheet, answers: dict[str, object]) -> None:
    for ref, answer in answers.items():
        put(sheet, row_of(sheet, ref), "Your answer", value=answer)


def add_record(sheet: Worksheet, cells: dict[str, object]) -> int:
    """Fill the first empty row; returns it."""
    row = header_row(sheet) + 1
    while any(sheet.cell(row, column).value is not None for column in range(1, 8)):
        row += 1
    for heading, value in cells.items():
        put(sheet, row, heading, value=value)
    return row


def received(content: bytes, name: str = "ours.xlsx", sent_for: str | None = None) -> Received:
    digest = sha256(content).hexdigest()
    return Received(f"{CYCLE.id}-{digest[:12]}", CYCLE.id, digest, name, content, sent_for)


def judged(contents: Iterable[bytes | Workbook], sandbox: Sandbox, **changes: Any) -> Judged:
    """The batch's judgement; workbooks are saved first."""
    files = [c if isinstance(c, bytes) else workbook_bytes(c) for c in contents]
    return judge(
        [received(f) for f in files], context_with(**changes) if changes else context(), sandbox
    )


def problems(content: bytes | Workbook, sandbox: Sandbox, **changes: Any) -> tuple[Problem, ...]:
    """What one file on its own is told."""
    result = judged([content], sandbox, **changes)
    (verdict,) = result.by_submission.values()
    return verdict.problems


_NOT_PLAIN = re.compile(
    r"[a-z]_[a-z]|[{}]|\b(?:None|NaN|null|dtype|regex|str|int|float|string|integer|boolean|"
    r"column id|schema|exception|traceback|Error|invalid|validation|parse|BAME|BME)\b"
)


def assert_plain(text: str) -> None:
    """A sentence that a partner can be shown: plain English, and nothing of the program's own."""
    assert text[0].isupper() or text[0] in "“{0123456789", text
    assert text.rstrip("”").endswith((".", "?")), text
    assert not _NOT_PLAIN.search(text), text
    assert "  " not in text
