"""Published reports for everybody: which there are, and their files as the manifest names them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from starlette.responses import Response

from remi.portal.access import EVERYONE, STAFF
from remi.portal.answers import WORKBOOK, NotThere, attachment, go_to, page
from remi.portal.rounds import today
from remi.portal.routing import Page
from remi.portal.visit import Visit
from remi.release.page import PAGE
from remi.release.published import latest_release, released_file, released_files, released_title
from schemas.programme import Cycle

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        # The report carries its own style, so that it can be kept and read as one file.
        "style-src 'unsafe-inline'",
        "img-src data:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

MEDIA = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".xlsx": WORKBOOK,
}
OTHER = "application/octet-stream"


@dataclass(frozen=True)
class Published:
    """One round's newest report. Before the day on which it is published only staff see it."""

    cycle: Cycle
    title: str
    files: tuple[str, ...]
    public: bool


def _releases(visit: Visit) -> Response:
    found = [
        Published(
            cycle,
            released_title(folder),
            tuple(name for name in released_files(folder) if name.endswith(".xlsx")),
            _public(visit, cycle),
        )
        for cycle in reversed(visit.portal.configuration.cycles.cycles)
        if (folder := _folder(visit, cycle))
    ]
    return page(visit, "releases.jinja", releases=found, page_name=PAGE)


def _public(visit: Visit, cycle: Cycle) -> bool:
    return today(visit.portal) >= cycle.publishes


def _folder(visit: Visit, cycle: Cycle) -> Path | None:
    """The newest report of this round, if there is one that this visitor may see."""
    if not _public(visit, cycle) and not STAFF.permits(visit.person, visit.place):
        return None
    return latest_release(visit.portal.workspace.settings.releases, cycle.id)


def _named(visit: Visit) -> Path:
    try:
        cycle = visit.portal.configuration.cycles.get(visit.place["cycle"])
    except KeyError:
        raise NotThere from None
    folder = _folder(visit, cycle)
    if folder is None:
        raise NotThere
    return folder


def _without_stroke(visit: Visit) -> Response:
    _named(visit)
    return go_to(f"/releases/{visit.place['cycle']}/")


def _report(visit: Visit) -> Response:
    return _file_of(_named(visit), PAGE)


def _file(visit: Visit) -> Response:
    return _file_of(_named(visit), visit.place["file"])


def _file_of(folder: Path, name: str) -> Response:
    """A file of the report; its manifest says which there are, so that no path leads elsewhere."""
    try:
        content = released_file(folder, name)
    except KeyError:
        raise NotThere from None
    if name == PAGE:
        headers = {"content-security-policy": PAGE_POLICY}
        return Response(content, media_type="text/html; charset=utf-8", headers=headers)
    path = PurePosixPath(name)
    return attachment(content, path.name, MEDIA.get(path.suffix, OTHER))


PAGES = (
    Page("GET", "/releases", EVERYONE, _releases),
    Page("GET", "/releases/{cycle}", EVERYONE, _without_stroke),
    Page("GET", "/releases/{cycle}/", EVERYONE, _report),
    Page("GET", "/releases/{cycle}/{file:path}", EVERYONE, _file),
)
