"""Filled workbooks for `benchmarks.portal`: assessments, and engagement with any number of rows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from io import BytesIO
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from openpyxl import load_workbook

from remi.configuration import load
from remi.demo.answers import Cells, Filling
from remi.demo.attendance import attendance_rows
from remi.demo.fill import Setting, fill_in, filled_assessment, setting_of
from remi.demo.partners import HOST, PARTNERS, partner
from remi.demo.positions import generator
from remi.intake.identity import TemplateIdentity
from remi.intake.layout import engagement_layout
from remi.intake.template.write import Round, compose_template, workbook_bytes

CYCLE = "2026-27"
KEY = b"a key of at least thirty-two letters"
FILLED_IN = date(2026, 11, 3)


@cache
def setting() -> Setting:
    """What every workbook of the round is made from."""
    return setting_of(load(Path(__file__).parents[1] / "config"), CYCLE, KEY)


def assessments() -> dict[str, bytes]:
    """An assessment of each organisation that takes part, without its departments."""
    here = set(setting().organisations["organisation_id"])
    return {
        one.organisation_id: _kept(
            f"assessment-{one.organisation_id}",
            partial(filled_assessment, setting(), one.organisation_id, FILLED_IN),
        )
        for one in PARTNERS
        if one.organisation_id in here and not one.parent_id
    }


def engagement(rows: int) -> bytes:
    """The host's engagement workbook with at least so many rows: events, and who came to them."""
    return _kept(f"engagement-{rows}", partial(_engagement, rows))


def _kept(name: str, make: Callable[[], bytes]) -> bytes:
    """The file from the folder of temporary files, if it was made before."""
    folder = Path(tempfile.gettempdir()) / f"remi-benchmark-portal-{setting().framework.version}"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.xlsx"
    if not path.exists():
        path.write_bytes(make())
    return path.read_bytes()


def _engagement(rows: int) -> bytes:
    given = setting()
    layout = engagement_layout(
        given.framework,
        given.configuration.engagement,
        given.places,
        given.organisations,
        given.cycle,
    )
    identity = TemplateIdentity("engagement", given.framework.version, CYCLE, HOST)
    start, publisher = given.configuration.engagement.start, given.configuration.policy.publisher
    facts = Round(given.framework, given.places, given.organisations, given.cycle, start, publisher)
    known = {"organisation_code": HOST, "organisation_name": partner(HOST).name}
    book = compose_template(layout, identity, facts, KEY, known)
    form = {
        "programme": "Race equality programme",
        "completed_by_role": "Programme Manager",
        "completed_on": FILLED_IN,
    }
    fill_in(book, layout, Filling(form, records=_records(rows)))
    return workbook_bytes(book)


def _records(rows: int) -> dict[str, list[Cells]]:
    """Events and counts of their attendance that add up."""
    rng, given = generator("many rows", CYCLE), setting()
    partners = given.organisations["organisation_id"].tolist()
    events: list[Cells] = []
    counts: list[Cells] = []
    while len(events) + len(counts) < rows:
        ref, people = f"E{len(events) + 1}", int(rng.integers(20, 400))
        events.append(
            {
                "ref": ref,
                "title": f"Learning session {ref}",
                "event_type": "learning_session",
                "held_on": given.cycle.period_start,
                "state": "held",
                "mode": "online",
                "lead_organisation": HOST,
                "commitments": given.framework.commitments[0].id,
                "participation_level": "engagement",
                "attendances": people,
            }
        )
        counts += attendance_rows(rng, ref, people, given.places, partners)
    return {"events": events, "attendance": counts}


_COUNTS = pa.DataFrameSchema(
    {
        "counted_by": pa.Column(str, pa.Check.ne("")),
        "people": pa.Column(float, pa.Check.ge(0), coerce=True),
    }
)


def obvious_rows(content: bytes) -> int:
    """Rows of the attendance sheet by openpyxl, judged by one call of Pandera."""
    book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    rows = [row[:5] for row in book["Attendance"].iter_rows(values_only=True)]
    begin = next(n for n, row in enumerate(rows) if row[0] == "Event ref") + 1
    frame = pd.DataFrame(rows[begin:], columns=["ref", "counted_by", "category", "people", "twice"])
    counted = frame[pd.to_numeric(frame["people"], errors="coerce").notna()]
    return len(_COUNTS.validate(counted, lazy=True))
