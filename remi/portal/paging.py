"""Long lists a page at a time, by plain links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Paging:
    """Which page is shown, of how many, and the addresses of its neighbours."""

    number: int
    last: int
    start: int
    total: int
    before: str | None
    after: str | None


def paging(path: str, query: Mapping[str, str], total: int, most: int) -> Paging:
    """The page that the address asks for, or the nearest one that there is.

    `query` are the choices that the neighbours keep; its `page` is the number asked for.
    """
    last = max(1, -(-total // most))
    wanted = query.get("page", "1")
    number = min(last, max(1, int(wanted))) if wanted.isascii() and wanted.isdigit() else 1
    kept = {name: value for name, value in query.items() if value and name != "page"}

    def address(page: int) -> str | None:
        return f"{path}?{urlencode({**kept, 'page': page})}" if 1 <= page <= last else None

    return Paging(
        number, last, (number - 1) * most, total, address(number - 1), address(number + 1)
    )
