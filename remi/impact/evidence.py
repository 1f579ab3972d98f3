"""The evidence that partners name, from commitment sheets and the sheet for more of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from remi.impact.common import records
from schemas.framework import Framework
from schemas.impact import CycleData

NAMED = [
    "evidence_supports",
    "evidence_type",
    "evidence_date",
    "evidence_return",
    "evidence_title",
    "evidence_place",
]
MORE_EVIDENCE = "more_evidence"
REASON = "reason_not_applicable"

COLUMNS = [
    "organisation_id",
    "indicator_id",
    "first_stage",
    "last_stage",
    "evidence_type",
    "dated_on",
    "national_return",
    "title",
    "place",
]


def evidence_items(data: CycleData) -> pd.DataFrame:
    """The evidence that the cycle's partners name; see `named_evidence`."""
    return named_evidence(data.framework, data.records)


def named_evidence(framework: Framework, sheets: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row for each item of evidence, in the columns that `criterion_evidence` takes.

    `sheets` are records as of `CycleData`. An item shows every stage of its indicator up to the
    one that it is said to support. An item that says nothing of stages shows none and is left out.
    """
    items = [
        item
        for commitment in framework.commitments
        for record in records(sheets, commitment.id, NAMED)
        if (item := _item(record, record["record"])) is not None
    ]
    items += [
        item
        for record in records(sheets, MORE_EVIDENCE, ["indicator", *NAMED])
        if record["indicator"] is not None
        and (item := _item(record, record["indicator"])) is not None
    ]
    frame = pd.DataFrame(items, columns=COLUMNS)
    texts = ["organisation_id", "indicator_id", "evidence_type", "national_return"]
    texts += ["title", "place"]
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
        "title": record["evidence_title"],
        "place": record["evidence_place"],
    }


def reasons_not_applicable(
    framework: Framework, sheets: Mapping[str, pd.DataFrame]
) -> dict[tuple[str, str], str]:
    """Why an indicator cannot apply, by organisation and indicator, where a reason is written."""
    return {
        (record["organisation_id"], record["record"]): record[REASON]
        for commitment in framework.commitments
        for record in records(sheets, commitment.id, [REASON])
        if record[REASON] is not None
    }
