"""A small framework of two commitments, three stages and four indicators, for tests of intake."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from schemas.framework import Framework
from schemas.programme import Borough, Cycle, EthnicGroup, Places, Sector, System


def indicator(indicator_id: str, core: bool = True, **more: Any) -> dict[str, Any]:
    """One indicator as it is written in a framework file, with a criterion for each stage."""
    return {
        "id": indicator_id,
        "title": f"What {indicator_id} is about",
        "core": core,
        "applies_to": "all",
        "criteria": [f"{indicator_id} is so at stage {n}." for n in (1, 2, 3)],
        **more,
    }


def framework_content() -> dict[str, Any]:
    """What the small framework's file would hold, to be changed by a test before it is read."""
    return {
        "id": "small",
        "version": "1.0",
        "title": "Small framework",
        "statement": "A framework for tests only.",
        "official": False,
        "valid_from": date(2023, 10, 1),
        "stages": [
            {"number": 1, "id": "aware", "name": "Awareness", "meaning": "It has been noticed."},
            {"number": 2, "id": "acting", "name": "Implementation", "meaning": "It is being done."},
            {"number": 3, "id": "lasting", "name": "Embedding", "meaning": "It lasts."},
        ],
        "answers": [
            {"meaning": "met", "label": "met", "explanation": "All of it is true."},
            {"meaning": "part", "label": "part", "explanation": "Some of it is true."},
            {"meaning": "not_met", "label": "not met", "explanation": "It is not true."},
            {
                "meaning": "not_applicable",
                "label": "not applicable",
                "explanation": "It cannot be.",
                "also_accepted": ["n/a"],
            },
        ],
        "organisation_groups": [
            {"id": "nhs", "name": "NHS bodies", "sectors": ["nhs_trust"]},
            {"id": "community", "name": "Community groups", "sectors": ["vcse"]},
        ],
        "evidence_types": [
            {"id": "minutes", "label": "Minutes", "months_valid": 24},
            {"id": "survey", "label": "Survey", "numeric": True, "months_valid": 24},
        ],
        "evidence_minimums": [{"from_stage": 1, "to_stage": 3, "items": 1}],
        "national_returns": [{"id": "wres", "name": "Workforce Race Equality Standard (WRES)"}],
        "challenges": [{"id": "pace", "label": "Pace of change"}],
        "commitments": [
            {
                "id": "leadership",
                "name": "Leadership that answers for it",
                "short_name": "Leadership",
                "expectation": "Those who lead answer for it.",
                "indicators": [
                    indicator("L1", reuses=[{"national_return": "wres", "item": "Indicator 9"}]),
                    indicator("L2", core=False, applies_to=["nhs"]),
                ],
            },
            {
                "id": "workforce",
                "name": "Workforce",
                "short_name": "Workforce",
                "expectation": "Staff are treated fairly.",
                "indicators": [indicator("W1"), indicator("W2", core=False)],
            },
        ],
    }


def small_framework() -> Framework:
    return Framework.model_validate(framework_content())


def small_places() -> Places:
    first = date(2022, 7, 1)
    return Places(
        sectors=(
            Sector(id="nhs_trust", name="NHS trust"),
            Sector(id="vcse", name="Voluntary, community or social enterprise"),
        ),
        systems=(
            System(id="QMJ", name="North Central London", ons_code="E54000028", valid_from=first),
        ),
        boroughs=(Borough(id="E09000007", name="Camden", system_id="QMJ", valid_from=first),),
        ethnic_groups=(
            EthnicGroup(
                id="white_4", name="Roma", broad_group_id="white", broad_group_name="White"
            ),
        ),
    )


def small_cycle() -> Cycle:
    return Cycle(
        id="2025-26",
        label="2025/26",
        opens=date(2025, 10, 1),
        closes=date(2025, 11, 30),
        publishes=date(2026, 2, 26),
        period_type="programme",
        period_start=date(2024, 10, 1),
        period_end=date(2025, 9, 30),
        framework="small-1.0",
        geography_vintage=date(2025, 10, 1),
    )


def small_register() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "organisation_id": ["NLT014", "COM-2"],
            "name": ["North Lane NHS Trust", "=SUM(A1) Community Group"],
        }
    )
