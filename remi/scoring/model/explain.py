"""Why one node of one organisation has its stage and score, in any maturity model."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from remi.scoring.model import explain_words as words
from remi.scoring.model.blockers import blockers
from remi.scoring.model.coverage import NAMES, above, by_level
from remi.scoring.model.evaluate import NO_STAGE
from remi.scoring.model.explain_case import (
    Case,
    answer_of,
    bounds_of,
    case_of,
    label_of,
    score_of,
    state_of,
)
from remi.scoring.model.explain_checks import checks
from remi.scoring.model.explain_parts import (
    CoverageRead,
    Explanation,
    GateRead,
    InputRead,
    MissingRead,
    NeededAnswer,
    Taken,
)
from remi.scoring.model.explain_rules import rule_in_words, treatment
from remi.scoring.model.families import Family
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.model.readings import NOT_ASKED, VOID
from remi.scoring.model.states import States
from schemas.maturity import Bands, FromStage, Staged, Table


class NotAskedError(LookupError):
    """The organisation is not asked anything of the node."""


def explain(plan: Plan, states: States, node_id: str, organisation_id: str) -> Explanation:
    """Explain one node of the organisation with these states [leaf].

    Raises KeyError for an unknown node, NotAskedError where the organisation is not asked it, and
    ValueError for a state that is not on its scale.
    """
    node = plan.node(node_id)
    case = case_of(plan, states)
    if case.results.status[node.place, 0] == NOT_ASKED:
        raise NotAskedError(f"{node.name} is not asked of organisations of this kind.")
    stage = int(case.results.stage[node.place, 0])
    inputs = _inputs(case, node)
    lacking = blockers(plan, states, node_id)
    low, high = bounds_of(case, node)
    model_node = plan.model.node(node_id)
    found = Explanation(
        organisation_id=organisation_id,
        model=f"{plan.model.id} {plan.model.version}",
        node_id=node.id,
        name=node.name,
        is_question=node.is_leaf,
        state=state_of(case, node),
        answer=answer_of(case, node),
        stage=None if stage == NO_STAGE else stage,
        stage_name=None if stage == NO_STAGE else plan.model.stage_name(model_node, stage),
        score=None
        if math.isnan(case.results.score[node.place, 0])
        else score_of(case, node, "given"),
        lowest_score=plan.model.lowest_score(model_node),
        highest_score=plan.model.highest_score(model_node),
        low=low,
        high=high,
        stage_rule=node.stage,
        score_rule=node.score,
        rule=rule_in_words(plan, node),
        inputs=inputs,
        checks=checks(node, inputs),
        gates=_gates(case, node),
        missing=_missing(case, node),
        coverage=_coverage(case, node),
        next_stage=None if lacking.without else lacking.next_stage,
        blockers=tuple(
            NeededAnswer(
                node_id=rise.node_id,
                name=plan.node(rise.node_id).name,
                now=None if rise.now is None else label_of(plan, rise.node_id, rise.now),
                needed=label_of(plan, rise.node_id, rise.needed),
                code=rise.needed,
            )
            for rise in lacking.rises
        ),
        without=lacking.without,
        sentences=("", ""),
    )
    return words.with_sentences(plan, found)


def _inputs(case: Case, node: PlanNode) -> tuple[InputRead, ...]:
    found = case.found["given"]
    counting = {node.children[n] for n in node.counting}
    staging = set(node.inputs) if isinstance(node.stage, Table) else counting
    if node.stage is None or isinstance(node.stage, Bands):
        staging = set()
    scoring = set() if node.score is None or isinstance(node.score, FromStage) else counting
    weight_of = dict(zip(node.children, node.given_weights, strict=True))
    by_stage = {child for child in staging if found.stage_counts[child, 0]}
    by_score = {child for child in scoring if found.score_counts[child, 0]}
    whole_stage = sum((weight_of[child] for child in by_stage), Fraction(0)) or Fraction(1)
    whole_score = sum((weight_of[child] for child in by_score), Fraction(0)) or Fraction(1)
    inputs = []
    for place, (child, weight) in enumerate(weight_of.items()):
        below = case.plan.nodes[child]
        taken_stage = taken_score = None
        if child in by_stage:
            stage = int(found.stage[child, 0])
            value = None if stage == VOID else stage
            taken_stage = Taken(value, weight / whole_stage)
        if child in by_score:
            void = bool(found.score_void[child, 0])
            number = None if void else score_of(case, below, "given")
            taken_score = Taken(number, weight / whole_score)
        inputs.append(
            InputRead(
                node_id=below.id,
                name=below.name,
                is_question=below.is_leaf,
                answer=answer_of(case, below),
                state=state_of(case, below),
                weight=weight,
                lowest_score=case.plan.model.lowest_score(case.plan.model.node(below.id)),
                highest_score=case.plan.model.highest_score(case.plan.model.node(below.id)),
                level=node.levels[place],
                core=node.core[place],
                stage=taken_stage,
                score=taken_score,
                last_stage=None if below.top_stage is None else int(found.ceiling[child, 0]),
            )
        )
    return tuple(inputs)


def _gates(case: Case, node: PlanNode) -> tuple[GateRead, ...]:
    if not isinstance(node.stage, Staged):
        return ()
    found, gates = case.found["given"], []
    for gate, place in zip(node.stage.gates, node.gates, strict=True):
        stage, counts = int(found.stage[place, 0]), bool(found.stage_counts[place, 0])
        gates.append(
            GateRead(
                node_id=gate.item,
                name=case.plan.nodes[place].name,
                from_stage=gate.from_stage,
                floor_stage=gate.floor_stage,
                stage=stage if counts and stage != VOID else None,
                holds=not counts or stage >= gate.floor_stage,
            )
        )
    return tuple(gates)


def _missing(case: Case, node: PlanNode) -> tuple[MissingRead, ...]:
    missing = []
    for column in range(node.columns.start, node.columns.stop):
        leaf = case.plan.nodes[case.plan.leaf_places[column]]
        state = state_of(case, leaf)
        if state in ("unanswered", "not_applicable"):
            for_stage, for_score = treatment(leaf.policy, case.plan.scales[column], state)
            missing.append(MissingRead(leaf.id, leaf.name, state, for_stage, for_score))
    return tuple(missing)


def _coverage(case: Case, node: PlanNode) -> CoverageRead:
    here = case.covered
    policy = node.policy
    next_level = None
    opted_out = _share(here.not_applicable[node.place, 0], here.asked[node.place, 0])
    if any(level is not None for level in node.leaf_levels):
        family = Family((node,), (node.counting,), len(case.plan.nodes))
        of_level = {name: by_level(family, here.leaves[name])[:, 0] for name in NAMES}
        given = case.found["given"]
        stage = given.stage[node.place]
        has_stage = node.stage is not None and given.stage_counts[node.place, 0]
        if policy.provisional_next_level and has_stage:
            answered, applicable = (
                above(of_level["answered"], stage),
                above(of_level["applicable"], stage),
            )
            next_level = _share(answered[0], applicable[0])
        if policy.not_applicable_by == "level":
            levels = zip(of_level["not_applicable"][:, 0], of_level["asked"][:, 0], strict=True)
            shares = [_share(part, whole) for part, whole in levels]
            opted_out = max((share for share in shares if share is not None), default=None)
    return CoverageRead(
        answered=_share(here.answered[node.place, 0], here.applicable[node.place, 0]),
        next_level_answered=next_level,
        provisional_below=node.provisional_below,
        withheld_below=node.withheld_below,
        not_applicable=opted_out,
        not_applicable_ceiling=node.not_applicable_ceiling,
    )


def _share(part: np.int64 | int, whole: np.int64 | int) -> Fraction | None:
    return Fraction(int(part), int(whole)) if whole else None
