"""How much has come in for each cycle through doors at which somebody signs in."""

from __future__ import annotations

from sqlalchemy import Engine, func, select, true

from remi.store.submissions import INBOX
from schemas.people import delivery, sign_off
from schemas.reviews import review_decision

COUNTED = (
    (delivery, delivery.c.door != INBOX),  # a run takes in what lies in the inbox by itself
    (sign_off, true()),
    (review_decision, true()),
)
"""Tables whose rows are only ever added, so that their number says whether anything is new."""


def watermarks(engine: Engine) -> dict[str, str]:
    """Of each cycle in which anything has happened: how many files were sent, returns signed off
    and claims decided. The text is another one as soon as anything is new."""
    found: dict[str, list[int]] = {}
    with engine.connect() as connection:
        for place, (table, wanted) in enumerate(COUNTED):
            query = select(table.c.cycle, func.count()).where(wanted).group_by(table.c.cycle)
            for cycle, count in connection.execute(query):
                found.setdefault(cycle, [0] * len(COUNTED))[place] = count
    return {cycle: ".".join(map(str, counts)) for cycle, counts in sorted(found.items())}
