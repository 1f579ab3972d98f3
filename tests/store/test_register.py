from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sqlalchemy import Engine

from remi.store.frames import read_all, replace_all
from remi.store.register import RegisterError, as_at, check_places, read_register
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
    assert len(str(error.value).splitlines()) == 2


def test_a_file_that_is_no_register_is_refused_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match=r"register.csv: there is no such file"):
        read_register(tmp_path / "register.csv")
    with pytest.raises(RegisterError, match="save it as “CSV UTF-8”"):
        read_register(register(tmp_path, TRUST, encoding="cp1252"))
    path = tmp_path / "register.csv"
    path.write_text(HEADING.replace("sector", "kind") + "\n")
    with pytest.raises(RegisterError, match="missing: sector; not known: kind"):
        read_register(path)


def test_a_sector_system_or_borough_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    start = date(2022, 7, 1)
    places = Places(
        sectors=(Sector(id="council", name="Council"),),
        systems=(System(id="QKK", name="South East", ons_code="E54", valid_from=start),),
        boroughs=(Borough(id="E09000022", name="L", system_id="QKK", valid_from=start),),
        ethnic_groups=(),
    )
    frame = read_register(register(tmp_path, TRUST, COUNCIL))
    check_places(frame[frame["sector"] == "council"], places)
    with pytest.raises(RegisterError) as error:
        check_places(frame, places)
    assert str(error.value).splitlines() == [
        "register, organisation RJ1, column sector: “nhs_trust” is not in the reference list",
        "register, organisation RJ1, column systems: “QMF” is not in the reference list",
    ]
    with pytest.raises(RegisterError, match="column borough: “E09000022”"):
        check_places(frame, places.model_copy(update={"boroughs": ()}))
    assert pd.isna(frame["borough"].iloc[1])
