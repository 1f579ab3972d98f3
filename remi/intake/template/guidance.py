"""What a workbook tells those who fill it in, made from what they answer for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from remi.intake.layout import code_lists
from remi.intake.model_layout import answers_of, scale_codelist
from remi.scoring.explain_words import listed
from remi.scoring.model.explain_rules import rule_in_words, stage_words, treatment
from remi.scoring.model.plan import Plan, PlanNode, compiled
from schemas.framework import Choice, Framework
from schemas.maturity import MaturityModel, Node, Scale, Table
from schemas.model_answers import NOT_APPLICABLE_LABEL
from schemas.programme import Places
from schemas.workbook import WorkbookLayout

# Attendance is counted by these, so their names must be on paper although no column lists them.
_COUNTED_BY = ("sectors", "systems", "boroughs", "ethnic_groups")

State = Literal["unanswered", "not_applicable"]

Section = tuple[str, list[tuple[str, str]]]
"""A heading, and under it names with their texts."""


@dataclass(frozen=True)
class Guidance:
    """Words for the first sheet, for the sheets of questions and for the Lists sheet.

    `source` names what is answered for; `answering` stands above each grid; `sections` are the
    last of the first sheet; `meanings` are by list and entry; `more_lists` are written out besides
    the lists that a column uses.
    """

    source: tuple[str, str]
    answering: tuple[str, ...]
    sections: tuple[Section, ...]
    meanings: Mapping[str, Mapping[str, str]]
    more_lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)


def guidance_of(
    asks: Framework | MaturityModel,
    layout: WorkbookLayout,
    places: Places,
    organisations: pd.DataFrame,
) -> Guidance:
    """The words of a workbook; `organisations` has `organisation_id` and `name`."""
    if isinstance(asks, MaturityModel):
        return _model_guidance(asks, layout)
    return _framework_guidance(asks, layout, places, organisations)


def _framework_guidance(
    framework: Framework, layout: WorkbookLayout, places: Places, organisations: pd.DataFrame
) -> Guidance:
    answers = [(a.label, a.explanation) for a in framework.answers]
    stages = [(f"{s.number} {s.name}", s.meaning) for s in framework.stages]
    is_assessment = layout.kind == "assessment"
    codes = code_lists(framework, places, organisations, set())
    return Guidance(
        source=("Framework", f"{framework.title}, version {framework.version}"),
        answering=(
            "Answer each row from left to right. In each “your answer” cell choose:",
            *(f"{label}: {explanation}" for label, explanation in answers),
        ),
        sections=(("What the answers mean", answers), ("What the stages mean", stages))
        if is_assessment
        else (),
        meanings=_meanings(framework, places, organisations),
        more_lists={} if is_assessment else {f"list_{name}": codes[name] for name in _COUNTED_BY},
    )


def _meanings(
    framework: Framework, places: Places, organisations: pd.DataFrame
) -> dict[str, dict[str, str]]:
    """What each entry means, by list and by the entry's id."""
    systems = {s.id: s.name for s in places.systems}
    register = zip(organisations["organisation_id"], organisations["name"], strict=True)
    return {
        "list_answers": {a.meaning.value: a.explanation for a in framework.answers},
        "list_stages": {str(s.number): s.meaning for s in framework.stages},
        "list_commitments": {c.id: c.expectation for c in framework.commitments},
        "list_indicators": {i.id: i.title for _, i in framework.indicators()},
        "list_evidence_types": {
            e.id: f"{'Holds figures. ' if e.numeric else ''}Counts for {e.months_valid} months."
            for e in framework.evidence_types
        },
        "list_organisations": {str(code): str(name) for code, name in register},
        "list_boroughs": {b.id: f"In {systems.get(b.system_id, '')}" for b in places.boroughs},
        "list_ethnic_groups": {g.id: g.broad_group_name for g in places.ethnic_groups},
    }


def _model_guidance(model: MaturityModel, layout: WorkbookLayout) -> Guidance:
    plan = compiled(model)
    asked = _asked(model, {row.ref for sheet in layout.sheets for row in sheet.rows})
    leaves = [leaf for leaf in model.leaves() if leaf.id in asked]
    used = {leaf.scale for leaf in leaves}
    scales = [scale for scale in model.scales if scale.id in used]
    scored = any(node.score for node in model.nodes())
    answers = {scale.id: list(_answers(scale, scored)) for scale in scales}
    return Guidance(
        source=("Model", f"{model.name}, version {model.version}"),
        answering=("In each cell under “Your answer” choose one from its list.",),
        sections=(
            *((_answers_heading(scale), answers[scale.id]) for scale in scales),
            ("How answers become results", list(_tree(plan, asked))),
            ("Answers that are not there", list(_not_there(model, leaves))),
        ),
        meanings={
            f"list_{scale_codelist(model, scale)}": {
                choice.id: meaning
                for choice, (_, meaning) in zip(answers_of(scale), answers[scale.id], strict=True)
            }
            for scale in scales
        },
    )


def _asked(model: MaturityModel, questions: set[str]) -> frozenset[str]:
    """The questions that are in the workbook, and every node above one of them."""
    found: set[str] = set()
    for node in reversed(list(model.nodes())):
        if node.id in questions or any(child.id in found for child in node.children):
            found.add(node.id)
    return frozenset(found)


def _answers_heading(scale: Scale) -> str:
    return f"Answers from “{scale.labels[0].label}” to “{scale.labels[-1].label}”"


def _answers(scale: Scale, scored: bool) -> Iterator[tuple[str, str]]:
    """Each answer, with its place on the scale, what it is worth and how else it is written."""
    for place, label in enumerate(scale.labels, start=1):
        meaning = f"Answer {place} of {len(scale.labels)}, counted from the least."
        if scored:
            meaning += f" Worth {label.value} in a score, where the best is worth 1."
        if label.also_accepted:
            other = " or ".join(f"“{word}”" for word in label.also_accepted)
            meaning += f" You may also write {other}."
        yield label.label, meaning
    if scale.allows_not_applicable:
        yield NOT_APPLICABLE_LABEL, "It cannot apply to your organisation. Always give a reason."


def _tree(plan: Plan, asked: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Every node with what it is made of and its rules, each before those below it."""
    for node in plan.nodes:
        if not node.is_leaf and node.id in asked:
            below = [plan.nodes[place] for place in node.children]
            made_of = listed(_part(plan.model.node(n.id)) for n in below if n.id in asked)
            sentences = [f"Made of {made_of}.", *rule_in_words(plan, node)]
            if isinstance(node.stage, Table):
                sentences += _table(plan, node, node.stage)
            yield node.name, " ".join(sentences)


def _part(node: Node) -> str:
    """A part or question as a rule sees it: weight, level and whether it is core."""
    marks = ["core"] if node.core else []
    if node.level is not None:
        marks.append(f"level {node.level}")
    if node.weight != 1:
        marks.append(f"weight {node.weight}")
    called = node.name if node.children else f"{node.id} {node.name}"
    return f"“{called}”" + (f" ({', '.join(marks)})" if marks else "")


def _table(plan: Plan, node: PlanNode, table: Table) -> Iterator[str]:
    inputs = [plan.nodes[place] for place in node.inputs]
    for codes, stage in table.rows.items():
        stands = zip(inputs, codes, strict=True)
        combination = listed(stage_words(plan, item, code) for item, code in stands)
        yield f"{combination[:1].upper()}{combination[1:]} give {stage_words(plan, node, stage)}."


def _not_there(model: MaturityModel, leaves: list[Node]) -> Iterator[tuple[str, str]]:
    """What becomes of blanks and of answers that do not apply, with the questions it holds for."""
    policies = model.policies()
    staged, scored = (any(getattr(n, rule) for n in model.nodes()) for rule in ("stage", "score"))
    states: tuple[tuple[State, str], ...] = (
        ("unanswered", "nothing"),
        ("not_applicable", NOT_APPLICABLE_LABEL),
    )
    for state, name in states:
        found: dict[tuple[str, str], list[str]] = {}
        for leaf in leaves:
            scale = model.scale_of(leaf)
            if state == "unanswered" or scale.allows_not_applicable:
                becomes = treatment(policies[leaf.id], scale, state)
                found.setdefault(becomes, []).append(leaf.id)
        for (for_stage, for_score), refs in found.items():
            of = f"In {listed(refs)}: " if len(found) > 1 else ""
            says = [f"For a stage it {for_stage}."] if staged else []
            says += [f"For a score it {for_score}."] if scored else []
            yield name, of + " ".join(says)
        if state == "not_applicable" and not found:
            yield name, "No question of this workbook may be answered so."
