"""The board's button for reminders: first who would get what, then sending it."""

from __future__ import annotations

import logging
from datetime import timedelta

from starlette.background import BackgroundTask
from starlette.responses import Response

from remi.cycle.work import CycleWork
from remi.portal.access import DATA_TEAM
from remi.portal.answers import Refused, go_to, page
from remi.portal.partner_home import due
from remi.portal.rounds import today, work_of
from remi.portal.routing import Page
from remi.portal.telling import note_not_sent
from remi.portal.visit import Portal, Visit
from remi.reminding import Reminders, reminders_due, send_reminders, written
from remi.store.logbook import emails_not_sent
from remi.store.reminders import sent_before
from schemas.portal import ReminderRule

REMINDER = "a reminder"
"""What the log calls one that was not sent."""

SHOWN = 200
"""People on the page; all of them get it."""

_log = logging.getLogger(__name__)


def _preview(visit: Visit) -> Response:
    work = work_of(visit)
    day = today(visit.portal)
    reminders = reminders_due(work, day)
    example = None
    if reminders and reminders.to:
        address = visit.portal.options.address
        example = written(work, reminders.rule, reminders.to[0], address, day)
    return page(
        visit,
        "board_reminders.jinja",
        due=due(visit, work.cycle),
        reminders=reminders,
        example=example,
        next_rule=_next_rule(visit, work),
        earlier=sent_before(work.workspace.engine, work.cycle_id),
        not_sent=emails_not_sent(work.workspace.engine, visit.portal.moment() - timedelta(days=1)),
        shown=SHOWN,
        sending=visit.query.get("sending") == "yes",
    )


def _next_rule(visit: Visit, work: CycleWork) -> tuple[ReminderRule, int] | None:
    """The reminder whose day comes next, and in how many days."""
    left = (work.cycle.closes - today(visit.portal)).days
    later = [rule for rule in visit.portal.policy.reminders if rule.days_before_closing < left]
    rule = max(later, key=lambda one: one.days_before_closing, default=None)
    return (rule, left - rule.days_before_closing) if rule else None


def _send(visit: Visit) -> Response:
    work, portal = work_of(visit), visit.portal
    reminders = reminders_due(work, today(portal))
    if reminders is None or reminders.rule.id != visit.form.get("kind"):
        raise Refused("Another reminder is due now. Look at who would get it, and send it then.")
    answer = go_to(f"/board/{work.cycle_id}/reminders?sending=yes")
    answer.background = BackgroundTask(_sending, portal, work, reminders, visit.who.person_id)
    return answer


def _sending(portal: Portal, work: CycleWork, reminders: Reminders, by: str) -> None:
    address = portal.options.address
    day = today(portal)
    done = send_reminders(work, reminders, portal.mailer, address, portal.now(), day, by)
    for _ in range(done.refused):
        note_not_sent(portal, REMINDER)
    if done.left:
        _log.error("%s reminders were left for later", done.left)


PAGES = (
    Page("GET", "/board/{cycle}/reminders", DATA_TEAM, _preview),
    Page("POST", "/board/{cycle}/reminders", DATA_TEAM, _send),
)
