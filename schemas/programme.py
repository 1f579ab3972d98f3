"""What the collaboration decides outside the framework: cycles, places, sectors, publication."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from schemas.framework import Choice, Model


class Cycle(Model):
    """One yearly collection round. `id` is used in folders and partitions, `label` in print."""

    id: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$")
    label: str
    opens: date
    closes: date
    late_until: date | None = Field(
        default=None, description="Last day on which a late return is taken; `closes` if left out."
    )
    publishes: date
    period_type: Literal["financial", "programme", "calendar"]
    period_start: date
    period_end: date
    framework: str = Field(description="File name in config/frameworks, without its ending.")
    geography_vintage: date = Field(description="Places are taken as they stood on this day.")

    @model_validator(mode="after")
    def _dates_in_order(self) -> Cycle:
        if not self.period_start < self.period_end:
            raise ValueError("period_start must come before period_end")
        if not self.opens <= self.closes <= self.last_day <= self.publishes:
            raise ValueError("opens, closes, late_until and publishes must be in order")
        if int(self.id[5:]) != (int(self.id[:4]) + 1) % 100:
            raise ValueError("a cycle is named by two years that follow each other, as 2025-26")
        return self

    @property
    def last_day(self) -> date:
        """The last day on which anything is taken."""
        return self.late_until or self.closes

    def takes_returns_on(self, day: date) -> bool:
        """Whether a return is taken on this day, in time or late."""
        return self.opens <= day <= self.last_day


class Cycles(Model):
    """Every cycle, oldest first."""

    cycles: tuple[Cycle, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Cycles:
        ids = [c.id for c in self.cycles]
        if ids != sorted(set(ids)):
            raise ValueError("list each cycle once, oldest first")
        return self

    def get(self, cycle_id: str) -> Cycle:
        """The cycle of this id; KeyError names the ones there are."""
        for cycle in self.cycles:
            if cycle.id == cycle_id:
                return cycle
        raise KeyError(f"no cycle {cycle_id}; there are {', '.join(c.id for c in self.cycles)}")

    def before(self, cycle_id: str) -> Cycle | None:
        """The cycle before this one, if there is one."""
        place = [c.id for c in self.cycles].index(cycle_id)
        return self.cycles[place - 1] if place else None

    def open_on(self, day: date) -> Cycle | None:
        """The cycle that takes returns on this day, if any."""
        return next((c for c in self.cycles if c.takes_returns_on(day)), None)

    def newest_on(self, day: date) -> Cycle:
        """The cycle that opened last by this day; the first one before any has opened."""
        return next((c for c in reversed(self.cycles) if c.opens <= day), self.cycles[0])


class Sector(Model):
    """A kind of organisation, and how it is named in tables."""

    id: str
    name: str


class System(Model):
    """An integrated care system, valid between two dates; a merged one names its successor."""

    id: str
    name: str
    ons_code: str
    valid_from: date
    valid_to: date | None = None
    successor_id: str | None = None
    note: str | None = Field(
        default=None, description="Where the line comes from, and what of it is not confirmed yet."
    )


class Borough(Model):
    """A borough and the system it lies in between two dates."""

    id: str
    name: str
    system_id: str
    valid_from: date
    valid_to: date | None = None


class EthnicGroup(Model):
    """One group of the 2021 classification, in the order in which it is always shown."""

    id: str
    name: str
    broad_group_id: str
    broad_group_name: str


class Places(Model):
    """Reference lists for one geography vintage.

    `systems` and `boroughs` are those that stand on its day; `other_systems` had ended by then, or
    have not begun. They are on no list: messages tell by them what has become of a code.
    """

    sectors: tuple[Sector, ...]
    systems: tuple[System, ...]
    boroughs: tuple[Borough, ...]
    ethnic_groups: tuple[EthnicGroup, ...]
    other_systems: tuple[System, ...] = ()

    def other_system(self, written: str) -> System | None:
        """The system of another day that has this id, name or ONS code, however capitalised."""
        wanted = " ".join(written.casefold().split())
        for one in self.other_systems:
            if wanted in (one.id.casefold(), one.name.casefold(), one.ons_code.casefold()):
                return one
        return None

    def successor(self, system: System) -> System | None:
        """The system of this day that an ended one has become part of, however many steps on."""
        later = {one.id: one for one in (*self.systems, *self.other_systems)}
        passed = {system.id}
        while (following := later.get(system.successor_id or "")) and following.id not in passed:
            if following in self.systems:
                return following
            passed.add(following.id)
            system = following
        return None


class DisclosureRule(Model):
    """People from 1 to `withhold_up_to` are withheld; other counts are rounded to `round_to`."""

    id: str
    withhold_up_to: int = Field(ge=1)
    round_to: int = Field(ge=1)
    sentence: str


class ReleasePolicy(Model):
    """How results may be published."""

    publisher: str
    people: DisclosureRule
    smallest_group: int = Field(
        ge=2, description="Fewest organisations in a published distribution"
    )
    comparator_definition: str
    demonstration_notice: str


__all__ = [
    "Borough",
    "Choice",
    "Cycle",
    "Cycles",
    "DisclosureRule",
    "EthnicGroup",
    "Places",
    "ReleasePolicy",
    "Sector",
    "System",
]
