"""Results looked up by partner: the stages reached, and why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from remi.impact.partners import Partner
from schemas.impact import CycleData
from schemas.results import ResultStatus, ReturnStatus


@dataclass(frozen=True)
class Results:
    """`commitments` by (organisation id, commitment id); `core_stages` by organisation and then
    commitment, as (indicator id, stage) in framework order, of core indicators with a stage."""

    commitments: dict[tuple[str, str], dict[str, Any]]
    core_stages: dict[tuple[str, str], list[tuple[str, int]]]

    def status(self, partner: Partner, commitment_id: str) -> str:
        """Where a partner's commitment stands: a ResultStatus, or a ReturnStatus without return.

        Scoring gives no row for a commitment of which a partner is asked nothing.
        """
        if partner.returned != ReturnStatus.RETURNED:
            return partner.returned.value
        row = self.row(partner, commitment_id)
        return str(row["status"]) if row else ResultStatus.NOT_APPLICABLE.value

    def row(self, partner: Partner, commitment_id: str) -> dict[str, Any]:
        """The columns of `commitment_stage`; empty without an accepted return."""
        if partner.returned != ReturnStatus.RETURNED:
            return {}
        return self.commitments.get((partner.id, commitment_id), {})

    def final_stage(self, partner: Partner, commitment_id: str) -> int | None:
        """The stage, if the result is final: only these are counted in distributions."""
        if self.status(partner, commitment_id) != ResultStatus.FINAL:
            return None
        return int(self.commitments[partner.id, commitment_id]["stage"])


def results(data: CycleData) -> Results:
    """The cycle's results, ready to be looked up."""
    stages = data.commitment_stages.to_dict("records")
    order = {i.id: place for place, (_, i) in enumerate(data.framework.indicators())}
    core: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for row in data.indicator_stages.to_dict("records"):
        if row["core"] and not pd.isna(row["stage"]):
            key = (str(row["organisation_id"]), str(row["commitment_id"]))
            core.setdefault(key, []).append((str(row["indicator_id"]), int(row["stage"])))
    return Results(
        {
            (str(row["organisation_id"]), str(row["commitment_id"])): {
                str(k): v for k, v in row.items()
            }
            for row in stages
        },
        {key: sorted(pairs, key=lambda pair: order[pair[0]]) for key, pairs in core.items()},
    )
