"""Invented reviewers decide in a believable way, the same each time, and only once."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from demo_samples import KEY, WrittenDemo

from remi.cycle.work import CycleWork
from remi.demo.partners import PARTNERS
from remi.demo.reviews import REVIEWERS, review_demo
from remi.review.assuring import assure, reviewed
from remi.settings import Settings
from remi.store.people import find_person
from remi.store.reviews import decisions_of
from remi.workspace import open_workspace
from schemas.reviews import Decision, DecisionMade, ReviewStatus

CYCLE = "2025-26"


def decided(settings: Settings) -> tuple[CycleWork, list[DecisionMade]]:
    work = CycleWork(open_workspace(settings), CYCLE)
    assert review_demo(work.workspace, [CYCLE]) == len(decisions_of(work.workspace.engine, CYCLE))
    return work, decisions_of(work.workspace.engine, CYCLE)


def copy_of(settings: Settings, home: Path) -> Settings:
    shutil.copytree(settings.inbox, home / "inbox")
    shutil.copy(settings.register, home / "register.csv")
    return replace(
        settings,
        home=home,
        database_url=f"sqlite:///{home / 'remi.db'}",
        objects_url=f"file://{home / 'objects'}",
        inbox=home / "inbox",
        register=home / "register.csv",
    )


def test_invented_reviewers_look_at_a_share_of_the_named_partners(
    third_year: WrittenDemo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMI_SIGNING_KEY", KEY)
    work, made = decided(copy_of(third_year.settings, tmp_path / "one"))
    engine = work.workspace.engine
    assert {one.person_id for one in made} <= {person_id for person_id, _, _ in REVIEWERS}
    for person_id, email, _ in REVIEWERS:
        person = find_person(engine, person_id)
        assert person is not None
        assert person.has("reviewer")
        assert email.endswith(".example")
    named = {p.organisation_id for p in PARTNERS if p.named}
    claims = reviewed(work)
    returned = {one.claim.organisation_id for one in claims} & named
    looked_at = {one.organisation_id for one in made}
    assert looked_at < returned
    assert 0.35 <= len(looked_at) / len(returned) <= 0.85
    assert {one.decision for one in made} == set(Decision)
    accepted = sum(one.decision is Decision.ACCEPTED for one in made)
    assert 0.7 <= accepted / len(made) <= 0.98
    assert all(one.reason for one in made if one.decision is not Decision.ACCEPTED)
    assert all(work.cycle.closes < one.decided_at.date() <= work.cycle.publishes for one in made)
    stages = assure(work)
    commitments = stages[stages["level"] == "commitment"]
    assert set(commitments["status"]) >= {s.value for s in ReviewStatus}
    gaps = commitments["overclaim_gap"].dropna()
    assert (gaps == 0).any()
    assert (gaps > 0).any()
    assert review_demo(work.workspace, [CYCLE]) == 0, "what is decided is not decided again"

    _, again = decided(copy_of(third_year.settings, tmp_path / "two"))
    assert again == made
