"""Everything in `config/`, read once and checked: cycles, places, pages, words, release policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from remi.dates import day_in_words
from remi.framework.crosswalk import load_crosswalk
from remi.framework.load import framework_file, load_framework
from remi.lists.faults import ListError, ListFault
from remi.lists.reader import ListColumns, read_list, spelling_faults
from remi.messages import load_messages
from schemas.crosswalk import Crosswalk
from schemas.framework import Framework, Model
from schemas.loading import ConfigurationError, load_yaml
from schemas.messages import SOURCE_LANGUAGE, Messages
from schemas.portal import PortalPolicy
from schemas.programme import (
    Borough,
    Cycle,
    Cycles,
    EthnicGroup,
    Places,
    ReleasePolicy,
    Sector,
    System,
)
from schemas.workbook import AssessmentPages, EngagementPages, ModelPages

ModelType = TypeVar("ModelType", bound=Model)

REFERENCE = ("sectors", "systems", "boroughs", "ethnic_groups")
"""The lists in `config/reference`."""

FileState = tuple[int, int, int]
"""What tells whether a file has changed since it was read."""


@dataclass(frozen=True)
class Configuration:
    """The collaboration's choices. Frameworks are loaded by cycle, since they may differ."""

    folder: Path
    cycles: Cycles
    messages: Messages
    policy: ReleasePolicy
    assessment: AssessmentPages
    engagement: EngagementPages
    model_workbook: ModelPages
    portal: PortalPolicy

    def framework(self, cycle: Cycle) -> Framework:
        """The framework that this cycle is assessed against."""
        sectors = tuple(sector.id for sector in self.places(cycle).sectors)
        path = framework_file(self.folder, cycle.framework)
        return _framework(path, _state(path), sectors)

    def crosswalk(self, before: Cycle, now: Cycle) -> Crosswalk | None:
        """From one cycle's framework to a later one's; None where nobody has written it.

        Raises ConfigurationError for a file that does not fit both frameworks.
        """
        path = self.folder / "crosswalks" / f"{before.framework}--{now.framework}.yaml"
        if not path.exists():
            return None
        return load_crosswalk(path, self.framework(before), self.framework(now))

    def places(self, cycle: Cycle) -> Places:
        """Sectors, systems, boroughs and ethnic groups as they stood for this cycle."""
        files = tuple(self.folder / "reference" / f"{name}.csv" for name in REFERENCE)
        return _places(files, tuple(map(_state, files)), cycle.geography_vintage)


def load_sectors(folder: Path) -> tuple[Sector, ...]:
    """The reference list of sectors, for what needs nothing else of the configuration."""
    return tuple(_rows(folder / "reference" / "sectors.csv", Sector))


def load(folder: Path, language: str = SOURCE_LANGUAGE) -> Configuration:
    """Read `config/`; `language` is that of messages to partners.

    Raises ConfigurationError naming file, line and field.
    """
    return Configuration(
        folder=folder,
        cycles=load_yaml(folder / "cycles.yaml", Cycles),
        messages=load_messages(folder, language),
        policy=load_yaml(folder / "release.yaml", ReleasePolicy),
        assessment=load_yaml(folder / "assessment.yaml", AssessmentPages),
        engagement=load_yaml(folder / "engagement.yaml", EngagementPages),
        model_workbook=load_yaml(folder / "model_workbook.yaml", ModelPages),
        portal=load_yaml(folder / "portal.yaml", PortalPolicy),
    )


def _state(path: Path) -> FileState:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


# Every page of the portal asks for these, and to read them takes longer than all the rest of it.
@lru_cache(maxsize=16)
def _framework(path: Path, _: FileState, sectors: tuple[str, ...]) -> Framework:
    return load_framework(path, sectors)


@lru_cache(maxsize=16)
def _places(files: tuple[Path, ...], _: tuple[FileState, ...], day: date) -> Places:
    sectors, systems, boroughs, ethnic_groups = files
    ever = _rows(systems, System)
    places = Places(
        sectors=tuple(_rows(sectors, Sector)),
        systems=tuple(s for s in ever if _stands(s.valid_from, s.valid_to, day)),
        boroughs=tuple(
            b for b in _rows(boroughs, Borough) if _stands(b.valid_from, b.valid_to, day)
        ),
        ethnic_groups=tuple(_rows(ethnic_groups, EthnicGroup)),
        other_systems=tuple(s for s in ever if not _stands(s.valid_from, s.valid_to, day)),
    )
    _refuse_lists_that_disagree(places, ever, day)
    return places


def _refuse_lists_that_disagree(places: Places, ever: Sequence[System], day: date) -> None:
    """Raises ConfigurationError where a line names a system that is not there on its day."""
    there = {s.id for s in ever}
    faults = [
        f"systems.csv: {s.name} ({s.id}) names the successor “{s.successor_id}”, which has no line"
        for s in ever
        if s.successor_id and s.successor_id not in there
    ]
    standing = {s.id for s in places.systems}
    faults += [
        f"boroughs.csv: {b.name} ({b.id}) lies in “{b.system_id}”, which is no care system on "
        f"{day_in_words(day)}; end that line and begin one with the system of that day"
        for b in places.boroughs
        if b.system_id not in standing
    ]
    if faults:
        raise ConfigurationError("\n".join(faults))


def _stands(valid_from: date, valid_to: date | None, day: date) -> bool:
    return valid_from <= day and (valid_to is None or day <= valid_to)


def _rows(path: Path, model: type[ModelType]) -> list[ModelType]:
    """Each line of a reference list as `model`; an empty cell is a field left out."""
    fields = model.model_fields.items()
    columns = ListColumns(
        tuple(name for name, field in fields if field.is_required()),
        tuple(name for name, field in fields if not field.is_required()),
    )
    try:
        file = read_list(path, columns)
    except ListError as error:
        raise ConfigurationError(str(error)) from error
    rows, faults = [], spelling_faults(file, columns.required[0])
    for row in file.rows:
        given = {name: text for name, text in row.texts.items() if text}
        try:
            rows.append(model.model_validate(given))
        except ValidationError as error:
            for fault in error.errors():
                field = ".".join(str(step) for step in fault["loc"])
                faults.append(ListFault(row.line, field, fault["msg"]))
    if faults:
        raise ConfigurationError(str(file.error(faults)))
    return rows
