"""Where an organisation stands in a round: from nothing received to signed off."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from remi.cycle.one_file import verdict_of
from remi.cycle.work import CycleWork
from remi.portal.rounds import context_of, today
from remi.portal.visit import Portal
from remi.store.deliveries import SignOff, all_sent_for, signed, signed_of
from remi.store.submissions import Submission
from remi.store.verdicts import replaced, stored_verdicts
from schemas.intake import Verdict

WORDS = {
    "not_started": ("Nothing received yet", "grey"),
    "not_checked": ("Received, not checked yet", "yellow"),
    "unusable": ("Could not be opened", "red"),
    "needs_changes": ("Needs changes", "orange"),
    "draft": ("Draft, answers missing", "yellow"),
    "ready": ("Ready to sign off", "blue"),
    "too_late": ("Not signed off in time", "orange"),
    "signed_off": ("Signed off", "green"),
    "replaced": ("Signed off, replaced by a newer one", "grey"),
}
"""What each standing is called, and the colour of its tag."""

UNFINISHED = "missing"
"""The group of messages about answers that are not there yet."""


@dataclass(frozen=True)
class Sent:
    """One file of this organisation's, what was decided about it, and who signed it off, as it was
    sent last."""

    submission: Submission
    verdict: Verdict | None
    signed: SignOff | None
    standing: str

    @property
    def words(self) -> str:
        """The standing as people read it."""
        return WORDS[self.standing][0]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return WORDS[self.standing][1]

    def count(self, severity: str) -> int:
        """How many problems of this severity it has."""
        return sum(p.severity == severity for p in self.verdict.problems) if self.verdict else 0


def look_at(portal: Portal, work: CycleWork, submission: Submission) -> Sent:
    """The file with its verdict, which is made now where there is none."""
    verdict = verdict_of(work, submission.submission_id, portal.sandbox, context_of(portal, work))
    return seen_as(portal, work.workspace.engine, submission, verdict)


def seen_as(
    portal: Portal, engine: Engine, submission: Submission, verdict: Verdict | None
) -> Sent:
    """The file with what was decided about it, as far as that is known."""
    said = signed(engine, submission.submission_id)
    gone = bool(replaced(engine, [submission.submission_id]))
    return _sent(portal, submission, verdict, said, gone)


def _sent(
    portal: Portal,
    submission: Submission,
    verdict: Verdict | None,
    said: SignOff | None,
    gone: bool,
) -> Sent:
    """`gone`: another file has taken its place. One that was sent again since is signed off anew;
    one that still counts stands as it is, however often it is sent."""
    if said is not None and gone and said.place < submission.place:
        said = None
    over = today(portal) > portal.configuration.cycles.get(submission.cycle).last_day
    return Sent(submission, verdict, said, standing_of(portal, verdict, said, gone, over))


def everything_sent(portal: Portal, work: CycleWork, organisation_id: str) -> list[Sent]:
    """What was sent for this organisation in the round, the latest first."""
    engine = work.workspace.engine
    submissions = all_sent_for(engine, organisation_id, work.cycle_id)
    ids = [submission.submission_id for submission in submissions]
    verdicts, signed_off = stored_verdicts(engine, ids), signed_of(engine, ids)
    gone = replaced(engine, ids)
    return [
        _sent(portal, one, verdict, said, one.submission_id in gone)
        if (verdict := verdicts.get(one.submission_id))
        else look_at(portal, work, one)
        for one in submissions
        for said in (signed_off.get(one.submission_id),)
    ]


def standing_of(
    portal: Portal, verdict: Verdict | None, said: SignOff | None, gone: bool, over: bool
) -> str:
    """One of the keys of `WORDS`; `gone` says that another file has taken its place, `over` that
    the round takes nothing any more, sign-offs included."""
    if verdict is None:
        return "not_checked"
    if verdict.outcome == "accepted":
        if said is None:
            return "too_late" if over else "ready"
        return "replaced" if gone else "signed_off"
    if verdict.outcome == "needs_changes" and is_draft(portal, verdict):
        return "draft"
    return verdict.outcome


def is_draft(portal: Portal, verdict: Verdict) -> bool:
    """Whether nothing is wrong with it but that answers are still missing."""
    messages = portal.configuration.messages
    groups = {
        messages.get(problem.rule).group
        for problem in verdict.problems
        if problem.severity == "must_fix"
    }
    return groups == {UNFINISHED}
