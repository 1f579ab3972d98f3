"""The register of an invented collaboration: no name, code or place of a partner is real.

Only the boroughs and care systems are London's own, so that maps and totals look as they would.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import pandas as pd

from remi.store.frames import typed
from schemas.store import organisation

HOST = "DEMO-H01"
"""Runs the collaboration and sends the engagement workbook; it also assesses itself."""

BEGINNING = date(2022, 7, 1)


MERGER = date(2026, 4, 1)
MERGED = {"QRV": "Z9B2Z", "QMJ": "Z9B2Z"}
"""Care systems that became one on this day: partners have a line for the days before and after."""


class Partner(NamedTuple):
    """One line of the register; `systems` has semicolons between ids, the lead first."""

    organisation_id: str
    name: str
    sector: str
    systems: str
    borough: str | None = None
    named: bool = True
    valid_from: date = BEGINNING
    valid_to: date | None = None
    parent_id: str | None = None
    joint_group: str | None = None
    successor_id: str | None = None


# Those who do not agree to be named stand together in one system: few of them in a group would mean
# that nothing could be published about it, and the demonstration could not show much.
PARTNERS = (
    Partner("DEMO-H01", "Harrowmere Health Alliance", "pan_london", "QKK;QMF;QMJ;QRV;QWE"),
    Partner("DEMO-T01", "Harrowmere Hospitals Trust", "nhs_trust", "QRV", "E09000005"),
    Partner("DEMO-T02", "Tidewick Hospital Trust", "nhs_trust", "QRV", "E09000018"),
    Partner("DEMO-T03", "Oakhallow Hospitals Trust", "nhs_trust", "QMJ", "E09000010"),
    Partner("DEMO-T04", "Fernlowe Mental Health Trust", "nhs_trust", "QMJ;QRV", "E09000007"),
    Partner(
        "DEMO-T04-CH",
        "Fernlowe Mental Health Trust: Children's Department",
        "nhs_trust",
        "QMJ",
        "E09000014",
        parent_id="DEMO-T04",
    ),
    Partner("DEMO-T05", "Brackenstow Hospital Trust", "nhs_trust", "QMF", "E09000025"),
    Partner("DEMO-T06", "Millhythe Community Care Trust", "nhs_trust", "QMF", "E09000012"),
    Partner("DEMO-T07", "Ashmarsh Teaching Hospitals Trust", "nhs_trust", "QKK", "E09000022"),
    Partner("DEMO-T08", "Kestrelgate Hospital Trust", "nhs_trust", "QKK", "E09000011"),
    Partner("DEMO-T09", "Wrenhythe Hospitals Trust", "nhs_trust", "QWE", "E09000008"),
    Partner(
        "DEMO-T10", "Saltbarrow Ambulance Trust", "nhs_trust", "QKK;QMF;QMJ;QRV;QWE", "E09000028"
    ),
    Partner(
        "DEMO-T11",
        "Coppermoor Community Trust",
        "nhs_trust",
        "QMJ",
        "E09000003",
        valid_to=date(2025, 6, 30),
        successor_id="DEMO-T03",
    ),
    Partner("DEMO-B01", "Northfold Integrated Care Board", "icb", "QRV"),
    Partner("DEMO-B02", "Midfold Integrated Care Board", "icb", "QMJ"),
    Partner("DEMO-B03", "Eastfold Integrated Care Board", "icb", "QMF"),
    Partner("DEMO-B04", "Southfold Integrated Care Board", "icb", "QKK"),
    Partner("DEMO-B05", "Westfold Integrated Care Board", "icb", "QWE"),
    Partner("DEMO-C01", "Larkenmoor Council", "local_authority", "QRV", "E09000009"),
    Partner("DEMO-C02", "Elmstrand Council", "local_authority", "QMJ", "E09000019"),
    Partner(
        "DEMO-C03", "Thornhythe Council", "local_authority", "QMF", "E09000026", joint_group="pair"
    ),
    Partner(
        "DEMO-C04", "Dunmarsh Council", "local_authority", "QMF", "E09000030", joint_group="pair"
    ),
    Partner("DEMO-C05", "Foxbarrow Council", "local_authority", "QKK", "E09000023"),
    Partner("DEMO-C06", "Hollowstrand Council", "local_authority", "QKK", "E09000006"),
    Partner("DEMO-C07", "Marlwick Council", "local_authority", "QWE", "E09000024"),
    Partner("DEMO-C08", "Pebblecross Council", "local_authority", "QWE", "E09000032"),
    Partner("DEMO-V01", "Quillmere Voluntary Network", "vcse", "QRV", "E09000013"),
    Partner("DEMO-V02", "Rushenfold Carers' Collective", "vcse", "QWE", "E09000027", named=False),
    Partner("DEMO-V03", "Silverhythe Advice Centre", "vcse", "QWE", "E09000021", named=False),
    Partner("DEMO-V04", "Underlowe Race Equity Partnership", "race_equity", "QKK", "E09000028"),
    Partner("DEMO-V05", "Vinterwick Race Justice Project", "race_equity", "QMF", "E09000012"),
    Partner("DEMO-V06", "Willowstow Anti-Racism Network", "race_equity", "QMJ", "E09000014"),
    Partner("DEMO-V07", "Yarrowmere Faiths Forum", "faith", "QRV", "E09000015"),
    Partner("DEMO-V08", "Amberhythe Faith and Health Group", "faith", "QWE", "E09000029", False),
    Partner("DEMO-V09", "Birchenlow Lived Experience Group", "lived_experience", "QKK"),
    Partner(
        "DEMO-V10",
        "Cindermoor Survivors' Voice",
        "lived_experience",
        "QWE",
        "E09000008",
        named=False,
        valid_from=date(2024, 6, 1),
    ),
    Partner("DEMO-P01", "Dovemarsh Primary Care Network", "primary_care", "QMF", "E09000002"),
    Partner("DEMO-P02", "Emberwick General Practice Group", "primary_care", "QWE", named=False),
    Partner(
        "DEMO-S01", "Finchenlow Homecare Cooperative", "social_care", "QWE", "E09000024", False
    ),
    Partner(
        "DEMO-R01",
        "Gorsemere Institute of Health Research",
        "research_education",
        "QWE",
        named=False,
    ),
    Partner("DEMO-F01", "Hazelbarrow Community Foundation", "funder", "QKK;QWE"),
    Partner("DEMO-G01", "Ivelmarsh Public Health Office", "public_health", "QRV"),
    Partner("DEMO-X01", "Juniperwick Interpreting Service", "other", "QMF"),
)


def partner(organisation_id: str) -> Partner:
    """The partner of this code. Raises KeyError where there is none."""
    return {p.organisation_id: p for p in PARTNERS}[organisation_id]


def register() -> pd.DataFrame:
    """Every partner, as `read_register` gives the file: columns, types and order of the table."""
    rows = [_row(partner) for partner in _lines()]
    columns = [column.name for column in organisation.columns]
    return typed(organisation, {name: [row[name] for row in rows] for name in columns})


def register_csv() -> str:
    """The register as the CSV file that the collaboration keeps."""
    lines = io.StringIO(newline="")
    writer = csv.DictWriter(lines, [c.name for c in organisation.columns], lineterminator="\n")
    writer.writeheader()
    for partner in _lines():
        named = "yes" if partner.named else "no"
        writer.writerow({**_row(partner), "agreed_to_be_named": named})
    return lines.getvalue()


def _lines() -> Iterator[Partner]:
    """Every partner in order, once more with other systems where these change under it."""
    for one in sorted(PARTNERS):
        before = one.systems.split(";")
        after = list(dict.fromkeys(MERGED.get(system, system) for system in before))
        if after == before or (one.valid_to is not None and one.valid_to < MERGER):
            yield one
            continue
        yield one._replace(valid_to=MERGER - timedelta(days=1))
        yield one._replace(valid_from=MERGER, systems=";".join(after))


def _row(partner: Partner) -> dict[str, Any]:
    return {
        "organisation_id": partner.organisation_id,
        "valid_from": partner.valid_from,
        "valid_to": partner.valid_to,
        "name": partner.name,
        "sector": partner.sector,
        "lead_system": partner.systems.split(";")[0],
        "systems": partner.systems,
        "borough": partner.borough,
        "unit_type": "department" if partner.parent_id else "organisation",
        "parent_id": partner.parent_id,
        "joint_group": partner.joint_group,
        "agreed_to_be_named": partner.named,
        "successor_id": partner.successor_id,
    }
