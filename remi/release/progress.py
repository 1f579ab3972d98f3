"""Sections on where partners stand on each commitment, and what moved since the year before."""

from __future__ import annotations

from remi.release.charts import Movement, Shares, movement_chart, stages_chart
from remi.release.content import (
    Figure,
    Illustration,
    Passage,
    Point,
    Prose,
    Section,
    excerpt,
    figure,
)
from remi.release.drawing import stage_colours
from remi.release.reading import (
    AT_STAGE,
    BASE,
    COMMITMENT,
    DOWN,
    ELIGIBLE,
    MATCHED,
    MOVEMENT,
    PICTURE,
    RETURNED,
    SAME,
    UP,
    Tables,
    chart_of,
    commitments_in,
    counts,
    coverage,
    is_withheld,
    key_for,
    listed,
    row_for,
)
from remi.release.reasons import linked_moves, parts_of_the_change, the_framework_changed
from remi.release.tables import ReleaseTable
from schemas.framework import Framework


def positions(tables: Tables, framework: Framework) -> Section | None:
    """How many partners are at each stage, and each commitment in words."""
    if PICTURE not in tables:
        return None
    table = tables[PICTURE]
    names = commitments_in(table)
    rows = {name: row_for(table, commitment=name) for name in names}
    columns = _stage_columns(table)
    shares = [
        Shares(name, found)
        for name, row in rows.items()
        if (found := counts(table, list(columns), row))
    ]
    stages = [f"{number} {framework.stage_name(number)}" for number in columns.values()]
    picture = Illustration(
        id="stages",
        title="Partners at each stage, by commitment",
        description=(
            "Each bar is a commitment. It runs from the lowest stage on the left to the highest on "
            "the right, with the number of partners at each stage.",
        ),
        coverage=(
            *coverage(table),
            " Only final results are counted; the table gives their number as the base.",
        ),
        table=excerpt(table, list(rows.values()), COMMITMENT, *columns, BASE, RETURNED, ELIGIBLE),
        chart=chart_of(
            stages_chart, shares, tuple(zip(stage_colours(len(stages)), stages, strict=True))
        ),
    )
    return Section(
        "commitments",
        "Where partners stand on each commitment",
        illustrations=(picture,),
        passages=tuple(
            Passage(name, _expectation(framework, name), _points(tables, framework, name))
            for name in names
        ),
    )


def movement(tables: Tables) -> Section | None:
    """Who moved up, stayed or moved down; says so where there is no year to compare with."""
    if MOVEMENT not in tables:
        return None
    table = tables[MOVEMENT]
    title = "What moved since last year"
    rows = {name: row_for(table, commitment=name) for name in commitments_in(table)}
    moved = {
        name: found for name, row in rows.items() if (found := counts(table, (UP, SAME, DOWN), row))
    }
    changed = the_framework_changed(tables)
    further = tuple(i for i in (linked_moves(tables), parts_of_the_change(tables)) if i)
    kept = [name for name, row in rows.items() if is_withheld(table, UP, row)]
    if kept:
        changed = (*changed, _withheld(kept, len(rows)))
    if not moved:
        nothing = ("There is no earlier year with which these results can be compared.",)
        return Section("movement", title, paragraphs=changed or (nothing,), illustrations=further)
    first = next(iter(moved))
    illustration = Illustration(
        id="moved",
        title="Partners that moved up, stayed or moved down, by commitment",
        description=(
            "Partners that moved down are on the left, those that moved up on the right. Only "
            "partners with a final result in both years are counted.",
        ),
        coverage=(
            "Based on ",
            figure(table, MATCHED, key_for(table, commitment=first)),
            f" partners with a result in both years for {first}. The table gives the number for "
            "each commitment.",
        ),
        table=excerpt(table, list(rows.values()), COMMITMENT, UP, SAME, DOWN, MATCHED),
        chart=chart_of(movement_chart, [Movement(name, *found) for name, found in moved.items()]),
    )
    return Section("movement", title, paragraphs=changed, illustrations=(illustration, *further))


def _withheld(names: list[str], n_all: int) -> Prose:
    """Why it is not said how partners moved: not because nothing is known."""
    about = "" if len(names) == n_all else f" on {listed(names)}"
    return (
        f"How all partners moved{about} is withheld. Beside the stages of the two years it would "
        "give away partners that did not agree to be named. Where it can be shown for a sector, it "
        "is in the table of movement.",
    )


def _stage_columns(table: ReleaseTable) -> dict[str, int]:
    """Columns that count the partners at a stage, and its number."""
    return {
        column.id: int(column.id.removeprefix(AT_STAGE))
        for column in table.columns
        if column.id.startswith(AT_STAGE)
    }


def _expectation(framework: Framework, name: str) -> str:
    return next(one.expectation for one in framework.commitments if one.name == name)


def _points(tables: Tables, framework: Framework, name: str) -> tuple[Point, ...]:
    points = [_commonest(tables[PICTURE], framework, name)]
    if MOVEMENT in tables:
        points.append(_since_last_year(tables[MOVEMENT], name))
    return tuple(point for point in points if point)


def _commonest(table: ReleaseTable, framework: Framework, name: str) -> Point | None:
    row = row_for(table, commitment=name)
    columns = _stage_columns(table)
    found = dict(zip(columns, counts(table, list(columns), row), strict=False))
    if not any(found.values()):
        return None
    key = key_for(table, commitment=name)
    said: list[str | Figure] = []
    for column in (c for c, number in found.items() if number == max(found.values())):
        stage = framework.stage_name(columns[column])
        said += ["; " if said else "", f"{stage}: ", figure(table, column, key), " partners"]
    said += [", of ", figure(table, BASE, key), " with a final result"]
    return Point("Commonest stage", tuple(part for part in said if part))


def _since_last_year(table: ReleaseTable, name: str) -> Point | None:
    if not counts(table, (UP, SAME, DOWN), row_for(table, commitment=name)):
        return None
    key = key_for(table, commitment=name)
    said: Prose = (
        figure(table, UP, key),
        " moved up, ",
        figure(table, SAME, key),
        " stayed and ",
        figure(table, DOWN, key),
        " moved down, of ",
        figure(table, MATCHED, key),
        " with a result in both years",
    )
    return Point("Since last year", said)
