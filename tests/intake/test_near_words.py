"""A suggestion is a slip of the pen or the same meaning, never an opposite."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remi.near_words import near

ANSWERS = ("met", "part", "not met", "not applicable")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("mostly met", "part"),
        ("nearly met", "part"),
        ("almost met", "part"),
        ("not fully met", "part"),
        ("mett", "met"),
        ("nto met", "not met"),
        ("never met", "not met"),
        ("isn't met", "not met"),
        ("not-met", "not met"),
        ("patr", "part"),
        ("not aplicable", "not applicable"),
    ],
)
def test_a_slip_or_the_same_meaning_is_offered(written: str, meant: str) -> None:
    assert near(written, ANSWERS) == meant


@pytest.mark.parametrize(
    "written",
    ["now met", "noy met", "no", "yes", "applicable", "hardly met", "will be met", "not part",
     "met soon", "unmet", "no longer met", "not nearly met"],
)  # fmt: skip
def test_what_may_mean_the_contrary_is_not_offered(written: str) -> None:
    assert near(written, ANSWERS) is None


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("exclude", "include"),
        ("offline", "online"),
        ("not held", "held"),
        ("unpublished", "published"),
        ("uninformed", "informed"),
        ("disagree", "agree"),
        ("Non-Jewish", "Jewish"),
        ("employee", "employer"),
        ("without a plan", "with a plan"),
        ("inaccessible", "accessible"),
        ("half held", "held"),
        ("planned soon", "planned"),
    ],
)
def test_an_opposite_is_never_offered_either_way(written: str, label: str) -> None:
    assert near(written, [label]) is None
    assert near(label, [written]) is None


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("Polcy or strategy", "Policy or strategy"),
        ("Camdem", "Camden"),
        ("nhs_trus", "nhs_trust"),
        ("planed", "planned"),
        ("inperson", "in person"),
        ("Tower Hamlet", "Tower Hamlets"),
        ("DEMO-T1", "DEMO-T01"),
    ],
)
def test_a_slip_of_the_pen_is_offered(written: str, label: str) -> None:
    assert near(written, [label, "something else"]) == label


LABELS = st.sampled_from(
    ["met", "held", "published", "informed by evidence", "adopted", "quorate", "accepted"]
)


@given(LABELS, st.sampled_from(["not", "never", "no longer", "not yet", "without being", "un"]))
def test_whatever_is_denied_is_never_taken_to_hold(label: str, denial: str) -> None:
    joined = f"{denial}{label}" if denial == "un" else f"{denial} {label}"
    assert near(joined, [label]) is None
    assert near(joined.upper(), [label, "something else"]) is None


@given(LABELS, st.sampled_from(["mostly", "partly", "nearly", "almost", "hardly", "half"]))
def test_whatever_holds_in_part_is_never_taken_to_hold_or_not(label: str, degree: str) -> None:
    assert near(f"{degree} {label}", [label, f"not {label}"]) is None
    assert near(f"{degree} {label}", [label, "part", f"not {label}"]) in ("part", None)
