"""The first page, the stylesheet, and where each person's work begins."""

from __future__ import annotations

from starlette.responses import Response

from remi.portal.access import EVERYONE, SIGNED_IN
from remi.portal.answers import NotThere, go_to, page
from remi.portal.routing import Page
from remi.portal.style import MEDIA, style_file
from remi.portal.visit import Visit
from remi.store.organisations import names_of


def _first(visit: Visit) -> Response:
    return page(visit, "front.jinja")


def _home(visit: Visit) -> Response:
    """On to the page where this person's work begins."""
    person = visit.who
    if person.has("data_team"):
        return go_to("/board")
    if len(person.organisations) > 1:
        return go_to("/organisations")
    if person.organisations:
        return go_to(f"/organisations/{person.organisations[0]}")
    return go_to("/reviews" if person.has("reviewer") else "/releases")


def _organisations(visit: Visit) -> Response:
    own = visit.who.organisations
    if not own:
        raise NotThere
    names = names_of(visit.portal.workspace.engine, own)
    return page(visit, "organisations.jinja", names=names)


def _style(visit: Visit) -> Response:
    name = visit.place["name"]
    if name not in MEDIA:
        raise NotThere
    return Response(
        style_file(name), media_type=MEDIA[name], headers={"cache-control": "max-age=3600"}
    )


PAGES = (
    Page("GET", "/", EVERYONE, _first),
    Page("GET", "/home", SIGNED_IN, _home),
    Page("GET", "/organisations", SIGNED_IN, _organisations),
    Page("GET", "/style/{name}", EVERYONE, _style),
)
