"""The steps of a run that store results, and the record of what each was made from.

A step's rows and its record are stored in one transaction. Where a step is made anew, the records
of all that is made from it go: whatever is recorded was made after what it was made from. So if
every step names one run, what is stored came from that run alone, even where two ran at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pandas as pd
from sqlalchemy import Connection, Table

from remi.cycle.inputs import inputs
from remi.cycle.work import CycleWork
from remi.scoring.frozen import MADE_WITH
from remi.store.database import writing
from remi.store.frames import replace_cycle
from remi.store.runs import MadeStep, record_step
from remi.store.watermark import NOTHING, Mark

JUDGE = "judge_submissions"
SCORE = "score_returns"
TABULATE = "make_annual_tables"
PROTECT = "protected_tables"

STEPS: Mapping[str, tuple[str, ...]] = {
    JUDGE: (),
    SCORE: (JUDGE,),
    "assured_stages": (SCORE,),
    "assurance_agreement": ("assured_stages",),
    "stage_sensitivity": ("assured_stages",),
    "maturity_change": ("assured_stages",),
    "linked_change": ("maturity_change",),
    "score_change": ("maturity_change",),
    TABULATE: ("stage_sensitivity", "linked_change", "score_change"),
    PROTECT: (TABULATE,),
}
"""Each step with those that it directly follows."""

RUN = tuple(step for step in STEPS if step != PROTECT)
"""The steps of a run that scores; publication follows it."""


def later_than(step: str) -> list[str]:
    """Every step that is made from this one, however indirectly."""
    found: list[str] = []
    for name, after in STEPS.items():  # in an order in which one follows another
        if step in after or any(one in after for one in found):
            found.append(name)
    return found


@dataclass
class Making:
    """The transaction in which a step is stored.

    `content` is what later cycles read of it; the rest is as of `MadeStep`.
    """

    connection: Connection
    content: list[pd.DataFrame] = field(default_factory=list)
    last_place: int = 0
    mark: Mark = NOTHING


@contextmanager
def making(work: CycleWork, step: str) -> Iterator[Making]:
    """One transaction that stores the rows of a step, and what it was made from."""
    with writing(work.workspace.engine) as connection:
        made = Making(connection)
        yield made
        record_step(
            connection,
            work.cycle_id,
            MadeStep(
                step,
                work.run_id,
                inputs(work, connection),
                _hash(made.content),
                made.last_place,
                made.mark,
            ),
            later_than(step),
        )


def store_step(
    work: CycleWork, step: str, rows: Mapping[Table, pd.DataFrame], **where: str
) -> None:
    """Put these rows in place of the cycle's, all or none, as what this step made."""
    with making(work, step) as made:
        for table, frame in rows.items():
            replace_cycle(made.connection, table, work.cycle_id, frame, where)
        if step == SCORE:
            made.content += rows.values()


def _hash(frames: Iterable[pd.DataFrame]) -> str:
    """Of results, whatever they were made with; empty where nothing is read later."""
    parts = [frame.drop(columns=MADE_WITH, errors="ignore").to_csv(index=False) for frame in frames]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest() if parts else ""
