"""What holds of the tables on events, communications, governance and data quality."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest
from impact_samples import (
    ENGAGEMENT,
    IN_PERIOD,
    awkward,
    counts,
    cycle_data,
    engaged,
    events,
    sheet,
    verdict,
)

from remi.impact.engagement import communications, governance
from remi.impact.events import events_and_reach
from remi.impact.quality import data_quality
from schemas.framework import Choice
from schemas.impact import Status
from schemas.workbook import Column, EngagementPages, SheetDefinition, ValueType


def row(frame: pd.DataFrame, **keys: str) -> pd.Series:
    chosen = frame[(frame[list(keys)] == pd.Series(keys)).all(axis=1)]
    assert len(chosen) == 1, keys
    return chosen.iloc[0]


def reach(frame: pd.DataFrame, kind: str = "All", by: str = "All", name: str = "All") -> pd.Series:
    return row(frame, event_type=kind, counted_by=by, category=name)


@pytest.fixture
def held() -> pd.DataFrame:
    return events_and_reach(engaged(ENGAGEMENT))


def test_only_events_held_in_the_period_are_counted(held: pd.DataFrame) -> None:
    everything = reach(held)
    assert everything["n_events"] == 3
    assert everything["n_events_counted"] == 2
    assert everything["n_missing"] == 2, "one was not counted and one is of another period"


def test_a_count_above_a_bound_is_kept_as_the_bound_and_says_so(held: pd.DataFrame) -> None:
    everything = reach(held)
    assert everything["n_attendances"] == 73 + 80
    assert everything["attendances_note"] == "at least"


def test_not_collected_is_not_available_and_never_zero(held: pd.DataFrame) -> None:
    webinars = reach(held, "webinar")
    assert webinars["n_events"] == 1
    assert webinars["n_attendances_status"] == Status.NOT_AVAILABLE
    boroughs = reach(held, "All", "Borough", "Not collected")
    assert boroughs["n_events_counted"] == 0
    assert boroughs["n_attendances_status"] == Status.NOT_AVAILABLE


def test_a_category_that_nobody_wrote_has_no_row(held: pd.DataFrame) -> None:
    sectors = held[(held["event_type"] == "All") & (held["counted_by"] == "Sector")]
    assert list(sectors["category"]) == ["Trust", "Charity", "Unknown"]
    assert list(sectors["n_attendances"]) == [41, 6, 26]


def test_ethnic_groups_are_added_up_to_broad_groups_with_unknown_last(held: pd.DataFrame) -> None:
    groups = held[(held["event_type"] == "All") & (held["counted_by"] == "Ethnic group")]
    assert list(groups["category"]) == ["Asian", "Black", "Unknown"]
    assert list(groups["n_attendances"]) == [12, 5, 56]
    assert reach(held)["n_events_ethnicity"] == 1


def test_partners_reached_are_whole_partners_from_which_somebody_came(held: pd.DataFrame) -> None:
    everything = reach(held)
    assert everything["n_orgs_reached"] == 2, "T1 and C1; from C2 nobody came"
    assert everything["orgs_reached_pct"] == 100 * 2 / 17
    assert everything["n_new_orgs_status"] == Status.NOT_AVAILABLE, "no year before is held"
    assert reach(held, "All", "Sector", "Trust")["n_orgs_reached"] == 1
    assert reach(held, "webinar")["n_orgs_reached_status"] == Status.NOT_AVAILABLE


def test_a_partner_reached_the_year_before_is_not_new() -> None:
    before = {"attendance": counts(("P1", "organisation", "T1", 3))}
    made = events_and_reach(engaged(ENGAGEMENT, previous_records=before))
    assert reach(made)["n_new_orgs"] == 1


def test_without_an_engagement_workbook_nothing_is_known_and_nothing_is_zero() -> None:
    for make in (events_and_reach, communications, governance):
        made = make(awkward())
        assert len(made) == 1
        statuses = made.filter(like="_status").drop(
            columns=["n_partners_status", "n_base_status", "n_missing_status",
                     "n_statement_answered_status"],
            errors="ignore",
        )  # fmt: skip
        assert (statuses == Status.NOT_AVAILABLE).all(axis=None), make.__name__


@pytest.mark.parametrize(("by", "name"), [("borough", "Lambteh"), ("organisation", "T99")])
def test_a_category_that_no_list_has_stops_the_table_and_is_named(by: str, name: str) -> None:
    records = {**ENGAGEMENT, "attendance": counts(("E1", by, name, 3))}
    with pytest.raises(ValueError, match=f"event E1: “{name}” is not on the list of {by}s"):
        events_and_reach(engaged(records))


def test_people_who_may_be_counted_twice_are_said_to_be() -> None:
    twice = counts(("E1", "sector", "trust", 30)).assign(multiple_responses=True)
    made = events_and_reach(engaged({**ENGAGEMENT, "attendance": twice}))
    sector = reach(made, "All", "Sector", "Trust")
    assert sector["attendances_note"] == "people may be counted twice"


@pytest.mark.parametrize(
    ("written", "words"), [("≤100", "at most"), ("~60", "about"), (60, "as counted")]
)
def test_a_note_says_how_to_read_a_count(written: Any, words: str) -> None:
    made = events_and_reach(engaged({"events": events(("E1", "w", IN_PERIOD, "held", written))}))
    assert reach(made)["attendances_note"] == words


def test_every_configured_type_has_its_row_and_label() -> None:
    kind = Column(
        id="event_type",
        heading="Type",
        type=ValueType.CHOICE,
        choices=(
            Choice(id="surgery", label="drop-in surgery"),
            Choice(id="workshop", label="workshop"),
            Choice(id="webinar", label="webinar"),
        ),
    )
    page = SheetDefinition(id="events", name="Events", title="Events", columns=(kind,))
    pages = EngagementPages(title="", start=(), organisation=page, records=(page,))
    made = events_and_reach(engaged(ENGAGEMENT, engagement=pages))
    assert list(dict.fromkeys(made["event_type"])) == [
        "All",
        "drop-in surgery",
        "workshop",
        "webinar",
    ]
    surgeries = reach(made, "drop-in surgery")
    assert surgeries["n_events"] == 0, "an engagement workbook without any surgery says so"
    assert surgeries["n_attendances_status"] == Status.NOT_APPLICABLE


ITEM = ["communication_type", "state", "published_on", "evidence_informed", "languages",
        "added_to_library", "from_outside", "views"]  # fmt: skip


def item(kind: str, state: str, **more: Any) -> dict[str, Any]:
    day = IN_PERIOD if state == "published" else None
    return {"communication_type": kind, "state": state, "published_on": day, **more}


def published(*items: Mapping[str, Any]) -> pd.DataFrame:
    return communications(engaged({"communications": sheet(items, ITEM)}))


def test_communications_count_yes_only_where_somebody_answered() -> None:
    made = published(
        item("blog", "published", evidence_informed=True, languages="English; Bengali", views=120),
        item("blog", "published", evidence_informed=False, languages="english"),
        item("blog", "planned"),
        item("toolkit", "withdrawn"),
    )
    blogs = row(made, communication_type="blog")
    assert (blogs["n_planned"], blogs["n_published"]) == (3, 2), "planned, whatever became of it"
    assert blogs["n_evidence_informed"] == 1
    assert blogs["n_languages"] == 2
    assert blogs["n_resources_added_status"] == Status.NOT_AVAILABLE
    assert (blogs["n_views_counted"], blogs["views"]) == (1, 120)
    toolkits = row(made, communication_type="toolkit")
    assert toolkits["n_published"] == 0
    assert toolkits["views_status"] == Status.NOT_APPLICABLE


MEETING = ["forum", "planned_for", "held_on", "quorate", "sectors_present", "community_seats",
           "community_present", "decisions", "decisions_from_community", "adopted",
           "declined_with_reason"]  # fmt: skip


def test_governance_adds_up_meetings_that_were_held() -> None:
    meetings = sheet(
        [
            {"forum": "Steering group", "planned_for": IN_PERIOD, "held_on": IN_PERIOD,
             "quorate": True, "sectors_present": "trust;charity", "community_seats": 6,
             "community_present": 4, "decisions": 3},
            {"forum": "Steering group", "planned_for": IN_PERIOD, "held_on": IN_PERIOD,
             "quorate": False, "sectors_present": "trust", "community_seats": 6,
             "community_present": 5},
            {"forum": "Steering group", "planned_for": IN_PERIOD, "community_seats": 6},
            {"forum": "Board", "planned_for": IN_PERIOD},
        ],
        MEETING,
    )  # fmt: skip
    forms = sheet(
        [
            {"organisation_id": "T1", "statement_adopted": "own"},
            {"organisation_id": "T2", "statement_adopted": "none"},
            {"organisation_id": "T3"},
            {"organisation_id": "T1-D", "statement_adopted": "own"},
        ],
        ["statement_adopted"],
    )
    made = governance(engaged({"meetings": meetings, "organisation": forms}))
    assert list(made["forum"]) == ["All", "Board", "Steering group"]
    steering = row(made, forum="Steering group")
    assert (steering["n_planned"], steering["n_held"], steering["n_quorate"]) == (3, 2, 1)
    assert steering["n_sectors_present"] == 2
    assert (steering["n_community_present"], steering["n_community_seats"]) == (9, 12)
    assert steering["community_attendance_pct"] == 75.0
    assert steering["n_decisions"] == 3
    assert steering["n_adopted_status"] == Status.NOT_AVAILABLE
    assert row(made, forum="Board")["n_quorate_status"] == Status.NOT_APPLICABLE
    everything = row(made, forum="All")
    assert (everything["n_statement_answered"], everything["n_statement_adopted"]) == (2, 1)


def test_attendance_of_seats_is_only_known_where_every_meeting_gives_both() -> None:
    rows = [
        {"forum": "F", "planned_for": IN_PERIOD, "held_on": IN_PERIOD, "community_seats": 6,
         "community_present": present}
        for present in (6, "not_collected")
    ]  # fmt: skip
    made = governance(engaged({"meetings": sheet(rows, MEETING)}))
    assert row(made, forum="F")["community_attendance_pct_status"] == Status.NOT_AVAILABLE


def problem(submission: str, rule: str, cell: str | None, seen: str | None) -> dict[str, Any]:
    return {
        "submission_id": submission,
        "rule": rule,
        "severity": "must_fix",
        "sheet": "Leadership",
        "cell": cell,
        "seen": seen,
        "wrong": f"“{seen}” is wrong",
    }


def test_data_quality_counts_files_cells_and_faults_without_what_partners_wrote() -> None:
    problems = [
        problem("S-T7", "unknown_answer", "C4", "mett"),
        problem("S-T7", "date_not_understood", "C4", "mett"),
        problem("S-T7", "missing_value", "D9", None),
        problem("S-T1", "unknown_answer", "C5", "yess"),
        {**problem("S-T2", "odd_date", "C6", "1/1/1900"), "severity": "check"},
    ]
    superseded = {**verdict("T1"), "submission_id": "S-X", "counts": False, "superseded_by": "S-T1"}
    unread = {**verdict("T2"), "submission_id": "S-Y", "counts": False, "outcome": "unusable",
              "kind": "unknown", "organisation_id": None, "cells_read": 0}  # fmt: skip
    made = data_quality(
        cycle_data(
            verdicts=[
                verdict("T7", "needs_changes"),
                verdict("HOST", kind="engagement"),
                superseded,
                unread,
            ],
            records=ENGAGEMENT,
            problems=problems,
        )
    )
    everything = row(made, kind="All")
    assert everything["n_files"] == 20
    assert everything["n_needs_changes"] == 1
    assert everything["n_unusable"] == 1
    assert everything["n_superseded"] == 1
    assert everything["cells_rejected"] == 2, "two faults of one cell are one cell"
    assert everything["cells_ok"] == everything["cells_read"] - 2
    assert everything["commonest_faults"] == ("unknown answer; date not understood; missing value")
    assert row(made, kind="Not recognised")["n_files"] == 1
    assert row(made, kind="Engagement")["n_files"] == 1
    assert everything["n_cells_withheld_status"] == Status.NOT_AVAILABLE


def test_the_share_of_unknown_ethnicity_is_of_those_counted_by_ethnicity() -> None:
    made = data_quality(engaged(ENGAGEMENT))
    events_ = row(made, kind="Engagement")
    assert (events_["n_ethnicity_counted"], events_["n_ethnicity_unknown"]) == (73, 56)
    assert events_["ethnicity_unknown_pct"] == 100 * 56 / 73
    assert row(made, kind="Assessment")["n_ethnicity_unknown_status"] == Status.NOT_APPLICABLE
    assert row(data_quality(awkward()), kind="All")["n_ethnicity_unknown_status"] == (
        Status.NOT_AVAILABLE
    )
