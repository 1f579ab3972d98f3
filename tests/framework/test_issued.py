"""What counts as a change of a framework that partners have answered, and how it is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from remi.framework.issued import differences, issued_text
from remi.settings import CHECKOUT
from schemas.framework import Framework

FILE = CHECKOUT / "config" / "frameworks" / "race-equality-maturity-1.0.yaml"
CONTENT = yaml.safe_load(Path(FILE).read_text(encoding="utf-8"))
SHIPPED = Framework.model_validate(CONTENT)

Edit = Callable[[dict], object]  # type: ignore[type-arg]


def edited(edit: Edit) -> Framework:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    edit(content)
    return Framework.model_validate(content)


def indicators(content: dict, commitment: int = 0) -> list:  # type: ignore[type-arg]
    return content["commitments"][commitment]["indicators"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (lambda c: indicators(c)[1]["criteria"].__setitem__(2, "Another text."), "L2 stage 3"),
        (lambda c: indicators(c)[0].update(title="Another title"), "L1"),
        (lambda c: indicators(c)[0].update(core=not indicators(c)[0]["core"]), "L1"),
        (lambda c: indicators(c).pop(), "L6 is gone"),
        (lambda c: indicators(c).reverse(), "the order of the indicators"),
        (lambda c: c["commitments"][0].update(name="Leaders"), "the commitment Leadership"),
        (lambda c: c["stages"][0].update(name="Knowing"), "the stages"),
        (lambda c: c["answers"][0].update(label="shown"), "the answers"),
        (lambda c: c.update(scoring={"missing": {"provisional_below": "1/2"}}), "the scoring rule"),
    ],
)
def test_a_change_of_what_was_asked_or_scored_is_named(edit: Edit, named: str) -> None:
    assert named in differences(issued_text(SHIPPED), edited(edit))


@pytest.mark.parametrize(
    "edit",
    [
        lambda c: c.update(title="Another title"),
        lambda c: c.update(valid_to="2031-03-31"),
        lambda c: c["answers"][0].setdefault("also_accepted", []).append("achieved"),
        lambda c: c.update(dict(reversed(list(c.items())))),
    ],
)
def test_what_asks_and_scores_nothing_else_is_no_change(edit: Edit) -> None:
    assert differences(issued_text(SHIPPED), edited(edit)) == ""


def test_many_differences_are_counted_after_the_first_four() -> None:
    def rewrite(content: dict) -> None:  # type: ignore[type-arg]
        indicators(content)[0]["criteria"] = [f"Criterion {n}." for n in range(6)]
        indicators(content)[1]["title"] = "Another title"

    said = differences(issued_text(SHIPPED), edited(rewrite))
    assert said == "L1 stage 1, L1 stage 2, L1 stage 3, L1 stage 4, and 3 more"
