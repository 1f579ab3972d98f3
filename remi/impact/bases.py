"""Whose results stand behind what annual tables say of organisations together.

Every group of columns that is withheld by the size of a group has its bases here, so that all
tables, versions and years can be protected together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from remi.impact.assurance import assured_trial, reviews
from remi.impact.blockers import ALONE_BASE
from remi.impact.blockers import GROUP as APPLICABLE
from remi.impact.columns import GROUP
from remi.impact.comparison import matched
from remi.impact.index import MOVED, groups, indicator_words
from remi.impact.leaders import BLOCKED, MATCHED
from remi.impact.partners import Partner, whole_partners
from remi.impact.results import Results, results
from remi.impact.robustness import TRIED
from remi.impact.score_change import COMPARED_PARTNERS
from remi.impact.transitions import MOVED as TRANSITIONS
from remi.impact.transitions import comparable
from remi.scoring.robustness import trials
from schemas.disclosure import Base, Disclosure
from schemas.framework import Commitment
from schemas.impact import ALL, CycleData
from schemas.results import ReturnStatus


def disclosure(data: CycleData, previous: str | None) -> Disclosure:
    """All that the cycle's tables would say of organisations together, before anything is withheld.

    `previous` is the cycle that changes are counted from.
    """
    found = results(data)
    members = whole_partners(data)
    stages = {
        commitment.id: {
            partner.id: stage
            for partner in members
            if (stage := found.final_stage(partner, commitment.id)) is not None
        }
        for commitment in data.framework.commitments
    }
    return Disclosure(
        data.cycle.id,
        0,
        frozenset(partner.id for partner in members if partner.named),
        stages,
        tuple(_bases(data, previous, members, found)),
    )


def _bases(
    data: CycleData, previous: str | None, members: list[Partner], found: Results
) -> Iterator[Base]:
    this = (data.cycle.id,)
    both = (previous, data.cycle.id) if previous else this
    all_groups = groups(data)
    for commitment in data.framework.commitments:

        def base(
            table_id: str,
            kind: tuple[str, ...],
            years: tuple[str, ...],
            who: Collection[str],
            where: Mapping[str, str] | None = None,
            *,
            commitment: Commitment = commitment,
        ) -> Base:
            found = tuple((where or {}).items())
            return Base(
                table_id, kind, found, commitment.id, commitment.name, years, frozenset(who)
            )

        final = {p.id for p in members if found.final_stage(p, commitment.id) is not None}
        moved, moved_or_linked, scored = (
            _changed(changes, commitment, members, found)
            for changes in (_unbroken(data), comparable(data), data.score_change)
        )
        for group in all_groups:
            own = {partner.id for partner in group.members}
            yield base(
                "A02", GROUP, this, own & final, {"sector": group.sector, "system": group.system}
            )
            if group.system == ALL:
                yield base("A03", MOVED, both, own & moved, {"sector": group.sector})
                yield base("A26", COMPARED_PARTNERS, both, own & scored, {"sector": group.sector})
        back = {p.id for p in members if p.returned == ReturnStatus.RETURNED}
        for indicator in commitment.indicators:
            asked = {p.id for p in members if data.framework.applies(indicator, p.sector_id)}
            row = {"indicator": indicator_words(data.framework, indicator.id)}
            yield base("A04", APPLICABLE, this, asked & back, row)
            yield base("A04", ALONE_BASE, this, asked & final, row)
        yield base("A23", GROUP, this, final)
        yield base("A23", MATCHED, both, moved)
        yield base("A23", BLOCKED, this, final)
        yield base("A23", BLOCKED, this, back)
        yield from (
            base("A24", TRIED, this, who & final, {"alternative": name})
            for name, who in _tried(data, commitment)
        )
        yield base("A25", TRANSITIONS, both, moved_or_linked)


def _unbroken(data: CycleData) -> pd.DataFrame:
    changes = data.maturity_change
    return changes[~changes["break_in_series"].astype("bool")]


def _changed(
    changes: pd.DataFrame | None,
    commitment: Commitment,
    members: list[Partner],
    found: Results,
) -> set[str]:
    if changes is None:
        return set()
    if "level" in changes:
        changes = changes[changes["level"] == "commitment"]
    return {p.id for p in matched(changes, commitment, tuple(members), found).members}


def _tried(data: CycleData, commitment: Commitment) -> Iterator[tuple[str, set[str]]]:
    tried = data.stage_sensitivity
    if tried is None:
        return
    found = list(trials(data.framework))
    if reviews(data).known:
        found.append(assured_trial(data.framework))
    mine = tried[tried["commitment_id"] == commitment.id]
    for trial in found:
        own = mine[mine["alternative"] == trial.id]
        yield trial.name, set(own["organisation_id"].astype("str"))
