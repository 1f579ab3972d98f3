"""The page's stylesheet: only those rules of the installed nhsuk-frontend that the page uses.

The file is read from where `make style` installed it and is never copied into the project. Fonts,
pictures and link addresses in print are left out, so that the page asks for nothing from outside.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import tinycss2
from cssselect import HTMLTranslator, SelectorError
from lxml import etree, html

STYLE_FOLDER = Path(__file__).parent / "style"
INSTALLED = Path("node_modules/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css")

FONT = "Arial, Helvetica, sans-serif"

# A class whose name has an escaped sign in it, such as .one-half\\@tablet, is not looked up.
_CLASS = re.compile(r"\.([\w-]+)(?![\w-]|\\)")


class StylesheetMissingError(RuntimeError):
    """nhsuk-frontend is not installed."""


def installed_stylesheet(folder: Path = STYLE_FOLDER) -> str:
    """The text of the installed stylesheet. Raises StylesheetMissingError with what to do."""
    path = folder / INSTALLED
    if not path.is_file():
        raise StylesheetMissingError(
            "The published page's stylesheet is not installed. Run `make style`, then try again."
        )
    return path.read_text(encoding="utf-8")


def used_rules(stylesheet: str, page: str) -> str:
    """The rules of `stylesheet` that apply to something on `page` (HTML), in their order."""
    tree = _outline(page)
    classes = {name for names in tree.xpath("//@class") for name in names.split()}
    rules = tinycss2.parse_stylesheet(stylesheet, skip_comments=True, skip_whitespace=True)
    matches = _Matches(tree, classes, {})
    return "".join(_kept(rule, matches) for rule in rules)


def without_outside(stylesheet: str) -> str:
    """The whole of `stylesheet`, but for what would be loaded from somewhere: fonts, pictures."""
    rules = tinycss2.parse_stylesheet(stylesheet, skip_comments=True, skip_whitespace=True)
    return "".join(_inside(rule) for rule in rules)


def _inside(rule: Any) -> str:
    if rule.type == "at-rule":
        if rule.lower_at_keyword == "keyframes":
            return str(rule.serialize())
        if rule.lower_at_keyword not in ("media", "supports") or rule.content is None:
            return ""
        inner = tinycss2.parse_blocks_contents(
            rule.content, skip_comments=True, skip_whitespace=True
        )
        prelude = tinycss2.serialize(rule.prelude).strip()
        return f"@{rule.lower_at_keyword} {prelude}{{{''.join(map(_inside, inner))}}}"
    if rule.type != "qualified-rule":
        return ""
    declarations = _declarations(rule)
    return f"{tinycss2.serialize(rule.prelude)}{{{declarations}}}" if declarations else ""


class _Matches(NamedTuple):
    """The page to match selectors against, the classes on it, and what was found so far."""

    tree: Any
    classes: set[str]
    found: dict[str, bool]


def _outline(page: str) -> Any:
    """The page with one body row for each table, since all rows of a table are styled alike."""
    tree = html.document_fromstring(page)
    for row in tree.xpath("//tbody/tr[position() > 1]"):
        row.getparent().remove(row)
    return tree


def _kept(rule: Any, matches: _Matches) -> str:
    if rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
        if rule.content is None:
            return ""
        inner = tinycss2.parse_blocks_contents(
            rule.content, skip_comments=True, skip_whitespace=True
        )
        kept = "".join(_kept(one, matches) for one in inner)
        prelude = tinycss2.serialize(rule.prelude).strip()
        return f"@{rule.lower_at_keyword} {prelude}{{{kept}}}" if kept else ""
    if rule.type != "qualified-rule":
        return ""
    selectors = [s for s in _selectors(rule) if _matches(s, matches)]
    declarations = _declarations(rule)
    return f"{','.join(selectors)}{{{declarations}}}" if selectors and declarations else ""


def _selectors(rule: Any) -> list[str]:
    """The selectors of a rule, split at the commas that are not inside brackets."""
    parts: list[list[Any]] = [[]]
    for token in rule.prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [tinycss2.serialize(part).strip() for part in parts]


def _declarations(rule: Any) -> str:
    kept = []
    for one in tinycss2.parse_declaration_list(
        rule.content, skip_comments=True, skip_whitespace=True
    ):
        if one.type != "declaration":
            continue
        value = tinycss2.serialize(one.value).strip()
        # url() would be loaded from outside; attr() prints the address after each link.
        if "url(" in value.lower() or (one.lower_name == "content" and "attr(" in value.lower()):
            continue
        if one.lower_name == "font-family":
            value = "inherit" if value.lower() == "inherit" else FONT
        kept.append(f"{one.lower_name}:{value}{'!important' if one.important else ''}")
    return ";".join(kept)


def _matches(selector: str, matches: _Matches) -> bool:
    """Whether anything on the page can be styled by the selector, in whatever state it may be."""
    still = _without_states(selector)
    if not matches.classes.issuperset(_CLASS.findall(still)):
        return False
    if still not in matches.found:
        try:
            path = HTMLTranslator().css_to_xpath(still)
            matches.found[still] = bool(matches.tree.xpath(path))
        except (SelectorError, etree.XPathError):
            matches.found[still] = False
    return matches.found[still]


def _without_states(selector: str) -> str:
    """The selector without :hover, ::before and the like, which the file's markup cannot show."""
    tokens = tinycss2.parse_component_value_list(selector)
    kept: list[str] = []
    skipping = False
    for token in tokens:
        if token.type == "literal" and token.value == ":":
            skipping = True
        elif skipping and token.type in ("ident", "function"):
            skipping = False
        else:
            kept.append(tinycss2.serialize([token]))
    compounds = "".join(kept).strip()
    # What is left of “:root” alone, or of “a > :first-child”, stands for any element.
    return compounds + "*" if not compounds or compounds[-1] in ">+~ " else compounds
