"""The section on events, communications and governance: a sentence and a few columns of each."""

from __future__ import annotations

from remi.release.content import Illustration, Prose, Section, excerpt, figure, row_key, rows_where
from remi.release.reading import COMMUNICATIONS, EVENTS, GOVERNANCE, Tables
from remi.release.tables import ReleaseTable
from schemas.impact import ALL

_INCOMPLETE = ("Some of these figures are not available. The symbols in the table say why.",)

_EVENTS = (
    "event_type",
    "n_events",
    "n_events_counted",
    "n_attendances",
    "n_orgs_reached",
    "n_partners",
)
_COMMUNICATIONS = (
    "communication_type",
    "n_planned",
    "n_published",
    "n_evidence_informed",
    "n_external_submissions",
)
_GOVERNANCE = (
    "forum",
    "n_planned",
    "n_held",
    "n_quorate",
    "n_decisions",
    "n_decisions_from_community",
    "n_adopted",
)


def engagement(tables: Tables) -> Section | None:
    """What was done, who took part and what was decided; left out where no table is there."""
    parts = []
    if EVENTS in tables:
        table = tables[EVENTS]
        said = "{n_events} events were held. {n_orgs_reached} of {n_partners} partners took part."
        parts.append(_part(table, rows_where(table, counted_by=ALL), _EVENTS, said))
    if COMMUNICATIONS in tables:
        table = tables[COMMUNICATIONS]
        said = "{n_published} items were published, {n_evidence_informed} informed by evidence."
        parts.append(_part(table, list(range(len(table.rows))), _COMMUNICATIONS, said))
    if GOVERNANCE in tables:
        table = tables[GOVERNANCE]
        said = (
            "{n_held} of {n_planned} planned meetings were held. Of {n_decisions} decisions, "
            "{n_decisions_from_community} were raised by communities and {n_adopted} of these were "
            "adopted."
        )
        parts.append(_part(table, list(range(len(table.rows))), _GOVERNANCE, said))
    if not parts:
        return None
    caution = (
        "These figures show what was done and who took part. They stand beside the stages; they do "
        "not show that one caused the other.",
    )
    return Section(
        "engagement",
        "Engagement, sharing and governance",
        paragraphs=(caution,),
        illustrations=tuple(parts),
    )


def _part(
    table: ReleaseTable, rows: list[int], columns: tuple[str, ...], sentence: str
) -> Illustration:
    total = next(row for row in rows if table.rows[row][table.place(columns[0])].text == ALL)
    return Illustration(
        id=f"engagement-{table.id.lower()}",
        title=table.title,
        description=_filled(sentence, table, total),
        coverage=(),
        table=excerpt(table, rows, *columns),
    )


def _filled(sentence: str, table: ReleaseTable, row: int) -> Prose:
    """The sentence with each `{column}` read from the row; not said where a number is missing."""
    key = row_key(table, row)
    said: list[str] = []
    columns: list[str] = []
    for piece in sentence.split("{"):
        column, closed, text = piece.rpartition("}")
        columns += [column] if closed else []
        said.append(text)
    if any(table.rows[row][table.place(column)].value is None for column in columns):
        return _INCOMPLETE
    figures = [figure(table, column, key) for column in columns]
    return (
        said[0],
        *(part for both in zip(figures, said[1:], strict=True) for part in both),
    )
