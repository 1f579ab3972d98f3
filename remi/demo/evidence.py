"""The evidence that an invented partner names: what it is, its date, and what it reused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeAlias

import numpy as np

from remi.demo.partners import Partner
from remi.demo.positions import generator
from schemas.framework import EvidenceType, Framework, Indicator
from schemas.programme import Cycle

Item: TypeAlias = dict[str, str | int | float | date | None]

MADE_BY_NHS_BODIES = (
    "wres",
    "mwres",
    "eds",
    "pcref",
    "edi_plan",
    "inequalities_statement",
    "ethnicity_recording_plan",
    "core20plus5",
    "accessible_information",
    "equality_impact_log",
    "complaints",
    "pay_gap",
    "nhs_london_anchors",
)
MADE_BY_COUNCILS = (
    "sc_wres",
    "equality_impact_log",
    "pay_gap",
    "london_anchors",
    "good_work_standard",
)
MADE_BY_OTHERS = ("race_at_work_charter", "living_wage", "contributor_payment", "open_grants")

RETURNS = {
    "nhs_trust": MADE_BY_NHS_BODIES,
    "icb": MADE_BY_NHS_BODIES,
    "local_authority": MADE_BY_COUNCILS,
    "social_care": ("sc_wres", "living_wage"),
}

TITLES = {
    "minute_or_paper": "Board paper and minutes: {about}",
    "policy_or_strategy": "Race equality strategy: {about}",
    "data_extract_or_return": "Yearly figures by ethnic group: {about}",
    "audit_or_review": "Internal review: {about}",
    "survey": "Staff and community survey: {about}",
    "log": "Log kept by the equality team: {about}",
    "participant_confirmation": "Note from the people who took part: {about}",
    "public_address": "Page on our website: {about}",
    "peer_review_note": "Note of a partner's peer review: {about}",
    "budget_or_ledger": "Budget line and spending: {about}",
}

NAMED, NAMED_FOR_CORE = 0.88, 0.97
"""Share of indicators with a stage for which some evidence is named."""

MORE, MORE_FOR_CORE = 0.6, 0.9
"""How often more than one item is named for a higher stage."""

STALE, STALE_FOR_CORE = 0.12, 0.04
MOST_MORE_ITEMS = 2
DAYS_IN_MONTH = 30


def evidence_items(
    framework: Framework, partner: Partner, cycle: Cycle, indicator: Indicator, stage: int
) -> tuple[Item | None, list[Item]]:
    """The item in the indicator's own row, if any, and those for the sheet of more evidence."""
    rng = generator("evidence", partner.organisation_id, cycle.id, indicator.id)
    if stage == 0 or rng.random() > (NAMED_FOR_CORE if indicator.core else NAMED):
        return None, []
    types = {kind.id: kind for kind in framework.evidence_types}
    usual = [types[t] for t in indicator.evidence_types] or list(types.values())
    first = _item(rng, cycle, indicator, stage, usual[int(rng.integers(len(usual)))])
    reused = _reused(partner, indicator)
    if reused and rng.random() < 0.6:
        first["evidence_return"] = str(rng.choice(reused))
    more = []
    if stage >= 3 and rng.random() < (MORE_FOR_CORE if indicator.core else MORE):
        # Higher stages ask for figures and for what participants say, so these are named first.
        likely = [t for t in types.values() if t.numeric or t.id == "participant_confirmation"]
        for _ in range(int(rng.integers(1, MOST_MORE_ITEMS + 1))):
            kind = likely[int(rng.integers(len(likely)))]
            item = _item(rng, cycle, indicator, stage, kind)
            more.append({"indicator": indicator.id, **item})
    return first, more


def _item(
    rng: np.random.Generator, cycle: Cycle, indicator: Indicator, stage: int, kind: EvidenceType
) -> Item:
    months = int(rng.integers(1, max(2, kind.months_valid - 6)))
    if rng.random() < (STALE_FOR_CORE if indicator.core else STALE):
        months = kind.months_valid + int(rng.integers(4, 16))
    about = indicator.title[0].lower() + indicator.title[1:]
    held_locally = rng.random() < 0.7
    place = (
        "held locally" if held_locally else f"https://www.partner.example/{indicator.id.lower()}"
    )
    return {
        "evidence_supports": str(stage),
        "evidence_type": kind.id,
        "evidence_title": TITLES.get(kind.id, "{about}").format(about=about),
        "evidence_date": cycle.opens - timedelta(days=DAYS_IN_MONTH * months),
        "evidence_place": place,
    }


def _reused(partner: Partner, indicator: Indicator) -> list[str]:
    """The national returns of this indicator that a partner of this sector makes."""
    made = RETURNS.get(partner.sector, MADE_BY_OTHERS)
    return [r.national_return for r in indicator.reuses if r.national_return in made]
