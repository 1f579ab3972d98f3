"""What the records of the engagement workbook must keep to, as Pandera schemas.

A check is named by the id of its rule, whose words are in `config/messages`. In each frame a
column of the sheet holds its value (missing where there is none), and the same name with `_state`
says why there is none (`schemas.intake.ValueState`). Where several schemas are given, all apply.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
import pandera.pandas as pa

from schemas.checks import rule
from schemas.programme import Cycle

Schemas = tuple[pa.DataFrameSchema, ...]


def events(cycle: Cycle, today: date) -> Schemas:
    """Events: `state`, `held_on`."""
    return _happened("state", "held", "held_on", cycle, today)


def communications(cycle: Cycle, today: date) -> Schemas:
    """Items: `state`, `published_on`, `published_on_state`."""
    return (
        *_happened("state", "published", "published_on", cycle, today),
        pa.DataFrameSchema(
            checks=rule(
                "published_without_date",
                lambda c: ~((c["state"] == "published") & (c["published_on_state"] == "blank")),
            )
        ),
    )


def meetings(cycle: Cycle) -> Schemas:
    """Meetings: `held_on`, `held_on_state`, `quorate_state` and the counts of decisions."""
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
                    "more_raised_than_taken",
                    lambda m: ~(m["decisions_from_community"] > m["decisions"]),
                ),
                rule(
                    "more_answered_than_raised",
                    lambda m: (
                        ~(
                            m["adopted"].fillna(0) + m["declined_with_reason"].fillna(0)
                            > m["decisions_from_community"]
                        )
                    ),
                ),
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


def attendance_totals() -> Schemas:
    """One row an event and kind of category: `counted`, the sum of its rows, and `total`."""
    return (
        pa.DataFrameSchema(
            checks=rule("attendance_does_not_add_up", lambda t: t["counted"] == t["total"])
        ),
    )


def _happened(state: str, done: str, day: str, cycle: Cycle, today: date) -> Schemas:
    """What is said to have happened did so before today, and within the round's period."""
    return (
        pa.DataFrameSchema(
            checks=[
                rule(
                    "date_in_future",
                    lambda r: ~((r[state] == done) & (r[day] > pd.Timestamp(today))),
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
