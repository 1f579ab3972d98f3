"""A node worked out again from what its explanation says, and from nothing else.

The rules are those of `reference_operators`; what goes into them is read from the explanation.
"""

from __future__ import annotations

from fractions import Fraction
from typing import cast

from reference_model import UNKNOWN, Stage, Value
from reference_operators import (
    Number,
    any_all,
    band,
    cumulative_product,
    power_mean,
    quantile,
    share,
)

from remi.scoring.model.explain_parts import Explanation, InputRead
from schemas.maturity import (
    AnyAll,
    Bands,
    CumulativeProduct,
    FromStage,
    Levels,
    MaturityModel,
    Node,
    Power,
    Quantile,
    Staged,
    Sum,
    Table,
)

Known = list[tuple[InputRead, Fraction, int]]
"""Child, its share among those that count, and its stage."""


def stage_again(found: Explanation, model: MaturityModel) -> Stage:
    """The stage that the inputs make by the rule, before any is withheld."""
    rule = found.stage_rule
    if isinstance(rule, Bands):
        score = score_again(found)
        if score is None or score == UNKNOWN:
            return cast(Stage, score)
        return band(score, rule.cuts)
    taken = [(child, child.stage) for child in found.inputs if child.stage is not None]
    if any(stage.value is None for _, stage in taken):
        return UNKNOWN
    known: Known = [(c, stage.share, int(cast(int, stage.value))) for c, stage in taken]
    if not known or rule is None:
        return None
    ranks = [(weight, stage) for _, weight, stage in known]
    match rule:
        case Table(inputs=inputs, rows=rows):
            stages = {child.node_id: stage for child, _, stage in known}
            if set(stages) != set(inputs):
                return None
            return rows[tuple(stages[name] for name in inputs)]
        case Quantile(alpha=alpha, side=side):
            return quantile(ranks, alpha, side)
        case AnyAll(not_achieved_if_any=failed, achieved_if_all=achieved):
            return any_all([stage for _, stage in ranks], failed, achieved)
        case Staged():
            return _staged(found, rule, known, cast(int, model.top_stage(_node(found, model))))
        case Levels():
            return _levels(rule, known, model, cast(int, model.top_stage(_node(found, model))))
    raise AssertionError(rule)


def score_again(found: Explanation) -> Value:
    """The score that the inputs make by the rule, before any is withheld."""
    taken = [(child, child.score) for child in found.inputs if child.score is not None]
    if not taken or found.score_rule is None or isinstance(found.score_rule, FromStage):
        return None
    if any(score.value is None for _, score in taken):
        return UNKNOWN
    pairs = [(score.share, cast(Number, score.value)) for _, score in taken]
    match found.score_rule:
        case Power(p=p):
            return power_mean(pairs, p)
        case Quantile(alpha=alpha, side=side):
            return quantile(pairs, alpha, side)
        case Sum(scale=scale, incomplete=incomplete):
            points = scale * sum(c.weight * cast(Number, score.value) for c, score in taken)
            if incomplete == "prorate":
                possible = scale * sum(c.weight * cast(Fraction, c.highest_score) for c, _ in taken)
                points = points / possible * cast(Fraction, found.highest_score)
            return points
        case CumulativeProduct():
            in_order = sorted(taken, key=lambda one: one[0].level or 0)
            return cumulative_product([cast(Number, score.value) for _, score in in_order])
    raise AssertionError(found.score_rule)


def _node(found: Explanation, model: MaturityModel) -> Node:
    return model.node(found.node_id)


def _staged(found: Explanation, rule: Staged, known: Known, top: int) -> int | None:
    core = [one for one in known if one[0].core or rule.over == "all"]
    others = [one for one in known if not one[0].core]
    if not core:
        return None
    for stage in range(1, top + 1):
        left = _left(rule, core, stage)
        enough = bool(left) and share(left, stage.__le__) >= rule.share_at(stage)
        if rule.others_share is not None:
            enough = enough and share(_left(rule, others, stage), stage.__le__) >= rule.others_share
        gates = (gate.holds for gate in found.gates if gate.from_stage <= stage)
        if not (enough and all(gates)):
            return stage - 1
    return top


def _left(rule: Staged, known: Known, stage: int) -> list[tuple[Fraction, int]]:
    return [
        (weight, own)
        for child, weight, own in known
        if not (rule.exhausted == "set_aside" and own == child.last_stage and own < stage)
    ]


def _levels(rule: Levels, known: Known, model: MaturityModel, top: int) -> int:
    def enough(level: int, bar: int | str, needed: Fraction) -> bool:
        here = [
            (weight, int(stage >= model.bar_code(bar, model.node(child.node_id))))
            for child, weight, stage in known
            if child.level == level
        ]
        return share(here, (1).__eq__) >= needed

    reached = [
        level
        for level in range(1, top + 1)
        if enough(level, rule.bar, rule.share)
        and all(enough(low, rule.lower_bar, rule.lower_share) for low in range(1, level))
    ]
    stage = max(reached, default=0)
    if rule.empty_level == "cap":
        return min(stage, max(child.level or 0 for child, _, _ in known))
    return stage
