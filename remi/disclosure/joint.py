"""Which statements about organisations to withhold, over all tables, versions and years together.

Take the organisations that did not agree to be named. Two of them cannot be told apart where every
published base has both or neither: whatever is counted, averaged or said of these bases stays the
same if the two change places with all their answers. Bases cut these organisations into sets whose
members cannot be told apart, and every difference between bases is made of such sets. So each set
that any base touches must have as many members as the smallest group, and more than one stage. That
holds against every attack that uses bases and arithmetic, and needs no list of attacks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from schemas.disclosure import Base, Disclosure

Result = tuple[str, str]
"""One organisation's result of one cycle: (organisation id, cycle)."""

Unit = tuple[tuple[str, ...], frozenset[str]]
"""Bases that have the same years and the same organisations to protect."""


def withheld_bases(
    new: Disclosure, published: Sequence[Disclosure], smallest: int
) -> frozenset[Base]:
    """The bases of the new release that must not be published beside what already is.

    `published` are the other versions and cycles, of which nothing can be withheld any more. The
    cheapest bases are withheld first, and none that could be published after all. The same input
    gives the same answer.
    """
    found: set[Base] = set()
    for commitment in sorted({base.commitment_id for base in new.bases}):
        found |= _Commitment(commitment, new, published, smallest).withheld()
    return frozenset(found)


@dataclass
class _Known:
    """What is known of one result: its stage in each version, and whether it is protected."""

    stages: dict[tuple[str, int], int]
    by_name: set[int]

    @property
    def protected(self) -> bool:
        """Not published by name, nor the same as what once was."""
        others = [stage for key, stage in self.stages.items() if key[1] not in self.by_name]
        named = {stage for key, stage in self.stages.items() if key[1] in self.by_name}
        return any(stage not in named for stage in others)


class _Commitment:
    """One commitment: its results, and the bases that are or may be published."""

    def __init__(
        self, commitment: str, new: Disclosure, published: Sequence[Disclosure], smallest: int
    ) -> None:
        self.smallest = smallest
        self.known: dict[Result, _Known] = {}
        for release in (*published, new):
            for organisation, stage in release.stages.get(commitment, {}).items():
                result = self.known.setdefault((organisation, release.cycle), _Known({}, set()))
                result.stages[release.cycle, release.version] = stage
                if organisation in release.named:
                    result.by_name.add(release.version)
        self.protected = {key for key, known in self.known.items() if known.protected}
        self.people = frozenset(organisation for organisation, _ in self.protected)
        # Contributors without a final stage count too: their answers are in the criteria.
        not_named = frozenset().union(*(base.members for base in new.bases)) - new.named
        self.units: dict[Unit, list[Base]] = defaultdict(list)
        self.few: set[Base] = set()
        for base in new.bases:
            if base.commitment_id == commitment:
                n_not_named = len(base.members & not_named)
                if 0 < n_not_named < smallest:
                    self.few.add(base)
                else:
                    self.units[self._unit(base)].append(base)
        self.fixed = {
            self._unit(base)
            for release in published
            for base in release.bases
            if base.commitment_id == commitment
        }
        # A fixed seed: a set of bases is the sum of their marks, compared instead of the bases.
        random = Random(commitment)  # noqa: S311 (not a secret)
        marks = sorted(self.fixed | set(self.units), key=_order)
        self.marks = {unit: random.getrandbits(64) for unit in marks}

    def withheld(self) -> set[Base]:
        cost = {unit: sum(len(b.members) for b in bases) for unit, bases in self.units.items()}
        shown = {unit for unit in self.units if unit[1]}
        order = sorted(shown, key=lambda unit: (cost[unit], _order(unit)))
        already = self._open(set())
        while left := self._open(shown) - already:
            tried = [(len(self._open(shown - {u}) - already), u) for u in order if u in shown]
            useful = [(len(left) - n, u) for n, u in tried if n < len(left)]
            if useful:
                _, worst = max(useful, key=lambda pair: pair[0] / (1 + cost[pair[1]]))
            else:
                who = {organisation for organisation, _ in left}
                touching = [u for u in order if u in shown and u[1] & who]
                if not touching:
                    break
                worst = touching[0]
            shown.discard(worst)
        for unit in reversed(order):
            if unit not in shown and not self._open(shown | {unit}) - already:
                shown.add(unit)
        hidden = {unit for unit in self.units if unit[1]} - shown
        return self.few | {base for unit in hidden for base in self.units[unit]}

    def _unit(self, base: Base) -> Unit:
        return base.years, base.members & self.people

    def _open(self, shown: set[Unit]) -> set[Result]:
        """Results that could be read or worked out if these bases were published."""
        bases = [unit for unit in self.fixed | shown if unit[1]]
        found: set[Result] = set()
        for years in self._linked(bases):
            found |= self._open_in(years, [b for b in bases if set(b[0]) <= years])
        return found

    def _linked(self, bases: Iterable[Unit]) -> list[frozenset[str]]:
        """Years that must be looked at together, since a published change joins them."""
        joined = {year: {year} for _, year in self.known}
        for years, members in bases:
            if len(years) < 2 or not any((m, y) in self.protected for m in members for y in years):
                continue
            together = set().union(*(joined.setdefault(year, {year}) for year in years))
            for year in together:
                joined[year] = together
        return sorted({frozenset(years) for years in joined.values()}, key=sorted)

    def _open_in(self, years: frozenset[str], bases: list[Unit]) -> set[Result]:
        places: dict[str, int] = defaultdict(int)
        touched: set[Result] = set()
        changing: set[str] = set()
        for unit in bases:
            for member in unit[1]:
                places[member] += self.marks[unit]
                touched |= {(member, year) for year in unit[0]} & self.protected
                if len(unit[0]) > 1:
                    changing.add(member)
        sets: dict[tuple[object, ...], list[str]] = defaultdict(list)
        for member in sorted({organisation for organisation, _ in touched}):
            states = tuple(self._state(member, year) for year in sorted(years))
            # One year by name and one not, joined by a published change: like nobody else.
            alone = member if {"named", "protected"} <= set(states) and member in changing else ""
            sets[places[member], states, alone].append(member)
        found: set[Result] = set()
        for members in sets.values():
            for year in years:
                results = [(m, year) for m in members if (m, year) in self.protected]
                if results and not self._is_safe(results):
                    found |= {result for result in results if result in touched}
        return found

    def _state(self, organisation: str, year: str) -> str:
        key = organisation, year
        if key in self.protected:
            known = self.known[key]
            return "protected" if not known.by_name else f"once named {organisation}"
        return "named" if key in self.known else ""

    def _is_safe(self, results: list[Result]) -> bool:
        """Enough that cannot be told apart, and not all at one stage in any version."""
        if len(results) < self.smallest:
            return False
        by_version: dict[tuple[str, int], set[int]] = defaultdict(set)
        for result in results:
            for version, stage in self.known[result].stages.items():
                by_version[version].add(stage)
        return all(len(stages) > 1 for stages in by_version.values())


def _order(unit: Unit) -> tuple[tuple[str, ...], list[str]]:
    return unit[0], sorted(unit[1])
