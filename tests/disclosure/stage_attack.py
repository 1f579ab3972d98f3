"""An attack on published tables: which stages are possible for partners who are not named?

It reads the CSV files of releases, and what everybody knows: who the partners are, and who
returned. It shares no code with what protects the tables. A world is a stage for every partner
that is not named, in every year; a stage is possible if a world with it agrees with every
published number.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

LACKING = ("part", "not_met", "unanswered", "not_needed")

World = tuple[int | None, ...]
"""One partner's stage in each year, None where it has no result."""


@dataclass
class Partner:
    """What everybody knows of one partner in one year."""

    sector: str
    system: str


@dataclass
class Release:
    """The folder of one version, the year it is about, and the partners with a result in it."""

    year: int
    data: Path
    results: Mapping[str, Partner]
    asked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The sectors that are asked an indicator, where it is not all: the framework is public."""


@dataclass
class Count:
    """So many of these partners are in a world of which `holds` is true; or at most so many."""

    who: frozenset[str]
    holds: Callable[[World], bool]
    number: int
    at_most: bool = False


@dataclass
class Attack:
    """What the tables of several releases say about one commitment."""

    commitment: str
    n_years: int
    stages: tuple[int, ...]
    all_core: bool = False
    """Whether a stage needs its core criteria and nothing else."""
    named: dict[tuple[str, int], int] = field(default_factory=dict)
    partners: dict[int, Mapping[str, Partner]] = field(default_factory=dict)
    counts: list[Count] = field(default_factory=list)

    def read(self, given: Iterable[Release]) -> None:
        releases = list(given)
        for release in releases:
            for row in self._rows(release, "a01"):
                if row["organisation_id"] in release.results and row["declared_stage"]:
                    self.named[row["organisation_id"], release.year] = int(row["declared_stage"])
            known = {**self.partners.get(release.year, {}), **release.results}
            self.partners[release.year] = known
        for release in releases:
            self._read_numbers(release)

    def _rows(self, release: Release, table: str) -> list[dict[str, str]]:
        path = next(release.data.glob(f"{table}_*.csv"))
        with path.open(encoding="utf-8", newline="") as file:
            return [r for r in csv.DictReader(file) if r["commitment"] == self.commitment]

    def _read_numbers(self, release: Release) -> None:
        now = release.year
        for row in self._rows(release, "a02"):
            who = _group(release.results, row["sector"], row["system"])
            for stage in self.stages:
                self._count(who, row[f"n_stage_{stage}"], lambda w, s=stage: w[now] == s)
        for row in self._rows(release, "a23"):
            who = frozenset(release.results)
            if row["median_stage"]:
                median = int(row["median_stage"])
                self._count(who, row["n_at_or_below"], lambda w, m=median: w[now] <= m)
        self._read_criteria(release)
        everyone = frozenset(release.results)
        for row in self._rows(release, "a24"):
            # Only who is above the first can be lower by another rule, and so at the other end.
            for cell, end in (
                (row["n_lower"], min(self.stages)),
                (row["n_higher"], max(self.stages)),
            ):
                if cell:
                    self._at_most(everyone, len(everyone) - int(cell), lambda w, e=end: w[now] == e)
        if now == 0:
            return
        both = {k: p for k, p in release.results.items() if k in self.partners.get(now - 1, {})}
        for row in self._rows(release, "a25"):
            before = int(row["stage_before"])
            for stage in self.stages:
                self._count(
                    frozenset(both), row[f"n_now_{stage}"],
                    lambda w, b=before, s=stage: w[now - 1] == b and w[now] == s,
                )  # fmt: skip
        for row in self._rows(release, "a03"):
            who = _group(both, row["sector"], "All")
            for name, sign in (("n_up", 1), ("n_same", 0), ("n_down", -1)):
                self._count(who, row[name], lambda w, s=sign: _sign(w[now] - w[now - 1]) == s)

    def _read_criteria(self, release: Release) -> None:
        now = release.year
        every = [row for row in self._rows(release, "a04") if row["core"] == "yes"]
        core, n_core = [r for r in every if r["n_not_met"]], len({r["indicator"] for r in every})
        lacking: dict[int, list[int]] = defaultdict(list)
        for row in core:
            # Whoever is at a stage lacks none of its core criteria.
            stage = int(row["stage"])
            lack = sum(int(row[f"n_{name}"]) for name in LACKING)
            lacking[stage].append(lack)
            sectors = release.asked.get(row["indicator"])
            asked = frozenset(
                k for k, p in release.results.items() if sectors is None or p.sector in sectors
            )
            most = int(row["n_base"]) - lack
            self._at_most(asked, most, lambda w, s=stage: w[now] >= s)
        if not self.all_core:
            return
        everyone = frozenset(release.results)
        for stage, lacks in lacking.items():
            if len(lacks) < n_core:
                continue
            # Whoever is just below a stage lacks one of its core criteria or more: the named as
            # many as "3 of 4" says, so that not more than the rest are left for the others.
            named = [
                int(r["core_total_next"]) - int(r["core_met_next"])
                for r in self._rows(release, "a01")
                if r["organisation_id"] in everyone
                and r["declared_stage"] == str(stage - 1)
                and r["core_met_next"]
            ]
            most = sum(lacks) - sum(named) + len(named)
            self._at_most(everyone, most, lambda w, s=stage: w[now] == s - 1)

    def _at_most(self, who: frozenset[str], most: int, holds: Callable[[World], bool]) -> None:
        self.counts.append(Count(who, holds, most, True))

    def _count(self, who: frozenset[str], cell: str, holds: Callable[[World], bool]) -> None:
        if cell:
            self.counts.append(Count(who, holds, int(float(cell))))

    def exact(self) -> list[tuple[str, int, int | None]]:
        """(partner, year, stage) of every stage that is certain though it is not published."""
        worlds = self._worlds()
        unknown = sorted(k for k, found in worlds.items() if len(found) > 1)
        counts = self._left(worlds, unknown)
        first = _world(worlds, unknown, counts)
        assert first is not None, "no world agrees with what is said"
        seen = [first]
        found = []
        for partner, year in product(unknown, range(self.n_years)):
            stages = {world[partner][year] for world in seen}
            if len(stages) > 1 or None in stages or (partner, year) in self.named:
                continue
            (stage,) = stages
            others = [w for w in worlds[partner] if w[year] != stage]
            order = [partner, *(k for k in unknown if k != partner)]
            other = _world({**worlds, partner: others}, order, counts)
            if other is None:
                found.append((partner, year, stage))
            else:
                seen.append(other)
        return found

    def lone_scores(self, release: Release) -> list[str]:
        """Groups whose mean change of score, less the named, is that of one partner."""
        shown = {
            row["sector"]: int(row["n_not_named"])
            for row in self._rows(release, "a26")
            if row["change"]
        }
        if "All" in shown:
            sectors = [n for sector, n in shown.items() if sector != "All"]
            shown["All less the sectors"] = shown["All"] - sum(sectors)
        return [group for group, n in shown.items() if n == 1]

    @property
    def n_hidden(self) -> int:
        """How many results are not published by name."""
        return sum(len(known) for known in self.partners.values()) - len(self.named)

    def _worlds(self) -> dict[str, list[World]]:
        everyone = {key for known in self.partners.values() for key in known}
        return {
            key: list(product(*(self._possible(key, year) for year in range(self.n_years))))
            for key in everyone
        }

    def _possible(self, key: str, year: int) -> tuple[int | None, ...]:
        if key not in self.partners.get(year, {}):
            return (None,)
        return (self.named[key, year],) if (key, year) in self.named else self.stages

    def _left(self, worlds: dict[str, list[World]], unknown: list[str]) -> list[Count]:
        """The counts without those of whom all is known."""
        left = []
        for count in self.counts:
            known = [k for k in count.who if k not in unknown]
            n_known = sum(count.holds(worlds[k][0]) for k in known)
            who = count.who & set(unknown)
            if who:
                left.append(Count(who, count.holds, count.number - n_known, count.at_most))
        return left


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _group(partners: Mapping[str, Partner], sector: str, system: str) -> frozenset[str]:
    return frozenset(
        key
        for key, partner in partners.items()
        if sector in ("All", partner.sector) and system in ("All", partner.system)
    )


def _world(
    worlds: Mapping[str, list[World]], order: list[str], counts: list[Count]
) -> dict[str, World] | None:
    """A world for each that fits every count, if there is one: a search with a look ahead."""
    relevant = {key: [n for n, c in enumerate(counts) if key in c.who] for key in order}
    truth = {
        key: {tuple(counts[n].holds(w) for n in relevant[key]): w for w in worlds[key]}
        for key in order
    }
    chosen: dict[str, World] = {}
    left = [count.number for count in counts]
    after: list[list[int]] = []
    more = [0] * len(counts)
    for key in reversed(order):
        after.append(list(more))
        for place, n in enumerate(relevant[key]):
            more[n] += any(holds[place] for holds in truth[key])
    after.reverse()
    dead: set[tuple[int, tuple[int, ...]]] = set()

    def search(place: int) -> bool:
        if place == len(order):
            return all(n == 0 or (c.at_most and n >= 0) for n, c in zip(left, counts, strict=True))
        state = place, tuple(left)
        if state in dead:
            return False
        for holds in truth[order[place]]:
            for n, one in zip(relevant[order[place]], holds, strict=True):
                left[n] -= one
            fits = all(
                n >= 0 and (c.at_most or n <= possible)
                for n, c, possible in zip(left, counts, after[place], strict=True)
            )
            chosen[order[place]] = truth[order[place]][holds]
            if fits and search(place + 1):
                return True
            for n, one in zip(relevant[order[place]], holds, strict=True):
                left[n] += one
        dead.add(state)
        return False

    return chosen if all(n >= 0 for n in left) and search(0) else None
