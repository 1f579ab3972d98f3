"""What a partner writes is read as they mean it, or handed back; never guessed, never zero."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remi.intake.locating.personal_data import personal_details
from remi.intake.locating.typed import Fault, Value
from remi.intake.locating.values import read_value
from remi.intake.reading.cells import Cell, Kind, ShownAs

CHOICES = {"met": "met", "part": "part", "not met": "not_met", "adult care, other": "care"}


def read(
    written: str | float | date | bool,
    value_type: str,
    required: bool = False,
    may_be_not_collected: bool = False,
    choices: dict[str, str] | None = None,
    shown_as: ShownAs = "",
) -> Value:
    column: dict[str, Any] = {
        "type": value_type,
        "required": required,
        "may_be_not_collected": may_be_not_collected,
        "choices": CHOICES if choices is None else choices,
    }
    return read_value(cell_of(written, shown_as), column)


def cell_of(written: str | float | date | bool, shown_as: ShownAs = "") -> Cell:
    kind: Kind = "text"
    number = None
    text = str(written)
    if isinstance(written, bool):
        kind, text = "boolean", text.upper()
    elif isinstance(written, date):
        kind, text = "date", written.isoformat()
    elif isinstance(written, (int, float)):
        kind, number = "number", float(written)
    return Cell(1, 1, kind, text, number, shown_as)


def rule_of(value: Value) -> str | None:
    return value.fault.rule if value.fault else None


@pytest.mark.parametrize(
    ("written", "number", "qualifier"),
    [
        ("80", 80, None),
        (80, 80, None),
        ("0", 0, None),
        (" 1,234 ", 1234, None),
        ("1\u00a0234", 1234, None),
        ("\uff18\uff10", 80, None),
        ("over 80", 80, ">"),
        ("More than 80", 80, ">"),
        ("at least 4", 4, "≥"),
        ("80+", 80, "≥"),
        ("12 or more", 12, "≥"),
        ("up to 100", 100, "≤"),
        ("fewer than 10", 10, "<"),
        ("about 60", 60, "~"),
        ("c. 60", 60, "~"),
        ("≥ 5", 5, "≥"),
    ],
)
def test_counts_are_read_with_what_qualifies_them(
    written: str | int, number: int, qualifier: str | None
) -> None:
    value = read(written, "count")
    assert (value.state, value.number, value.qualifier) == ("value", number, qualifier)
    assert value.fault is None


def test_a_range_keeps_its_lower_end_and_says_so() -> None:
    for written in ("8-10", "8–10", "8 to 10", "between 8 and 10"):
        value = read(written, "count")
        assert (value.number, value.qualifier) == (8, "≥")
        assert rule_of(value) == "range_read_as_at_least"


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("lots", "number_expected"),
        ("-", "number_expected"),
        ("5 of 11", "number_expected"),
        ("£5", "number_expected"),
        ("1.234.567", "number_expected"),
        ("over 80+", "number_expected"),
        ("10-8", "number_expected"),
        (True, "number_expected"),
        ("7.5", "whole_number_expected"),
        (7.5, "whole_number_expected"),
        ("-3", "number_below_zero"),
        (-3, "number_below_zero"),
        ("75%", "percentage_in_number_cell"),
        ("75 per cent", "percentage_in_number_cell"),
        (date(2025, 10, 8), "date_in_number_cell"),
        ("not collected", "word_not_taken"),
        ("unknown", "number_expected"),
    ],
)
def test_what_is_no_count_is_handed_back_and_is_never_a_number(
    written: str | float | date, rule: str
) -> None:
    value = read(written, "count")
    assert (value.state, value.number, rule_of(value)) == ("bad", None, rule)


def test_a_number_shown_as_a_percentage_or_a_duration_is_no_count() -> None:
    assert rule_of(read(0.75, "count", shown_as="percentage")) == "percentage_in_number_cell"
    assert read(0.75, "count", shown_as="percentage").seen == "75%"
    assert rule_of(read(1.5, "number", shown_as="duration")) == "time_in_number_cell"
    assert read(1.5, "number", shown_as="duration").seen == "36:00"


def test_hours_may_have_decimals_and_counts_may_not() -> None:
    assert read("7.5", "number").number == 7.5
    assert read("7.5", "count").state == "bad"


def test_a_blank_is_never_read_as_zero() -> None:
    for written in ("", "  ", "\u00a0", "\n"):
        value = read(written, "count", may_be_not_collected=True)
        assert (value.state, value.number) == ("blank", None)


def test_the_words_for_having_no_value_are_taken_only_where_they_may_stand() -> None:
    for word, state in (
        ("Not collected", "not_collected"),
        ("DECLINED", "declined"),
        ("n/a", "not_applicable"),
    ):
        assert read(word, "count", may_be_not_collected=True, required=True).state == state
        assert rule_of(read(word, "count", required=True)) == "word_not_taken"
    assert read("n/a", "text").state == "not_applicable"
    assert read("n/a", "date").state == "not_applicable"
    assert rule_of(read("n/a", "text", required=True)) == "word_not_taken"
    assert read("not collected", "text").text == "not collected"


@pytest.mark.parametrize(
    "written",
    [
        "14/11/2025",
        "14-11-2025",
        "14.11.2025",
        "14/11/25",
        "2025-11-14",
        "2025-11-14T00:00:00",
        "14 November 2025",
        "14th Nov 2025",
        "Friday 14 November 2025",
        "November 14, 2025",
        date(2025, 11, 14),
    ],
)
def test_days_are_read_day_first_or_year_first(written: str | date) -> None:
    assert read(written, "date").day == "2025-11-14"


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("31/02/2025", "date_not_a_date"),
        ("31/02", "date_not_a_date"),
        ("29/02/2025", "date_not_a_date"),
        ("00/11/2025", "date_not_a_date"),
        ("11/14/2025", "date_month_first"),
        ("14/11", "date_not_understood"),
        ("25-11-14", "date_not_understood"),
        ("November 2025", "date_not_understood"),
        ("2022-2033", "date_not_understood"),
        ("soon", "date_not_understood"),
        (2025, "date_not_understood"),
        (45975, "date_shown_as_number"),
        ("14/11/1925", "date_unlikely"),
    ],
)
def test_what_is_no_day_is_handed_back(written: str | int, rule: str) -> None:
    value = read(written, "date")
    assert (value.state, value.day, rule_of(value)) == ("bad", None, rule)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_the_day_always_comes_before_the_month(day: date) -> None:
    assert read(f"{day.day}/{day.month}/{day.year}", "date").day == day.isoformat()
    assert read(f"{day.day} {day:%B} {day.year}", "date").day == day.isoformat()


@given(st.integers(0, 999_999_999))
def test_thousands_may_be_marked(number: int) -> None:
    for written in (f"{number:,}", str(number), f"{number:,}".replace(",", " ")):
        assert read(written, "count").number == number


@pytest.mark.parametrize("written", ["met", " Met ", "MET", "Ｍｅｔ", "me\u200bt", "met\u00a0"])
def test_an_answer_is_known_in_any_case_width_and_spacing(written: str) -> None:
    assert read(written, "answer").text == "met"


@pytest.mark.parametrize("written", ["mett", "1", 1, True, date(2025, 1, 1), "met?"])
def test_an_unknown_answer_is_handed_back(written: str | int | date) -> None:
    value = read(written, "answer")
    assert (value.state, value.text, rule_of(value)) == ("bad", None, "answer_not_on_list")


def test_several_choices_are_separated_by_semicolons() -> None:
    assert read("met; Not met", "choices").text == "met;not_met"
    assert read("adult care, other; part", "choices").text == "care;part"
    assert read("met, part", "choices").text == "met;part"
    value = read("met; prat", "choices")
    assert value.fault is not None
    assert value.fault.facts == {"part": "prat"}


def test_zeros_that_excel_took_away_are_restored_only_if_one_code_fits() -> None:
    codes = {"01234567": "01234567", "rj1": "RJ1"}
    value = read(1234567, "code", choices=codes)
    assert (value.text, rule_of(value)) == ("01234567", "leading_zeros_restored")
    assert read("rj1", "code", choices=codes).text == "RJ1"
    assert rule_of(read("RJ2", "code", choices=codes)) == "code_not_on_list"
    assert read("007", "code", choices={}).text == "007"


@pytest.mark.parametrize("kind", ["error", "formula_without_value"])
def test_errors_and_formulas_without_a_value_are_never_blank(kind: Kind) -> None:
    column = {"type": "text", "required": False, "may_be_not_collected": False, "choices": {}}
    value = read_value(Cell(1, 1, kind, "#REF!"), column)
    assert value.state == "bad"
    assert value.fault is not None


A_PERSON = "Ann Smith, a.smith@example.org, 020 7946 0000"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("write to jo.bloggs@nhs.net", "e_mail_address"),
        ("020 7946 0958", "telephone_number"),
        ("ring 07700 900123 today", "telephone_number"),
        ("020\u00a07946\u00a00958", "telephone_number"),
        ("+44 20 7946 0958", "telephone_number"),
        ("(020) 7946 0958", "telephone_number"),
        ("NHS number 943 476 5919", "nhs_number"),
        ("9434765919", "nhs_number"),
        (A_PERSON, "e_mail_address telephone_number"),
        (f"Ring 020 7946 0000. {'x' * 200} {A_PERSON}", "e_mail_address telephone_number"),
    ],
)
def test_of_a_cell_with_personal_details_only_their_kinds_are_told(text: str, kinds: str) -> None:
    value = read(text, "text")
    assert value == Value("bad", "", fault=Fault("personal_data_found", {"kinds": kinds}))


@pytest.mark.parametrize(
    "value_type", ["text", "code", "count", "number", "date", "choice", "choices", "yes_no"]
)
@pytest.mark.parametrize("text", [A_PERSON, f"(formula) =MAIL({A_PERSON!r})", "(error) jo@x.org"])
def test_nothing_of_a_cell_with_personal_details_is_told_whatever_is_asked(
    text: str, value_type: str
) -> None:
    value = read(text, value_type)
    assert (value.state, value.seen, rule_of(value)) == ("bad", "", "personal_data_found")


def test_what_stands_after_a_day_is_looked_at_too() -> None:
    value = read(f"2025-11-14 10:00 {A_PERSON}", "date")
    assert (value.seen, rule_of(value)) == ("", "personal_data_found")


def test_a_code_of_digits_alone_is_nobodys_number() -> None:
    assert read("9434765919", "code", choices={}).text == "9434765919"
    assert rule_of(read("Ann Smith, 020 7946 0000", "code", choices={})) == "personal_data_found"


@pytest.mark.parametrize(
    "text",
    [
        "Board paper 2025/26, item 14",
        "https://example.org/papers/02079460958",
        "01/04/2024 to 31/03/2025",
        "1,250,000",
        "Spend 2024: 100 000 000 000",
        "contract 1234567890",
        "@home programme",
    ],
)
def test_what_is_no_personal_detail_is_left_alone(text: str) -> None:
    assert personal_details(text) == ()


@given(st.text(max_size=60))
def test_text_is_kept_as_it_was_written_or_handed_back(text: str) -> None:
    value = read(text, "text")
    if value.state == "value":
        assert value.text == text.strip()
    else:
        assert value.text is None


@given(st.text(max_size=30), st.sampled_from(["count", "number", "date", "choice", "yes_no"]))
def test_any_text_becomes_a_value_a_reason_or_a_fault(text: str, value_type: str) -> None:
    value = read(text, value_type)
    held = [value.text, value.number, value.day]
    assert (value.state == "value") == any(v is not None for v in held)
    assert (value.state == "bad") <= (value.fault is not None)


def test_the_worker_loads_nothing_but_the_standard_library() -> None:
    code = (
        "import sys, remi.intake.locating.locate;print(*{m.partition('.')[0] for m in sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pandas", "pandera", "pydantic", "numpy", "schemas"} & set(run.stdout.split())


@pytest.mark.parametrize("value_type", ["number", "count"])
def test_a_time_is_named_as_a_time_however_the_program_keeps_it(value_type: str) -> None:
    of_excel = Cell(1, 1, "date", "03:00:00", 0.125, "date")
    of_open_document = Cell(1, 1, "date", "03:00:00", None, "date")
    shown_as_length = Cell(1, 1, "number", "0.125", 0.125, "duration")
    longer_than_a_day = Cell(1, 1, "number", "1.1041666667", 1.1041666667, "duration")
    longer_shown_as_time = Cell(1, 1, "date", "1900-01-01T02:30:00", 1.1041666667, "date")
    column: dict[str, Any] = {
        "type": value_type,
        "required": False,
        "may_be_not_collected": False,
        "choices": {},
    }
    for cell, seen in (
        (of_excel, "03:00"),
        (of_open_document, "03:00"),
        (shown_as_length, "03:00"),
        (longer_than_a_day, "26:30"),
        (longer_shown_as_time, "26:30"),
    ):
        value = read_value(cell, column)
        assert (value.number, rule_of(value), value.seen) == (None, "time_in_number_cell", seen)


@pytest.mark.parametrize(
    "written", ["3:00", "03:00:00", "3h30", "3 hours", "about 3 hours", "26:30"]
)
def test_a_time_in_words_is_no_number(written: str) -> None:
    for value_type in ("number", "count"):
        assert rule_of(read(written, value_type)) == "time_in_number_cell"


def test_words_are_taken_in_every_kind_of_number() -> None:
    for value_type in ("number", "count"):
        for written, qualifier in (("about 3", "~"), ("over 3", ">"), ("up to 3", "≤")):
            value = read(written, value_type)
            assert (value.number, value.qualifier) == (3, qualifier)


@pytest.mark.parametrize(
    "written", ["30²", "²30", "40₂", "30½", "30①", "⑳", "30⑴", "❸", "30\u200e²", "1 200³"]
)
@pytest.mark.parametrize("value_type", ["count", "number", "date", "answer", "choice"])
def test_a_raised_or_lowered_figure_is_no_digit(written: str, value_type: str) -> None:
    value = read(written, value_type)
    assert (value.state, value.number, rule_of(value)) == ("bad", None, "raised_digit")


def test_a_raised_figure_makes_a_text_or_reference_of_its_own() -> None:
    assert read("Camden²", "text").text == "Camden²"
    assert read("E1²", "code", choices={}).text == "E1²"
    assert rule_of(read("L1²", "choice", choices={"l12": "L12"})) == "raised_digit"


def test_the_figures_of_other_scripts_are_figures_unless_two_are_mixed() -> None:
    for written in ("٣٠", "३०", "３０", "𝟑𝟎"):
        assert read(written, "count").number == 30
    assert rule_of(read("3٠", "count")) == "number_expected"


UNSEEN = ("\u200e", "\u200f", "\u202a", "\u202c", "\u2066", "\u2069", "\u200b", "\u2060", "\ufeff")


@pytest.mark.parametrize("mark", [*UNSEEN, "\u00ad", "\u061c", "\ufe0f", "\u00a0", "\u202f"])
def test_what_cannot_be_seen_is_passed_over(mark: str) -> None:
    assert read(f"{mark}met{mark}", "answer").text == "met"
    assert read(f"{mark}not met{mark}", "choice").text == "not_met"
    assert read(f"{mark}14/11/2025{mark}", "date").day == "2025-11-14"
    assert read(f"{mark}1,234{mark}", "count").number == 1234
    assert read(f"{mark}yes{mark}", "yes_no").text == "yes"
    assert read(f"{mark}qab{mark}", "code", choices={"qab": "QAB"}).text == "QAB"
    assert read(f"{mark}E1{mark}", "code", choices={}).text == "E1"
    assert read(mark, "count").state == "blank"


@pytest.mark.parametrize(
    "written",
    [
        *("Fri 12 Sep 2025", "12/09/2025 00:00", "Fri. 12/09/2025", "12/09/2025 (Fri)"),
        *("Friday, September 12, 2025", "Friday the 12th of September 2025", "12 Sept. 25"),
        *("12-Sep-25", "12/Sep/2025", "12.09.25", "2025-Sep-12", "12 Sep '25"),
        *("2025-09-12T00:00:00Z", "2025-09-12T09:30:00.000+01:00", "2025-09-12 00:00:00"),
        *("12/09/2025 2pm", "12/09/2025, 9.30am", "12/09/2025 12:00:00 AM"),
    ],
)
def test_days_are_read_as_people_and_programs_write_them(written: str) -> None:
    assert read(written, "date").day == "2025-09-12"


@pytest.mark.parametrize(
    "written",
    [
        "12/09/2025 25:00",
        "12/09/2025 and 13/09/2025",
        "2025-09-12 10:00 to 2025-09-14",
        "2025-09-11T23:00:00Z",  # the 12th in London
        "2025-09-11T23:00:00-05:00",
    ],
)
def test_a_day_that_may_be_another_one_is_handed_back(written: str) -> None:
    assert rule_of(read(written, "date")) == "date_not_understood"


@pytest.mark.parametrize("written", ["Sat 12 Sep 2025", "12/09/2025 (Sat)", "Saturday, 2025-09-12"])
def test_a_weekday_that_does_not_fit_its_day_is_named_with_the_right_one(written: str) -> None:
    fault = read(written, "date").fault
    assert fault is not None
    assert fault.rule == "date_weekday_differs"
    assert (fault.facts["named_weekday"], fault.facts["falls_on"]) == ("saturday", "friday")


def test_a_telephone_number_with_a_footnote_is_found_like_any_other() -> None:
    assert personal_details("020 7946 0123²") == personal_details("020 7946 0123")
