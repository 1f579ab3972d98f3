"""A thousand workbooks: whose, which faults, and what is expected to be said of them."""

from __future__ import annotations

import random
from dataclasses import dataclass

import seeded_assessment
import seeded_engagement
import seeded_parts
from clean_books import CYCLE_BEFORE, SENT
from seeded_cells import Fault
from seeded_drafts import Draft, NoRoom, Place, open_draft

from remi.demo.partners import HOST
from remi.intake.template.write import workbook_bytes

MOST = 6
TRIES = 30

WHOLE_FILE = ("of_last_year", "of_an_old_version", "of_another_organisation")
"""Nothing else is judged in such a file."""


@dataclass(frozen=True)
class Seeded:
    """A workbook with faults. `expected`: what must be said, by how it was saved, in order."""

    number: int
    kind: str
    organisation_id: str
    faults: tuple[str, ...]
    content: bytes
    expected: dict[str, list[Place]]


def seeded(number: int) -> Seeded:
    """The workbook of this number, the same each time: 0 to 6 faults, all of them known."""
    rng = random.Random(f"seeded {number}")
    kind = "engagement" if number % 8 == 7 else "assessment"
    who = HOST if kind == "engagement" else SENT[number % len(SENT)].organisation_id
    if kind == "assessment" and rng.random() < 0.06:
        draft = _whole_file(rng.choice(WHOLE_FILE), who, rng)
    else:
        draft = open_draft(kind, who, rng)
        _put_in(draft, number % (MOST + 1))
    content = workbook_bytes(draft.book)
    for change in draft.alter:
        content = change(content)
    expected = {how: draft.places(how) for how in ("sent", "stripped", "xlsx", "ods")}
    return Seeded(number, kind, who, tuple(draft.done), content, expected)


def _put_in(draft: Draft, count: int) -> None:
    """So many faults: what moves values, then cells, references, and what moves rows."""
    phases = _phases(draft.kind)
    drawn = [
        draft.rng.choice([(n, f) for n, fs in enumerate(phases) for f in fs]) for _ in range(count)
    ]
    for phase, fault in sorted(drawn, key=lambda one: one[0]):
        for _ in range(TRIES):
            before = set(draft.taken)
            try:
                fault(draft)
            except NoRoom:
                draft.taken = before
                fault = draft.rng.choice(phases[phase])
            else:
                draft.done.append(fault.__name__)
                break


def _phases(kind: str) -> tuple[tuple[Fault, ...], ...]:
    if kind == "engagement":
        return seeded_parts.FIRST, seeded_engagement.CELLS, seeded_parts.LAST
    return (
        seeded_parts.FIRST,
        seeded_assessment.CELLS,
        seeded_assessment.REFERENCES,
        seeded_parts.LAST,
    )


def _whole_file(how: str, who: str, rng: random.Random) -> Draft:
    """A workbook that was not made for this organisation and this round."""
    if how == "of_another_organisation":
        own = next(p for p in SENT if p.organisation_id == who)
        others = [p for p in SENT if p.sector == own.sector and p != own and not p.parent_id]
        draft = open_draft("assessment", rng.choice(others or [SENT[0]]).organisation_id, rng)
        code, name = draft.question("organisation_code"), draft.question("organisation_name")
        code.value, name.value = own.organisation_id, own.name
        if own.organisation_id != draft.who.organisation_id:
            draft.expect("other_organisations_template", code)
    else:
        last_year = how == "of_last_year"
        made = {"cycle": CYCLE_BEFORE} if last_year else {"version": "0.9"}
        draft = open_draft("assessment", who, rng, **made)
        cells = (cell for row in draft.book["Start"].iter_rows() for cell in row)
        code_of_template = next(cell for cell in cells if str(cell.value).startswith("REMI-"))
        rule = "last_years_template" if last_year else "template_version_differs"
        draft.expect(rule, code_of_template)  # type: ignore[arg-type]
    draft.done.append(how)
    return draft


def every_fault() -> set[str]:
    """The names of all faults that may be drawn."""
    kinds = (_phases("assessment"), _phases("engagement"))
    return {fault.__name__ for phases in kinds for phase in phases for fault in phase} | set(
        WHOLE_FILE
    )
