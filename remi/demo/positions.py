"""Where each invented partner stands: a position for each commitment that moves slowly.

Everything that is drawn here is drawn from a generator of its own, named by what it is for, so a
partner's story stays the same whichever other partners and cycles are made.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np

from remi.demo.partners import Partner
from schemas.framework import Framework

SEED = 2023

BEGINS_AT = {
    "race_equity": 3.2,
    "lived_experience": 2.6,
    "pan_london": 2.5,
    "nhs_trust": 2.3,
    "icb": 2.2,
    "public_health": 2.1,
    "local_authority": 1.8,
    "vcse": 1.6,
    "faith": 1.3,
    "primary_care": 0.9,
}
"""Stage at which partners of a sector stand on average in the first cycle."""

ELSEWHERE = 1.5

STEPS = (-1, 0, 1)
STEP_CHANCES = (0.06, 0.62, 0.32)

OFFSETS = (-1, 0, 1, 2)
OFFSET_CHANCES = (0.06, 0.58, 0.29, 0.07)
"""How far one indicator stands from its commitment."""


def generator(*purpose: str | int) -> np.random.Generator:
    """The random numbers for one purpose, the same each time."""
    return np.random.default_rng([SEED, *(crc32(str(part).encode()) for part in purpose)])


def indicator_stages(framework: Framework, partner: Partner, years: int) -> dict[str, int]:
    """Stage of every indicator, `years` after the first cycle; 0 is before the first stage.

    Partners of a joint group move together by commitment and differ by indicator.
    """
    top = len(framework.stages)
    who = partner.joint_group or partner.organisation_id
    stages = {}
    for commitment in framework.commitments:
        rng = generator("position", who, commitment.id)
        begins = rng.normal(BEGINS_AT.get(partner.sector, ELSEWHERE), 0.9)
        level = int(np.clip(np.rint(begins), 0, top))
        for step in rng.choice(STEPS, p=STEP_CHANCES, size=years):
            level = int(np.clip(level + step, 0, top))
        for indicator in commitment.indicators:
            own = generator("offset", partner.organisation_id, indicator.id)
            offset = own.choice(OFFSETS, p=OFFSET_CHANCES)
            stages[indicator.id] = int(np.clip(level + offset, 0, top))
    return stages
