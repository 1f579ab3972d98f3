"""How much has come in for each cycle: files, sign-offs and reviewers' decisions."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, Engine, func, select

from remi.store.database import connected
from schemas.people import delivery, sign_off
from schemas.reviews import review_decision


class Mark(NamedTuple):
    """How often a file came, a return was signed off and a claim was decided in a cycle.

    Nothing of it is ever taken away, so the numbers say whether anything is new. A file in the
    inbox has come once a run has received it.
    """

    files: int = 0
    sign_offs: int = 0
    decisions: int = 0

    def __str__(self) -> str:
        return ".".join(map(str, self))


NOTHING = Mark()

COUNTED = {"files": delivery, "sign_offs": sign_off, "decisions": review_decision}
"""Tables whose rows are only ever added."""


def watermarks(source: Engine | Connection) -> dict[str, Mark]:
    """Of each cycle in which anything has happened, how much."""
    found: dict[str, Mark] = {}
    with connected(source) as connection:
        for what, table in COUNTED.items():
            query = select(table.c.cycle, func.count()).group_by(table.c.cycle)
            for cycle, count in connection.execute(query):
                found[cycle] = found.get(cycle, NOTHING)._replace(**{what: count})
    return dict(sorted(found.items()))
