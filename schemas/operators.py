"""The rules that a node of a maturity model can use to make a score or a stage of its children.

Every threshold is a `Fraction`. A child's stage is its answer's code where it is a question, and
the stage of its own rule otherwise. Weights are those of the children that count, and matter only
in relation to each other, except in `Sum`, which adds weight times score.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, JsonValue, Tag

from schemas.framework import Model, Number, Share
from schemas.loading import Fault, FaultsError

FurthestPower = 20
"""Powers beyond this lose small scores; `minimum` and `maximum` say what is meant."""

_POWERS = ("minimum", "harmonic", "geometric", "maximum")


def _power(value: object) -> object:
    if value in _POWERS:
        return value
    try:
        power = Fraction(str(value))
    except (ValueError, ZeroDivisionError) as error:
        words = ", ".join(_POWERS)
        raise ValueError(f"write a number, or one of the words {words}") from error
    if abs(power) > FurthestPower:
        raise ValueError("is so far from 0 that small scores vanish; write minimum or maximum")
    return power


def _bar(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("write a label of the scale in quotation marks, or its place from 0")
    return value


def _rows(value: object) -> object:
    """Read “0, 2” as the codes (0, 2), and refuse a row that is written twice."""
    if not isinstance(value, Mapping):
        raise ValueError("write each row as its codes and a stage, such as “0, 2: 1”")
    rows: dict[tuple[int, ...], int] = {}
    for written, code in value.items():
        parts = written if isinstance(written, tuple) else str(written).split(",")
        try:
            key = tuple(int(str(part)) for part in parts)
        except ValueError as error:
            reason = "is not a row; write whole numbers, such as 0, 2"
            raise FaultsError([Fault((str(written),), reason)]) from error
        if key in rows:
            raise FaultsError([Fault((str(written),), "is written twice")])
        if isinstance(code, bool) or not isinstance(code, int) or code < 0:
            reason = "must give a stage, as a whole number from 0"
            raise FaultsError([Fault((str(written),), reason)])
        rows[key] = code
    return rows


def row_name(codes: tuple[int, ...]) -> str:
    """How a row of a decision table is written in a file, such as “0, 2”."""
    return ", ".join(map(str, codes))


def _one_or_each(value: object) -> str:
    return "for each stage" if isinstance(value, list | tuple) else "for all stages"


Code = Annotated[int, Field(strict=True, ge=0)]
"""Place of an answer on its scale, or a stage: 0 is the first label, or before the first stage."""

Bar = Annotated[int | str, BeforeValidator(_bar)]
"""What a child must have reached: a label, the name of a stage, or a code."""

OneOrEach = Annotated[
    Annotated[Share, Tag("for all stages")] | Annotated[tuple[Share, ...], Tag("for each stage")],
    Discriminator(_one_or_each),
]


def _rule_is_written(schema: dict[str, JsonValue]) -> None:
    """In a file the rule must be written, though in a program it follows from the class."""
    schema["required"] = ["rule", *cast(list[JsonValue], schema.get("required", []))]


class Rule(Model):
    """Any of the rules below."""

    model_config = ConfigDict(json_schema_extra=_rule_is_written)


class Power(Rule):
    """Weighted power mean of the children's scores: p = 1 is the mean.

    For p <= 0 (geometric is 0, harmonic is -1) any child at 0 with a weight above 0 gives 0.
    """

    rule: Literal["power"] = "power"
    p: Annotated[
        Fraction | Literal["minimum", "harmonic", "geometric", "maximum"], BeforeValidator(_power)
    ] = Fraction(1)


class Sum(Rule):
    """`scale` times the sum of weight times score, in points (0 to 33 for eleven of 0 to 3).

    `incomplete` says what happens when a child does not count: `as_is` adds up the rest, `prorate`
    multiplies the sum of the rest by what all children can give at most over what the rest can, so
    that it is never above the node's highest score. A child that weighs 0 is in neither, and one
    that weighs more always can give something; where none counts there is no score.
    """

    rule: Literal["sum"] = "sum"
    scale: Annotated[Number, Field(gt=0)] = Fraction(1)
    incomplete: Literal["as_is", "prorate"]


class Quantile(Rule):
    """The children's weighted quantile: as a stage over stages, as a score over scores.

    `lower` is the smallest value with a share of at least `alpha` at or below it; `upper` the
    largest with a share of at least 1 - `alpha` at or above it. They differ only where a share is
    exactly `alpha`. An `alpha` of 0 is the lowest child, of 1 the highest (high-water mark).
    """

    rule: Literal["quantile"] = "quantile"
    alpha: Share = Fraction(1, 2)
    side: Literal["lower", "upper"] = "lower"


class CumulativeProduct(Rule):
    """1 + s2 + s2 s3 + ...: each level counts only as far as those below it are complete.

    Children have the levels 2, 3, ..., each once, and scores of 0 to 1.
    """

    rule: Literal["cumulative_product"] = "cumulative_product"


class FromStage(Rule):
    """The node's own stage as a share of its highest stage.

    It counts as any score does: not where every question below is left out of the score. Its
    bounds are those of the stage with every unanswered question at its lowest and at its highest
    answer. With `nothing_answered: whole_range` they are 0 and 1 where nothing is
    answered, whatever not applicable questions would add or take away.
    """

    rule: Literal["from_stage"] = "from_stage"
    nothing_answered: Literal["as_answers", "whole_range"] = "as_answers"


class Gate(Model):
    """From stage `from_stage` on, the item (anywhere below) must itself be at `floor_stage`.

    An item that does not count holds nothing back; one whose stage is not known does.
    """

    item: str
    from_stage: Annotated[int, Field(strict=True, ge=1)]
    floor_stage: Annotated[int, Field(strict=True, ge=1)]


class Staged(Rule):
    """The highest stage s such that for each t up to s, the needed share of children is at t.

    `shares` is one share, or one for each stage. Over `core`, only core children are counted, and
    `others_share` may ask for a share of the rest besides (None: they do not matter).

    A child whose levels stop applying (see `Levels.empty_level`) and that has reached the last one
    has nothing left to reach. `exhausted: set_aside` does not count it above that level, so that it
    holds nobody back; where nothing else is left to count, the highest such level stands.

    With `needs_every_child` there is a stage only where every child that is asked has one, and the
    status is that of the child of which least can be said: the lowest of some hides the others.
    """

    rule: Literal["staged"] = "staged"
    shares: OneOrEach = Fraction(1)
    over: Literal["all", "core"] = "all"
    others_share: Share | None = None
    gates: tuple[Gate, ...] = ()
    exhausted: Literal["count", "set_aside"] = "count"
    needs_every_child: bool = False

    def share_at(self, stage: int) -> Fraction:
        """The share of children that must be at `stage` (from 1)."""
        return self.shares[stage - 1] if isinstance(self.shares, tuple) else self.shares


class Levels(Rule):
    """The highest level L whose children reach `bar` in the needed share, as do those below.

    Children belong to levels 1, 2, ... Level L is reached if the share of its own children at
    `bar` is at least `share`, and the share of the children of each lower level at `lower_bar` is
    at least `lower_share`. What is asked of lower levels is the same unless it is written.

    A level at which nothing counts holds. With `empty_level: cap` the stage still stops at the last
    level at which something counts, so that opting out never raises it.
    """

    rule: Literal["levels"] = "levels"
    bar: Bar
    lower_bar: Bar = Field(default_factory=lambda levels: levels["bar"])
    share: Share = Fraction(1)
    lower_share: Share = Field(default_factory=lambda levels: levels["share"])
    empty_level: Literal["hold", "cap"] = "hold"


class AnyAll(Rule):
    """Three stages: 0 not achieved, 1 partly, 2 achieved.

    Not achieved if any child is at or below the first code; else achieved if every child is at or
    above the second; else partly.
    """

    rule: Literal["any_all"] = "any_all"
    not_achieved_if_any: Code
    achieved_if_all: Code


class Table(Rule):
    """A decision table: a stage for every combination of the stages of the children in `inputs`.

    It must be complete, and no stage may fall where an input rises. Inputs are read whatever they
    weigh; where one does not count, no row fits and the node is not assessable.
    """

    rule: Literal["table"] = "table"
    inputs: tuple[str, ...]
    rows: Annotated[dict[tuple[int, ...], Code], BeforeValidator(_rows)]


class Bands(Rule):
    """The stage is the number of cuts that the node's own score is at or above, compared exactly.

    `of: sum` says that the cuts are points of a sum. `labels` has one name more than there are
    cuts; the first is that of stage 0.
    """

    rule: Literal["bands"] = "bands"
    of: Literal["score", "sum"]
    cuts: tuple[Number, ...]
    labels: tuple[str, ...]


def _rule(value: object) -> object:
    return value.get("rule") if isinstance(value, Mapping) else getattr(value, "rule", None)


def _one_of(kind: str, rules: str) -> Discriminator:
    message = f"write the rule of the {kind}: {rules}"
    return Discriminator(_rule, custom_error_type="rule", custom_error_message=message)


ScoreOperator = Annotated[
    Annotated[Power, Tag("power")]
    | Annotated[Sum, Tag("sum")]
    | Annotated[Quantile, Tag("quantile")]
    | Annotated[CumulativeProduct, Tag("cumulative_product")]
    | Annotated[FromStage, Tag("from_stage")],
    _one_of("score", "power, sum, quantile, cumulative_product or from_stage"),
]

StageOperator = Annotated[
    Annotated[Staged, Tag("staged")]
    | Annotated[Levels, Tag("levels")]
    | Annotated[AnyAll, Tag("any_all")]
    | Annotated[Table, Tag("table")]
    | Annotated[Quantile, Tag("quantile")]
    | Annotated[Bands, Tag("bands")],
    _one_of("stage", "staged, levels, any_all, table, quantile or bands"),
]
