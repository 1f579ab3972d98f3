"""Lists as people save them, through `remi score`: read as they were meant, or every fault said."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from remi.cli.main import main

HEADING = ("organisation_id", "node_id", "answer", "sector", "note")
TEACHING = [("R1", q, "Fully", "nhs_trust", "") for q in ("P1", "P2", "L1", "L2", "L3")]


def table(*rows: tuple[str, ...], delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(row) + end for row in (HEADING, *rows))


def score(tmp_path: Path, content: str | bytes, *options: str, name: str = "answers.csv") -> Result:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return CliRunner().invoke(main, ["score", "teaching-example", str(file), *options])


def refusal(tmp_path: Path, content: str | bytes) -> list[str]:
    """What is said of a list that cannot be used; never a traceback, and nothing is scored."""
    done = score(tmp_path, content)
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert done.stdout == ""
    return done.stderr.removeprefix("Error: ").splitlines()


def in_excel(rows: list[tuple[str, ...]]) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Ratings"
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


WHOLE = table(*TEACHING)


@pytest.mark.parametrize(
    "content",
    [
        WHOLE.encode("utf-8-sig"),
        WHOLE.encode("utf-16"),
        WHOLE.encode("utf-16-be").join([b"\xfe\xff", b""]),
        table(*TEACHING, delimiter=";", end="\r\n").encode(),
        table(*TEACHING, delimiter="\t").encode("utf-16"),
        ("sep=;\n" + table(*TEACHING, delimiter=";")).encode(),
        table(*TEACHING, end="\r").encode(),
        WHOLE.replace("organisation_id,node_id", "Organisation ID,Node-id").encode(),
        WHOLE.replace("R1,", "\u200eR1 ,").replace(",nhs_trust", ", NHS Trust").encode(),
        WHOLE.replace("\n", "\n\n , ,,,\n").encode(),
        WHOLE.replace(",\n", ',"two lines,\nof a note"\n').replace("note,", "note\n", 1).encode(),
    ],
)
def test_a_list_is_read_however_a_spreadsheet_program_saved_it(
    tmp_path: Path, content: bytes
) -> None:
    done = score(tmp_path, content, "-o", str(tmp_path / "results.csv"))
    assert done.exit_code == 0, done.output
    expected = score(tmp_path, WHOLE)
    assert done.stdout == expected.stdout


def test_the_first_sheet_of_an_excel_workbook_is_a_list_too(tmp_path: Path) -> None:
    content = in_excel([HEADING, *TEACHING])
    assert score(tmp_path, content, name="answers.xlsx").stdout == score(tmp_path, WHOLE).stdout
    wrong = [HEADING, *TEACHING[:4], ("R1", "L3", "Fuly", "nhs_trust", "")]
    done = score(tmp_path, in_excel(wrong), name="answers.xlsx")
    assert done.exit_code == 1
    assert "answers.xlsx, sheet “Ratings”, row 6, column answer: “Fuly”" in done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "answers.csv: the file is empty"),
        (b"\n \n", "answers.csv: the file is empty"),
        (table(), "answers.csv: there is nothing below the headings"),
        ("hello\n", "line 1: the columns must be organisation_id, node_id and answer"),
        (WHOLE.replace("R1", "Café", 1).encode("cp1252"), "line 2: the file is not UTF-8"),
        (WHOLE.encode("utf-16")[:-1], "answers.csv: the file is damaged: not all of it is UTF-16"),
        (WHOLE.replace("L1", "L\0001"), "line 4: there is a character here that is no text"),
        (WHOLE.replace("nhs_trust,\n", 'nhs_trust,"see paper\n', 1), "line 2: a quotation mark is"),
        (
            table((*TEACHING[0][:4], '"see'), *TEACHING[1:3], (*TEACHING[3][:4], '12" wide')),
            "line 2: a quotation mark is open from here to line 5 and swallows rows",
        ),
        (
            # Both marks stand where marks may stand, so that the rows between look like a text.
            WHOLE.replace("trust,\n", 'trust,"see\n', 1).replace(
                "L1,Fully,nhs_trust,", 'L1,Fully,nhs_trust,"'
            ),
            "line 2: a quotation mark is open from here to line 4 and swallows rows",
        ),
        (WHOLE.replace("P2,Fully", "P2,Fully,"), "line 3: there are 6 entries where there are 5"),
        (
            WHOLE.replace("P2,Fully,", "P2,"),
            "line 3: there are 4 entries where there are 5 columns",
        ),
        (WHOLE.replace("note", "answer", 1), "line 1: the column answer is there twice"),
        (WHOLE.replace("sector", "secter"), "no column “secter” here. Did you mean “sector”?"),
        (WHOLE.replace("R1,L1", ",L1"), "line 4, column organisation_id: this is blank"),
        (WHOLE.replace("R1,L1", "R1,"), "line 4, column node_id: this is blank"),
        (WHOLE.replace("R1,L1", "r1,L1"), "“R1” (lines 2, 3, 5 and 6) and “r1” (line 4) may be"),
        (
            WHOLE.replace("R1,L1", "R1,P1"),
            "line 4, column node_id: P1 is answered a second time; see line 2",
        ),
        (WHOLE.replace("R1,L1", "R1,LL1"), "“LL1” is not one of the parts of Welcoming reception"),
        (
            WHOLE.replace("L1,Fully,nhs_trust", "L1,Fully,vcse"),
            "line 4, column sector: R1 is in the sector nhs_trust on line 2",
        ),
        (
            WHOLE.replace("Fully,nhs_trust,\nR1,L1", "Fully,nhs_trusts,\nR1,L1"),
            "Did you mean “nhs_trust”?",
        ),
        (
            WHOLE.replace("Fully,nhs_trust,\nR1,L1", "Fully,,\nR1,L1"),
            "line 3, column sector: this is blank",
        ),
        (
            WHOLE.replace("nhs_trust", "vcse"),
            "line 6, column node_id: L3 is not asked of the sector vcse",
        ),
        (WHOLE.replace("sector", "kind"), "the column sector is missing"),
        (
            WHOLE.replace("R1,L3,Fully", "R1,people,much"),
            "line 6, column answer: “much” is no number",
        ),
        (b"%PDF-1.7 " + WHOLE.encode(), "answers.csv: this is no list (file is pdf)"),
        (b"PK\x03\x04" + WHOLE.encode(), "this cannot be read as a workbook"),
        (WHOLE.replace("R1,L1", f"{'x' * 200_000},L1"), "line 4: a quotation mark is open"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_its_line(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    assert said in "\n".join(refusal(tmp_path, content))


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    text = WHOLE.replace("\n", "\n\n\n", 1).replace("trust,\n", 'trust,"a\n\nb"\n', 1)
    assert refusal(tmp_path, text.replace("R1,L1,Fully", "R1,L1,Fuly"))[0].startswith(
        "answers.csv, line 8, column answer: “Fuly”"
    )


def test_every_wrong_label_is_named_with_its_lines_the_choices_and_a_near_one(
    tmp_path: Path,
) -> None:
    rows = [(f"R{n}", "P1", "Fuly" if n < 40 else "Nearly", "nhs_trust", "") for n in range(60)]
    assert refusal(tmp_path, table(*rows)) == [
        "answers.csv: 60 things to fix",
        "answers.csv, lines 2 to 41, column answer: “Fuly” is not one of the answers: “Not yet”, "
        "“In part”, “Fully” and “not applicable”. Did you mean “Fully”?",
        "answers.csv, lines 42 to 61, column answer: “Nearly” is not one of the answers: "
        "“Not yet”, “In part”, “Fully” and “not applicable”. Did you mean “In part”?",
    ]
    (one,) = refusal(tmp_path, table(rows[0]))
    assert one.startswith("answers.csv, line 2, column answer: “Fuly” is not one of the answers")


def test_faults_of_all_files_are_told_and_one_organisation_is_spelt_alike_in_all(
    tmp_path: Path,
) -> None:
    second = tmp_path / "more.csv"
    second.write_text(table(("r1", "L3", "Fully", "nhs_trust", "")), encoding="utf-8")
    done = score(tmp_path, table(*TEACHING[:4]), str(second))
    assert "“R1” (answers.csv, 2 to 5) and “r1” (more.csv, 2) may be one" in done.stderr
    second.write_text(table(("R1", "L3", "Fuly", "nhs_trust", "")), encoding="utf-8")
    done = score(tmp_path, table(("R1", "P1", "Fuly", "nhs_trust", "")), str(second))
    assert "answers.csv, line 2" in done.stderr
    assert "more.csv, line 2" in done.stderr


@pytest.mark.parametrize("word", ["Not applicable", "N/A", "n.a.", "NA", "not_applicable"])
def test_not_applicable_is_written_as_in_a_workbook(tmp_path: Path, word: str) -> None:
    text = WHOLE.replace("R1,L3,Fully", f"R1,L3,{word}")
    expected = score(tmp_path, WHOLE.replace("R1,L3,Fully", "R1,L3,not_applicable"))
    done = score(tmp_path, text, "--explain", "R1:L3")
    assert score(tmp_path, text).stdout == expected.stdout
    assert "not applicable" in done.output


def test_answers_are_taken_in_the_spellings_that_workbooks_take(tmp_path: Path) -> None:
    text = WHOLE.replace("R1,P1,Fully", "R1,p1,done").replace("R1,P2,Fully", "R1,P2,\u00a0YES ")
    assert score(tmp_path, text).stdout == score(tmp_path, WHOLE).stdout


def test_a_sector_that_is_misspelt_scores_nobody_too_well(tmp_path: Path) -> None:
    blank = [row for row in TEACHING if row[1] != "L3"]
    done = score(tmp_path, table(*blank))
    assert "0.89 and 1" in done.stdout
    assert "provisional" in done.stdout
