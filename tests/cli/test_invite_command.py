"""`remi invite`: the first of the data team, and everybody's leads from one file."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from remi.cli.main import main
from remi.demo.partners import partner, register_csv
from remi.store.people import Person, everyone
from remi.workspace import open_workspace
from schemas.people import WHOLE_COLLABORATION

DATA = "robin@collaboration.example"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new installation with a register, and neither people nor a mail server."""
    for name in ("REMI_SMTP", "REMI_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REMI_HOME", str(tmp_path))
    (tmp_path / "register.csv").write_text(register_csv(), encoding="utf-8")
    return tmp_path


def invite(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["invite", *arguments])


def people() -> dict[str, Person]:
    return {person.email: person for person in everyone(open_workspace().engine)}


def test_a_new_installation_gets_its_first_person_of_the_data_team(home: Path) -> None:
    done = invite(DATA, "--role", "data_team", "--name", "Robin")
    assert done.exit_code == 0, done.output
    assert f"{DATA} is now data_team for all organisations." in done.output
    assert "No e-mail went out: Set REMI_SMTP" in done.output
    assert people()[DATA].roles == {("data_team", WHOLE_COLLABORATION)}
    assert people()[DATA].name == "Robin"
    again = invite(DATA, "--role", "data_team")
    assert "already" in again.output
    assert len(people()) == 1


def test_the_demonstration_puts_the_e_mail_into_its_outbox(home: Path) -> None:
    (home / "DEMONSTRATION").touch()
    assert invite("lead@t01.example", "--role", "lead", "--organisation", "demo-t01").exit_code == 0
    (mail,) = (home / "outbox").glob("*.eml")
    assert "/sign-in" in mail.read_text(encoding="utf-8")
    assert people()["lead@t01.example"].roles == {("lead", "DEMO-T01")}


def test_everybody_in_a_file_is_invited(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "\ufeffEmail,Role,Organisation,Name\r\n"
        "a@one.example,lead,DEMO-T01,\r\n"
        '"b@two.example","reviewer","","Sam, of the panel"\r\n',
        encoding="utf-8",
    )
    done = invite("--file", str(file))
    assert done.exit_code == 0, done.output
    assert people()["a@one.example"].roles == {("lead", "DEMO-T01")}
    assert people()["b@two.example"].roles == {("reviewer", WHOLE_COLLABORATION)}
    assert people()["b@two.example"].name == "Sam, of the panel"


def test_nobody_is_invited_while_a_line_of_the_file_is_wrong(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "email,role,organisation\n"
        "good@one.example,lead,DEMO-T01\n"
        "no address,lead,DEMO-T01\n"
        "c@three.example,boss,DEMO-T01\n"
        "d@four.example,lead,\n"
        "e@five.example,reviewer,DEMO-X99\n"
        "f@six.example,data_team,DEMO-T01\n",
        encoding="utf-8",
    )
    done = invite("--file", str(file))
    assert done.exit_code == 1
    for where, said in {
        "line 3": "e-mail address",
        "line 4": "“partner”, “lead”, “reviewer”, “data_team” and “leader”",
        "lines 5 and 6": "code of an organisation",
        "line 7": "Leave the code empty",
    }.items():
        assert f"{where}, column " in done.output
        assert said in done.output
    assert "line 2" not in done.output
    assert people() == {}


@pytest.mark.parametrize(
    "content", [b"name,e-mail\nRobin,r@x.example\n", b"email,role\nJos\xe9@x.example,lead\n"]
)
def test_a_file_of_another_kind_is_told_how_to_be_mended(
    home: Path, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    done = invite("--file", str(file))
    assert done.exit_code == 1
    assert "the columns must be email and role" in done.output or "CSV UTF-8" in done.output


@pytest.mark.parametrize("arguments", [(), (DATA,), (DATA, "--role", "lead", "--file", __file__)])
def test_it_asks_for_an_address_with_a_role_or_a_file(
    home: Path, arguments: tuple[str, ...]
) -> None:
    done = invite(*arguments)
    assert done.exit_code == 2
    assert "e-mail address and a --role, or a --file" in done.output


def test_a_register_that_names_a_system_after_its_end_is_told_its_successor(home: Path) -> None:
    file = home / "register.csv"
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if "Z9B2Z" not in line]
    kept = "\n".join(lines).replace("2022-07-01,2026-03-31", "2022-07-01,")
    file.write_text(kept + "\n", encoding="utf-8")
    refused = invite("lead@t01.example", "--role", "lead", "--organisation", "DEMO-T01")
    assert refused.exit_code != 0
    said = " ".join((refused.output + str(refused.exception)).split())
    assert "“QRV” (North West London) ended on 31 March 2026" in said
    assert "now part of West and North London (Z9B2Z); end this line on that day" in said


def test_a_register_that_names_a_system_before_it_began_is_told_when(home: Path) -> None:
    file = home / "register.csv"
    text = file.read_text(encoding="utf-8").replace("QRV", "Z9B2Z")
    file.write_text(text, encoding="utf-8")
    refused = invite("lead@t01.example", "--role", "lead", "--organisation", "DEMO-T01")
    said = " ".join((refused.output + str(refused.exception)).split())
    assert "“Z9B2Z” (West and North London) begins on 1 April 2026; give that day a line" in said


def test_a_workbook_for_an_organisation_that_ended_is_refused_with_its_successor(
    home: Path,
) -> None:
    for wanted in ("demo-t11", partner("DEMO-T11").name):
        refused = CliRunner().invoke(main, ["template", wanted, "--cycle", "2025-26"])
        assert refused.exit_code != 0
        said = " ".join(refused.output.replace("│", " ").split())
        assert "(DEMO-T11) ended on" in said
        assert "and is now part of Oakhallow Hospitals Trust (DEMO-T03)." in said
