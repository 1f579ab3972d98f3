"""What every published version says of whom: kept in private, so that later ones are safe.

One file for each version, `<home>/disclosed/<cycle>/v<n>.json`. It names partners who did not agree
to be named, so that it never lies in the folder of releases.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path

from remi.cycle.tables import cycle_data, read_tables
from remi.cycle.work import CycleWork, before
from remi.disclosure.protect import published_bases
from remi.impact.bases import disclosure
from remi.release.build import newest_version
from schemas.disclosure import Base, Disclosure


def said(work: CycleWork) -> Disclosure:
    """All that the cycle's tables say of organisations, before protection."""
    earlier = before(work)
    return disclosure(cycle_data(work), earlier.cycle_id if earlier else None)


def published(work: CycleWork) -> list[Disclosure]:
    """What is published already, of every cycle, and the year before where it never was.

    A version that was published before such files were kept is taken to say what its cycle's
    published figures say now.
    """
    found: list[Disclosure] = []
    earlier = before(work)
    for cycle in work.workspace.configuration.cycles.cycles:
        other = CycleWork(work.workspace, cycle.id)
        newest = newest_version(work.workspace.settings.releases / cycle.id)
        kept = [_path(other, version) for version in range(1, newest + 1)]
        found += [_read(path) for path in kept if path.exists()]
        lost = [version for version, path in enumerate(kept, 1) if not path.exists()]
        if lost:
            found.append(replace(_as_stored(other), version=lost[-1]))
        elif not newest and earlier and cycle.id == earlier.cycle_id:
            found.append(replace(said(other), bases=()))
    return found


def keep(work: CycleWork, version: int) -> None:
    """Write down what this version says, once."""
    path = _path(work, version)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    made = replace(_as_stored(work), version=version)
    text = json.dumps(asdict(made), default=sorted, sort_keys=True)
    partial = path.with_suffix(".unfinished")
    partial.touch(mode=0o600)
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


def _as_stored(work: CycleWork) -> Disclosure:
    return published_bases(said(work), read_tables(work, "published"), work.tables)


def _path(work: CycleWork, version: int) -> Path:
    return work.workspace.settings.home / "disclosed" / work.cycle_id / f"v{version}.json"


def _read(path: Path) -> Disclosure:
    found = json.loads(path.read_text(encoding="utf-8"))
    bases = tuple(
        Base(
            table_id=base["table_id"],
            kind=tuple(base["kind"]),
            where=tuple((column, value) for column, value in base["where"]),
            commitment_id=base["commitment_id"],
            commitment=base["commitment"],
            years=tuple(base["years"]),
            members=frozenset(base["members"]),
        )
        for base in found["bases"]
    )
    return Disclosure(
        found["cycle"], found["version"], frozenset(found["named"]), found["stages"], bases
    )
