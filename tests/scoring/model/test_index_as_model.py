"""The index compiled to a tree gives what the index's own engine gives, on anything at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from hypothesis import given
from scoring_samples import Sheets, answer_frame, collections, organisation_frame

from remi.framework.load import framework_file, load_framework
from remi.scoring.arrays import Code, Codes, asked, outline, to_array
from remi.scoring.engine import ScoredArrays, score_states
from remi.scoring.indicators import PROVISIONAL
from remi.scoring.model.evaluate import Results, evaluate
from remi.scoring.model.index import as_model, index_states
from remi.scoring.model.plan import Plan, compiled
from remi.scoring.model.readings import NOT_ASKED
from remi.scoring.model.states import NOT_APPLICABLE, UNANSWERED
from schemas.framework import Framework

CONFIG = Path(__file__).resolve().parents[3] / "config"


def shipped() -> Framework:
    sectors = pd.read_csv(CONFIG / "reference" / "sectors.csv")["id"].tolist()
    return load_framework(framework_file(CONFIG, "race-equality-maturity-1.0"), sectors)


def both(of: Framework, codes: Codes) -> tuple[ScoredArrays, Results, Plan]:
    """The same answers through the index's engine and through the model of it."""
    plan = compiled(as_model(of))
    return score_states(codes, outline(of), of.scoring), evaluate(index_states(codes), plan), plan


def codes_of(of: Framework, sheets: Sheets, sectors: dict[str, str]) -> Codes:
    organisations = organisation_frame(sectors)
    return to_array(answer_frame(sheets, of), organisations, of).states


def must_agree(
    plan: Plan,
    results: Results,
    ids: tuple[str, ...],
    is_asked: npt.NDArray[np.bool_],
    status: npt.NDArray[np.int8],
    stage: npt.NDArray[np.integer],
) -> None:
    places = [plan.place(node_id) for node_id in ids]
    np.testing.assert_array_equal(results.status[places], np.where(is_asked, status, NOT_ASKED))
    expected = np.where(is_asked & (status >= PROVISIONAL), stage, -1)
    np.testing.assert_array_equal(results.stage[places], expected)


def all_must_agree(of: Framework, codes: Codes) -> None:
    index, results, plan = both(of, codes)
    shape = outline(of)
    indicators, commitments, profiles = index.indicators, index.commitments, index.profiles
    must_agree(
        plan, results, shape.indicator_ids, indicators.asked, indicators.status, indicators.stage
    )
    must_agree(
        plan,
        results,
        shape.commitment_ids,
        commitments.asked,
        commitments.status,
        commitments.stage,
    )
    places = [plan.place(node_id) for node_id in shape.commitment_ids]
    for ours, theirs in (
        (results.score, index.scores.score),
        (results.low, index.scores.score_low),
        (results.high, index.scores.score_high),
    ):
        np.testing.assert_allclose(100 * ours[places], theirs, rtol=1e-12, equal_nan=True)
    for ours, theirs in (
        (results.coverage_answered, commitments.n_answered),
        (results.coverage_applicable, commitments.n_applicable),
    ):
        np.testing.assert_array_equal(ours[places], theirs)
    some = profiles.n_commitments > 0
    np.testing.assert_array_equal(results.status[0][some], profiles.status[some])
    lowest = np.where(profiles.has_lowest_stage, profiles.lowest_stage, -1)
    np.testing.assert_array_equal(results.stage[0][some], lowest[some])


@given(collections())
def test_the_index_as_a_model_gives_the_stages_statuses_scores_and_bounds_of_its_own_engine(
    collection: tuple[Framework, Sheets, dict[str, str]],
) -> None:
    of, sheets, sectors = collection
    all_must_agree(of, codes_of(of, sheets, sectors))


def test_the_shipped_framework_is_a_model_of_five_commitments_and_agrees_on_mixed_answers() -> None:
    of = shipped()
    generator = np.random.default_rng(7)
    shape = outline(of)
    mixture = np.array(list(Code), dtype=np.int8)[1:]
    codes = mixture[generator.integers(0, len(mixture), (300, len(shape.indicator_ids) * 6))]
    reached = generator.integers(0, 7, (300, len(shape.indicator_ids), 1))
    codes = codes.reshape(300, -1, 6)
    codes[np.arange(6) < reached] = Code.MET
    sectors = [group.sectors[0] for group in of.organisation_groups]
    codes[~asked(of, [sectors[n % len(sectors)] for n in range(300)])] = Code.OUT_OF_SCOPE
    all_must_agree(of, codes.reshape(300, -1))
    plan = compiled(as_model(of))
    assert [n.id for n in plan.nodes if n.depth == 1] == [c.id for c in of.commitments]
    assert len(plan.leaf_ids) == sum(len(i.criteria) for _, i in of.indicators())


def test_a_part_met_criterion_is_worth_nothing_and_a_blank_where_one_may_stop_is_an_answer() -> (
    None
):
    codes = np.array([[Code.PART, Code.NOT_NEEDED, Code.UNANSWERED, Code.NOT_APPLICABLE]], np.int8)
    assert index_states(codes).tolist() == [[1, 0, UNANSWERED, NOT_APPLICABLE]]
    part = as_model(shipped()).scales[0].labels[1]
    assert part.value == 0
