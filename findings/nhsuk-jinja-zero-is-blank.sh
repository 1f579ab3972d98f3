#!/usr/bin/env bash
# nhsuk-frontend-jinja 0.10.2 (NHS Digital's page components): the number 0 is shown as nothing.
#
# Seen 2026-12-01. A table cell, a table heading, a summary list's value and a tag whose text is the
# number 0 are empty on the page; 1 is shown, and so is the text "0". Radio buttons and a select whose
# chosen value is the number 0 choose none of their items, though the item of value 0 is there;
# checkboxes given the same 0 tick it, and an input shows it. The templates ask whether there is a text
# by its truth, and in Jinja 0 is not true. The documentation gives text as a string and leaves it to
# the caller; nothing warns, and the page passes every accessibility check.
# Why it matters here: stage 0 is a stage, and "0 to fix" is the best news a partner can get.
# The product's tables and numbers are written by its own templates, and the components are given words
# alone: remi/portal/pages/tables.jinja; tests/portal/test_zero_on_pages.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    nhsuk-frontend-jinja==0.10.2 jinja2==3.1.6 lxml==6.1.3
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import jinja2
from lxml import html

pages = jinja2.Environment(
    loader=jinja2.PackageLoader("nhsuk_frontend_jinja"),
    undefined=jinja2.ChainableUndefined,
    autoescape=True,
)


def made(component: str, macro: str, parameters: dict[str, object]) -> html.HtmlElement:
    source = f'{{% from "nhsuk/components/{component}/macro.jinja" import {macro} %}}'
    text = pages.from_string(source + f"{{{{ {macro}(given) }}}}").render(given=parameters)
    return html.fromstring(text)


def shown(n: object) -> dict[str, str]:
    cell = made("tables", "table", {"caption": "Stages", "head": [], "rows": [[{"text": n}]]})
    row = {"key": {"text": "To fix"}, "value": {"text": n}}
    summary = made("summary-list", "summaryList", {"rows": [row]})
    found = {
        "table cell": cell.xpath("string(//td)"),
        "summary list": summary.xpath("string(//dd)"),
        "tag": made("tag", "tag", {"text": n}).text_content(),
    }
    return {name: text.strip() for name, text in found.items()}


def chosen(n: int) -> dict[str, list[str]]:
    items = [{"value": 0, "text": "Stage 0"}, {"value": 1, "text": "Stage 1"}]
    base = {"name": "stage", "idPrefix": "stage", "id": "stage", "items": items}
    return {
        "radios": made("radios", "radios", {**base, "value": n}).xpath("//input[@checked]/@value"),
        "select": made("select", "select", {**base, "value": n}).xpath("//option[@selected]/@value"),
        "checkboxes": made("checkboxes", "checkboxes", {**base, "values": [n]}).xpath(
            "//input[@checked]/@value"
        ),
    }


print("nhsuk-frontend-jinja", version("nhsuk-frontend-jinja"), "with jinja2", version("jinja2"))
for n in (1, "0", 0):
    print(f"shown for {n!r}:", shown(n))
for n in (1, 0):
    print(f"chosen by {n!r}:", chosen(n))
assert set(shown(1).values()) == {"1"} and set(shown("0").values()) == {"0"}
assert set(shown(0).values()) == {""}, "the number 0 is shown now"
assert chosen(1) == {"radios": ["1"], "select": ["1"], "checkboxes": ["1"]}
assert chosen(0) == {"radios": [], "select": [], "checkboxes": ["0"]}, "0 is chosen now"
PYTHON
