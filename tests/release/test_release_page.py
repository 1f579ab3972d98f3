import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from invented_edition import MARKUP_NAME
from lxml import html

from remi.release.content import Content
from remi.release.page import page as render


@pytest.fixture(scope="module")
def text(files: dict[str, bytes]) -> str:
    return files["index.html"].decode("utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> html.HtmlElement:
    return html.document_fromstring(text)


def test_the_page_asks_for_nothing_from_outside(text: str, page: html.HtmlElement) -> None:
    assert not page.xpath("//script | //link | //img | //iframe | //object | //embed | //@src")
    addresses = page.xpath("//@href | //@action | //@xlink:href", namespaces={
        "xlink": "http://www.w3.org/1999/xlink"
    })  # fmt: skip
    assert addresses
    assert not [one for one in addresses if re.match(r"[a-z]+:|//", one, re.IGNORECASE)]
    css = "".join(page.xpath("//style/text()"))
    assert "url(" not in text
    assert "@font-face" not in css
    assert "@import" not in css
    assert "attr(href" not in css


def test_nothing_runs_on_the_page(page: html.HtmlElement) -> None:
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    policy = page.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_a_partner_whose_name_is_markup_is_shown_as_written(page: html.HtmlElement) -> None:
    assert MARKUP_NAME in page.text_content()
    assert not page.xpath("//script")


def test_every_table_has_a_caption_and_headings_both_ways(page: html.HtmlElement) -> None:
    tables = page.xpath("//table")
    assert len(tables) > 12
    for table in tables:
        assert table.xpath("string(caption)").strip()
        assert table.xpath("thead/tr/th")
        assert not table.xpath("thead//th[not(@scope='col')] | tbody//th[not(@scope='row')]")
        assert all(row.xpath("th[@scope='row']") for row in table.xpath("tbody/tr"))
        assert not [
            cell for cell in table.xpath(".//td | .//th") if not cell.text_content().strip()
        ]


def test_every_wide_table_can_be_reached_and_named_without_a_mouse(page: html.HtmlElement) -> None:
    for table in page.xpath("//table"):
        region = table.getparent()
        assert (region.get("role"), region.get("tabindex")) == ("region", "0")
        assert page.xpath("string(//*[@id=$id])", id=region.get("aria-labelledby")).strip()


def test_headings_do_not_skip_a_level_and_ids_are_used_once(page: html.HtmlElement) -> None:
    levels = [int(one.tag[1]) for one in page.xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert not [one for one, n in Counter(page.xpath("//@id")).items() if n > 1]
    ids = set(page.xpath("//@id"))
    assert {one[1:] for one in page.xpath("//@href") if one.startswith("#")} <= ids


def test_the_page_says_its_language_and_lets_readers_skip(page: html.HtmlElement) -> None:
    assert page.get("lang") == "en-GB"
    assert page.xpath("//body/*[1]/@href") == ["#main"]
    assert page.xpath("//main/@id") == ["main"]


def test_charts_are_hidden_from_screen_readers_and_their_numbers_are_not(
    page: html.HtmlElement,
) -> None:
    drawings = page.xpath("//*[local-name()='svg']")
    assert len(drawings) == 8
    for drawing in drawings:
        assert drawing.get("aria-hidden") == "true"
        part = drawing.xpath("ancestor::div[@class='illustration']")[0]
        assert part.xpath("h3") and part.xpath("p") and part.xpath(".//table")  # noqa: PT018
        assert set(drawing.xpath(".//@font-family")) == {"Arial"}
        assert not set(drawing.xpath(".//@opacity")) - {"1"}


def test_every_download_on_the_page_is_in_the_release(
    page: html.HtmlElement, files: dict[str, bytes]
) -> None:
    relative = {one for one in page.xpath("//@href") if not one.startswith("#")}
    assert relative <= set(files)
    assert {one for one in files if one.endswith((".csv", ".xlsx"))} <= relative


def test_every_marked_number_is_the_one_in_the_full_table(
    page: html.HtmlElement, content: Content
) -> None:
    marked = page.xpath("//*[@data-figure]")
    assert len(marked) > 50
    for one in marked:
        table_id = one.get("data-figure").split("/", 1)[0]
        row, column = one.get("data-figure").removeprefix(f"{table_id}/").rsplit("/", 1)
        table = next(table for table in content.tables if table.id == table_id)
        keys = [part.split("=", 1) for part in re.split(r";(?=[a-z_]+=)", row)]
        number = next(
            i
            for i, cells in enumerate(table.rows)
            if all(cells[table.place(name)].text == value for name, value in keys)
        )
        shown = page.xpath(f"//details[@id='table-{table_id}']//tbody/tr")[number]
        place = table.shown.index(table.place(column))
        assert shown.xpath("th | td")[place].text_content() == one.text_content()


def test_the_legend_explains_every_symbol_in_use_and_no_other(page: html.HtmlElement) -> None:
    used = set(re.findall(r"\[[a-z]\]", " ".join(page.xpath("//td/text() | //tbody/tr/th/text()"))))
    assert used == set(page.xpath("//dl[@class='legend']//dt/text()"))


def test_a_release_that_is_not_a_demonstration_carries_no_notice(content: Content) -> None:
    shown = render(replace(content, demonstration_notice=None), "").decode("utf-8")
    assert 'class="notice"' not in shown
    assert "not the official index" in " ".join(shown.split())
