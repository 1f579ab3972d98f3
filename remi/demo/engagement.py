"""A year of the invented collaboration's events, attendance, publications and meetings."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from remi.demo.answers import Cells, Filling, Value
from remi.demo.attendance import attendance_rows
from remi.demo.partners import HOST
from remi.demo.positions import generator
from schemas.framework import Framework
from schemas.programme import Cycle, Places

EVENTS = (
    # title, type, how, participation level, usual number of people
    ("Learning session: naming racism at work", "learning_session", "in_person", "engagement", 73),
    ("Learning session: who gets hired", "learning_session", "hybrid", "educating", 58),
    ("Learning session: measuring what changes", "learning_session", "online", "educating", 64),
    ("Learning session: leading for equity", "learning_session", "in_person", "engagement", 46),
    ("Learning session: fair discipline", "learning_session", "online", "educating", 50),
    ("Annual conference", "conference", "hybrid", "consultation", 142),
    ("Design workshop with communities", "workshop", "in_person", "co_design", 84),
    ("Workshop on interpreting and language", "workshop", "in_person", "consultation", 27),
    ("Webinar: filling in the index", "webinar", "online", "informing", 91),
    ("Webinar: reusing what is already reported", "webinar", "online", "informing", 39),
    ("Co-production: paying people fairly", "co_production", "in_person", "co_production", 11),
    ("Co-production: trust in care", "co_production", "online", "co_production", 9),
    ("Surgery for small organisations", "surgery", "online", "engagement", 6),
    ("Surgery for action plans", "surgery", "online", "engagement", 4),
    ("Surgery for returns in progress", "surgery", "online", "engagement", 5),
)

CANCELLED = ("Learning session: fair discipline", "Surgery for returns in progress")

LED_BY = {
    "Learning session: leading for equity": "DEMO-B02",
    "Design workshop with communities": "DEMO-V04",
    "Workshop on interpreting and language": "DEMO-X01",
    "Co-production: paying people fairly": "DEMO-V09",
    "Co-production: trust in care": "DEMO-V06",
}
"""Whoever is not named here is led by the host."""

OVER_EIGHTY = "Design workshop with communities"
"""Its organisers know only that over 80 people came."""

NOT_COUNTED = "Surgery for action plans"

BLOGS = (
    "Why we count what we would rather not see",
    "What a fair shortlist looks like",
    "Paying people for what they know",
    "Trust is not a survey question",
    "Moving beyond the national standards",
    "A council's year of buying differently",
    "What patients told us about interpreters",
    "From training to changed decisions",
    "When the data are missing",
    "Sharing power in a steering group",
)

OTHER_ITEMS = (
    # title, type, published or not, sent in from outside
    ("Spring newsletter", "newsletter", "published", "no"),
    ("Summer newsletter", "newsletter", "published", "no"),
    ("Autumn newsletter", "newsletter", "published", "no"),
    ("Winter newsletter", "newsletter", "published", "no"),
    ("Shared anti-racism statement", "statement", "published", "no"),
    ("Toolkit for checking decisions", "toolkit", "published", "no"),
    ("Toolkit for small organisations", "toolkit", "planned", "no"),
    ("How one trust changed its hiring", "case_study", "published", "yes"),
    ("A faith group and its local hospital", "case_study", "published", "yes"),
    ("A case study that its author took back", "case_study", "withdrawn", "yes"),
)

LANGUAGES = ("English", "English", "English; Bengali", "English; Somali; Polish", "English; Yoruba")

FORUMS = (("Steering group", 6), ("Community reference group", 3))

MEETING_NOT_HELD = 5


def engagement_records(
    framework: Framework, places: Places, partners: list[str], cycle: Cycle, completed_on: date
) -> Filling:
    """The host's records for one cycle; `partners` are the codes of those who may attend."""
    rng = generator("engagement", cycle.id)
    events: list[Cells] = []
    attendance: list[Cells] = []
    for number, (title, kind, mode, level, usual) in enumerate(EVENTS, start=1):
        people = _people(rng, title, usual)
        held = title not in CANCELLED
        lead = LED_BY.get(title, HOST)
        events.append(
            {
                "ref": f"E{number}",
                "title": title,
                "event_type": kind,
                "held_on": _day(rng, cycle, number, len(EVENTS)),
                "state": "held" if held else "cancelled",
                "mode": mode,
                "lead_organisation": lead if lead in partners else HOST,
                "commitments": ";".join(_commitments(rng, framework)),
                "participation_level": level if held else None,
                "attendances": _written(title, people) if held else None,
            }
        )
        if held and title != NOT_COUNTED:
            attendance += attendance_rows(rng, f"E{number}", people, places, partners)
    return Filling(
        form={
            "programme": "Race equality programme",
            "completed_by_role": "Programme Manager",
            "completed_on": completed_on,
        },
        records={
            "events": events,
            "attendance": attendance,
            "communications": _communications(rng, cycle),
            "meetings": _meetings(rng, places, cycle),
        },
    )


def _people(rng: np.random.Generator, title: str, usual: int) -> int:
    if title == OVER_EIGHTY:
        return usual
    return max(3, int(rng.normal(usual, usual / 10)))


def _written(title: str, people: int) -> Value:
    if title == OVER_EIGHTY:
        return "over 80"
    return "not collected" if title == NOT_COUNTED else people


def _day(rng: np.random.Generator, cycle: Cycle, number: int, of: int) -> date:
    """A weekday in the period, in order."""
    days = (cycle.period_end - cycle.period_start).days
    day = cycle.period_start + timedelta(days=int((number - rng.random()) * days / of))
    back = max(0, day.weekday() - 4)
    return max(day - timedelta(days=back), cycle.period_start)


def _commitments(rng: np.random.Generator, framework: Framework) -> list[str]:
    known = [c.id for c in framework.commitments]
    chosen = set(rng.permutation(len(known))[: int(rng.integers(1, 3))])
    return [c for place, c in enumerate(known) if place in chosen]


def _communications(rng: np.random.Generator, cycle: Cycle) -> list[Cells]:
    blogs = BLOGS[: int(rng.integers(8, len(BLOGS) + 1))]
    items = [(title, "blog", "published", "no") for title in blogs]
    items += OTHER_ITEMS
    rows: list[Cells] = []
    for number, (title, kind, state, from_outside) in enumerate(items, start=1):
        published = state == "published"
        counted = published and rng.random() < 0.8
        views: Value = int(rng.integers(60, 900)) if counted else "not collected"
        rows.append(
            {
                "ref": f"C{number}",
                "title": title,
                "communication_type": kind,
                "state": state,
                "published_on": _day(rng, cycle, number, len(items)) if published else None,
                "evidence_informed": "yes" if kind in ("blog", "toolkit") else "no",
                "languages": str(rng.choice(LANGUAGES)),
                "added_to_library": "yes" if kind in ("toolkit", "case_study") else "no",
                "from_outside": from_outside,
                "views": views if published else None,
            }
        )
    return rows


def _meetings(rng: np.random.Generator, places: Places, cycle: Cycle) -> list[Cells]:
    rows: list[Cells] = []
    sectors = [s.id for s in places.sectors]
    for forum, planned in FORUMS:
        for number in range(1, planned + 1):
            day = _day(rng, cycle, number, planned)
            held = not (forum == FORUMS[0][0] and number == MEETING_NOT_HELD)
            row: dict[str, Value] = {"ref": f"M{len(rows) + 1}", "forum": forum, "planned_for": day}
            if held:
                row |= _meeting(rng, sectors, min(day + timedelta(days=7), cycle.period_end))
            rows.append(row)
    return rows


def _meeting(rng: np.random.Generator, sectors: list[str], held_on: date) -> Cells:
    seats, decisions = 4, int(rng.integers(2, 7))
    raised = int(rng.integers(0, decisions))
    adopted = int(rng.integers(0, raised + 1))
    present = sorted(rng.permutation(len(sectors))[: int(rng.integers(4, 9))])
    came = int(rng.integers(1, seats + 1))
    return {
        "held_on": held_on,
        "quorate": "yes" if rng.random() < 0.85 else "no",
        "sectors_present": ";".join(sectors[int(place)] for place in present),
        "community_seats": seats,
        "community_present": came if rng.random() < 0.9 else "not collected",
        "decisions": decisions,
        "decisions_from_community": raised,
        "adopted": adopted,
        "declined_with_reason": raised - adopted,
    }
