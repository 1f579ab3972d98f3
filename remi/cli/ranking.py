"""`remi score --ranks`: the order of organisations, each with the range in which it may lie."""

from __future__ import annotations

import click
import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from remi.scoring.model.figures import figure
from remi.scoring.model.plan import compiled
from remi.scoring.model.ranks import Ranking, ranking
from remi.scoring.model.states import to_states
from remi.scoring.model.uncertainty import N_DRAWS, simulate
from schemas.maturity import MaturityModel


def ranked(model: MaturityModel, answers: pd.DataFrame, seed: int) -> Ranking:
    """The organisations by the score of the whole model.

    `answers` as of `remi.cli.score.scored`, which is asked first and refuses what cannot be used.
    Raises ClickException where the model makes no score of the whole.
    """
    if model.root.score is None:
        raise click.ClickException(
            f"{model.name} makes no score of the whole, so its organisations have no order"
        )
    of_question = answers["node_id"].isin({leaf.id for leaf in model.leaves()})
    organisations = answers[["organisation_id", "sector"]].drop_duplicates()
    given = to_states(answers[of_question], organisations, model)
    plan = compiled(model)
    (simulation,) = simulate(plan, given.states, [model.root.id], seed)
    return ranking(simulation, plan, given.states, given.organisation_ids)


def print_ranking(console: Console, model: MaturityModel, found: Ranking) -> None:
    """Ranks with their ranges, and what they do not mean."""
    ends = (model.lowest_score(model.root), model.highest_score(model.root))
    table = Table(box=None, pad_edge=False)
    for heading in ("Organisation", "Rank", "Rank between", "Score", "Score between"):
        table.add_column(heading)
    for row in found.frame.to_dict("records"):
        table.add_row(
            escape(row["organisation_id"]),
            str(row["rank"]),
            f"{row['rank_low']} and {row['rank_high']}",
            figure(row["score"], ends),
            f"{figure(row['score_low'], ends)} and {figure(row['score_high'], ends)}",
        )
    console.print()
    console.print(table)
    if found.unranked:
        console.print(
            f"Without a score, and so without a rank: {escape(', '.join(found.unranked))}"
        )
    drawn = f"Each range holds nine in ten of {N_DRAWS:,} ways of scoring the same answers."
    for sentence in (found.warning, drawn, found.statement, settled(found)):
        console.print(sentence, highlight=False)


def settled(found: Ranking) -> str:
    """In how many pairs the order holds however questions are weighed."""
    return (
        f"In {found.n_settled:,} of {found.n_pairs:,} pairs of organisations one is nowhere lower "
        "than the other and somewhere higher, so that no weighting can reverse their order."
    )
