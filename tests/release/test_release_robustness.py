"""The release says at the top when stages depend on the rule, and only then."""

from __future__ import annotations

from typing import Any

import pytest
from invented_edition import edition_of, invented_rows

from remi.release.compose import make_content
from remi.release.content import Figure, Prose
from schemas.framework import Framework


def said(framework: Framework, *rows: dict[str, Any]) -> list[Prose]:
    made = make_content(edition_of(framework, {**invented_rows(framework), "A24": list(rows)}))
    first = next(section for section in made.sections if section.id == "at-a-glance")
    return [prose for prose in first.paragraphs if "depend on the rule" in str(prose[0])]


def tried(alternative: str, n_change: int | str, n_assessed: int) -> dict[str, Any]:
    return {
        "alternative": alternative,
        "commitment": "Leadership",
        "n_change": n_change,
        "n_assessed": n_assessed,
    }


def test_a_quarter_or_less_is_not_in_the_headline(framework: Framework) -> None:
    assert said(framework, tried("Part read as met", 10, 40)) == []
    assert said(framework) == []


def test_more_than_a_quarter_is_said_once_about_the_largest_share(framework: Framework) -> None:
    (sentence,) = said(
        framework,
        tried("Every indicator", 11, 40),
        tried("Part read as met", 20, 40),
        tried("Core alone", 19, 40),
    )
    assert "".join(p.text if isinstance(p, Figure) else p for p in sentence) == (
        "Stages depend on the rule: with another one (Part read as met) 20 of 40 partners would "
        "not be at the same stage of Leadership; the table on the rule shows every rule that was "
        "tried."
    )
    cells = {p.ref.column_id: p.ref.table_id for p in sentence if isinstance(p, Figure)}
    assert cells == dict.fromkeys(("alternative", "n_change", "n_assessed", "commitment"), "A24")


@pytest.mark.parametrize("status", ["[c]", "[x]"])
def test_what_is_withheld_or_not_known_is_not_in_the_headline(
    framework: Framework, status: str
) -> None:
    assert said(framework, tried("Part read as met", status, 40)) == []
