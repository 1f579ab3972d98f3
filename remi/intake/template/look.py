"""How our workbooks look: fonts, colours, borders and page set-up. No meaning rests on colour."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from remi.intake.layout import HEADING_SIZE

TITLE = "Page title"
HEADING = "Section heading"
EXPLANATION = "Explanation"
WORDING = "Wording"
WORDING_STRONG = "Wording strong"
NOTE = "Remark"
NOTE_STRONG = "Remark strong"
WORDING_HEADER = "Header of wording"
FILL_IN = "Fill in"
FILL_IN_CODE = "Fill in code"
FILL_IN_DATE = "Fill in date"
FILL_IN_HEADER = "Header to fill in"
LINK = "Link to a sheet"

BODY_SIZE = 11
INDENT = 1.5  # the width of the space before a note

_INK = "FF1B2A33"
_WHITE = "FFFFFFFF"
_SLATE = "FF4A5A66"
_TEAL = "FF00566B"
_MIST = "FFF1F4F5"
_CREAM = "FFFFF8DF"
_LINK = "FF00507A"

_A4 = 9


def add_styles(workbook: Workbook) -> None:
    """Register every style by name; the workbook's own font becomes Arial 10."""
    # openpyxl has no public way to set the font on which column widths rest.
    workbook._fonts[0] = _font(10)  # type: ignore[attr-defined]
    top = Alignment(horizontal="left", vertical="top", wrap_text=True)
    bottom = Alignment(horizontal="left", vertical="bottom", wrap_text=True)
    indented = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
    body, strong = _font(BODY_SIZE), _font(BODY_SIZE, bold=True)
    heading = _font(HEADING_SIZE, _WHITE, bold=True)
    link = Font(name="Arial", size=BODY_SIZE, color=_LINK, underline="single")
    thin, dark = _box("FFB4C0C7"), _box("FF3F4E57")
    mist, cream = _solid(_MIST), _solid(_CREAM)
    for style in (
        NamedStyle(TITLE, font=_font(18, _TEAL, bold=True)),
        NamedStyle(HEADING, font=_font(13, _TEAL, bold=True)),
        NamedStyle(EXPLANATION, font=body, alignment=Alignment(vertical="top")),
        NamedStyle(WORDING, font=body, fill=mist, border=thin, alignment=top),
        NamedStyle(WORDING_STRONG, font=strong, fill=mist, border=thin, alignment=top),
        NamedStyle(NOTE, font=body, fill=mist, border=thin, alignment=indented),
        NamedStyle(NOTE_STRONG, font=strong, fill=mist, border=thin, alignment=indented),
        NamedStyle(LINK, font=link, fill=mist, border=thin, alignment=indented),
        NamedStyle(
            WORDING_HEADER, font=heading, fill=_solid(_SLATE), border=thin, alignment=bottom
        ),
        NamedStyle(FILL_IN_HEADER, font=heading, fill=_solid(_TEAL), border=thin, alignment=bottom),
        *(
            NamedStyle(
                name,
                font=body,
                fill=cream,
                border=dark,
                alignment=top,
                number_format=number_format,
                protection=Protection(locked=False),
            )
            for name, number_format in (
                (FILL_IN, "General"),
                (FILL_IN_CODE, "@"),
                (FILL_IN_DATE, "dd/mm/yyyy"),
            )
        ),
    ):
        workbook.add_named_style(style)


def protect(sheet: Worksheet) -> None:
    """Lock what is not to be filled in, without a password; layout stays free.

    Excel sorts only where no cell is locked, whatever is allowed here.
    """
    sheet.protection.sheet = True
    # In this file format, False is what lets a person do it.
    sheet.protection.formatCells = False
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.protection.insertHyperlinks = False
    sheet.protection.sort = False
    sheet.protection.autoFilter = False


def set_up_page(sheet: Worksheet, footer: str, landscape: bool, pages_wide: int) -> None:
    """A4, fitted to the width of one or two pages, with a page number at the foot."""
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth = pages_wide
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = 0.4
    sheet.page_margins.bottom = 0.6
    sheet.page_margins.footer = 0.25
    # An ampersand starts a command in a footer and is written twice to stand for itself.
    sheet.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(footer.replace("&", "&&")),
        right=_HeaderFooterPart("&A, page &P of &N"),
    )


def set_page_title(sheet: Worksheet, title: str) -> None:
    """Print the title at the head of each page."""
    sheet.oddHeader = HeaderFooterItem(
        left=_HeaderFooterPart(title.replace("&", "&&"), font="Arial,Bold", size=14)
    )
    sheet.page_margins.top = 0.75
    sheet.page_margins.header = 0.3


def _font(size: int, color: str = _INK, bold: bool = False) -> Font:
    return Font(name="Arial", size=size, color=color, bold=bold)


def _box(color: str) -> Border:
    side = Side(style="thin", color=color)
    return Border(left=side, right=side, top=side, bottom=side)


def _solid(color: str) -> PatternFill:
    return PatternFill("solid", fgColor=color)
