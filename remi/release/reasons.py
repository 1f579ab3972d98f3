"""What the movement section says beyond up, same and down: linked years, and parts of a change."""

from __future__ import annotations

from remi.release.content import Illustration, Prose, count, excerpt, figure
from remi.release.reading import (
    COMMITMENT,
    ELIGIBLE,
    MATCHED,
    MOVES,
    REASONS,
    Tables,
    commitments_in,
    key_for,
    row_for,
)
from remi.release.tables import ReleaseTable
from schemas.results import ScoreEffect

BREAK, COMPARISON, COMPARED = "break_in_series", "comparison", "n_indicators_compared"
BEFORE, NOW, STAGE_BEFORE = "n_before", "n_now_", "stage_before_name"
CHANGE = "change"
NOUGHT = "0"


def the_framework_changed(tables: Tables) -> tuple[Prose, ...]:
    """How the two years are compared, or why not, once for all commitments of which it is true.

    Nothing where the framework is the same.
    """
    if REASONS not in tables:
        return ()
    table = tables[REASONS]
    said: dict[str, Prose] = {}
    for name in commitments_in(table):
        cells = table.rows[row_for(table, commitment=name)]
        if cells[table.place(BREAK)].text == "yes":
            words = figure(table, COMPARISON, key_for(table, commitment=name))
            said.setdefault(words.text, (words,))
    return tuple(said.values())


def linked_moves(tables: Tables) -> Illustration | None:
    """From which stage to which, where the framework changed and what was published is broken."""
    if MOVES not in tables:
        return None
    table = tables[MOVES]
    rows = [
        row
        for row, cells in enumerate(table.rows)
        if cells[table.place(BREAK)].text == "yes" and count(table, BEFORE, row)
    ]
    if not rows:
        return None
    stages = [column.id for column in table.columns if column.id.startswith(NOW)]
    return Illustration(
        id="linked-moves",
        title="Stages last year and now, on the indicators that ask the same in both years",
        description=(
            "Each row is a commitment and a stage of last year. Both years were worked out anew, "
            "so that stages can differ from those that were published.",
        ),
        coverage=("The table gives the number of partners and of indicators for each commitment.",),
        table=excerpt(table, rows, COMMITMENT, STAGE_BEFORE, BEFORE, *stages, MATCHED, COMPARED),
    )


def parts_of_the_change(tables: Tables) -> Illustration | None:
    """The mean change of scores and its parts, by commitment; nothing where none may be shown."""
    if REASONS not in tables:
        return None
    table = tables[REASONS]
    shown = {
        name: row
        for name in commitments_in(table)
        if table.rows[row := row_for(table, commitment=name)][table.place(CHANGE)].value is not None
    }
    if not shown:
        return None
    first = next(iter(shown))
    key = key_for(table, commitment=first)
    return Illustration(
        id="parts-of-change",
        title="What the change of partners' scores is made of, by commitment",
        description=(
            "The mean change of partners' scores, in points of a hundred, and the parts that add "
            "up to it, but for rounding. A part says what the change is made of, by arithmetic; it "
            "does not say why.",
        ),
        coverage=(
            "Based on ",
            figure(table, MATCHED, key),
            " of ",
            figure(table, ELIGIBLE, key),
            f" partners, which have a score in both years for {first}. The table gives the number "
            "for each commitment.",
        ),
        table=excerpt(
            table, list(shown.values()), COMMITMENT, CHANGE, *_moving(table, shown), MATCHED
        ),
    )


def _moving(table: ReleaseTable, shown: dict[str, int]) -> list[str]:
    """The parts that are not nought throughout."""
    effects = [effect.value for effect in ScoreEffect]
    return [
        effect
        for effect in effects
        if {table.rows[row][table.place(effect)].text for row in shown.values()} != {NOUGHT}
    ]
