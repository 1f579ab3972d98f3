"""`remi check --annotated` and `remi template`: what a partner is handed, from the command line."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from last_year_samples import BEFORE, NOW, TRUST, file_of, returned, workspace
from openpyxl import Workbook, load_workbook

from remi.cli.main import main
from remi.demo.cell_faults import label_not_on_list
from remi.demo.partners import register_csv
from remi.intake.identity import TO_FIX_SHEET


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation in which a trust returned last year."""
    home = tmp_path_factory.mktemp("home")
    (home / "register.csv").write_text(register_csv(), encoding="utf-8")
    returned(workspace(home), BEFORE, TRUST)
    return home


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("REMI_HOME", str(home))
    return CliRunner()


def invoke(run: CliRunner, *arguments: object) -> Result:
    return run.invoke(main, [*map(str, arguments), "--cycle", NOW])


def opened(path: Path) -> Workbook:
    return load_workbook(BytesIO(path.read_bytes()))


def test_check_writes_the_workbook_with_what_is_wrong_in_it(
    run: CliRunner, home: Path, tmp_path: Path
) -> None:
    file, out = tmp_path / "ours.xlsx", tmp_path / "marked.xlsx"
    file.write_bytes(label_not_on_list(file_of(workspace(home), TRUST, NOW)))
    done = invoke(run, "check", file, "--annotated", out)
    assert done.exit_code == 1, done.output
    assert f"Wrote {out}" in done.output
    book = opened(out)
    assert book.sheetnames[0] == TO_FIX_SHEET
    assert "mostly" in {c.value for row in book["Leadership"].iter_rows() for c in row}
    again = invoke(run, "check", out)
    assert again.exit_code == 1
    assert "“mostly”" in again.output


def test_check_says_that_it_wrote_nothing_where_nothing_can_be_used(
    run: CliRunner, tmp_path: Path
) -> None:
    file, out = tmp_path / "ours.xlsx", tmp_path / "marked.xlsx"
    file.write_bytes(b"%PDF-1.7")
    done = invoke(run, "check", file, "--annotated", out)
    assert done.exit_code == 2
    assert "No workbook was written" in done.output
    assert not out.exists()


@pytest.mark.parametrize(("options", "shown"), [((), True), (("--empty",), False)])
def test_template_shows_last_year_unless_it_is_to_be_empty(
    run: CliRunner, tmp_path: Path, options: tuple[str, ...], shown: bool
) -> None:
    out = tmp_path / "template.xlsx"
    done = invoke(run, "template", TRUST, "-o", out, *options)
    assert done.exit_code == 0, done.output
    start = {row[0].value for row in opened(out)["Start"].iter_rows()}
    assert ("Since last year" in start) is shown


def test_an_organisation_is_found_however_its_code_is_capitalised(
    run: CliRunner, home: Path, tmp_path: Path
) -> None:
    one, other = tmp_path / "one.xlsx", tmp_path / "other.xlsx"
    assert invoke(run, "template", TRUST, "-o", one).exit_code == 0
    done = invoke(run, "template", TRUST.lower(), "-o", other)
    assert done.exit_code == 0, done.output
    assert one.read_bytes() == other.read_bytes()
    one.write_bytes(file_of(workspace(home), TRUST, NOW))
    done = invoke(run, "check", one, "--sent-for", TRUST.lower())
    assert done.exit_code == 0, done.output
    done = invoke(run, "check", one, "--sent-for", f"{TRUST}x")
    assert done.exit_code == 2
    assert TRUST in done.output.split("Nearest:")[1]


def test_no_file_is_written_over_that_may_hold_answers(run: CliRunner, tmp_path: Path) -> None:
    own = tmp_path / "ours.xlsx"
    own.write_bytes(b"two hours of work")
    template = invoke(run, "template", TRUST, "-o", own)
    assert template.exit_code == 2
    assert "may hold answers" in template.output
    check = invoke(run, "check", own, "--annotated", own)
    assert check.exit_code == 2
    assert "another file" in check.output
    assert own.read_bytes() == b"two hours of work"


def test_a_place_that_cannot_be_written_to_is_named_in_a_sentence(
    run: CliRunner, tmp_path: Path
) -> None:
    done = invoke(run, "template", TRUST, "-o", tmp_path / "nowhere" / "ours.xlsx")
    assert done.exit_code == 1
    assert "could not be written" in done.output
    assert "Traceback" not in done.output
