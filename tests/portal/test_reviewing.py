"""A reviewer's way: see who waits, look at claims and evidence, decide, and look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from openpyxl import Workbook
from portal_samples import CYCLE, OTHER_TRUST, TRUST, Running, form_token
from reviewing_samples import (
    LEAD,
    PAGE,
    REVIEWER,
    SECOND,
    accept,
    answer_cell,
    changed,
    hidden,
    kept,
    opened,
    person,
    put,
    returned,
    send,
    shown,
)
from sqlalchemy import select

from remi.cycle.work import CycleWork
from remi.review.assuring import reviewed
from remi.review.deciding import CHANGED, NO_GRADE, NO_REASON, related
from schemas.people import event
from schemas.reviews import Outcome


def test_only_a_return_that_counts_waits_for_its_reviewers(running: Running) -> None:
    browser = running.signed_in(REVIEWER)
    assert "No return waits for you" in browser.get("/reviews").text
    returned(running, signed=False)
    assert "No return waits for you" in browser.get("/reviews").text
    assert browser.get(PAGE).status_code == 404
    returned(running, OTHER_TRUST)
    listed = browser.get("/reviews").text
    assert f"/reviews/{CYCLE}/{OTHER_TRUST}" in listed
    assert PAGE not in listed
    claims = shown(running, OTHER_TRUST)
    assert f"<td>0 of {len(claims)}</td><td>{len(claims)}</td>" in listed


def test_claims_come_with_their_evidence_the_highest_stage_first(running: Running) -> None:
    returned(running)
    claim = next(c for c in shown(running).values() if c.claim.stage == 3 and c.claim.items)
    page = opened(running.signed_in(REVIEWER), claim).text
    indicator = claim.claim.indicator_id
    places = [page.index(f'id="claim-{indicator}-{stage}"') for stage in (3, 2, 1)]
    assert places == sorted(places)
    section = page[places[0] :].split("</section>")[0]
    item = claim.claim.items[0]
    for text in (item.title, item.place, "n date until" if item.in_date else "Out of date"):
        assert text is not None
        assert text in section
    assert "Not reviewed yet" in section


def test_several_decisions_are_kept_together_with_who_made_them_and_when(running: Running) -> None:
    submission_id = returned(running)
    browser = running.signed_in(REVIEWER)
    first, second = [c for c in shown(running).values() if c.claim.commitment_id == "leadership"][
        :2
    ]
    names = [f"{c.claim.indicator_id}__{c.claim.stage}" for c in (first, second)]
    answer = send(
        browser,
        opened(browser, first),
        **{
            f"decision__{names[0]}": "accepted",
            f"grade__{names[0]}": "verified",
            f"decision__{names[1]}": "not_accepted",
            f"reason__{names[1]}": "It shows a plan, <b>not</b> that it is done.",
        },
    )
    assert answer.status_code == 303
    made = sorted(kept(running), key=lambda one: one.decision)
    assert [(m.decision, m.grade, m.submission_id) for m in made] == [
        ("accepted", "verified", submission_id),
        ("not_accepted", "described" if second.claim.items else "none", submission_id),
    ]
    assert {m.person_id for m in made} == {running.people[REVIEWER]}
    assert {m.decided_at for m in made} == {running.portal.moment()}
    page = browser.get(answer.headers["location"]).text
    assert "2 decisions were kept" in page
    assert "Not accepted by Reviewer on 10 November 2026" in page
    assert "a plan, &lt;b&gt;not&lt;/b&gt; that" in page
    with running.portal.workspace.engine.connect() as connection:
        logged = connection.execute(select(event).where(event.c.what == "claims_reviewed")).all()
    assert [(e.organisation_id, e.subject) for e in logged] == [(TRUST, submission_id)]


def test_a_partner_reads_what_reviewers_ask_of_it_and_never_who_they_are(running: Running) -> None:
    returned(running)
    result = f"/organisations/{TRUST}/{CYCLE}/result"
    partner, browser = running.signed_in(LEAD), running.signed_in(REVIEWER)
    assert "What reviewers decided" not in partner.get(result).text
    first, second = [c for c in shown(running).values() if c.claim.commitment_id == "leadership"][
        :2
    ]
    names = [f"{c.claim.indicator_id}__{c.claim.stage}" for c in (first, second)]
    accept(browser, first)
    asked = {
        f"decision__{names[1]}": "more_evidence",
        f"reason__{names[1]}": "Name the <b>minutes</b>.",
    }
    assert send(browser, opened(browser, second), **asked).status_code == 303
    told = partner.get(result).text.partition('id="review"')[2].partition("<h2")[0]
    assert "2 of " in told
    assert "More evidence asked for" in told
    assert "Name the &lt;b&gt;minutes&lt;/b&gt;." in told
    assert told.count('class="nhsuk-table__row"') == 2  # the headings and one claim
    assert all(word not in told for word in (REVIEWER, "Reviewer on", "by Reviewer"))
    again = accept(browser, shown(running)[names[1].replace("__", "-")])
    assert again.status_code == 303
    told = partner.get(result).text.partition('id="review"')[2].partition("<h2")[0]
    assert "Nothing more is asked of you" in told


def test_a_whole_row_is_decided_at_once_but_for_what_is_chosen_otherwise(running: Running) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    claims = shown(running)
    rows = [c.claim.indicator_id for c in claims.values()]
    row = next(r for r in rows if rows.count(r) >= 3)
    page = opened(browser, claims[f"{row}-1"])
    answer = send(
        browser,
        page,
        **{
            f"decision__{row}": "accepted",
            f"grade__{row}": "documented",
            f"decision__{row}__2": "more_evidence",
            f"reason__{row}__2": "Please name this year's figures.",
        },
    )
    assert answer.status_code == 303
    assert {(m.stage, str(m.decision)) for m in kept(running)} == {
        (stage, "more_evidence" if stage == 2 else "accepted")
        for stage in range(1, rows.count(row) + 1)
    }


@pytest.mark.parametrize(
    ("decision", "reason", "field", "text"),
    [
        ("not_accepted", "  ", "reason", NO_REASON),
        ("more_evidence", "", "reason", NO_REASON),
        ("accepted", "", "grade", NO_GRADE),
        ("agreed", "", "decision", "Choose one of the decisions"),
        ("not_accepted", "x" * 1_001, "reason", "at most 1,000"),
        ("more_evidence", "Ask ann@trust.example", "reason", "Name no person"),
    ],
)
def test_a_decision_that_lacks_something_is_shown_again_and_nothing_is_kept(
    running: Running, decision: str, reason: str, field: str, text: str
) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    good, bad = [c for c in shown(running).values() if c.claim.commitment_id == "leadership"][:2]
    names = [f"{c.claim.indicator_id}__{c.claim.stage}" for c in (good, bad)]
    answer = send(
        browser,
        opened(browser, good),
        **{
            f"decision__{names[0]}": "accepted",
            f"grade__{names[0]}": "documented",
            f"decision__{names[1]}": decision,
            f"reason__{names[1]}": reason,
        },
    )
    assert answer.status_code == 422
    assert kept(running) == []
    target = f"{field}-{names[1]}".replace("__", "-")
    assert f'href="#{target}"' in answer.text
    assert f'id="{target}"' in answer.text
    assert text in answer.text
    assert "Error: Review of" in answer.text
    assert 'value="accepted" selected' in answer.text, "what was chosen is still there"
    fixed = send(
        browser,
        answer,
        **{
            f"decision__{names[1]}": "not_accepted",
            f"reason__{names[1]}": "Not shown.",
            f"decision__{names[0]}": "",
        },
    )
    assert fixed.status_code == 303
    assert len(kept(running)) == 1


def test_a_claim_that_changed_since_the_page_was_opened_is_not_decided_unseen(
    running: Running,
) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    claim = next(c for c in shown(running).values() if c.claim.items)
    name = f"{claim.claim.indicator_id}__{claim.claim.stage}"
    before = opened(browser, claim)
    other = changed(
        running.workbook(), put(claim.claim.indicator_id, "Evidence title", "Another paper")
    )
    returned(running, content=other)
    choice = {f"decision__{name}": "accepted", f"grade__{name}": "documented"}
    answer = send(browser, before, **choice)
    assert (answer.status_code, kept(running)) == (422, [])
    assert CHANGED in answer.text
    assert "Another paper" in answer.text
    assert send(browser, answer, **choice).status_code == 303


def test_what_another_reviewer_decided_meanwhile_is_shown_before_it_is_decided_again(
    running: Running,
) -> None:
    returned(running)
    first, second = running.signed_in(REVIEWER), running.signed_in(SECOND)
    claim = next(iter(shown(running).values()))
    name = f"{claim.claim.indicator_id}__{claim.claim.stage}"
    before = opened(second, claim)
    assert accept(first, claim).status_code == 303
    refusal = {f"decision__{name}": "not_accepted", f"reason__{name}": "It is not shown."}
    answer = send(second, before, **refusal)
    assert answer.status_code == 422
    assert "Accepted by Reviewer" in answer.text
    assert len(kept(running)) == 1
    assert send(second, answer, **refusal).status_code == 303
    assert [str(m.decision) for m in kept(running)] == ["accepted", "not_accepted"]


def test_a_newer_return_is_looked_at_again_only_where_it_says_something_else(
    running: Running,
) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    claims = [c for c in shown(running).values() if c.claim.commitment_id == "leadership"]
    page = opened(browser, "leadership")
    rows = {c.claim.indicator_id for c in claims}
    choices = {f"decision__{row}": "accepted" for row in rows}
    choices |= {f"grade__{row}": "documented" for row in rows}
    singles = {r for r in rows if sum(c.claim.indicator_id == r for c in claims) == 1}
    for row in singles:
        stage = next(c.claim.stage for c in claims if c.claim.indicator_id == row)
        choices |= {f"decision__{row}__{stage}": "accepted", f"grade__{row}__{stage}": "documented"}
    assert send(browser, page, **choices).status_code == 303
    assert {
        c.outcome for c in shown(running).values() if c.claim.commitment_id == "leadership"
    } == {Outcome.ACCEPTED}
    moved = next(c.claim.indicator_id for c in claims if c.claim.items)
    running.clock.forward(days=1)
    newer = returned(
        running, content=changed(running.workbook(), put(moved, "Link", "On the intranet"))
    )
    after = [c for c in shown(running).values() if c.claim.commitment_id == "leadership"]
    assert {c.claim.submission_id for c in after} == {newer}
    again = {c.claim.indicator_id for c in after if c.outcome is Outcome.LOOK_AGAIN}
    still = {c.claim.indicator_id for c in after if c.outcome is Outcome.ACCEPTED}
    assert (again, still) == ({moved}, rows - {moved})
    page_now = opened(running.signed_in(REVIEWER), "leadership").text
    assert "Changed, look again" in page_now
    assert "No longer holds" in page_now


def test_nobody_but_its_reviewers_sees_a_review(running: Running) -> None:
    returned(running)
    assert running.browser().get(PAGE).headers["location"].startswith("/sign-in")
    for email in (LEAD, "lead@other.example", "data@collaboration.example"):
        browser = running.signed_in(email)
        assert browser.get(PAGE).status_code == 404
        assert browser.get("/reviews").status_code == 404
        token = form_token(browser.get("/"))
        assert browser.post(f"{PAGE}/decisions", data={"form_token": token}).status_code == 404
    of_other = person(running, "assigned@collaboration.example", ("reviewer", OTHER_TRUST))
    assert of_other.get(PAGE).status_code == 404
    assert PAGE not in of_other.get("/reviews").text
    assert running.signed_in(REVIEWER).get(f"/reviews/2019-20/{TRUST}").status_code == 404


def test_nobody_reviews_their_own_return_nor_one_that_it_is_a_part_of(running: Running) -> None:
    returned(running)
    returned(running, "DEMO-T04")
    returned(running, "DEMO-T04-CH")
    own = person(
        running, "both@trust.example", ("reviewer", "all"), ("partner", TRUST), ("lead", "DEMO-T04")
    )
    listed = own.get("/reviews").text
    assert "No return waits for you" in listed
    assert own.get(PAGE).status_code == 404
    assert own.get(f"/reviews/{CYCLE}/DEMO-T04").status_code == 404
    department = own.get(f"/reviews/{CYCLE}/DEMO-T04-CH")
    assert department.status_code == 403
    assert "another reviewer decides" in department.text
    claim = next(iter(shown(running).values()))
    name = f"{claim.claim.indicator_id}-{claim.claim.stage}"
    stranger = opened(running.signed_in(REVIEWER), claim)
    fields = {f"decision-{name}": "accepted", f"grade-{name}": "verified"}
    token = {"form_token": form_token(own.get("/"))}
    for code, path in ((404, PAGE), (403, f"/reviews/{CYCLE}/DEMO-T04-CH")):
        answer = own.post(f"{path}/decisions", data={**hidden(stranger), **fields, **token})
        assert answer.status_code == code
    assert kept(running) == []


def test_a_form_from_another_site_or_session_decides_nothing(running: Running) -> None:
    returned(running)
    claim = next(iter(shown(running).values()))
    name = f"{claim.claim.indicator_id}-{claim.claim.stage}"
    theirs = hidden(opened(running.signed_in(SECOND), claim))
    browser = running.signed_in(REVIEWER)
    fields = {f"decision-{name}": "accepted", f"grade-{name}": "verified"}
    replayed = browser.post(f"{PAGE}/decisions", data={**theirs, **fields})
    mine = hidden(opened(browser, claim))
    forged = browser.post(
        f"{PAGE}/decisions", data={**mine, **fields}, headers={"origin": "https://other.example"}
    )
    assert (replayed.status_code, forged.status_code) == (403, 403)
    assert kept(running) == []


def test_what_a_department_took_over_is_decided_where_it_was_answered(running: Running) -> None:
    returned(running, "DEMO-T04")
    content = running.workbook("DEMO-T04-CH")

    def blank(book: Workbook) -> None:
        for stage in range(1, 7):
            sheet, address = answer_cell(book, "L1", stage)
            book[sheet][address] = None

    returned(running, "DEMO-T04-CH", changed(content, blank))
    taken = [c for c in shown(running, "DEMO-T04-CH").values() if c.claim.indicator_id == "L1"]
    assert taken
    assert all(c.claim.taken_over for c in taken)
    browser = running.signed_in(REVIEWER)
    path = f"/reviews/{CYCLE}/DEMO-T04-CH"
    page = opened(browser, "leadership", path)
    assert "It is reviewed there" in page.text
    whole = shown(running, "DEMO-T04")["L1-1"]
    assert accept(browser, whole, f"/reviews/{CYCLE}/DEMO-T04").status_code == 303
    after = shown(running, "DEMO-T04-CH")["L1-1"]
    assert after.outcome is Outcome.ACCEPTED


def test_decisions_are_dated_in_utc(running: Running) -> None:
    returned(running)
    claim = next(iter(shown(running).values()))
    accept(running.signed_in(REVIEWER), claim)
    (made,) = kept(running)
    assert made.decided_at == datetime(2026, 11, 10, 9, 31)  # noqa: DTZ001 - as it is stored


def test_whoever_assessed_jointly_or_belongs_to_an_organisation_is_related_to_it(
    running: Running,
) -> None:
    partners = running.portal.work(CYCLE).partners
    assert related(partners, []) == set()
    assert related(partners, ["DEMO-T04"]) == {"DEMO-T04", "DEMO-T04-CH"}
    assert related(partners, ["DEMO-T04-CH"]) == {"DEMO-T04", "DEMO-T04-CH"}
    joint = partners.loc[partners["joint_group"] == "pair", "organisation_id"].tolist()
    assert related(partners, joint[:1]) == set(joint)
    assert len(joint) == 2


def test_with_two_reviewers_wanted_a_claim_waits_for_another_person(running: Running) -> None:
    returned(running)
    configuration = running.portal.workspace.configuration
    wants_two = configuration.portal.model_copy(update={"two_person_review": True})
    workspace = replace(
        running.portal.workspace, configuration=replace(configuration, portal=wants_two)
    )
    work = CycleWork(workspace, CYCLE)
    name, claim = next(iter(shown(running).items()))

    def outcome() -> Outcome:
        found = reviewed(work, TRUST)
        return next(o.outcome for o in found if f"{o.claim.indicator_id}-{o.claim.stage}" == name)

    for browser in (running.signed_in(REVIEWER), running.signed_in(REVIEWER)):
        assert accept(browser, claim).status_code == 303
        assert outcome() is Outcome.SECOND_NEEDED
    assert accept(running.signed_in(SECOND), claim).status_code == 303
    assert outcome() is Outcome.ACCEPTED
