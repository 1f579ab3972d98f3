"""Whether a cycle may be published: only what one run made of the inputs as they are now, and only
once that run has passed every blocking check.

Asked by the publishing steps themselves, so whichever page, command or program starts them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from remi.cycle.checks import Answer, Check, blocking
from remi.cycle.inputs import REGISTER, inputs, one_hash, source_run_id
from remi.cycle.registering import register_as_written
from remi.cycle.steps import JUDGE, PROTECT, RUN
from remi.cycle.work import CycleWork
from remi.store.database import writing
from remi.store.register import RegisterError
from remi.store.runs import (
    MadeCheck,
    MadeStep,
    checks_of,
    record_check,
    record_passed,
    steps_of,
)
from remi.store.submissions import pending


class NotClearedError(RuntimeError):
    """A cycle that may not be published as it is stored; the text says why and what to do."""


@dataclass(frozen=True)
class Clearance:
    """The run that may be published. `source_run_id` is how tables, manifest and page name it."""

    run_id: str
    source_run_id: str


def ask(work: CycleWork, check: Check) -> Answer:
    """Ask a check of what is stored, and remember what it said where it is a blocking one."""
    answer = check.ask(work)
    if check.blocking:
        said = MadeCheck(check.name, check.step, work.run_id, answer.passed)
        with writing(work.workspace.engine) as connection:
            record_check(connection, work.cycle_id, said)
            steps = steps_of(connection, work.cycle_id)
            checks = checks_of(connection, work.cycle_id)
            needed = blocking(RUN)
            if work.run_id and _why_not_one_run(steps, checks, needed, RUN) is None:
                judged = steps[JUDGE]
                record_passed(
                    connection,
                    work.cycle_id,
                    judged.run_id,
                    one_hash(judged.inputs),
                    [one.name for one in needed],
                    judged.mark,
                )
    return answer


def cleared(work: CycleWork) -> Clearance:
    """The run whose annual tables may be protected. Raises NotClearedError."""
    engine = work.workspace.engine
    steps, checks = steps_of(engine, work.cycle_id), checks_of(engine, work.cycle_id)
    why = _why_not_one_run(steps, checks, blocking(RUN), RUN) or _what_changed(work, steps)
    if why is not None:
        raise _refusal(work, why)
    return Clearance(steps[JUDGE].run_id, source_run_id(steps[JUDGE].inputs))


def cleared_for_release(work: CycleWork) -> Clearance:
    """The run whose protected tables may be written as a release. Raises NotClearedError."""
    clearance = cleared(work)
    engine = work.workspace.engine
    steps, checks = steps_of(engine, work.cycle_id), checks_of(engine, work.cycle_id)
    why = _why_not_one_run(steps, checks, blocking([PROTECT]), [PROTECT])
    if why is not None:
        raise _refusal(work, why)
    if one_hash(steps[PROTECT].inputs) != one_hash(steps[JUDGE].inputs):
        raise _refusal(work, "its tables were protected under other choices")
    return clearance


def _why_not_one_run(
    steps: Mapping[str, MadeStep],
    checks: Mapping[str, MadeCheck],
    needed: Collection[Check],
    of: Collection[str],
) -> str | None:
    """Why what these steps stored is not what one run made and found in order, if so."""
    made = [steps[step] for step in of if step in steps]
    if not made:
        return "no run of it was finished"
    if len(made) < len(of):
        return "the last run of it was not finished"
    runs = {step.run_id for step in made}
    if len(runs) > 1 or "" in runs:
        return "what is stored was not made by one run from beginning to end"
    if len({one_hash(step.inputs) for step in made}) > 1:
        return "something came in or was changed while the last run worked"
    for check in needed:
        said = checks.get(check.name)
        if said is not None and not said.passed:
            return f"the last run did not pass the check “{check.words}”"
    for check in needed:
        said = checks.get(check.name)
        if said is None or said.run_id not in runs:
            return f"the last run did not make the check “{check.words}”"
    return None


def _what_changed(work: CycleWork, steps: Mapping[str, MadeStep]) -> str | None:
    """What is otherwise than when the run began, if anything is."""
    made, now = steps[JUDGE].inputs, inputs(work)
    changed = [kind for kind in now if made.get(kind) != now[kind]]
    try:
        if REGISTER not in changed and not register_as_written(work.workspace).equals(
            work.register
        ):
            changed.append(REGISTER)
    except RegisterError as error:
        return f"the register cannot be read ({error})"
    if changed:
        return f"these have changed since its last run: {', '.join(changed)}"
    waiting = [
        found
        for found in pending(work.workspace.settings, work.workspace.engine)
        if found.cycle == work.cycle_id
    ]
    if waiting:
        files = waiting[0].files
        return "1 file waits in its inbox" if files == 1 else f"{files} files wait in its inbox"
    return None


def _refusal(work: CycleWork, why: str) -> NotClearedError:
    return NotClearedError(
        f"{work.cycle.label} is not published: {why}. Put right what its last run stopped at, if "
        f"anything, and run it again: remi run --cycle {work.cycle_id} --publish"
    )
