"""Tables about partners together: how many are at each stage (A02) and how they moved (A03)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from remi.impact.assurance import Reviews, reviews
from remi.impact.columns import COMMITMENT, COVERAGE, ELIGIBLE, GROUP, NOT_NAMED, RETURNED, SECTOR
from remi.impact.common import Cell, percentage, table_frame
from remi.impact.partners import Partner, whole_partners
from remi.impact.results import Results, results
from schemas.framework import Commitment, Framework
from schemas.impact import ALL, AnnualTable, CycleData, Holds, Status, TableColumn
from schemas.results import ResultStatus, ReturnStatus

NONE = "none"


@dataclass(frozen=True)
class Group:
    """The partners of a sector, of a system, of both, or all."""

    breakdown: str
    sector: str
    system: str
    members: tuple[Partner, ...]


def london_columns(framework: Framework) -> tuple[TableColumn, ...]:
    """The columns of A02: one count for each of the framework's stages and for before the first."""
    return (
        COMMITMENT,
        TableColumn("breakdown", "Breakdown", Holds.KEY, "What kind of group the row is about"),
        SECTOR,
        TableColumn("system", "Care system", Holds.KEY, "Lead system; All is every system"),
        ELIGIBLE,
        RETURNED,
        COVERAGE,
        NOT_NAMED,
        *(
            TableColumn(
                f"n_stage_{number}",
                framework.stage_name(number)
                if number == 0
                else f"At {framework.stage_name(number)}",
                Holds.ORGANISATIONS,
                f"Partners whose final stage is {number}, {framework.stage_name(number)}",
                group=GROUP,
            )
            for number in range(len(framework.stages) + 1)
        ),
        TableColumn(
            "median_stage",
            "Median stage",
            Holds.STAGE,
            "The stage of the partner in the middle; the lower of two",
            group=GROUP,
        ),
        TableColumn(
            "n_reviewed",
            "Reviewed",
            Holds.ORGANISATIONS,
            "Partners with a final stage whose review is finished",
            group=GROUP,
        ),
        TableColumn(
            "n_assured",
            "Assured",
            Holds.ORGANISATIONS,
            "Of those, partners whose very stage a reviewer confirmed",
            group=GROUP,
        ),
        TableColumn(
            "weakest_indicator",
            "Most often lowest",
            Holds.TEXT,
            "The core indicator that is most often a partner's lowest; of several, the first in "
            "the framework",
            group=GROUP,
        ),
    )


MOVED = ("n_matched", "n_not_named")

MOVEMENT_COLUMNS = (
    COMMITMENT,
    SECTOR,
    ELIGIBLE,
    TableColumn(
        "n_matched",
        "In both years",
        Holds.ORGANISATIONS,
        "Partners with a final result now and a stage the year before, under the same framework",
    ),
    TableColumn(
        "matched_pct",
        "Coverage",
        Holds.PERCENTAGE,
        "Partners in both years as a share of partners",
        of=("n_matched", "n_eligible"),
    ),
    NOT_NAMED,
    TableColumn("n_up", "Up", Holds.ORGANISATIONS, "Partners at a higher stage", group=MOVED),
    TableColumn("n_same", "Same", Holds.ORGANISATIONS, "Partners at the same stage", group=MOVED),
    TableColumn("n_down", "Down", Holds.ORGANISATIONS, "Partners at a lower stage", group=MOVED),
    TableColumn(
        "n_not_confirmed",
        "Not confirmed",
        Holds.ORGANISATIONS,
        "Of those up or down, how many no reviewer has confirmed",
        group=MOVED,
    ),
    TableColumn(
        "largest_rise_indicator",
        "Most often up",
        Holds.TEXT,
        "The indicator on which most of them rose; of several, the first in the framework",
        group=MOVED,
    ),
    TableColumn(
        "break_in_series",
        "Break in series",
        Holds.TEXT,
        "Whether a change of framework keeps results from being compared",
    ),
)


def groups(data: CycleData) -> list[Group]:
    """All partners, each sector, each system, and each sector within a system that has any."""
    members = whole_partners(data)
    sectors = _named(members, [s.name for s in data.places.sectors], lambda p: p.sector)
    systems = _named(members, [s.name for s in data.places.systems], lambda p: p.system)
    made = [Group("All partners", ALL, ALL, tuple(members))]
    made += [Group("Sector", name, ALL, group) for name, group in sectors]
    made += [Group("System", ALL, name, group) for name, group in systems]
    for sector, in_sector in sectors:
        for system, _ in systems:
            both = tuple(partner for partner in in_sector if partner.system == system)
            if both:
                made.append(Group("Sector and system", sector, system, both))
    return made


def london_picture(data: CycleData) -> pd.DataFrame:
    """A02: one row for each commitment and group of partners."""
    found, reviewed = results(data), reviews(data)
    columns = london_columns(data.framework)
    rows = [
        _picture(commitment, group, found, reviewed, data.framework)
        for commitment in data.framework.commitments
        for group in groups(data)
    ]
    return table_frame(data, columns, rows)


def movement(data: CycleData) -> pd.DataFrame:
    """A03: one row for each commitment and sector, and for all sectors."""
    found = results(data)
    chosen = [group for group in groups(data) if group.system == ALL]
    rows = [
        _moved(commitment, group, found, data)
        for commitment in data.framework.commitments
        for group in chosen
    ]
    return table_frame(data, MOVEMENT_COLUMNS, rows)


def indicator_words(framework: Framework, indicator_id: str) -> str:
    """“L2 Strategy and money”."""
    title = next(i.title for _, i in framework.indicators() if i.id == indicator_id)
    return f"{indicator_id} {title}"


def most_often(framework: Framework, indicator_ids: Sequence[str]) -> str:
    """The commonest of these indicators in words; of several, the first in the framework."""
    counts = Counter(indicator_ids)
    if not counts:
        return NONE
    order = [i.id for _, i in framework.indicators()]
    return indicator_words(framework, min(counts, key=lambda i: (-counts[i], order.index(i))))


def lowest_core(pairs: Sequence[tuple[str, int]]) -> Iterator[str]:
    """The indicators at the lowest stage among a partner's (indicator, stage) pairs."""
    lowest = min((stage for _, stage in pairs), default=None)
    return (indicator for indicator, stage in pairs if stage == lowest)


def _named(
    members: list[Partner], names: list[str], of: Callable[[Partner], str]
) -> list[tuple[str, tuple[Partner, ...]]]:
    """Members by name, in the order of the reference list; unlisted names come last."""
    listed = [*names, *sorted({of(partner) for partner in members} - set(names))]
    return [(name, tuple(p for p in members if of(p) == name)) for name in listed]


def _picture(
    commitment: Commitment, group: Group, found: Results, reviewed: Reviews, framework: Framework
) -> dict[str, Cell]:
    counted = [
        (partner, stage)
        for partner in group.members
        if (stage := found.final_stage(partner, commitment.id)) is not None
    ]
    stages = sorted(stage for _, stage in counted)
    n_returned = sum(p.returned == ReturnStatus.RETURNED for p in group.members)
    blank = Status.NOT_AVAILABLE if group.members else Status.NOT_APPLICABLE
    weakest = [
        indicator
        for partner, _ in counted
        for indicator in lowest_core(found.core_stages.get((partner.id, commitment.id), []))
    ]
    return {
        "commitment": commitment.name,
        "breakdown": group.breakdown,
        "sector": group.sector,
        "system": group.system,
        "n_eligible": len(group.members),
        "n_returned": n_returned,
        "coverage_pct": percentage(n_returned, len(group.members)),
        "n_not_named": sum(not partner.named for partner, _ in counted),
        **{
            f"n_stage_{number}": stages.count(number) if stages else blank
            for number in range(len(framework.stages) + 1)
        },
        "median_stage": stages[(len(stages) - 1) // 2] if stages else blank,
        **{
            name: sum(is_so(partner, commitment.id) for partner, _ in counted)
            if stages and reviewed.known
            else blank
            for name, is_so in (
                ("n_reviewed", reviewed.finished),
                ("n_assured", reviewed.confirmed),
            )
        },
        "weakest_indicator": most_often(framework, weakest),
        "n_base": len(stages),
        "n_missing": len(group.members) - len(stages),
    }


def _moved(
    commitment: Commitment, group: Group, found: Results, data: CycleData
) -> dict[str, Cell]:
    final = {
        partner.id: partner
        for partner in group.members
        if found.status(partner, commitment.id) == ResultStatus.FINAL
    }
    changes = data.maturity_change
    mine = changes[
        (changes["commitment_id"] == commitment.id) & changes["organisation_id"].isin(list(final))
    ]
    broken = mine["break_in_series"].astype("bool")
    compared = mine[~broken]
    stages = compared[compared["level"] == "commitment"]
    rises = compared[(compared["level"] == "indicator") & (compared["direction"] == "up")]
    rises = rises[rises["organisation_id"].isin(stages["organisation_id"])]
    n_matched, n_eligible = len(stages), len(group.members)
    blank = Status.NOT_AVAILABLE if n_eligible else Status.NOT_APPLICABLE
    counts = stages["direction"].value_counts()
    n_changed = stages["direction"].ne("same") & ~stages["confirmed"].astype("bool")
    return {
        "commitment": commitment.name,
        "sector": group.sector,
        "n_eligible": n_eligible,
        "n_matched": n_matched,
        "matched_pct": percentage(n_matched, n_eligible),
        "n_not_named": sum(not final[key].named for key in stages["organisation_id"]),
        **{
            f"n_{direction}": int(counts.get(direction, 0)) if n_matched else blank
            for direction in ("up", "same", "down")
        },
        "n_not_confirmed": int(n_changed.sum()) if n_matched else blank,
        "largest_rise_indicator": most_often(data.framework, rises["indicator_id"].tolist()),
        "break_in_series": "yes" if broken.any() else "no",
        "n_base": n_matched,
        "n_missing": n_eligible - n_matched,
    }


def london_table(framework: Framework) -> AnnualTable:
    """A02, whose columns follow the framework's stages."""
    return AnnualTable(
        id="A02",
        name="london_picture",
        title="Stages: how many partners are at each stage of each commitment",
        one_row_per="commitment, sector and care system",
        columns=london_columns(framework),
        make=london_picture,
        notes=(
            "Only final results are counted. Provisional and not assessable results are in the "
            "column for missing.",
            "Stages are never averaged. The median is the stage of a partner, not a mean.",
            "A partner that serves several systems is counted once, at its lead system. "
            "Departments are not counted again.",
            "A group of fewer than the smallest number of partners is withheld, and so is enough "
            "beside it that it cannot be worked out. So it is with partners who are not named, "
            "over all tables, versions and years together, and where all of them are at one stage.",
        ),
        sources=(
            "organisation",
            "verdict",
            "commitment_stage",
            "indicator_stage",
            "assured_stage",
        ),
    )


MOVEMENT = AnnualTable(
    id="A03",
    name="movement",
    title="Movement: how many partners moved up, stayed or moved down since last year",
    one_row_per="commitment and sector",
    columns=MOVEMENT_COLUMNS,
    make=movement,
    notes=(
        "Only partners with a final result in both years are compared.",
        "A change that no reviewer has confirmed may be no change.",
        "Where the framework changed, the years are not compared.",
        "Withheld where partners who are not named could be worked out from it together with any "
        "other table, version or year.",
    ),
    sources=("organisation", "verdict", "commitment_stage", "maturity_change"),
)
