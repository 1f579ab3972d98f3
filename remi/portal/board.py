"""The data team's board: how the round stands, who has returned, and who has not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

from starlette.responses import Response

from remi.cycle.following import LONDON, round_of
from remi.cycle.waiting import waiting
from remi.portal.access import DATA_TEAM
from remi.portal.answers import NotThere, attachment, page
from remi.portal.board_view import COLOURS, DOORS, how_many, total, totals
from remi.portal.contacts import CSV, contacts_csv, contacts_workbook
from remi.portal.paging import paging
from remi.portal.partner_home import due
from remi.portal.rounds import today, work_of
from remi.portal.routing import Page
from remi.portal.visit import Visit
from remi.store.board import STANDINGS, Wanted, counted, listed, not_returned, strays
from remi.store.events import log
from remi.store.logbook import emails_not_sent

A_PAGE = 100
STRAYS_SHOWN = 50
LATE = "late"
"""In place of a standing, where only late returns are wanted."""


def _board(visit: Visit) -> Response:
    work = work_of(visit)
    engine, of = work.workspace.engine, round_of(work)
    sectors = {sector.id: sector.name for sector in work.places.sectors}
    systems = {system.id: system.name for system in work.places.systems}
    wanted = _wanted(visit, sectors, systems)
    counts = counted(engine, of)
    departments = how_many([one for one in counts if one.departments], wanted)
    chosen = {name: visit.query.get(name, "") for name in ("sector", "system", "standing", "page")}
    pages = paging(f"/board/{work.cycle_id}", chosen, how_many(counts, wanted), A_PAGE)
    return page(
        visit,
        "board.jinja",
        due=due(visit, work.cycle),
        rounds=visit.portal.configuration.cycles.cycles,
        everything=total(counts, "", "All", STANDINGS),
        by_sector=totals(counts, "sector", sectors, STANDINGS),
        by_system=totals(counts, "system", systems, STANDINGS),
        sectors=sectors,
        systems=systems,
        standings=STANDINGS,
        colours=COLOURS,
        doors=DOORS,
        wanted=wanted,
        pages=pages,
        listed_organisations=pages.total - departments,
        departments=departments,
        waits=waiting(work.workspace, [work.cycle_id])[work.cycle_id].in_words,
        lines=listed(engine, of, wanted, pages.start, A_PAGE),
        strays=strays(engine, of, STRAYS_SHOWN),
        not_sent=emails_not_sent(engine, visit.portal.moment() - timedelta(days=1)),
        days_since=partial(_days_since, today(visit.portal)),
    )


def _wanted(visit: Visit, sectors: dict[str, str], systems: dict[str, str]) -> Wanted:
    """What the filters say; a word that is none of their choices leaves the choice open."""
    sector, system, standing = (
        visit.query.get(name, "") for name in ("sector", "system", "standing")
    )
    return Wanted(
        sector=sector if sector in sectors else "",
        system=system if system in systems else "",
        standing=standing if standing in STANDINGS else "",
        late=standing == LATE,
    )


def _days_since(day: date, at: datetime) -> int:
    return (day - at.replace(tzinfo=UTC).astimezone(LONDON).date()).days


def _not_returned(visit: Visit) -> Response:
    work = work_of(visit)
    kind = visit.query.get("as", "xlsx")
    if kind not in ("xlsx", "csv"):
        raise NotThere
    contacts = not_returned(work.workspace.engine, round_of(work))
    portal = visit.portal
    log(
        *(portal.workspace.engine, portal.moment(), "contacts_downloaded"),
        person_id=visit.who.person_id,
        cycle=work.cycle_id,
        subject=kind,
    )
    name = f"not-returned-{work.cycle_id}.{kind}"
    if kind == "csv":
        return attachment(contacts_csv(contacts, work.places), name, CSV)
    return attachment(contacts_workbook(contacts, work.places, work.cycle), name)


PAGES = (
    Page("GET", "/board", DATA_TEAM, _board),
    Page("GET", "/board/{cycle}", DATA_TEAM, _board),
    Page("GET", "/board/{cycle}/not-returned", DATA_TEAM, _not_returned),
)
