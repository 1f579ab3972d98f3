"""Nobody decides about a return in which they had a part, whatever roles they have today."""

from __future__ import annotations

import pytest
from portal_samples import CYCLE, OTHER_TRUST, TRUST, Running
from reviewing_samples import LEAD, REVIEWER, accept, returned, shown

from remi.store.people import add_person, end_role, find_by_email, grant
from schemas.people import WHOLE_COLLABORATION
from schemas.portal import Role
from schemas.reviews import Outcome

PAGE = f"/reviews/{CYCLE}/{TRUST}"


def becomes_reviewer(
    running: Running, email: str, role: Role, organisation_id: str = TRUST
) -> None:
    """Loses the role, and is given that of a reviewer a day later."""
    engine = running.portal.workspace.engine
    known = find_by_email(engine, email)
    assert known is not None
    end_role(engine, known.person_id, role, organisation_id, running.portal.moment())
    running.clock.forward(days=1)
    again = add_person(engine, f" {email.upper()}", None, running.portal.moment())
    grant(engine, again, "reviewer", WHOLE_COLLABORATION, running.portal.moment())
    assert again == known.person_id


@pytest.mark.parametrize(("email", "role"), [(LEAD, "lead"), ("partner@trust.example", "partner")])
def test_a_role_that_was_taken_away_still_counts(running: Running, email: str, role: Role) -> None:
    returned(running)
    becomes_reviewer(running, email, role)
    with running.signed_in(email) as browser:
        assert browser.get(PAGE).status_code == 403
        assert browser.post(PAGE, data={}).status_code in (403, 404, 405)
        assert PAGE not in browser.get(f"/reviews/{CYCLE}").text
    with running.signed_in(REVIEWER) as browser:
        assert browser.get(PAGE).status_code == 200
        assert PAGE in browser.get(f"/reviews/{CYCLE}").text


def test_whoever_signed_off_counts_without_any_role_in_the_round(running: Running) -> None:
    returned(running, OTHER_TRUST)  # sent and signed off by the lead of another organisation
    becomes_reviewer(running, LEAD, "lead")
    with running.signed_in(LEAD) as browser:
        assert browser.get(f"/reviews/{CYCLE}/{OTHER_TRUST}").status_code == 403


def test_a_part_in_a_department_is_one_in_the_whole(running: Running) -> None:
    returned(running, "DEMO-T04")
    engine, now = running.portal.workspace.engine, running.portal.moment()
    person_id = add_person(engine, "deputy@unit.example", None, now)
    running.people["deputy@unit.example"] = person_id
    grant(engine, person_id, "partner", "DEMO-T04-CH", now)
    becomes_reviewer(running, "deputy@unit.example", "partner", "DEMO-T04-CH")
    with running.signed_in("deputy@unit.example") as browser:
        assert browser.get(f"/reviews/{CYCLE}/DEMO-T04").status_code == 403


def test_a_role_that_ended_before_the_round_is_none_of_it(running: Running) -> None:
    engine = running.portal.workspace.engine
    running.clock.forward(days=-400)
    person_id = add_person(engine, "former@trust.example", None, running.portal.moment())
    running.people["former@trust.example"] = person_id
    grant(engine, person_id, "lead", TRUST, running.portal.moment())
    end_role(engine, person_id, "lead", TRUST, running.portal.moment())
    running.clock.forward(days=400)
    grant(engine, person_id, "reviewer", WHOLE_COLLABORATION, running.portal.moment())
    returned(running)
    with running.signed_in("former@trust.example") as browser:
        assert browser.get(PAGE).status_code == 200


def test_what_a_reviewer_decided_holds_no_longer_once_they_take_part(running: Running) -> None:
    returned(running)
    claim = next(iter(shown(running).values()))
    name = f"{claim.claim.indicator_id}-{claim.claim.stage}"
    accept(running.signed_in(REVIEWER), claim)
    assert shown(running)[name].outcome is Outcome.ACCEPTED
    engine, now = running.portal.workspace.engine, running.portal.moment()
    grant(engine, running.people[REVIEWER], "lead", TRUST, now)
    again = shown(running)[name]
    assert again.outcome is Outcome.LOOK_AGAIN
    assert len(again.history) == 1, "what was decided is never forgotten"
    second = running.signed_in("second-reviewer@collaboration.example")
    assert accept(second, again).status_code == 303
    assert shown(running)[name].outcome is Outcome.ACCEPTED
