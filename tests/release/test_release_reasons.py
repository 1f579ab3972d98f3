"""What the page says of a change's parts and of a framework that changed: only what it can show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from invented_edition import edition_of, invented_rows

from remi.release.compose import make_content
from remi.release.content import Figure, Illustration, Prose, Section
from schemas.framework import Framework

LINKED = "Linked: the framework changed from Sample 1.0 to Sample 1.1."
BROKEN = "Not compared: the framework changed from Sample 1.0 to Sample 1.1."


def movement(framework: Framework, **changes: Mapping[str, Any]) -> Section:
    """The section where every row of these tables was changed in these columns."""
    rows = dict(invented_rows(framework))
    for table_id, change in changes.items():
        rows[table_id] = [{**row, **change} for row in rows[table_id]]
    made = make_content(edition_of(framework, rows))
    return next(section for section in made.sections if section.id == "movement")


def shown(section: Section) -> dict[str, Illustration]:
    return {one.id: one for one in section.illustrations}


def words(prose: Prose) -> str:
    return "".join(part.text if isinstance(part, Figure) else part for part in prose)


def test_the_parts_of_a_change_are_shown_without_those_that_are_nought_throughout(
    framework: Framework,
) -> None:
    parts = shown(movement(framework))["parts-of-change"]
    assert [column.id for column in parts.table.columns] == [
        "commitment",
        "change",
        "performance",
        "coverage",
        "applicability",
        "n_matched",
    ]
    assert len(parts.table.rows) == len(framework.commitments)
    assert [cell.text for cell in parts.table.rows[0]][1:] == ["2.8", "4.5", "−1.3", "−0.5", "58"]
    assert words(parts.coverage).startswith("Based on 58 of 121 partners, which have a score in")
    assert {p.ref.table_id for p in parts.coverage if isinstance(p, Figure)} == {"A26"}


def test_parts_that_are_withheld_are_not_shown(framework: Framework) -> None:
    assert "parts-of-change" not in shown(movement(framework, A26={"change": "[c]"}))


def test_under_the_same_framework_nothing_is_said_of_a_break(framework: Framework) -> None:
    section = movement(framework)
    assert section.paragraphs == ()
    assert set(shown(section)) == {"moved", "parts-of-change"}


def test_where_the_framework_changed_the_reason_is_read_from_the_table_and_said_once(
    framework: Framework,
) -> None:
    none = {"n_up": "[x]", "n_same": "[x]", "n_down": "[x]", "n_matched": 0}
    section = movement(
        framework,
        A03=none,
        A25={"break_in_series": "yes", "comparison": BROKEN, "n_before": "[x]"},
        A26={"break_in_series": "yes", "comparison": BROKEN, "change": "[x]"},
    )
    assert [words(said) for said in section.paragraphs] == [BROKEN]
    (reason,) = section.paragraphs[0]
    assert isinstance(reason, Figure)
    assert (reason.ref.table_id, reason.ref.column_id) == ("A26", "comparison")
    assert section.illustrations == ()


def test_linked_years_are_shown_by_stage_where_what_was_published_is_broken(
    framework: Framework,
) -> None:
    none = {"n_up": "[x]", "n_same": "[x]", "n_down": "[x]", "n_matched": 0}
    rows = dict(invented_rows(framework))
    rows["A03"] = [{**row, **none} for row in rows["A03"]]
    linked = {"break_in_series": "yes", "comparison": LINKED}
    rows["A25"] = [
        {**row, **linked, "n_before": 7 if row["stage_before"] == "2" else 0} for row in rows["A25"]
    ]
    rows["A26"] = [{**row, **linked} for row in rows["A26"]]
    made = make_content(edition_of(framework, rows))
    section = next(section for section in made.sections if section.id == "movement")
    assert [words(said) for said in section.paragraphs] == [LINKED]
    moves = shown(section)["linked-moves"].table
    assert len(moves.rows) == len(framework.commitments), "a stage at which nobody was is left out"
    assert {row[1].text for row in moves.rows} == {framework.stage_name(2)}
