"""The page of one file: what was decided, what to do, what we read; its workbook and receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.background import BackgroundTask
from starlette.responses import Response

from remi.cycle.arrivals import arrivals_of, received
from remi.cycle.one_file import sign_off
from remi.cycle.work import CycleWork
from remi.intake.locating.personal_data import personal_details
from remi.partner.annotated import annotated_workbook
from remi.portal.access import OWN_LEAD, OWN_ORGANISATION
from remi.portal.answers import NotThere, Refused, attachment, go_to, page
from remi.portal.partner_home import OWN, due, organisation_of
from remi.portal.receipt import receipt_number
from remi.portal.rounds import context_of
from remi.portal.routing import Page
from remi.portal.signed_off_mail import tell_leads
from remi.portal.standing import Sent, everything_sent, look_at
from remi.portal.verdict_view import (
    SEVERITIES,
    Answers,
    Since,
    checked,
    grouped,
    of_another_organisation,
    of_another_round,
    sections_read,
    since,
)
from remi.portal.visit import Visit
from remi.review.deciding import PERSONAL_DETAILS
from remi.store.deliveries import SignOff, sent_for
from remi.store.events import log
from remi.store.explanations import Explanation, explain, explanations_of
from remi.store.submissions import Submission
from remi.store.verdicts import answers_of, values_changed
from schemas.intake import Received, Verdict

LONGEST_EXPLANATION = 1_000
NOT_YOURS = (
    "This file names another organisation, so it is not handed back. Send your own workbook."
)
NOTHING_TO_HAND_BACK = (
    "This file is not handed back: nothing in it could be read, or it was made for another "
    "organisation. Download your own workbook and send that."
)
SHOWN = 300
"""Problems on the page; the workbook that is handed back has all of them."""


def _addressed(visit: Visit) -> tuple[CycleWork, Submission]:
    """The file that the address names, which must have been sent for its organisation."""
    portal, organisation_id = visit.portal, visit.place["organisation_id"]
    submission_id = visit.place["submission_id"]
    submission = sent_for(portal.workspace.engine, organisation_id, submission_id)
    if submission is None or submission.cycle != visit.place.get("cycle", submission.cycle):
        raise NotThere
    return portal.work(submission.cycle), submission


def looked_up(visit: Visit) -> tuple[CycleWork, Sent]:
    """The same with what was decided about it."""
    work, submission = _addressed(visit)
    return work, look_at(visit.portal, work, submission)


def _facts(visit: Visit) -> dict[str, Any]:
    """Everything that the page and the receipt show."""
    work, submission = _addressed(visit)
    portal, organisation_id = visit.portal, visit.place["organisation_id"]
    organisation = organisation_of(work, organisation_id)
    all_of_them = everything_sent(portal, work, organisation_id)
    sent = next(one for one in all_of_them if one.submission == submission)
    engine, verdict = work.workspace.engine, sent.verdict
    alike = _alike(all_of_them, sent)
    before = _before(alike, sent, organisation_id)
    answers = answers_of(engine, sent.submission)
    explanations = explanations_of(engine, work.cycle_id, organisation_id)
    groups = (
        grouped(
            verdict,
            portal.configuration.messages,
            explanations,
            before.verdict if before else None,
        )
        if verdict
        else ()
    )
    return {
        "organisation": organisation,
        "due": due(visit, work.cycle),
        "sent": sent,
        "verdict": verdict,
        "groups": groups,
        "of_another_organisation": verdict is not None and of_another_organisation(verdict),
        "of_another_round": verdict is not None and of_another_round(verdict),
        "framework": _framework(work, verdict),
        "severities": SEVERITIES,
        "shown": SHOWN,
        "sections": sections_read(
            work.framework, answers, _asked(work, str(organisation["sector"]))
        )
        if verdict and verdict.kind == "assessment" and answers
        else (),
        "changed": _changed(work, sent, answers, before),
        "newest": alike[0].submission.submission_id,
        "receipt": receipt_number(portal.key, sent.submission),
        "is_lead": visit.who.has_for("lead", organisation_id),
        "to_explain": [
            line for group in groups for line in group.lines if line.key and not line.explained
        ],
    }


def _alike(all_of_them: list[Sent], sent: Sent) -> list[Sent]:
    """The files that are of the same kind as this one, or all where its kind is not known."""
    kind = _kind(sent)
    return [one for one in all_of_them if kind == "unknown" or _kind(one) == kind]


def _kind(sent: Sent) -> str:
    return sent.verdict.kind if sent.verdict else "unknown"


def _before(alike: list[Sent], sent: Sent, organisation_id: str) -> Sent | None:
    """The file to compare with: the last one before this that was looked at as this one was."""
    comparable = [one for one in alike if one.verdict and checked(one.verdict, organisation_id)]
    ids = [one.submission.submission_id for one in comparable]
    if sent.submission.submission_id not in ids:
        return None
    return next(iter(comparable[ids.index(sent.submission.submission_id) + 1 :]), None)


def _framework(work: CycleWork, verdict: Verdict | None) -> str | None:
    """What the file was judged by, as people know it."""
    if verdict is None or verdict.framework_version is None:
        return None
    framework = work.framework
    if verdict.framework_version != framework.name_and_version:
        return verdict.framework_version
    return f"{framework.title}, version {framework.version}"


def _asked(work: CycleWork, sector: str) -> list[str]:
    return [
        i.id
        for c in work.framework.commitments
        for i in c.indicators
        if work.framework.applies(i, sector)
    ]


def _changed(work: CycleWork, sent: Sent, answers: Answers, before: Sent | None) -> Since | None:
    if before is None or before.verdict is None or sent.verdict is None:
        return None
    engine = work.workspace.engine
    return since(
        sent.verdict,
        before.verdict,
        (answers_of(engine, before.submission), answers),
        values_changed(engine, before.submission, sent.submission),
    )


def _verdict(visit: Visit, wrong: Mapping[str, str] | None = None) -> Response:
    """The page; `wrong` says what is wrong with which of its fields."""
    again = visit.query.get("again") == "yes"
    return page(
        visit,
        "verdict.jinja",
        status=400 if wrong else 200,
        again=again,
        wrong=wrong,
        **_facts(visit),
    )


def _receipt(visit: Visit) -> Response:
    return page(visit, "receipt.jinja", **_facts(visit))


def _file(work: CycleWork, submission_id: str) -> Received:
    return next(iter(received(work, arrivals_of(work, [submission_id]))))


def annotated(visit: Visit) -> Response:
    """The workbook with what is wrong in it, for whoever sent it."""
    work, sent = looked_up(visit)
    portal, submission_id = visit.portal, sent.submission.submission_id
    if sent.verdict and of_another_organisation(sent.verdict):
        raise Refused(NOT_YOURS)
    handed = annotated_workbook(
        work, _file(work, submission_id), context_of(portal, work), portal.sandbox
    )
    if handed is None:
        raise Refused(NOTHING_TO_HAND_BACK)
    return attachment(handed.content, f"to-fix-{submission_id}.xlsx")


def _explain(visit: Visit) -> Response:
    work, submission = _addressed(visit)
    portal, organisation_id = visit.portal, visit.place["organisation_id"]
    if not due(visit, work.cycle).takes_returns:
        raise Refused(f"The round {work.cycle.label} does not take returns now.")
    facts = _facts(visit)
    keys = [line.key for group in facts["groups"] for line in group.lines if line.key]
    written = {key: text for key in keys if (text := visit.form.get(f"explain-{key}", "").strip())}
    wrong = {f"explain-{key}": fault for key, text in written.items() if (fault := _fault(text))}
    if wrong:
        return _verdict(visit, wrong)
    now = portal.moment()
    explain(
        portal.workspace.engine,
        [
            Explanation(
                work.cycle_id,
                organisation_id,
                key,
                now,
                submission.submission_id,
                visit.who.person_id,
                text,
            )
            for key, text in sorted(written.items())
        ],
    )
    return go_to(_address(visit))


def _fault(text: str) -> str | None:
    if len(text) > LONGEST_EXPLANATION:
        return f"An explanation may have at most {LONGEST_EXPLANATION:,} characters"
    return PERSONAL_DETAILS if personal_details(text) else None


def _sign_off(visit: Visit) -> Response:
    work, sent = looked_up(visit)
    portal, organisation_id = visit.portal, visit.place["organisation_id"]
    if sent.verdict is None or sent.verdict.outcome != "accepted":
        raise Refused("This file still needs changes, so it cannot be signed off.")
    if not due(visit, work.cycle).takes_returns:
        raise Refused(f"The round {work.cycle.label} does not take returns now.")
    if visit.form.get("agree") != "yes":
        return _verdict(visit, {"agree": "Tick the box to say that your organisation agrees"})
    now, submission_id = portal.moment(), sent.submission.submission_id
    said = sign_off(
        work, SignOff(submission_id, work.cycle_id, organisation_id, visit.who.person_id, now)
    )
    log(
        portal.workspace.engine,
        now,
        "signed_off",
        person_id=visit.who.person_id,
        organisation_id=organisation_id,
        cycle=work.cycle_id,
        subject=submission_id,
    )
    answer = go_to(f"{_address(visit)}/receipt")
    organisation = organisation_of(work, organisation_id)
    # After the answer: a mail server that is slow or away never holds up a sign-off.
    answer.background = BackgroundTask(
        tell_leads, portal, work, organisation, sent.submission, said
    )
    return answer


def _address(visit: Visit) -> str:
    place = visit.place
    return f"/organisations/{place['organisation_id']}/submissions/{place['submission_id']}"


FILE = f"{OWN}/submissions/{{submission_id}}"

PAGES = (
    Page("GET", FILE, OWN_ORGANISATION, _verdict),
    Page("GET", f"{FILE}/receipt", OWN_ORGANISATION, _receipt),
    Page("GET", f"{FILE}/annotated", OWN_ORGANISATION, annotated),
    Page("POST", f"{FILE}/explanations", OWN_ORGANISATION, _explain),
    Page("POST", f"{FILE}/sign-off", OWN_LEAD, _sign_off),
)
