"""What a verdict in a cycle depends on, and the verdicts of everything that arrived for it."""

from __future__ import annotations

from remi.cycle.arrivals import arrivals, received
from remi.cycle.work import CycleWork
from remi.intake.judging.context import JudgingContext, judging_context
from remi.intake.verdict import Judged, judge
from remi.settings import signing_key
from schemas import store


def judge_cycle(work: CycleWork) -> Judged:
    """Read and judge everything that was received for the cycle, and store what was found."""
    judged = judge(received(work, arrivals(work)), judging(work))
    work.replace(store.verdict, judged.verdicts)
    work.replace(store.problem, judged.problems)
    work.replace(store.answer, judged.answers)
    work.replace(store.record_value, judged.record_value_parts())
    return judged


def judging(work: CycleWork) -> JudgingContext:
    """What a verdict in this cycle depends on besides the file itself.

    A date counts as lying ahead when it comes after the closing day, not after the day of the
    run, so that the same file gets the same verdict whenever it is judged.
    """
    return judging_context(
        work.workspace.configuration,
        work.cycle,
        work.partners,
        signing_key(work.workspace.settings),
        today=work.cycle.closes,
    )
