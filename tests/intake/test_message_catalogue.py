"""The catalogue of messages is whole in every language, plain, and listed as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pseudo_language import LANGUAGE, source, translated, write_language
from verdict_samples import CONFIGURATION

from remi.cli.main import main
from remi.configuration import load
from remi.messages import in_general, load_messages, messages_file, messages_page
from remi.plain_english import load_plain_english, text_faults
from remi.settings import CHECKOUT
from schemas.loading import ConfigurationError
from schemas.messages import placeholders

CONFIG = CONFIGURATION.folder
MESSAGES = CONFIGURATION.messages
Content = dict[str, Any]


def test_the_page_of_messages_is_what_the_catalogue_says() -> None:
    """After a wanted change: `make dictionary`."""
    written = (CHECKOUT / "docs" / "messages.md").read_text(encoding="utf-8")
    assert written == messages_page(MESSAGES)


def test_the_page_shows_every_message_once_with_both_examples_and_no_braces() -> None:
    page = messages_page(MESSAGES)
    for message in MESSAGES.messages:
        assert page.count(f"- Brings it: {message.failing}\n- Does not: {message.passing}\n") >= 1
    assert page.count("- Brings it: ") == len(MESSAGES.messages)
    assert "{" not in page
    assert page.index("Files we could not open") < page.index("What we noticed")


def test_a_message_in_general_says_in_words_what_is_filled_in() -> None:
    fix = MESSAGES.get("answer_not_on_list").fix
    assert in_general(fix, MESSAGES) == "Choose one of the choices."
    wrong = MESSAGES.get("answer_not_on_list").wrong
    marked = in_general(wrong, MESSAGES, lambda detail: f"<em>{detail}</em>")
    assert marked == "“<em>what you wrote</em>” is not one of the answers."


def test_messages_are_shown_under_a_heading_the_most_important_first() -> None:
    assert MESSAGES.title_of("answer_not_on_list") == "Answers we could not read"
    assert [m.rule for m in MESSAGES.in_group("personal")] == ["personal_data_found"]
    assert sum(len(MESSAGES.in_group(g.id)) for g in MESSAGES.groups) == len(MESSAGES.messages)
    assert MESSAGES.groups[0].id == "file"
    assert MESSAGES.groups[-1].id == "noted"
    assert {m.severity for m in MESSAGES.in_group("noted")} == {"note"}
    with pytest.raises(KeyError):
        MESSAGES.title_of("no_such_rule")


# ---- other languages


def test_a_translation_has_the_same_messages_in_other_words(tmp_path: Path) -> None:
    config = write_language(CONFIG, tmp_path, translated(source(CONFIG)))
    other = load_messages(config, LANGUAGE)
    assert [m.rule for m in other.messages] == [m.rule for m in MESSAGES.messages]
    for here, there in zip(MESSAGES.messages, other.messages, strict=True):
        assert (there.severity, there.group) == (here.severity, here.group)
        assert there.names() == here.names()
        assert there.wrong != here.wrong
    assert load_messages(config) == MESSAGES


def test_the_language_is_chosen_where_the_configuration_is_loaded(tmp_path: Path) -> None:
    config = write_language(CONFIG, tmp_path, translated(source(CONFIG)))
    assert load(config, LANGUAGE).messages == load_messages(config, LANGUAGE)
    assert load(config).messages == MESSAGES


def test_no_language_is_shipped_that_is_not_a_whole_translation() -> None:
    for file in sorted((CONFIG / "messages").iterdir()):
        assert len(load_messages(CONFIG, file.stem).messages) == len(MESSAGES.messages)


def lose_a_rule(content: Content) -> None:
    content["messages"] = [m for m in content["messages"] if m["rule"] != "file_empty"]


def add_a_rule(content: Content) -> None:
    content["messages"].append({**content["messages"][0], "rule": "of_our_own"})


def swap_two_rules(content: Content) -> None:
    content["messages"][0], content["messages"][1] = content["messages"][1], content["messages"][0]


def fill_in_nothing(content: Content) -> None:
    of_rule(content, "answer_not_on_list")["wrong"] = "That is not one of the answers."


def be_milder(content: Content) -> None:
    of_rule(content, "answer_not_on_list")["severity"] = "note"


def move_to_another_group(content: Content) -> None:
    of_rule(content, "answer_not_on_list")["group"] = "file"


def fill_in_something_else(content: Content) -> None:
    content["phrases"]["did_you_mean"] = "Is it {first}?"


def lose_a_phrase(content: Content) -> None:
    del content["phrases"]["did_you_mean"]


def of_rule(content: Content, rule: str) -> Content:
    return next(m for m in content["messages"] if m["rule"] == rule)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lose_a_rule, "messages: these are missing: file_empty"),
        (add_a_rule, "messages: en-GB does not have of_our_own"),
        (swap_two_rules, "messages: must be in the same order as in en-GB"),
        (fill_in_nothing, "must have {allowed}, {seen}, {suggestion} filled in, as in en-GB"),
        (be_milder, "severity: must be must_fix"),
        (move_to_another_group, "group: must be unreadable"),
        (fill_in_something_else, "phrases.did_you_mean: must have {meant} filled in"),
        (lose_a_phrase, "phrases: these are missing: did_you_mean"),
    ],
)
def test_a_translation_that_does_not_say_the_same_is_refused(
    change: Callable[[Content], None], reason: str, tmp_path: Path
) -> None:
    content = translated(source(CONFIG))
    change(content)
    config = write_language(CONFIG, tmp_path, content)
    with pytest.raises(ConfigurationError) as refused:
        load_messages(config, LANGUAGE)
    assert str(refused.value).startswith(f"{LANGUAGE}.yaml:")
    assert reason in str(refused.value)
    assert load_messages(config) == MESSAGES


def test_a_language_that_is_not_there_is_said_so() -> None:
    with pytest.raises(ConfigurationError, match=r"cy\.yaml: there is no such file"):
        load_messages(CONFIG, "cy")


def write_a_rule_twice(content: Content) -> None:
    content["messages"].append(content["messages"][0])


def name_no_group(content: Content) -> None:
    of_rule(content, "file_empty")["group"] = "files"


def fill_in_what_nobody_knows(content: Content) -> None:
    of_rule(content, "file_empty")["wrong"] = "The file {file_name} is empty."


def leave_a_brace_open(content: Content) -> None:
    of_rule(content, "file_empty")["wrong"] = "The file {seen is empty."


def look_inside(content: Content) -> None:
    of_rule(content, "file_empty")["wrong"] = "The file {seen.__class__} is empty."


def describe_what_is_never_filled_in(content: Content) -> None:
    content["details"]["colour"] = "its colour"


def leave_out_an_example(content: Content) -> None:
    del of_rule(content, "file_empty")["failing"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (write_a_rule_twice, "messages: each must be there once, but file_empty is repeated"),
        (name_no_group, "files: there is no such group"),
        (fill_in_what_nobody_knows, "{file_name}: details do not say what this is"),
        (leave_a_brace_open, "a brace is not closed, or stands alone"),
        (look_inside, "only plain names may stand in braces"),
        (describe_what_is_never_filled_in, "details.colour: no message has this"),
        (leave_out_an_example, "failing: is missing"),
    ],
)
def test_a_catalogue_that_does_not_fit_together_is_refused_with_its_place(
    change: Callable[[Content], None], reason: str, tmp_path: Path
) -> None:
    content = source(CONFIG)
    change(content)
    config = write_language(CONFIG, tmp_path, content)
    messages_file(config, LANGUAGE).replace(messages_file(config))
    with pytest.raises(ConfigurationError) as refused:
        load_messages(config)
    assert str(refused.value).startswith("en-GB.yaml:")
    assert reason in str(refused.value)


def test_names_in_braces_are_found_wherever_they_stand() -> None:
    assert placeholders("{b} and {a}, not {{c}}") == {"a", "b"}


# ---- plain English

NOT_PLAIN = {
    "Invalid value in this cell.": "says “invalid”",
    "This must be a string.": "says “string”",
    "The cell is null.": "says “null”",
    "It does not match the regex.": "says “regex”",
    "This field is empty.": "says “field”",
    "The date could not be parsed.": "says “parsed”",
    "An exception was raised.": "says “exception”",
    "Please contact support.": "says “contact support”",
    "The cell holds None.": "says “None”",
    "The sum is nan.": "says “nan”",
    "Staff from BAME communities.": "says “bame”",
    "Staff from bme communities.": "says “bme”",
    "The column organisation_code is empty.": "of the program's own",
    "Choose one of ['met', 'part'].": "of the program's own",
    "The answer {seen} is not one.": "of the program's own",
    "Finding(rule='x') was found.": "of the program's own",
    "There are 3 errors on this sheet.": "a number of faults",
    "Column 4 is empty.": "a column by its number",
    "Row 0 is empty.": "a row that is counted from 0",
    "Choose one.  Then save.": "two spaces",
    "Choose one.. Then save.": "punctuation that is doubled",
    "Choose one , then save.": "punctuation that is doubled or stands alone",
    "Choose one": "does not end in a full stop",
    "choose one.": "begins with a small letter",
    "Choose one. then save.": "begins with a small letter",
    " ".join(["Word", *["word"] * 30]) + ".": "has a sentence of 31 words",
}


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_what_is_not_plain_english_is_found(text: str) -> None:
    (fault,) = text_faults(text, load_plain_english(CONFIG))
    assert NOT_PLAIN[text] in fault


@pytest.mark.parametrize(
    "text",
    [
        "None of the answers is there, so “null” and “organisation_code” are left as they are.",
        "Choose “met”, “part”, “not met” or “not applicable”. Did you mean “met”?",
        "These cells are empty: “Due date” (F9) and “Where it stands” (G9).",
        "The file is an Excel Binary Workbook (.xlsb).",
    ],
)
def test_what_is_plain_english_is_left_alone(text: str) -> None:
    faults = list(text_faults(text, load_plain_english(CONFIG)))
    assert faults == (["says “None”: write nothing, or empty"] if text.startswith("None") else [])


# ---- the command


def test_the_command_prints_the_page_and_that_of_another_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = CliRunner().invoke(main, ["messages"])
    assert (printed.exit_code, printed.output) == (0, messages_page(MESSAGES))
    config = write_language(CONFIG, tmp_path, translated(source(CONFIG)))
    monkeypatch.setenv("REMI_CONFIG", str(config))
    other = CliRunner().invoke(main, ["messages", "--language", LANGUAGE])
    assert (other.exit_code, other.output) == (0, messages_page(load_messages(config, LANGUAGE)))
    refused = CliRunner().invoke(main, ["messages", "--language", LANGUAGE, "--write"])
    assert refused.exit_code == 2


def test_the_command_says_what_is_not_plain_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = source(CONFIG)
    of_rule(content, "file_empty")["wrong"] = "The file is invalid."
    config = write_language(CONFIG, tmp_path, content)
    messages_file(config, LANGUAGE).replace(messages_file(config))
    monkeypatch.setenv("REMI_CONFIG", str(config))
    before = (CHECKOUT / "docs" / "messages.md").read_bytes()
    told = CliRunner().invoke(main, ["messages", "--write"])
    assert told.exit_code == 1
    assert "file_empty: wrong: says “invalid”: write what is wrong with it" in told.output
    assert (CHECKOUT / "docs" / "messages.md").read_bytes() == before
