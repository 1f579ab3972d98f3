"""From one framework version to the next: what is proposed, refused and carried over."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from remi.framework.crosswalk import compare, linked, linked_framework, load_crosswalk
from remi.framework.load import framework_file, load_framework
from remi.scoring.change import maturity_change
from remi.scoring.engine import ScoredCycle, score_cycle
from schemas.crosswalk import Crosswalk, CrosswalkRow, FrameworkVersion
from schemas.framework import Commitment, Framework, Indicator
from schemas.loading import ConfigurationError

CONFIG = Path(__file__).parents[2] / "config"
SECTORS = [
    row["id"]
    for row in csv.DictReader(
        (CONFIG / "reference" / "sectors.csv").read_text("utf-8").splitlines()
    )
]
OLD = load_framework(framework_file(CONFIG, "race-equality-maturity-1.0"), SECTORS)
STATES = ["met", "part", "not_met", "not_applicable", "unanswered", "not_needed"]
PARTNERS = pd.DataFrame(
    {"organisation_id": ["ICB", "TRUST", "CHARITY"], "sector": ["icb", "nhs_trust", "vcse"]}
)


def revised(
    change: Callable[[Indicator], list[Indicator]], version: str = "2.0", of: Framework = OLD
) -> Framework:
    """The framework with every indicator replaced by what `change` makes of it."""
    commitments = tuple(
        Commitment(
            **{
                **dict(commitment),
                "indicators": tuple(new for i in commitment.indicators for new in change(i)),
            }
        )
        for commitment in of.commitments
    )
    return Framework(**{**dict(of), "version": version, "commitments": commitments})


def other(indicator: Indicator, **changes: object) -> Indicator:
    return Indicator(**{**dict(indicator), **changes})


def only(indicator_id: str, make: Callable[[Indicator], list[Indicator]]) -> Framework:
    """Version 2.0, in which one indicator was replaced."""
    return revised(lambda i: make(i) if i.id == indicator_id else [i])


def reworded(indicator: Indicator, n: int = 1) -> tuple[str, ...]:
    """The first `n` criteria in other words."""
    return tuple(
        f"Something else altogether is asked at stage {place} here." if place <= n else criterion
        for place, criterion in enumerate(indicator.criteria, 1)
    )


def said(framework: Framework) -> list[tuple[str | None, str | None, str, str]]:
    """What is proposed for indicators other than those that stay the same."""
    return [
        (row.old, row.new, row.relation.value, row.comparability.value)
        for row in compare(OLD, framework)
        if (row.relation.value, row.comparability.value) != ("same", "comparable")
    ]


# What is proposed


def test_a_version_with_identical_wording_is_comparable_throughout() -> None:
    rows = compare(OLD, revised(lambda i: [i]))
    assert [(row.old, row.new) for row in rows] == [(i.id, i.id) for _, i in OLD.indicators()]
    assert {(r.relation.value, r.comparability.value) for r in rows} == {("same", "comparable")}


def test_capitals_and_spaces_are_not_another_wording() -> None:
    new = only("L1", lambda i: [other(i, criteria=tuple(f" {c.upper()}  " for c in i.criteria))])
    assert said(new) == []


def test_an_indicator_that_only_changed_its_id_is_the_same() -> None:
    new = only("L6", lambda i: [other(i, id="L9")])
    assert said(new) == []
    assert ("L6", "L9") in [(row.old, row.new) for row in compare(OLD, new)]


def test_other_words_are_never_proposed_as_comparable() -> None:
    new = only("L1", lambda i: [other(i, criteria=reworded(i))])
    assert said(new) == [("L1", "L1", "reworded", "partly")]
    (row,) = [r for r in compare(OLD, new) if r.old == "L1"]
    assert row.note == "5 of 6 criteria have the same wording at the same stage"


def test_criteria_that_changed_places_are_not_the_same() -> None:
    new = only("L1", lambda i: [other(i, criteria=tuple(reversed(i.criteria)))])
    assert said(new) == [("L1", "L1", "reworded", "not")]


def test_an_id_that_is_given_to_another_question_is_not_comparable() -> None:
    new = only("L1", lambda i: [other(i, title="Another", criteria=reworded(i, 6))])
    assert said(new) == [("L1", "L1", "reworded", "not")]


def test_an_indicator_that_left_and_one_that_came_are_retired_and_new() -> None:
    new = only("L6", lambda i: [other(i, id="L9", title="Another", criteria=reworded(i, 6))])
    assert said(new) == [("L6", None, "retired", "not"), (None, "L9", "new", "not")]


def test_an_indicator_that_shares_its_words_with_two_was_split() -> None:
    def halves(i: Indicator) -> list[Indicator]:
        first = reworded(i, 3)
        second = (*i.criteria[:3], *(f"Stage {n} is about another thing." for n in (4, 5, 6)))
        return [other(i, id="L8", criteria=first), other(i, id="L9", criteria=second)]

    assert said(only("L6", halves)) == [
        ("L6", "L8", "split", "partly"),
        ("L6", "L9", "split", "partly"),
    ]


def test_two_indicators_whose_words_are_in_one_were_merged() -> None:
    l5, l6 = (next(i for _, i in OLD.indicators() if i.id == name) for name in ("L5", "L6"))
    both = tuple(f"{a} {b}" for a, b in zip(l5.criteria, l6.criteria, strict=True))

    def change(i: Indicator) -> list[Indicator]:
        if i.id == "L5":
            return [other(i, id="L9", title=f"{l5.title} {l6.title}", criteria=both)]
        return [] if i.id == "L6" else [i]

    assert said(revised(change)) == [("L5", "L9", "merged", "not"), ("L6", "L9", "merged", "not")]


def test_the_same_words_asked_of_other_sectors_are_not_comparable() -> None:
    new = only("L5", lambda i: [other(i, applies_to=("nhs_bodies",))])
    assert said(new) == [("L5", "L5", "same", "partly")]


def test_indicators_of_the_shipped_framework_do_not_look_alike() -> None:
    without = revised(lambda i: [] if i.id in {"W6", "H6", "C7"} else [i], version="2.0")
    added = revised(lambda i: [] if i.id in {"L6", "A6", "C6"} else [i], version="2.1")
    gone_and_come = [
        row.relation.value for row in compare(without, added) if row.relation.value != "same"
    ]
    assert sorted(gone_and_come) == ["new"] * 3 + ["retired"] * 3


# What a file may say


def content(rows: list[dict[str, str]], **changes: object) -> dict[str, object]:
    return {
        "from_framework": {"id": OLD.id, "version": "1.0"},
        "to_framework": {"id": OLD.id, "version": "2.0"},
        "rows": rows,
        **changes,
    }


def proposal(new: Framework, **changes: Mapping[str, str]) -> list[dict[str, str]]:
    """The proposed rows as they would be written, those of some old indicators changed."""
    rows = [row.model_dump(mode="json", exclude_none=True) for row in compare(OLD, new)]
    return [{**row, **changes.get(row.get("old", ""), {})} for row in rows]


Written = Callable[[dict[str, object]], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(what: dict[str, object]) -> Path:
        path = tmp_path / "crosswalk.yaml"
        path.write_text(yaml.safe_dump(what, sort_keys=False), encoding="utf-8")
        return path

    return write


SAME = revised(lambda i: [i])


def refusal(path: Path, new: Framework = SAME) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_crosswalk(path, OLD, new)
    return str(caught.value)


def test_what_is_proposed_can_be_written_down_and_loaded(written: Written) -> None:
    def change(i: Indicator) -> list[Indicator]:
        if i.id == "L6":
            return [other(i, id="L8", criteria=reworded(i)), other(i, id="L9")]
        if i.id == "L1":
            return [i, other(i, id="L10", criteria=reworded(i, 2))]
        return [] if i.id == "W6" else [i]

    new = revised(change)
    loaded = load_crosswalk(written(content(proposal(new))), OLD, new)
    assert loaded.rows == compare(OLD, new)


def test_owners_may_call_a_reworded_indicator_comparable(written: Written) -> None:
    new = only("L1", lambda i: [other(i, criteria=reworded(i))])
    rows = proposal(new, L1={"comparability": "comparable"})
    assert load_crosswalk(written(content(rows)), OLD, new).comparable()["L1"] == "L1"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"new": "L99"}, "new: no indicator “L99” in race-equality-maturity 2.0"),
        ({"old": "L99"}, "old: no indicator “L99” in race-equality-maturity 1.0"),
        ({"old": "L99"}, "rows: no row for L1 of race-equality-maturity 1.0"),
        ({"new": "L2"}, "L2 is in two rows; only what is split or merged may be"),
        ({"relation": "renamed"}, "relation: must be"),
        ({"relation": "new"}, "old: a new indicator has no old one"),
        ({"relation": "retired"}, "new: a retired indicator has no new one"),
        ({"relation": "split"}, "a split indicator cannot be comparable; write partly or not"),
        ({"weight": "2"}, "weight: is not a field here"),
    ],
)
def test_a_row_that_cannot_be_true_is_refused_with_its_line(
    written: Written, changes: dict[str, str], words: str
) -> None:
    message = refusal(written(content(proposal(SAME, L1=changes))))
    assert words in message
    assert message.startswith("crosswalk.yaml:")


def test_an_indicator_of_either_version_without_a_row_is_refused(written: Written) -> None:
    message = refusal(written(content(proposal(SAME)[1:])))
    assert "no row for L1 of race-equality-maturity 1.0" in message
    assert "no row for L1 of race-equality-maturity 2.0" in message


def test_a_crosswalk_between_other_versions_is_refused(written: Written) -> None:
    wrong = content(proposal(SAME), from_framework={"id": OLD.id, "version": "0.9"})
    assert refusal(written(wrong)) == (
        "crosswalk.yaml:1: from_framework: is race-equality-maturity 0.9, "
        "not race-equality-maturity 1.0"
    )


def test_an_indicator_asked_of_other_sectors_cannot_be_called_comparable(
    written: Written,
) -> None:
    new = only("L5", lambda i: [other(i, applies_to=("nhs_bodies",))])
    rows = proposal(new, L5={"comparability": "comparable"})
    message = refusal(written(content(rows)), new)
    assert "cannot be comparable: it is not asked of the same sectors, " in message


def test_nothing_is_comparable_where_the_number_of_stages_changed(written: Written) -> None:
    stages = OLD.stages[:-1]
    commitments = tuple(
        Commitment(
            **{
                **dict(c),
                "indicators": tuple(other(i, criteria=i.criteria[:-1]) for i in c.indicators),
            }
        )
        for c in OLD.commitments
    )
    minimums = tuple(m for m in OLD.evidence_minimums if m.to_stage <= len(stages))
    shorter = Framework(
        **{
            **dict(OLD),
            "version": "2.0",
            "stages": stages,
            "evidence_minimums": minimums,
            "commitments": commitments,
        }
    )
    assert "comparable" not in {row.comparability.value for row in compare(OLD, shorter)}
    rows = proposal(shorter, L1={"comparability": "comparable"})
    assert "6 stages have become 5" in refusal(written(content(rows)), shorter)


# The linked series


def answers(reached: Mapping[str, Mapping[str, int]], of: Framework, cycle: str) -> pd.DataFrame:
    """Every criterion met up to the stage that an organisation reached, then not met."""
    sector = dict(PARTNERS.itertuples(index=False, name=None))
    return frame(
        {
            organisation: {
                i.id: [
                    "met" if n <= stages.get(i.id, 0) else "not_met"
                    for n in range(1, len(of.stages) + 1)
                ]
                for _, i in of.indicators()
                if of.applies(i, sector[organisation])
            }
            for organisation, stages in reached.items()
        },
        of,
        cycle,
    )


def frame(sheets: Mapping[str, Mapping[str, list[str]]], of: Framework, cycle: str) -> pd.DataFrame:
    commitment_of = {i.id: c.id for c, i in of.indicators()}
    rows = [
        {
            "cycle": cycle,
            "organisation_id": organisation,
            "submission_id": f"{cycle}-{organisation}",
            "commitment_id": commitment_of[indicator_id],
            "indicator_id": indicator_id,
            "stage": stage,
            "answer": state,
            "inherited": False,
            "sheet": commitment_of[indicator_id],
            "cell": f"C{stage}",
            "seen": state,
        }
        for organisation, sheet in sheets.items()
        for indicator_id, states in sheet.items()
        for stage, state in enumerate(states, 1)
    ]
    return pd.DataFrame(rows)


def crosswalk(new: Framework) -> Crosswalk:
    return Crosswalk(
        from_framework=FrameworkVersion(id=OLD.id, version=OLD.version),
        to_framework=FrameworkVersion(id=new.id, version=new.version),
        rows=compare(OLD, new),
    )


RENAMED_AND_REWORDED = revised(
    lambda i: (
        [other(i, id="L7")]
        if i.id == "L1"
        else [other(i, criteria=reworded(i))]
        if i.id == "L2"
        else [i]
    )
)


def stages(scored: ScoredCycle, commitment: str) -> dict[str, int]:
    rows = scored.commitment_stages
    mine = rows[rows["commitment_id"] == commitment].dropna(subset="stage")
    return {o: int(s) for o, s in zip(mine["organisation_id"], mine["stage"], strict=True)}


def test_comparable_answers_go_under_their_new_ids_and_others_are_left_out() -> None:
    everything = {i.id: 3 for _, i in OLD.indicators()}
    given_answers = answers({"ICB": everything}, OLD, "2024-25")
    carried = linked(given_answers, crosswalk(RENAMED_AND_REWORDED), RENAMED_AND_REWORDED)
    assert set(carried["indicator_id"]) == set(everything) - {"L1", "L2"} | {"L7"}
    assert list(carried.columns) == list(given_answers.columns)
    assert len(carried) == len(given_answers) - 6
    l1 = given_answers[given_answers["indicator_id"] == "L1"]
    l7 = carried[carried["indicator_id"] == "L7"]
    unchanged = ["organisation_id", "commitment_id", "stage", "answer", "sheet", "cell"]
    assert l7[unchanged].to_numpy().tolist() == l1[unchanged].to_numpy().tolist()


def test_last_year_under_the_new_version_stands_beside_last_year_as_published() -> None:
    # L2 held the commitment at stage 1; it was reworded, so it cannot speak in the linked series.
    last_year = {"ICB": {**{i.id: 3 for _, i in OLD.indicators()}, "L2": 1}}
    given_answers = answers(last_year, OLD, "2024-25")
    published = score_cycle(given_answers, PARTNERS, OLD, "2024-25", "hash")
    walk = crosswalk(RENAMED_AND_REWORDED)
    of = linked_framework(walk, RENAMED_AND_REWORDED)
    assert of is not None
    again = score_cycle(
        linked(given_answers, walk, RENAMED_AND_REWORDED), PARTNERS, of, "2024-25", "hash"
    )
    assert stages(published, "leadership") == {"ICB": 1}
    assert stages(again, "leadership") == {"ICB": 3}
    assert set(published.commitment_stages["framework_version"]) == {"race-equality-maturity 1.0"}
    assert set(again.commitment_stages["framework_version"]) == {
        "race-equality-maturity-linked-from-race-equality-maturity-1-0 2.0"
    }


def test_an_indicator_left_out_of_the_link_is_not_read_as_a_blank() -> None:
    last_year = {"ICB": {i.id: 6 for _, i in OLD.indicators()}}
    walk = crosswalk(RENAMED_AND_REWORDED)
    of = linked_framework(walk, RENAMED_AND_REWORDED)
    assert of is not None
    carried = linked(answers(last_year, OLD, "2024-25"), walk, RENAMED_AND_REWORDED)
    again = score_cycle(carried, PARTNERS, of, "2024-25", "hash")
    assert again.commitment_stages["stage"].tolist() == [6] * 5
    assert (again.commitment_stages["n_answered"] == again.commitment_stages["n_applicable"]).all()


def test_two_linked_years_are_one_series_and_two_published_ones_are_broken() -> None:
    reached = {"ICB": {i.id: 3 for _, i in OLD.indicators()}}
    new = RENAMED_AND_REWORDED
    walk = crosswalk(new)
    of = linked_framework(walk, new)
    assert of is not None
    before, now = answers(reached, OLD, "2024-25"), answers(reached, new, "2025-26")
    kept = now[now["indicator_id"].isin([i.id for _, i in of.indicators()])]
    published = maturity_change(
        score_cycle(now, PARTNERS, new, "2025-26", "hash"),
        score_cycle(before, PARTNERS, OLD, "2024-25", "hash"),
        frozenset(),
    )
    series = maturity_change(
        score_cycle(kept, PARTNERS, of, "2025-26", "hash"),
        score_cycle(linked(before, walk, new), PARTNERS, of, "2024-25", "hash"),
        frozenset(),
    )
    assert published["break_in_series"].all()
    assert not series["break_in_series"].any()


def test_a_commitment_of_which_no_core_indicator_is_comparable_breaks() -> None:
    core = {i.id for c, i in OLD.indicators() if c.id == "workforce" and i.core}
    new = revised(lambda i: [other(i, criteria=reworded(i))] if i.id in core else [i])
    of = linked_framework(crosswalk(new), new)
    assert of is not None
    assert [c.id for c in of.commitments] == [c.id for c in OLD.commitments if c.id != "workforce"]


def test_where_nothing_is_comparable_the_series_breaks() -> None:
    new = revised(lambda i: [other(i, criteria=reworded(i))])
    walk = crosswalk(new)
    assert linked_framework(walk, new) is None
    given_answers = answers({"ICB": {}}, OLD, "2024-25")
    carried = linked(given_answers, walk, new)
    assert carried.empty
    assert list(carried.columns) == list(given_answers.columns)


def test_answers_of_a_commitment_that_breaks_are_not_carried_over_alone() -> None:
    core = {i.id for c, i in OLD.indicators() if c.id == "workforce" and i.core}
    new = revised(lambda i: [other(i, criteria=reworded(i))] if i.id in core else [i])
    walk = crosswalk(new)
    of = linked_framework(walk, new)
    assert of is not None
    carried = linked(answers({"ICB": {}}, OLD, "2024-25"), walk, new)
    assert set(carried["indicator_id"]) == {i.id for _, i in of.indicators()}
    score_cycle(carried, PARTNERS, of, "2024-25", "hash")


# A frozen year


@st.composite
def years(draw: st.DrawFn) -> pd.DataFrame:
    """One year's answers of three partners, of every state."""
    sheets = {}
    for organisation, sector in PARTNERS.itertuples(index=False, name=None):
        sheets[organisation] = {
            i.id: [
                *["met"] * (reached := draw(st.integers(0, 6))),
                *[draw(st.sampled_from(STATES))] * (6 - reached),
            ]
            for _, i in OLD.indicators()
            if OLD.applies(i, sector)
        }
    return frame(sheets, OLD, "2024-25")


TEXT = ["cycle", "organisation_id", "submission_id", "commitment_id", "indicator_id", "answer"]


def through_csv(rows: pd.DataFrame) -> pd.DataFrame:
    """Written to a file and read back."""
    text = io.StringIO(rows.to_csv(index=False))
    return pd.read_csv(text, dtype=dict.fromkeys(TEXT, "str"), keep_default_na=False)


@settings(max_examples=25, deadline=None)
@given(years(), st.integers(0, 999))
def test_a_frozen_year_under_its_own_version_gives_the_published_rows_to_the_bit(
    given_answers: pd.DataFrame, order: int
) -> None:
    published = score_cycle(given_answers, PARTNERS, OLD, "2024-25", "hash")
    stored = through_csv(given_answers).sample(frac=1, random_state=order)
    file = framework_file(CONFIG, "race-equality-maturity-1.0")
    replayed = score_cycle(stored, PARTNERS, load_framework(file, SECTORS), "2024-25", "hash")
    for name in ("indicator_stages", "commitment_stages", "organisation_profiles"):
        before, again = getattr(published, name), getattr(replayed, name)
        pd.testing.assert_frame_equal(before, again, check_exact=True)
        assert before.to_csv(index=False).encode() == again.to_csv(index=False).encode()


def test_a_row_says_why_in_words() -> None:
    assert all(isinstance(row, CrosswalkRow) and row.note for row in compare(OLD, SAME))
