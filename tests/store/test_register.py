from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal
from sqlalchemy import Engine

from remi.store.frames import read_all, replace_all
from remi.store.register import RegisterError, as_at, read_register
from schemas.programme import Borough, Places, Sector, System
from schemas.store import organisation

HEADING = (
    "organisation_id,valid_from,valid_to,name,sector,lead_system,systems,borough,unit_type,"
    "parent_id,joint_group,agreed_to_be_named,successor_id"
)
TRUST = "RJ1,2022-07-01,,“Guy’s” Trust,nhs_trust,QKK,QKK;QMF,,organisation,,,yes,"
COUNCIL = 'E09000022,2022-07-01,,"Lambeth, Council",council,QKK,QKK,E09000022,organisation,,,no,'
DEPARTMENT = "RJ1-A,01/04/2024,31/03/2025,Midwifery,nhs_trust,QKK,QKK,,department,RJ1,pair,Yes,RJ1"


def register(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "register.csv"
    path.write_text("\n".join((HEADING, *lines)) + "\n", encoding=encoding)
    return path


def test_the_register_has_the_columns_and_types_of_its_table(
    tmp_path: Path, engine: Engine
) -> None:
    path = register(tmp_path, TRUST, "", COUNCIL, DEPARTMENT, encoding="utf-8-sig")
    frame = read_register(path)
    assert frame["organisation_id"].tolist() == ["E09000022", "RJ1", "RJ1-A"]
    assert frame["name"].tolist() == ["Lambeth, Council", "“Guy’s” Trust", "Midwifery"]
    assert frame["valid_from"].tolist()[2] == date(2024, 4, 1)
    assert frame["valid_to"].tolist() == [None, None, date(2025, 3, 31)]
    assert frame["agreed_to_be_named"].tolist() == [False, True, True]
    assert frame["parent_id"].isna().tolist() == [True, True, False]
    replace_all(engine, organisation, frame)
    assert_frame_equal(read_all(engine, organisation), frame)


def test_first_and_last_day_of_validity_are_both_valid(tmp_path: Path) -> None:
    frame = read_register(register(tmp_path, TRUST, DEPARTMENT))
    valid = {
        day: as_at(frame, day)["organisation_id"].tolist()
        for day in (date(2024, 3, 31), date(2024, 4, 1), date(2025, 3, 31), date(2025, 4, 1))
    }
    assert list(valid.values()) == [["RJ1"], ["RJ1", "RJ1-A"], ["RJ1", "RJ1-A"], ["RJ1"]]
    assert as_at(frame, date(2020, 1, 1)).empty
    assert as_at(as_at(frame, date(2020, 1, 1)), date(2025, 1, 1)).empty


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (TRUST.replace("2022-07-01", "31/02/2022"), "column valid_from: “31/02/2022” is not a"),
        (TRUST.replace("2022-07-01", ""), "column valid_from: this is blank and must be filled"),
        (TRUST.replace("yes", "perhaps"), "column agreed_to_be_named: “perhaps” must be yes or"),
        (TRUST.replace("yes", ""), "column agreed_to_be_named: this is blank"),
        (TRUST.replace("QKK;QMF", "QMF;QKK"), "column systems: write the lead system “QKK” first"),
        (TRUST.replace("organisation", "unit"), "column unit_type: “unit” must be organisation"),
        (TRUST.replace("RJ1", "RJ1" * 6), "column organisation_id: .* longer than 16 characters"),
        (DEPARTMENT.replace(",RJ1,", ",,"), "column parent_id: name the organisation that this"),
        (DEPARTMENT.replace("RJ1,pair", "RX9,pair"), "column parent_id: there is no organisation"),
        (DEPARTMENT.replace("2025,", "2023,"), "column valid_to: this is before valid_from"),
        (COUNCIL.replace('"', ""), "14 entries where there are 13 columns; put double quotes"),
        (COUNCIL, "column valid_from: line 2 of the same organisation is still valid"),
    ],
)
def test_a_fault_is_named_with_file_line_and_column(tmp_path: Path, line: str, said: str) -> None:
    path = register(tmp_path, COUNCIL, "", line)
    with pytest.raises(RegisterError, match=f"register.csv, line 4.*{said}"):
        read_register(path)


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    path = register(tmp_path, TRUST.replace("yes", "y"), COUNCIL.replace(",no,", ",n,"))
    with pytest.raises(RegisterError) as error:
        read_register(path)
    assert str(error.value).splitlines()[0] == "register.csv: 2 things to fix"
    assert len(error.value.faults) == 2


def test_a_file_that_is_no_register_is_refused_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match=r"register.csv: there is no such file"):
        read_register(tmp_path / "register.csv")
    with pytest.raises(RegisterError, match="save it as “CSV UTF-8”"):
        read_register(register(tmp_path, TRUST, encoding="cp1252"))
    path = tmp_path / "register.csv"
    path.write_text(HEADING.replace("sector", "kind") + "\n")
    with pytest.raises(RegisterError, match="missing: sector; not known: kind"):
        read_register(path)


START = date(2022, 7, 1)
PLACES = Places(
    sectors=(Sector(id="council", name="Council"), Sector(id="nhs_trust", name="NHS trust")),
    systems=(
        System(id="QKK", name="South East London", ons_code="E54", valid_from=START),
        System(id="QMF", name="North East London", ons_code="E55", valid_from=START),
    ),
    boroughs=(
        Borough(id="E09000007", name="Camden", system_id="QKK", valid_from=START),
        Borough(id="E09000013", name="Hammersmith and Fulham", system_id="QKK", valid_from=START),
        Borough(id="E09000022", name="Lambeth", system_id="QKK", valid_from=START),
    ),
    ethnic_groups=(),
)
TODAY = date(2026, 1, 1)


def test_names_are_taken_where_only_one_place_has_them(tmp_path: Path) -> None:
    line = TRUST.replace("nhs_trust", "nhs Trust").replace(
        ",QKK,QKK;QMF,,", ",South East London,South East London; QMF,Hammersmith and  Fulham,"
    )
    row = read_register(register(tmp_path, line), [(TODAY, PLACES)]).iloc[0]
    assert (row["sector"], row["lead_system"], row["systems"], row["borough"]) == (
        *("nhs_trust", "QKK", "QKK;QMF"),
        "E09000013",
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            TRUST.replace("nhs_trust", "nhs_trus"),
            "line 3, column sector: “nhs_trus” is not in the reference list. Did you mean "
            "“nhs_trust”? Write one of council (Council) and nhs_trust (NHS trust)",
        ),
        (
            COUNCIL.replace("QKK,E09000022", "QKK,Camdem"),
            "line 3, column borough: “Camdem” is not in the reference list. Did you mean “Camden”?",
        ),
        (
            TRUST.replace("QKK;QMF", "QKK;QXX"),
            "line 3, column systems: “QXX” is not in the reference list",
        ),
    ],
)
def test_a_place_that_is_on_no_list_is_named_with_line_choices_and_a_near_one(
    tmp_path: Path, line: str, said: str
) -> None:
    with pytest.raises(RegisterError) as error:
        read_register(register(tmp_path, "", line), [(TODAY, PLACES)])
    assert said in str(error.value)


def test_a_place_that_stands_on_another_day_is_refused_on_this_one(tmp_path: Path) -> None:
    later = PLACES.model_copy(update={"systems": PLACES.systems[:1]})
    path = register(tmp_path, TRUST)
    read_register(path, [(TODAY, PLACES)])
    with pytest.raises(RegisterError, match=r"line 2, column systems: “QMF” .* 1 January 2027"):
        read_register(path, [(TODAY, PLACES), (date(2027, 1, 1), later)])


@pytest.mark.parametrize("written", ["QMF", "North East London"])
def test_an_ended_system_is_told_its_last_successor_once(tmp_path: Path, written: str) -> None:
    old, new = PLACES.systems[1], PLACES.systems[0]
    ended = {"valid_to": date(2024, 3, 31), "successor_id": "QXX"}
    between = {"id": "QXX", "name": "Between", "valid_to": date(2025, 3, 31)}
    others = (
        old.model_copy(update=ended),
        old.model_copy(update={**between, "successor_id": "QKK"}),
    )
    places = PLACES.model_copy(update={"systems": (new,), "other_systems": others})
    path = register(tmp_path, TRUST.replace("QKK;QMF", f"QKK;{written}"))
    with pytest.raises(RegisterError) as error:
        read_register(path, [(TODAY, places), (date(2027, 1, 1), places)])
    assert str(error.value).count("ended on 31 March 2024 and is now part of South East") == 1


def test_an_organisation_whose_code_is_written_in_two_ways_is_refused(tmp_path: Path) -> None:
    path = register(tmp_path, TRUST, TRUST.replace("RJ1,2022", "rj1,2032"))
    with pytest.raises(RegisterError, match=r"“RJ1” \(line 2\) and “rj1” \(line 3\)"):
        read_register(path)
