"""Why an organisation is where it is: the answers, the rule, and the fewest criteria for more.

For the whole organisation, one commitment or one indicator, from the answers of one cycle.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from remi.scoring import explain_words as words
from remi.scoring.arrays import Code, Codes, Outline, outline, to_array
from remi.scoring.blockers import Criteria, blockers_of_commitment, blockers_of_indicator
from remi.scoring.engine import ScoredArrays, score_states
from remi.scoring.explanation import CriterionRead, Explanation
from remi.scoring.indicators import PROVISIONAL, STATUSES
from schemas.framework import Framework
from schemas.intake import AnswerState
from schemas.results import ResultStatus

NOTHING_ABOVE = "Nothing is left to reach."


class NoExplanationError(LookupError):
    """There is nothing to explain; the text says why in plain words."""


@dataclass(frozen=True)
class _Case:
    """One organisation's answers, scored."""

    organisation_id: str
    framework: Framework
    shape: Outline
    states: Codes
    """[criterion]."""
    scored: ScoredArrays
    inputs: dict[tuple[int, int], CriterionRead]
    """By place of the indicator and stage; only what the organisation is asked."""


def explain(
    answers: pd.DataFrame,
    organisation_id: str,
    sector: str,
    framework: Framework,
    node: str | None = None,
    name: str | None = None,
) -> Explanation:
    """Explain the result of one organisation, or of one commitment or indicator by its id.

    `answers` has the columns of `schemas.store.answer` and holds one cycle; other organisations'
    rows are not looked at. `name` is what sentences call the organisation, its id if left out.
    Raises NoExplanationError where the organisation has no answers, the node is unknown or the
    organisation is not asked it, and ValueError for an answer that cannot be scored.
    """
    own = answers[answers["organisation_id"] == organisation_id]
    if own.empty:
        raise NoExplanationError(f"There are no answers of {organisation_id} that count.")
    case = _case(own, organisation_id, sector, framework)
    called = name or organisation_id
    if node is None:
        return _organisation(case, called)
    if node in case.shape.commitment_ids:
        place = case.shape.commitment_ids.index(node)
        asked, title = case.scored.commitments.asked[place, 0], framework.commitments[place].name
    elif node in case.shape.indicator_ids:
        place = case.shape.indicator_ids.index(node)
        asked, title = case.scored.indicators.asked[place, 0], node
    else:
        raise NoExplanationError(f"The framework has no commitment or indicator “{node}”.")
    if not asked:
        raise NoExplanationError(f"{title} is not asked of organisations of this kind.")
    return (_commitment if node in case.shape.commitment_ids else _indicator)(case, place)


def _case(own: pd.DataFrame, organisation_id: str, sector: str, framework: Framework) -> _Case:
    one = pd.DataFrame({"organisation_id": [organisation_id], "sector": [sector]})
    states = to_array(own, one, framework).states[0]
    shape = outline(framework)
    scored = score_states(states[None], shape, framework.scoring)
    rows = {(str(r["indicator_id"]), int(r["stage"])): r for r in own.to_dict("records")}
    inputs = {}
    for place, (commitment, indicator) in enumerate(framework.indicators()):
        after_gap = False
        for stage, criterion in enumerate(indicator.criteria, 1):
            code = states[place * shape.n_stages + stage - 1]
            if code == Code.OUT_OF_SCOPE:
                continue
            answer = AnswerState[Code(code).name]
            row = rows.get((indicator.id, stage), {})
            inputs[place, stage] = CriterionRead(
                commitment_id=commitment.id,
                indicator_id=indicator.id,
                title=indicator.title,
                core=indicator.core,
                stage=stage,
                criterion=criterion,
                answer=answer,
                treatment=words.treatment(framework, answer, after_gap=after_gap),
                inherited=bool(row.get("inherited", False)),
                sheet=_text(row.get("sheet")),
                cell=_text(row.get("cell")),
            )
            after_gap |= answer not in (AnswerState.MET, AnswerState.NOT_APPLICABLE)
    return _Case(organisation_id, framework, shape, states, scored, inputs)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _indicator(case: _Case, place: int) -> Explanation:
    found, framework = case.scored.indicators, case.framework
    status, stage = STATUSES[found.status[place, 0]], int(found.stage[place, 0])
    inputs = tuple(c for (i, _), c in case.inputs.items() if i == place)
    name, staged = inputs[0].indicator, status in STATUSES[PROVISIONAL:]
    blockers = _read(case, blockers_of_indicator(case.states, place, case.shape) if staged else ())
    if not staged:
        sentences = words.without_stage(framework, name, status)
    elif blockers:
        first = blockers[0]
        how = (
            "was left unanswered"
            if first.answer is AnswerState.UNANSWERED
            else f"is answered {words.label(framework, first.answer.value)}"
        )
        sentences = (
            words.standing(
                framework, name, stage, f"its stage {first.stage} criterion {how}",
                provisional=status is ResultStatus.PROVISIONAL,
            ),
            words.needed(framework, stage + 1, blockers),
        )  # fmt: skip
    else:
        sentences = (words.complete(framework, name, stage), NOTHING_ABOVE)
    return Explanation(
        organisation_id=case.organisation_id,
        level="indicator",
        node=case.shape.indicator_ids[place],
        name=name,
        status=status.value,
        stage=stage if staged else None,
        floor_stage=int(found.floor_stage[place, 0]) if staged else None,
        next_stage=stage + 1 if blockers else None,
        rule=words.rule_in_words(framework, "indicator"),
        inputs=inputs,
        blockers=blockers,
        sentences=sentences,
    )


def _commitment(case: _Case, place: int) -> Explanation:
    found, framework = case.scored.commitments, case.framework
    commitment = framework.commitments[place]
    status, stage = STATUSES[found.status[place, 0]], int(found.stage[place, 0])
    staged = status in STATUSES[PROVISIONAL:]
    blockers = _read(
        case, blockers_of_commitment(case.states, place, case.shape, framework.scoring)
    )
    inputs = tuple(c for c in case.inputs.values() if c.commitment_id == commitment.id)
    if status is ResultStatus.NOT_ASSESSABLE:
        sentences = words.not_assessable(framework, commitment.name, inputs)
    elif not staged:
        sentences = words.without_stage(framework, commitment.name, status)
    elif blockers:
        sentences = (
            words.standing(
                framework, commitment.name, stage,
                words.held_back_by(framework, stage + 1, blockers),
                provisional=status is ResultStatus.PROVISIONAL,
            ),
            words.needed(framework, stage + 1, blockers),
        )  # fmt: skip
    else:
        sentences = (words.complete(framework, commitment.name, stage), NOTHING_ABOVE)
    return Explanation(
        organisation_id=case.organisation_id,
        level="commitment",
        node=commitment.id,
        name=commitment.name,
        status=status.value,
        stage=stage if staged else None,
        floor_stage=int(found.floor_stage[place, 0]) if found.has_floor[place, 0] else None,
        next_stage=stage + 1 if blockers else None,
        rule=words.rule_in_words(framework, "commitment"),
        inputs=inputs,
        blockers=blockers,
        sentences=sentences,
    )


def _organisation(case: _Case, name: str) -> Explanation:
    """The commitments at the lowest stage hold the lowest back; all of them must rise."""
    found, framework = case.scored.profiles, case.framework
    places = [n for n, asked in enumerate(case.scored.commitments.asked[:, 0]) if asked]
    each = [_commitment(case, place) for place in places]
    lowest = int(found.lowest_stage[0]) if found.has_lowest_stage[0] else None
    holding = [c for c in each if c.stage == lowest]
    can_rise = lowest is not None and all(c.next_stage for c in holding)
    blockers = tuple(b for c in holding for b in c.blockers) if can_rise else ()
    if lowest is None:
        without = [c.name for c in each if c.stage is None]
        sentences = (
            f"{name} has no lowest stage, because {words.listed(without)} "
            f"{'has' if len(without) == 1 else 'have'} no stage.",
            "The lowest stage is given once every commitment has one.",
        )
    else:
        at = words.stage_words(framework, lowest)
        reached = words.listed(c.name for c in holding)
        done = words.listed([c.name for c in holding if not c.next_stage] or [""])
        sentences = (
            f"The lowest stage of {name} is {at}, because {reached} "
            f"{'has' if len(holding) == 1 else 'have'} reached no further.",
            words.needed(framework, lowest + 1, blockers)
            if can_rise
            else f"Nothing is left to reach in {done}.",
        )
    return Explanation(
        organisation_id=case.organisation_id,
        level="organisation",
        node=case.organisation_id,
        name=name,
        status=STATUSES[found.status[0]].value,
        stage=lowest,
        floor_stage=None,
        next_stage=lowest + 1 if lowest is not None and can_rise else None,
        rule=words.rule_in_words(framework, "organisation"),
        inputs=tuple(case.inputs.values()),
        blockers=blockers,
        sentences=sentences,
    )


def _read(case: _Case, criteria: Criteria) -> tuple[CriterionRead, ...]:
    return tuple(case.inputs[place] for place in criteria)
