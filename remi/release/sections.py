"""Sections on leaders' decisions, returns, and what holds partners back.

A section whose table is not among the release's is left out.
"""

from __future__ import annotations

from remi.impact.partners import WHOLE_ORGANISATION
from remi.impact.status import WORDS as STATUS_WORDS
from remi.release.charts import PartOf, counts_chart, parts_chart
from remi.release.content import (
    Card,
    Illustration,
    Point,
    Prose,
    RowKey,
    Section,
    count,
    excerpt,
    figure,
    row_key,
    rows_where,
)
from remi.release.reading import (
    BLOCKERS,
    COMMITMENT,
    ELIGIBLE,
    LEADERS,
    PICTURE,
    POSITIONS,
    RETURNED,
    SECTOR,
    SYSTEM,
    Tables,
    chart_of,
    commitments_in,
    counts,
    coverage,
    key_for,
    row_for,
)
from remi.release.robustness import depends_on_the_rule
from remi.release.tables import ReleaseTable
from schemas.framework import Framework
from schemas.impact import ALL, OPTED_IN
from schemas.results import ReturnStatus

HEADLINE, MEDIAN, DECISION, SINCE = (
    "headline",
    "median_stage",
    "decision_asked",
    "changed_since_decision",
)
SAID_OF_EACH = ("best_movement", "biggest_blocker")
PARTNER, UNIT, STATUS = "organisation_name", "unit", "status"
INDICATOR, STAGE, STAGE_NAME = "indicator", "stage", "stage_name"
HELD_BACK = "n_orgs_blocked_only_by_this"

MOST_CRITERIA = 8


def at_a_glance(tables: Tables, framework: Framework) -> Section | None:
    """One card for each commitment, with the decision that leaders are asked for."""
    if LEADERS not in tables:
        return None
    table = tables[LEADERS]
    cards = []
    for commitment in commitments_in(table):
        key = key_for(table, commitment=commitment)
        median = count(table, MEDIAN, row_for(table, commitment=commitment))
        named = "" if median is None else f" {framework.stage_name(median)}"
        cards.append(
            Card(
                title=commitment,
                position=Point(
                    table.columns[table.place(MEDIAN)].heading, (figure(table, MEDIAN, key), named)
                ),
                headline=(figure(table, HEADLINE, key),),
                points=tuple(_point(table, column, key) for column in SAID_OF_EACH),
                decision=_point(table, DECISION, key),
            )
        )
    return Section(
        "at-a-glance",
        "At a glance",
        paragraphs=(
            (
                "Positions are what partners declare of themselves. The numbers say where partners "
                "are, not why.",
            ),
            *depends_on_the_rule(tables),
        ),
        cards=tuple(cards),
        after_cards=_since(table),
    )


def _point(table: ReleaseTable, column_id: str, key: RowKey) -> Point:
    heading = table.columns[table.place(column_id)].heading
    return Point(heading, (figure(table, column_id, key),))


def _since(table: ReleaseTable) -> tuple[Point, ...]:
    """What changed since leaders last decided: once if it is the same of every commitment."""
    keys = {name: key_for(table, commitment=name) for name in commitments_in(table)}
    said = {name: _point(table, SINCE, key) for name, key in keys.items()}
    if len({table.rows[row_for(table, commitment=name)][table.place(SINCE)] for name in said}) == 1:
        return (next(iter(said.values())),)
    return tuple(Point(f"{point.label}: {name}", point.text) for name, point in said.items())


def returns(tables: Tables) -> Section | None:
    """Who has returned: by sector, and the partners who have not and may be named."""
    if PICTURE not in tables:
        return None
    table = tables[PICTURE]
    first = commitments_in(table)[0]
    sector = table.place(SECTOR)
    rows = [
        number
        for number in rows_where(table, **{COMMITMENT: first, SYSTEM: ALL})
        if table.rows[number][sector].text != ALL
    ]
    parts = [
        PartOf(table.rows[number][sector].text, *both)
        for number in rows
        if (both := counts(table, (RETURNED, ELIGIBLE), number))
    ]
    key = key_for(table, commitment=first)
    by_sector = Illustration(
        id="coverage",
        title="Returns by sector",
        description=("Each bar is a sector. The filled part is the partners that returned.",),
        coverage=coverage(table),
        table=excerpt(table, rows, SECTOR, RETURNED, ELIGIBLE),
        chart=chart_of(parts_chart, parts),
    )
    said = (
        figure(table, RETURNED, key),
        " of ",
        figure(table, ELIGIBLE, key),
        " partners sent a return that could be accepted. Nothing is assumed about the others: "
        "where a partner that has not returned stands is not known.",
    )
    return Section(
        "returns",
        "Who has returned, and who has not",
        paragraphs=(said,),
        illustrations=(by_sector,),
        names=_not_returned(tables),
    )


def _not_returned(tables: Tables) -> tuple[Prose, ...]:
    """Partners without an accepted return, of those alone that agreed to be named."""
    if POSITIONS not in tables or not tables[POSITIONS].rows:
        return ()
    table = tables[POSITIONS]
    named: list[Prose] = []
    for status in (ReturnStatus.NOT_RETURNED, ReturnStatus.NEEDS_CHANGES):
        absent = {
            COMMITMENT: commitments_in(table)[0],
            STATUS: STATUS_WORDS[status],
            UNIT: WHOLE_ORGANISATION,
            OPTED_IN: "yes",
        }
        for number in rows_where(table, **absent):
            key = row_key(table, number)
            named.append((figure(table, PARTNER, key), ": ", figure(table, STATUS, key)))
    return tuple(named)


def blockers(tables: Tables) -> Section | None:
    """The criteria that alone keep most partners from their next stage."""
    if BLOCKERS not in tables:
        return None
    table = tables[BLOCKERS]
    held = {row: n for row in range(len(table.rows)) if (n := count(table, HELD_BACK, row))}
    top = sorted(held, key=lambda row: -held[row])[:MOST_CRITERIA]
    named = [(_criterion(table, row), held[row]) for row in top]
    illustration = Illustration(
        id="held-back",
        title="Criteria that alone keep most partners from their next stage",
        description=(
            "Each bar is one criterion, with the number of partners for which it is the only thing "
            "missing.",
        ),
        coverage=coverage(tables[PICTURE]) if PICTURE in tables else (),
        table=excerpt(table, top, COMMITMENT, INDICATOR, STAGE, STAGE_NAME, HELD_BACK),
        chart=chart_of(counts_chart, named),
    )
    nothing = ("No single criterion alone keeps a partner from its next stage.",)
    return Section(
        "blockers",
        "What holds partners back",
        paragraphs=() if top else (nothing,),
        illustrations=(illustration,) if top else (),
    )


def _criterion(table: ReleaseTable, row: int) -> str:
    indicator, stage, name = (
        table.rows[row][table.place(column)].text for column in (INDICATOR, STAGE, STAGE_NAME)
    )
    return f"{indicator}: stage {stage}, {name}"
