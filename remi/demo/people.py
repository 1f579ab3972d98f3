"""Invented people for the demonstration's portal: one of each role, and a lead for each partner."""

from __future__ import annotations

from datetime import datetime

from remi.demo.partners import PARTNERS
from remi.store.people import add_person, grant
from remi.workspace import Workspace
from schemas.people import WHOLE_COLLABORATION
from schemas.portal import Role

STAFF: tuple[tuple[str, str, Role], ...] = (
    ("data@collaboration.example", "Robin Datateam", "data_team"),
    ("reviewer@collaboration.example", "Sam Reviewer", "reviewer"),
    ("second-reviewer@collaboration.example", "Alex Reviewer", "reviewer"),
    ("leader@collaboration.example", "Jo Leader", "leader"),
)
WORDS = {"data_team": "the data team", "reviewer": "a reviewer", "leader": "a leader"}
SHOWN_LEADS = 2


def add_demo_people(workspace: Workspace, now: datetime) -> dict[str, str]:
    """Add them where they are missing; the addresses to sign in with, and who each one is."""
    engine, shown = workspace.engine, {}
    for email, name, role in STAFF:
        grant(engine, add_person(engine, email, name, now), role, WHOLE_COLLABORATION, now)
        shown[email] = WORDS[role]
    for place, partner in enumerate(PARTNERS):
        email = f"lead@{partner.organisation_id.lower()}.example"
        person_id = add_person(engine, email, None, now)
        grant(engine, person_id, "lead", partner.organisation_id, now)
        if place in range(1, SHOWN_LEADS + 1):
            shown[email] = f"the lead of {partner.name}"
    return shown
