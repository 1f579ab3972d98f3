"""From protected tables to the content of a release."""

from __future__ import annotations

from remi.release.content import Content, Edition, Point, Prose
from remi.release.engagement import engagement
from remi.release.progress import movement, positions
from remi.release.reading import PICTURE, coverage
from remi.release.sections import at_a_glance, blockers, returns
from remi.release.tables import ReleaseTable, release_tables
from schemas.framework import Framework
from schemas.impact import Status


def make_content(edition: Edition) -> Content:
    """Everything that the release says. Raises TableFaultError for a table that cannot be shown."""
    tables = release_tables(edition.definitions, edition.tables)
    by_id = {table.id: table for table in tables}
    sections = (
        at_a_glance(by_id, edition.framework),
        returns(by_id),
        positions(by_id, edition.framework),
        movement(by_id),
        blockers(by_id),
        engagement(by_id),
    )
    used = {status for table in tables for status in table.statuses}
    return Content(
        title=f"{edition.framework.title}: annual report {edition.cycle.label}",
        publisher=edition.policy.publisher,
        cycle=edition.cycle,
        framework=edition.framework.name_and_version,
        source_run_id=edition.source_run_id,
        statement=edition.framework.statement,
        demonstration_notice=edition.policy.demonstration_notice if edition.demonstration else None,
        lead=_lead(by_id),
        sections=tuple(section for section in sections if section),
        tables=tables,
        statuses=tuple(status.value for status in Status if status.value in used),
        method=_method(edition),
    )


def _lead(tables: dict[str, ReleaseTable]) -> tuple[Prose, ...]:
    purpose = (
        "How far partners in health and care have come in acting against racism, what moved since "
        "last year, what holds them back, and what leaders are asked to decide.",
    )
    if PICTURE not in tables:
        return (purpose,)
    return (purpose, coverage(tables[PICTURE]))


def _method(edition: Edition) -> tuple[Point, ...]:
    framework = edition.framework
    stages = tuple(
        Point(f"Stage {stage.number} {stage.name}", (stage.meaning,)) for stage in framework.stages
    )
    return (
        Point(
            "Where the numbers come from",
            (
                "Each partner fills in a workbook: one question for every stage of every indicator "
                "that applies to it. A return that could not be accepted is not counted.",
            ),
        ),
        *stages,
        Point(
            f"Stage 0 {framework.stage_name(0)}",
            ("The first stage has not been reached. This is not the same as not having returned.",),
        ),
        Point("How a stage is reached", (_stage_rule(framework),)),
        Point(
            "Answers that are missing",
            (
                "A question that was left blank counts as not met. A commitment with too little "
                "answered is marked as provisional and left out of the counts of stages. A "
                "question that does not apply is left out for that partner.",
            ),
        ),
        Point("Protection", (edition.policy.people.sentence,)),
        Point("Comparison", (edition.policy.comparator_definition,)),
        Point(
            "What the numbers cannot say",
            (
                "They are what partners that returned say of themselves, with the evidence they "
                "gave. They do not show that one thing caused another.",
            ),
        ),
    )


def _stage_rule(framework: Framework) -> str:
    rule = framework.scoring.attainment
    every = (
        "A commitment is at the highest stage for which every core criterion of that stage, and of "
        "all stages before it, is met"
    )
    if rule.rule == "all_core":
        return f"{every}."
    share = rule.share_of_others
    return f"{every}, with at least {share.numerator} in {share.denominator} of the other criteria."
