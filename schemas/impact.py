"""What an annual table is: its columns, what each holds, and how it may be published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import pandas as pd

from schemas.framework import Framework
from schemas.programme import Cycle, Places, ReleasePolicy
from schemas.results import ComparedBy
from schemas.workbook import EngagementPages

if TYPE_CHECKING:
    from collections.abc import Mapping


class Holds(StrEnum):
    """What a column holds, which decides how it is typed, shown and protected."""

    KEY = "key"
    """Names the row; text."""
    TEXT = "text"
    """Words made by the program from other figures."""
    ORGANISATIONS = "organisations"
    """A count of organisations, events, meetings, items, criteria or files: published exactly."""
    PEOPLE = "people"
    """A count of people: withheld and rounded when published."""
    STAGE = "stage"
    """A stage number, 0 being before the first."""
    SCORE = "score"
    """0 to 100, one decimal when shown."""
    PERCENTAGE = "percentage"
    """0 to 100, whole when shown; `of` names numerator and denominator columns."""
    MEASURE = "measure"
    """Any other number, such as hours."""


class Status(StrEnum):
    """Why a cell holds no number. Shown in square brackets; never a blank, never a zero."""

    CONFIDENTIAL = "c"
    ROUNDS_TO_ZERO = "k"
    NOT_AVAILABLE = "x"
    NOT_APPLICABLE = "z"
    ESTIMATED = "e"


STATUS_MEANING = {
    Status.CONFIDENTIAL: "withheld to protect people or organisations",
    Status.ROUNDS_TO_ZERO: "more than zero, but rounds to zero",
    Status.NOT_AVAILABLE: "not available: nothing was returned or collected",
    Status.NOT_APPLICABLE: "not applicable",
    Status.ESTIMATED: "estimated",
}


QUALIFIERS = ("at least", "at most", "about")
"""What a number may be said to be, where it is not known exactly."""

ALL = "All"
"""Stands in a key column where a row is about every sector, system, type or category together."""

OPTED_IN = "opted_in_to_naming"
"""Column of every table about single partners: yes or no, whether the row may be published."""


@dataclass(frozen=True)
class TableColumn:
    """One column of an annual table. `id` is the CSV name, `heading` what a leader reads."""

    id: str
    heading: str
    holds: Holds
    meaning: str
    of: tuple[str, str] | None = None
    qualified_by: str | None = None
    """The column of words that begins with what stands before the number, such as “at least”."""
    by_name: bool = False
    """True where the value says something of one organisation that must have agreed to it."""
    group: tuple[str, ...] = ()
    """For what is said of a group of organisations: the column that counts them and, where the
    same could be read organisation by organisation for those who are named, the column that counts
    those who are not. Withheld where the group is too small."""


@dataclass(frozen=True)
class Comparison:
    """How a cycle is compared with the one before it.

    `previous_framework` is the title and version of that one's; `compared` says for each
    commitment how many of its indicators both years are compared on, 0 where it cannot be.
    """

    how: ComparedBy
    previous_framework: str
    compared: Mapping[str, int]


@dataclass(frozen=True)
class CycleData:
    """Everything the annual tables of one cycle are made from. Frames as in `schemas.store`.

    `records` has one wide frame for each sheet of the record values that count, keyed by sheet
    id: `record`, `organisation_id`, one column for each column of the sheet (typed values),
    `<column>_state` beside it and, for a count, `<column>_qualifier`. `previous_records` is the
    same for the cycle before, if there is one. `engagement` gives the labels of the engagement
    workbook's choices; without it only the choices that were made are known, by their ids.
    Without `assured_stages` nothing is known of any review. `organisations` are the partners of
    the cycle; records may also name `organisation_codes`, which were on the register on their
    day. `arrived` says how often each submission came; without it, once.
    Without `stage_sensitivity` it is not known how far stages depend on the rule; without
    `comparison`, whether there is anything to compare with. `linked_change` is empty unless the
    framework changed and a crosswalk says what is comparable.
    """

    cycle: Cycle
    framework: Framework
    places: Places
    policy: ReleasePolicy
    organisations: pd.DataFrame
    submissions: pd.DataFrame
    verdicts: pd.DataFrame
    problems: pd.DataFrame
    answers: pd.DataFrame
    records: Mapping[str, pd.DataFrame]
    indicator_stages: pd.DataFrame
    commitment_stages: pd.DataFrame
    organisation_profiles: pd.DataFrame
    maturity_change: pd.DataFrame
    source_run_id: str
    engagement: EngagementPages | None = None
    previous_records: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    stage_sensitivity: pd.DataFrame | None = None
    comparison: Comparison | None = None
    linked_change: pd.DataFrame | None = None
    score_change: pd.DataFrame | None = None
    assured_stages: pd.DataFrame | None = None
    organisation_codes: frozenset[str] = frozenset()
    arrived: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class AnnualTable:
    """One entry of the register of annual tables; all that is said or shown of a table is here.

    `make` gives a frame with the columns named in `columns` and, for every column that is not a
    key or text, `<id>_status`: missing where there is a number, else a Status letter.
    """

    id: str
    name: str
    title: str
    one_row_per: str
    columns: tuple[TableColumn, ...]
    make: Callable[[CycleData], pd.DataFrame]
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = field(default=("commitment_stage",))


COMMON_COLUMNS = (
    TableColumn("period_type", "Period type", Holds.KEY, "How the period is counted"),
    TableColumn("period_start", "Period start", Holds.KEY, "First day of the period"),
    TableColumn("period_end", "Period end", Holds.KEY, "Last day of the period"),
    TableColumn("framework_version", "Framework", Holds.KEY, "Framework and version"),
    TableColumn("geography_vintage", "Places as at", Holds.KEY, "Day on which places are taken"),
    TableColumn(
        "comparator_definition", "Comparator", Holds.KEY, "What a gap or ratio is compared with"
    ),
    TableColumn("n_base", "Base", Holds.ORGANISATIONS, "How many units the row is made from"),
    TableColumn("n_missing", "Missing", Holds.ORGANISATIONS, "How many gave nothing to count"),
    TableColumn("suppression_rule", "Protection", Holds.KEY, "Disclosure rule applied to the row"),
    TableColumn("source_run_id", "Source", Holds.KEY, "Hash of everything the row was made from"),
)
"""Carried by every annual table. `n_base` and `n_missing` are given by the table's function."""
