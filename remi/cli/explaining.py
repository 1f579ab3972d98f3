"""`remi score --explain`: why one organisation has its stage and score, in any model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from fractions import Fraction

import click
import pandas as pd
from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from remi.scoring.model.explain import NotAskedError, explain
from remi.scoring.model.explain_parts import Explanation, InputRead, Taken
from remi.scoring.model.figures import figure
from remi.scoring.model.plan import Plan, compiled
from remi.scoring.model.states import to_states
from schemas.maturity import MaturityModel

NOTHING = "–"


def explained(model: MaturityModel, answers: pd.DataFrame, wanted: str) -> Explanation:
    """The explanation of `wanted`: an organisation, or an organisation and a node, as “R1:people”.

    `answers` as of `remi.cli.score.scored`, which is asked first and refuses what cannot be used.
    Raises ClickException where there is no such organisation or node, or it is not asked the node.
    """
    of_question = answers["node_id"].isin({leaf.id for leaf in model.leaves()})
    organisations = answers[["organisation_id", "sector"]].drop_duplicates()
    given = to_states(answers[of_question], organisations, model)
    organisation, node = _wanted(wanted, given.organisation_ids, model)
    states = given.states[given.organisation_ids.index(organisation)]
    try:
        return explain(compiled(model), states, node, organisation)
    except NotAskedError as error:
        raise click.ClickException(str(error)) from error


def as_json(found: Explanation) -> str:
    """The explanation for programs; fractions are texts such as “2/3”."""
    return json.dumps(asdict(found), indent=2, ensure_ascii=False, default=_plain)


def print_explanation(console: Console, model: MaturityModel, found: Explanation) -> None:
    """The sentences, the rule, what went in, what is needed and what is missing."""
    plan = compiled(model)
    heading = escape(f"{found.organisation_id}, {found.name}, {model.name} {model.version}")
    console.print(f"[bold]{heading}[/]", highlight=False)
    console.print(escape(" ".join(found.sentences)), highlight=False)
    console.print("\n[bold]The rule[/]")
    for line in found.rule:
        console.print(f"- {escape(line)}", highlight=False)
    answered = _text(found.coverage.answered)
    console.print(f"\nAnswered of what applies, by weight: {answered}.", highlight=False)
    blank = any(one.state == "unanswered" for one in found.missing)
    if blank and found.low is not None and found.high is not None:
        ends = (found.lowest_score, found.highest_score)
        between = f"{figure(found.low, ends)} and {figure(found.high, ends)}"
        console.print(f"Whatever is answered to the rest: between {between}.", highlight=False)
    headings = ["Part", "Answer", "Stage", "Score", "Weight", "Of the stage", "Of the score", "Is"]
    _print_table(console, "Made of", headings, (_input(plan, one) for one in found.inputs))
    _print_table(
        console,
        "May not lag behind",
        ["Part", "From", "Must be at", "Is there"],
        (
            (
                gate.name,
                _stage(plan, found.node_id, gate.from_stage),
                _stage(plan, gate.node_id, gate.floor_stage),
                "yes" if gate.holds else "no",
            )
            for gate in found.gates
        ),
    )
    _print_table(
        console,
        "Needed for the next stage",
        ["Question", "Now", "Needed"],
        ((f"{b.node_id} {b.name}", b.now or "unanswered", b.needed) for b in found.blockers),
    )
    _print_table(
        console,
        "Without an answer",
        ["Question", "Is", "For a stage it", "For a score it"],
        (
            (f"{m.node_id} {m.name}", _words(m.state), m.for_stage, m.for_score)
            for m in found.missing
        ),
    )


def _print_table(
    console: Console, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    filled = list(rows)
    if not filled:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading)
    for row in filled:
        table.add_row(*map(escape, row))
    console.print(f"\n[bold]{title}[/] ({len(filled)})", highlight=False)
    console.print(table)


def _input(plan: Plan, one: InputRead) -> tuple[str, ...]:
    stage, score = (None if taken is None else taken.value for taken in (one.stage, one.score))
    return (
        f"{one.node_id} {one.name}",
        one.answer or NOTHING,
        NOTHING if stage is None or one.is_question else _stage(plan, one.node_id, int(stage)),
        NOTHING if score is None else figure(score, (one.lowest_score, one.highest_score)),
        str(one.weight),
        _share(one.stage),
        _share(one.score),
        _words(one.state),
    )


def _stage(plan: Plan, node_id: str, stage: int) -> str:
    return plan.model.stage_name(plan.model.node(node_id), stage)


def _share(taken: Taken | None) -> str:
    return NOTHING if taken is None else str(taken.share)


def _text(share: Fraction | None) -> str:
    return NOTHING if share is None else str(share)


def _words(state: str) -> str:
    return state.replace("_", " ")


def _wanted(wanted: str, organisations: Sequence[str], model: MaturityModel) -> tuple[str, str]:
    """The organisation and the node. Ids of both may have a colon of their own."""
    if wanted in organisations:
        return wanted, model.root.id
    ids = [node.id for node in model.nodes()]
    cuts = [place for place, letter in enumerate(wanted) if letter == ":"]
    for cut in cuts:
        organisation, node = wanted[:cut], wanted[cut + 1 :]
        if organisation in organisations:
            if node in ids:
                return organisation, node
            raise click.ClickException(f"The model has no part “{node}”. {_nearest(node, ids)}")
    organisation = wanted.partition(":")[0]
    near = _nearest(organisation, organisations)
    raise click.ClickException(f"There are no answers of “{organisation}”. {near}")


def _nearest(wanted: str, names: Sequence[str]) -> str:
    near = get_close_matches(wanted, names, n=5, cutoff=0.3) or sorted(names)[:5]
    return f"Nearest: {', '.join(near)}."


def _plain(value: object) -> object:
    """What JSON has no form for: fractions as text, rules as their fields."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)
