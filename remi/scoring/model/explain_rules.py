"""The rule of a node, with everything that it is told, and what policies do, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal

from remi.scoring.explain_words import listed, share_words
from remi.scoring.model.plan import Plan, PlanNode
from schemas.maturity import (
    Anchor,
    AnyAll,
    Bands,
    CumulativeProduct,
    FromStage,
    Levels,
    NodePolicy,
    Power,
    Quantile,
    Scale,
    Staged,
    Sum,
    Table,
)

MEANS = {
    Fraction(1): "mean",
    Fraction(2): "quadratic mean",
    Fraction(0): "geometric mean",
    Fraction(-1): "harmonic mean",
    "geometric": "geometric mean",
    "harmonic": "harmonic mean",
}

NO_STAGE_UNTIL = "leaves no stage until it is answered"
NO_SCORE_UNTIL = "leaves no score until it is answered"


def rule_in_words(plan: Plan, node: PlanNode) -> tuple[str, ...]:
    """The rules of a node and what its policies ask, one sentence or two each."""
    if node.is_leaf:
        labels = plan.scales[node.columns.start].labels
        said = ", ".join(f"“{label.label}” {label.value}" for label in labels)
        return (f"A question has the stage and the score of its answer. Scores: {said}.",)
    return (*_stage_rule(plan, node), *_score_rule(node), *_policy(plan, node))


def stage_words(plan: Plan, node: PlanNode, stage: int) -> str:
    """“stage 2, Established”; of a question or a band, its label in quotation marks."""
    name = plan.model.stage_name(plan.model.node(node.id), stage)
    return (
        f"“{name}”" if node.is_leaf or isinstance(node.stage, Bands) else f"stage {stage}, {name}"
    )


def children_words(plan: Plan, node: PlanNode) -> str:
    """What a node is made of: “questions” or “parts”."""
    every = all(plan.nodes[child].is_leaf for child in node.children)
    return "questions" if every else "parts"


def treatment(
    policy: NodePolicy, scale: Scale, state: Literal["unanswered", "not_applicable"]
) -> tuple[str, str]:
    """What becomes of a question without an answer on its scale, for the stage and the score."""
    out, least, best = "leaves the count", "counts as the least answer", "counts as the best answer"
    if state == "unanswered":
        unanswered = {"exclude": out, "zero": least}
        return (
            unanswered.get(policy.unanswered_stage or "", NO_STAGE_UNTIL),
            unanswered.get(policy.unanswered_score or "", NO_SCORE_UNTIL),
        )
    if isinstance(policy.not_applicable, Anchor):
        value = policy.not_applicable.value
        reached = [label for label in scale.labels if label.value <= value]
        code = (reached or scale.labels[:1])[-1].label
        return f"counts as “{code}”", f"counts as an answer worth {value}"
    word = {"full": best, "zero": least}.get(policy.not_applicable or "", out)
    return word, word


def least_share(share: Fraction, what: str) -> str:
    """“all of its parts”, “at least 2 in 3 of its parts, by weight,”."""
    return (
        f"all of {what}" if share == 1 else f"at least {share_words(share)} of {what}, by weight,"
    )


def quantile_words(alpha: Fraction, side: str, what: str) -> str:
    """“the lower median, by weight, of its parts”."""
    if alpha in (0, 1):
        return f"the {'highest' if alpha else 'lowest'} of {what}"
    if alpha == Fraction(1, 2):
        return f"the {side} median, by weight, of {what}"
    return f"the {side} value that {share_words(alpha)}, by weight, of {what} are at or below"


def bar_words(plan: Plan, children: Sequence[int], codes: Sequence[int]) -> str:
    """What children must have reached: “Fully”; several where their scales differ."""
    said = dict.fromkeys(
        stage_words(plan, plan.nodes[child], code)
        for child, code in zip(children, codes, strict=True)
    )
    return " or ".join(said)


def _stage_rule(plan: Plan, node: PlanNode) -> Iterator[str]:
    kind = children_words(plan, node)
    match node.stage:
        case Staged():
            yield from _staged(plan, node, node.stage, kind)
        case Levels():
            yield from _levels(plan, node, node.stage, kind)
        case Quantile(alpha=alpha, side=side):
            yield f"The stage is {quantile_words(alpha, side, f'those of its {kind}')}."
        case AnyAll(not_achieved_if_any=failed, achieved_if_all=achieved):
            counting = [node.children[n] for n in node.counting]
            low = bar_words(plan, counting, [failed] * len(counting))
            high = bar_words(plan, counting, [achieved] * len(counting))
            none, part, whole = (stage_words(plan, node, stage) for stage in range(3))
            yield (
                f"It is at {none}, if any of its {kind} is at {low} or below; at {whole}, if all "
                f"are at {high} or above; and else at {part}."
            )
        case Table():
            names = listed(plan.nodes[place].name for place in node.inputs)
            yield f"A table gives the stage of every combination of {names}."
        case Bands(cuts=cuts):
            bands = [f"{stage_words(plan, node, n)} from {cut}" for n, cut in enumerate(cuts, 1)]
            yield f"The score decides: {listed(bands)}, and {stage_words(plan, node, 0)} below."


def _staged(plan: Plan, node: PlanNode, rule: Staged, kind: str) -> Iterator[str]:
    what = f"its core {kind}" if rule.over == "core" else f"its {kind}"
    if isinstance(rule.shares, tuple) and len(set(rule.shares)) > 1:
        each = [
            f"{stage_words(plan, node, n)}, {least_share(share, what)}"
            for n, share in enumerate(rule.shares, 1)
        ]
        yield f"No stage is jumped. Needed for {'; '.join(each)}."
    else:
        share = least_share(rule.share_at(1), what)
        yield f"The stage is the highest that {share} have reached, as every stage below it."
    if rule.others_share is not None:
        others = least_share(rule.others_share, f"the other {kind}")
        yield f"{others[0].upper()}{others[1:]} must have reached it too."
    for gate, place in zip(rule.gates, node.gates, strict=True):
        item = plan.nodes[place]
        yield (
            f"From {stage_words(plan, node, gate.from_stage)}, on, {item.name} must itself be at "
            f"{stage_words(plan, item, gate.floor_stage)}."
        )
    if rule.exhausted == "set_aside":
        yield f"Those of its {kind} that have nothing left to reach hold nothing back above."
    if rule.needs_every_child:
        yield f"There is a stage only where all of its {kind} that are asked have one."


def _levels(plan: Plan, node: PlanNode, rule: Levels, kind: str) -> Iterator[str]:
    bar = bar_words(plan, node.children, node.bars)
    share = least_share(rule.share, f"its {kind}")
    if (bar, rule.share) == (bar_words(plan, node.children, node.lower_bars), rule.lower_share):
        yield (
            f"The stage is the highest level at which, and below which, {share} at the level are "
            f"at {bar} or above."
        )
    else:
        lower = bar_words(plan, node.children, node.lower_bars)
        yield (
            f"The stage is the highest level at which {share} are at {bar} or above, if at each "
            f"lower level {least_share(rule.lower_share, f'its {kind}')} are at {lower} or above."
        )
    if rule.empty_level == "cap":
        yield "It stops at the last level at which something counts."
    else:
        yield "A level at which nothing counts holds nothing back."


def _score_rule(node: PlanNode) -> Iterator[str]:
    match node.score:
        case Power(p=p):
            if p in ("minimum", "maximum"):
                lowest = "lowest" if p == "minimum" else "highest"
                yield f"The score is the {lowest} of those that it is made of."
            else:
                mean = MEANS.get(p, f"power mean, of power {p},")
                yield f"The score is the {mean} of those that it is made of, by weight."
        case Sum(scale=scale, incomplete=incomplete):
            times = "" if scale == 1 else f" and times {scale}"
            yield f"The score is the sum of those that it is made of, each times its weight{times}."
            if incomplete == "prorate":
                yield (
                    "It grows for what does not count: the score is the same share of its highest "
                    "as what counts has of what that can give."
                )
            else:
                yield "What does not count is left out of the sum."
        case Quantile(alpha=alpha, side=side):
            yield f"The score is {quantile_words(alpha, side, 'those that it is made of')}."
        case CumulativeProduct():
            yield "The score is 1, plus the first level, plus that times the second, and so on."
        case FromStage():
            yield f"The score is its stage as a share of {node.top_stage} stages."


def _policy(plan: Plan, node: PlanNode) -> Iterator[str]:
    ceiling = node.not_applicable_ceiling
    if ceiling < 1 and plan.may_not_apply[node.columns].any():
        of = "of any one level" if node.policy.not_applicable_by == "level" else "of what is asked"
        most = f"more than {share_words(ceiling)}" if ceiling else "any"
        yield f"If {most} {of}, by weight, is not applicable, it cannot be assessed."
    if node.provisional_below:
        level = ""
        if node.policy.provisional_next_level and node.stage is not None:
            level = ", or of the level above its stage,"
        few = _too_few(node.provisional_below)
        yield f"It is provisional if {few} of what applies{level} is answered."
    if node.withheld_below and node.score is not None:
        yield f"There is no score if {_too_few(node.withheld_below)} of what applies is answered."


def _too_few(share: Fraction) -> str:
    return "not all" if share == 1 else f"less than {share_words(share)}"
