"""What the records of the engagement workbook must keep to, as Pandera schemas.

A check is named by the id of its rule, whose words are in `config/messages`. In each frame a
column of the sheet holds its value (missing where there is none), and the same name with `_state`
says why there is none (`schemas.intake.ValueState`). Where several schemas are given, all apply.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from schemas.checks import UPPER_BOUNDS, fits, rule
from schemas.programme import Cycle

ANSWERED = ("adopted", "declined_with_reason")
"""What becomes of a decision that communities raised."""

Schemas = tuple[pa.DataFrameSchema, ...]


def events(cycle: Cycle) -> Schemas:
    """Events: `state`, `held_on`, `attendances`, `last_day`."""
    return (
        *_happened("state", "held", "held_on", cycle),
        pa.DataFrameSchema(
            checks=rule(
                "people_but_not_held",
                lambda e: ~(e["state"].isin(["planned", "cancelled"]) & (e["attendances"] > 0)),
            )
        ),
    )


def communications(cycle: Cycle) -> Schemas:
    """Items: `state`, `published_on`, `published_on_state`, `last_day`."""
    return (
        *_happened("state", "published", "published_on", cycle),
        pa.DataFrameSchema(
            checks=rule(
                "published_without_date",
                lambda c: ~((c["state"] == "published") & (c["published_on_state"] == "blank")),
            )
        ),
    )


def meetings(cycle: Cycle) -> Schemas:
    """Meetings: `held_on`, `held_on_state`, `quorate_state`; seats, presence and decisions, each
    with its qualifier."""
    return (
        pa.DataFrameSchema(
            checks=[
                rule(
                    "held_without_quorum",
                    lambda m: ~(m["held_on"].notna() & (m["quorate_state"] == "blank")),
                ),
                rule(
                    "quorum_without_date",
                    lambda m: ~((m["held_on_state"] == "blank") & (m["quorate_state"] == "value")),
                ),
                rule(
                    "more_present_than_seats",
                    lambda m: _fits(m, "community_present", "community_seats"),
                ),
                rule(
                    "more_raised_than_taken",
                    lambda m: _fits(m, "decisions_from_community", "decisions"),
                ),
                rule("more_answered_than_raised", _answered_were_raised),
                rule("date_outside_period", lambda m: ~_outside(m["held_on"], cycle)),
            ]
        ),
    )


def attendance() -> Schemas:
    """Counts: `ref_known`, `category_known`, `is_first` (of its event, kind and category)."""
    return (
        pa.DataFrameSchema(
            {
                "ref_known": pa.Column(bool, rule("reference_not_among_records", lambda k: k)),
                "category_known": pa.Column(bool, rule("category_not_on_list", lambda k: k)),
                "is_first": pa.Column(bool, rule("count_given_twice", lambda k: k)),
            }
        ),
    )


def attendance_parts() -> Schemas:
    """One row a count of an event whose people were counted: `people` and `total`, each with its
    qualifier."""
    return (
        pa.DataFrameSchema(
            checks=rule("more_counted_than_came", lambda c: _fits(c, "people", "total"))
        ),
    )


def attendance_totals() -> Schemas:
    """One row an event and kind of category: `counted`, the least that its rows add up to, and
    `total`. Where `all_counted`, every row is exact and the two are the same."""
    return (
        pa.DataFrameSchema(
            checks=rule(
                "attendance_does_not_add_up",
                lambda t: (
                    (t["counted"] == t["total"])
                    | (~t["all_counted"] & (t["counted"] <= t["total"]))
                ),
            )
        ),
    )


def _fits(frame: pd.DataFrame, part: str, whole: str) -> pd.Series:
    qualifiers = (frame[f"{part}_qualifier"], frame[f"{whole}_qualifier"])
    return fits(frame[part], qualifiers[0], frame[whole], qualifiers[1])


def _answered_were_raised(meetings: pd.DataFrame) -> pd.Series:
    """Decisions adopted and declined are a part of those raised; an upper bound may be 0."""
    at_most = meetings[[f"{name}_qualifier" for name in ANSWERED]].isin(UPPER_BOUNDS)
    answered = meetings[[*ANSWERED]].mask(at_most.to_numpy(), 0).sum(axis="columns")
    raised = "decisions_from_community"
    exact = pd.Series(pd.NA, index=meetings.index, dtype="str")
    return fits(answered, exact, meetings[raised], meetings[f"{raised}_qualifier"])


def _happened(state: str, done: str, day: str, cycle: Cycle) -> Schemas:
    """What is said to have happened did so before the file came, and within the round's period."""
    return (
        pa.DataFrameSchema(
            checks=[
                rule(
                    "date_in_future",
                    lambda r: ~((r[state] == done) & (r[day] > r["last_day"])),
                ),
                rule(
                    "date_outside_period",
                    lambda r: ~((r[state] == done) & _outside(r[day], cycle)),
                ),
            ]
        ),
    )


def _outside(days: pd.Series, cycle: Cycle) -> pd.Series:
    first, last = pd.Timestamp(cycle.period_start), pd.Timestamp(cycle.period_end)
    return days.notna() & ~days.between(first, last)
