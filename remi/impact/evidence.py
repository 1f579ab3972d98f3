"""The evidence that partners name, from commitment sheets and the sheet for more of it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from remi.impact.common import records
from schemas.impact import CycleData

NAMED = ["evidence_supports", "evidence_type", "evidence_date", "evidence_return"]

COLUMNS = [
    "organisation_id",
    "indicator_id",
    "first_stage",
    "last_stage",
    "evidence_type",
    "dated_on",
    "national_return",
]


def evidence_items(data: CycleData) -> pd.DataFrame:
    """One row for each item of evidence, in the columns that `criterion_evidence` takes.

    An item shows every stage of its indicator up to the one that it is said to support. An item
    that says nothing of stages shows none and is left out.
    """
    items = [
        item
        for commitment in data.framework.commitments
        for record in records(data.records, commitment.id, NAMED)
        if (item := _item(record, record["record"])) is not None
    ]
    items += [
        item
        for record in records(data.records, "more_evidence", ["indicator", *NAMED])
        if record["indicator"] is not None
        and (item := _item(record, record["indicator"])) is not None
    ]
    frame = pd.DataFrame(items, columns=COLUMNS)
    texts = ["organisation_id", "indicator_id", "evidence_type", "national_return"]
    return frame.astype({**dict.fromkeys(texts, "str"), "first_stage": int, "last_stage": int})


def _item(record: dict[str, Any], indicator_id: str) -> dict[str, Any] | None:
    if record["evidence_supports"] is None:
        return None
    return {
        "organisation_id": record["organisation_id"],
        "indicator_id": indicator_id,
        "first_stage": 1,
        "last_stage": int(record["evidence_supports"]),
        "evidence_type": record["evidence_type"],
        "dated_on": record["evidence_date"],
        "national_return": record["evidence_return"],
    }
