"""Tables, versions and years together never give away a partner that is not named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import pytest
from impact_samples import CYCLE, POLICY, at, change, cycle_data, partner
from stage_attack import Attack, Partner, Release

from remi.disclosure.joint import withheld_bases
from remi.disclosure.protect import Beside, protect, published_bases
from remi.impact.bases import disclosure
from remi.impact.registry import annual_tables, make_tables
from schemas.disclosure import Base, Disclosure
from schemas.impact import CycleData

LEADERSHIP = "Leadership"
STAGES = (0, 1, 2, 3)
SECTORS = {"T": "trust", "C": "charity", "F": "faith"}
SECTOR_NAMES = {"trust": "Trust", "charity": "Charity", "faith": "Faith group"}
SYSTEM_NAMES = {"QA": "North", "QB": "South"}


@dataclass(frozen=True)
class Year:
    """Stages by partner, who is not named, and where somebody is in another system."""

    stages: Mapping[str, int]
    hidden: frozenset[str] = frozenset()
    south: frozenset[str] = frozenset()
    version_of: int | None = None
    """The year of which this is a later version."""


PEOPLE = [f"{letter}{n}" for letter in "TCF" for n in range(1, 8)]
BASE = MappingProxyType({key: (place * 2 + place // 4) % 4 for place, key in enumerate(PEOPLE)})
LATER = MappingProxyType({key: min(3, stage + (n % 3 == 0)) for n, (key, stage) in
                          enumerate(BASE.items())})  # fmt: skip
FIVE = frozenset({"T1", "T2", "C1", "C2", "F1", "F2"})
SOUTH = frozenset(key for key in PEOPLE if key[1] in "246")


def without(stages: Mapping[str, int], *keys: str) -> dict[str, int]:
    return {key: stage for key, stage in stages.items() if key not in keys}


SCENARIOS: dict[str, list[Year]] = {
    "one refuser in a sector": [Year(BASE, frozenset({"F1"}), SOUTH)],
    "two in a system": [Year(BASE, frozenset({"T2", "C4"}), SOUTH)],
    "five and one": [Year(BASE, FIVE, SOUTH)],
    "five with movement": [Year(BASE, FIVE, SOUTH), Year(LATER, FIVE, SOUTH)],
    "one refuser with movement": [
        Year(BASE, frozenset({"C3"}), SOUTH), Year(LATER, frozenset({"C3"}), SOUTH)],
    "consent given": [Year(BASE, FIVE, SOUTH), Year(LATER, FIVE - {"T1"}, SOUTH)],
    "consent withdrawn": [Year(BASE, FIVE, SOUTH), Year(LATER, FIVE | {"C5"}, SOUTH)],
    "a joiner": [Year(without(BASE, "T1"), FIVE, SOUTH), Year(LATER, FIVE, SOUTH)],
    "a leaver": [Year(BASE, FIVE, SOUTH), Year(without(LATER, "T1"), FIVE, SOUTH)],
    "another system": [Year(BASE, FIVE, SOUTH), Year(LATER, FIVE, SOUTH ^ {"T1"})],
    "a late return": [
        Year(without(BASE, "T1"), FIVE, SOUTH), Year(BASE, FIVE, SOUTH, version_of=0)],
    "consent given in a version": [
        Year(BASE, FIVE, SOUTH), Year(BASE, FIVE - {"T1"}, SOUTH, version_of=0)],
    "a correction": [
        Year(BASE, FIVE, SOUTH), Year({**BASE, "T1": 3}, FIVE, SOUTH, version_of=0)],
    "everybody alike": [Year(dict.fromkeys(BASE, 2), FIVE, SOUTH)],
    "those not named alike": [Year({**BASE, **dict.fromkeys(FIVE, 1)}, FIVE, SOUTH)],
    "alike a year later": [
        Year(BASE, FIVE, SOUTH), Year({**LATER, **dict.fromkeys(FIVE, 2)}, FIVE, SOUTH)],
}  # fmt: skip


def cycle(year: Year, place: int, before: Mapping[str, int]) -> CycleData:
    register = [
        partner(
            key, SECTORS[key[0]], "QB" if key in year.south else "QA",
            agreed_to_be_named=key not in year.hidden,
        )
        for key in year.stages
    ]  # fmt: skip
    sheets: dict[str, dict[str, str]] = {
        key: {k: v for k, v in at(stage).items() if key[0] != "F" or k[0] == "L"}
        for key, stage in year.stages.items()
    }
    changes: list[dict[str, Any]] = [
        change(key, before[key], stage) for key, stage in year.stages.items() if key in before
    ]
    made = cycle_data(register, sheets, changes=changes)
    return replace(made, cycle=replace_id(f"{2021 + place}-{22 + place}"))


def replace_id(cycle_id: str) -> Any:
    return CYCLE.model_copy(update={"id": cycle_id})


def publish(years: Sequence[Year], folder: Path, *, together: bool = True) -> list[Release]:
    """Every year's tables as CSV files, each protected beside what is already published."""
    releases: list[Release] = []
    published: list[Disclosure] = []
    places: list[int] = []
    for number, year in enumerate(years):
        place = year.version_of if year.version_of is not None else len(set(places))
        earlier = [y for y, p in zip(years, places, strict=False) if p == place - 1]
        data = cycle(year, place, earlier[-1].stages if earlier else {})
        definitions = annual_tables(data.framework)
        said = disclosure(data, f"{2020 + place}-{21 + place}" if place else None)
        said = replace(said, version=number + 1)
        beside = Beside(said, published) if together else None
        tables = protect(make_tables(data), definitions, POLICY, beside).tables
        published.append(published_bases(said, tables, definitions))
        out = folder / f"{number}"
        out.mkdir(parents=True)
        for definition in definitions:
            tables[definition.id].to_csv(out / f"{definition.id.lower()}_{definition.name}.csv")
        known = {
            key: Partner(
                SECTOR_NAMES[SECTORS[key[0]]], SYSTEM_NAMES["QB" if key in year.south else "QA"]
            )
            for key in year.stages
        }
        releases.append(Release(place, out, known))
        places.append(place)
    return releases


def attacked(releases: list[Release]) -> list[tuple[str, int, int]]:
    attack = Attack(LEADERSHIP, 1 + max(r.year for r in releases), STAGES)
    attack.read(releases)
    return attack.exact()


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_stage_of_a_partner_who_is_not_named_is_certain(name: str, tmp_path: Path) -> None:
    years = SCENARIOS[name]
    releases = publish(years, tmp_path)
    if name == "a correction":
        # Somebody's answer differs, so that the two versions are two worlds.
        assert [attacked([release]) for release in releases] == [[], []]
    else:
        assert attacked(releases) == []


@pytest.mark.parametrize("name", ["a joiner", "a late return", "those not named alike"])
def test_the_attack_succeeds_where_tables_are_protected_one_by_one(
    name: str, tmp_path: Path
) -> None:
    assert attacked(publish(SCENARIOS[name], tmp_path, together=False)) != []


def test_what_is_safe_is_published(tmp_path: Path) -> None:
    """Six of 21 are not named: the whole stays, and so does how all moved."""
    last = publish(SCENARIOS["five with movement"], tmp_path)[-1]
    whole = pd.read_csv(last.data / "a02_london_picture.csv").iloc[0]
    moved = pd.read_csv(last.data / "a03_movement.csv").iloc[0]
    assert whole["n_stage_0"] + whole["n_stage_1"] + whole["n_stage_2"] + whole["n_stage_3"] == 21
    assert moved["n_up"] + moved["n_same"] + moved["n_down"] == 21


def test_one_refuser_leaves_the_sectors_in_which_all_are_named(tmp_path: Path) -> None:
    release = publish(SCENARIOS["one refuser in a sector"], tmp_path)[0]
    picture = pd.read_csv(release.data / "a02_london_picture.csv")
    own = picture[(picture["commitment"] == LEADERSHIP) & (picture["system"] == "All")]
    shown = dict(zip(own["sector"], own["n_stage_1"].notna(), strict=True))
    assert {key: shown[key] for key in ("All", "Trust", "Charity", "Faith group")} == {
        "All": False, "Trust": True, "Charity": True, "Faith group": False,
    }  # fmt: skip


def test_the_cheapest_base_is_withheld_and_nothing_without_need() -> None:
    """Seven are in the whole and six of them in both years: the change is withheld, no more."""
    people = {f"N{n}": n % 3 for n in range(7)}
    others = {f"P{n}": n % 3 for n in range(10)}

    def base(table: str, years: tuple[str, ...], who: Sequence[str]) -> Base:
        return Base(table, ("n_base",), (), "c", "C", years, frozenset(who))

    everyone = {**people, **others}
    whole = base("A02", ("2",), list(everyone))
    change_of_six = base("A03", ("1", "2"), [key for key in everyone if key != "N0"])
    named = frozenset(others)
    before = Disclosure("1", 1, named, {"c": without(everyone, "N0")}, ())
    now = Disclosure("2", 0, named, {"c": everyone}, (whole, change_of_six))
    assert withheld_bases(now, [before], 5) == {change_of_six}
    assert withheld_bases(replace(now, bases=(change_of_six,)), [before], 5) == frozenset()
