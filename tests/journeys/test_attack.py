"""Somebody reads all published files of the demonstration to learn who is at which stage."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest_journeys import CYCLES, work_in
from stage_attack import Attack, Partner, Release

from remi.cycle.tables import cycle_data
from remi.impact.index import indicator_words
from remi.impact.partners import whole_partners
from remi.impact.results import results
from remi.release.published import latest_release
from schemas.framework import Framework
from schemas.impact import CycleData


@pytest.fixture
def years(published: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, CycleData]:
    return {cycle: cycle_data(work_in(published, monkeypatch, cycle)) for cycle in CYCLES}


def release(published: Path, year: int, data: CycleData, commitment_id: str) -> Release:
    """What everybody knows: the files, who returned, and which sectors are asked what."""
    folder = latest_release(published / "releases", data.cycle.id)
    assert folder is not None
    members, found = whole_partners(data), results(data)
    known = {
        partner.id: Partner(partner.sector, partner.system)
        for partner in members
        if found.final_stage(partner, commitment_id) is not None
    }
    asked = {
        indicator_words(data.framework, indicator.id): frozenset(
            partner.sector
            for partner in members
            if data.framework.applies(indicator, partner.sector_id)
        )
        for _, indicator in data.framework.indicators()
    }
    return Release(year, folder / "data", known, asked)


def stages_of(framework: Framework) -> tuple[int, ...]:
    return tuple(range(len(framework.stages) + 1))


def test_no_stage_of_a_partner_who_is_not_named_is_certain(
    published: Path, years: dict[str, CycleData]
) -> None:
    framework = years[CYCLES[-1]].framework
    found, n_hidden = {}, 0
    for commitment in framework.commitments:
        attack = Attack(
            commitment.name,
            len(years),
            stages_of(framework),
            all_core=framework.scoring.attainment.rule == "all_core",
        )
        releases = [
            release(published, place, data, commitment.id)
            for place, data in enumerate(years.values())
        ]
        attack.read(releases)
        lone = [group for made in releases for group in attack.lone_scores(made)]
        found[commitment.name] = [*attack.exact(), *lone]
        n_hidden += attack.n_hidden
    assert n_hidden > 20, "the attack has somebody to find"
    assert not any(found.values()), found
