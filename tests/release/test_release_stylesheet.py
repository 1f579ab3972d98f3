from pathlib import Path

import pytest

from remi.release.stylesheet import (
    STYLE_FOLDER,
    StylesheetMissingError,
    installed_stylesheet,
    used_rules,
)

PAGE = '<html><body><p class="seen">Text <a href="#x">link</a></p></body></html>'


def test_a_missing_stylesheet_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(StylesheetMissingError, match="make style"):
        installed_stylesheet(tmp_path)


def test_only_rules_that_the_page_uses_are_kept() -> None:
    kept = used_rules(".seen{color:red}.unseen{color:blue}.seen,.other{margin:0}", PAGE)
    assert kept == ".seen{color:red}.seen{margin:0}"


def test_states_and_media_are_kept_for_what_is_on_the_page() -> None:
    css = "a:hover{color:red}@media (min-width:40em){.seen{margin:0}.gone{margin:0}}"
    assert used_rules(css, PAGE) == "a:hover{color:red}@media (min-width:40em){.seen{margin:0}}"


def test_fonts_pictures_and_printed_addresses_are_left_out() -> None:
    css = (
        "@font-face{font-family:Frutiger W01;src:url(https://example.org/f.woff2)}"
        '@import "x.css";'
        "p{font-family:Frutiger W01,Arial;background:url(/assets/x.svg);color:red}"
        '@media print{a:after{content:" (Link: " attr(href) ")";color:red}}'
    )
    kept = used_rules(css, PAGE)
    assert kept == (
        "p{font-family:Arial, Helvetica, sans-serif;color:red}@media print{a:after{color:red}}"
    )


def test_the_lock_names_no_registry() -> None:
    assert "http" not in (STYLE_FOLDER / "package-lock.json").read_text(encoding="utf-8")
