"""The release as one self-contained HTML page: no script, no request, readable at any width."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from remi.dates import day_in_words
from remi.release.content import Content, Figure, Prose
from remi.release.opendata import METADATA, csv_name
from remi.release.present import NUMERIC, symbol, symbol_meaning
from remi.release.stylesheet import used_rules
from remi.release.tables import ReleaseTable
from remi.release.workbook import workbook_name
from schemas.impact import Holds, TableColumn

PAGE = "index.html"
TEMPLATES = Path(__file__).parent / "templates"


def page(content: Content, stylesheet: str) -> bytes:
    """The page in UTF-8. `stylesheet` is the text of nhsuk-frontend's CSS; only used rules stay."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(prose=prose, day=day_in_words)
    environment.globals.update(
        symbol=symbol,
        symbol_meaning=symbol_meaning,
        csv_name=csv_name,
        is_number=is_number,
        is_row_heading=is_row_heading,
    )
    template = environment.get_template("page.html.jinja")
    own = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    values = {"content": content, "workbook": workbook_name(content), "metadata": METADATA}
    bare = template.render(**values, css="")
    css = used_rules(stylesheet, bare) + own
    return template.render(**values, css=Markup(css)).encode("utf-8")  # noqa: S704


def prose(parts: Prose) -> Markup:
    """Words with each figure marked by the cell it was read from."""
    return Markup("").join(
        Markup('<span class="figure" data-figure="{}" data-row="{}">{}</span>').format(
            part.ref.id, part.row_number, part.text
        )
        if isinstance(part, Figure)
        else part
        for part in parts
    )


def is_number(column: TableColumn) -> bool:
    """Whether the column's cells are set to the right."""
    return column.holds in NUMERIC


def is_row_heading(table: ReleaseTable, place: int) -> bool:
    """Whether the column's cells head their rows: the key columns with which a table begins."""
    return all(column.holds is Holds.KEY for column in table.columns[: place + 1])
