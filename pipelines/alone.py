"""One run of the command line at a time, and an end to what a killed one left unfinished.

What belongs here: the lock, and clearing up after a process that is gone. What does not: runs that
Dagster's daemon started. Dagster itself cannot tell that such a process is gone: the run would stay
“started” and keep its place in the pool, and every later run would wait for it for ever.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

STARTED_HERE = {"started_by": "command line"}
"""Tag of the runs that this lock is about."""

UNFINISHED = [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING]
UNFINISHED += [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


@contextmanager
def alone(instance: dg.DagsterInstance, home: Path) -> Iterator[None]:
    """Wait until no other command runs here, and mark as failed what a killed one left behind.

    The system takes the lock from a process however it ends, so whoever has it knows that nobody
    works on an unfinished run of the command line any more.
    """
    with (home / ".running").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        left_behind = dg.RunsFilter(statuses=UNFINISHED, tags=STARTED_HERE)
        for run in instance.get_runs(left_behind):
            instance.report_run_failed(run, "The process ended before the run did.")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        yield
