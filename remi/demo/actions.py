"""The action points of invented partners, which keep their references from year to year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from remi.demo.partners import Partner
from remi.demo.positions import generator
from schemas.framework import Framework, Indicator
from schemas.programme import Cycle

ACTIONS = (
    "Take a paper on {about} to the governing body and agree dates.",
    "Publish our figures on {about} by ethnic group.",
    "Set money aside for {about} in next year's budget.",
    "Ask staff networks and residents to test our plan for {about}.",
    "Brief every manager who is responsible for {about}.",
    "Compare our practice on {about} with two other partners.",
)

OWNERS = (
    "Director of People",
    "Medical Director",
    "Head of Equality",
    "Director of Strategy",
    "Head of Procurement",
    "Community Engagement Lead",
    "Chair of Trustees",
)


@dataclass(frozen=True)
class _Action:
    number: int
    indicator: Indicator
    text: str
    owner: str
    opened: date
    due: date
    closes: date
    """When it is done or dropped, perhaps only after everything that is asked about."""
    dropped: bool


def action_points(
    partner: Partner,
    asked: Sequence[Indicator],
    framework: Framework,
    cycles: Sequence[Cycle],
    completed_on: date,
) -> list[dict[str, str | date | None]]:
    """What the partner lists in the last of `cycles`: what is open, and what closed since."""
    commitments = {i.id: c.id for c, i in framework.indicators()}
    closed_before = cycles[-2].opens if len(cycles) > 1 else date.min
    points: list[dict[str, str | date | None]] = []
    for action in _opened(partner, asked, cycles):
        if action.closes < closed_before:
            continue
        state = _state(action, completed_on)
        points.append(
            {
                "ref": str(action.number),
                "commitment": commitments[action.indicator.id],
                "indicator": action.indicator.id,
                "action": action.text,
                "owner_role": action.owner,
                "due": action.due,
                "state": state,
                "done_on": action.closes if state == "done" else None,
            }
        )
    return points


def _opened(
    partner: Partner, asked: Sequence[Indicator], cycles: Sequence[Cycle]
) -> Iterator[_Action]:
    """Every action that was opened up to the last of the cycles in which the partner took part."""
    number = 0
    for cycle in cycles:
        if cycle.closes < partner.valid_from:
            continue
        rng = generator("actions", partner.organisation_id, cycle.id)
        for place in rng.permutation(len(asked))[: int(rng.integers(2, 5))]:
            number += 1
            indicator = asked[int(place)]
            about = indicator.title[0].lower() + indicator.title[1:]
            due = cycle.closes + timedelta(days=int(rng.integers(90, 400)))
            takes = int(rng.normal(20, 70)) if rng.random() < 0.8 else 900
            yield _Action(
                number=number,
                indicator=indicator,
                text=str(rng.choice(ACTIONS)).format(about=about),
                owner=str(rng.choice(OWNERS)),
                opened=cycle.opens,
                due=due,
                closes=max(due + timedelta(days=takes), cycle.closes + timedelta(days=30)),
                dropped=bool(rng.random() < 0.1),
            )


def _state(action: _Action, day: date) -> str:
    if action.closes <= day:
        return "dropped" if action.dropped else "done"
    return "planned" if day - action.opened < timedelta(days=45) else "under_way"
