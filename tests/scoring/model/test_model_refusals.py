"""What is no answer is refused and never scored.

Numbers are those of the invariants in the specification of scoring.
"""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from model_cases import (
    any_case,
    draw_case,
)
from model_evaluation import states_of
from model_strategies import (
    models,
)

from remi.scoring.model.evaluate import evaluate
from remi.scoring.model.plan import compiled
from remi.scoring.model.states import to_states

# 15


@any_case
@given(st.data(), st.text(min_size=1, max_size=8).filter(lambda text: text.strip() != ""))
def test_an_unknown_label_stops_the_return_and_names_its_cell(
    data: st.DataObject, word: str
) -> None:
    model = data.draw(models(plain=True))
    leaf = data.draw(st.sampled_from(model.leaves()))
    assume(not word.strip().casefold().startswith(("answer", "not_applicable")))
    rows = pd.DataFrame(
        {
            "organisation_id": ["o1"],
            "node_id": [leaf.id],
            "answer": [word],
            "sheet": ["Answers"],
            "cell": ["C7"],
        }
    )
    organisations = pd.DataFrame({"organisation_id": ["o1"], "sector": ["other"]})
    with pytest.raises(ValueError, match=r"o1.*C7"):
        to_states(rows, organisations, model)


@any_case
@given(st.data())
def test_a_code_that_no_label_stands_for_is_never_scored(data: st.DataObject) -> None:
    model, sheet = draw_case(data)
    states = states_of(model, [sheet])
    column = data.draw(st.integers(0, states.shape[1] - 1))
    top = model.scale_of(model.leaves()[column]).top
    states[0, column] = data.draw(st.one_of(st.integers(top + 1, 127), st.integers(-128, -4)))
    with pytest.raises(ValueError, match=model.leaves()[column].id):
        evaluate(states, compiled(model))
