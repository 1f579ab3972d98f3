"""Which round it is, and what judging in it depends on, kept ready for the next file."""

from __future__ import annotations

from datetime import date

from remi.cycle.judging import judging
from remi.cycle.work import CycleWork
from remi.intake.judging.context import JudgingContext
from remi.portal.answers import NotThere
from remi.portal.templates import LONDON
from remi.portal.visit import KeptContext, Portal, Visit
from schemas.programme import Cycle

KEPT_SECONDS = 60
"""For how long a change of the register may go unnoticed by this process."""


def today(portal: Portal) -> date:
    """The day in London."""
    return portal.now().astimezone(LONDON).date()


def present_cycle(portal: Portal) -> Cycle:
    """The round that is open, or the one that was open last."""
    return portal.configuration.cycles.newest_on(today(portal))


def rounds_begun(portal: Portal) -> list[Cycle]:
    """The rounds that have begun, the newest first."""
    newest = present_cycle(portal)
    return [c for c in reversed(portal.configuration.cycles.cycles) if c.id <= newest.id]


def work_of(visit: Visit) -> CycleWork:
    """The work on the round in the address, or on the present one where the address has none."""
    portal = visit.portal
    cycle_id = visit.place.get("cycle") or present_cycle(portal).id
    try:
        return portal.work(cycle_id)
    except KeyError:
        raise NotThere from None


def context_of(portal: Portal, work: CycleWork) -> JudgingContext:
    """What judging depends on, made anew only when the register has changed.

    The pipeline makes its own, from the same configuration and register.
    """
    minute = int(portal.now().timestamp() // KEPT_SECONDS)
    kept = portal.contexts.get(work.cycle_id)
    if kept is None or kept.minute != minute:
        register = work.partners.to_csv(index=False)
        made = kept.context if kept and kept.register == register else judging(work)
        kept = KeptContext(minute, register, made)
        portal.contexts[work.cycle_id] = kept
    return kept.context
