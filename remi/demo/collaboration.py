"""Write the invented collaboration: its register, and what its partners send in each cycle."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from remi.configuration import Configuration, load
from remi.demo.faults import ANOTHER_ORGANISATIONS_TEMPLATE, FAULTS, LAST_YEARS_TEMPLATE
from remi.demo.fill import Setting, filled_assessment, filled_engagement, setting_of
from remi.demo.partners import PARTNERS, Partner, partner, register_csv
from remi.demo.schedule import Delivery, deliveries
from remi.settings import Settings, signing_key

LETTER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)

MOST_PROCESSES = 4


@dataclass(frozen=True)
class DemoSummary:
    """What lies there now: the register, every file in order of arrival, how many are new."""

    register: Path
    partners: int
    deliveries: tuple[Delivery, ...]
    written: int


def write_demo(
    settings: Settings,
    configuration: Configuration,
    cycles: Sequence[str],
    progress: Callable[[int, int], None] | None = None,
) -> DemoSummary:
    """Write the register, and the workbooks of these cycles into the inbox.

    A file's modification time is its time of arrival. Files that are there already are left as
    they are, so it may be run again. `progress` is told how many workbooks of how many are done.
    Raises FileExistsError where another register is kept, so that no invented partner is mixed
    with a real one; KeyError for an unknown cycle.
    """
    planned = [d for cycle_id in cycles for d in cycle_deliveries(configuration, cycle_id)]
    _write_register(settings.register)
    missing = [d for d in planned if not _path(settings, d).exists()]
    folder, key = configuration.folder, signing_key(settings)
    workers = min(MOST_PROCESSES, os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        made = {pool.submit(content_of, folder, key, delivery): delivery for delivery in missing}
        for number, future in enumerate(as_completed(made), start=1):
            _write_draft(_path(settings, made[future]), future.result(), made[future])
            if progress:
                progress(number, len(missing))
    # One after another: of files that are first seen together, the one put there last counts.
    for delivery in missing:
        path = _path(settings, delivery)
        _draft_of(path).replace(path)
    return DemoSummary(settings.register, len(PARTNERS), tuple(planned), len(missing))


def cycle_deliveries(configuration: Configuration, cycle_id: str) -> list[Delivery]:
    """Everything that arrives in one cycle, in order of arrival. KeyError for no such cycle."""
    cycle = configuration.cycles.get(cycle_id)
    years = configuration.cycles.cycles.index(cycle)
    return deliveries(cycle, years, [p for p in PARTNERS if _takes_part(p, cycle.closes)])


def content_of(folder: Path, key: bytes, delivery: Delivery) -> bytes:
    """The bytes of one file, the same each time; `folder` is that of the configuration."""
    if delivery.content == "letter":
        return LETTER
    setting = _setting(folder, delivery.cycle, key)
    if delivery.content == "engagement":
        return filled_engagement(setting, delivery.completed_on)
    who, day = delivery.organisation_id, delivery.completed_on
    if delivery.fault == LAST_YEARS_TEMPLATE:
        before = _setting(folder, setting.cycles[-2].id, key)
        return filled_assessment(setting, who, day, template_of=before)
    if delivery.fault == ANOTHER_ORGANISATIONS_TEMPLATE:
        return filled_assessment(setting, who, day, template_for=_neighbour(who))
    content = filled_assessment(setting, who, day, delivery.revised)
    return FAULTS[delivery.fault](content) if delivery.fault else content


@lru_cache
def _setting(folder: Path, cycle_id: str, key: bytes) -> Setting:
    return setting_of(load(folder), cycle_id, key)


def _neighbour(organisation_id: str) -> str:
    """Another partner, of the same sector if there is one, that takes part throughout."""
    own = partner(organisation_id)
    others = [p for p in PARTNERS if p != own and not p.parent_id and not p.valid_to]
    same = [p for p in others if p.sector == own.sector]
    return (same or others)[0].organisation_id


def _takes_part(who: Partner, day: date) -> bool:
    return who.valid_from <= day and (who.valid_to is None or day <= who.valid_to)


def _path(settings: Settings, delivery: Delivery) -> Path:
    return settings.inbox / delivery.cycle / delivery.file_name


def _write_register(path: Path) -> None:
    text = register_csv()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    elif path.read_text(encoding="utf-8") != text:
        raise FileExistsError(
            f"{path} holds another partner register; choose another folder for the invented one"
        )


def _draft_of(path: Path) -> Path:
    return path.with_name(f".{path.name}")


def _write_draft(path: Path, content: bytes, delivery: Delivery) -> None:
    """Write a file under a hidden name, with its time of arrival as its modification time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft_of(path)
    draft.write_bytes(content)
    moment = int(delivery.arrives_at.timestamp()) * 1_000_000_000
    os.utime(draft, ns=(moment, moment))
