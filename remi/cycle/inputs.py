"""What the results of a cycle are made from, kind by kind, as a hash of each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, Engine

from remi.cycle.arrivals import arrivals
from remi.cycle.work import CycleWork, before
from remi.scoring.engine import ENGINE_VERSION
from remi.store.reviews import decisions_of
from remi.store.runs import steps_of
from remi.store.verdicts import counting_by_file
from remi.store.watermark import NOTHING, watermarks

PROGRAM = "program"
CONFIGURATION = "configuration"
REGISTER = "register"
FILES = "files and sign-offs"
REVIEWS = "reviewers' decisions"
YEAR_BEFORE = "results of the year before"


def inputs(work: CycleWork, within: Connection | None = None) -> dict[str, str]:
    """Each kind of input with its SHA-256.

    Configuration and register are those that `work` holds; the rest is as it is stored now, or
    as it stands in the transaction `within`.
    """
    source = within or work.workspace.engine
    parts = {
        PROGRAM: [ENGINE_VERSION],
        CONFIGURATION: _configured(work),
        REGISTER: [work.register.to_csv(index=False)],
        FILES: _arrived(work, source),
        REVIEWS: _decided(work),
        YEAR_BEFORE: _year_before(work),
    }
    return {
        kind: hashlib.sha256("\n".join(lines).encode()).hexdigest() for kind, lines in parts.items()
    }


def input_hash(work: CycleWork) -> str:
    """SHA-256 of everything that the cycle's results are made from."""
    return one_hash(inputs(work))


def one_hash(kinds: Mapping[str, str]) -> str:
    """The one hash of all kinds of `inputs`."""
    lines = [f"{kind} {kinds[kind]}" for kind in sorted(kinds)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def source_run_id(kinds: Mapping[str, str]) -> str:
    """How tables, manifest and page name the run: the same inputs give the same name."""
    return one_hash(kinds)[:16]


def _configured(work: CycleWork) -> Iterator[str]:
    chosen = work.workspace.configuration
    for model in (
        *(work.framework, work.cycle, work.places),
        *(chosen.assessment, chosen.engagement, chosen.policy),
    ):
        yield model.model_dump_json()
    yield f"sign-off needed: {chosen.portal.sign_off_needed}"
    yield f"two reviewers: {chosen.portal.two_person_review}"
    earlier = before(work)
    crosswalk = chosen.crosswalk(earlier.cycle, work.cycle) if earlier else None
    if crosswalk:
        yield crosswalk.model_dump_json()


def _arrived(work: CycleWork, source: Engine | Connection) -> Iterator[str]:
    """Each file in its place, whether it may count, and what was made of it: a file that came
    while a run judged may have its verdict only later. And how often files came at all."""
    yield f"came: {watermarks(source).get(work.cycle_id, NOTHING).files}"
    counted = counting_by_file(source, work.cycle_id)
    for one in arrivals(work):
        key = one.submission.submission_id
        yield f"{key} {one.submission.sha256} {one.may_count} {counted.get(key)}"


def _decided(work: CycleWork) -> Iterator[str]:
    for one in decisions_of(work.workspace.engine, work.cycle_id):
        yield (
            f"{one.organisation_id} {one.indicator_id} {one.stage} {one.basis} {one.decision} "
            f"{one.grade} {one.person_id}"
        )


def _year_before(work: CycleWork) -> Iterator[str]:
    """What was stored of the year before, whenever and however often it was made."""
    earlier = before(work)
    if earlier:
        made = steps_of(work.workspace.engine, earlier.cycle_id)
        for step in sorted(made):
            if made[step].content_hash:
                yield f"{step} {made[step].content_hash}"
