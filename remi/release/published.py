"""What is already published: the newest version of a cycle, and whether it is still whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from remi.release.build import LATEST, MANIFEST


def latest_release(releases: Path, cycle: str | None = None) -> Path | None:
    """The folder that `latest` names for this cycle, or for the newest published cycle."""
    homes = [releases / cycle] if cycle else sorted(releases.glob("*"), reverse=True)
    for home in homes:
        pointer = home / LATEST
        if pointer.exists():
            return home / str(json.loads(pointer.read_text(encoding="utf-8"))["folder"])
    return None


def manifest_faults(folder: Path) -> list[str]:
    """Files of a version that are missing, added or changed since its manifest was written."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    said = {entry["name"]: entry["sha256"] for entry in manifest["files"]}
    there = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    return sorted(name for name in said.keys() | there.keys() if said.get(name) != there.get(name))
