"""Who came to an event, counted as a collaboration counts: by sector, place, group, partner."""

from __future__ import annotations

import numpy as np

from remi.demo.answers import Cells, Value
from schemas.programme import Places

UNKNOWN = "unknown"

NOT_COLLECTED = "not collected"

BY_SECTOR = {
    "nhs_trust": 0.50,
    "icb": 0.20,
    "local_authority": 0.11,
    "vcse": 0.06,
    "race_equity": 0.05,
    "lived_experience": 0.03,
    "primary_care": 0.03,
    "other": 0.02,
}
"""Sector -> share of those who come; small ones hold few people, whom tables must protect."""

SPLIT_BY_SYSTEM = 0.7
SPLIT_BY_ETHNIC_GROUP = 0.6
SPLIT_BY_BOROUGH = 0.15
SPLIT_BY_ORGANISATION = 0.5


def attendance_rows(
    rng: np.random.Generator, event: str, people: int, places: Places, partners: list[str]
) -> list[Cells]:
    """The rows for one event; whatever is counted adds up to `people`, unknown included."""
    sectors = {s.id: s.name for s in places.sectors}
    shares = {sectors[s]: share for s, share in BY_SECTOR.items() if s in sectors}
    counts = [("sector", _spread(rng, people, list(shares), list(shares.values())))]
    systems = [s.name for s in places.systems]
    groups = [g.name for g in places.ethnic_groups]
    for counted_by, names, chance, known in (
        ("system", systems, SPLIT_BY_SYSTEM, 0.85),
        ("ethnic_group", groups, SPLIT_BY_ETHNIC_GROUP, 0.80),
        ("borough", [b.name for b in places.boroughs], SPLIT_BY_BOROUGH, 0.70),
        ("organisation", partners, SPLIT_BY_ORGANISATION, 0.75),
    ):
        if rng.random() < chance:
            counts.append((counted_by, _split(rng, people, names, known)))
        elif counted_by == "ethnic_group":
            counts.append((counted_by, {UNKNOWN: NOT_COLLECTED}))
    return [
        {
            "ref": event,
            "counted_by": counted_by,
            "category": category,
            "people": number,
            "multiple_responses": "no",
        }
        for counted_by, found in counts
        for category, number in found.items()
    ]


def _split(
    rng: np.random.Generator, people: int, names: list[str], known: float
) -> dict[str, Value]:
    """Those whose category is known, unevenly, and the others as unknown."""
    with_category = int(rng.binomial(people, known))
    found = _spread(rng, with_category, names, list(rng.dirichlet(np.ones(len(names)))))
    return {**found, UNKNOWN: people - with_category}


def _spread(
    rng: np.random.Generator, people: int, names: list[str], shares: list[float]
) -> dict[str, Value]:
    """People over categories; a category that nobody came from is left out."""
    weights = np.array(shares) / sum(shares)
    numbers = rng.multinomial(people, weights)
    return {name: int(n) for name, n in zip(names, numbers, strict=True) if n}
