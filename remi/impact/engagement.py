"""Tables on what was published (A12) and how forums met (A13), from engagement records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from remi.impact.attendance import People, note, within
from remi.impact.columns import count
from remi.impact.common import (
    ENGAGEMENT,
    Cell,
    percentage,
    records,
    returned,
    table_frame,
)
from remi.impact.labels import choices
from remi.impact.partners import whole_partners
from schemas.impact import ALL, AnnualTable, CycleData, Holds, Status, TableColumn
from schemas.results import ReturnStatus

NO_STATEMENT = "none"

Record = dict[str, Any]


COMMUNICATION_COLUMNS = (
    TableColumn("communication_type", "Type", Holds.KEY, "Kind of item; All is every kind"),
    count("n_planned", "Planned", "Items planned for the period, whatever became of them"),
    count("n_published", "Published", "Of those, items published"),
    count("n_evidence_informed", "Informed by evidence", "Published items informed by evidence"),
    count("n_languages", "Languages", "Different languages of published items"),
    count("n_resources_added", "Added to library", "Published items added to the resource library"),
    count(
        "n_external_submissions",
        "Sent in",
        "Published items that a partner or the public sent in",
    ),
    count("n_views_counted", "Views known", "Published items whose views were counted"),
    TableColumn(
        "views",
        "Views",
        Holds.MEASURE,
        "Views of the items whose views were counted",
        qualified_by="views_note",
    ),
    TableColumn("views_note", "Note on views", Holds.TEXT, "Whether the number is a bound"),
)

GOVERNANCE_COLUMNS = (
    TableColumn("forum", "Forum", Holds.KEY, "The forum; All is every forum"),
    count("n_planned", "Planned", "Meetings planned for the period, whatever became of them"),
    count("n_held", "Held", "Of those, meetings held"),
    count("n_quorate", "Quorate", "Meetings held that were quorate"),
    count("n_sectors_present", "Sectors present", "Different sectors present at any meeting held"),
    count(
        "n_community_seats",
        "Community seats",
        "Seats for community members, once for each meeting held",
    ),
    TableColumn(
        "n_community_present",
        "Community members present",
        Holds.PEOPLE,
        "Community members present, once for each meeting held",
        qualified_by="community_present_note",
    ),
    TableColumn(
        "community_present_note",
        "Note on presence",
        Holds.TEXT,
        "Whether the number is a bound or about right",
    ),
    TableColumn(
        "community_attendance_pct",
        "Community attendance",
        Holds.PERCENTAGE,
        "Community members present as a share of seats, at meetings where both were counted",
        of=("n_community_present", "n_community_seats"),
    ),
    count("n_decisions", "Decisions", "Decisions taken"),
    count("n_decisions_from_community", "Raised by communities", "Of those, raised by communities"),
    count("n_adopted", "Adopted", "Of those raised by communities, adopted"),
    count(
        "n_declined_with_reason",
        "Declined with reason",
        "Of those raised by communities, declined with a reason",
    ),
    count(
        "n_statement_answered",
        "Statement answered",
        "Returns that answer the question on statements",
    ),
    count("n_statement_adopted", "Statement adopted", "Of those, with an anti-racism statement"),
)


def communications(data: CycleData) -> pd.DataFrame:
    """A12: one row for each type of item, and for all."""
    columns = ["communication_type", "state", "published_on", "evidence_informed", "languages",
               "added_to_library", "from_outside", "views"]  # fmt: skip
    items = [
        item
        for item in records(data.records, "communications", columns)
        if within(item["published_on"], data.cycle)
    ]
    if not returned(data, ENGAGEMENT):
        blank = _blank(COMMUNICATION_COLUMNS)
        row = {"communication_type": ALL, **blank, "views_note": "nothing returned"}
        return table_frame(data, COMMUNICATION_COLUMNS, [row])
    kinds = [str(item["communication_type"]) for item in items]
    labels = choices(data.engagement, "communications", "communication_type", kinds)
    rows = [_communication(ALL, items)]
    rows += [
        _communication(label, [item for item in items if item["communication_type"] == kind])
        for kind, label in labels.items()
    ]
    return table_frame(data, COMMUNICATION_COLUMNS, rows)


def governance(data: CycleData) -> pd.DataFrame:
    """A13: one row for each forum by name, and for all first."""
    columns = ["forum", "planned_for", "held_on", "quorate", "sectors_present", "community_seats",
               "community_present", "decisions", "decisions_from_community", "adopted",
               "declined_with_reason"]  # fmt: skip
    meetings = [
        meeting
        for meeting in records(data.records, "meetings", columns)
        if within(meeting["planned_for"], data.cycle)
    ]
    if not returned(data, ENGAGEMENT):
        row = {
            "forum": ALL,
            **_blank(GOVERNANCE_COLUMNS),
            "community_present_note": "nothing returned",
        }
        return table_frame(data, GOVERNANCE_COLUMNS, [{**row, **_statements(data)}])
    forums = sorted({str(m["forum"]) for m in meetings}, key=lambda name: (name.casefold(), name))
    rows = [{**_forum(ALL, meetings), **_statements(data)}]
    rows += [_forum(name, [m for m in meetings if m["forum"] == name]) for name in forums]
    return table_frame(data, GOVERNANCE_COLUMNS, rows)


def _communication(label: str, items: Sequence[Record]) -> dict[str, Cell]:
    published = [item for item in items if item["state"] == "published"]
    languages = {
        language.strip().casefold()
        for item in published
        for language in str(item["languages"] or "").split(";")
        if language.strip()
    }
    viewed = [item for item in published if item["views"] is not None]
    views = [People(int(item["views"]), item["views_qualifier"]) for item in viewed]
    blank = Status.NOT_AVAILABLE if published else Status.NOT_APPLICABLE
    return {
        "communication_type": label,
        "n_planned": len(items),
        "n_published": len(published),
        "n_evidence_informed": _n_yes(published, "evidence_informed"),
        "n_languages": len(languages) or blank,
        "n_resources_added": _n_yes(published, "added_to_library"),
        "n_external_submissions": _n_yes(published, "from_outside"),
        "n_views_counted": len(viewed),
        "views": float(sum(view.number for view in views)) if views else blank,
        "views_note": note(views) if views else "nothing counted",
        "n_base": len(items),
        "n_missing": len(published) - len(viewed),
    }


def _forum(name: str, meetings: Sequence[Record]) -> dict[str, Cell]:
    held = [meeting for meeting in meetings if meeting["held_on"] is not None]
    present = [m for m in held if m["community_present"] is not None]
    counts = [
        People(int(m["community_present"]), m["community_present_qualifier"]) for m in present
    ]
    sectors = {
        sector.strip()
        for meeting in held
        for sector in str(meeting["sectors_present"] or "").split(";")
        if sector.strip()
    }
    blank = Status.NOT_AVAILABLE if held else Status.NOT_APPLICABLE
    return {
        "forum": name,
        "n_planned": len(meetings),
        "n_held": len(held),
        "n_quorate": _n_yes(held, "quorate"),
        "n_sectors_present": len(sectors) or blank,
        "n_community_seats": _total(held, "community_seats"),
        "n_community_present": sum(p.number for p in counts) if counts else blank,
        "community_present_note": note(counts) if counts else "nothing counted",
        "community_attendance_pct": _attendance(held, blank),
        "n_decisions": _total(held, "decisions"),
        "n_decisions_from_community": _total(held, "decisions_from_community"),
        "n_adopted": _total(held, "adopted"),
        "n_declined_with_reason": _total(held, "declined_with_reason"),
        "n_statement_answered": Status.NOT_APPLICABLE,
        "n_statement_adopted": Status.NOT_APPLICABLE,
        "n_base": len(meetings),
        "n_missing": len(meetings) - len(held),
    }


def _attendance(held: Sequence[Record], blank: Status) -> Cell:
    """Present as a share of seats, over all meetings held, where every one has both numbers.

    A bound or an estimate has no share: it is not available where any of them is not exact.
    """
    names = ("community_present", "community_seats")
    pairs = [tuple(meeting[name] for name in names) for meeting in held]
    if not pairs or any(number is None for pair in pairs for number in pair):
        return blank
    if any(meeting[f"{name}_qualifier"] is not None for meeting in held for name in names):
        return Status.NOT_AVAILABLE
    present, seats = (int(sum(numbers)) for numbers in zip(*pairs, strict=True))
    return percentage(present, seats)


def _statements(data: CycleData) -> dict[str, Cell]:
    """How many whole organisations have adopted an anti-racism statement, of those that say."""
    counted = {p.id for p in whole_partners(data) if p.returned == ReturnStatus.RETURNED}
    said = [
        form["statement_adopted"]
        for form in records(data.records, "organisation", ["statement_adopted"])
        if form["organisation_id"] in counted and form["statement_adopted"] is not None
    ]
    adopted = sum(statement != NO_STATEMENT for statement in said)
    return {
        "n_statement_answered": len(said) if counted else Status.NOT_AVAILABLE,
        "n_statement_adopted": adopted if said else Status.NOT_AVAILABLE,
    }


def _n_yes(rows: Sequence[Record], column: str) -> Cell:
    """How many say yes, where anyone says; blanks alone are no zero."""
    said = [row[column] for row in rows if row[column] is not None]
    if said:
        return sum(bool(value) for value in said)
    return Status.NOT_AVAILABLE if rows else Status.NOT_APPLICABLE


def _total(rows: Sequence[Record], column: str) -> Cell:
    """The sum of what was written, where anything was."""
    written = [int(row[column]) for row in rows if row[column] is not None]
    if written:
        return sum(written)
    return Status.NOT_AVAILABLE if rows else Status.NOT_APPLICABLE


def _blank(columns: Sequence[TableColumn]) -> dict[str, Cell]:
    """Not available in every number: no engagement workbook was accepted."""
    held = [c.id for c in columns if c.holds not in (Holds.KEY, Holds.TEXT)]
    return {**dict.fromkeys(held, Status.NOT_AVAILABLE), "n_base": 0, "n_missing": 0}


COMMUNICATIONS = AnnualTable(
    id="A12",
    name="communications",
    title="Communications: what was planned, published and shared",
    one_row_per="type of item",
    columns=COMMUNICATION_COLUMNS,
    make=communications,
    notes=(
        "Views are page views, not people. Missing is the number of published items without them.",
        "A yes-or-no question that nobody answered is not available, not zero.",
    ),
    sources=("verdict", "record_value"),
)

GOVERNANCE = AnnualTable(
    id="A13",
    name="governance",
    title="Governance: how forums met, who was there and what they decided",
    one_row_per="forum",
    columns=GOVERNANCE_COLUMNS,
    make=governance,
    notes=(
        "Seats and people present are added up over meetings.",
        "Statements are counted once, in the row for all forums, from partners' own returns.",
    ),
    sources=("verdict", "record_value", "organisation"),
)
