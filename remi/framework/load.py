"""Find a framework file, read it, and check it against the sectors it will be asked of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from schemas.framework import Framework
from schemas.loading import ConfigurationError, Fault, load_yaml


def framework_file(config_folder: Path, name: str) -> Path:
    """The file of the framework `name`, which is its file name without the ending.

    Raises ConfigurationError naming the frameworks there are.
    """
    files = {path.stem: path for path in sorted((config_folder / "frameworks").glob("*.yaml"))}
    if name not in files:
        there = ", ".join(files) or "none"
        raise ConfigurationError(f"no framework “{name}” in config/frameworks; there are: {there}")
    return files[name]


def load_framework(path: Path, sectors: Iterable[str]) -> Framework:
    """Read a framework for organisations of these `sectors` (every sector id that there is).

    Raises ConfigurationError with one line for each fault: `file:line: field: reason`. Beyond what
    the model refuses, a file is refused when a criterion is empty or repeats another of the same
    indicator, when a group names a sector that does not exist, and when a sector would be asked
    without any core indicator in a commitment, because it could then reach no stage there.
    """
    known = list(sectors)

    def check(framework: Framework) -> Iterator[Fault]:
        yield from _wording_faults(framework)
        yield from _unknown_sector_faults(framework, known)
        yield from _core_faults(framework, known)

    return load_yaml(path, Framework, check)


def _wording_faults(framework: Framework) -> Iterator[Fault]:
    for n, commitment in enumerate(framework.commitments):
        for m, indicator in enumerate(commitment.indicators):
            stage_of: dict[str, int] = {}
            for stage, criterion in enumerate(indicator.criteria, start=1):
                steps = ("commitments", n, "indicators", m, "criteria", stage - 1)
                wording = " ".join(criterion.split()).casefold()
                if not wording:
                    yield Fault(steps, "has no wording")
                elif wording in stage_of:
                    yield Fault(steps, f"has the same wording as stage {stage_of[wording]}")
                stage_of.setdefault(wording, stage)


def _unknown_sector_faults(framework: Framework, sectors: list[str]) -> Iterator[Fault]:
    for n, group in enumerate(framework.organisation_groups):
        for place, sector in enumerate(group.sectors):
            if sector not in sectors:
                steps = ("organisation_groups", n, "sectors", place)
                yield Fault(steps, f"no sector “{sector}” in the list of sectors")


def _core_faults(framework: Framework, sectors: list[str]) -> Iterator[Fault]:
    grouped = {sector for group in framework.organisation_groups for sector in group.sectors}
    for sector in sectors:
        asked = [i.id for _, i in framework.indicators() if framework.applies(i, sector)]
        # A framework may leave a sector out altogether; what it may not do is ask half of it.
        if not asked and sector not in grouped:
            continue
        for n, commitment in enumerate(framework.commitments):
            if not any(i.core and i.id in asked for i in commitment.indicators):
                reason = f"asks no core indicator of sector “{sector}”, which could reach no stage"
                yield Fault(("commitments", n), reason)
