"""How fast a cycle is scored, and in how much memory: `name, ours, peer or limit, ratio`.

Answers are made directly as an array, for the framework of the newest cycle. Beside our own
figures stand, measured in the same run: a plain loop over organisations (the reference engine of
the tests, on 1,000 of them) and one bare pass over the same array. The same answers also go through
the framework as a tree of any operators (`remi.scoring.model`), beside the index's own engine.
100,000 organisations are scored only with FULL=1 in the environment.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.measures import line
from remi.framework.load import framework_file, load_framework
from remi.scoring.arrays import CODE_OF, Code, Codes, asked, outline
from remi.scoring.engine import score_cycle, score_states
from remi.scoring.model.evaluate import evaluate
from remi.scoring.model.index import as_model, index_states
from remi.scoring.model.plan import compiled
from schemas.framework import Framework
from schemas.loading import load_yaml
from schemas.programme import Cycles

ROOT = Path(__file__).resolve().parents[1]
SMALL, LARGE = 1_000, 100_000
SECONDS_ALLOWED, MEGABYTES_ALLOWED = 10, 2_048
WORD_OF = {code: word for word, code in CODE_OF.items()}


def framework_of_newest_cycle() -> tuple[Framework, list[str]]:
    """The framework and the sectors that it is asked of."""
    config = ROOT / "config"
    sectors = pd.read_csv(config / "reference" / "sectors.csv")["id"].tolist()
    newest = load_yaml(config / "cycles.yaml", Cycles).cycles[-1]
    return load_framework(framework_file(config, newest.framework), sectors), sectors


def made_up_sectors(sectors: list[str], n_organisations: int) -> list[str]:
    """Every sector in turn."""
    return [sectors[n % len(sectors)] for n in range(n_organisations)]


def made_up_answers(framework: Framework, sectors: list[str]) -> Codes:
    """[organisation, criterion]: met up to some stage of each indicator, then a mixture."""
    shape, generator = outline(framework), np.random.default_rng(1)
    mixture = np.array([Code.MET, Code.PART, Code.NOT_MET, Code.NOT_MET, Code.UNANSWERED], np.int8)
    cells = (len(sectors), len(shape.indicator_ids), shape.n_stages)
    states = mixture[generator.integers(0, len(mixture), cells, dtype=np.uint8)]
    reached = generator.integers(0, shape.n_stages + 1, cells[:2], dtype=np.int8)
    states[np.arange(shape.n_stages, dtype=np.int8) < reached[..., None]] = Code.MET
    states[generator.integers(0, 100, cells, dtype=np.uint8) == 0] = Code.NOT_APPLICABLE
    states[~asked(framework, sectors)] = Code.OUT_OF_SCOPE
    return states.reshape(len(sectors), -1)


def as_frame(states: Codes, framework: Framework) -> pd.DataFrame:
    """The array as the frame of answers that intake gives."""
    n_stages = len(framework.stages)
    criteria = [
        (commitment.id, indicator.id, stage)
        for commitment, indicator in framework.indicators()
        for stage in range(1, n_stages + 1)
    ]
    organisation, criterion = np.nonzero(states)
    frame = pd.DataFrame(criteria, columns=["commitment_id", "indicator_id", "stage"])
    frame = frame.take(criterion).reset_index(drop=True)
    frame["cycle"] = "2025-26"
    frame["organisation_id"] = pd.Series(organisation).map("{:06d}".format)
    frame["submission_id"] = frame["organisation_id"]
    frame["answer"] = pd.Series(states[organisation, criterion]).map(WORD_OF)
    frame["inherited"] = False
    return frame.assign(sheet="", cell="")


def seconds(work: Callable[[], object], times: int) -> float:
    """The shortest of some runs: what the work takes when nothing else interferes."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def measure(n_organisations: int) -> dict[str, float]:
    """Score that many organisations in this process; seconds, rows and megabytes at the peak."""
    framework, sectors = framework_of_newest_cycle()
    states = made_up_answers(framework, made_up_sectors(sectors, n_organisations))
    shape, policy = outline(framework), framework.scoring
    return {
        "seconds": seconds(lambda: score_states(states, shape, policy), 3),
        "one_pass": seconds(lambda: np.count_nonzero(states), 5),
        "rows": float(np.count_nonzero(states)),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measure_model(n_organisations: int) -> dict[str, float]:
    """Evaluate the framework as a tree, every node with stage, score and bounds."""
    framework, sectors = framework_of_newest_cycle()
    codes = made_up_answers(framework, made_up_sectors(sectors, n_organisations))
    plan, states = compiled(as_model(framework)), index_states(codes)
    return {
        "seconds": seconds(lambda: evaluate(states, plan), 3),
        "index": seconds(lambda: score_states(codes, outline(framework), framework.scoring), 1),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


MEASURES = {"arrays": measure, "model": measure_model}


def measure_apart(what: str, n_organisations: int) -> dict[str, float]:
    """One of the measures in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-m", "benchmarks.scoring", what, str(n_organisations)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def loop_seconds(states: Codes, framework: Framework) -> float:
    """One organisation after the other with the reference engine, its input ready made."""
    sys.path.insert(0, str(ROOT / "tests" / "scoring"))
    import reference

    n_stages = len(framework.stages)
    sheets = [
        {
            indicator.id: [WORD_OF[int(code)] for code in row]
            for (_, indicator), row in zip(framework.indicators(), rows, strict=True)
            if row[0] != Code.OUT_OF_SCOPE
        }
        for rows in states.reshape(len(states), -1, n_stages)
    ]
    return seconds(lambda: [reference.score_organisation(s, framework) for s in sheets], 1)


def main() -> None:
    """Print every measure."""
    framework, sectors = framework_of_newest_cycle()
    given = made_up_sectors(sectors, SMALL)
    states = made_up_answers(framework, given)
    loop = SMALL / loop_seconds(states, framework)

    answers = as_frame(states, framework)
    ids = [f"{n:06d}" for n in range(SMALL)]
    organisations = pd.DataFrame({"organisation_id": ids, "sector": given})
    framed = seconds(lambda: score_cycle(answers, organisations, framework, "2025-26", ""), 2)
    rate = SMALL / framed
    line(
        "scoring 1,000 from frame to frame: organisations a second", rate, loop, "loop", rate / loop
    )

    sizes = [SMALL, LARGE] if os.environ.get("FULL") == "1" else [SMALL]
    for size in sizes:
        found = measure_apart("arrays", size)
        took, name = found["seconds"], f"scoring {size:,} as arrays"
        rate = size / took
        line(f"{name}: organisations a second", rate, loop, "loop", rate / loop)
        rows, passed = found["rows"] / took, found["rows"] / found["one_pass"]
        line(f"{name}: answers a second", rows, passed, "one bare pass", rows / passed)
        line(f"{name}: seconds", took, SECONDS_ALLOWED, "limit", took / SECONDS_ALLOWED)
        used = found["megabytes"]
        line(f"{name}: peak MB", used, MEGABYTES_ALLOWED, "limit", used / MEGABYTES_ALLOWED)

        found = measure_apart("model", size)
        took, name = found["seconds"], f"scoring {size:,} as a tree of operators"
        rate, peer = size / took, size / found["index"]
        line(f"{name}: organisations a second", rate, peer, "the index's engine", rate / peer)
        line(f"{name}: seconds", took, SECONDS_ALLOWED, "limit", took / SECONDS_ALLOWED)
        used = found["megabytes"]
        line(f"{name}: peak MB", used, MEGABYTES_ALLOWED, "limit", used / MEGABYTES_ALLOWED)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(MEASURES[sys.argv[1]](int(sys.argv[2]))))
    else:
        main()
