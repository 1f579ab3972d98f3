import csv
import io
import json
from pathlib import Path

import pytest
from csvw import CSVW
from hypothesis import given
from hypothesis import strategies as st
from invented_edition import HOSTILE_NAME

from remi.release.content import Content
from remi.release.opendata import METADATA, csv_name, harmless
from remi.release.present import NUMERIC


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def written(files: dict[str, bytes], folder: Path) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder / METADATA


@pytest.mark.filterwarnings("always")
def test_the_data_files_are_valid_by_their_metadata(
    files: dict[str, bytes], content: Content, tmp_path: Path
) -> None:
    checked = CSVW(str(written(files, tmp_path)), validate=True)
    assert checked.is_valid, checked.warnings
    assert len(checked.tables) == len(content.tables)


@pytest.mark.filterwarnings("always")
@pytest.mark.parametrize("fault", ["[c]", "140"])
def test_the_metadata_refuse_a_symbol_or_an_impossible_share(
    files: dict[str, bytes], content: Content, tmp_path: Path, fault: str
) -> None:
    metadata = written(files, tmp_path)
    name = csv_name(next(table for table in content.tables if table.id == "A02"))
    rows = rows_of(files[name])
    rows[0]["coverage_pct"] = fault
    with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert not CSVW(str(metadata), validate=True).is_valid


def test_the_columns_of_a_file_are_exactly_those_described(
    files: dict[str, bytes], content: Content
) -> None:
    described = {
        table["url"]: [column["name"] for column in table["tableSchema"]["columns"]]
        for table in json.loads(files[METADATA])["tables"]
    }
    for table in content.tables:
        name = csv_name(table)
        header = files[name].decode("utf-8").split("\r\n", 1)[0].split(",")
        assert header == described[name.removeprefix("data/")]
        assert all(one == one.lower() and one.isidentifier() for one in header)


def test_a_data_file_says_what_the_page_and_the_workbook_say(
    files: dict[str, bytes], content: Content
) -> None:
    for table in content.tables:
        rows = rows_of(files[csv_name(table)])
        assert len(rows) == len(table.rows)
        for row, cells in zip(rows, table.rows, strict=True):
            for column, cell in zip(table.columns, cells, strict=True):
                if column.holds not in NUMERIC:
                    assert row[column.id].removeprefix("'") == cell.text
                elif cell.value is None:
                    assert row[column.id] == ""
                    assert row[f"{column.id}_status"] == cell.text.strip("[]")
                else:
                    plain = cell.text.replace(",", "").replace("−", "-").rstrip("%")
                    assert (row[column.id], row[f"{column.id}_status"]) == (plain, "")


def test_a_name_that_looks_like_a_formula_is_quoted(files: dict[str, bytes]) -> None:
    names = {row["organisation_name"] for row in rows_of(files["data/a01_partner_positions.csv"])}
    assert f"'{HOSTILE_NAME}" in names
    assert "'+44 Collective" in names


@given(st.text())
def test_no_text_begins_as_a_formula_would(text: str) -> None:
    shown = harmless(text)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert shown.removeprefix("'") == text.removeprefix("'") or shown == text
