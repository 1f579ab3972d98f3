"""Why a node stands where it does, to follow “because”."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from remi.scoring.explain_words import listed, share_words
from remi.scoring.model.explain_parts import (
    CheckRead,
    Explanation,
    InputRead,
    MissingRead,
    NeededAnswer,
)
from remi.scoring.model.explain_rules import (
    NO_SCORE_UNTIL,
    NO_STAGE_UNTIL,
    bar_words,
    children_words,
    quantile_words,
    stage_words,
)
from remi.scoring.model.figures import figure
from remi.scoring.model.plan import Plan, PlanNode
from schemas.maturity import AnyAll, Bands, Levels, Quantile, Staged, Table

FEW = 4
"""As many are named; of more it is said how many they are."""

ENOUGH = "everything that it asks for is there"


def called(one: InputRead | MissingRead | NeededAnswer, *, is_question: bool = True) -> str:
    """A question by its id and name, a group of questions by its name."""
    return f"{one.node_id} ({one.name})" if is_question else one.name


def why(plan: Plan, node: PlanNode, found: Explanation) -> str:
    """Why a stage that is there is no higher."""
    stage, kind = found.stage or 0, children_words(plan, node)
    reasons: list[str] = []
    match node.stage:
        case Bands(cuts=cuts):
            return _band(plan, node, found, cuts)
        case Quantile(alpha=alpha, side=side):
            what = quantile_words(alpha, side, f"those of its {kind}")
            return f"{what} is {'this' if stage == node.top_stage else 'no higher'}"
        case Table():
            return _row(plan, node, found)
        case AnyAll(not_achieved_if_any=failed, achieved_if_all=achieved):
            needed = achieved if stage else failed + 1
            behind = [i for i in found.inputs if i.stage and (i.stage.value or 0) < needed]
            if stage < 2:
                at = bar_words(
                    plan, [plan.place(i.node_id) for i in behind], [needed] * len(behind)
                )
                reasons.append(_not_there(behind, f"its {kind}", at))
        case Staged() | Levels():
            reasons += _held(plan, node, found, stage + 1)
    return listed(reasons) if reasons else ENOUGH


def _held(plan: Plan, node: PlanNode, found: Explanation, following: int) -> Iterator[str]:
    """What the stage above asks for and does not find."""
    asked = [check for check in found.checks if check.stage == following]
    for check in asked:
        if not check.holds:
            yield _missed(plan, node, found, check)
    for gate in found.gates:
        if gate.from_stage <= following and not gate.holds:
            needed = stage_words(plan, plan.node(gate.node_id), gate.floor_stage)
            yield f"{gate.name}, which may not lag behind, has not reached {needed}"
    if isinstance(node.stage, Levels) and asked and all(check.holds for check in asked):
        yield "nothing counts at a higher level"


def _missed(plan: Plan, node: PlanNode, found: Explanation, check: CheckRead) -> str:
    """A share that is too small: who is missing if it is all, how much is there if it is less."""
    kind = children_words(plan, node)
    here = [i for i in found.inputs if i.stage]
    if check.of == "level":
        own = node.bars if check.level == check.stage else node.lower_bars
        bars = {i.node_id: bar for i, bar in zip(found.inputs, own, strict=True)}
        here = [i for i in here if i.level == check.level]
        at = bar_words(plan, [plan.place(i.node_id) for i in here], [bars[i.node_id] for i in here])
        what = f"its {kind} at level {check.level}"
    else:
        bars = dict.fromkeys((i.node_id for i in here), check.stage)
        here = [i for i in here if check.of == "all" or i.core == (check.of == "core")]
        at = stage_words(plan, node, check.stage)
        what = {"core": f"its core {kind}", "others": f"its other {kind}"}.get(
            check.of, f"its {kind}"
        )
    if check.found is None:
        return f"none of {what} counts for {at}"
    if check.needed < 1:
        some = f"only {share_words(check.found)}" if check.found else "none"
        return f"{some} of {what} have reached {at}, and {share_words(check.needed)} is needed"
    behind = [i for i in here if i.stage and (i.stage.value or 0) < bars[i.node_id]]
    return _not_there(behind, what, at)


def _not_there(behind: Sequence[InputRead], what: str, at: str) -> str:
    if len(behind) > FEW:
        return f"{len(behind)} of {what} have not reached {at}"
    names = listed(called(i, is_question=i.is_question) for i in behind)
    return f"{names} {'has' if len(behind) == 1 else 'have'} not reached {at}"


def _row(plan: Plan, node: PlanNode, found: Explanation) -> str:
    taken = {i.node_id: i.stage for i in found.inputs}
    said = []
    for place in node.inputs:
        child = plan.nodes[place]
        stage = taken[child.id]
        if stage is not None and stage.value is not None:
            said.append(f"{child.name} at {stage_words(plan, child, int(stage.value))}")
    return f"{listed(said)} {'together mean' if len(said) > 1 else 'means'} that"


def _band(plan: Plan, node: PlanNode, found: Explanation, cuts: Sequence[Fraction]) -> str:
    stage, score = found.stage or 0, found.score
    if score is None:
        raise ValueError(f"{node.id} has a band and no score")
    if stage < len(cuts):
        cut, how = cuts[stage], "below"
        band = stage_words(plan, node, stage + 1)
    else:
        cut, how, band = cuts[-1], "not below", stage_words(plan, node, stage)
    said = figure(score, (cut, found.lowest_score, found.highest_score))
    return f"its score of {said} is {how} {cut}, where {band} begins"


def why_no_stage(node: PlanNode, found: Explanation) -> str:
    """Why there is no stage."""
    rule = node.stage
    if isinstance(rule, Staged) and rule.needs_every_child:
        return "not all that it is made of has one"
    if (general := _nothing_to_go_by(found)) is not None:
        return general
    if isinstance(rule, Bands) and (thin := _too_little(found)) is not None:
        return thin
    blank = [m for m in found.missing if m.for_stage == NO_STAGE_UNTIL]
    if blank or (blank := [m for m in found.missing if m.for_score == NO_SCORE_UNTIL]):
        return _left(blank)
    return "everything that could decide it leaves the count"


def _nothing_to_go_by(found: Explanation) -> str | None:
    if found.state == "not_applicable":
        return "nothing that was asked applies"
    if found.state == "not_assessed":
        return "none of its questions was answered"
    if found.state == "not_assessable":
        share, most = found.coverage.not_applicable, found.coverage.not_applicable_ceiling
        if share is not None and share > most:
            some = f"at most {share_words(most)}" if most else "nothing"
            return f"{share_words(share)} of what is asked is not applicable and {some} may be"
        return "nothing that could decide it applies"
    return None


def _too_little(found: Explanation) -> str | None:
    answered, needed = found.coverage.answered, found.coverage.withheld_below
    if answered is None or answered >= needed:
        return None
    all_of_it = "all" if needed == 1 else share_words(needed)
    return f"only {share_words(answered)} of what applies is answered and {all_of_it} is needed"


def _left(blank: Sequence[MissingRead]) -> str:
    if len(blank) > FEW:
        return f"{len(blank)} of its questions were left unanswered"
    return f"{listed(map(called, blank))} {'was' if len(blank) == 1 else 'were'} left unanswered"


def why_no_score(found: Explanation) -> str:
    """Why there is no score."""
    if (reason := _nothing_to_go_by(found) or _too_little(found)) is not None:
        return reason
    blank = [m for m in found.missing if m.for_score == NO_SCORE_UNTIL]
    return _left(blank) if blank else "everything that it is made of leaves the count"
