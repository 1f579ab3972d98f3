"""The order of questions and organisations, and who else answers, change nothing.

Numbers are those of the invariants in the specification of scoring.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from model_cases import (
    any_case,
    assert_same,
    draw_case,
)
from model_changes import (
    changed,
)
from model_evaluation import one, said, states_of
from model_strategies import (
    models,
    sheets,
)

from remi.scoring.model.evaluate import NodeResults, evaluate
from remi.scoring.model.plan import compiled
from schemas.maturity import Node

# 5


@any_case
@given(st.data())
def test_moving_siblings_and_columns_changes_nothing(data: st.DataObject) -> None:
    model, sheet = draw_case(data)

    def moved(node: Node) -> Node:
        order = data.draw(st.permutations(node.children)) if node.children else ()
        return node.model_copy(update={"children": tuple(order)})

    before, after = one(model, sheet), one(changed(model, moved), sheet)
    for node, results in before.items():
        assert_same(results, after[node])


@any_case
@given(st.data())
def test_moving_rows_changes_nothing(data: st.DataObject) -> None:
    model = data.draw(models())
    drawn = data.draw(st.lists(sheets(model), min_size=2, max_size=5))
    order = data.draw(st.permutations(range(len(drawn))))
    before, after = said(model, *drawn), said(model, *(drawn[n] for n in order))
    assert after == [before[n] for n in order]


# 16


@any_case
@given(st.data())
def test_an_organisation_alone_is_as_among_others(data: st.DataObject) -> None:
    model = data.draw(models())
    drawn = data.draw(st.lists(sheets(model), min_size=2, max_size=5))
    plan = compiled(model)
    together = evaluate(states_of(model, drawn), plan)
    for number, sheet in enumerate(drawn):
        alone = evaluate(states_of(model, [sheet]), plan)
        for field in fields(NodeResults):
            values = getattr(together, field.name)
            np.testing.assert_array_equal(
                values[:, [number]], getattr(alone, field.name), field.name
            )
