"""Up, same and down between two cycles."""

from __future__ import annotations

import pandas as pd
from scoring_samples import answer_frame, framework, grid, indicator, organisation_frame
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from remi.scoring.change import maturity_change
from remi.scoring.engine import ScoredCycle, score_cycle
from remi.store.frames import read_cycle, replace_cycle
from schemas import store
from schemas.results import MATURITY_CHANGE

COMMITMENTS = {"leadership": [indicator("L1"), indicator("L2")], "workforce": [indicator("W1")]}
TABLES = {
    "indicator_stages": store.indicator_stage,
    "commitment_stages": store.commitment_stage,
    "organisation_profiles": store.organisation_profile,
}
NONE_REVIEWED: frozenset[tuple[str, str]] = frozenset()


def scored(cycle: str, sheets: dict[str, str], version: str = "1.0") -> ScoredCycle:
    of = framework(COMMITMENTS, version=version)
    answers = answer_frame({o: grid(text) for o, text in sheets.items()}, of, cycle=cycle)
    organisations = organisation_frame(dict.fromkeys(sheets, "trust"))
    return score_cycle(answers, organisations, of, cycle, "hash")


LAST_YEAR = {
    "RISER": "L1: mmnnnn\nL2: mmnnnn\nW1: mnnnnn",
    "FALLER": "L1: mmmnnn\nL2: mmmnnn\nW1: mnnnnn",
    "LEAVER": "L1: mmmnnn\nL2: mmmnnn\nW1: mnnnnn",
    "SILENT": "L1: mmmnnn\nL2: mmmnnn\nW1: ......",
    "WEARY": "L1: mmmnnn\nL2: mmmnnn\nW1: mnnnnn",
}
THIS_YEAR = {
    "RISER": "L1: mmmnnn\nL2: mmmmnn\nW1: mnnnnn",
    "FALLER": "L1: mmmnnn\nL2: mnnnnn\nW1: mnnnnn",
    "SILENT": "L1: mmmnnn\nL2: mmmnnn\nW1: mnnnnn",
    "WEARY": "L1: mmmnnn\nL2: mmmnnn\nW1: ......",
    "JOINER": "L1: mmmnnn\nL2: mmmnnn\nW1: mnnnnn",
}


def changes(
    reviewed: frozenset[tuple[str, str]] = NONE_REVIEWED, version: str = "1.0"
) -> pd.DataFrame:
    now, before = scored("2025-26", THIS_YEAR, version), scored("2024-25", LAST_YEAR)
    return maturity_change(now, before, reviewed)


def test_commitments_go_up_stay_and_go_down_by_whole_stages() -> None:
    rows = changes().query("level == 'commitment'")
    found = list(
        rows[
            ["organisation_id", "commitment_id", "stage_before", "stage_now", "change", "direction"]
        ].itertuples(index=False, name=None)
    )
    assert found == [
        ("FALLER", "leadership", 3, 1, -2, "down"),
        ("FALLER", "workforce", 1, 1, 0, "same"),
        ("RISER", "leadership", 2, 3, 1, "up"),
        ("RISER", "workforce", 1, 1, 0, "same"),
        ("SILENT", "leadership", 3, 3, 0, "same"),
        ("WEARY", "leadership", 3, 3, 0, "same"),
    ]


def test_indicators_are_followed_too() -> None:
    rows = changes().query("level == 'indicator' and organisation_id == 'RISER'")
    assert rows["indicator_id"].tolist() == ["L1", "L2", "W1"]
    assert rows["change"].tolist() == [1, 2, 0]


def test_only_what_has_a_stage_in_both_cycles_is_in_the_panel() -> None:
    rows = changes()
    assert set(rows["organisation_id"]) == {"FALLER", "RISER", "SILENT", "WEARY"}
    half = rows[rows["organisation_id"].isin(["SILENT", "WEARY"])]
    assert set(half["commitment_id"]) == {"leadership"}


def test_a_stage_that_rests_on_blanks_is_no_stage_to_have_moved_from_or_to() -> None:
    whole, half = "L1: mmmnnn\nL2: mmmnnn", "L1: mmmnnn\nL2: ......"
    years = {whole: scored("2024-25", {"ORG": whole}), half: scored("2024-25", {"ORG": half})}
    thin = years[half].commitment_stages.query("commitment_id == 'leadership'")
    assert list(zip(thin["status"], thin["stage"], strict=True)) == [("provisional", 0)]
    for then, now in ((half, whole), (whole, half)):
        this_year = scored("2025-26", {"ORG": now})
        rows = maturity_change(this_year, years[then], NONE_REVIEWED)
        assert rows["level"].tolist() == ["indicator"], "L1, which was answered both times"
        assert rows["change"].tolist() == [0]


def test_a_declared_change_is_confirmed_only_by_a_review() -> None:
    assert not changes()["confirmed"].any()
    rows = changes(reviewed=frozenset({("RISER", "leadership")}))
    confirmed = rows[rows["confirmed"]]
    assert set(confirmed["organisation_id"]) == {"RISER"}
    assert confirmed["indicator_id"].fillna("whole").tolist() == ["whole", "L1", "L2"]


def test_another_framework_version_breaks_the_series() -> None:
    assert not changes()["break_in_series"].any()
    assert changes(version="2.0")["break_in_series"].all()


def test_results_read_back_from_the_store_give_the_same_changes() -> None:
    def stored(cycle: str, result: ScoredCycle) -> ScoredCycle:
        engine = create_engine("sqlite://", poolclass=StaticPool)
        store.metadata.create_all(engine)
        read = {}
        for name, table in TABLES.items():
            replace_cycle(engine, table, cycle, getattr(result, name))
            read[name] = read_cycle(engine, table, cycle)
        return ScoredCycle(**read)

    now = stored("2025-26", scored("2025-26", THIS_YEAR))
    before = stored("2024-25", scored("2024-25", LAST_YEAR))
    again = maturity_change(now, before, NONE_REVIEWED)
    pd.testing.assert_frame_equal(
        MATURITY_CHANGE.validate(again), MATURITY_CHANGE.validate(changes())
    )


def test_changes_keep_their_contract_even_where_there_are_none() -> None:
    MATURITY_CHANGE.validate(changes())
    nobody = maturity_change(
        scored("2025-26", {}), scored("2024-25", LAST_YEAR), frozenset({("RISER", "leadership")})
    )
    assert len(MATURITY_CHANGE.validate(nobody)) == 0
