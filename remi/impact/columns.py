"""Columns that several annual tables share, so that the same thing is always said the same way."""

from __future__ import annotations

from schemas.impact import OPTED_IN, Holds, TableColumn


def count(id_: str, heading: str, meaning: str) -> TableColumn:
    """A column that counts organisations, events, files and the like: published exactly."""
    return TableColumn(id_, heading, Holds.ORGANISATIONS, meaning)


COMMITMENT = TableColumn(
    "commitment", "Commitment", Holds.KEY, "The commitment that the row is about"
)
SECTOR = TableColumn("sector", "Sector", Holds.KEY, "Kind of organisation; All is every kind")

GROUP = ("n_base", "n_not_named")
"""Withheld by the number of results counted, and of those the partners who are not named."""

NOT_NAMED = TableColumn(
    "n_not_named",
    "Not named",
    Holds.ORGANISATIONS,
    "How many of the base did not agree that their positions are published by name",
)
ELIGIBLE = TableColumn(
    "n_eligible",
    "Partners",
    Holds.ORGANISATIONS,
    "Organisations on the register; departments are not counted again, and a partner of several "
    "systems counts once, at its lead system",
)
RETURNED = TableColumn(
    "n_returned", "Returned", Holds.ORGANISATIONS, "Partners with an accepted return"
)
COVERAGE = TableColumn(
    "coverage_pct",
    "Coverage",
    Holds.PERCENTAGE,
    "Accepted returns as a share of partners",
    of=("n_returned", "n_eligible"),
)

BY_NAME_KEYS = (
    TableColumn(
        "organisation_id", "Code", Holds.KEY, "Organisation or department code", by_name=True
    ),
    TableColumn(
        "organisation_name", "Partner", Holds.KEY, "Name of the organisation", by_name=True
    ),
    TableColumn(
        "unit",
        "Unit",
        Holds.KEY,
        "Whole organisation, or the department that the row is about",
        by_name=True,
    ),
    TableColumn("sector", "Sector", Holds.KEY, "Kind of organisation", by_name=True),
    TableColumn(
        "system", "Lead system", Holds.KEY, "The care system at which it is counted", by_name=True
    ),
    TableColumn("systems", "Systems", Holds.KEY, "Every care system that it serves", by_name=True),
    COMMITMENT,
    TableColumn(
        "status", "Status", Holds.TEXT, "How far the result can be relied on", by_name=True
    ),
)
MAY_BE_NAMED = TableColumn(
    OPTED_IN,
    "May be named",
    Holds.TEXT,
    "Whether the partner agreed that its positions are published with its name",
)
