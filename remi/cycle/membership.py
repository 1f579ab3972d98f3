"""Whom each hand-over of a run is about, and that it is the same organisations from end to end.

Where two hand-overs may rightly differ is said here and nowhere else: by the group that each is
about, and by whether it holds the whole of that group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from sqlalchemy import Table

from remi.cycle.scoring import counting
from remi.cycle.steps import JUDGE, SCORE, TABULATE
from remi.cycle.tables import read_tables
from remi.cycle.work import CycleWork
from remi.impact.common import ASSESSMENT
from remi.impact.partners import ORGANISATION_UNIT
from schemas import reviews, store

Ids = frozenset[str]


@dataclass(frozen=True)
class Expected:
    """The organisations that a cycle is about."""

    work: CycleWork

    @cached_property
    def partners(self) -> Ids:
        """Everyone on the register on the closing day; departments have rows of their own."""
        return frozenset(self.work.partners["organisation_id"])

    @cached_property
    def whole(self) -> Ids:
        """Partners without their departments, which are shown but not counted as partners."""
        register = self.work.partners
        return frozenset(
            register.loc[register["unit_type"] == ORGANISATION_UNIT, "organisation_id"]
        )

    @cached_property
    def returned(self) -> Ids:
        """Those whose assessment counts."""
        verdicts = self.work.read(store.verdict)
        good = verdicts["counts"].astype(bool) & (verdicts["kind"] == ASSESSMENT)
        return frozenset(verdicts.loc[good, "organisation_id"])

    @cached_property
    def whole_returned(self) -> Ids:
        """Partners whose assessment counts, without departments."""
        return self.whole & self.returned


@dataclass(frozen=True)
class HandOver:
    """Something that a step stored, the group that it is about, and whom it holds.

    With `all_of_it` it holds every organisation of the group, otherwise some of them.
    """

    name: str
    step: str
    about: Callable[[Expected], Ids]
    holds: Callable[[CycleWork], Ids]
    all_of_it: bool = True


def _organisations(table: Table) -> Callable[[CycleWork], Ids]:
    return lambda work: frozenset(work.read(table)["organisation_id"].dropna())


def _count_at_all(work: CycleWork) -> Ids:
    verdicts = work.read(store.verdict)
    return frozenset(verdicts.loc[verdicts["counts"].astype(bool), "organisation_id"].dropna())


def _answered(work: CycleWork) -> Ids:
    return frozenset(counting(work, store.answer)["organisation_id"])


def _listed(work: CycleWork) -> Ids:
    return frozenset(_positions(work)["organisation_id"])


def _listed_with_answers(work: CycleWork) -> Ids:
    table = _positions(work)
    return frozenset(table.loc[table["n_answered"].notna(), "organisation_id"])


def _positions(work: CycleWork) -> pd.DataFrame:
    return read_tables(work, "computed")["A01"]


HAND_OVERS = (
    HandOver("files that count", JUDGE, lambda e: e.partners, _count_at_all, all_of_it=False),
    HandOver("answers that count", JUDGE, lambda e: e.returned, _answered),
    HandOver(
        "indicator stages", SCORE, lambda e: e.returned, _organisations(store.indicator_stage)
    ),
    HandOver(
        "commitment stages", SCORE, lambda e: e.returned, _organisations(store.commitment_stage)
    ),
    HandOver("profiles", SCORE, lambda e: e.returned, _organisations(store.organisation_profile)),
    HandOver(
        "assured stages", TABULATE, lambda e: e.returned, _organisations(reviews.assured_stage)
    ),
    HandOver(
        *("stages under other rules", TABULATE, lambda e: e.returned),
        _organisations(store.stage_sensitivity),
        all_of_it=False,
    ),
    HandOver(
        # Only those with a stage in both years can have moved.
        *("changes since the year before", TABULATE, lambda e: e.returned),
        _organisations(store.maturity_change),
        all_of_it=False,
    ),
    HandOver("rows of A01", TABULATE, lambda e: e.partners, _listed),
    HandOver("rows of A01 with answers", TABULATE, lambda e: e.returned, _listed_with_answers),
)
"""Every hand-over that says whom it is about."""

COUNTED: Mapping[str, Callable[[Expected], Ids]] = {
    "n_eligible": lambda e: e.whole,
    "n_returned": lambda e: e.whole_returned,
}
"""Columns of annual tables that count a group, where a row is about all partners."""


def disagreements(work: CycleWork, step: str) -> dict[str, int]:
    """Each hand-over that this step, or one of the results before it, made about others than it
    should, with how many organisations are too few or too many."""
    expected = Expected(work)
    steps = {SCORE: (JUDGE, SCORE), TABULATE: (TABULATE,)}[step]
    wrong = {}
    for one in HAND_OVERS:
        if one.step in steps:
            held, about = one.holds(work), one.about(expected)
            others = held ^ about if one.all_of_it else held - about
            if others:
                wrong[one.name] = len(others)
    if step == TABULATE:
        wrong |= _counted_otherwise(work, expected)
    return wrong


def _counted_otherwise(work: CycleWork, expected: Expected) -> dict[str, int]:
    """Annual tables whose largest count of a group is not the number of those in it."""
    wrong = {}
    for table_id, table in read_tables(work, "computed").items():
        for column, about in COUNTED.items():
            if column in table.columns and table[column].notna().any():
                off = abs(int(table[column].max()) - len(about(expected)))
                if off:
                    wrong[f"{column} of {table_id}"] = off
    return wrong
