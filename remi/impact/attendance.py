"""Events that were held in the cycle's period, who came to them, and what that was counted by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from remi.impact.common import records
from schemas.impact import QUALIFIERS, CycleData
from schemas.programme import Cycle, Places

HELD = "held"
UNKNOWN = "Unknown"
UNKNOWN_WORDS = ("unknown", "not known")

SECTOR, SYSTEM, BOROUGH, ETHNIC_GROUP = "sector", "system", "borough", "ethnic_group"
ORGANISATION = "organisation"
HEADINGS = {
    SECTOR: "Sector",
    SYSTEM: "Care system",
    BOROUGH: "Borough",
    ETHNIC_GROUP: "Ethnic group",
}
"""What attendance is broken down by, in the order in which it is shown."""

EventKey = tuple[str, str]


@dataclass(frozen=True)
class People:
    """A count of people as written; `qualifier` says that it is a bound or about right."""

    number: int
    qualifier: str | None
    counted_twice: bool = False


@dataclass(frozen=True)
class Event:
    """One event that was held. `people` is missing where nobody counted."""

    key: EventKey
    kind: str
    people: People | None
    by: Mapping[str, Mapping[str, tuple[People, ...]]]
    """What it was counted by -> category -> counts. Not counted by something: not there."""


def held_events(data: CycleData) -> list[Event]:
    """Events held within the period, in the order of the records.

    Raises ValueError where attendance names a category that no list has: it would be left out of
    every total without a word.
    """
    by_event = _attendance(data)
    return [
        Event(
            key=_key(record),
            kind=str(record["event_type"]),
            people=_people(record, "attendances"),
            by=by_event.get(_key(record), {}),
        )
        for record in _events(data)
        if within(record["held_on"], data.cycle)
    ]


def n_outside_period(data: CycleData) -> int:
    """How many events are said to have been held on a day outside the cycle's period."""
    return sum(not within(record["held_on"], data.cycle) for record in _events(data))


def within(day: date | None, cycle: Cycle) -> bool:
    """Whether a day lies in the cycle's period; an unknown day is taken to."""
    if day is None or pd.isna(day):
        return True
    return cycle.period_start <= pd.Timestamp(day).date() <= cycle.period_end


def organisations_reached(sheets: Mapping[str, pd.DataFrame]) -> frozenset[str] | None:
    """Codes of organisations that anybody came from; None where that was never counted."""
    counted = [
        record
        for record in records(sheets, "attendance", ["counted_by", "category", "people"])
        if record["counted_by"] == ORGANISATION and record["people"] is not None
    ]
    if not counted:
        return None
    return frozenset(str(r["category"]).strip() for r in counted if r["people"] > 0)


def note(counts: Iterable[People]) -> str:
    """What must be known to read a sum of counts: that it is a bound, or counts people twice."""
    at_least, at_most, about = QUALIFIERS
    listed = list(counts)
    qualifiers = {people.qualifier for people in listed if people.qualifier}
    parts = []
    if qualifiers:
        if qualifiers <= {">", "≥"}:
            parts.append(at_least)
        elif qualifiers <= {"<", "≤"}:
            parts.append(at_most)
        else:
            parts.append(about)
    if any(people.counted_twice for people in listed):
        parts.append("people may be counted twice")
    return "; ".join(parts) or "as counted"


def categories(places: Places, counted_by: str) -> dict[str, str]:
    """Every accepted spelling, in small letters, and the name shown; names in list order.

    Ethnic groups are shown as their broad groups: groups go up to broad groups, never down.
    """
    pairs: list[tuple[str, str]] = []
    if counted_by == SECTOR:
        pairs = [(text, s.name) for s in places.sectors for text in (s.id, s.name)]
    elif counted_by == SYSTEM:
        pairs = [(text, s.name) for s in places.systems for text in (s.id, s.name, s.ons_code)]
    elif counted_by == BOROUGH:
        pairs = [(text, b.name) for b in places.boroughs for text in (b.id, b.name)]
    elif counted_by == ETHNIC_GROUP:
        pairs = [
            (text, g.broad_group_name)
            for g in places.ethnic_groups
            for text in (g.id, g.name, g.broad_group_id, g.broad_group_name)
        ]
    known = {text.strip().casefold(): name for text, name in pairs}
    return {**known, **dict.fromkeys(UNKNOWN_WORDS, UNKNOWN)}


def _events(data: CycleData) -> list[dict[str, Any]]:
    columns = ["ref", "event_type", "held_on", "state", "attendances"]
    return [r for r in records(data.records, "events", columns) if r["state"] == HELD]


def _attendance(data: CycleData) -> dict[EventKey, dict[str, dict[str, tuple[People, ...]]]]:
    spellings = {counted_by: categories(data.places, counted_by) for counted_by in HEADINGS}
    codes = {*data.organisations["organisation_id"], *data.organisation_codes}
    made: dict[EventKey, dict[str, dict[str, tuple[People, ...]]]] = {}
    columns = ["ref", "counted_by", "category", "people", "multiple_responses"]
    for record in records(data.records, "attendance", columns):
        people = _people(record, "people", bool(record["multiple_responses"]))
        if people is None:
            continue
        counted_by, written = str(record["counted_by"]), str(record["category"]).strip()
        if counted_by == ORGANISATION:
            unknown = UNKNOWN if written.casefold() in UNKNOWN_WORDS else None
            name = written if written in codes else unknown
        else:
            name = spellings[counted_by].get(written.casefold())
        if name is None:
            raise ValueError(
                f"attendance of event {record['ref']}: “{written}” is not on the list of "
                f"{counted_by.replace('_', ' ')}s"
            )
        by = made.setdefault(_key(record), {}).setdefault(counted_by, {})
        by[name] = (*by.get(name, ()), people)
    return made


def _people(record: dict[str, Any], column: str, counted_twice: bool = False) -> People | None:
    if record[column] is None:
        return None
    return People(int(record[column]), record[f"{column}_qualifier"], counted_twice)


def _key(record: dict[str, Any]) -> EventKey:
    return str(record["organisation_id"]), str(record["ref"])
