"""What may be read in the tables after protection, and what may not."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from impact_samples import (
    ENGAGEMENT,
    FRAMEWORK,
    POLICY,
    REGISTER,
    SHEETS,
    change,
    cycle_data,
    engaged,
    not_named,
    verdict,
)

from remi.disclosure.people import published_count, published_percentage
from remi.disclosure.protect import Protected, protect
from remi.impact.figures import from_figures, to_figures
from remi.impact.registry import all_columns, annual_tables, make_tables
from schemas.impact import ALL, CycleData, Holds, Status

DEFINITIONS = annual_tables(FRAMEWORK)
WHOLE = [r["organisation_id"] for r in REGISTER if r["unit_type"] == "organisation"]
STAGES = [f"n_stage_{stage.number}" for stage in FRAMEWORK.stages]
CONFIDENTIAL = Status.CONFIDENTIAL.value


def protected(data: CycleData) -> Protected:
    return protect(make_tables(data), DEFINITIONS, POLICY)


def with_changes(**more: object) -> CycleData:
    moved = [change(key, 0, 1) for key in ("T1", "C1", "C2", "C3", "C4", "C5", "F1")]
    return engaged(ENGAGEMENT, changes=moved, **more)


@pytest.fixture(scope="module")
def release() -> Protected:
    return protected(with_changes())


def cells(tables: dict[str, pd.DataFrame], holds: Holds) -> Iterator[tuple[str, str, object]]:
    for table in DEFINITIONS:
        for column in table.columns:
            if column.holds is holds:
                for value in tables[table.id][column.id]:
                    yield table.id, column.id, value


def test_a_small_count_of_people_appears_nowhere(release: Protected) -> None:
    before = [v for *_, v in cells(make_tables(with_changes()), Holds.PEOPLE) if not pd.isna(v)]
    assert any(0 < number <= 7 for number in before), "there is something to protect"
    shown = [v for *_, v in cells(release.tables, Holds.PEOPLE) if not pd.isna(v)]
    assert shown
    for number in shown:
        assert number == 0 or number > 7
        assert number % 5 == 0


def test_a_withheld_cell_says_that_it_is(release: Protected) -> None:
    computed = make_tables(with_changes())["A08"]
    table = release.tables["A08"]
    small = computed["n_attendances"].between(1, 7).fillna(False)
    assert small.any()
    assert (table.loc[small, "n_attendances_status"] == CONFIDENTIAL).all()
    assert table.loc[small, "n_attendances"].isna().all()
    zero = computed["n_attendances"].eq(0).fillna(False)
    assert (table.loc[zero, "n_attendances"] == 0).all()


def test_counts_of_organisations_and_events_stay_exact(release: Protected) -> None:
    computed = make_tables(with_changes())
    for table_id, columns in {
        "A02": ["n_eligible", "n_returned", "coverage_pct", "n_base", "n_missing"],
        "A08": ["n_events", "n_events_counted", "n_orgs_reached", "orgs_reached_pct"],
        "A22": ["n_files", "cells_read"],
    }.items():
        pd.testing.assert_frame_equal(
            release.tables[table_id][columns], computed[table_id][columns]
        )


def test_a_distribution_of_fewer_than_five_partners_is_withheld(release: Protected) -> None:
    table = release.tables["A02"]
    few = table[table["n_base"].between(1, 4)]
    assert len(few)
    for column in [*STAGES, "median_stage"]:
        assert few[column].isna().all()
        assert (few[f"{column}_status"] == CONFIDENTIAL).all()
    assert set(few["weakest_indicator"]) == {"withheld"}


def test_a_tiny_sector_cannot_be_worked_out_from_the_others(release: Protected) -> None:
    table = release.tables["A02"]
    own = table[(table["commitment"] == "Leadership") & (table["breakdown"] == "Sector")]
    hidden = own[own["n_stage_1_status"] == CONFIDENTIAL]
    assert "Faith group" in set(hidden["sector"])
    assert len(hidden) > 1
    assert hidden["n_base"].sum() >= 5


def test_nobody_having_returned_is_not_the_same_as_withheld(release: Protected) -> None:
    table = release.tables["A02"]
    empty = table[(table["n_base"] == 0) & (table["n_eligible"] > 0)]
    assert len(empty)
    assert (empty["n_stage_1_status"] == Status.NOT_AVAILABLE).all()


def strings(tables: dict[str, pd.DataFrame]) -> Iterator[str]:
    for frame in tables.values():
        yield from map(str, frame.columns)
        for column in frame:
            yield from frame[column].dropna().astype("str")


def test_partners_who_did_not_agree_cannot_be_found_in_any_published_cell() -> None:
    hidden = {"T1", "C1", "F2", "T6", "C8"}
    tables = protected(with_changes(register=not_named(*hidden))).tables
    seen = set(strings(tables))
    for key in (*hidden, "T1-D"):
        assert not [text for text in seen if text == key or f"Name of {key}" in text], key
    assert any("Name of T2" in text for text in seen), "those who agreed are named"


def test_partners_who_did_not_agree_are_counted_together_without_positions() -> None:
    table = protected(with_changes(register=not_named("T3", "T4", "C1"))).tables["A01"]
    together = table[table["organisation_name"] == "Partners not named"]
    assert list(together["commitment"]) == ["Leadership", "Workforce"]
    assert list(together["n_base"]) == [3, 3]
    for column in ("organisation_id", "unit", "sector", "system", "systems", "status"):
        assert set(together[column]) == {"not shown"}
    for column in ("declared_stage", "score", "n_missing"):
        assert (together[f"{column}_status"] == CONFIDENTIAL).all()
        assert together[column].isna().all()
    assert list(table.tail(2)["organisation_name"]) == ["Partners not named"] * 2


def test_a_single_partner_who_is_not_named_takes_the_london_picture_with_it() -> None:
    tables = protected(with_changes(register=not_named("C1"))).tables
    everyone = tables["A02"][(tables["A02"]["sector"] == ALL) & (tables["A02"]["system"] == ALL)]
    assert (everyone["n_stage_1_status"] == CONFIDENTIAL).all()
    lead = tables["A23"].iloc[0]
    assert lead["headline"] == "withheld"
    assert lead["median_stage_status"] == CONFIDENTIAL
    assert lead["n_returned"] == 15, "coverage is always said"


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(WHOLE)))
def test_taking_named_partners_out_of_a_group_never_leaves_one_to_four(hidden: set[str]) -> None:
    data = cycle_data(
        register=not_named(*hidden), sheets=SHEETS, verdicts=[verdict("T7", "needs_changes")]
    )
    both = DEFINITIONS[:2]
    made = {table.id: table.make(data) for table in both}
    tables = protect(made, both, POLICY).tables
    named = tables["A01"]
    named = named[(named["unit"] == "Whole organisation") & (named["status"] == "Final")]
    for _, group in tables["A02"].iterrows():
        if pd.isna(group["n_stage_1"]):
            continue
        own = named[named["commitment"] == group["commitment"]]
        for key in ("sector", "system"):
            own = own if group[key] == ALL else own[own[key] == group[key]]
        left = group["n_base"] - len(own)
        assert left == 0 or left >= 5, group["breakdown"]
        stages = own["declared_stage"].value_counts()
        for number, column in enumerate(STAGES, 1):
            assert group[column] >= stages.get(number, 0)


def test_movement_of_few_is_withheld_in_words_and_numbers() -> None:
    few = engaged(ENGAGEMENT, changes=[change("T1", 0, 1), change("T1", 0, 1, "L1")])
    tables = protected(few).tables
    everyone = tables["A03"].iloc[0]
    assert everyone["n_matched"] == 1
    assert everyone["n_up_status"] == CONFIDENTIAL
    assert everyone["largest_rise_indicator"] == "withheld"
    lead = tables["A23"].iloc[0]
    assert lead["best_movement"] == "withheld"
    assert lead["n_up_status"] == CONFIDENTIAL
    assert lead["headline"] != "withheld"


def test_withheld_cells_are_counted_and_said_in_data_quality(release: Protected) -> None:
    assert release.cells_withheld["A02"] > 0
    quality = release.tables["A22"].set_index("kind")
    assert quality.loc["All", "n_cells_withheld"] == sum(release.cells_withheld.values())
    assert quality.loc["Assessment", "n_cells_withheld_status"] == Status.NOT_APPLICABLE


def test_every_row_says_by_which_rule_it_was_protected(release: Protected) -> None:
    for frame in release.tables.values():
        assert set(frame["suppression_rule"]) == {"people-7-5, groups of 5 or more"}


def test_no_published_cell_is_blank_without_a_reason(release: Protected) -> None:
    for table in DEFINITIONS:
        figures = to_figures(
            release.tables[table.id], all_columns(table), table.id, "2025-26", "published"
        )
        assert (figures[["text", "number", "status"]].notna().sum(axis=1) == 1).all()


def test_protection_is_the_same_after_tables_were_stored_as_figures(release: Protected) -> None:
    computed = make_tables(with_changes())
    stored = {}
    for table in DEFINITIONS:
        columns = all_columns(table)
        figures = to_figures(computed[table.id], columns, table.id, "2025-26", "computed")
        stored[table.id] = from_figures(figures, columns)
    again = protect(stored, DEFINITIONS, POLICY)
    assert again.cells_withheld == release.cells_withheld
    for table_id, frame in again.tables.items():
        pd.testing.assert_frame_equal(frame, release.tables[table_id], check_dtype=False)


def test_the_tables_given_are_not_changed() -> None:
    computed = make_tables(with_changes(register=not_named("T1")))
    copies = {table_id: frame.copy() for table_id, frame in computed.items()}
    protect(computed, DEFINITIONS, POLICY)
    for table_id, frame in computed.items():
        pd.testing.assert_frame_equal(frame, copies[table_id])


RULE = POLICY.people


@given(st.integers(0, 10_000))
def test_counts_of_people_are_withheld_or_rounded_half_up(number: int) -> None:
    shown = published_count(number, RULE)
    if 1 <= number <= 7:
        assert shown is Status.CONFIDENTIAL
    else:
        assert isinstance(shown, int)
        assert shown % 5 == 0
        assert -2 <= number - shown <= 2


def test_half_of_an_even_step_is_rounded_up_and_rounding_to_nothing_is_said() -> None:
    tens = RULE.model_copy(update={"round_to": 10, "withhold_up_to": 2})
    assert published_count(15, tens) == 20
    assert published_count(5, tens) == 10
    assert published_count(4, tens) is Status.ROUNDS_TO_ZERO
    assert published_count(0, tens) == 0


@given(st.integers(0, 60), st.integers(0, 60), st.booleans())
def test_a_percentage_never_gives_away_a_small_part_whole_or_rest(
    part: int, rest: int, whole_is_people: bool
) -> None:
    shown = published_percentage(part, part + rest, RULE, whole_is_people=whole_is_people)
    if {part, rest, part + rest} & set(range(1, 8)):
        assert shown is Status.CONFIDENTIAL
    elif part + rest == 0:
        assert shown is Status.NOT_APPLICABLE
    else:
        base = published_count(part + rest, RULE) if whole_is_people else part + rest
        assert shown == min(100 * published_count(part, RULE) / base, 100)
