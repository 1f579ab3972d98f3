"""A layout asks what the framework asks, of those whom it asks, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_framework import (
    framework_content,
    indicator,
    small_cycle,
    small_framework,
    small_places,
    small_register,
)

from remi.intake.layout import assessment_layout, engagement_layout
from schemas.framework import Framework
from schemas.loading import load_yaml
from schemas.workbook import AssessmentPages, EngagementPages, ValueType

CONFIG = Path(__file__).parents[2] / "config"
ASSESSMENT = load_yaml(CONFIG / "assessment.yaml", AssessmentPages)
ENGAGEMENT = load_yaml(CONFIG / "engagement.yaml", EngagementPages)
SHIPPED = load_yaml(CONFIG / "frameworks" / "race-equality-maturity-1.0.yaml", Framework)


def layout_of(framework, sector="nhs_trust", department=False):
    return assessment_layout(
        framework, ASSESSMENT, small_places(), small_register(), small_cycle(), sector, department
    )


def grids(layout):
    return [sheet for sheet in layout.sheets if sheet.kind == "grid"]


@pytest.mark.parametrize("sector", ["nhs_trust", "local_authority", "vcse", "funder", "other"])
def test_every_indicator_that_a_sector_is_asked_is_one_row_and_no_other(sector):
    layout = layout_of(SHIPPED, sector)
    asked = [i.id for _, i in SHIPPED.indicators() if SHIPPED.applies(i, sector)]
    assert [row.ref for sheet in grids(layout) for row in sheet.rows] == asked
    assert asked


def test_without_a_sector_every_indicator_is_a_row_on_its_commitments_sheet():
    layout = layout_of(SHIPPED, sector=None)
    assert {sheet.id: [row.ref for row in sheet.rows] for sheet in grids(layout)} == {
        c.id: [i.id for i in c.indicators] for c in SHIPPED.commitments
    }


def test_an_indicator_added_to_the_framework_appears_by_that_edit_alone():
    content = framework_content()
    content["commitments"][1]["indicators"].append(indicator("W3", core=False))
    layout = layout_of(Framework.model_validate(content))
    row = grids(layout)[1].rows[-1]
    assert (row.ref, row.texts["title"]) == ("W3", "What W3 is about")
    assert row.texts["criterion_2"] == "W3 is so at stage 2."


def test_another_number_of_stages_gives_that_many_answers():
    content = framework_content()
    content["stages"].append({"number": 4, "id": "more", "name": "More", "meaning": "More of it."})
    content["evidence_minimums"][0]["to_stage"] = 4
    for commitment in content["commitments"]:
        for entry in commitment["indicators"]:
            entry["criteria"].append(f"{entry['id']} is so at stage 4.")
    for sheet in grids(layout_of(Framework.model_validate(content))):
        answers = [c for c in sheet.columns if c.type is ValueType.ANSWER]
        assert [c.stage for c in answers] == [1, 2, 3, 4]
        assert answers[3].heading == "Stage 4 More: your answer"


def test_each_criterion_stands_just_before_its_answer():
    for sheet in grids(layout_of(SHIPPED)):
        ids = [c.id for c in sheet.columns]
        for column in (c for c in sheet.columns if c.type is ValueType.ANSWER):
            assert ids[ids.index(column.id) - 1] == f"criterion_{column.stage}"
            assert [c.label for c in column.choices] == [a.label for a in SHIPPED.answers]


def test_core_indicators_and_known_returns_are_marked_in_words():
    first, second = grids(layout_of(small_framework()))[0].rows
    assert first.texts["title"] == "What L1 is about (core)"
    assert first.texts["may_be_reported_in"] == (
        "Workforce Race Equality Standard (WRES): Indicator 9"
    )
    assert second.texts["title"] == "What L2 is about"
    assert second.texts["may_be_reported_in"] == "No national return is known"


def test_only_a_department_is_asked_what_it_takes_from_its_organisation():
    def ids(layout):
        return {c.id for sheet in grids(layout) for c in sheet.columns}

    taken = {c.id for c in ASSESSMENT.department_columns}
    assert taken <= ids(layout_of(SHIPPED, department=True))
    assert not taken & ids(layout_of(SHIPPED, department=False))


def test_a_commitment_that_asks_a_sector_nothing_has_no_sheet():
    content = framework_content()
    for entry in content["commitments"][0]["indicators"]:
        entry["applies_to"] = ["nhs"]
    layout = layout_of(Framework.model_validate(content), sector="vcse")
    assert [sheet.id for sheet in grids(layout)] == ["workforce"]


def test_every_code_list_is_filled_from_its_source():
    columns = {
        (sheet.id, c.id): c
        for sheet in layout_of(small_framework()).sheets
        for c in sheet.columns
        if c.codelist
    }
    stages = columns["leadership", "evidence_supports"].choices
    assert [c.label for c in stages] == ["1 Awareness", "2 Implementation", "3 Embedding"]
    rows = columns["action_points", "indicator"].choices
    assert [(c.id, c.label) for c in rows] == [(i, i) for i in ("L1", "L2", "W1", "W2")]
    assert all(c.choices for c in columns.values())


def test_a_sector_is_only_offered_the_indicators_that_it_is_asked():
    layout = layout_of(small_framework(), sector="vcse")
    points = next(sheet for sheet in layout.sheets if sheet.id == "action_points")
    column = next(c for c in points.columns if c.id == "indicator")
    assert [c.id for c in column.choices] == ["L1", "W1", "W2"]


def test_a_form_asks_each_configured_question_in_its_order():
    form = layout_of(small_framework()).sheets[0]
    assert [row.ref for row in form.rows] == [
        f"O{n}" for n, _ in enumerate(ASSESSMENT.organisation.columns, start=1)
    ]
    assert [row.column.id for row in form.rows] == [c.id for c in ASSESSMENT.organisation.columns]
    required = {row.column.id for row in form.rows if row.texts["help"].startswith("Required.")}
    assert required == {c.id for c in ASSESSMENT.organisation.columns if c.required}


def test_the_engagement_workbook_is_made_from_its_configuration():
    layout = engagement_layout(
        small_framework(), ENGAGEMENT, small_places(), small_register(), small_cycle()
    )
    assert [s.id for s in layout.sheets] == ["about", *(s.id for s in ENGAGEMENT.records)]
    events = layout.sheets[1]
    lead = next(c for c in events.columns if c.id == "lead_organisation")
    assert [c.id for c in lead.choices] == ["COM-2", "NLT014"]


def test_a_name_that_no_sheet_can_have_is_made_to_fit():
    content = framework_content()
    content["commitments"][0]["short_name"] = "Leading: who answers [and to whom]?"
    sheet = grids(layout_of(Framework.model_validate(content)))[0]
    assert sheet.name == "Leading- who answers -and to wh"
