"""The search for the answers that reach a stage: sets are proposed, and a function judges them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain, combinations
from math import comb

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Bools
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.model.states import UNANSWERED, States
from schemas.maturity import Bands

COMBINATIONS = 4096
"""How many sets of answers are tried at most at a time."""

CANDIDATES = 32
"""How many sets of the same number of questions are compared by how much they ask."""

Reaches = Callable[[Bools, States], Bools]
"""Sets [set, question] and the answers [question] or [set, question] -> which reach the stage."""


@dataclass(frozen=True)
class OpenItems:
    """The questions below a node whose answer can rise, each an item below."""

    columns: npt.NDArray[np.intp]
    now: States
    """[item]; UNANSWERED where blank."""
    tops: States
    loose: Bools
    """[item]: left blank and left out of the count, so that an answer to it can lower the stage."""

    @property
    def least(self) -> States:
        """[item]: the least answer that would be a change."""
        return np.where(self.now == UNANSWERED, 0, self.now + 1).astype(self.now.dtype)


def open_items(plan: Plan, states: States, node: PlanNode) -> OpenItems:
    """What can rise below a node, of one organisation's states [leaf]."""
    inner = plan.nodes[node.place : node.place + _size(plan, node)]
    by_score = any(isinstance(n.stage, Bands) for n in inner)
    columns = np.arange(node.columns.start, node.columns.stop)
    own, tops = states[columns], plan.tops[columns]
    columns = columns[(own == UNANSWERED) | ((own >= 0) & (own < tops))]
    policies = [plan.nodes[plan.leaf_places[column]].policy for column in columns]
    counted = np.array(
        [
            p.unanswered_stage == "zero" and (p.unanswered_score == "zero" or not by_score)
            for p in policies
        ],
        dtype=bool,
    )
    now = states[columns]
    return OpenItems(columns, now, plan.tops[columns], (now == UNANSWERED) & ~counted)


def _size(plan: Plan, node: PlanNode) -> int:
    """How many nodes there are at and below a node; they stand together."""
    return 1 + sum(_size(plan, plan.nodes[child]) for child in node.children)


def smallest(found: OpenItems, reaches: Reaches) -> tuple[Bools | None, bool]:
    """Sets of the fewest questions that reach the stage, and whether every set was tried.

    Sets of one question are tried, then of two, as long as there are not too many.
    """
    n, tried = len(found.columns), 0
    for size in range(1, n + 1):
        tried += comb(n, size)
        if tried > COMBINATIONS:
            return None, False
        sets = _sets(n, combinations(range(n), size))
        sets = sets[reaches(sets, found.tops)]
        if len(sets):
            room = (sets * (found.tops - found.now)).sum(axis=1)
            return sets[np.argsort(room, kind="stable")[:CANDIDATES]], True
    return None, True


def shrunk_sets(plan: Plan, node: PlanNode, found: OpenItems, reaches: Reaches) -> Bools | None:
    """Sets that reach the stage, each left when one question after the other is dropped.

    Blanks that do not count are taken in only where the stage cannot be reached without them.
    """
    everything = np.ones(len(found.columns), dtype=bool)
    start = next((s for s in (~found.loose, everything) if reaches(s[None], found.tops)[0]), None)
    if start is None:
        return None
    orders = ([item for item in order if start[item]] for order in _orders(plan, node, found))
    return np.unique([_shrunk(order, len(start), found, reaches) for order in orders], axis=0)


def _shrunk(order: list[int], n: int, found: OpenItems, reaches: Reaches) -> Bools:
    """What is needed of these items, if they are dropped in this order as far as that goes."""
    kept: list[int] = []
    while True:
        sets = _sets(n, ((*kept, *order[first:]) for first in range(len(order) + 1)))
        last = int(np.flatnonzero(reaches(sets, found.tops))[-1])
        if last == len(order):
            needed: Bools = sets[last]
            return needed
        kept.append(order[last])
        order = order[last + 1 :]


def _orders(plan: Plan, node: PlanNode, found: OpenItems) -> Iterable[list[int]]:
    """In which orders to drop items: parts that lack much, what gains little, what is far off."""
    item_of = {column: item for item, column in enumerate(found.columns.tolist())}

    def parts(inner: PlanNode) -> list[int]:
        if inner.is_leaf:
            return [i for i in (item_of.get(inner.columns.start),) if i is not None]
        below = [
            (level or 0, parts(plan.nodes[child]))
            for level, child in zip(inner.levels, inner.children, strict=True)
        ]
        below.sort(key=lambda part: (-part[0], -len(part[1])))
        return [item for _, items in below for item in items]

    yield parts(node)
    weights = [node.unit_weights[c - node.columns.start] if node.children else 1
               for c in found.columns]  # fmt: skip
    scales = [plan.scales[column].labels for column in found.columns]
    gains = [
        weight * (labels[-1].value - labels[max(now, 0)].value)
        for weight, labels, now in zip(weights, scales, found.now, strict=True)
    ]
    yield sorted(range(len(gains)), key=gains.__getitem__)
    room = (found.tops - found.now).tolist()
    yield sorted(range(len(room)), key=room.__getitem__, reverse=True)


def least_asked(found: OpenItems, sets: Bools, reaches: Reaches) -> States:
    """Of these sets the best, with its least answers [item]; UNANSWERED where it asks for none."""
    codes = np.where(sets, found.tops, UNANSWERED).astype(found.tops.dtype)
    for item in np.flatnonzero(sets.any(axis=0)):
        lower = np.arange(found.least[item], found.tops[item], dtype=codes.dtype)
        if not len(lower):
            continue
        which = np.flatnonzero(sets[:, item])
        tried = np.repeat(codes[which], len(lower), axis=0)
        tried[:, item] = np.tile(lower, len(which))
        good = reaches(tried != UNANSWERED, tried).reshape(len(which), len(lower))
        some = good.any(axis=1)
        codes[which[some], item] = lower[good[some].argmax(axis=1)]
    rise = np.where(sets, codes - np.maximum(found.now, 0), 0).sum(axis=1)
    best: States = codes[np.lexsort((rise, sets.sum(axis=1)))[0]]
    return best


def smaller_set(found: OpenItems, codes: States, reaches: Reaches) -> Bools | None:
    """A smaller set that reaches the stage; None if there is none, empty if that is not known.

    As long as the same blanks are answered a better answer never lowers a stage, so that only the
    blanks that do not count must be left out in every combination.
    """
    items = np.flatnonzero(codes != UNANSWERED).tolist()
    loose = [item for item in items if found.loose[item]]
    if 2 ** len(items) <= COMBINATIONS:
        loose = items
    if 2 ** len(loose) > COMBINATIONS:
        return np.zeros(len(codes), dtype=bool)
    left_out = chain(
        *(combinations(loose, size) for size in range(len(loose), 0, -1)),
        ((item,) for item in items if item not in loose),
    )
    sets = _sets(len(codes), ([i for i in items if i not in out] for out in left_out))
    good = np.flatnonzero(reaches(sets, codes))
    return sets[good[0]] if len(good) else None


def _sets(n: int, items: Iterable[Iterable[int]]) -> Bools:
    """[set, item]."""
    listed = [list(some) for some in items]
    sets = np.zeros((len(listed), n), dtype=bool)
    for row, some in enumerate(listed):
        sets[row, some] = True
    return sets
