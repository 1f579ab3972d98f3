"""The pages' words and marks: Jinja with NHS.UK frontend's components, every value escaped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader
from markupsafe import Markup

from remi.dates import day_in_words
from remi.store.organisations import names_of

if TYPE_CHECKING:
    from remi.portal.visit import Visit
from schemas.portal import Contact

LONDON = ZoneInfo("Europe/London")


def render(visit: Visit, template: str, values: dict[str, Any]) -> str:
    """The text of one page."""
    return (
        _environment()
        .get_template(template)
        .render(
            visit=visit,
            person=visit.person,
            portal=visit.portal,
            policy=visit.portal.policy,
            demonstration=visit.portal.workspace.settings.demonstration,
            form_token=lambda: hidden_token(visit),
            **values,
        )
    )


def hidden_token(visit: Visit) -> Markup:
    """The hidden field that every form of ours carries."""
    return Markup('<input type="hidden" name="form_token" value="{}">').format(visit.token)


def bare(template: str, contact: Contact, **values: Any) -> str:
    """A page that needs to know nothing of the visit, for when that could not be found out."""
    return _environment().get_template(template).render(contact=contact, **values)


@dataclass(frozen=True)
class Link:
    """One entry of the navigation."""

    path: str
    text: str


def navigation(visit: Visit) -> list[Link]:
    """The pages on which the work of whoever is signed in is done."""
    person, links = visit.who, []
    if person.has("data_team"):
        links += [Link("/board", "Returns"), Link("/people", "People"), Link("/log", "Log")]
    names = names_of(visit.portal.workspace.engine, person.organisations)
    links += [Link(f"/organisations/{one}", f"Your return ({name})") for one, name in names.items()]
    if person.has("reviewer"):
        links.append(Link("/reviews", "Reviews"))
    return [*links, Link("/releases", "Published reports")]


def _choices(names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "text": text} for value, text in names.items()]


@lru_cache
def _environment() -> Environment:
    made = Environment(
        loader=ChoiceLoader(
            [PackageLoader("remi.portal", "pages"), PackageLoader("nhsuk_frontend_jinja")]
        ),
        autoescape=True,
        # NHS.UK frontend's components leave out what they are not given.
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = day_in_words
    made.filters["moment"] = moment
    made.filters["last_day"] = last_day
    made.filters["size"] = size
    made.globals["navigation"] = navigation
    made.globals["role_items"] = _choices
    return made


def moment(value: datetime) -> str:
    """A stored time (UTC) in London, as “3 October 2026 at 14:05”."""
    there = value.replace(tzinfo=UTC).astimezone(LONDON)
    return f"{day_in_words(there.date())} at {there:%H:%M}"


def last_day(end: datetime) -> str:
    """The last day in London on which something works that ends at this stored time (UTC)."""
    last = end.replace(tzinfo=UTC) - timedelta(microseconds=1)
    return day_in_words(last.astimezone(LONDON).date())


def size(count: int) -> str:
    """A number of bytes in words."""
    if count < 1_000_000:
        return f"{-(-count // 1_000)} KB"
    return f"{count / 1_000_000:.1f} MB"
