"""Taking cells out of plain XML gives what parsing the same XML gives, whatever the XML is."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_workbooks import MAIN, parts_of, zipped

from remi.intake.reading.cell_values import Shared
from remi.intake.reading.cells import Cell, Cells, Content
from remi.intake.reading.plain_cells import AT_ONCE, take_cells, take_texts
from remi.intake.reading.preflight import Refused
from remi.intake.reading.reader import read_workbook

STRINGS = f'<sst xmlns="{MAIN}"><si><t>Met</t></si><si><t>Not met</t></si></sst>'
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    "</styleSheet>"
)
COMMENT = "<!---->"

VALUES = [
    *(
        "0",
        "1",
        "45000.5",
        "Met",
        "&lt;&amp;&#8220;&#x1F600;",
        "&#0;",
        "&other;",
        "&#xFFFE;",
        "a > b",
    ),
    *("99", " 7 ", "_x000D_", "nan", "#REF!", "]]>", "é", "\ufffd", "\uffff", "\r\n", "\x01", ""),
]
TYPES = ["", *(f' t="{name}"' for name in ("s", "n", "str", "b", "e", "d", "inlineStr", "other"))]
ROW_ENDS = [
    *("", ' ht="15"', ' hidden="1"', ' hidden="0" ht="20"', ' ht="0"', ' ht = "0"', ' ht="&#48;"'),
    *(" hidden='true'", ' a=">"', ' x:b="1"', ' xmlns="other"', ' ht="1" ht="2"', "/"),
]
ODD = [
    *(
        "",
        "<!-- ",
        " -->",
        COMMENT,
        "<![CDATA[",
        "]]>",
        "<?pi ?>",
        "<!DOCTYPE x>",
        "\n",
        "text",
        "\0",
    ),
    *(
        "</row>",
        "<row>",
        '<row r="4">',
        "<row/>",
        '<row r="4" hidden="1"/>',
        '<row r="1048577">',
        '<row r="0">',
    ),
    *("</sheetData>", "<sheetData>", "<sheetData/>", "</c>", "<c>", "<v>1</v>", '<x xmlns="o">'),
    *('<c r="J1"><v>1</v></c>', '<c r="A1"><v>1</v></c>', "<c><v>1</v></c>", '<c t="e" r="J2"/>'),
    *('<c r="XFE1"><v>1</v></c>', '<c r="a1"><v>1</v></c>', '<c r="J3"><v/></c>', "<v>", "/", "&"),
    *('<c r="J4"><f>A1</f></c>', '<c r="J5" t="str"><f>A1</f><v></v></c>', "</x>", '"', "<", ">"),
    *('<c r="J6"><is><r><t>a</t></r></is></c>', '<x:c r="J7"><v>1</v></x:c>', '<c r="J8" s="x"/>'),
]
DECLARATIONS = [
    *("", "", "", '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n', "\ufeff"),
    *('<?xml version="1.0" encoding="ISO-8859-1"?>', "<!-- -->", "<?xml version='1.0'?>"),
]
BEFORE = [
    "",
    "",
    "",
    "",
    "",
    "",
    '<cols><col min="1" max="2" hidden="1"/></cols>',
    "<c r='A9'/>",
    "<!-- -->",
]
AFTER = [
    "",
    "",
    "",
    "",
    "",
    "",
    "<mergeCells/>",
    "<row r='2' hidden='1'/>",
    "<c r='A1'><v>1</v></c>",
    "<!-- -->",
]
values = st.sampled_from(VALUES)
ordinary_contents = st.sampled_from(
    ["><v>0</v></c>", "><v>1</v></c>", "><is><t>a &lt; b</t></is></c>", "/>", "></c>"]
)
any_contents = st.one_of(
    values.map("><v>{}</v></c>".format), values.map("><is><t>{}</t></is></c>".format)
)


@st.composite
def tokens(draw: st.DrawFn) -> list[str]:
    """A sheet that is nearly always plain: tags of rows, and cells at different places."""
    found = []
    rarely = draw(st.integers(0, 3)) == 3
    contents = any_contents if rarely else ordinary_contents
    types = st.sampled_from(TYPES if rarely else ["", ' t="s"', ' s="1"', ' t="n"', ' t="str"'])
    ends = draw(st.lists(st.sampled_from(ROW_ENDS[:4]), min_size=1, max_size=2))
    ends = draw(st.sampled_from([ends, ends, [draw(st.sampled_from(ROW_ENDS))]]))
    for row in range(1, draw(st.integers(1, 5))):
        found.append(f'<row r="{row}"{draw(st.sampled_from(ends))}>')
        cells = draw(st.lists(st.tuples(types, contents), max_size=4))
        found += [
            f'<c r="{column}{row}"{kind}{content}'
            for column, (kind, content) in zip("ABCD", cells, strict=False)
        ]
        found.append("</row>")
    return found


@st.composite
def sheets(draw: st.DrawFn) -> list[str]:
    """Tokens of which one may be replaced, left out or joined by something odd."""
    found = draw(tokens())
    if draw(st.integers(0, 2)) == 2:
        at = draw(st.integers(0, len(found)))
        found[at : at + draw(st.integers(0, 1))] = [draw(st.sampled_from(ODD))]
    return found


changes = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(ODD)), max_size=1)


def changed(text: str, wanted: list[tuple[float, int, str]]) -> str:
    for share, length, fragment in wanted:
        at = int(share * len(text))
        text = text[:at] + fragment + text[at + length :]
    return text


def outcome(parts: dict[str, Any]) -> Any:
    try:
        return read_workbook(zipped(parts))
    except Refused as refused:
        return refused.refusal.rule


@settings(max_examples=2000, deadline=None)
@given(
    sheets(),
    st.sampled_from(DECLARATIONS),
    st.sampled_from(BEFORE),
    st.sampled_from(AFTER),
    st.one_of(st.just([]), st.just([]), changes),
)
def test_taking_cells_out_gives_what_parsing_gives(
    sheet: list[str],
    declaration: str,
    before: str,
    after: str,
    wanted: list[tuple[float, int, str]],
) -> None:
    name = "xl/worksheets/sheet1.xml"
    texts = {"strings": STRINGS, "styles": STYLES, "columns": before, "after": after}
    parts = parts_of("".join(sheet), before=declaration, **texts)
    part = changed(str(parts[name]), wanted)
    # A comment at the end changes nothing but that the part is parsed as it is.
    assert outcome({**parts, name: part}) == outcome({**parts, name: part + COMMENT})


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.one_of(
            values.map("<si><t>{}</t></si>".format),
            values.map('<si><t xml:space="preserve">{}</t></si>'.format),
            values.map("<si><r><t>{0}</t></r><rPh><t>{0}</t></rPh></si>".format),
            st.sampled_from(["<si/>", "<si></si>", "<si><t/></si>", " ", COMMENT]),
        ),
        max_size=6,
    ),
    changes,
)
def test_taking_shared_texts_out_gives_what_parsing_gives(
    items: list[str], wanted: list[tuple[float, int, str]]
) -> None:
    shown = "".join(f'<c r="A{n}" t="s"><v>{n - 1}</v></c>' for n in range(1, len(items) + 1))
    parts = parts_of(f'<row r="1">{shown}</row>')
    part = changed(f'<sst xmlns="{MAIN}">{"".join(items)}</sst>', wanted)
    name = "xl/sharedStrings.xml"
    assert outcome({**parts, name: part}) == outcome({**parts, name: part + COMMENT})


def test_a_plain_sheet_needs_no_parser_for_its_cells() -> None:
    row = '<row r="{0}"{1}><c r="A{0}" t="s"><v>1</v></c><c r="B{0}" s="3"/></row>'
    ends = ["", "", ' hidden="1"', ' hidden="1"', ' hidden="false"', ' hidden="false"']
    rows = "".join(row.format(n, end) for n, end in enumerate(ends, start=1))
    part = str(parts_of(rows, after="<mergeCells/>")["xl/worksheets/sheet1.xml"]).encode()
    plain = take_cells([part], Shared(["Met", "Not met"], [], False))
    assert plain is not None
    assert [(cell.address, cell.value) for cell in plain.cells.values()] == [
        (f"A{n}", "Not met") for n in range(1, 7)
    ]
    assert plain.before.count(b"<row") == 4  # one for rows alike, and each that may be hidden
    assert b"<c" not in plain.before
    assert plain.after == b"</sheetData><mergeCells/></worksheet>"
    assert take_texts(STRINGS.encode()) == ["Met", "Not met"]


@pytest.mark.parametrize("fault", ["", '<row r="9999"><c r="A9999"><v>1</v></c></row>'])
def test_a_sheet_of_many_pieces_is_read_as_a_whole(fault: str) -> None:
    name = "xl/worksheets/sheet1.xml"
    row = '<row r="{0}"><c r="A{0}" t="s"><v>1</v></c><c r="C{0}"><v>{0}.5</v></c></row>'
    rows = "".join(row.format(n) for n in range(1, 12_000)) + fault
    parts = parts_of(rows, strings=STRINGS, after="<mergeCells/>")
    part = str(parts[name]).encode()
    assert len(part) > 2 * AT_ONCE
    plain = take_cells([part], Shared(["Met", "Not met"], [], False))
    assert (plain is None) == bool(fault)  # out of order: left to the parser
    assert outcome(parts) == outcome({**parts, name: part + COMMENT.encode()})


def test_cells_stand_in_order_however_they_come() -> None:
    held: list[Content] = [("text", word, None, "", False) for word in ("a", "b")]
    cells = Cells()
    for row, column, content in ((2, 1, 0), (1, 3, 1), (1, 2, 0), (3, 1, 1)):
        assert cells.put(row, column, held[content])
    assert cells.put(1, 3, held[1])
    assert not cells.put(1, 3, held[0])
    assert cells.columns() == {1, 2, 3}
    assert [(cell.address, cell.value) for cell in cells.in_order()] == [
        *(("B1", "a"), ("C1", "b"), ("A2", "a"), ("A3", "b")),
    ]
    assert cells[1, 3] == Cell(1, 3, "text", "b")
    assert (1, 1) not in cells
    assert [row for row, _ in cells.rows_below(1)] == [2, 3]
    assert cells.characters() == len(cells) == 4


def test_only_a_sheet_that_is_not_needed_is_left_unread() -> None:
    content = zipped(parts_of('<row r="1"><c r="A1"><v>1</v></c></row>'))
    assert [sheet.name for sheet in read_workbook(content, ["Lists"]).sheets] == ["Answers"]
    assert read_workbook(content, ["Answers"]).sheets == ()
