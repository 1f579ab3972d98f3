"""Located values on their way from the worker: each text once, and where it stands as a number.

A workbook of a hundred thousand rows repeats a few hundred texts half a million times. Written out
as they are, its values took the host three times the memory that they need.

Runs in the worker on a partner's file, so only the standard library is used.
"""

from __future__ import annotations

from typing import Any

from remi.intake.locating.locate import locate
from remi.intake.reading.cells import WorkbookCells

PACKED = "packed"


def locate_packed(workbook: WorkbookCells, plan: dict[str, Any]) -> dict[str, Any]:
    """What `locate` says, with `packed` in place of `values`: everything that stands in them, each
    once, and for each field of a value the places of all values' entries in it."""
    found = locate(workbook, plan)
    places: dict[Any, int] = {}
    fields = [
        [places.setdefault(entry, len(places)) for entry in column]
        for column in zip(*found.pop("values"), strict=True)
    ]
    return found | {PACKED: [list(places), fields]}


def unpacked(found: dict[str, Any]) -> dict[str, Any]:
    """As `locate` gave it. Every value is a list of its own."""
    if PACKED not in found:
        return found
    entries, fields = found.pop(PACKED)
    columns = [map(entries.__getitem__, places) for places in fields]
    return found | {"values": list(map(list, zip(*columns, strict=True)))}
