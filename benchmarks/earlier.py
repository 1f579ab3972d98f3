"""The general engine beside the index's own engine at an earlier commit: processor seconds.

That commit is checked out into a folder of its own for the time of the run, and both score the same
answers, each several times and in turn, in processes of their own. What counts is the best run of
each. Prints `name, ours, theirs, ratio`; run with `python -m benchmarks.earlier`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measures import line

ROOT = Path(__file__).resolve().parents[1]
COMMIT = "7504f2a"
"""The last one at which the index was scored only by an engine of its own."""

SIZES = {1_000: 1.5, 100_000: 1.0}
"""How many organisations, and how many times the earlier engine's time may be used."""
TURNS = 3
MEGABYTES_ALLOWED = 400

MEASURED = """
import json, resource, sys, time
from benchmarks import scoring as b
framework, sectors = b.framework_of_newest_cycle()
codes = b.made_up_answers(framework, b.made_up_sectors(sectors, int(sys.argv[2])))
if sys.argv[1] == "ours":
    plan, states = b.compiled(b.as_model(framework)), b.index_states(codes)
    del codes
    work = lambda: b.evaluate(states, plan)
else:
    shape, policy = b.outline(framework), framework.scoring
    work = lambda: b.score_states(codes, shape, policy)
work()
taken = []
for _ in range(3):
    start = time.process_time()
    work()
    taken.append(time.process_time() - start)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": min(taken), "megabytes": peak}))
"""


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """The commit in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "earlier"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(place), commit], check=True)
        try:
            yield place
        finally:
            subprocess.run([*git, "remove", "--force", str(place)], check=True)


def measured(what: str, size: int, root: Path) -> dict[str, float]:
    """Processor seconds and megabytes at the peak, of one process."""
    command = [sys.executable, "-c", MEASURED, what, str(size)]
    # The folder comes first on the path, before what is installed.
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(
        command, cwd=root, env=environment, check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print every measure."""
    with checked_out(COMMIT) as earlier:
        for size, allowed in SIZES.items():
            turns = [
                (measured("ours", size, ROOT), measured("theirs", size, earlier))
                for _ in range(TURNS)
            ]
            ours = min(one["seconds"] for one, _ in turns)
            theirs = min(other["seconds"] for _, other in turns)
            name = f"scoring {size:,}: processor seconds, {allowed:g} times allowed"
            line(name, ours, theirs, f"the index's engine at {COMMIT}", ours / theirs)
            used = max(one["megabytes"] for one, _ in turns)
            line(
                f"scoring {size:,}: peak MB",
                used,
                MEGABYTES_ALLOWED,
                "limit",
                used / MEGABYTES_ALLOWED,
            )


if __name__ == "__main__":
    main()
