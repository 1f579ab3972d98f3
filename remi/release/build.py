"""A release as files, and its versioned folder: complete or not there at all, and never changed.

`releases/<cycle>/v<n>/` holds one version, and `releases/<cycle>/latest.json` names the newest.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from remi.release.content import Content
from remi.release.opendata import data_files
from remi.release.page import PAGE, page
from remi.release.published import LATEST, MANIFEST
from remi.release.workbook import workbook, workbook_name


@dataclass(frozen=True)
class ReleaseFolder:
    """Where a version lies. `changed` is False where the newest version already said the same."""

    version: int
    folder: Path
    content_sha256: str
    changed: bool


def build_release(content: Content, stylesheet: str) -> dict[str, bytes]:
    """File name to bytes for the whole release, manifest included; the same each time."""
    files = {
        PAGE: page(content, stylesheet),
        workbook_name(content): workbook(content),
        **data_files(content),
    }
    return {**files, MANIFEST: _manifest(content, files)}


def write_release(files: Mapping[str, bytes], releases: Path, cycle: str) -> ReleaseFolder:
    """Keep the files as the cycle's next version, or nothing where the newest has the same.

    The version is written beside its place, renamed into it, and only then named as the latest, so
    that a build that is stopped half way leaves no version and the old one stays the latest.
    """
    content_sha256 = hashlib.sha256(files[MANIFEST]).hexdigest()
    home = releases / cycle
    home.mkdir(parents=True, exist_ok=True)
    while True:
        newest = newest_version(home)
        if newest and _sha256(home / f"v{newest}" / MANIFEST) == content_sha256:
            _point_at(home, newest, content_sha256)
            return ReleaseFolder(newest, home / f"v{newest}", content_sha256, changed=False)
        target = home / f"v{newest + 1}"
        partial = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=home))
        try:
            _write_all(files, partial)
            partial.rename(target)
        except OSError:
            # Another build may have taken the number between the look and the rename.
            if not target.exists():
                raise
        else:
            _point_at(home, newest + 1, content_sha256)
            return ReleaseFolder(newest + 1, target, content_sha256, changed=True)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def newest_version(home: Path) -> int:
    """The highest version in a cycle's folder; 0 where there is none."""
    numbers = (path.name[1:] for path in home.glob("v*") if path.is_dir())
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def _manifest(content: Content, files: Mapping[str, bytes]) -> bytes:
    cycle = content.cycle
    manifest = {
        "title": content.title,
        "cycle": cycle.id,
        "period": {
            "type": cycle.period_type,
            "start": cycle.period_start.isoformat(),
            "end": cycle.period_end.isoformat(),
        },
        "publishes": cycle.publishes.isoformat(),
        "framework_version": content.framework,
        "source_run_id": content.source_run_id,
        "demonstration": content.demonstration_notice is not None,
        "files": [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(files.items())
        ],
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _write_all(files: Mapping[str, bytes], folder: Path) -> None:
    folder.chmod(0o755)
    for name, data in sorted(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_to_disk(path, data)


def _write_to_disk(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _point_at(home: Path, version: int, content_sha256: str) -> None:
    pointer = {"version": version, "folder": f"v{version}", "content_sha256": content_sha256}
    data = (json.dumps(pointer, indent=2) + "\n").encode("utf-8")
    target = home / LATEST
    if target.exists() and target.read_bytes() == data:
        return
    handle, name = tempfile.mkstemp(prefix=".latest-", dir=home)
    os.close(handle)
    try:
        _write_to_disk(Path(name), data)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
