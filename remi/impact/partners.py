"""The partners that a cycle is about: who they are, what they agreed to, what they sent."""

from __future__ import annotations

from dataclasses import dataclass

from remi.impact.common import ASSESSMENT, ENGAGEMENT, records, returned
from schemas.impact import CycleData
from schemas.results import ReturnStatus

ORGANISATION_UNIT = "organisation"
WHOLE_ORGANISATION = "Whole organisation"


@dataclass(frozen=True)
class Partner:
    """One row of the register as it stood for the cycle, in words that can be shown."""

    id: str
    name: str
    unit: str
    sector_id: str
    sector: str
    system: str
    """The lead system, at which a partner of several systems is counted once."""
    systems: str
    whole: bool
    """Not a department: departments are shown but never counted as further partners."""
    named: bool
    """May be shown by name. A department may only where its organisation may too."""
    returned: ReturnStatus


def partners(data: CycleData) -> list[Partner]:
    """Every partner of the cycle, in the register's order.

    Who is a partner the register of the closing day says; the day for which places stand only says
    what they are called.
    """
    sectors = {sector.id: sector.name for sector in data.places.sectors}
    systems = {system.id: system.name for system in data.places.systems}
    rows = data.organisations.to_dict("records")
    by_id = {str(row["organisation_id"]): row for row in rows}
    accepted = returned(data, ASSESSMENT)
    sent = _sent(data)
    answers = _agreement(data)
    made = []
    for row in rows:
        key = str(row["organisation_id"])
        whole = row["unit_type"] == ORGANISATION_UNIT
        parent = by_id.get(str(row["parent_id"])) if not whole else None
        both = [row] if parent is None else [row, parent]
        served = [s.strip() for s in str(row["systems"]).split(";") if s.strip()]
        made.append(
            Partner(
                id=key,
                name=str((parent or row)["name"]),
                unit=WHOLE_ORGANISATION if whole else str(row["name"]),
                sector_id=str(row["sector"]),
                sector=sectors.get(str(row["sector"]), str(row["sector"])),
                system=systems.get(str(row["lead_system"]), str(row["lead_system"])),
                systems="; ".join(systems.get(system, system) for system in served),
                whole=whole,
                named=all(
                    bool(r["agreed_to_be_named"]) and answers.get(str(r["organisation_id"]), True)
                    for r in both
                ),
                returned=_return_status(key, accepted, sent),
            )
        )
    return made


def whole_partners(data: CycleData) -> list[Partner]:
    """The partners that are counted: organisations, not their departments."""
    return [partner for partner in partners(data) if partner.whole]


def _sent(data: CycleData) -> frozenset[str]:
    """Organisations from which something other than engagement records arrived."""
    verdicts = data.verdicts
    return frozenset(verdicts.loc[verdicts["kind"] != ENGAGEMENT, "organisation_id"].dropna())


def _agreement(data: CycleData) -> dict[str, bool]:
    """What returns say about being named. Either “no”, there or in the register, is respected."""
    forms = records(data.records, "organisation", ["agrees_to_be_named"])
    return {
        form["organisation_id"]: bool(form["agrees_to_be_named"])
        for form in forms
        if form["agrees_to_be_named"] is not None
    }


def _return_status(key: str, accepted: frozenset[str], sent: frozenset[str]) -> ReturnStatus:
    if key in accepted:
        return ReturnStatus.RETURNED
    return ReturnStatus.NEEDS_CHANGES if key in sent else ReturnStatus.NOT_RETURNED
