"""What a file really is decides what the partner is told, whatever the file is called."""

from time import perf_counter

import pytest
from hostile_workbooks import READ_ANYWAY, REFUSED, REFUSED_WHEN_READ
from hypothesis import given, settings
from hypothesis import strategies as st
from made_workbooks import GOOD

from remi.intake.reading.preflight import Refusal, Refused, inspect
from remi.intake.reading.reader import read_workbook


@pytest.mark.parametrize(("content", "rule"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_no_honest_workbook_is_named_for_what_it_is(
    content: bytes, rule: str
) -> None:
    began = perf_counter()
    refusal = inspect(content)
    assert refusal is not None
    assert refusal.rule == rule
    assert perf_counter() - began < 2


@pytest.mark.parametrize(("content", "rule"), REFUSED_WHEN_READ.values(), ids=REFUSED_WHEN_READ)
def test_a_workbook_that_turns_out_hostile_is_refused_while_it_is_read(
    content: bytes, rule: str
) -> None:
    assert inspect(content) is None
    began = perf_counter()
    with pytest.raises(Refused) as refused:
        read_workbook(content)
    assert refused.value.refusal.rule == rule
    assert perf_counter() - began < 2


@pytest.mark.parametrize("content", READ_ANYWAY.values(), ids=READ_ANYWAY)
def test_claims_that_cost_other_readers_their_memory_cost_nothing_here(content: bytes) -> None:
    began = perf_counter()
    (sheet,) = read_workbook(content).sheets
    assert len(sheet.cells) == 2
    assert perf_counter() - began < 2


def test_an_ordinary_workbook_passes() -> None:
    assert inspect(GOOD) is None


def test_a_refusal_names_the_limit_and_how_far_the_file_is_beyond_it() -> None:
    content, _ = REFUSED["too many bytes"]
    assert inspect(content) == Refusal("file_too_large", {"limit": "bytes", "bytes": len(content)})


@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=20)
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_changed_on_the_way_give_cells_or_a_refusal(
    changes: list[tuple[int, int]],
) -> None:
    damaged = bytearray(GOOD)
    for place, byte in changes:
        damaged[place] = byte
    try:
        workbook = read_workbook(bytes(damaged))
    except Refused:
        return
    assert [cell.value for sheet in workbook.sheets for cell in sheet.cells.values()] == ["Met"]


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_answered(content: bytes) -> None:
    assert isinstance(inspect(content), Refusal)
    assert isinstance(inspect(b"PK\x03\x04" + content), Refusal)
