"""One sentence on a commitment: what the change of its score since the year before is made of."""

from __future__ import annotations

from fractions import Fraction

from remi.cycle.changes import compared_by
from remi.cycle.work import CycleWork, before
from remi.release.present import shown
from remi.scoring.explain_words import listed
from schemas import store
from schemas.impact import Holds
from schemas.results import ComparedBy, ScoreEffect

BECAUSE = {
    ScoreEffect.PERFORMANCE: "answers moved",
    ScoreEffect.COVERAGE: "more or less was answered",
    ScoreEffect.APPLICABILITY: "more or less applies",
    ScoreEffect.WEIGHTS: "indicators are weighed in another way",
    ScoreEffect.VERSION: "the framework changed",
    ScoreEffect.MODERATION: "reviewers changed what counts",
}


class StaleError(LookupError):
    """The stored change is not that of the stored score."""


def change_sentence(work: CycleWork, organisation_id: str, commitment_id: str) -> str | None:
    """What changed and why, or why that cannot be said; nothing in the first cycle.

    Raises StaleError where the scores were made anew since the change was stored.
    """
    earlier = before(work)
    if earlier is None:
        return None
    since, compared = earlier.cycle.label, compared_by(work)
    cannot = f"Its change since {since} cannot be given: "
    if compared.how is ComparedBy.NO_CROSSWALK:
        return f"{cannot}the framework changed, and it is not agreed which indicators ask the same."
    if not compared.compared()[commitment_id]:
        return f"{cannot}the framework changed, and no core indicator here asks the same."
    place = {"organisation_id": organisation_id, "commitment_id": commitment_id}
    rows = work.read(store.score_change, **place).to_dict("records")
    scores = work.read(store.commitment_stage, **place)["score"].dropna().tolist()
    if not rows:
        return f"{cannot}there is no score in both years that can be compared."
    then, now = float(rows[0]["score_before"]), float(rows[0]["score_now"])
    if scores != [now]:
        raise StaleError
    amounts = {
        ScoreEffect(row["effect"]): Fraction(row["amount_numerator"], row["amount_denominator"])
        for row in rows
    }
    moved = f"rose from {_points(then)} to" if now > then else f"fell from {_points(then)} to"
    said = f"Since {since} its score {'has stayed at' if now == then else moved} {_points(now)}"
    parts = [
        f"{_points(float(amounts[effect]))} because {reason}"
        for effect, reason in BECAUSE.items()
        if amounts[effect]
    ]
    return f"{said} of 100{f', in points: {listed(parts)}' if parts else ''}."


def _points(number: float) -> str:
    return shown(number, Holds.SCORE)
