"""What is assured: never more than is declared, by as many reviewers as are needed, for as long as
answer and evidence stay what they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from review_samples import accepted, decided
from scoring_samples import (
    CYCLE,
    SIX_CORE,
    answer_frame,
    collections,
    grid,
    organisation_frame,
)

from remi.impact.evidence import COLUMNS
from remi.scoring.assurance import (
    ASSURED_ONLY,
    assurance_agreement,
    assured_only,
    assured_stages,
    confirmed,
)
from remi.scoring.claims import Claim, claims
from remi.scoring.engine import score_cycle
from remi.scoring.reviewed import review, settled
from remi.scoring.robustness import stage_sensitivity
from schemas.framework import Framework
from schemas.results import STAGE_SENSITIVITY
from schemas.reviews import (
    ASSURANCE_AGREEMENT,
    ASSURED_STAGES,
    CLAIMS,
    DECIDED,
    Decision,
    DecisionMade,
    Grade,
    Outcome,
)

CLOSES = date(2025, 11, 30)
IN_DATE, OLD = date(2025, 1, 1), date(2015, 1, 1)
LEVEL_3 = grid("\n".join(f"L{n}: mmmnnn" for n in range(1, 7)))


def evidence(
    sheets: dict[str, dict[str, list[str]]], day: date | None = IN_DATE, last: int = 7
) -> pd.DataFrame:
    """A policy for every indicator of everybody, which shows stages up to `last`."""
    rows = [
        (key, name, 1, last, "policy", day, None, f"Strategy {name}", "held locally")
        for key, sheet in sheets.items()
        for name in sheet
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def reasons(sheets: dict[str, dict[str, list[str]]]) -> dict[tuple[str, str], str]:
    return {(key, name): "We employ nobody." for key, sheet in sheets.items() for name in sheet}


def claimed(
    sheets: dict[str, dict[str, list[str]]],
    of: Framework = SIX_CORE,
    shown: pd.DataFrame | None = None,
) -> list[Claim]:
    shown = evidence(sheets) if shown is None else shown
    return claims(answer_frame(sheets, of), shown, reasons(sheets), of, CLOSES)


def stages(
    sheets: dict[str, dict[str, list[str]]],
    made: Sequence[Claim],
    decisions: Sequence[DecisionMade],
    of: Framework = SIX_CORE,
    sectors: dict[str, str] | None = None,
    two_person: bool = False,
) -> pd.DataFrame:
    reviewed = review(made, decisions, two_person)
    organisations = organisation_frame(sectors or dict.fromkeys(sheets, "trust"))
    rows = assured_stages(answer_frame(sheets, of), organisations, reviewed, of, CYCLE, "hash")
    validated: pd.DataFrame = ASSURED_STAGES.validate(rows)
    return validated


def leadership(decisions: Sequence[DecisionMade], made: Sequence[Claim]) -> dict[str, Any]:
    rows = stages({"ORG": LEVEL_3}, made, decisions)
    return {str(k): v for k, v in rows.query("level == 'commitment'").iloc[0].to_dict().items()}


def test_what_nobody_has_reviewed_has_no_assured_stage_and_not_stage_zero() -> None:
    row = leadership([], claimed({"ORG": LEVEL_3}))
    assert (row["status"], row["declared_stage"], row["n_claims"]) == ("not_reviewed", 3, 18)
    assert pd.isna(row["assured_stage"])
    assert pd.isna(row["overclaim_gap"])


def test_a_stage_is_assured_once_nothing_that_is_left_could_change_it() -> None:
    made = claimed({"ORG": LEVEL_3})
    first = [accepted(claim) for claim in made if claim.stage == 1]
    assert leadership(first, made)["status"] == "in_review"
    refused = next(c for c in made if (c.indicator_id, c.stage) == ("L4", 2))
    row = leadership([*first, decided(refused, Decision.NOT_ACCEPTED)], made)
    assert (row["status"], row["assured_stage"], row["overclaim_gap"]) == ("reviewed", 1, 2)
    assert (row["n_claims"], row["n_decided"], row["n_accepted"]) == (18, 7, 6)


def test_evidence_that_was_asked_for_is_not_there_yet_so_the_claim_is_not_assured() -> None:
    made = claimed({"ORG": LEVEL_3})
    decisions = [
        decided(claim, Decision.MORE_EVIDENCE if claim.stage == 3 else Decision.ACCEPTED)
        for claim in made
    ]
    row = leadership(decisions, made)
    assert (row["status"], row["assured_stage"]) == ("reviewed", 2)


def test_what_a_reviewer_accepted_on_evidence_that_is_out_of_date_is_not_assured() -> None:
    sheets = {"ORG": LEVEL_3}
    made = claimed(sheets, shown=evidence(sheets, OLD))
    assert not any(claim.enough for claim in made)
    row = leadership([accepted(claim) for claim in made], made)
    assert (row["assured_stage"], row["n_accepted"]) == (0, 18)


def test_what_cannot_apply_leaves_the_assured_count_only_where_a_reviewer_accepted_why() -> None:
    sheets = {"ORG": grid("L1: mxnnnn\n" + "\n".join(f"L{n}: mmnnnn" for n in range(2, 7)))}
    made = claimed(sheets)
    by_claim = {
        answer: [c for c in made if c.claim == answer] for answer in ("met", "not_applicable")
    }
    met = [accepted(claim) for claim in by_claim["met"]]

    def stage(decision: Decision) -> int:
        said = [decided(claim, decision) for claim in by_claim["not_applicable"]]
        rows = stages(sheets, made, [*met, *said])
        return int(rows.query("level == 'commitment'")["assured_stage"].iloc[0])

    assert (stage(Decision.ACCEPTED), stage(Decision.NOT_ACCEPTED)) == (2, 1)


def test_only_verified_evidence_is_verified_and_two_reviewers_vouch_for_the_lesser() -> None:
    made = claimed({"ORG": LEVEL_3})
    grades = [Grade.VERIFIED, Grade.DOCUMENTED]
    decisions = [
        decided(claim, person=person, grade=grade)
        for claim in made
        for person, grade in zip(("ANNE", "BEN"), grades, strict=True)
    ]
    one = review(made, decisions[::2], two_person=False)
    both = review(made, decisions, two_person=True)
    assert {found.grade for found in one} == {Grade.VERIFIED}
    assert {found.grade for found in both} == {Grade.DOCUMENTED}
    assert leadership(decisions[::2], made)["n_met_verified"] == 18


def test_a_review_that_gives_the_declared_stage_confirms_it_and_a_lesser_one_does_not() -> None:
    sheets = {"SURE": LEVEL_3, "LESS": LEVEL_3, "NONE": LEVEL_3}
    made = claimed(sheets)
    decisions = [accepted(claim) for claim in made if claim.organisation_id == "SURE"]
    decisions += [
        decided(claim, Decision.NOT_ACCEPTED if claim.stage == 3 else Decision.ACCEPTED)
        for claim in made
        if claim.organisation_id == "LESS"
    ]
    assert confirmed(stages(sheets, made, decisions)) == {("SURE", "leadership")}


def test_the_assured_track_is_one_more_rule_for_those_whose_review_is_finished() -> None:
    sheets = {"DONE": LEVEL_3, "OPEN": LEVEL_3}
    made = claimed(sheets)
    decisions = [
        decided(claim, Decision.NOT_ACCEPTED if claim.stage == 2 else Decision.ACCEPTED)
        for claim in made
        if claim.organisation_id == "DONE"
    ]
    answers, organisations = (
        answer_frame(sheets, SIX_CORE),
        organisation_frame({"DONE": "trust", "OPEN": "trust"}),
    )
    scored = score_cycle(answers, organisations, SIX_CORE, CYCLE, "hash")
    tried = stage_sensitivity(answers, organisations, SIX_CORE, CYCLE)
    rows = STAGE_SENSITIVITY.validate(
        assured_only(tried, scored.commitment_stages, stages(sheets, made, decisions))
    )
    mine = rows[rows["alternative"] == ASSURED_ONLY]
    columns = ["organisation_id", "stage", "stage_alternative", "changes"]
    assert mine[columns].to_numpy().tolist() == [["DONE", 3, 1, True]]
    assert len(rows) == len(tried) + 1


def test_agreement_is_told_for_each_commitment_and_for_all_with_a_reason_under_ten_pairs() -> None:
    sheets = {"ONE": LEVEL_3, "TWO": LEVEL_3}
    made = claimed(sheets)
    refused = {("L1", 3), ("L2", 2)}
    decisions = [
        decided(
            claim,
            Decision.NOT_ACCEPTED
            if (claim.indicator_id, claim.stage) in refused
            else Decision.ACCEPTED,
        )
        for claim in made
    ]

    def told(some: Sequence[DecisionMade]) -> pd.DataFrame:
        rows = assurance_agreement(stages(sheets, made, some), SIX_CORE, CYCLE)
        assert set(ASSURANCE_AGREEMENT.validate(rows)["commitment_id"]) == {"all", "leadership"}
        return rows[rows["commitment_id"] == "all"].set_index("statistic")

    all_twelve = told(decisions)
    assert all_twelve["n"].tolist() == [12] * 6
    assert all_twelve["value"]["exact"] == pytest.approx(8 / 12)
    assert all_twelve["value"]["mean_shift"] == pytest.approx(-(2 * 1 + 2 * 2) / 12)
    six = told([one for one in decisions if one.organisation_id == "ONE"])
    assert six["value"].drop("pairs").isna().all()
    assert six["reason"].drop("pairs").str.contains("fewer than 10").all()


opinions = st.lists(
    st.tuples(st.sampled_from(["ANNE", "BEN", "CARA", "DEV"]), st.sampled_from(Decision)),
    max_size=8,
)
any_case = settings(max_examples=150, deadline=None)


@any_case
@given(data=st.data(), two_person=st.booleans())
def test_nothing_is_ever_assured_above_the_declared(data: st.DataObject, two_person: bool) -> None:
    of, sheets, sectors = data.draw(collections(most=2))
    shown = evidence(
        sheets, data.draw(st.sampled_from([IN_DATE, OLD])), data.draw(st.integers(1, 7))
    )
    made = claimed(sheets, of, shown)
    decisions = [
        decided(claim, decision, person)
        for claim in made
        for person, decision in data.draw(opinions)[:3]
    ]
    rows = stages(sheets, made, decisions, of, sectors, two_person)
    answers, organisations = answer_frame(sheets, of), organisation_frame(sectors)
    scored = score_cycle(answers, organisations, of, CYCLE, "hash")
    for level, declared in (
        ("commitment", scored.commitment_stages),
        ("indicator", scored.indicator_stages),
    ):
        mine = rows[rows["level"] == level].reset_index(drop=True)
        assert mine["declared_stage"].equals(declared["stage"])
        both = mine.dropna(subset=["assured_stage"])
        assert (both["assured_stage"] <= both["declared_stage"]).all()


@any_case
@given(data=st.data())
def test_when_everything_is_accepted_on_good_evidence_the_declared_stage_is_assured(
    data: st.DataObject,
) -> None:
    of, sheets, sectors = data.draw(collections(most=2))
    made = claimed(sheets, of)
    rows = stages(sheets, made, [accepted(claim) for claim in made], of, sectors)
    begun = rows[(rows["n_claims"] > 0) & rows["declared_stage"].notna()]
    assert begun["assured_stage"].tolist() == begun["declared_stage"].tolist()
    assert (begun["overclaim_gap"] == 0).all()


@any_case
@given(said=opinions)
def test_two_different_reviewers_must_accept_before_anything_is_assured(
    said: list[tuple[str, Decision]],
) -> None:
    claim = claimed({"ORG": LEVEL_3})[0]
    (found,) = review([claim], [decided(claim, d, person) for person, d in said], two_person=True)
    last = dict(said)
    for_it = [person for person, decision in last.items() if decision is Decision.ACCEPTED]
    against = len(last) - len(for_it)
    accepts = len(for_it) >= 2 and len(for_it) > against
    assert (found.outcome is Outcome.ACCEPTED) == accepts
    assert (found.outcome is Outcome.SECOND_NEEDED) == (len(last) == 1)
    disagree = len(last) >= 2 and len(for_it) == against
    assert (found.outcome is Outcome.THIRD_NEEDED) == disagree
    assert {one.person_id for one in found.standing} == set(last)
    assert len(found.history) == len(said)


@any_case
@given(decisions=st.lists(st.sampled_from(Decision), min_size=2, max_size=4))
def test_where_two_are_needed_it_plays_no_part_who_decided_first(decisions: list[Decision]) -> None:
    assert len({settled(some, two_person=True) for some in permutations(decisions)}) == 1


def test_where_one_reviewer_is_enough_the_newest_decision_is_the_outcome() -> None:
    assert settled([Decision.ACCEPTED, Decision.NOT_ACCEPTED], two_person=False) == "not_accepted"
    assert settled([Decision.NOT_ACCEPTED, Decision.ACCEPTED], two_person=False) == "accepted"


@st.composite
def newer(draw: st.DrawFn, shown: pd.DataFrame) -> pd.DataFrame:
    """The evidence with one thing about some item changed, one item more, or another order."""
    changed = shown.copy()
    row = draw(st.integers(0, len(shown) - 1))
    what = draw(st.sampled_from(["title", "place", "dated_on", "national_return", "more", "order"]))
    if what == "order":
        return changed.sample(frac=1, random_state=draw(st.integers(0, 9)))
    if what == "more":
        more = changed.iloc[[row]].assign(title="Another")
        return pd.concat([changed, more], ignore_index=True)
    other = {"dated_on": date(2025, 2, 2), "national_return": "wres"}
    changed[what] = changed[what].astype("object")
    changed.iloc[row, changed.columns.get_loc(what)] = other.get(what, "other")  # type: ignore
    return changed


@any_case
@given(data=st.data())
def test_a_review_carries_over_exactly_where_answer_and_evidence_are_unchanged(
    data: st.DataObject,
) -> None:
    before = {"ORG": grid("\n".join(f"L{n}: mmxnnn" for n in range(1, 7)))}
    shown = evidence(before, last=data.draw(st.integers(1, 3)))
    first = claimed(before, shown=shown)
    answers = st.sampled_from(["met", "not_applicable", "not_met"])
    now = {
        "ORG": {
            name: [data.draw(answers) if data.draw(st.integers(0, 5)) == 0 else s for s in states]
            for name, states in before["ORG"].items()
        }
    }
    shown_now = data.draw(newer(shown))
    second = [replace(c, submission_id="new") for c in claimed(now, shown=shown_now)]
    was = {claim.key: claim for claim in first}
    for found in review(second, [accepted(claim) for claim in first], two_person=False):
        then, claim = was.get(found.claim.key), found.claim
        if then is None:
            assert found.outcome is Outcome.UNREVIEWED
            continue
        same = (then.claim, then.reason, sorted(map(repr, then.items))) == (
            claim.claim, claim.reason, sorted(map(repr, claim.items)),
        )  # fmt: skip
        assert found.outcome is (Outcome.ACCEPTED if same else Outcome.LOOK_AGAIN)
        assert [one.submission_id for one in found.history] == [then.submission_id]


def test_a_changed_claim_is_undecided_until_somebody_looks_again() -> None:
    claim = claimed({"ORG": LEVEL_3})[0]
    old = decided(claim, Decision.NOT_ACCEPTED, basis="as it was")
    (again,) = review([claim], [old], two_person=False)
    assert again.outcome is Outcome.LOOK_AGAIN
    assert again.outcome.value not in DECIDED
    (after,) = review([claim], [old, accepted(claim)], two_person=False)
    assert after.outcome is Outcome.ACCEPTED


def test_what_a_department_took_over_is_reviewed_once_where_it_was_answered() -> None:
    sheets = {"WHOLE": LEVEL_3, "DEPT": LEVEL_3}
    answers = answer_frame(sheets, SIX_CORE)
    theirs = answers["indicator_id"].isin(["L1", "L2"]) & (answers["organisation_id"] == "DEPT")
    answers["answered_by"] = answers["organisation_id"].mask(theirs, "WHOLE")
    shown = evidence(sheets)
    shown = shown[~((shown["organisation_id"] == "DEPT") & shown["indicator_id"].isin(["L1"]))]
    made = claims(answers, shown, {}, SIX_CORE, CLOSES)
    of_whole = [accepted(claim) for claim in made if claim.organisation_id == "WHOLE"]
    found = review(made, of_whole, two_person=False)
    taken_over = [one for one in found if one.claim.taken_over]
    assert len(taken_over) == 6
    assert {one.outcome for one in taken_over} == {Outcome.ACCEPTED}
    assert all(one.claim.enough for one in taken_over), "the evidence is the organisation's"
    own = [o for o in found if o.claim.organisation_id == "DEPT" and not o.claim.taken_over]
    assert {one.outcome for one in own} == {Outcome.UNREVIEWED}


def test_every_met_or_not_applicable_answer_is_a_claim_and_no_other() -> None:
    made = claimed({"ORG": grid("L1: mpnx.-")})
    assert [(claim.stage, claim.claim) for claim in made] == [(1, "met"), (4, "not_applicable")]
    assert {claim.claim for claim in made} == set(CLAIMS)
    without = claims(
        answer_frame({"ORG": grid("L1: mmmmmx")}, SIX_CORE),
        evidence({}),
        {},
        SIX_CORE,
        CLOSES,
    )
    assert not any(claim.enough for claim in without), "neither evidence nor a reason is given"
