"""How far a score depends on how it is made: the same answers scored again under drawn variations.

Everybody who answered is there, so this is a census: nothing is sampled, and the intervals show
what the method and the ratings leave open, not what chance brought into a sample. Draws come from
NumPy's generator; the same seed gives the same draws under the same version of NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from remi.scoring.arrays import Floats
from remi.scoring.model.evaluate import evaluate
from remi.scoring.model.leave_one_out import gone_without, items, weighed
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.model.readings import Reading, reading
from remi.scoring.model.states import OUT_OF_SCOPE, UNANSWERED, States
from remi.scoring.model.tree import values
from schemas.maturity import Bands, FromStage, Power

CENSUS = (
    "Every organisation that answered is included, so nothing is estimated from a sample. The "
    "intervals show how far results depend on the method and on how questions are rated."
)
"""To be printed beside every interval."""

N_DRAWS = 1_000
INTERVAL = (0.05, 0.95)
"""P5 and P95, quantiles of type 7: straight between neighbouring draws."""

BENDS = (0.5, 1.0, 2.0)
"""The value of an answer to these powers: the first steps count more, as declared, or less."""
AS_DECLARED = BENDS.index(1.0)

POWERS = (Power(p=Fraction(1)), Power(p=Fraction(0)), Power(p=Fraction(-1)))
"""The mean, the geometric mean and the harmonic mean."""
GEOMETRIC = 1

LEAST, MOST = 75, 125
"""Weights are multiplied by whole numbers between these, so by 100 less or more a quarter."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Varied:
    """What is drawn anew each time; what is false stays as the model says."""

    values: bool = True
    """How the answers are valued, between the lowest and the highest."""
    weights: bool = True
    """Each weight, by up to a quarter up or down."""
    powers: bool = True
    """Which mean is used wherever the rule is `power`."""
    questions: bool = True
    """One question, or none, is left out; see `leave_one_out.items`."""
    unanswered: bool = True
    """Which answer stands for a blank: any on its scale."""


@dataclass(frozen=True)
class Simulation:
    """The score of one node under every draw."""

    node_id: str
    nominal: Floats
    """[organisation]: as the model makes it; not a number where there is none or it is withheld."""
    draws: Floats
    """[draw, organisation]; the first is the nominal score."""
    seed: int
    varied: Varied
    statement: str = CENSUS


def simulate(
    plan: Plan,
    states: States,
    node_ids: Sequence[str],
    seed: int,
    varied: Varied | None = None,
    n_draws: int = N_DRAWS,
) -> tuple[Simulation, ...]:
    """The scores of some nodes under `n_draws` variations of the model, common to all of them.

    `states` is [organisation, leaf]. Each source has its own stream of draws, so that switching one
    off leaves the others as they are. Where a draw leaves an organisation nothing to score, its
    nominal score stands in. Raises KeyError for an unknown node, and ValueError for a node without
    a score and for a negative seed.
    """
    varied = varied or Varied()
    nodes = [plan.node(node_id) for node_id in node_ids]
    if bare := [node.id for node in nodes if not node.is_leaf and node.score is None]:
        raise ValueError(f"{', '.join(bare)} has no score, so there is nothing to vary")
    chosen = [node.place for node in nodes]
    nominal = evaluate(states, plan).score[chosen]
    drawn = np.empty((len(chosen), n_draws + 1, len(states)))
    drawn[:, 0] = nominal

    as_given = reading(plan, "given")
    readings = [bent(as_given, plan, power) for power in BENDS]
    left_out = items(plan)
    streams = [np.random.default_rng([seed, source]) for source in range(5)]
    bends = _picks(streams[0], n_draws, len(BENDS), varied.values, AS_DECLARED)
    powers = _picks(streams[1], n_draws, len(POWERS), varied.powers, -1)
    left = _picks(streams[2], n_draws, len(left_out) + 1, varied.questions, len(left_out))
    factors = np.ones((n_draws, len(plan.nodes)), dtype=np.int64)
    if varied.weights:
        factors = streams[3].integers(LEAST, MOST, factors.shape, endpoint=True)
    bare_plan = _for_scores(plan)
    banded = _read_by_bands(bare_plan)

    by_leaf = np.ascontiguousarray(states.T)
    blank = np.nonzero(by_leaf == UNANSWERED)
    tops = plan.tops.astype(np.int64)[blank[0]]
    # Only bounds ask whether anything is answered; as given nothing does.
    answered = np.ones((len(plan.nodes), len(states)), dtype=bool)
    for draw in range(n_draws):
        here = by_leaf.copy()
        gone: tuple[int, ...] = ()
        if varied.unanswered:
            here[blank] = streams[4].integers(0, tops, endpoint=True)
        if left[draw] < len(left_out):
            item = left_out[left[draw]]
            here[plan.nodes[item].columns] = OUT_OF_SCOPE
            gone = gone_without(plan, item)
        power = int(powers[draw])
        tried = [
            node
            if node.is_leaf
            else _varied(node, factors[draw], power, gone, node.place in banded)
            for node in bare_plan.nodes
        ]
        found = values(
            replace(bare_plan, nodes=tuple(tried)), readings[bends[draw]], here, answered
        )
        counts = found.score_counts[chosen] & ~found.score_void[chosen]
        usable = counts & ~np.isnan(nominal)
        drawn[:, draw + 1] = np.where(usable, found.score[chosen], nominal)
    return tuple(
        Simulation(node.id, nominal[place], drawn[place], seed, varied)
        for place, node in enumerate(nodes)
    )


def interval(nominal: npt.NDArray[np.float64], draws: Floats) -> tuple[Floats, Floats]:
    """P5 and P95 of `draws` [draw, organisation], widened to hold the nominal [organisation]."""
    low, high = np.quantile(draws, INTERVAL, axis=0, method="linear")
    return np.minimum(low, nominal), np.maximum(high, nominal)


def intervals_frame(
    simulations: Sequence[Simulation], organisation_ids: Sequence[str]
) -> pd.DataFrame:
    """`organisation_id`, `node_id`, `score`, `score_p5`, `score_p95`; missing where no score is.

    In the order of organisations, then of nodes. Print `Simulation.statement` beside it.
    """
    parts = []
    for order, one in enumerate(simulations):
        low, high = interval(one.nominal, one.draws)
        numbers = {"score": one.nominal, "score_p5": low, "score_p95": high}
        parts.append(
            pd.DataFrame(
                {
                    "organisation_id": pd.Series(list(organisation_ids), dtype="str"),
                    "node_id": one.node_id,
                    **{k: pd.arrays.FloatingArray(v, np.isnan(v)) for k, v in numbers.items()},
                    "row": np.arange(len(organisation_ids)),
                    "order": order,
                }
            )
        )
    made = pd.concat(parts).sort_values(["row", "order"], ignore_index=True)
    return made.drop(columns=["row", "order"]).astype({"node_id": "str"})


def bent(as_given: Reading, plan: Plan, power: float) -> Reading:
    """The reading with every value, between its scale's least and 1, to this power."""
    if power == 1:
        return as_given
    floor = np.array([float(scale.labels[0].value) for scale in plan.scales])[:, None]
    span = np.maximum(1 - floor, np.finfo(np.float64).tiny)
    above = np.maximum(as_given.score - floor, 0) / span
    score = np.where(as_given.score > floor, floor + span * above**power, as_given.score)
    exact = np.array([[Fraction(value) for value in row] for row in score], dtype=object)
    return replace(as_given, score=score, exact_score=exact, bend=power)


def _picks(
    stream: np.random.Generator, n_draws: int, n_choices: int, varied: bool, otherwise: int
) -> Ints:
    return stream.integers(0, n_choices, n_draws) if varied else np.full(n_draws, otherwise)


def _for_scores(plan: Plan) -> Plan:
    """The plan without the stages that no score is made of."""
    needed: list[bool] = []
    for node in plan.nodes:
        above = node.parent >= 0 and needed[node.parent]
        needed.append(above or isinstance(node.score, FromStage))
    nodes = (
        n if keep else replace(n, stage=None) for n, keep in zip(plan.nodes, needed, strict=True)
    )
    return replace(plan, nodes=tuple(nodes))


def _read_by_bands(plan: Plan) -> frozenset[int]:
    """Places of the nodes whose scores bands are read from, themselves or further up."""
    found: set[int] = set()
    for node in plan.nodes:
        if isinstance(node.stage, Bands) or node.parent in found:
            found.add(node.place)
    return frozenset(found)


def _varied(
    node: PlanNode,
    factors: Ints,
    power: int,
    gone: tuple[int, ...],
    banded: bool,
) -> PlanNode:
    """The node with its children's weights times their factors, and with another mean."""
    among = factors[list(node.children)].tolist()
    weights = [weight * factor for weight, factor in zip(node.weights, among, strict=True)]
    made = weighed(node, weights, gone)
    # Cuts are compared as fractions, and a geometric mean is none.
    if power < 0 or not isinstance(node.score, Power) or (banded and power == GEOMETRIC):
        return made
    return replace(made, score=POWERS[power])
