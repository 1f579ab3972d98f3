import pandas as pd
import pytest

from remi.release.content import Edition
from remi.release.tables import Cell, TableFaultError, release_tables


def changed(edition: Edition, column: str, value: object) -> dict[str, pd.DataFrame]:
    frame = edition.tables["A02"].copy()
    frame.loc[0, column] = value
    return {**edition.tables, "A02": frame}


def test_a_blank_without_a_status_is_refused_with_its_place(edition: Edition) -> None:
    with pytest.raises(TableFaultError, match="A02, row 1, “Returned”"):
        release_tables(edition.definitions, changed(edition, "n_returned", pd.NA))


def test_a_number_with_a_status_beside_it_is_refused(edition: Edition) -> None:
    with pytest.raises(TableFaultError, match="A02, row 1, “Returned”"):
        release_tables(edition.definitions, changed(edition, "n_returned_status", "c"))


def test_a_status_that_nobody_defined_is_refused(edition: Edition) -> None:
    tables = changed(edition, "n_returned", pd.NA)
    tables["A02"].loc[0, "n_returned_status"] = "q"
    with pytest.raises(TableFaultError, match="A02, row 1"):
        release_tables(edition.definitions, tables)


def test_a_table_that_was_not_protected_stops_the_release(edition: Edition) -> None:
    tables = {name: frame for name, frame in edition.tables.items() if name != "A05"}
    with pytest.raises(TableFaultError, match="A05"):
        release_tables(edition.definitions, tables)


def test_a_withheld_number_reads_as_its_symbol_and_zero_as_zero(edition: Edition) -> None:
    tables = changed(edition, "n_returned", pd.NA)
    tables["A02"].loc[0, "n_returned_status"] = "c"
    tables["A02"].loc[1, "n_returned"] = 0
    table = next(t for t in release_tables(edition.definitions, tables) if t.id == "A02")
    cells = [row[table.place("n_returned")] for row in table.rows]
    assert (cells[0].value, cells[0].text) == (None, "[c]")
    assert (cells[1].value, cells[1].text) == (0, "0")


def test_words_that_were_withheld_are_in_the_legend(edition: Edition) -> None:
    tables = changed(edition, "weakest_indicator", "[z]")
    table = next(t for t in release_tables(edition.definitions, tables) if t.id == "A02")
    assert table.statuses == ("c", "z")


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("at least", "at least 655"),
        ("about; people may be counted twice", "about 655"),
        ("at most", "at most 655"),
        ("people may be counted twice", "655"),
        ("as counted", "655"),
    ],
)
def test_a_number_is_never_shown_without_what_it_is_said_to_be(note: str, text: str) -> None:
    assert Cell(655, None, "655").qualified(note).text == text
    assert Cell(655, None, "655").qualified(note).value == 655
    assert Cell(None, "c", "[c]").qualified(note).text == "[c]"


def test_every_number_that_has_a_note_is_qualified_by_it(edition: Edition) -> None:
    for table in edition.definitions:
        notes = {column.id for column in table.columns if column.id.endswith("_note")}
        assert notes == {column.qualified_by for column in table.columns if column.qualified_by}
