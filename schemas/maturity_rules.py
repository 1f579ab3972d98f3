"""Whether each rule of a maturity model has the children, levels, cuts or rows that it needs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

from schemas.loading import Fault, Steps
from schemas.maturity_tree import MaturityTree, Node
from schemas.operators import (
    AnyAll,
    Bands,
    CumulativeProduct,
    FromStage,
    Levels,
    Power,
    Quantile,
    Staged,
    Table,
    row_name,
)

LARGEST_SCORE = 10**100
"""Far below the largest decimal number that the engine can hold."""

_EXACT_POWERS = (Fraction(1), Fraction(-1), "harmonic", "minimum", "maximum")


def score_faults(model: MaturityTree, steps: Steps, node: Node) -> Iterator[Fault]:
    """Faults in how a node makes its score."""
    at = (*steps, "score")
    if node.score is None:
        return
    if isinstance(node.score, FromStage):
        if node.stage is None:
            yield Fault(at, "has no stage to be made from")
        elif isinstance(node.stage, Bands):
            yield Fault(at, "is made from a stage that is itself made from the score")
        return
    best = {child.id: model.highest_score(child) for child in node.children}
    if without := [child for child, highest in best.items() if highest is None]:
        yield Fault(at, f"needs a score of every child; none has {', '.join(without)}")
        return
    if isinstance(node.score, Power | Quantile):
        counted = {child.id: best[child.id] for child in node.children if child.weight}
        if len(set(counted.values())) > 1:
            ends = ", ".join(f"{child} at {highest}" for child, highest in counted.items())
            yield Fault(at, f"its children's scores end at different values: {ends}")
    highest = model.highest_score(node)
    if highest is not None and highest > LARGEST_SCORE:
        yield Fault(at, "can be more than 1e100, which is no score that can be worked with")
    if isinstance(node.score, CumulativeProduct):
        levels = sorted(child.level or 0 for child in node.children)
        if levels != list(range(2, len(levels) + 2)):
            yield Fault(at, "its children must have the levels 2, 3, ..., each once")
        for child, highest in best.items():
            if highest != 1:
                yield Fault(at, f"{child} ends at {highest}; it multiplies scores of 0 to 1")


def stage_faults(model: MaturityTree, steps: Steps, node: Node) -> Iterator[Fault]:
    """Faults in how a node makes its stage."""
    if node.stage is None:
        return
    at = (*steps, "stage")
    if isinstance(node.stage, Bands):
        yield from _band_faults(model, at, node, node.stage)
        return
    without = [child.id for child in node.children if model.top_stage(child) is None]
    if without:
        yield Fault(at, f"needs a stage of every child; none has {', '.join(without)}")
        return
    top = model.top_stage(node) or 0
    if top > len(model.stages):
        yield Fault(at, f"has {top} stages, but only {len(model.stages)} are named in stages")
    match node.stage:
        case Staged():
            yield from _ladder_faults(model, at, node)
            yield from _staged_faults(model, at, node, node.stage)
        case Quantile():
            yield from _ladder_faults(model, at, node)
        case Levels():
            yield from _level_faults(model, steps, node, node.stage)
        case AnyAll():
            yield from _any_all_faults(model, at, node, node.stage)
        case Table():
            yield from _table_faults(model, at, node, node.stage)


def _ladder_faults(model: MaturityTree, at: Steps, node: Node) -> Iterator[Fault]:
    tops = {child.id: model.top_stage(child) for child in node.children}
    if len(set(tops.values())) > 1:
        ends = ", ".join(f"{child} {top}" for child, top in tops.items())
        yield Fault(at, f"its children have different numbers of stages: {ends}")


def _band_faults(model: MaturityTree, at: Steps, node: Node, bands: Bands) -> Iterator[Fault]:
    highest = model.highest_score(node)
    if highest is None:
        yield Fault(at, "puts a score into bands, but no score is written")
    if highest is None or isinstance(node.score, FromStage):
        return
    if bands.of == "sum" and node.score and node.score.rule != "sum":
        yield Fault((*at, "of"), f"the score is no sum; its rule is {node.score.rule}")
    if not bands.cuts:
        yield Fault((*at, "cuts"), "must not be left empty")
    if len(bands.labels) != len(bands.cuts) + 1:
        reason = f"{len(bands.labels)} labels for {len(bands.cuts)} cuts; write one label more"
        yield Fault((*at, "labels"), reason)
    for place, label in enumerate(bands.labels):
        if label in bands.labels[:place] or not label.strip():
            yield Fault((*at, "labels", place), "is empty or used twice")
    for place, cut in enumerate(bands.cuts):
        before = bands.cuts[place - 1] if place else Fraction(0)
        if cut <= before:
            reason = f"must be above {before}, or the band below it could not be reached"
            yield Fault((*at, "cuts", place), reason)
        if cut > highest:
            reason = f"is above the highest score, {highest}, so it could not be reached"
            yield Fault((*at, "cuts", place), reason)
    for inexact in _inexact(node):
        reason = f"needs an exact score, and the power mean of {inexact} is none"
        yield Fault(at, reason)


def _inexact(node: Node) -> Iterator[str]:
    """The nodes whose power mean is in general no fraction, from which the score is made."""
    if isinstance(node.score, Power) and node.score.p not in _EXACT_POWERS:
        yield node.id
    if node.score is not None and not isinstance(node.score, FromStage):
        for child in node.children:
            yield from _inexact(child)


def _staged_faults(model: MaturityTree, at: Steps, node: Node, staged: Staged) -> Iterator[Fault]:
    top = model.top_stage(node) or 0
    shares = staged.shares if isinstance(staged.shares, tuple) else (staged.shares,)
    if isinstance(staged.shares, tuple) and len(shares) != top:
        yield Fault((*at, "shares"), f"{len(shares)} shares for {top} stages; write one for each")
    for place, share in enumerate(shares):
        if share == 0:
            where = (place,) if isinstance(staged.shares, tuple) else ()
            yield Fault((*at, "shares", *where), "a share of 0 would be reached without answers")
    if staged.over == "all" and staged.others_share is not None:
        yield Fault((*at, "others_share"), "there are no others where all are counted")
    if staged.over == "core" and not any(c.core and c.weight for c in node.children):
        yield Fault((*at, "over"), "no child is core, so no stage could be reached")
    below = {found.id: found for child in node.children for found in _all(child)}
    for place, gate in enumerate(staged.gates):
        here = (*at, "gates", place)
        if gate.item not in below:
            yield Fault((*here, "item"), f"there is no “{gate.item}” below {node.id}")
            continue
        if gate.from_stage > top:
            yield Fault((*here, "from_stage"), f"there are only {top} stages")
        highest = model.top_stage(below[gate.item])
        if highest is None:
            yield Fault((*here, "item"), f"{gate.item} has no stage")
        elif gate.floor_stage > highest:
            yield Fault((*here, "floor_stage"), f"{gate.item} ends at stage {highest}")


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _all(child)


def _level_faults(model: MaturityTree, steps: Steps, node: Node, levels: Levels) -> Iterator[Fault]:
    at = (*steps, "stage")
    for place, child in enumerate(node.children):
        if child.level is None:
            yield Fault((*steps, "children", place, "level"), "is missing; the rule goes by levels")
    for level in range(1, (model.top_stage(node) or 0) + 1):
        if not any(child.level == level and child.weight for child in node.children):
            yield Fault(at, f"nothing is counted at level {level}, so it could not be reached")
    if levels.share == 0:
        yield Fault((*at, "share"), "a share of 0 would be reached without answers")
    for field, bar in {"bar": levels.bar, "lower_bar": levels.lower_bar}.items():
        if field == "lower_bar" and bar == levels.bar:
            continue
        for child in node.children:
            try:
                code = model.bar_code(bar, child)
            except ValueError as error:
                yield Fault((*at, field), str(error))
                break
            if field == "bar" and code == 0:
                yield Fault((*at, field), f"is the lowest answer of {child.id}, which all reach")
                break


def _any_all_faults(model: MaturityTree, at: Steps, node: Node, rule: AnyAll) -> Iterator[Fault]:
    if rule.achieved_if_all < rule.not_achieved_if_any + 2:
        reason = "leaves no answer between not achieved and achieved, so partly is never reached"
        yield Fault((*at, "achieved_if_all"), reason)
    for child in node.children:
        if rule.achieved_if_all > (model.top_stage(child) or 0):
            yield Fault((*at, "achieved_if_all"), f"{child.id} ends at {model.top_stage(child)}")


def _table_faults(model: MaturityTree, at: Steps, node: Node, table: Table) -> Iterator[Fault]:
    children = {child.id: child for child in node.children}
    if not table.inputs:
        yield Fault((*at, "inputs"), "must not be left empty")
    for place, name in enumerate(table.inputs):
        if name not in children:
            yield Fault((*at, "inputs", place), f"{node.id} has no child “{name}”")
        elif name in table.inputs[:place]:
            yield Fault((*at, "inputs", place), f"{name} is used twice")
    if not table.inputs or len({*table.inputs} & {*children}) != len(table.inputs):
        return
    tops = [model.top_stage(children[name]) or 0 for name in table.inputs]
    fitting = set()
    for row in table.rows:
        if len(row) != len(tops) or any(not 0 <= c <= t for c, t in zip(row, tops, strict=False)):
            ranges = ", ".join(f"{i} 0 to {t}" for i, t in zip(table.inputs, tops, strict=True))
            yield Fault((*at, "rows", row_name(row)), f"is no combination of {ranges}")
        else:
            fitting.add(row)
    every = itertools.product(*(range(top + 1) for top in tops))
    if missing := next((row for row in every if row not in fitting), None):
        yield Fault((*at, "rows"), f"the row {row_name(missing)} is missing")
    for row in sorted(fitting):
        for place in range(len(row)):
            higher = (*row[:place], row[place] + 1, *row[place + 1 :])
            if higher in fitting and table.rows[higher] < table.rows[row]:
                reason = f"gives less than {row_name(row)}, though {table.inputs[place]} is higher"
                yield Fault((*at, "rows", row_name(higher)), reason)
    given = set(table.rows.values())
    for stage in range(1, max(given | {1}) + 1):
        if stage not in given:
            yield Fault((*at, "rows"), f"no row gives stage {stage}")
