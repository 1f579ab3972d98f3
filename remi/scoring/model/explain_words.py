"""Where a node stands and why, and what would move it, in two sentences for everybody."""

from __future__ import annotations

from dataclasses import replace

from remi.scoring.explain_words import number_words
from remi.scoring.model.blockers import Without
from remi.scoring.model.explain_parts import Explanation
from remi.scoring.model.explain_rules import stage_words
from remi.scoring.model.explain_why import called, why, why_no_score, why_no_stage
from remi.scoring.model.figures import figure
from remi.scoring.model.plan import Plan, PlanNode
from schemas.maturity import Bands


def with_sentences(plan: Plan, found: Explanation) -> Explanation:
    """The explanation with its two sentences."""
    node = plan.node(found.node_id)
    if node.is_leaf:
        sentences = _question(plan, node, found)
    elif node.stage is not None:
        sentences = _standing(plan, node, found), _needed(plan, node, found)
    else:
        sentences = _scored(found), _range(found)
    return replace(found, sentences=sentences)


def _question(plan: Plan, node: PlanNode, found: Explanation) -> tuple[str, str]:
    labels = plan.scales[node.columns.start].labels
    if found.missing:
        one = found.missing[0]
        how = "was left unanswered" if one.state == "unanswered" else "was not applicable"
        return (
            f"{found.node_id} ({found.name}) {how}: for a stage it {one.for_stage}, for a score it "
            f"{one.for_score}.",
            f"Its best answer is “{labels[-1].label}”.",
        )
    first = f"{found.node_id} ({found.name}) is answered “{found.answer}”"
    if found.score is not None:
        first += f", which is worth {found.score} in a score"
    if not found.blockers:
        return f"{first}.", "That is the best answer."
    return f"{first}.", f"The next answer above it is “{found.blockers[0].needed}”."


def _standing(plan: Plan, node: PlanNode, found: Explanation) -> str:
    if found.stage is None:
        return f"{found.name} has no stage, because {why_no_stage(node, found)}."
    at = stage_words(plan, node, found.stage)
    how = "in the band" if isinstance(node.stage, Bands) else "at"
    if found.state == "provisional":
        how = f"provisionally {how}"
    score, ends = "", (found.lowest_score, found.highest_score)
    if found.score is not None and not isinstance(node.stage, Bands):
        score = f", with a score of {figure(found.score, ends)}"
    return f"{found.name} is {how} {at}{score}, because {why(plan, node, found)}."


def _needed(plan: Plan, node: PlanNode, found: Explanation) -> str:
    if found.blockers and found.next_stage is not None:
        answers = number_words(len(found.blockers), "answer is", "answers are")
        each = "; ".join(f"{called(b)} “{b.needed}”" for b in found.blockers)
        return f"To reach {stage_words(plan, node, found.next_stage)}, {answers} needed: {each}."
    following = "the next stage"
    match found.without:
        case Without.STAGE:
            return _for_a_stage(found)
        case Without.HIGHER:
            return "Nothing is left to reach."
        case Without.OPEN:
            return (
                f"Every question that applies has its best answer, and {following} is not reached."
            )
        case Without.APPLYING:
            return f"Not even the best answers reach {following} unless more of it applies."
        case Without.WAY:
            return f"Not even the best answers to all questions that apply reach {following}."
        case _:
            return f"Answering what is blank can also lower it: no list for {following} is sure."


def _for_a_stage(found: Explanation) -> str:
    if found.state == "not_applicable":
        return "There is nothing to reach unless some of it applies."
    if found.state == "not_assessed":
        return "This is not the lowest stage: where it stands is not known until some are answered."
    if found.state == "not_assessable":
        return "It gets a stage once more of it applies."
    if any(m.state == "unanswered" for m in found.missing):
        return "Where it stands is not known until more is answered."
    return "It gets a stage once all that decides it counts."


def _scored(found: Explanation) -> str:
    if found.score is None:
        return f"{found.name} has no score, because {why_no_score(found)}."
    how = "provisionally has" if found.state == "provisional" else "has"
    highest = found.highest_score
    ends = (found.lowest_score, highest)
    most = "" if highest is None else f" of at most {figure(highest)}"
    counted = [i for i in found.inputs if i.score is not None]
    n, every = len(counted), len(found.inputs)
    parts = f"all {n}" if n == every else f"{n} of {every}"
    return (
        f"{found.name} {how} a score of {figure(found.score, ends)}{most}, made of {parts} "
        f"{'questions' if all(i.is_question for i in found.inputs) else 'parts'}."
    )


def _range(found: Explanation) -> str:
    if found.low is None or found.high is None:
        return "Nothing can be said of it until some of it applies."
    blank = [m for m in found.missing if m.state == "unanswered"]
    if not blank:
        return "Every question that applies to it is answered."
    ends = (found.lowest_score, found.highest_score)
    left = number_words(len(blank), "unanswered question", "unanswered questions")
    return (
        f"Whatever is answered to the {left}, it lies between {figure(found.low, ends)} and "
        f"{figure(found.high, ends)}."
    )
