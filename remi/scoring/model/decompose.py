"""What a change between two years of one node is made of: exact parts, by question and cause.

The parts always add up to the change, and swapping the years turns every sign. Trees of means and
of geometric means have closed forms (`change_means`); any other rule is split by `owen`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt

from remi.scoring.model.change_effects import Cause, Effect
from remi.scoring.model.change_means import (
    Kind,
    Leaf,
    cause_of,
    geometric_effects,
    mean_effects,
)
from remi.scoring.model.evaluate import evaluate
from remi.scoring.model.owen import Part, TooManyPartsError, owen_values
from remi.scoring.model.plan import Plan
from remi.scoring.model.states import NOT_APPLICABLE, OUT_OF_SCOPE, UNANSWERED, States
from schemas.maturity import Anchor, MaturityModel, Node, NodePolicy, Power

Track = Literal["score", "stage"]

Values = npt.NDArray[np.float64]

ValueOf = Callable[[States], Values]
"""States [organisation, leaf] -> a value each, a score or a stage; not a number where none."""

LEVELS_SPLIT = 2
"""Children and their children: a rule without a closed form is not split any deeper."""

CLOSE = 1e-9
"""How near a closed form must come to the engine's own value, which is a float."""


def decompose(
    model: MaturityModel,
    node_id: str,
    before: States,
    after: States,
    value_of: ValueOf,
    track: Track,
) -> tuple[Effect, ...]:
    """The parts of one organisation's change in one node, in the order of the model.

    `before` and `after` are the states of every leaf [leaf]; `value_of` gives the node's value on
    `track`. A closed form is used where it gives that value. Parts are named by leaf in a closed
    form, by child or child's child otherwise. There are none where the node has no value in one
    of the years: that is no change. Raises KeyError for an unknown node.
    """
    node = model.node(node_id)
    start, end = (float(value) for value in value_of(np.stack([before, after])))
    if math.isnan(start) or math.isnan(end):
        return ()
    if track == "score" and (power := _one_power(node)) is not None:
        years = (leaves_of(model, node, before), leaves_of(model, node, after))
        zero = any(leaf.value == 0 for year in years for leaf in year.values())
        if power == 1 or not zero:
            split = mean_effects if power == 1 else geometric_effects
            closed = split((node, node), years)
            if math.isclose(sum(float(e.amount) for e in closed), end - start, abs_tol=CLOSE):
                return closed
    change = Fraction(end) - Fraction(start)
    column = {leaf.id: place for place, leaf in enumerate(model.leaves())}
    shared = _shared(_parts(node, LEVELS_SPLIT, column, before, after), before, after, value_of)
    if shared is None:
        return (Effect(node_id, Cause.NOT_SPLIT, change),) if change else ()
    return shared


def value_in(plan: Plan, node_id: str, track: Track) -> ValueOf:
    """What the engine gives for one node. Raises KeyError for an unknown node."""
    place = plan.place(node_id)

    def value_of(states: States) -> Values:
        results = evaluate(states, plan)
        values = results.score[place] if track == "score" else results.stage[place]
        return np.where(values < 0, np.nan, values).astype(np.float64)

    return value_of


def leaves_of(model: MaturityModel, node: Node, states: States) -> dict[str, Leaf]:
    """The questions under a node as they stand in `states` [leaf], by the policy of each."""
    policies = model.policies()
    below = {leaf.id for leaf in _leaves(node)}
    return {
        leaf.id: _leaf(model, leaf, int(state), policies[leaf.id])
        for leaf, state in zip(model.leaves(), states, strict=True)
        if leaf.id in below
    }


def _shared(
    parts: Sequence[Part], before: States, after: States, value_of: ValueOf
) -> tuple[Effect, ...] | None:
    """The parts with their shares; None where a mixture has no value or there are too many."""

    def values(moved: Sequence[frozenset[int]]) -> list[Fraction | None]:
        if not moved:
            return []
        mixed = np.repeat(before[None, :], len(moved), axis=0)
        for row, columns in enumerate(moved):
            mixed[row, list(columns)] = after[list(columns)]
        given = (float(value) for value in value_of(mixed))
        return [None if math.isnan(value) else Fraction(value) for value in given]

    try:
        shares = owen_values(parts, values)
    except TooManyPartsError:
        return None
    if shares is None:
        return None
    return tuple(Effect(p.node_id, Cause(p.cause), amount) for p, amount in shares if amount)


def _parts(
    node: Node, levels: int, column: dict[str, int], before: States, after: States
) -> tuple[Part, ...]:
    """What moved under a node, nested as the tree is; the innermost by cause."""
    if not levels or not node.children:
        return _by_cause(node, column, before, after)
    parts: list[Part] = []
    for child in node.children:
        inner = _parts(child, levels - 1, column, before, after)
        if inner:
            columns = tuple(c for part in inner for c in part.columns)
            parts.append(Part(child.id, "", columns, inner))
    return tuple(parts)


def _by_cause(
    node: Node, column: dict[str, int], before: States, after: States
) -> tuple[Part, ...]:
    moved: dict[Cause, list[int]] = {}
    for place in (column[leaf.id] for leaf in _leaves(node)):
        old, new = int(before[place]), int(after[place])
        if old != new:
            moved.setdefault(cause_of(kind_of(old), kind_of(new)), []).append(place)
    return tuple(Part(node.id, cause, tuple(moved[cause])) for cause in Cause if cause in moved)


def _leaf(model: MaturityModel, leaf: Node, state: int, policy: NodePolicy) -> Leaf:
    kind = kind_of(state)
    if kind == "answered":
        return Leaf(kind, model.scale_of(leaf).labels[state].value)
    if kind == "unanswered":
        return Leaf(kind, Fraction(0) if policy.unanswered_score == "zero" else None)
    if state == OUT_OF_SCOPE:
        return Leaf(kind, None)
    if isinstance(policy.not_applicable, Anchor):
        return Leaf(kind, policy.not_applicable.value)
    counts_as = {"full": Fraction(1), "zero": Fraction(0)}
    return Leaf(kind, counts_as.get(policy.not_applicable or "exclude"))


def kind_of(state: int) -> Kind:
    """What stands at a question in this state."""
    if state in (NOT_APPLICABLE, OUT_OF_SCOPE):
        return "not_applicable"
    return "unanswered" if state == UNANSWERED else "answered"


def _one_power(node: Node) -> int | None:
    """1 where every rule of the tree is the mean, 0 where it is the geometric mean."""
    powers = {inner.score.p if isinstance(inner.score, Power) else None for inner in _inner(node)}
    if powers == {1}:
        return 1
    return 0 if powers and powers <= {0, "geometric"} else None


def _inner(node: Node) -> list[Node]:
    return [node, *(n for c in node.children for n in _inner(c))] if node.children else []


def _leaves(node: Node) -> list[Node]:
    return [n for c in node.children for n in _leaves(c)] if node.children else [node]
