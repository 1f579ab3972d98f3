"""Organisations, files, verdicts and people written straight into the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, insert

from remi.store.board import Round
from schemas.people import person, role, sign_off
from schemas.store import ANYONE, organisation, submission, verdict

CYCLE = "2026-27"
BEFORE = "2025-26"
DUE = datetime.fromisoformat("2026-12-01T00:00")
ROUND = Round(CYCLE, date(2026, 11, 30), DUE, sign_off_needed=True)
EARLY = datetime.fromisoformat("2026-11-03T09:00")
LATE = datetime.fromisoformat("2026-12-02T09:00")


@dataclass(frozen=True)
class Sent:
    """A file: whose, what was decided about it, and when it was signed off."""

    organisation_id: str | None
    outcome: str | None = "accepted"
    counts: bool = False
    signed_at: datetime | None = None
    received_at: datetime = EARLY
    kind: str = "assessment"
    inbox: bool = False
    cycle: str = CYCLE


def organisation_row(organisation_id: str, **other: object) -> dict[str, object]:
    return {
        "organisation_id": organisation_id,
        "valid_from": date(2022, 1, 1),
        "valid_to": None,
        "name": f"Name of {organisation_id}",
        "sector": "nhs_trust",
        "lead_system": "QMF",
        "systems": "QMF",
        "borough": None,
        "unit_type": "organisation",
        "parent_id": None,
        "joint_group": None,
        "agreed_to_be_named": True,
        "successor_id": None,
        **other,
    }


def add_organisations(engine: Engine, *rows: dict[str, object]) -> None:
    with engine.begin() as connection:
        connection.execute(insert(organisation), list(rows))


def add_files(engine: Engine, *files: Sent) -> list[str]:
    """The ids of the files, which arrived in this order."""
    with engine.begin() as connection:
        add_person_row(connection, "signer", "signer@example.org")
        return [_add_file(connection, place, one) for place, one in enumerate(files, start=1)]


def _add_file(connection: Connection, place: int, one: Sent) -> str:
    submission_id = f"{one.cycle}-{place:012}"
    connection.execute(
        insert(submission).values(
            submission_id=submission_id,
            cycle=one.cycle,
            sha256=f"{place:064}",
            size=1,
            file_name="return.xlsx",
            door="inbox" if one.inbox else "portal",
            received_at=one.received_at,
            came_last_at=one.received_at,
            place=place,
            sent_for=ANYONE if one.inbox else one.organisation_id,
        )
    )
    if one.outcome:
        connection.execute(
            insert(verdict).values(
                cycle=one.cycle,
                submission_id=submission_id,
                kind=one.kind,
                organisation_id=one.organisation_id,
                outcome=one.outcome,
                counts=one.counts,
                superseded_by=None,
                framework_version=None,
                cells_read=1,
                n_must_fix=place,
                n_check=2 * place,
                n_note=0,
            )
        )
    if one.signed_at:
        connection.execute(
            insert(sign_off).values(
                submission_id=submission_id,
                place=1_000 + place,
                cycle=one.cycle,
                organisation_id=one.organisation_id,
                person_id="signer",
                signed_at=one.signed_at,
            )
        )
    return submission_id


def add_person_row(
    connection: Connection, person_id: str, email: str, ended_at: datetime | None = None
) -> None:
    connection.execute(
        insert(person).values(
            person_id=person_id, email=email, name=None, added_at=EARLY, ended_at=ended_at
        )
    )


def add_role_row(
    connection: Connection,
    person_id: str,
    given: str,
    organisation_id: str,
    ended_at: datetime | None = None,
) -> None:
    connection.execute(
        insert(role).values(
            person_id=person_id,
            role=given,
            organisation_id=organisation_id,
            granted_at=EARLY,
            granted_by=None,
            ended_at=ended_at,
        )
    )
