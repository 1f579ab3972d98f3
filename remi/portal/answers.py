"""What a page may answer with: a page, a file, another address, or that there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from starlette.responses import HTMLResponse, RedirectResponse, Response

from remi.portal.templates import render
from remi.portal.visit import Visit

Handler = Callable[[Visit], Response]

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NotThere(Exception):  # noqa: N818 - it is an answer, not a fault
    """Raise it where the address names nothing that this person may know of."""


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """Raise it with a plain sentence where something cannot be done now."""

    def __init__(self, text: str, status: int = 409) -> None:
        super().__init__(text)
        self.status = status


def page(visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
    """The template as a page; `visit`, `person`, `portal` and `policy` are there by themselves."""
    return HTMLResponse(render(visit, template, values), status_code=status)


def attachment(content: bytes, file_name: str, media_type: str = WORKBOOK) -> Response:
    """A file that the browser saves and never opens on our pages. The name is one of ours."""
    return Response(
        content,
        media_type=media_type,
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(file_name)}"},
    )


def go_to(path: str) -> Response:
    """On to another page after a form, so that reloading does not send it again."""
    return RedirectResponse(path, status_code=303)


def not_there(visit: Visit) -> Response:
    """The page for an address that names nothing."""
    return page(visit, "not_there.jinja", status=404)
