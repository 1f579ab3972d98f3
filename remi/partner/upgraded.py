"""An old or damaged workbook, as far as it can be understood, in this year's workbook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from remi.cycle.judging import judging
from remi.cycle.work import CycleWork
from remi.intake.handback.annotate import (
    KEEP,
    HandedBack,
    marked,
    unread_cells,
    wording,
)
from remi.intake.handback.regenerate import regenerated, template_texts
from remi.intake.handback.upgrade import moved_values
from remi.intake.handback.values import OurTexts, Stray, partner_values
from remi.intake.identity import LISTS_SHEET, TO_FIX_SHEET
from remi.intake.judging.opened import Reading
from remi.intake.judging.whose import speaks_for, template_identity
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.last_year import Became, what_became
from remi.intake.template.write import composed
from remi.intake.verdict import read_files
from remi.partner.templates import Kind, partner_blank
from remi.settings import signing_key
from schemas.crosswalk import Relation
from schemas.intake import Received


@dataclass(frozen=True)
class Upgrade:
    """This year's workbook with what could be read of another one.

    `carried`: how many cells were moved. `not_carried`: what was not, where it stood; it is listed
    in the workbook too. `why`: in sentences, what was done.
    """

    content: bytes
    carried: int
    not_carried: tuple[Stray, ...]
    why: tuple[str, ...]
    handed_back: HandedBack


def upgraded_workbook(
    work: CycleWork, content: bytes, organisation_id: str, sandbox: Sandbox | None = None
) -> Upgrade | None:
    """The organisation's workbook of this cycle, filled with what could be read of the file.

    The file itself stays refused. None where nothing of it can be read, and where anything in it
    names another organisation or nothing names this one. Raises KeyError where the
    register has no such organisation on the closing day.
    """
    digest = sha256(content).hexdigest()
    file = Received(f"{work.cycle_id}-{digest[:12]}", work.cycle_id, digest, "", content)
    for source in _sources(work, file, sandbox):
        reading = _read(source, file, sandbox)
        if reading.located.get("kind") in ("assessment", "engagement"):
            if not speaks_for(reading, organisation_id):
                return None
            return _moved(work, source, reading, organisation_id)
    return None


def _sources(work: CycleWork, file: Received, sandbox: Sandbox | None) -> Iterable[CycleWork]:
    """The cycle that the template was made for; where that is not known, each, newest first."""
    reading = _read(work, file, sandbox)
    if reading.unusable and not reading.located:
        return ()
    cycles = work.workspace.configuration.cycles.cycles
    identity = template_identity(reading.located, signing_key(work.workspace.settings))
    if identity is not None and identity.cycle in [cycle.id for cycle in cycles]:
        return (CycleWork(work.workspace, identity.cycle),)
    until = [cycle.id for cycle in cycles if cycle.id <= work.cycle_id]
    return (CycleWork(work.workspace, cycle_id) for cycle_id in reversed(until))


def _read(work: CycleWork, file: Received, sandbox: Sandbox | None) -> Reading:
    (reading,) = read_files([file], judging(work), sandbox, KEEP, (LISTS_SHEET, TO_FIX_SHEET))
    return reading


def _moved(work: CycleWork, source: CycleWork, reading: Reading, organisation_id: str) -> Upgrade:
    kind: Kind = "engagement" if reading.located["kind"] == "engagement" else "assessment"
    blank = partner_blank(work, organisation_id, kind)
    before = reading.context.layouts[kind]
    there = {found["id"]: list(found["rows"]) for found in reading.located["sheets"]}
    found = partner_values(reading.located, before.sheets, there)
    became = _became(work, source)
    reworded = {ref for sheet in reading.located["sheets"] for ref, *_ in sheet["reworded"]}
    became = {ref: was for ref, was in became.items() if was.one not in reworded}
    values = moved_values(found, before, blank.layout, became)
    made = regenerated(blank, values)
    old = _old_texts(source, organisation_id, kind)
    ours = made.texts.with_sheets(old.sheets | wording(reading.context))
    ours = ours._replace(start=ours.start | old.start)
    not_carried = unread_cells(reading.located, values, ours)
    carried = sum(len(row) for sheet in values.entries.values() for row in sheet.rows.values())
    why = tuple(_why(work, source, carried, not_carried))
    again = Reading(reading.submission_id, judging(work))
    handed_back = marked(again, (), blank, values, made, not_carried, why)
    return Upgrade(handed_back.content, carried, not_carried, why, handed_back)


def _became(work: CycleWork, source: CycleWork) -> dict[str, Became]:
    crosswalk = None
    if source.framework.name_and_version != work.framework.name_and_version:
        crosswalk = work.workspace.configuration.crosswalk(source.cycle, work.cycle)
    return what_became(source.framework, work.framework, crosswalk) or {}


def _old_texts(source: CycleWork, organisation_id: str, kind: Kind) -> OurTexts:
    """What the template of that cycle shows, which is nothing that the partner wrote."""
    try:
        blank = replace(partner_blank(source, organisation_id, kind), entries={})
    except KeyError:
        return OurTexts(frozenset(), frozenset())
    return template_texts(composed(blank), blank.layout)


def _why(
    work: CycleWork, source: CycleWork, carried: int, not_carried: tuple[Stray, ...]
) -> Iterable[str]:
    if source.cycle_id != work.cycle_id:
        yield (
            f"The file that you sent was made for {source.cycle.label}. This is your workbook for "
            f"{work.cycle.label}, with what we could move into it: {carried} cells."
        )
    else:
        yield (
            "The file that you sent was damaged. This is a new workbook, with what we could move "
            f"into it: {carried} cells."
        )
    yield "Please check that each answer is still true, and fill in what is empty."
    reworded = [
        ref for ref, was in _became(work, source).items() if was.relation is Relation.REWORDED
    ]
    if reworded:
        yield f"Answers to reworded rows were not moved: {', '.join(reworded)}."
    if not_carried:
        yield f"{len(not_carried)} cells were not moved."
