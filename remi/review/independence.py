"""Who may not decide about whose return: nobody reviews what they had a part in."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from remi.cycle.work import CycleWork
from remi.review.deciding import related
from remi.store.parts import parts_taken
from remi.store.people import Person

LONDON = ZoneInfo("Europe/London")


def own_returns(work: CycleWork, person: Person) -> frozenset[str]:
    """The organisations that this person may not review in the cycle: those that they work for
    today, those in whose return they had a part, and whoever answered together with these."""
    own = set(person.organisations)
    own |= _parts(work, person.person_id).get(person.person_id, set())
    return related(work.partners, own)


def not_independent(work: CycleWork) -> frozenset[tuple[str, str]]:
    """Every person with each organisation about whose return their decisions do not hold."""
    return frozenset(
        (person_id, organisation_id)
        for person_id, own in _parts(work, None).items()
        for organisation_id in related(work.partners, own)
    )


def _parts(work: CycleWork, person_id: str | None) -> dict[str, set[str]]:
    cycles = work.workspace.configuration.cycles.cycles
    after = [cycle.opens for cycle in cycles if cycle.opens > work.cycle.opens]
    begins, ends = (
        datetime.combine(day, time(), LONDON).astimezone(UTC).replace(tzinfo=None)
        for day in (work.cycle.opens, min(after, default=work.cycle.opens))
    )
    engine = work.workspace.engine
    return parts_taken(engine, work.cycle_id, begins, ends if after else None, person_id)
