"""One step to either side of where a verdict turns, so that the turn cannot move unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from verdict_samples import (
    CONFIGURATION,
    CYCLE,
    KEY,
    TODAY,
    add_record,
    assessment,
    context,
    engagement,
    problems,
    put,
    received,
    register,
    row_of,
)

from remi.intake.judging.context import JudgingContext, judging_context
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.write import workbook_bytes
from remi.intake.verdict import judge

FORM = "Your organisation"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1) as pool:
        yield pool


def changed(organisation_id: str, **values: object) -> JudgingContext:
    """What judges the round, where one line of the register says something else."""
    lines = register().copy()
    for column, value in values.items():
        lines.loc[lines["organisation_id"] == organisation_id, column] = value
    return judging_context(CONFIGURATION, CYCLE, lines, KEY, TODAY)


@pytest.mark.parametrize(
    ("organisation_id", "written", "rule_id"),
    [
        # One word of two is the same.
        ("NLT014", "North Hospital Group", "organisation_name_differs"),
        ("NLT014", "Southern Hospital Group", "organisation_code_and_name_disagree"),
        # Of four words against three, one is less than half and two are more.
        ("QAB", "Riverside Health Partnership", "organisation_code_and_name_disagree"),
        ("QAB", "Riverside Care Partnership", "organisation_name_differs"),
    ],
)
def test_a_name_of_which_half_the_words_agree_is_the_same_organisation(
    organisation_id: str, written: str, rule_id: str, sandbox: Sandbox
) -> None:
    book = assessment(organisation_id)
    put(book[FORM], row_of(book[FORM], "O2"), "Your answer", value=written)
    assert [told.rule for told in problems(book, sandbox)] == [rule_id]


@pytest.mark.parametrize(
    ("groups", "rule_id"),
    [
        (("harbour", "harbour"), "sheets_alike_in_joint_group"),
        (("harbour", "estuary"), "sheets_alike"),
        (("harbour", None), "sheets_alike"),
    ],
)
def test_only_members_of_one_joint_group_are_expected_to_send_the_same_sheet(
    groups: tuple[str | None, str | None], rule_id: str, sandbox: Sandbox
) -> None:
    one, other = assessment("VC0001"), assessment("VC0002")
    for line in one["Workforce"].iter_rows():
        for cell in line:
            other["Workforce"][cell.coordinate].value = cell.value
    lines = register().copy()
    lines.loc[lines["organisation_id"].isin(["VC0001", "VC0002"]), "joint_group"] = groups
    context = judging_context(CONFIGURATION, CYCLE, lines, KEY, TODAY)
    files = [received(workbook_bytes(book)) for book in (one, other)]
    result = judge(files, context, sandbox)
    assert result.problems["rule"].tolist() == [rule_id, rule_id]


@pytest.mark.parametrize("heading", ["People", "Could people be counted twice?"])
def test_only_a_count_that_was_not_made_may_leave_its_category_unnamed(
    heading: str, sandbox: Sandbox
) -> None:
    book = engagement()
    count = {"Event ref": "E2", "Counted by": "sector", "Category": "no such sector", "People": 12}
    add_record(book["Attendance"], count | {heading: "not collected"})
    rules = {told.rule for told in problems(book, sandbox)}
    assert ("category_not_on_list" in rules) == (heading != "People")


def test_of_two_organisations_with_one_name_neither_is_suggested() -> None:
    name = "Riverside Integrated Care Board"
    found = changed("LBX").register.named(name)
    assert found is not None
    assert found.id == "QAB"
    assert changed("LBX", name=name).register.named(name) is None


def test_an_organisation_takes_part_if_it_is_there_on_the_closing_day() -> None:
    for ends, ended in ((CYCLE.closes, False), (CYCLE.closes - pd.Timedelta(days=1), True)):
        found = changed("LBX", valid_to=ends).register.find("LBX")
        assert found is not None
        assert found.ended is ended


@pytest.mark.parametrize(
    ("arrived_on", "rules"),
    [
        (None, ["date_in_future"]),
        (date(2025, 12, 4), ["date_in_future"]),
        (date(2025, 12, 5), []),
        (date(2026, 12, 1), []),
    ],
)
def test_a_day_lies_ahead_only_of_the_day_on_which_the_file_came(
    arrived_on: date | None, rules: list[str], sandbox: Sandbox
) -> None:
    book = assessment()
    put(book[FORM], row_of(book[FORM], "O5"), "Your answer", value=date(2025, 12, 5))
    file = replace(received(workbook_bytes(book)), arrived_on=arrived_on)
    told = judge([file], context(), sandbox).verdict_of(file.submission_id).problems
    assert [problem.rule for problem in told] == rules


def test_an_event_that_came_to_nothing_with_people_is_to_be_checked(sandbox: Sandbox) -> None:
    for state, people, rules in (
        ("planned", 40, ["people_but_not_held"]),
        ("cancelled", "over 80", ["people_but_not_held"]),
        ("cancelled", 0, []),
        ("planned", "not collected", []),
        ("held", 40, []),
    ):
        book = engagement()
        row = row_of(book["Events"], "E2")
        put(book["Events"], row, "Held or not", value=state)
        at = put(book["Events"], row, "People who came", value=people)
        told = problems(book, sandbox)
        assert [one.rule for one in told] == rules, state
        assert all(one.cell == at for one in told)
