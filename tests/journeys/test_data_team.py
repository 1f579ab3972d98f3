"""The data team: runs repeat to the byte, every number can be followed, nothing leaks."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from conftest_journeys import LAST, run_pipeline, work_in
from openpyxl import load_workbook

from remi.cycle.tables import read_tables
from remi.cycle.work import CycleWork
from schemas import reviews, store

RESULTS = [
    store.verdict,
    store.problem,
    store.answer,
    store.record_value,
    store.indicator_stage,
    store.commitment_stage,
    store.organisation_profile,
    store.maturity_change,
    store.linked_change,
    store.score_change,
    store.stage_sensitivity,
    reviews.assured_stage,
    reviews.assurance_agreement,
    store.figure,
]


def results(work: CycleWork) -> dict[str, str]:
    """Every stored result of the cycle, each table as one hash."""
    return {
        table.name: hashlib.sha256(work.read(table).to_csv(index=False).encode()).hexdigest()
        for table in RESULTS
    }


def release_bytes(home: Path) -> dict[str, str]:
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((home / "releases").rglob("*"))
        if path.is_file()
    }


def test_running_the_job_twice_changes_no_byte_of_the_results(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = work_in(home, monkeypatch)
    before, files_before = results(work), release_bytes(home)
    done = run_pipeline(home, LAST)
    assert done.returncode == 0, done.stderr
    assert results(work) == before
    assert release_bytes(home) == files_before


def test_a_number_in_a01_can_be_followed_through_stored_rows_to_its_cells(
    work: CycleWork,
) -> None:
    table = read_tables(work, "computed")["A01"]
    row = table[(table["declared_stage"].notna()) & (table["declared_stage"] > 0)].iloc[0]
    organisation, stage = row["organisation_id"], int(row["declared_stage"])
    commitment = next(c for c in work.framework.commitments if c.short_name == row["commitment"])

    stored = work.read(store.commitment_stage)
    of_commitment = stored[
        (stored["organisation_id"] == organisation) & (stored["commitment_id"] == commitment.id)
    ].iloc[0]
    assert int(of_commitment["stage"]) == stage

    indicators = work.read(store.indicator_stage)
    core = indicators[
        (indicators["organisation_id"] == organisation)
        & (indicators["commitment_id"] == commitment.id)
        & indicators["core"].astype(bool)
        & indicators["stage"].notna()
    ]
    assert int(core["stage"].min()) == stage

    submissions = work.read(store.submission).set_index("submission_id")
    sha256 = submissions.loc[of_commitment["submission_id"], "sha256"]
    workbook = load_workbook(BytesIO(work.workspace.objects.get(sha256)))
    answers = work.read(store.answer)
    mine = answers[
        (answers["submission_id"] == of_commitment["submission_id"])
        & answers["indicator_id"].isin(core["indicator_id"])
        & (answers["stage"] <= stage)
    ]
    labels = {
        spelling.casefold(): answer.meaning.value
        for answer in work.framework.answers
        for spelling in (answer.label, *answer.also_accepted)
    }
    assert len(mine) >= stage
    for answer in mine.itertuples():
        written = workbook[answer.sheet][answer.cell].value
        assert labels[str(written).strip().casefold()] == answer.answer
        assert answer.answer in ("met", "not_applicable")


def test_every_published_percentage_is_its_two_counts(work: CycleWork) -> None:
    tables = read_tables(work, "computed")
    checked = 0
    for table in work.tables:
        for column in table.columns:
            if column.of is None:
                continue
            numerator, denominator = column.of
            frame = tables[table.id]
            for row in frame[frame[column.id].notna()].to_dict("records"):
                exact = Fraction(int(row[numerator]) * 100, int(row[denominator]))
                assert row[column.id] == pytest.approx(float(exact)), (table.id, column.id)
                checked += 1
    assert checked > 50


def test_a_partner_that_returned_nothing_is_not_returned_and_never_zero(work: CycleWork) -> None:
    verdicts = work.read(store.verdict)
    sent = set(verdicts["organisation_id"].dropna())
    silent = set(work.partners["organisation_id"]) - sent
    assert silent
    table = read_tables(work, "computed")["A01"]
    rows = table[table["organisation_id"].isin(silent)]
    assert set(rows["status"]) == {"Not returned"}
    assert len(rows) == len(silent) * len(work.framework.commitments)
    for column in ("declared_stage", "score", "completeness_pct"):
        assert rows[column].isna().all()
        assert set(rows[f"{column}_status"]) == {"x"}


def test_nothing_that_a_partner_wrote_is_in_dagsters_records(
    published: Path, work: CycleWork
) -> None:
    values = work.read(store.record_value)
    free_text = values[
        values["column_id"].isin(["evidence_title", "action", "reason_not_applicable"])
    ]["text"].dropna()
    phrases = {text for text in free_text if len(text) > 12}
    phrases |= set(work.read(store.problem)["seen"].dropna().loc[lambda s: s.str.len() > 8])
    assert len(phrases) > 20
    kept = b"".join(
        path.read_bytes() for path in (published / "dagster").rglob("*") if path.is_file()
    )
    assert len(kept) > 100_000
    leaked = [phrase for phrase in phrases if phrase.encode() in kept]
    assert leaked == []


def test_every_submission_is_kept_byte_for_byte(published: Path, work: CycleWork) -> None:
    submissions = work.read(store.submission)
    inbox = [p for p in (published / "inbox" / LAST).rglob("*") if p.is_file()]
    hashes = {hashlib.sha256(p.read_bytes()).hexdigest() for p in inbox}
    assert hashes == set(submissions["sha256"])
    for sha256 in submissions["sha256"]:
        content = work.workspace.objects.get(sha256)
        assert hashlib.sha256(content).hexdigest() == sha256


def test_an_earlier_cycle_is_untouched_by_a_later_run(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = work_in(home, monkeypatch, "2024-25")
    before = results(earlier)
    assert run_pipeline(home, LAST, "score_cycle").returncode == 0
    assert results(earlier) == before


def test_the_last_good_version_counts(work: CycleWork) -> None:
    verdicts = work.read(store.verdict)
    places = work.read(store.submission).set_index("submission_id")["place"]
    good = verdicts[(verdicts["outcome"] == "accepted") & (verdicts["kind"] == "assessment")]
    more_than_one = good.groupby("organisation_id").filter(lambda rows: len(rows) > 1)
    assert not more_than_one.empty
    for _, rows in good.groupby("organisation_id"):
        newest = rows.loc[rows["submission_id"].map(places).idxmax()]
        counting = rows[rows["counts"].astype(bool)]
        assert list(counting["submission_id"]) == [newest["submission_id"]]
        assert pd.isna(newest["superseded_by"])
