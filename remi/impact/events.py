"""Table A08: events held, who came, and which partners were reached."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from remi.impact.attendance import (
    ETHNIC_GROUP,
    HEADINGS,
    ORGANISATION,
    SECTOR,
    SYSTEM,
    UNKNOWN,
    Event,
    People,
    categories,
    held_events,
    n_outside_period,
    note,
    organisations_reached,
)
from remi.impact.common import ENGAGEMENT, Cell, percentage, returned, table_frame
from remi.impact.labels import choices
from remi.impact.partners import Partner, whole_partners
from schemas.impact import ALL, AnnualTable, CycleData, Holds, Status, TableColumn

NOT_COLLECTED = "Not collected"

COLUMNS = (
    TableColumn("event_type", "Type", Holds.KEY, "Kind of event; All is every kind"),
    TableColumn(
        "counted_by",
        "Counted by",
        Holds.KEY,
        "What attendance is broken down by; All is not at all",
    ),
    TableColumn("category", "Category", Holds.KEY, "The sector, care system, borough or group"),
    TableColumn("n_events", "Events", Holds.ORGANISATIONS, "Events held in the period"),
    TableColumn(
        "n_events_counted",
        "Events counted",
        Holds.ORGANISATIONS,
        "Of those, events at which people were counted in this way",
    ),
    TableColumn(
        "counted_pct",
        "Coverage",
        Holds.PERCENTAGE,
        "Events counted as a share of events",
        of=("n_events_counted", "n_events"),
    ),
    TableColumn(
        "n_attendances",
        "Attendances",
        Holds.PEOPLE,
        "People who came, once for each event; a count such as “over 80” is kept as 80",
        qualified_by="attendances_note",
    ),
    TableColumn(
        "attendances_note",
        "Note on attendances",
        Holds.TEXT,
        "Whether the number is a bound or about right, and whether people may be counted twice",
    ),
    TableColumn(
        "n_orgs_reached",
        "Partners reached",
        Holds.ORGANISATIONS,
        "Partners from which anybody came",
    ),
    TableColumn("n_partners", "Partners", Holds.ORGANISATIONS, "Partners there are"),
    TableColumn(
        "orgs_reached_pct",
        "Share reached",
        Holds.PERCENTAGE,
        "Partners reached as a share of partners",
        of=("n_orgs_reached", "n_partners"),
    ),
    TableColumn(
        "n_new_orgs",
        "Newly reached",
        Holds.ORGANISATIONS,
        "Partners reached that were not reached the year before",
    ),
    TableColumn(
        "n_events_ethnicity",
        "Ethnicity collected",
        Holds.ORGANISATIONS,
        "Events at which ethnicity was collected",
    ),
)


def events_and_reach(data: CycleData) -> pd.DataFrame:
    """A08: one row for each type of event and category that attendance was counted by."""
    members = whole_partners(data)
    if not returned(data, ENGAGEMENT):
        return table_frame(data, COLUMNS, [_nothing_returned(members)])
    events = held_events(data)
    kinds = choices(data.engagement, "events", "event_type", [event.kind for event in events])
    before = organisations_reached(data.previous_records)
    outside = n_outside_period(data)
    rows = _rows(data, ALL, events, members, before, outside)
    for kind, label in kinds.items():
        chosen = [event for event in events if event.kind == kind]
        rows += _rows(data, label, chosen, members, before, 0)
    return table_frame(data, COLUMNS, rows)


def _rows(
    data: CycleData,
    label: str,
    events: Sequence[Event],
    members: list[Partner],
    before: frozenset[str] | None,
    outside: int,
) -> list[dict[str, Cell]]:
    """The row for all attendances of a type, then its rows by category."""
    counts = [event.people for event in events if event.people is not None]
    total = _row(label, ALL, ALL, events, len(counts), counts)
    total.update(_reached(events, members, before))
    total["n_missing"] = len(events) - len(counts) + outside
    rows = [total]
    for counted_by, heading in HEADINGS.items():
        counted = [event for event in events if counted_by in event.by]
        found = {name for event in counted for name in event.by[counted_by]}
        order = dict.fromkeys(categories(data.places, counted_by).values())
        if events and not counted:
            rows.append(_row(label, heading, NOT_COLLECTED, events, 0, []))
        for name in [name for name in order if name in found]:
            people = [p for event in counted for p in event.by[counted_by].get(name, ())]
            row = _row(label, heading, name, events, len(counted), people)
            if counted_by in (SECTOR, SYSTEM) and name != UNKNOWN:
                chosen = [m for m in members if name in (m.sector, m.system)]
                row.update(_reached(events, chosen, before))
            rows.append(row)
    return rows


def _row(
    label: str,
    heading: str,
    name: str,
    events: Sequence[Event],
    n_counted: int,
    people: list[People],
) -> dict[str, Cell]:
    """A row without anything on partners, which only some categories can say."""
    not_there = Status.NOT_APPLICABLE
    return {
        "event_type": label,
        "counted_by": heading,
        "category": name,
        "n_events": len(events),
        "n_events_counted": n_counted,
        "counted_pct": percentage(n_counted, len(events)),
        "n_attendances": (
            sum(p.number for p in people)
            if people
            else (Status.NOT_AVAILABLE if events else Status.NOT_APPLICABLE)
        ),
        "attendances_note": note(people) if people else "nothing counted",
        **dict.fromkeys(
            ("n_orgs_reached", "n_partners", "orgs_reached_pct", "n_new_orgs"), not_there
        ),
        "n_events_ethnicity": sum(ETHNIC_GROUP in event.by for event in events),
        "n_base": n_counted,
        "n_missing": len(events) - n_counted,
    }


def _reached(
    events: Sequence[Event], members: list[Partner], before: frozenset[str] | None
) -> dict[str, Cell]:
    """Which of these partners anybody came from, where events were counted by organisation."""
    counted = [event.by[ORGANISATION] for event in events if ORGANISATION in event.by]
    came = {code for by in counted for code, counts in by.items() if any(p.number for p in counts)}
    reached = {member.id for member in members} & came
    blank = Status.NOT_AVAILABLE if events else Status.NOT_APPLICABLE
    return {
        "n_orgs_reached": len(reached) if counted else blank,
        "n_partners": len(members),
        "orgs_reached_pct": percentage(len(reached), len(members)) if counted else blank,
        "n_new_orgs": len(reached - before) if counted and before is not None else blank,
    }


def _nothing_returned(members: list[Partner]) -> dict[str, Cell]:
    """The only row where no engagement workbook was accepted: nothing is known, nothing is zero."""
    row = _row(ALL, ALL, ALL, [], 0, [])
    held = [c.id for c in COLUMNS if c.holds not in (Holds.KEY, Holds.TEXT)]
    return {**row, **dict.fromkeys(held, Status.NOT_AVAILABLE), "n_partners": len(members)}


EVENTS_AND_REACH = AnnualTable(
    id="A08",
    name="events_and_reach",
    title="Events: how many were held, who came and which partners were reached",
    one_row_per="type of event, and category that attendance was counted by",
    columns=COLUMNS,
    make=events_and_reach,
    notes=(
        "Attendances are counted, not persons: someone who came twice is counted twice.",
        "A category that nobody wrote down has no row. It is not zero.",
        "Events dated outside the period are left out and counted as missing in the row for all.",
        "Ethnic groups are added up to broad groups.",
    ),
    sources=("verdict", "record_value", "organisation"),
)
