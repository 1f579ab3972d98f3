"""What holds of every annual table, and of those about partners' positions."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest
from impact_samples import (
    FRAMEWORK,
    REGISTER,
    SHEETS,
    answers,
    at,
    awkward,
    change,
    cycle_data,
    partner,
    sheet,
    verdict,
)

from remi.impact.blockers import what_holds_back
from remi.impact.common import table_frame
from remi.impact.evidenced import evidence_and_assurance
from remi.impact.figures import to_figures
from remi.impact.index import london_picture, movement
from remi.impact.leaders import leaders_page
from remi.impact.positions import partner_positions
from remi.impact.registry import all_columns, annual_tables, make_tables
from schemas.framework import Framework
from schemas.impact import CycleData, Holds, Status


def row(frame: pd.DataFrame, **keys: str) -> pd.Series:
    """The one row with these keys."""
    chosen = frame[(frame[list(keys)] == pd.Series(keys)).all(axis=1)]
    assert len(chosen) == 1, keys
    return chosen.iloc[0]


def everyone(frame: pd.DataFrame, commitment: str = "Leadership") -> pd.Series:
    keys = {key: "All" for key in ("sector", "system") if key in frame}
    return row(frame, commitment=commitment, **keys)


def test_every_cell_has_a_number_or_words_or_the_reason_why_not(data: CycleData) -> None:
    made = make_tables(data)
    for table in annual_tables(FRAMEWORK):
        columns = all_columns(table)
        figures = to_figures(made[table.id], columns, table.id, data.cycle.id, "computed")
        given = figures[["text", "number", "status"]].notna().sum(axis=1)
        assert (given == 1).all(), table.id
        assert len(figures) == len(made[table.id]) * len(columns)


def test_the_columns_are_those_that_the_register_of_tables_names(data: CycleData) -> None:
    made = make_tables(data)
    for table in annual_tables(FRAMEWORK):
        expected = []
        for column in all_columns(table):
            words = column.holds in (Holds.KEY, Holds.TEXT)
            expected += [column.id] if words else [column.id, f"{column.id}_status"]
        assert list(made[table.id].columns) == expected, table.id


def test_every_group_percentage_and_heading_is_about_columns_that_are_there() -> None:
    for table in annual_tables(FRAMEWORK):
        columns = all_columns(table)
        ids = [column.id for column in columns]
        assert len(set(ids)) == len(ids)
        assert len({column.heading for column in columns}) == len(ids), table.id
        for column in columns:
            assert {*column.group, *(column.of or ())} <= set(ids), (table.id, column.id)


def test_the_same_cycle_gives_the_same_tables_twice(data: CycleData) -> None:
    first, second = make_tables(data), make_tables(data)
    for table_id, frame in first.items():
        pd.testing.assert_frame_equal(frame, second[table_id])


def test_a_blank_cell_is_refused_with_its_column(data: CycleData) -> None:
    table = annual_tables(FRAMEWORK)[2]
    with pytest.raises(ValueError, match="column commitment cannot hold None"):
        table_frame(data, table.columns, [{"sector": "All"}])


def test_no_return_is_never_zero(data: CycleData) -> None:
    made = partner_positions(data)
    numbers = [c.id for c in annual_tables(FRAMEWORK)[0].columns if f"{c.id}_status" in made]
    for key, words in {
        "T6": "Not returned",
        "T7": "Needs changes before it can be accepted",
    }.items():
        own = row(made, organisation_id=key, commitment="Leadership")
        assert own["status"] == words
        assert own[numbers].isna().all()
        assert set(own[[f"{n}_status" for n in numbers]]) == {Status.NOT_AVAILABLE}


def test_before_the_first_stage_is_a_stage_and_not_a_blank(data: CycleData) -> None:
    own = row(partner_positions(data), organisation_id="T2", commitment="Leadership")
    assert own["declared_stage"] == 0
    assert own["position_text"] == "Before Awareness, 1 of 2 of Awareness"


def test_the_top_stage_has_nothing_above(data: CycleData) -> None:
    own = row(partner_positions(data), organisation_id="T4", commitment="Leadership")
    assert own["position_text"] == "Stage 3 Doing, nothing above"
    assert own["core_met_next_status"] == Status.NOT_APPLICABLE


def test_a_commitment_that_asks_a_partner_nothing_is_not_applicable(data: CycleData) -> None:
    own = row(partner_positions(data), organisation_id="F1", commitment="Workforce")
    assert own["declared_stage_status"] == Status.NOT_APPLICABLE


def test_nothing_is_assured_without_a_review(data: CycleData) -> None:
    made = partner_positions(data)
    assert made["assured_stage"].isna().all()
    assert set(made["reviewer_type"]) == {"none yet"}


def test_a_department_is_a_row_of_its_own_under_its_organisation(data: CycleData) -> None:
    own = row(partner_positions(data), organisation_id="T1-D", commitment="Leadership")
    assert (own["organisation_name"], own["unit"]) == ("Name of T1", "Name of T1-D")


def test_a_no_in_the_return_is_enough_not_to_be_named() -> None:
    form = sheet([{"organisation_id": "T1", "agrees_to_be_named": False}], ["agrees_to_be_named"])
    made = partner_positions(awkward(records={"organisation": form}))
    opted = made.drop_duplicates("organisation_id").set_index("organisation_id")
    assert opted.loc["T1", "opted_in_to_naming"] == "no"
    assert opted.loc["T1-D", "opted_in_to_naming"] == "no", "it would name its organisation"
    assert opted.loc["T2", "opted_in_to_naming"] == "yes"


def test_a_yes_in_the_return_does_not_overrule_a_no_in_the_register() -> None:
    form = sheet([{"organisation_id": "T1", "agrees_to_be_named": True}], ["agrees_to_be_named"])
    register = [{**REGISTER[0], "agreed_to_be_named": False}, *REGISTER[1:]]
    made = partner_positions(awkward(records={"organisation": form}, register=register))
    assert set(made.loc[made["organisation_id"] == "T1", "opted_in_to_naming"]) == {"no"}


def test_london_counts_a_partner_of_two_systems_once_and_no_department(data: CycleData) -> None:
    made = london_picture(data)
    register = [r for r in REGISTER if r["unit_type"] == "organisation"]
    assert everyone(made)["n_eligible"] == len(register) == 17
    systems = made[(made["commitment"] == "Leadership") & (made["breakdown"] == "System")]
    assert systems["n_eligible"].sum() == 17
    assert list(systems["n_eligible"]) == [8, 9], "T1 counts at its lead system only"


def test_provisional_and_not_assessable_results_are_not_in_the_distribution(
    data: CycleData,
) -> None:
    charity = row(london_picture(data), commitment="Leadership", sector="Charity", system="All")
    assert charity["n_returned"] == 8
    stages = [charity[f"n_stage_{n}"] for n in range(4)]
    assert stages == [0, 6, 0, 0]
    assert (charity["n_base"], charity["n_missing"]) == (6, 2)


def test_coverage_stands_beside_every_figure_about_partners() -> None:
    for table in annual_tables(FRAMEWORK):
        if any(column.group for column in table.columns):
            headings = {column.heading for column in table.columns}
            assert "Coverage" in headings, table.id


def test_the_stages_of_every_group_add_up_to_its_base(data: CycleData) -> None:
    made = london_picture(data)
    counted = made[made["n_base"] > 0]
    assert (counted[[f"n_stage_{n}" for n in range(4)]].sum(axis=1) == counted["n_base"]).all()
    for commitment, own in made.groupby("commitment"):
        for breakdown, parts in own.groupby("breakdown"):
            assert parts["n_base"].sum() == everyone(made, str(commitment))["n_base"], breakdown


def test_a_sector_that_returned_nothing_final_has_no_distribution(data: CycleData) -> None:
    faith = row(london_picture(data), commitment="Workforce", sector="Faith group", system="All")
    assert faith["n_stage_0_status"] == Status.NOT_AVAILABLE
    assert pd.isna(faith["n_stage_0"])
    funders = row(london_picture(data), commitment="Workforce", sector="Funder", system="All")
    assert funders["n_stage_0_status"] == Status.NOT_APPLICABLE


def test_the_median_of_an_even_number_is_the_lower_of_the_two() -> None:
    sheets = {"T1": at(1), "T2": at(3)}
    register = [partner("T1", "trust"), partner("T2", "trust")]
    assert everyone(london_picture(cycle_data(register, sheets)))["median_stage"] == 1


def test_the_weakest_indicator_is_the_one_most_often_lowest(data: CycleData) -> None:
    trusts = row(london_picture(data), commitment="Leadership", sector="Trust", system="All")
    assert trusts["weakest_indicator"] == "L2 Strategy and money"


def test_another_framework_gives_other_stage_columns() -> None:
    two = FRAMEWORK.model_copy(update={"stages": FRAMEWORK.stages[:2]})
    ids = {column.id for column in annual_tables(two)[1].columns}
    assert {"n_stage_0", "n_stage_1", "n_stage_2"} <= ids
    assert "n_stage_3" not in ids


def test_only_final_partners_of_both_years_are_in_the_movement(data: CycleData) -> None:
    moved = everyone(movement(data))
    assert (moved["n_matched"], moved["n_up"], moved["n_same"], moved["n_down"]) == (3, 1, 1, 1)
    assert moved["n_not_confirmed"] == 2
    assert moved["largest_rise_indicator"] == "L2 Strategy and money"
    assert (moved["n_base"], moved["n_missing"]) == (3, 14)


def test_no_year_before_is_not_available_rather_than_no_change(data: CycleData) -> None:
    moved = everyone(movement(data), "Workforce")
    assert moved["n_matched"] == 0
    assert moved["n_same_status"] == Status.NOT_AVAILABLE
    assert pd.isna(moved["n_same"])


def test_years_under_different_frameworks_are_not_compared() -> None:
    broken = {**change("T3", 1, 2), "break_in_series": True}
    moved = everyone(movement(awkward(changes=[broken])))
    assert moved["n_matched"] == 0
    assert moved["break_in_series"] == "yes"


def test_every_answer_of_a_criterion_is_in_one_column(data: CycleData) -> None:
    made = what_holds_back(data)
    parts = ["n_met", "n_part", "n_not_met", "n_unanswered", "n_not_needed"]
    assert (made[parts].sum(axis=1) == made["n_applicable"]).all()
    own = row(made, indicator="L1 Ownership", stage="2")
    assert own["n_unanswered"] == 1, "C7"
    assert own["n_applicable"] == 14, "C8 says that it does not apply"
    assert own["n_asked"] == 17


def test_only_those_who_lack_one_core_criterion_are_held_back_by_it(data: CycleData) -> None:
    made = what_holds_back(data).set_index(["indicator", "stage"])["n_orgs_blocked_only_by_this"]
    assert made["L1 Ownership", "2"] == 6, "C1 to C6; T1 lacks two, C7 is provisional"
    assert made["L2 Strategy and money", "1"] == 1, "T2"
    assert made["L2 Strategy and money", "2"] == 1, "T5"
    assert pd.isna(made["L3 Openness", "2"]), "it is not core"


def test_whoever_is_held_back_by_one_criterion_moves_up_when_it_is_met(data: CycleData) -> None:
    sheets = {**SHEETS, "T5": {**SHEETS["T5"], "L2": "mmn"}}
    before = row(partner_positions(data), organisation_id="T5", commitment="Leadership")
    after = row(
        partner_positions(cycle_data(sheets=sheets)), organisation_id="T5", commitment="Leadership"
    )
    assert (before["declared_stage"], after["declared_stage"]) == (1, 2)


def test_too_few_other_indicators_hold_back_more_than_one_criterion_does() -> None:
    policy = FRAMEWORK.scoring.model_copy(
        update={
            "attainment": FRAMEWORK.scoring.attainment.model_copy(
                update={"rule": "all_core_and_share_of_others"}
            )
        }
    )
    framework: Framework = FRAMEWORK.model_copy(update={"scoring": policy})
    for openness, n_alone in (("mmn", 1), ("mnn", 0)):
        data = cycle_data([partner("T1", "trust")], {"T1": at(1, L1="mmn", L3=openness)})
        made = what_holds_back(CycleData(**{**vars(data), "framework": framework}))
        own = row(made, indicator="L2 Strategy and money", stage="2")
        assert own["n_orgs_blocked_only_by_this"] == n_alone


def test_the_commonest_challenge_is_in_the_frameworks_words() -> None:
    named = {
        **dict.fromkeys(["T1", "T2", "T3", "T4", "T5"], "money"),
        **dict.fromkeys(["C1", "C2", "C3", "C4", "T6"], "time"),
    }
    challenges = sheet(
        [
            {"organisation_id": key, "ref": ref, "challenge": challenge}
            for key, challenge in (*named.items(), ("T1-D", "time"))
            for ref in ("L1", "L2")
            if ref == "L1" or key != "T2"
        ],
        ["challenge"],
    )
    made = what_holds_back(awkward(records={"leadership": challenges}))
    assert row(made, indicator="L1 Ownership", stage="1")["commonest_challenge"] == "money"
    few = row(made, indicator="L2 Strategy and money", stage="1")
    assert few["commonest_challenge"] == "none", "four are too few to speak of a challenge"


EVIDENCE = ["evidence_supports", "evidence_type", "evidence_date", "evidence_return"]


def test_evidence_is_counted_by_criterion_and_old_evidence_is_out_of_date() -> None:
    old, new = pd.Timestamp("2020-01-01").date(), pd.Timestamp("2025-01-01").date()
    grid = sheet(
        [
            {
                "organisation_id": "T3",
                "ref": "L1",
                "evidence_supports": "2",
                "evidence_type": "policy",
                "evidence_date": old,
            },
        ],
        EVIDENCE,
    )
    more = sheet(
        [
            {
                "organisation_id": "T3",
                "ref": "1",
                "indicator": "L2",
                "evidence_supports": "1",
                "evidence_type": "policy",
                "evidence_date": new,
                "evidence_return": "wres",
            },
        ],
        ["indicator", *EVIDENCE],
    )
    hours = sheet([{"organisation_id": "T3", "hours_spent": 2.5}], ["hours_spent"])
    records = {"leadership": grid, "more_evidence": more, "organisation": hours}
    made = evidence_and_assurance(awkward(records=records))
    own = row(made, organisation_id="T3", commitment="Leadership")
    assert own["n_criteria_met"] == 6
    assert (own["n_with_evidence"], own["n_stale"], own["n_reused"]) == (3, 2, 1)
    assert own["evidenced_pct"] == 50.0
    assert own["hours_spent"] == 2.5
    assert row(made, organisation_id="T4", commitment="Leadership")["n_with_evidence"] == 0


def test_a_partner_without_a_return_has_no_count_of_evidence(data: CycleData) -> None:
    own = row(evidence_and_assurance(data), organisation_id="T6", commitment="Leadership")
    assert own["n_criteria_met_status"] == Status.NOT_AVAILABLE
    assert own["n_peer_reviewed_status"] == Status.NOT_AVAILABLE


def test_an_earlier_version_of_a_return_is_not_counted() -> None:
    earlier = answers({"T3": at(3)}).assign(submission_id="S-EARLIER")
    data = awkward()
    both = pd.concat([data.answers, earlier], ignore_index=True)
    superseded = {**verdict("T3"), "submission_id": "S-EARLIER", "counts": False}
    verdicts = pd.concat([data.verdicts, pd.DataFrame([superseded])], ignore_index=True)
    twice = CycleData(**{**vars(data), "answers": both, "verdicts": verdicts})
    for make in (what_holds_back, evidence_and_assurance):
        pd.testing.assert_frame_equal(make(twice), make(data))


SENTENCES = ("headline", "best_movement", "biggest_blocker", "decision_asked")


def test_every_number_that_leaders_read_is_in_a_column_of_the_same_row(data: CycleData) -> None:
    made = leaders_page(data)
    numbers = [c for c in made if f"{c}_status" in made]
    texts = ["largest_rise_indicator", "blocker_indicator", "blocker_challenge"]
    n_read = 0
    for _, own in made.iterrows():
        known = {str(int(own[c])) for c in numbers if not pd.isna(own[c])}
        for sentence in SENTENCES:
            said = own[sentence]
            for text in texts:
                said = said.replace(own[text], "")
            read = set(re.findall(r"[0-9]+", said))
            assert read <= known, sentence
            n_read += len(read)
    assert n_read > 8


def test_leaders_read_the_same_figures_as_the_tables_behind_them(data: CycleData) -> None:
    made, picture, moved = leaders_page(data), london_picture(data), movement(data)
    for _, own in made.iterrows():
        whole, change_ = everyone(picture, own["commitment"]), everyone(moved, own["commitment"])
        for column in ("n_eligible", "n_returned", "coverage_pct", "median_stage", "n_base"):
            assert own[column] == whole[column]
        assert own["n_matched"] == change_["n_matched"]
    lead = row(made, commitment="Leadership")
    assert lead["headline"] == (
        "10 of 13 partners with a final result are at Stage 1 Awareness or below; "
        "15 of 17 partners returned."
    )
    assert lead["biggest_blocker"] == (
        "For 6 of 14 partners, only L1 Ownership is missing to reach Stage 2 Commitment."
    )
    assert row(made, commitment="Workforce")["decision_asked"] == (
        "Decide how partners will be helped with W1 Fair hiring."
    )


def test_what_few_partners_lack_is_no_decision_for_all(data: CycleData) -> None:
    six_are_few = data.policy.model_copy(update={"smallest_group": 7})
    own = row(leaders_page(replace(data, policy=six_are_few)), commitment="Leadership")
    assert own["biggest_blocker"].startswith("No single criterion alone holds many partners back.")
    assert own["n_blocked_status"] == Status.NOT_APPLICABLE
    assert "at Stage" not in own["decision_asked"]


def test_leaders_are_told_when_nobody_has_returned() -> None:
    own = row(leaders_page(cycle_data(sheets={})), commitment="Leadership")
    assert own["headline"] == "No partner has a final result yet: 0 of 17 partners returned."
    assert own["median_stage_status"] == Status.NOT_AVAILABLE
