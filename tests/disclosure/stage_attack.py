"""An attack on published tables: which stages are possible for partners who are not named?

It reads the CSV files of releases, and what everybody knows: who the partners are, and who
returned. It shares no code with what protects the tables. A world is a stage for every partner
that is not named, in every year; a stage is possible if a world with it agrees with every
published number.
"""

from __future__ import annotations

import csv
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
    named: dict[tuple[str, int], int] = field(default_factory=dict)
    partners: dict[int, Mapping[str, Partner]] = field(default_factory=dict)
    counts: list[Count] = field(default_factory=list)

    def read(self, releases: Iterable[Release]) -> None:
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
        for row in self._rows(release, "a04"):
            if row["core"] == "yes" and row["n_not_met"]:
                # Whoever is at a stage lacks none of its core criteria.
                stage = int(row["stage"])
                lack = sum(int(row[f"n_{name}"]) for name in LACKING)
                counted = frozenset(release.results)
                most = int(row["n_base"]) - lack
                self.counts.append(Count(counted, lambda w, s=stage: w[now] >= s, most, True))
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

    def _count(self, who: frozenset[str], cell: str, holds: Callable[[World], bool]) -> None:
        if cell:
            self.counts.append(Count(who, holds, int(float(cell))))

    def exact(self) -> list[tuple[str, int, int]]:
        """(partner, year, stage) of every stage that is certain though it is not published."""
        worlds = self._worlds()
        unknown = sorted(k for k, found in worlds.items() if len(found) > 1)
        counts = self._left(worlds, unknown)
        found = []
        for partner in unknown:
            for year in range(self.n_years):
                there = partner in self.partners.get(year, {})
                if there and (partner, year) not in self.named:
                    possible = [
                        stage
                        for stage in self.stages
                        if _agrees(
                            {**worlds, partner: [w for w in worlds[partner] if w[year] == stage]},
                            [partner, *(k for k in unknown if k != partner)],
                            counts,
                        )
                    ]
                    assert possible, f"no world agrees with what is said of {partner}"
                    if len(possible) == 1:
                        found.append((partner, year, possible[0]))
        return found

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


def _agrees(worlds: Mapping[str, list[World]], order: list[str], counts: list[Count]) -> bool:
    """Whether there is a world for each that fits every count: a search with a look ahead."""
    relevant = {key: [n for n, c in enumerate(counts) if key in c.who] for key in order}
    truth = {
        key: list({tuple(counts[n].holds(w) for n in relevant[key]): None for w in worlds[key]})
        for key in order
    }
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
            if fits and search(place + 1):
                return True
            for n, one in zip(relevant[order[place]], holds, strict=True):
                left[n] += one
        dead.add(state)
        return False

    return all(n >= 0 for n in left) and search(0)
