"""Following a round: what the board counts, and by which day's end a return was due."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from remi.cycle.work import CycleWork
from remi.store.board import Round

LONDON = ZoneInfo("Europe/London")


def round_of(work: CycleWork) -> Round:
    """The round as the board counts it, from the register of its closing day."""
    closes = work.cycle.closes
    return Round(
        cycle=work.cycle_id,
        register=closes,
        due=day_over(closes),
        sign_off_needed=work.workspace.configuration.portal.sign_off_needed,
    )


def day_over(day: date) -> datetime:
    """When this day ends in London, in UTC without its zone, as times are stored."""
    midnight = datetime.combine(day + timedelta(days=1), time(), LONDON)
    return midnight.astimezone(UTC).replace(tzinfo=None)
