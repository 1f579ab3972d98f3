"""What is already published: the newest version of a cycle, and whether it is still whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
LATEST = "latest.json"


def latest_release(releases: Path, cycle: str | None = None) -> Path | None:
    """The folder that `latest` names for this cycle, or for the newest published cycle."""
    homes = [releases / cycle] if cycle else sorted(releases.glob("*"), reverse=True)
    for home in homes:
        pointer = home / LATEST
        if pointer.exists():
            return home / str(json.loads(pointer.read_text(encoding="utf-8"))["folder"])
    return None


class ChangedReleaseError(RuntimeError):
    """A published file is not what it was when it was published."""


def released_title(folder: Path) -> str:
    """What the report is called."""
    return str(_manifest(folder)["title"])


def released_files(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a version by its name, as its manifest has them."""
    return {str(entry["name"]): str(entry["sha256"]) for entry in _manifest(folder)["files"]}


def released_file(folder: Path, name: str) -> bytes:
    """The bytes of the manifest, or of a file that it names.

    Raises KeyError for any other name, and ChangedReleaseError where the file was changed.
    """
    if name == MANIFEST:
        return (folder / MANIFEST).read_bytes()
    said = released_files(folder)[name]
    content = (folder / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != said:
        raise ChangedReleaseError(f"{folder.name}/{name} was changed: restore it from backup")
    return content


def manifest_faults(folder: Path) -> list[str]:
    """Files of a version that are missing, added or changed since its manifest was written."""
    said = released_files(folder)
    there = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    return sorted(name for name in said.keys() | there.keys() if said.get(name) != there.get(name))


def _manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return found
