"""A model file alone makes a workbook; what is written into it is what is scored, to the cell."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from model_samples import (
    ANSWER,
    FILES,
    PROJECT,
    REASON,
    empty,
    filled,
    layout_for,
    model_of,
    question_sheets,
    taking,
    write_answers,
)
from openpyxl import Workbook
from pandera.errors import SchemaErrors
from verdict_samples import (
    assert_plain,
    assessment,
    column_of,
    context,
    header_row,
    put,
    received,
    row_of,
    rows_of,
)

from remi.cli.score import scored
from remi.framework.model_file import load_model
from remi.intake.judging.context import JudgingContext
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.write import workbook_bytes
from remi.intake.verdict import Judged, judge
from schemas import model_answers
from schemas.intake import Verdict
from schemas.loading import ConfigurationError

EDS = "eds-2022"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1) as pool:
        yield pool


def judged(book: Workbook | bytes, asked: JudgingContext, sandbox: Sandbox) -> Judged:
    content = book if isinstance(book, bytes) else workbook_bytes(book)
    return judge([received(content)], asked, sandbox)


def only(result: Judged) -> Verdict:
    (verdict,) = result.by_submission.values()
    return verdict


def read_back(result: Judged) -> dict[str, tuple[str | None, str, str]]:
    frame = result.model_answers
    answers = [None if pd.isna(answer) else answer for answer in frame["answer"]]
    places = zip(answers, frame["sheet"], frame["cell"], strict=True)
    return dict(zip(frame["node_id"], places, strict=True))


def as_csv(answers: dict[str, tuple[str | None, str, str]], sector: str) -> pd.DataFrame:
    """The same answers as they would stand in a CSV file."""
    rows = [("NLT014", ref, answer or "", sector, *at) for ref, (answer, *at) in answers.items()]
    names = ["organisation_id", "node_id", "answer", "sector", "sheet", "cell"]
    return pd.DataFrame(rows, columns=names)


# ---- written, read back and scored


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=4)
@given(seed=st.integers(0, 10**6))
def test_answers_are_read_as_they_were_written_and_score_as_from_a_csv(
    name: str, sandbox: Sandbox, seed: int
) -> None:
    model = model_of(name)
    book, written = filled(model, seed)
    result = judged(book, taking(model), sandbox)
    verdict = only(result)
    assert (verdict.outcome, verdict.kind) == ("accepted", "model")
    assert (verdict.organisation_id, verdict.framework_version) == (
        "NLT014",
        model.name_and_version,
    )
    assert read_back(result) == written
    blanks = {at[1:] for at in written.values() if at[0] is None}
    assert {(p.sheet, p.cell) for p in verdict.problems} == blanks
    from_csv = scored(model, as_csv(written, "nhs_trust"))
    made_by = ["input_hash"]
    pd.testing.assert_frame_equal(
        scored(model, result.model_answers).drop(columns=made_by), from_csv.drop(columns=made_by)
    )


def test_a_workbook_that_libreoffice_saved_is_read_the_same(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed here")
    model = model_of("teaching-example")
    book, written = filled(model, seed=3)
    sent = tmp_path / "sent.xlsx"
    sent.write_bytes(workbook_bytes(book))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir"]
    subprocess.run(
        [*command, str(tmp_path / "saved"), str(sent)], check=True, capture_output=True, timeout=180
    )
    result = judged((tmp_path / "saved" / "sent.xlsx").read_bytes(), taking(model), sandbox)
    assert only(result).outcome == "accepted"
    assert read_back(result) == written


def test_only_what_applies_to_the_organisation_is_asked_and_the_rest_is_no_gap(
    sandbox: Sandbox,
) -> None:
    model = model_of("teaching-example")
    book, written = filled(model, seed=1, organisation_id="VC0001", blanks=False)
    assert set(written) == {"P1", "P2", "L1", "L2"}
    assert "Letters are translated" not in guidance(book)
    result = judged(book, taking(model), sandbox)
    assert only(result).problems == ()
    assert read_back(result) == written


def test_an_answer_to_what_is_not_asked_is_left_out_and_said_so(sandbox: Sandbox) -> None:
    model = model_of("teaching-example")
    book, written = filled(model, seed=1, organisation_id="VC0001", blanks=False)
    sheet = question_sheets(book)[1]
    row = row_of(sheet, "L2") + 1
    sheet.cell(row, 1).value = "L3"
    put(sheet, row, ANSWER, value="Fully")
    result = judged(book, taking(model), sandbox)
    assert [p.rule for p in only(result).problems] == ["row_not_asked"]
    assert read_back(result) == written


# ---- what a workbook shows


def guidance(book: Workbook) -> str:
    return "\n".join(str(value) for row in book["Start"].values for value in row if value)


@pytest.mark.parametrize("name", FILES)
def test_the_first_sheet_names_every_part_label_and_rule_of_the_model(name: str) -> None:
    model = model_of(name)
    said = guidance(empty(model))
    assert model.statement in said
    assert f"{model.name}, version {model.version}" in said
    for node in model.nodes():
        assert node.name in said
    used = {leaf.scale for leaf in model.leaves()}
    for label in (label for s in model.scales if s.id in used for label in s.labels):
        assert label.label in said
        assert str(label.value) in said or not any(node.score for node in model.nodes())
    may_not_apply = any(model.scale_of(leaf).allows_not_applicable for leaf in model.leaves())
    assert ("Always give a reason." in said) == may_not_apply


@pytest.mark.parametrize("name", FILES)
def test_each_question_is_one_row_with_the_answers_of_its_own_scale(name: str) -> None:
    model = model_of(name)
    book = empty(model)
    found = {}
    for sheet in question_sheets(book):
        lists = {
            str(cells): validation.formula1
            for validation in sheet.data_validations.dataValidation
            for cells in validation.sqref.ranges
        }
        for row in rows_of(sheet):
            cell = sheet.cell(row, column_of(sheet, ANSWER))
            place = book.defined_names[lists[cell.coordinate]].attr_text.split("!")[1]
            cells = book["Lists"][place.replace("$", "")]
            choices = [str(one.value) for (one,) in cells]
            question = str(sheet.cell(row, column_of(sheet, "Question")).value)
            found[str(sheet.cell(row, 1).value)] = (question, choices)
    expected = {}
    for leaf in model.leaves():
        scale = model.scale_of(leaf)
        labels = [label.label for label in scale.labels]
        more = ["not applicable"] if scale.allows_not_applicable else []
        expected[leaf.id] = (leaf.name, labels + more)
    assert found == expected


def test_a_sheet_stands_for_each_part_and_the_headings_above_a_question_are_shown() -> None:
    deep = model_of("business-functions")
    layout = layout_for(deep)
    assert [s.title for s in layout.sheets[1:]] == [part.name for part in deep.root.children]
    paths = [row.texts["part"] for row in layout.sheets[1].rows]
    assert paths[0] == "Govern › A plan for safety at work › Level 1"
    mixed = layout_for(model_of("cumulative-product"))
    rows = {s.name: [row.ref for row in s.rows] for s in mixed.sheets[1:]}
    assert rows == {
        "1 The journey": ["s2", "s3", "s5"],
        "2 People who do it": ["s4-day", "s4-night"],
    }


def test_a_model_without_not_applicable_has_no_column_for_its_reason() -> None:
    headings = [c.heading for s in layout_for(model_of(EDS)).sheets for c in s.columns]
    assert REASON not in headings
    assert REASON in [c.heading for c in layout_for(model_of("any-all")).sheets[1].columns]


def test_the_same_template_is_the_same_bytes() -> None:
    assert workbook_bytes(empty(model_of(EDS))) == workbook_bytes(empty(model_of(EDS)))


# ---- faults, seeded in EDS 2022

Place = tuple[str | None, str | None]


def an_unknown_label(book: Workbook) -> Place:
    return write_answers(book, {"2B": "Developping"})["2B"]


def not_applicable_where_it_is_not_allowed(book: Workbook) -> Place:
    return write_answers(book, {"1C": "not applicable"})["1C"]


def a_number_beyond_the_scale(book: Workbook) -> Place:
    sheet = question_sheets(book)[0]
    return sheet.title, put(sheet, row_of(sheet, "1A"), ANSWER, value=4)


def a_question_that_is_there_twice(book: Workbook) -> Place:
    sheet = question_sheets(book)[1]
    row = max(rows_of(sheet)) + 1
    sheet.cell(row, 1).value = "2A"
    put(sheet, row, ANSWER, value="Excelling")
    return sheet.title, f"A{row}"


def a_question_that_is_gone(book: Workbook) -> Place:
    sheet = question_sheets(book)[2]
    row = row_of(sheet, "3B")
    sheet.delete_rows(row)
    return sheet.title, f"A{row}"


def a_reference_that_is_spelled_wrongly(book: Workbook) -> Place:
    sheet = question_sheets(book)[0]
    row = row_of(sheet, "1D")
    sheet.cell(row, 1).value = "1DD"
    return sheet.title, f"A{row}"


def a_sheet_that_is_gone(book: Workbook) -> Place:
    title = question_sheets(book)[1].title
    del book[title]
    return title, None


def a_heading_that_is_gone(book: Workbook) -> Place:
    sheet = question_sheets(book)[0]
    cell = sheet.cell(header_row(sheet), column_of(sheet, ANSWER))
    cell.value = "Rating"
    return sheet.title, str(cell.coordinate)


def a_date_that_does_not_exist(book: Workbook) -> Place:
    sheet = question_sheets(book)[0]
    return sheet.title, put(sheet, row_of(sheet, "1B"), "Evidence date", value="31/02/2025")


def a_telephone_number(book: Workbook) -> Place:
    sheet = question_sheets(book)[2]
    return sheet.title, put(sheet, row_of(sheet, "3A"), "Note", value="Ask 020 7946 0018")


def a_blank(book: Workbook) -> Place:
    sheet = question_sheets(book)[2]
    return sheet.title, put(sheet, row_of(sheet, "3C"), ANSWER, value=None)


def no_answer_at_all(book: Workbook) -> Place:
    for sheet in question_sheets(book):
        for row in rows_of(sheet):
            put(sheet, row, ANSWER, value=None)
    sheet = question_sheets(book)[0]
    return sheet.title, put(sheet, row_of(sheet, "1A"), ANSWER, value=None)


def another_organisations_code(book: Workbook) -> Place:
    sheet = book["Your organisation"]
    put(sheet, row_of(sheet, "M2"), "Your answer", value="East Mead NHS Foundation Trust")
    return sheet.title, put(sheet, row_of(sheet, "M1"), "Your answer", value="ELT002")


FAULTS: dict[Callable[[Workbook], Place], str] = {
    an_unknown_label: "answer_not_on_list",
    not_applicable_where_it_is_not_allowed: "answer_not_on_list",
    a_number_beyond_the_scale: "answer_not_on_list",
    a_question_that_is_there_twice: "reference_duplicated",
    a_question_that_is_gone: "reference_missing",
    a_reference_that_is_spelled_wrongly: "reference_unknown",
    a_sheet_that_is_gone: "sheet_missing",
    a_heading_that_is_gone: "column_missing",
    a_date_that_does_not_exist: "date_not_a_date",
    a_telephone_number: "personal_data_found",
    a_blank: "question_unanswered",
    no_answer_at_all: "no_question_answered",
    another_organisations_code: "other_organisations_template",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_in_an_eds_workbook_is_named_once_at_its_cell(
    fault: Callable[[Workbook], Place], sandbox: Sandbox
) -> None:
    book = filled(model_of(EDS), seed=5, blanks=False).book
    place = fault(book)
    result = judged(book, taking(model_of(EDS)), sandbox)
    (problem,) = only(result).problems
    assert (problem.rule, (problem.sheet, problem.cell)) == (FAULTS[fault], place)
    assert only(result).outcome == ("accepted" if fault is a_blank else "needs_changes")
    assert_plain(problem.wrong)
    assert_plain(problem.fix)


def test_an_unknown_label_is_never_a_zero_and_the_likely_one_is_suggested(sandbox: Sandbox) -> None:
    book = filled(model_of(EDS), seed=5, blanks=False).book
    an_unknown_label(book)
    result = judged(book, taking(model_of(EDS)), sandbox)
    (problem,) = only(result).problems
    assert "Did you mean “Developing”?" in problem.fix
    assert read_back(result)["2B"][0] is None


def test_not_applicable_without_a_reason_is_named_where_the_reason_belongs(
    sandbox: Sandbox,
) -> None:
    model = model_of("teaching-example")
    book = filled(model, seed=2, blanks=False).book
    sheet = question_sheets(book)[0]
    row = row_of(sheet, "P2")
    put(sheet, row, ANSWER, value="not applicable")
    cell = put(sheet, row, REASON, value=None)
    (problem,) = only(judged(book, taking(model), sandbox)).problems
    assert (problem.rule, problem.cell, problem.ref) == ("reason_missing", cell, "P2")


def test_renamed_sheets_inserted_and_sorted_rows_cost_nothing(sandbox: Sandbox) -> None:
    model = model_of(EDS)
    book, written = filled(model, seed=7, blanks=False)
    sheet = question_sheets(book)[0]
    sheet.insert_rows(header_row(sheet) + 2, 3)
    sheet.title = "Domain one (final)"
    result = judged(book, taking(model), sandbox)
    assert {p.rule for p in only(result).problems} == {"sheet_renamed"}
    for ref, (answer, title, cell) in read_back(result).items():
        assert answer == written[ref][0]
        if title == "Domain one (final)":
            assert book[title][cell].row == row_of(book[title], ref)


# ---- what it is, by its identity or by its structure


def test_the_rounds_own_workbooks_and_models_are_told_apart(sandbox: Sandbox) -> None:
    asked = taking(*(model_of(name) for name in FILES))
    own = only(judged(assessment(), asked, sandbox))
    assert (own.kind, own.outcome) == ("assessment", "accepted")
    for name in FILES:
        book, _ = filled(model_of(name), seed=1, blanks=False)
        for sheet in ("Start", "_meta"):
            del book[sheet]
        verdict = only(judged(book, asked, sandbox))
        assert verdict.framework_version == model_of(name).name_and_version
        assert verdict.outcome == "accepted"


def test_of_two_versions_that_ask_the_same_the_code_says_which_it_is(sandbox: Sandbox) -> None:
    old = model_of(EDS)
    new = old.model_copy(update={"version": "1.1"})
    for asked in (taking(old, new), taking(new, old)):
        for model in (old, new):
            verdict = only(judged(filled(model, seed=1, blanks=False).book, asked, sandbox))
            assert (verdict.outcome, verdict.framework_version) == (
                "accepted",
                model.name_and_version,
            )


def test_a_workbook_of_a_model_that_is_not_collected_is_not_taken_for_another(
    sandbox: Sandbox,
) -> None:
    book, _ = filled(model_of(EDS), seed=1)
    for asked in (context(), taking(model_of("any-all"))):
        verdict = only(judged(book, asked, sandbox))
        assert [p.rule for p in verdict.problems] == ["collected_elsewhere"]
        assert (verdict.outcome, verdict.kind) == ("unusable", "unknown")


def test_an_older_version_of_the_model_is_sent_back_unscored(sandbox: Sandbox) -> None:
    book, _ = filled(model_of(EDS), seed=1)
    newer = model_of(EDS).model_copy(update={"version": "2.0"})
    result = judged(book, taking(newer), sandbox)
    assert [p.rule for p in only(result).problems] == ["template_version_differs"]
    assert result.model_answers.empty


def test_answers_to_one_model_do_not_replace_those_to_another(sandbox: Sandbox) -> None:
    models = [model_of(EDS), model_of("any-all")]
    books = [filled(model, seed=1, blanks=False).book for model in models]
    again = filled(models[0], seed=2, blanks=False).book
    files = [received(workbook_bytes(book)) for book in (*books, again)]
    verdicts = judge(files, taking(*models), sandbox).verdicts
    assert verdicts["counts"].tolist() == [False, True, True]


# ---- the contract, and one edit of a model file


def test_the_schema_refuses_an_answer_of_another_scale() -> None:
    model = model_of("decision-table")
    frame = pd.DataFrame(
        {name: ["x"] for name in model_answers.ANSWER_COLUMNS}
        | {"model_version": [model.name_and_version], "node_id": ["policy"]}
    )
    schema = model_answers.answers(model)
    schema.validate(frame.assign(answer="Written"), lazy=True)
    schema.validate(frame.assign(answer="not_applicable"), lazy=True)
    schema.validate(frame.assign(answer=pd.Series([None], dtype="str")), lazy=True)
    with pytest.raises(SchemaErrors, match="answer_of_its_scale"):
        schema.validate(frame.assign(answer="Everywhere"), lazy=True)
    with pytest.raises(SchemaErrors):
        schema.validate(frame.assign(answer="Written", node_id="other"), lazy=True)


def test_a_question_added_by_one_edit_is_asked_read_and_scored(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    text = FILES[EDS].read_text("utf-8")
    edited = tmp_path / "eds.yaml"
    last = text.rstrip().splitlines()[-3:]
    added = ["        - id: 3D", "          name: Leaders are held to account", last[-1]]
    edited.write_text(text.rstrip() + "\n" + "\n".join(added) + "\n", "utf-8")
    model = load_model(edited)
    book, written = filled(model, seed=4, blanks=False)
    assert "3D" in written
    assert "Leaders are held to account" in guidance(book)
    answers = dict.fromkeys(written, "Undeveloped") | {"3D": "Excelling"}
    write_answers(book, answers)
    result = judged(book, taking(model), sandbox)
    assert only(result).problems == ()
    assert read_back(result)["3D"][0] == "Excelling"
    model_answers.answers(model).validate(result.model_answers)
    with pytest.raises(SchemaErrors):
        model_answers.answers(model_of(EDS)).validate(result.model_answers, lazy=True)
    assert scored(model, result.model_answers)["score"].iloc[0] == 3


def test_ids_and_labels_that_a_workbook_cannot_tell_apart_are_refused(tmp_path: Path) -> None:
    content = yaml.safe_load((PROJECT / "config/models/teaching-example.yaml").read_text("utf-8"))
    content["root"]["children"][0]["children"][1]["id"] = "p1"
    content["scales"][0]["labels"][1]["also_accepted"] = ["Not\u00a0yet"]
    file = tmp_path / "alike.yaml"
    file.write_text(yaml.safe_dump(content), "utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_model(file)
    assert "differs from P1 only in its capitals" in str(refused.value)
    assert "cannot be told from another answer" in str(refused.value)


def test_any_mix_of_faults_is_named_at_exactly_the_cells_where_they_were_put(
    sandbox: Sandbox,
) -> None:
    for seed in range(4):
        rng = random.Random(seed)
        book, written = filled(model_of(EDS), seed, blanks=False)
        spoiled = rng.sample(sorted(written), rng.randint(1, 6))
        write_answers(book, dict.fromkeys(spoiled, "Splendid"))
        verdict = only(judged(book, taking(model_of(EDS)), sandbox))
        expected = {(written[ref][1], written[ref][2]) for ref in spoiled}
        assert {(p.sheet, p.cell) for p in verdict.problems} == expected
        assert {p.rule for p in verdict.problems} == {"answer_not_on_list"}
