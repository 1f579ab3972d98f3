"""What lies in the inbox: one folder for each cycle, in which partners' files are left."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from remi.store.text import storable


@dataclass(frozen=True)
class InboxFile:
    """A file as it was when its folder was listed; `path` is inside the cycle's folder."""

    file: Path
    path: str
    size: int
    modified_ns: int
    placed_ns: int
    """When it was put there, which no program that copies files can set. Changing who may read it
    moves it too, so it only tells apart what is first seen at the same time."""

    @property
    def state(self) -> tuple[str, int, int]:
        """What tells a file that was received from one that is new or has changed."""
        return self.path, self.size, self.modified_ns

    @property
    def modified_at(self) -> datetime:
        """When it was last written, in UTC."""
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.modified_ns // 1000)

    def read(self) -> bytes | None:
        """Its bytes, or None where it has gone or is still being written."""
        try:
            content = self.file.read_bytes()
            now = self.file.stat()
        except FileNotFoundError:
            return None
        unchanged = (len(content), now.st_mtime_ns) == (self.size, self.modified_ns)
        return content if unchanged else None


def folders(inbox: Path) -> list[str]:
    """The names of the inbox's folders, in order; none where there is no inbox yet."""
    if not inbox.is_dir():
        return []
    return sorted(f.name for f in inbox.iterdir() if f.is_dir() and not _passed_over(f.name))


def files(folder: Path) -> list[InboxFile]:
    """Every file under `folder`, the one put there first being first, then by time and name.

    Hidden files and the lock files of Office (`~$...`) are passed over. Raises OSError where a
    folder cannot be listed.
    """
    return sorted(_walk(folder), key=lambda one: (one.placed_ns, one.modified_ns, one.path))


def _walk(folder: Path) -> Iterator[InboxFile]:
    for where, inner, names in os.walk(folder, onerror=_refuse):
        inner[:] = [name for name in inner if not _passed_over(name)]
        for name in names:
            if _passed_over(name):
                continue
            file = Path(where, name)
            try:
                seen = file.stat()
            except FileNotFoundError:
                continue
            if stat.S_ISREG(seen.st_mode):
                path = storable(file.relative_to(folder).as_posix())
                yield InboxFile(file, path, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


def _refuse(error: OSError) -> None:
    # Otherwise a folder without permission would look like an empty one.
    if not isinstance(error, FileNotFoundError):
        raise error


def _passed_over(name: str) -> bool:
    return name.startswith((".", "~$"))
