"""The leader: every number on the page is the stored one, and what must be said is said."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from decimal import Decimal
from html import escape
from pathlib import Path

import pandas as pd
import pytest
from conftest_journeys import CYCLES, LAST
from lxml import html
from openpyxl import load_workbook

from remi.cycle.tables import read_tables
from remi.cycle.work import CycleWork
from remi.impact.registry import all_columns
from remi.release.published import latest_release
from schemas import store
from schemas.impact import Holds, TableColumn
from schemas.results import ScoreEffect

HALF_A_UNIT = {Holds.SCORE: "0.05", Holds.MEASURE: "0.05", Holds.PERCENTAGE: "0.5"}
"""How far a shown number may lie from the stored one; every other kind is shown exactly."""


@pytest.fixture
def release(published: Path) -> Path:
    folder = latest_release(published / "releases", LAST)
    assert folder is not None
    return folder


@pytest.fixture
def page(release: Path) -> html.HtmlElement:
    return html.document_fromstring((release / "index.html").read_text(encoding="utf-8"))


@pytest.fixture
def stored(work: CycleWork) -> dict[str, pd.DataFrame]:
    return read_tables(work, "published")


def text_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def number(shown: str) -> Decimal:
    return Decimal(shown.replace(",", "").replace("−", "-").removesuffix("%"))


def assert_shows(shown: str, row: pd.Series, column: TableColumn, where: str) -> None:
    """The text says what is stored: the number as far as it is shown, the status, or the words."""
    value, status = row[column.id], row.get(f"{column.id}_status")
    if column.holds in (Holds.KEY, Holds.TEXT):
        assert shown == value, where
    elif pd.isna(value):
        assert shown == f"[{status}]", where
    else:
        assert shown.endswith("%") == (column.holds is Holds.PERCENTAGE), where
        off_by = abs(number(shown) - Decimal(str(value)))
        assert off_by <= Decimal(HALF_A_UNIT.get(column.holds, "0")), where


def test_every_figure_in_a_sentence_is_the_stored_one(
    work: CycleWork, page: html.HtmlElement, stored: dict[str, pd.DataFrame]
) -> None:
    columns = {(t.id, c.id): c for t in work.tables for c in all_columns(t)}
    spans = page.xpath("//span[@data-figure]")
    assert len(spans) > 60
    for span in spans:
        where = span.get("data-figure")
        table_id, rest = where.split("/", 1)
        keys, column_id = rest.rsplit("/", 1)
        row = stored[table_id].iloc[int(span.get("data-row")) - 1]
        for key in keys.split(";"):
            name, _, value = key.partition("=")
            assert row[name] == value, where
        assert_shows(text_of(span), row, columns[table_id, column_id], where)


def test_who_has_not_returned_is_named_as_such_and_has_no_number(
    work: CycleWork, page: html.HtmlElement, stored: dict[str, pd.DataFrame]
) -> None:
    verdicts = work.read(store.verdict)
    accepted = set(verdicts.loc[verdicts["counts"].astype(bool), "organisation_id"])
    trying = set(verdicts["organisation_id"].dropna()) - accepted
    register = work.partners.set_index("organisation_id")
    missing = register[~register.index.isin(accepted) & register["agreed_to_be_named"].astype(bool)]
    assert len(missing) > 2
    listed = [text_of(item) for item in page.xpath("//ul[@class='names']/li")]
    table = stored["A01"]
    for code, name in zip(missing.index, missing["name"], strict=True):
        assert [line for line in listed if line.startswith(name)], name
        rows = table[table["organisation_id"] == code]
        status = "Needs changes before it can be accepted" if code in trying else "Not returned"
        assert list(rows["status"]) == [status] * len(work.framework.commitments), name
        assert rows["declared_stage"].isna().all()
        assert rows["score"].isna().all()
    assert len(listed) == len(missing)


def test_the_notice_and_the_statement_are_in_every_format(
    work: CycleWork, release: Path, page: html.HtmlElement
) -> None:
    notice = work.workspace.configuration.policy.demonstration_notice
    statement = " ".join(work.framework.statement.split())
    assert "not the official" in statement
    (book,) = release.glob("*.xlsx")
    workbook = load_workbook(book, read_only=True)
    first_sheet = workbook.worksheets[0].iter_rows(values_only=True)
    metadata = json.loads((release / "data" / "metadata.json").read_text(encoding="utf-8"))
    formats = {
        "page": text_of(page),
        "workbook": " ".join(str(cell) for row in first_sheet for cell in row if cell),
        "data files": metadata["dc:description"],
    }
    for name, words in formats.items():
        assert notice in words, name
        assert statement in words, name


def test_positions_are_the_same_on_the_page_in_the_workbook_and_in_the_data_file(
    work: CycleWork, release: Path, page: html.HtmlElement, stored: dict[str, pd.DataFrame]
) -> None:
    definition = next(table for table in work.tables if table.id == "A01")
    by_heading = {column.heading: column for column in all_columns(definition)}
    expected = stored["A01"]

    table = page.get_element_by_id("table-A01").find(".//table")
    headings = [text_of(cell) for cell in table.xpath("./thead/tr/th")]
    lines = [[text_of(cell) for cell in row] for row in table.xpath("./tbody/tr")]
    assert len(lines) == len(expected)
    assert {c.heading for c in definition.columns} <= set(headings)

    (book,) = release.glob("*.xlsx")
    sheet = list(load_workbook(book)["A01"].iter_rows(values_only=True))
    top = next(place for place, row in enumerate(sheet) if row[0] == headings[0])
    assert [heading for heading in sheet[top] if heading] == headings
    cells = sheet[top + 1 : top + 1 + len(expected)]

    (file,) = (release / "data").glob("a01_*.csv")
    data = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert len(data) == len(expected)

    for place, (_, row) in enumerate(expected.iterrows()):
        for column_place, heading in enumerate(headings):
            column = by_heading[heading]
            where = f"A01, row {place + 1}, {heading}"
            shown = lines[place][column_place]
            assert_shows(shown, row, column, where)
            written, in_file = cells[place][column_place], data[place][column.id]
            if column.holds in (Holds.KEY, Holds.TEXT):
                assert written == shown, where
                assert in_file == shown, where
            elif shown.startswith("["):
                assert written == shown, where
                assert (in_file, f"[{data[place][f'{column.id}_status']}]") == ("", shown), where
            else:
                assert Decimal(str(written)) == number(shown), where
                assert Decimal(in_file) == number(shown), where


def test_what_a_change_is_made_of_adds_up_and_is_shown_as_stored(
    page: html.HtmlElement, stored: dict[str, pd.DataFrame]
) -> None:
    table = stored["A26"]
    shown = table[table["change"].notna()]
    assert len(shown) > 2
    effects = [effect.value for effect in ScoreEffect]
    for row in shown.to_dict("records"):
        assert sum(row[effect] for effect in effects) == pytest.approx(row["change"], abs=1e-9)
        assert row["n_score_up"] + row["n_score_same"] + row["n_score_down"] == row["n_matched"]
    assert shown["performance"].abs().max() > 0
    whole = shown[shown["sector"] == "All"]
    rows = page.xpath("//div[@aria-labelledby='parts-of-change-caption']//tbody/tr")
    assert len(rows) == len(whole)
    for row, exact in zip(rows, whole["change"], strict=True):
        assert abs(number(text_of(row[1])) - Decimal(str(exact))) <= Decimal("0.05")


def released_bytes(published: Path) -> dict[str, bytes]:
    """Every released file, and for a workbook every part inside it."""
    found = {}
    for path in sorted((published / "releases").rglob("*")):
        if path.is_file():
            found[str(path)] = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as parts:
                found |= {f"{path}!{name}": parts.read(name) for name in parts.namelist()}
    return found


def test_no_partner_that_did_not_agree_to_be_named_is_in_any_released_file(
    published: Path, work: CycleWork
) -> None:
    agreed = work.partners["agreed_to_be_named"].astype(bool)
    said = work.read(store.record_value, column_id="agrees_to_be_named")
    refused = set(said.loc[said["text"] == "no", "organisation_id"])
    private = work.partners[~agreed | work.partners["organisation_id"].isin(refused)]
    assert len(private) > 4
    searched = released_bytes(published)
    assert sum(name.endswith("index.html") for name in searched) >= len(CYCLES)
    # Names as they stand, as HTML and XML write them, and the word by which all know the partner.
    words = {
        spelling.casefold().encode()
        for partner in private.itertuples()
        for name in (str(partner.organisation_id), str(partner.name), str(partner.name).split()[0])
        for spelling in (name, escape(name), name.replace("'", "&#39;"))
    }
    found = [
        (word, name) for name, data in searched.items() for word in words if word in data.lower()
    ]
    assert found == []
    one_named = str(work.partners.loc[agreed, "name"].iloc[0]).casefold().encode()
    assert any(one_named in data.lower() for data in searched.values())
