from __future__ import annotations

import pytest
from impact_samples import awkward, change

from schemas.impact import CycleData


@pytest.fixture
def data() -> CycleData:
    return awkward(
        changes=[
            change("T3", 1, 2),
            change("T4", 3, 3),
            change("C1", 2, 1),
            change("C7", 0, 1),
            change("T1-D", 0, 3),
            change("T3", 1, 2, "L2"),
        ]
    )
