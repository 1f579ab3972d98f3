"""The log, for the data team: who did what and when."""

from __future__ import annotations

from starlette.responses import Response

from remi.portal.access import DATA_TEAM
from remi.portal.answers import page
from remi.portal.paging import paging
from remi.portal.routing import Page
from remi.portal.visit import Visit
from remi.store.logbook import EMAIL_NOT_SENT, log_length, logged

A_PAGE = 100

WORDS = {
    "signed_in": "Signed in",
    "role_given": "Gave a role",
    "role_ended": "Took a role away",
    "workbook_downloaded": "Downloaded a workbook",
    "file_received": "Sent a file",
    "signed_off": "Signed a return off",
    "contacts_downloaded": "Downloaded who has not returned",
    "original_downloaded": "Downloaded a file as it was sent",
    "reminders_sent": "Sent reminders",
    EMAIL_NOT_SENT: "An e-mail was not sent",
}
"""What people read; what is not among them is shown with spaces."""


def _log(visit: Visit) -> Response:
    engine = visit.portal.workspace.engine
    wanted = visit.query.get("organisation", "").strip().upper()[:16]
    query = {"organisation": wanted, "page": visit.query.get("page", "")}
    pages = paging("/log", query, log_length(engine, wanted), A_PAGE)
    lines = logged(engine, wanted, pages.start, A_PAGE)
    return page(visit, "log.jinja", lines=lines, pages=pages, wanted=wanted, words=WORDS)


PAGES = (Page("GET", "/log", DATA_TEAM, _log),)
