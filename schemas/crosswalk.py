"""How the indicators of one framework version answer to those of another.

A crosswalk is a file that the framework's owners keep, a row for every indicator of both versions.
It says which answers of an earlier year may be read as answers to the later version. A program can
propose rows; that a reworded indicator still asks the same is for people to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field, model_validator

from schemas.framework import Framework, Indicator, Model
from schemas.loading import Fault, FaultsError, Steps


class Relation(StrEnum):
    """What became of an indicator."""

    SAME = "same"
    REWORDED = "reworded"
    SPLIT = "split"
    MERGED = "merged"
    NEW = "new"
    RETIRED = "retired"


class Comparability(StrEnum):
    """Whether answers to the old indicator may be read as answers to the new one."""

    COMPARABLE = "comparable"
    PARTLY = "partly"
    """Beside each other in words, never in a linked series."""
    NOT = "not"


ONE_TO_ONE = (Relation.SAME, Relation.REWORDED)
"""Only these can be comparable: in a split or merger no answer has one place to go."""

SEVERAL = {Relation.SPLIT, Relation.MERGED}
"""Only these can have an indicator in several rows."""


class FrameworkVersion(Model):
    """Which framework file is meant."""

    id: str
    version: str


class CrosswalkRow(Model):
    """One old indicator and one new one; a split or merged indicator has several rows."""

    old: str | None = None
    new: str | None = None
    relation: Relation
    comparability: Comparability
    note: str = Field(default="", description="Why, for whoever reads the crosswalk.")


class Crosswalk(Model):
    """Every indicator of two versions, in the order of the file."""

    from_framework: FrameworkVersion
    to_framework: FrameworkVersion
    rows: tuple[CrosswalkRow, ...] = Field(min_length=1)

    def comparable(self) -> dict[str, str]:
        """Old indicator -> the new one, where answers may be carried over."""
        return {
            row.old: row.new
            for row in self.rows
            if row.comparability == Comparability.COMPARABLE and row.old and row.new
        }

    @model_validator(mode="after")
    def _holds_together(self) -> Crosswalk:
        faults = [
            *_row_faults(self),
            *_once_faults(self, "old"),
            *_once_faults(self, "new"),
        ]
        if faults:
            raise FaultsError(faults)
        return self


def framework_faults(crosswalk: Crosswalk, old: Framework, new: Framework) -> Iterator[Fault]:
    """What does not fit the two frameworks: another version, unknown or forgotten indicators."""
    for steps, named, framework in (
        ("from_framework", crosswalk.from_framework, old),
        ("to_framework", crosswalk.to_framework, new),
    ):
        written = f"{named.id} {named.version}"
        if written != framework.name_and_version:
            yield Fault((steps,), f"is {written}, not {framework.name_and_version}")
    for side, framework in (("old", old), ("new", new)):
        ids = [indicator.id for _, indicator in framework.indicators()]
        written_ids = [getattr(row, side) for row in crosswalk.rows]
        for place, written in enumerate(written_ids):
            if written is not None and written not in ids:
                reason = f"no indicator “{written}” in {framework.name_and_version}"
                yield Fault(("rows", place, side), reason)
        if forgotten := [i for i in ids if i not in written_ids]:
            reason = f"no row for {', '.join(forgotten)} of {framework.name_and_version}"
            yield Fault(("rows",), reason)
    for place, row in enumerate(crosswalk.rows):
        hindrance = incomparable(row.old, row.new, old, new)
        if hindrance and row.comparability == Comparability.COMPARABLE:
            yield Fault(("rows", place, "comparability"), f"cannot be comparable: {hindrance}")


def incomparable(
    old_id: str | None, new_id: str | None, old: Framework, new: Framework
) -> str | None:
    """Why answers cannot be carried over whatever the wording, or None where they can."""
    if len(old.stages) != len(new.stages):
        return f"{len(old.stages)} stages have become {len(new.stages)}"
    before, after = _indicators(old).get(old_id or ""), _indicators(new).get(new_id or "")
    if before is None or after is None:
        return None
    sectors = {s for f in (old, new) for g in f.organisation_groups for s in g.sectors}
    changed = sorted(s for s in sectors if old.applies(before, s) != new.applies(after, s))
    everyone = {before.applies_to == "all", after.applies_to == "all"}
    if changed or len(everyone) == 2:
        # Where it was not asked before, its blank would be read as “not met”.
        return "it is not asked of the same sectors" + "".join(f", {s}" for s in changed)
    return None


def _indicators(framework: Framework) -> dict[str, Indicator]:
    return {indicator.id: indicator for _, indicator in framework.indicators()}


def _row_faults(crosswalk: Crosswalk) -> Iterator[Fault]:
    for place, row in enumerate(crosswalk.rows):
        at: Steps = ("rows", place)
        wants_old, wants_new = row.relation != Relation.NEW, row.relation != Relation.RETIRED
        for side, wanted in (("old", wants_old), ("new", wants_new)):
            if wanted != (getattr(row, side) is not None):
                verb = "needs an" if wanted else "has no"
                yield Fault((*at, side), f"a {row.relation.value} indicator {verb} {side} one")
        if row.comparability == Comparability.COMPARABLE and row.relation not in ONE_TO_ONE:
            reason = f"a {row.relation.value} indicator cannot be comparable; write partly or not"
            yield Fault((*at, "comparability"), reason)
        if row.comparability == Comparability.PARTLY and None in (row.old, row.new):
            reason = "there is nothing to compare with; write not"
            yield Fault((*at, "comparability"), reason)


def _once_faults(crosswalk: Crosswalk, side: str) -> Iterator[Fault]:
    seen: dict[str, Relation] = {}
    for place, row in enumerate(crosswalk.rows):
        written = getattr(row, side)
        if written is None:
            continue
        if written in seen and not {seen[written], row.relation} <= SEVERAL:
            reason = f"{written} is in two rows; only what is split or merged may be"
            yield Fault(("rows", place, side), reason)
        seen.setdefault(written, row.relation)
