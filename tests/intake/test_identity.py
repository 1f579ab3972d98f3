"""The visible code of a template catches slips, and its signature cannot be forged."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from remi.intake.identity import (
    TemplateIdentity,
    read_signed_identity,
    read_template_code,
    signed_identity,
    template_code,
)

KEY = b"a key for tests"
TYPED = string.ascii_uppercase + string.digits + "-."

identities = st.builds(
    TemplateIdentity,
    kind=st.sampled_from(["assessment", "engagement"]),
    framework_version=st.from_regex(r"[0-9]{1,2}\.[0-9]{1,2}", fullmatch=True),
    cycle=st.sampled_from(["2023-24", "2025-26", "2099-00"]),
    organisation_id=st.none()
    | st.from_regex(r"[A-Z0-9](?:[A-Z0-9-]{0,14}[A-Z0-9])?", fullmatch=True),
)


def test_a_code_says_what_the_template_is_for():
    identity = TemplateIdentity("assessment", "1.0", "2025-26", "NLT014")
    assert template_code(identity).startswith("REMI-A-2025-26-NLT014-1.0-")
    assert len(template_code(identity)) == len("REMI-A-2025-26-NLT014-1.0-") + 2


@given(identities)
def test_a_code_is_read_back_as_what_it_was_made_for(identity):
    assert read_template_code(template_code(identity)) == identity


@given(identities)
def test_small_letters_spaces_and_long_dashes_do_not_spoil_a_code(identity):
    typed = f" {template_code(identity).lower().replace('-', ' – ')} "
    assert read_template_code(typed) == identity


@given(identities, st.data())
def test_any_one_wrong_character_is_caught(identity, data):
    code = template_code(identity)
    place = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from(TYPED))
    assume(wrong != code[place])
    assert read_template_code(code[:place] + wrong + code[place + 1 :]) is None


@given(identities, st.data())
def test_two_neighbouring_characters_that_change_places_are_caught(identity, data):
    code = template_code(identity)
    place = data.draw(st.integers(0, len(code) - 2))
    first, second = code[place], code[place + 1]
    assume(first != second)
    assert read_template_code(code[:place] + second + first + code[place + 2 :]) is None


@given(identities, st.data())
def test_any_two_characters_that_change_places_before_the_check_are_caught(identity, data):
    code = template_code(identity)
    places = st.integers(0, len(code) - 4)
    one, other = data.draw(places), data.draw(places)
    assume(code[one] != code[other])
    letters = list(code)
    letters[one], letters[other] = letters[other], letters[one]
    assert read_template_code("".join(letters)) is None


@pytest.mark.parametrize("text", ["", "REMI", "NLT014", "REMI-X-2025-26-NLT014-1.0-7K", "é" * 30])
def test_what_is_no_code_is_read_as_none(text):
    assert read_template_code(text) is None


@pytest.mark.parametrize("organisation_id", ["nlt014", "A" * 17, "TRUST 1", "R-1.0", ""])
def test_an_organisation_that_no_code_can_hold_is_refused(organisation_id):
    with pytest.raises(ValueError, match="no template code"):
        template_code(TemplateIdentity("assessment", "1.0", "2025-26", organisation_id))


@given(identities)
def test_a_signed_identity_is_believed(identity):
    text, signature = signed_identity(identity, KEY)
    assert read_signed_identity(text, signature, KEY) == identity


@given(identities, st.text(alphabet="0123456789abcdef", min_size=64, max_size=64))
def test_a_forged_signature_is_not_believed(identity, forged):
    text, signature = signed_identity(identity, KEY)
    assume(forged != signature)
    assert read_signed_identity(text, forged, KEY) is None


@given(identities)
def test_a_signature_does_not_carry_over_to_another_organisation(identity):
    _, signature = signed_identity(identity, KEY)
    other, _ = signed_identity(replace(identity, organisation_id="SOMEONE-ELSE"), KEY)
    assert read_signed_identity(other, signature, KEY) is None


def test_another_key_believes_nothing_of_ours():
    text, signature = signed_identity(TemplateIdentity("assessment", "1.0", "2025-26"), KEY)
    assert read_signed_identity(text, signature, b"another key") is None


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"kind": "assessment"}'])
def test_what_nobody_signed_is_not_even_read(text):
    assert read_signed_identity(text, "é", KEY) is None
