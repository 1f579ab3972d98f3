"""Every rule has its words, every word is used, and the rules agree with plain arithmetic."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verdict_samples import CONFIGURATION, CYCLE, context

from remi.intake.judging.opened import Reading
from remi.intake.judging.problems import Finding, JudgingError, problems_of
from remi.intake.judging.rules import find_in_answers
from remi.intake.judging.words import Fact, Phrase, allowed, filled, listed, quoted, suggestion
from remi.intake.locating.packed import Packing
from remi.intake.locating.typed import Value
from remi.plain_english import catalogue_faults, load_plain_english

ROOT = Path(__file__).parents[2]
MESSAGES = CONFIGURATION.messages
STAGES = len(context().framework.stages)
NAMED_SCHEMAS = ("assessment", "engagement", "model_answers")
NO_PARTNERS = {"answer_of_its_scale"}
"""Rules that hold what judging itself makes: they fail for us, and no partner is told."""

RULE_GIVERS = {
    **dict.fromkeys(("find", "Fault", "Finding", "Refused", "Refusal", "rule"), 0),
    "bad": 1,
}
"""Functions that are given a rule, and the place of that argument."""


def modules() -> Iterator[ast.Module]:
    schemas = [ROOT / "schemas" / f"{name}.py" for name in NAMED_SCHEMAS]
    paths = [*(ROOT / "remi" / "intake").rglob("*.py"), *schemas]
    return (ast.parse(path.read_text(encoding="utf-8")) for path in sorted(paths))


def texts_in_the_program() -> set[str]:
    return {
        node.value
        for module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def given_in_the_program(givers: dict[str, int]) -> set[str]:
    """The texts that stand where one of these functions is called."""
    found = set()
    for call in (n for m in modules() for n in ast.walk(m) if isinstance(n, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        place = givers.get(name)
        if place is not None and len(call.args) > place:
            texts = [n.value for n in ast.walk(call.args[place]) if isinstance(n, ast.Constant)]
            found |= {text for text in texts if isinstance(text, str)} - {"text"}
    return found


def test_every_rule_in_the_program_has_words() -> None:
    known = {message.rule for message in MESSAGES.messages}
    used = given_in_the_program(RULE_GIVERS)
    assert len(used) > 50
    assert used - known - NO_PARTNERS == set()


def test_every_message_is_used() -> None:
    known = {message.rule for message in MESSAGES.messages}
    assert known - texts_in_the_program() == set()


def test_every_phrase_is_used_and_every_one_in_the_program_is_known() -> None:
    assert MESSAGES.phrases.keys() - texts_in_the_program() == set()
    used = given_in_the_program({"Phrase": 0, "_phrase": 0})
    assert len(used) > 10
    assert used - MESSAGES.phrases.keys() == set()


def test_every_message_is_plain_english() -> None:
    rules = load_plain_english(CONFIGURATION.folder)
    assert list(catalogue_faults(MESSAGES, rules)) == []


def test_words_that_need_a_fact_nobody_gave_are_our_fault() -> None:
    with pytest.raises(JudgingError, match="word_not_taken"):
        problems_of([Finding("word_not_taken")], MESSAGES, [])
    with pytest.raises(JudgingError, match="no such rule"):
        problems_of([Finding("no such rule")], MESSAGES, [])
    unknown = Finding("sheet_renamed", facts={"name": Phrase("no such phrase")})
    with pytest.raises(JudgingError, match="no such phrase"):
        problems_of([unknown], MESSAGES, [])


def test_what_a_partner_wrote_is_never_taken_for_our_own_words() -> None:
    finding = Finding("answer_not_on_list", "S", "A1", seen="{rule} {0}", facts={"allowed": "x"})
    facts = {"allowed": "“met”", "suggestion": ""}
    (told,) = problems_of([Finding(**{**finding.__dict__, "facts": facts})], MESSAGES, ["S"])
    assert "“{rule} {0}”" in told.wrong


def test_one_cell_is_named_once_by_its_gravest_finding() -> None:
    findings = [
        Finding("claims_ahead", "S", "B2", "L1", facts={"stages": "stage 2 Commitment"}),
        Finding("reason_missing", "S", "B2", "L1"),
        Finding("reason_missing", "S", "A2", "L1"),
    ]
    told = problems_of(findings, MESSAGES, ["S"])
    assert [(p.rule, p.cell) for p in told] == [("reason_missing", "A2"), ("reason_missing", "B2")]


def told(fact: Fact) -> str:
    return filled("{fact}", {"fact": fact}, MESSAGES)


def test_choices_are_listed_and_the_closest_is_suggested() -> None:
    assert told(allowed(["met", "part", "not met"])) == "“met”, “part” or “not met”"
    assert told(allowed(map(str, range(40)))) == "one of the choices on the Lists sheet"
    assert told(suggestion("mett", ["met", "part"])) == "Did you mean “met”?"
    assert told(suggestion("zebra", ["met", "part"])) == ""
    assert told(listed(["a"])) == "a"
    assert told(listed(["a", 2, quoted("c")])) == "a, 2 and “c”"
    assert told(date(2026, 4, 3)) == "3 April 2026"


def test_what_is_left_out_takes_the_space_before_it_along() -> None:
    facts: dict[str, Fact] = {"allowed": "“met”", "suggestion": ""}
    assert filled("Choose {allowed}. {suggestion} Then save.", facts, MESSAGES) == (
        "Choose “met”. Then save."
    )
    assert filled("Say “{seen}”.", {"seen": ""}, MESSAGES) == "Say “”."


# ---- the rules beside plain arithmetic

ROW = st.text(alphabet="mpnx-!", min_size=STAGES, max_size=STAGES)
SHEET = st.lists(st.tuples(ROW, st.booleans()), min_size=1, max_size=6)


def reading_of(rows: list[tuple[str, bool]], number: int) -> Reading:
    """A file whose first commitment sheet holds these answers, with or without reasons."""
    commitment = context().framework.commitments[0]
    refs = [indicator.id for indicator in commitment.indicators][: len(rows)]
    at = {ref: row for row, ref in enumerate(refs, start=9)}
    reading = Reading(f"{CYCLE.id}-{number}", context())
    reading.kind = "assessment"
    reading.asked = {commitment.id: refs}
    columns = {f"answer_{stage}": chr(ord("B") + stage) for stage in range(1, STAGES + 1)}
    columns["reason_not_applicable"] = "Z"
    reading.sheets = {commitment.id: {"name": "S", "columns": columns, "rows": at, "missing": []}}
    values = Packing()
    for ref, (_, has_reason) in zip(refs, rows, strict=True):
        if has_reason:
            column = (commitment.id, "reason_not_applicable", "Z")
            values.add(column, (ref, at[ref]), Value("value", "why", "why"))
    answers = [
        [commitment.id, ref, at[ref], letters, {}]
        for ref, (letters, _) in zip(refs, rows, strict=True)
    ]
    reading.take({"answers": answers, "values": values.as_data()})
    return reading


def expected(rows: list[tuple[str, bool]]) -> set[tuple[str, str]]:
    """The same rules, one answer after another, as a reader of the guidance would apply them."""
    found = set()
    for row, (letters, has_reason) in enumerate(rows, start=9):
        if "x" in letters and not has_reason:
            found.add(("reason_missing", f"Z{row}"))
        stopped = unread = False
        blanks, ahead = [], []
        for stage, letter in enumerate(letters, start=1):
            cell = f"{chr(ord('B') + stage)}{row}"
            if letter == "-" and not stopped and not unread:
                blanks.append(cell)
            if letter == "m" and stopped:
                ahead.append(cell)
            stopped = stopped or letter in "pn"
            unread = unread or letter == "!"
        found |= {("unanswered", cell) for cell in blanks[:1]}
        found |= {("claims_ahead", cell) for cell in ahead[:1]}
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(SHEET, min_size=1, max_size=4))
def test_the_verdict_on_frames_is_that_of_plain_arithmetic(
    files: list[list[tuple[str, bool]]],
) -> None:
    readings = [reading_of(rows, number) for number, rows in enumerate(files)]
    find_in_answers(readings, context())
    for reading, rows in zip(readings, files, strict=True):
        assert {(f.rule, str(f.cell)) for f in reading.findings} == expected(rows)
        assert len(reading.findings) == len(expected(rows))
