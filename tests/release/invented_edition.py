"""An invented edition: the registered annual tables, with cells of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import product
from typing import Any

import pandas as pd

from remi.impact.partners import WHOLE_ORGANISATION
from remi.impact.registry import all_columns, annual_tables
from remi.release.content import Edition
from schemas.framework import Framework
from schemas.impact import AnnualTable, Holds
from schemas.programme import Cycle, DisclosureRule, ReleasePolicy

CYCLE = Cycle(
    id="2025-26",
    label="2025/26",
    opens=date(2025, 10, 1),
    closes=date(2025, 11, 30),
    publishes=date(2026, 2, 26),
    period_type="programme",
    period_start=date(2024, 10, 1),
    period_end=date(2025, 9, 30),
    framework="race-equality-maturity-1.0",
    geography_vintage=date(2025, 10, 1),
)

POLICY = ReleasePolicy(
    publisher="The collaboration that runs the index",
    people=DisclosureRule(
        id="people-7-5",
        withhold_up_to=7,
        round_to=5,
        sentence="Counts of 1 to 7 people are withheld; others are rounded to the nearest 5.",
    ),
    smallest_group=5,
    comparator_definition="None: organisations are not compared with an average.",
    demonstration_notice="Invented data. Nothing here describes a real organisation or place.",
)

SOURCE = "0f3a9c1d"

SECTORS = {
    "NHS trust": (28, 34),
    "Integrated care board": (5, 5),
    "Local authority": (21, 33),
    "Greater London Authority and pan-London bodies": (2, 3),
    "Voluntary, community or social enterprise": (11, 40),
    "Race-equity organisation": (3, 6),
}
RETURNED, ELIGIBLE = 70, 121

HOSTILE_NAME = '=HYPERLINK("http://example.org","See")'
MARKUP_NAME = "<script>alert(1)</script> & Sons"
LINK_NAME = "[Friends](http://example.org) of $$note1$$"
NAMES = (HOSTILE_NAME, MARKUP_NAME, LINK_NAME, "+44 Collective", "Ealing Example Trust")

COMMON = {
    "period_type": CYCLE.period_type,
    "period_start": CYCLE.period_start.isoformat(),
    "period_end": CYCLE.period_end.isoformat(),
    "framework_version": "race-equality-maturity 1.0",
    "geography_vintage": CYCLE.geography_vintage.isoformat(),
    "comparator_definition": POLICY.comparator_definition,
    "n_base": RETURNED,
    "n_missing": ELIGIBLE - RETURNED,
    "suppression_rule": POLICY.people.id,
    "source_run_id": SOURCE,
}

Rows = list[dict[str, Any]]


def frame_of(definition: AnnualTable, rows: Rows) -> pd.DataFrame:
    """The rows as a protected frame. “[c]” in a column of numbers stands for its status."""
    series: dict[str, pd.Series[Any]] = {}
    for place, column in enumerate(all_columns(definition)):
        cells = [
            (COMMON | row).get(column.id, _some(column.holds, number, place))
            for number, row in enumerate(rows)
        ]
        if column.holds in (Holds.KEY, Holds.TEXT):
            series[column.id] = pd.Series(cells, dtype="str")
            continue
        whole = column.holds in (Holds.ORGANISATIONS, Holds.PEOPLE, Holds.STAGE)
        series[column.id] = pd.Series(
            [None if isinstance(cell, str) else cell for cell in cells],
            dtype="Int64" if whole else "Float64",
        )
        series[f"{column.id}_status"] = pd.Series(
            [cell.strip("[]") if isinstance(cell, str) else None for cell in cells], dtype="str"
        )
    return pd.DataFrame(series)


def _some(holds: Holds, number: int, place: int) -> int | float | str:
    """A cell that nobody asked for: any value that its kind of column can hold."""
    if holds in (Holds.KEY, Holds.TEXT):
        return f"Words {number} {place}"
    if holds in (Holds.SCORE, Holds.PERCENTAGE, Holds.MEASURE):
        return (number * 7 + place * 3) % 100 + 0.25
    return (number * 7 + place * 3) % 40


def positions(framework: Framework) -> Rows:
    names = NAMES + tuple(f"Partner {n}" for n in range(1, 20))
    made: Rows = []
    for (n, name), commitment in product(enumerate(names), framework.commitments):
        row: dict[str, Any] = {
            "organisation_id": f"P{n:02}",
            "organisation_name": name,
            "unit": WHOLE_ORGANISATION,
            "sector": list(SECTORS)[n % len(SECTORS)],
            "system": "North East London",
            "systems": "North East London",
            "commitment": commitment.name,
            "status": "Final",
            "overclaim_gap": "[z]",
            "score": 12.25 + n,
            "opted_in_to_naming": "no" if n == 9 else "yes",
        }
        if n % 4 == 1:
            row |= {"status": "Not returned", "declared_stage": "[x]", "score": "[x]"}
        made.append(row)
    return made


def picture(framework: Framework) -> Rows:
    stages = [f"n_stage_{n}" for n in range(len(framework.stages) + 1)]
    made: Rows = []
    for place, commitment in enumerate(framework.commitments):
        weights = [(n * 7 + place * 5) % 11 + 1 for n in range(len(stages))]
        numbers = [RETURNED * weight // (sum(weights) * 2) for weight in weights]
        numbers[2 + place % 2] += RETURNED - sum(numbers)
        for sector, (part, of) in {"All": (RETURNED, ELIGIBLE), **SECTORS}.items():
            whole = sector == "All"
            made.append(
                {
                    "commitment": commitment.name,
                    "breakdown": "All partners" if whole else "Sector",
                    "sector": sector,
                    "system": "All",
                    "n_eligible": of,
                    "n_returned": part,
                    "coverage_pct": 100 * part / of,
                    **dict(zip(stages, numbers if whole else ["[c]"] * len(stages), strict=True)),
                    "weakest_indicator": "L2 Strategy and money" if whole else "[c]",
                }
            )
    return made


def moved(framework: Framework) -> Rows:
    return [
        {
            "commitment": commitment.name,
            "sector": sector,
            "n_matched": 58,
            "n_up": 12 + place if sector == "All" else "[c]",
            "n_same": 43 - 2 * place if sector == "All" else "[c]",
            "n_down": 3 + place if sector == "All" else "[c]",
            "break_in_series": "no",
        }
        for (place, commitment), sector in product(
            enumerate(framework.commitments), ("All", *SECTORS)
        )
    ]


COMPARED = {
    "n_eligible": ELIGIBLE,
    "n_matched": 58,
    "n_indicators_compared": 6,
    "n_indicators": 6,
    "break_in_series": "no",
    "comparison": "Both years were assessed against the same framework.",
}


def moves(framework: Framework) -> Rows:
    return [
        {
            **COMPARED,
            "commitment": commitment.name,
            "stage_before": str(stage),
            "stage_before_name": framework.stage_name(stage),
        }
        for commitment in framework.commitments
        for stage in range(len(framework.stages) + 1)
    ]


def reasons(framework: Framework) -> Rows:
    parts = {"change": 2.75, "performance": 4.5, "coverage": -1.25, "applicability": -0.5}
    none = {"weights": 0, "version": 0, "moderation": 0}
    return [
        {
            **COMPARED,
            **(parts | none if sector == "All" else dict.fromkeys(parts | none, "[c]")),
            "commitment": commitment.name,
            "sector": sector,
        }
        for commitment, sector in product(framework.commitments, ("All", *SECTORS))
    ]


def held_back(framework: Framework) -> Rows:
    return [
        {
            "commitment": commitment.name,
            "indicator": f"{indicator.id} {indicator.title}",
            "core": "core" if indicator.core else "other",
            "stage": str(stage),
            "stage_name": framework.stage_name(stage),
            "n_orgs_blocked_only_by_this": (n * 7 + stage * 5) % 23,
        }
        for n, (commitment, indicator) in enumerate(framework.indicators())
        for stage in range(1, len(framework.stages) + 1)
    ]


def for_leaders(framework: Framework) -> Rows:
    return [
        {
            "commitment": commitment.name,
            "headline": "42 of 70 partners with a final result are at Stage 2 Commitment or below; "
            "70 of 121 partners returned.",
            "median_stage": 2,
            "best_movement": "Of 58 partners in both years, 12 moved up and 3 down; 15 of these "
            "changes are not confirmed.",
            "biggest_blocker": "22 partners lack only L2 Strategy and money at Stage 3 "
            "Implementation to reach that stage.",
            "decision_asked": "Decide how partners will be helped to meet L2 Strategy and money at "
            "Stage 3 Implementation.",
            "changed_since_decision": "Not available: leaders' decisions are not recorded.",
        }
        for commitment in framework.commitments
    ]


def engagement_rows() -> dict[str, Rows]:
    kinds = {"All": (15, 340, 61), "Learning session": (5, "[c]", 44), "Drop-in": (9, "[k]", 12)}
    events = [
        {
            "event_type": kind,
            "counted_by": counted_by,
            "category": category,
            "n_events": n,
            "n_attendances": people,
            "n_orgs_reached": reached,
            "n_partners": ELIGIBLE,
            "orgs_reached_pct": 100 * reached / ELIGIBLE,
        }
        for kind, (n, people, reached) in kinds.items()
        for counted_by, category in (("All", "All"), ("Sector", "NHS trust"))
    ]
    return {
        "A08": events,
        "A12": [
            {
                "communication_type": kind,
                "n_published": 9,
                "n_evidence_informed": 6,
                "views": 1240.55,
            }
            for kind in ("All", "Blog")
        ],
        "A13": [
            {
                "forum": forum,
                "n_planned": 6,
                "n_held": 5,
                "n_decisions": 14,
                "n_decisions_from_community": 4,
                "n_adopted": 3,
            }
            for forum in ("All", "Steering group")
        ],
        "A22": [{}, {}],
    }


def invented_rows(framework: Framework) -> Mapping[str, Rows]:
    return {
        "A01": positions(framework),
        "A02": picture(framework),
        "A03": moved(framework),
        "A04": held_back(framework),
        "A05": positions(framework),
        "A23": for_leaders(framework),
        "A25": moves(framework),
        "A26": reasons(framework),
        **engagement_rows(),
    }


def edition_of(framework: Framework, rows: Mapping[str, Rows]) -> Edition:
    definitions = annual_tables(framework)
    return Edition(
        cycle=CYCLE,
        framework=framework,
        policy=POLICY,
        definitions=definitions,
        tables={one.id: frame_of(one, rows.get(one.id, [{}])) for one in definitions},
        source_run_id=SOURCE,
        demonstration=True,
    )
