import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest
from invented_edition import MARKUP_NAME, RETURNED, edition_of, invented_rows

from remi.release.compose import make_content
from remi.release.content import Content, Edition, Figure, figure
from remi.release.page import page
from remi.release.tables import ReleaseTable
from schemas.framework import Framework


def figures_in(thing: object) -> Iterator[Figure]:
    if isinstance(thing, Figure):
        yield thing
    elif isinstance(thing, tuple):
        for one in thing:
            yield from figures_in(one)
    elif is_dataclass(thing) and not isinstance(thing, ReleaseTable):
        for field in fields(thing):
            yield from figures_in(getattr(thing, field.name))


def test_every_figure_in_a_sentence_is_the_cell_it_names(
    content: Content, edition: Edition
) -> None:
    figures = list(figures_in((content.lead, content.sections)))
    assert len(figures) > 50
    for one in figures:
        frame = edition.tables[one.ref.table_id]
        for column, value in one.ref.row:
            frame = frame[frame[column] == value]
        assert len(frame) == 1, one.ref.id
        cell, status = frame.iloc[0][one.ref.column_id], f"{one.ref.column_id}_status"
        if status in frame and isinstance(frame.iloc[0][status], str):
            assert one.text == f"[{frame.iloc[0][status]}]"
        elif isinstance(cell, str):
            assert one.text == cell
        else:
            assert float(one.text.replace(",", "").rstrip("%")) == pytest.approx(float(cell))


def test_no_number_is_written_into_a_sentence_by_hand(content: Content) -> None:
    for section in content.sections:
        said = [*section.paragraphs]
        for one in section.illustrations:
            said += [one.description, one.coverage]
        for passage in section.passages:
            said += [point.text for point in passage.points]
        words = [part for prose in said for part in prose if isinstance(part, str)]
        assert not [word for word in words if re.search(r"\d", word)]


def test_partners_are_listed_as_not_returned_only_if_they_may_be_named(content: Content) -> None:
    returns = next(section for section in content.sections if section.id == "returns")
    names = ["".join(p if isinstance(p, str) else p.text for p in one) for one in returns.names]
    assert f"{MARKUP_NAME}: Not returned" in names
    assert not [name for name in names if name.startswith("Partner 5:")]
    assert len(names) == 5


def test_a_figure_that_stands_for_two_cells_is_refused(content: Content) -> None:
    table = next(table for table in content.tables if table.id == "A02")
    with pytest.raises(KeyError, match="stands for"):
        figure(table, "n_returned", (("sector", "All"),))


def test_the_first_year_says_that_nothing_can_be_compared(framework: Framework) -> None:
    rows = dict(invented_rows(framework))
    rows["A03"] = [
        row | {"n_matched": 0, "n_up": "[x]", "n_same": "[x]", "n_down": "[x]"}
        for row in rows["A03"]
    ]
    rows["A26"] = [row | {"n_matched": 0, "change": "[x]"} for row in rows["A26"]]
    made = make_content(edition_of(framework, rows))
    moved = next(section for section in made.sections if section.id == "movement")
    assert moved.illustrations == ()
    assert "no earlier year" in str(moved.paragraphs[0][0])


def test_a_withheld_distribution_is_neither_drawn_nor_worded(framework: Framework) -> None:
    rows = dict(invented_rows(framework))
    first = framework.commitments[0].name
    rows["A02"] = [
        row | {name: "[c]" for name in row if name.startswith("n_stage_")}
        if row["commitment"] == first
        else row
        for row in rows["A02"]
    ]
    made = make_content(edition_of(framework, rows))
    section = next(section for section in made.sections if section.id == "commitments")
    chart = section.illustrations[0].chart
    assert chart is not None
    assert first not in chart.wide
    assert framework.commitments[1].name in chart.wide
    assert "Commonest stage" not in [point.label for point in section.passages[0].points]


def test_a_year_without_a_single_return_still_makes_a_release(framework: Framework) -> None:
    rows = dict(invented_rows(framework))
    rows["A02"] = [
        row | {name: 0 for name in row if name.startswith("n_stage_")} | {"n_returned": 0}
        for row in rows["A02"]
    ]
    rows["A04"] = [row | {"n_orgs_blocked_only_by_this": 0} for row in rows["A04"]]
    made = make_content(edition_of(framework, rows))
    blockers = next(section for section in made.sections if section.id == "blockers")
    assert blockers.illustrations == ()
    assert RETURNED not in [one.text for one in figures_in(made.lead)]


def test_a_year_in_which_nobody_agreed_to_be_named_names_nobody(framework: Framework) -> None:
    made = make_content(edition_of(framework, dict(invented_rows(framework)) | {"A01": []}))
    returns = next(section for section in made.sections if section.id == "returns")
    assert returns.names == ()
    assert "no rows this year" in page(made, "").decode("utf-8")


def test_every_format_opens_with_the_notice_and_the_statement(content: Content) -> None:
    assert content.cautions[0].startswith("Invented data")
    assert "not the official index" in " ".join(content.cautions[1].split())
