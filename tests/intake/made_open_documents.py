"""OpenDocument spreadsheets made by hand, for what no spreadsheet program would write."""

from made_workbooks import Parts, zipped

_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"


def table(rows: str, name: str = "Answers", attributes: str = "") -> str:
    return f'<table:table table:name="{name}"{attributes}>{rows}</table:table>'


def row(cells: str, attributes: str = "") -> str:
    return f"<table:table-row{attributes}>{cells}</table:table-row>"


def cell(content: str = "", attributes: str = "") -> str:
    return f"<table:table-cell{attributes}>{content}</table:table-cell>"


def text(*paragraphs: str, attributes: str = "") -> str:
    written = "".join(f"<text:p>{one}</text:p>" for one in paragraphs)
    return cell(written, f' office:value-type="string"{attributes}')


def number(value: object, attributes: str = "") -> str:
    kind = f' office:value-type="float" office:value="{value}"'
    return cell(f"<text:p>{value}</text:p>", f"{kind}{attributes}")


def parts_of_ods(
    tables: str, *, styles: str = "", before: str = "", kind: str = "spreadsheet"
) -> Parts:
    """The parts of a spreadsheet; `before` comes before its root."""
    spaces = "".join(f' xmlns:{short}="{space}"' for short, space in _SPACES.items())
    return {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"{before}<office:document-content{spaces}>"
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{tables}</office:{kind}></office:body>"
        "</office:document-content>",
    }


def ods_of(tables: str, **others: str) -> bytes:
    return zipped(parts_of_ods(tables, **others))


def manifest(encrypted: str) -> str:
    """A list of parts that says `encrypted` is."""
    return (
        f'<m:manifest xmlns:m="{_MANIFEST}"><m:file-entry m:full-path="/"/>'
        f'<m:file-entry m:full-path="{encrypted}"><m:encryption-data/></m:file-entry></m:manifest>'
    )
