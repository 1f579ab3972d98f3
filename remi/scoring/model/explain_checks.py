"""The shares that a stage asks for, as one organisation meets them: for rules that go by shares.

The engine decides stages; this only shows the fractions that it compared, from the same inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from remi.scoring.model.explain_parts import CheckRead, InputRead
from remi.scoring.model.plan import PlanNode
from schemas.maturity import Levels, Staged

Counted = tuple[Fraction, int, InputRead]
"""Weight, stage and the child itself."""


def checks(node: PlanNode, inputs: Sequence[InputRead]) -> tuple[CheckRead, ...]:
    """Every share that is asked for, from stage 1 on; none where an answer is missing for it."""
    counted: list[Counted] = []
    for child in inputs:
        if child.stage is not None:
            if child.stage.value is None:
                return ()
            counted.append((child.weight, int(child.stage.value), child))
    match node.stage:
        case Staged():
            return tuple(_staged(node.stage, node.top_stage or 0, counted))
        case Levels():
            bars = {child.node_id: n for n, child in enumerate(inputs)}
            return tuple(_levels(node, node.stage, counted, bars))
        case _:
            return ()


def _staged(rule: Staged, top: int, counted: Sequence[Counted]) -> Iterator[CheckRead]:
    for number in range(1, top + 1):
        left = [one for one in counted if not _finished(rule, one, number)]
        needed = [one for one in left if one[2].core or rule.over == "all"]
        found = _share((weight, stage >= number) for weight, stage, _ in needed)
        share = rule.share_at(number)
        # Where nothing is left to count nothing can show the stage.
        holds = found is not None and found >= share
        yield CheckRead(number, rule.over, None, found, share, holds)
        if rule.others_share is not None:
            others = [one for one in left if not one[2].core]
            found = _share((weight, stage >= number) for weight, stage, _ in others)
            holds = found is None or found >= rule.others_share
            yield CheckRead(number, "others", None, found, rule.others_share, holds)


def _finished(rule: Staged, one: Counted, number: int) -> bool:
    """Whether a child has reached its last stage and is set aside above it."""
    _, stage, child = one
    last = child.last_stage
    return rule.exhausted == "set_aside" and last is not None and last <= stage and last < number


def _levels(
    node: PlanNode, rule: Levels, counted: Sequence[Counted], place: Mapping[str, int]
) -> Iterator[CheckRead]:
    for number in range(1, (node.top_stage or 0) + 1):
        for level in range(1, number + 1):
            bars = node.bars if level == number else node.lower_bars
            needed = rule.share if level == number else rule.lower_share
            found = _share(
                (weight, stage >= bars[place[child.node_id]])
                for weight, stage, child in counted
                if child.level == level
            )
            holds = found is None or found >= needed
            yield CheckRead(number, "level", level, found, needed, holds)


def _share(there: Iterable[tuple[Fraction, bool]]) -> Fraction | None:
    """The share of the weight that is there; None where there is no weight."""
    part = whole = Fraction(0)
    for weight, is_there in there:
        whole += weight
        part += weight if is_there else 0
    return part / whole if whole else None
