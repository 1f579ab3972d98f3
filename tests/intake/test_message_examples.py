"""Every message of the catalogue is brought about by its example, where it should be, in words.

Files are judged by what every door judges by: an installation of its own, with its register, its
key and the configuration that is shipped. A rule that no file can bring about there has no place in
the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from example_workbooks import Sent, clean, quoted
from made_workbooks import workbook_of
from message_examples import EXAMPLES
from pseudo_language import LANGUAGE, source, translated, write_language
from verdict_samples import CONFIGURATION, context, judged, received, template

from remi.configuration import load
from remi.intake.judging.context import JudgingContext
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.write import workbook_bytes
from remi.intake.verdict import judge, read_files, verdict_on
from remi.plain_english import load_plain_english, text_faults
from schemas.intake import Problem
from schemas.messages import Messages
from schemas.workbook import REF

OUR_FAULTS = {"file_not_checked", "file_could_not_be_read"}
"""No file that a partner could send brings these about; they have tests of their own below."""

RULES = [m.rule for m in CONFIGURATION.messages.messages if m.rule not in OUR_FAULTS]
PLAIN_ENGLISH = load_plain_english(CONFIGURATION.folder)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1) as pool:
        yield pool


@pytest.fixture(scope="module")
def other_language(tmp_path_factory: pytest.TempPathFactory) -> Messages:
    content = translated(source(CONFIGURATION.folder))
    folder = tmp_path_factory.mktemp("language")
    return load(write_language(CONFIGURATION.folder, folder, content), LANGUAGE).messages


def told(sent: Sent, sandbox: Sandbox, messages: Messages | None = None) -> list[Problem]:
    """What the first file is told, in British English where no other words are given."""
    files = [replace(received(content), sent_for=sent.sent_for) for content in sent.files]
    asked = sent.context or context()
    frame = judge(files, replace(asked, messages=messages or asked.messages), sandbox).problems
    columns = ["rule", "severity", "wrong", "fix", "sheet", "cell", "ref", "seen"]
    first = frame.loc[frame["submission_id"] == files[0].submission_id, columns].astype(object)
    rows = first.where(first.notna(), None).itertuples(index=False, name=None)
    return [Problem(*row) for row in rows]


@cache
def failing(rule: str) -> Sent:
    return EXAMPLES[rule].failing(quoted(CONFIGURATION.messages.get(rule).failing))


def assert_plain(problem: Problem) -> None:
    assert list(text_faults(problem.wrong, PLAIN_ENGLISH)) == []
    assert list(text_faults(problem.fix, PLAIN_ENGLISH)) == []
    assert problem.seen not in ("", "nan", "NaN", "NaT", "None")


def test_every_message_has_an_example_of_either_side() -> None:
    """A new rule needs two examples in the catalogue, and a way to make them in EXAMPLES."""
    assert set(RULES) == set(EXAMPLES)


@pytest.mark.parametrize("rule", RULES)
def test_a_message_is_told_for_its_failing_example_and_nothing_for_its_passing_one(
    rule: str, sandbox: Sandbox
) -> None:
    sent = failing(rule)
    problems = told(sent, sandbox)
    assert [(p.rule, (p.sheet, p.cell)) for p in problems] == [(rule, sent.place)]
    assert_plain(problems[0])
    passing = EXAMPLES[rule].passing(quoted(CONFIGURATION.messages.get(rule).passing))
    assert told(passing, sandbox) == []


@pytest.mark.parametrize("rule", RULES)
def test_every_word_of_a_message_is_one_of_its_language(
    rule: str, sandbox: Sandbox, other_language: Messages
) -> None:
    sent = failing(rule)
    (here,), (there,) = told(sent, sandbox), told(sent, sandbox, other_language)
    assert replace(there, wrong=here.wrong, fix=here.fix) == here
    labels = labels_of(sent.context or context(), here)
    for text in (there.wrong, there.fix):
        for label in labels:
            text = text.replace(label, "")
        assert not re.search("[A-Za-z]", re.sub(r"\b[A-Z]{1,2}[0-9]*\b", "", text)), text


def labels_of(asked: JudgingContext, problem: Problem) -> list[str]:
    """What is the same in every language, the longest first: what the partner wrote, names and
    labels of the configuration."""
    names = asked.organisations["name"].tolist() + asked.organisations["organisation_id"].tolist()
    labels = {*names, "not collected", "declined", "Leadership (2)"}
    labels |= {problem.seen or "", problem.sheet or "", problem.ref or ""}
    labels |= {stage.name for stage in asked.framework.stages}
    labels |= {answer.label for answer in asked.framework.answers}
    labels |= {borough.name for borough in asked.places.boroughs}
    labels |= {model.stem for model in CONFIGURATION.folder.glob("models/*.yaml")}
    for layout in asked.layouts.values():
        for sheet in layout.sheets:
            labels |= {sheet.name, sheet.record_name or ""}
            asked_for = [*sheet.columns, *(row.column for row in sheet.rows if row.column)]
            labels |= {column.heading for column in asked_for}
            labels |= {choice.label for column in asked_for for choice in column.choices}
    return sorted(labels - {""}, key=lambda label: (-len(label), label))


def test_a_page_of_questions_that_is_not_finished_has_no_row_to_clear(sandbox: Sandbox) -> None:
    page = told(Sent((workbook_bytes(template("NLT014")),)), sandbox)[0]
    row = told(failing("several_required_missing"), sandbox)[0]
    assert page.rule == row.rule == "several_required_missing"
    assert (page.sheet, row.sheet) == ("Your organisation", "Action points")
    assert page.fix == "Please fill them in."
    assert "clear the whole row" in row.fix
    assert_plain(page)


def test_a_sheet_that_we_ourselves_described_wrongly_is_told_as_our_fault(sandbox: Sandbox) -> None:
    layout = context().layouts["assessment"]
    first, *others = layout.sheets
    nameless = [c.model_copy(update={"id": "number"}) if c.id == REF else c for c in first.columns]
    broken = layout.model_copy(
        update={"sheets": (first.model_copy(update={"columns": tuple(nameless)}), *others)}
    )
    result = judged([clean()], sandbox, layouts={**context().layouts, "assessment": broken})
    ((verdict, problem),) = [(v, v.problems[0]) for v in result.by_submission.values()]
    assert (verdict.outcome, problem.rule) == ("unusable", "file_not_checked")
    assert "our fault, not yours" in problem.wrong
    assert_plain(problem)


def test_a_file_that_ends_the_program_that_reads_it_is_told_so(sandbox: Sandbox) -> None:
    text = '<row r="1"><c r="A1" t="inlineStr"><is><t>exit</t></is></c></row>'
    ends = "functions_in_the_sandbox:do_as_told"
    (reading,) = read_files([received(workbook_of(text))], context(), sandbox, ends)
    verdict = verdict_on(reading)
    assert (verdict.outcome, len(verdict.problems)) == ("unusable", 1)
    assert verdict.problems[0].rule == "file_could_not_be_read"
    assert_plain(verdict.problems[0])
