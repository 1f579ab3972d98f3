"""Memory and processor time of a process and all that it started, from /proc: Linux only."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EVERY_SECONDS = 0.02


class Peak:
    """The most megabytes that all processes together have used at one time."""

    megabytes = 0.0


@contextmanager
def peak_of(process: int) -> Iterator[Peak]:
    """Look at a process and its descendants, several times a second, until the end."""
    peak, done = Peak(), threading.Event()

    def look() -> None:
        while not done.wait(EVERY_SECONDS):
            peak.megabytes = max(peak.megabytes, megabytes_of(process))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()
        peak.megabytes = max(peak.megabytes, megabytes_of(process))


def megabytes_of(process: int) -> float:
    """What the process, and all that descend from it, keep in memory now.

    The sum of their proportional set sizes: a page that several share is counted once.
    """
    return sum(map(_proportional, [process, *descendants(process)])) / 1024


def processor_seconds(process: int) -> float:
    """What the process, and all that it has started and waited for, have used of processors."""
    ticks = 0
    for one in (process, *descendants(process)):
        with suppress(OSError):
            after_name = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, after_name[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def descendants(process: int) -> list[int]:
    """Every process that this one, or one of these, has started."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            with suppress(OSError):
                for child in map(int, (task / "children").read_text().split()):
                    found += [child, *descendants(child)]
    return found


def _proportional(process: int) -> int:
    with suppress(OSError):
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
        return int(found[1]) if found else 0
    return 0
