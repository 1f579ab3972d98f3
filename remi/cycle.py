"""What is done for one cycle, in order: receive, judge, score, try alternatives, compare, tabulate,
protect, release.

Each step reads what the one before it stored, calls one pure function, and replaces its own rows of
the cycle in one transaction. Dagster's assets and the command line call these and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import Connection, Table

from remi.disclosure.protect import Protected, protect
from remi.framework.years import Years, years
from remi.impact.figures import from_figures, to_figures
from remi.impact.registry import all_columns, annual_tables, make_tables
from remi.intake.judging.context import JudgingContext, judging_context
from remi.intake.layout import assessment_layout, engagement_layout
from remi.intake.verdict import Judged, judge
from remi.release.content import Edition
from remi.release.stylesheet import installed_stylesheet
from remi.scoring.assurance import assured_only, confirmed
from remi.scoring.change import maturity_change
from remi.scoring.engine import ENGINE_VERSION, ScoredCycle, score_cycle
from remi.scoring.frozen import same_results
from remi.scoring.inherited import with_inherited
from remi.scoring.robustness import stage_sensitivity
from remi.scoring.score_change import ScoredYear, score_change
from remi.settings import signing_key
from remi.store import register
from remi.store.deliveries import signed_of
from remi.store.frames import read_all, read_cycle, replace_all, replace_cycle
from remi.store.records import read_records
from remi.store.reviews import decisions_of
from remi.store.submissions import Submission, current, receive_inbox, submissions_of
from remi.workspace import Workspace
from schemas import people, reviews, store
from schemas.framework import Framework
from schemas.impact import AnnualTable, Comparison, CycleData
from schemas.intake import Received
from schemas.programme import Cycle, Places
from schemas.results import ComparedBy
from schemas.workbook import SheetLayout

if TYPE_CHECKING:
    from remi.release.build import ReleaseFolder


@dataclass(frozen=True)
class CycleWork:
    """One cycle of one installation, with the choices that hold for it."""

    workspace: Workspace
    cycle_id: str

    @cached_property
    def cycle(self) -> Cycle:
        """Its dates, period and framework name."""
        return self.workspace.configuration.cycles.get(self.cycle_id)

    @cached_property
    def framework(self) -> Framework:
        """What it is assessed against."""
        return self.workspace.configuration.framework(self.cycle)

    @cached_property
    def places(self) -> Places:
        """Sectors, systems, boroughs and ethnic groups as they stood."""
        return self.workspace.configuration.places(self.cycle)

    @cached_property
    def tables(self) -> tuple[AnnualTable, ...]:
        """The register of annual tables, for this framework."""
        return annual_tables(self.framework)

    @cached_property
    def partners(self) -> pd.DataFrame:
        """The register as it stood on the last day of the collection."""
        everyone = read_all(self.workspace.engine, store.organisation)
        return register.as_at(everyone, self.cycle.closes).reset_index(drop=True)

    def partner(self, organisation_id: str) -> pd.DataFrame:
        """Its row of `partners`, without reading the others; no row where it has none."""
        own = {"organisation_id": organisation_id}
        rows = read_all(self.workspace.engine, store.organisation, own)
        return register.as_at(rows, self.cycle.closes)

    def read(self, table: Table, **where: str) -> pd.DataFrame:
        """The stored rows of this cycle."""
        return read_cycle(self.workspace.engine, table, self.cycle_id, where)

    def replace(
        self, table: Table, rows: pd.DataFrame | Iterable[pd.DataFrame], **where: str
    ) -> None:
        """Put these rows, whole or in parts, in place of the cycle's, in one transaction."""
        replace_cycle(self.workspace.engine, table, self.cycle_id, rows, where)


def load_register(workspace: Workspace) -> pd.DataFrame:
    """Read the partner register into the store. Raises RegisterError naming line and column."""
    partners = register.read_register(workspace.settings.register)
    for cycle in workspace.configuration.cycles.cycles:
        valid = register.as_at(partners, cycle.closes)
        register.check_places(valid, workspace.configuration.places(cycle))
    replace_all(workspace.engine, store.organisation, partners)
    return partners


def receive(work: CycleWork) -> list[Submission]:
    """Take in what lies in the cycle's inbox; give the submissions that are new."""
    return receive_inbox(work.workspace.settings, work.workspace.engine, work.cycle_id)


def judge_cycle(work: CycleWork) -> Judged:
    """Read and judge everything that was received for the cycle, and store what was found."""
    judged = judge(received(work, arrivals(work)), judging(work))
    work.replace(store.verdict, judged.verdicts)
    work.replace(store.problem, judged.problems)
    work.replace(store.answer, judged.answers)
    work.replace(store.record_value, judged.record_value_parts())
    return judged


@dataclass(frozen=True)
class Arrival:
    """A submission in its place, and whether it may take the place of those before it."""

    submission: Submission
    may_count: bool


def arrivals(work: CycleWork) -> list[Arrival]:
    """What arrived, in the order in which one takes another's place.

    A return takes effect when it is signed off, or when it arrives where no sign-off is needed.
    """
    signed = work.read(people.sign_off)
    moments = dict(zip(signed["submission_id"], signed["signed_at"], strict=True))
    rows = current(work.workspace.engine, work.cycle_id).to_dict("records")
    found = [Submission(**{str(name): value for name, value in row.items()}) for row in rows]
    return _in_order(work, found, moments)


def arrivals_of(
    work: CycleWork, submission_ids: Collection[str], within: Connection | None = None
) -> list[Arrival]:
    """Those of `arrivals` that are named, without reading the others.

    With `within`, as it stands in that transaction.
    """
    source = within or work.workspace.engine
    moments = {key: said.signed_at for key, said in signed_of(source, submission_ids).items()}
    found = [s for s in submissions_of(source, submission_ids) if s.cycle == work.cycle_id]
    return _in_order(work, found, moments)


def _in_order(
    work: CycleWork, found: list[Submission], moments: Mapping[str, datetime]
) -> list[Arrival]:
    needed = work.workspace.configuration.portal.sign_off_needed
    found.sort(key=lambda one: (moments.get(one.submission_id, one.received_at), one.place))
    return [
        Arrival(one, not (needed and one.sent_for != store.ANYONE) or one.submission_id in moments)
        for one in found
    ]


def received(work: CycleWork, arrived: Iterable[Arrival]) -> Iterator[Received]:
    """The files themselves, read one after another as they are asked for."""
    for one in arrived:
        known = one.submission.sent_for != store.ANYONE
        yield Received(
            submission_id=one.submission.submission_id,
            cycle=work.cycle_id,
            sha256=one.submission.sha256,
            file_name=one.submission.file_name,
            content=work.workspace.objects.get(one.submission.sha256),
            sent_for=one.submission.sent_for if known else None,
            may_count=one.may_count,
        )


def judging(work: CycleWork) -> JudgingContext:
    """What a verdict in this cycle depends on besides the file itself.

    A date counts as lying ahead when it comes after the closing day, not after the day of the
    run, so that the same file gets the same verdict whenever it is judged.
    """
    return judging_context(
        work.workspace.configuration,
        work.cycle,
        work.partners,
        signing_key(work.workspace.settings),
        today=work.cycle.closes,
    )


def score(work: CycleWork) -> ScoredCycle:
    """Score the returns that count, and store indicator stages, commitment stages, profiles."""
    scored = score_cycle(
        counting(work, store.answer), work.partners, work.framework, work.cycle_id, input_hash(work)
    )
    work.replace(store.indicator_stage, scored.indicator_stages)
    work.replace(store.commitment_stage, scored.commitment_stages)
    work.replace(store.organisation_profile, scored.organisation_profiles)
    return scored


def try_alternatives(work: CycleWork) -> pd.DataFrame:
    """Score again under the framework's alternative rules, and store which stages change.

    What reviewers assured, as it is stored, is one more of them.
    """
    tried = stage_sensitivity(
        counting(work, store.answer), work.partners, work.framework, work.cycle_id
    )
    tried = assured_only(tried, work.read(store.commitment_stage), work.read(reviews.assured_stage))
    work.replace(store.stage_sensitivity, tried)
    return tried


def compare(work: CycleWork) -> pd.DataFrame:
    """Store what changed since the cycle before; nothing where there is none."""
    earlier = before(work)
    if earlier is None:
        changed = work.read(store.maturity_change).head(0)
    else:
        reviewed = confirmed(work.read(reviews.assured_stage))
        changed = maturity_change(scored_cycle(work), scored_cycle(earlier), reviewed)
    work.replace(store.maturity_change, changed)
    return changed


def compare_linked(work: CycleWork) -> pd.DataFrame:
    """Store what changed under the framework that links two versions; nothing where none does.

    Both years are scored again, from the answers to what is comparable. The results as published
    stay as they are.
    """
    earlier, compared = before(work), compared_by(work)
    changed = work.read(store.linked_change).head(0)
    if earlier and compared.under and compared.how is ComparedBy.LINKED:
        now, then = (
            score_cycle(answers, of.partners, compared.under, of.cycle_id, input_hash(of))
            for of, answers in (
                (work, compared.later_answers(counting(work, store.answer))),
                (earlier, compared.earlier_answers(counting(earlier, store.answer))),
            )
        )
        # Reviewers confirmed stages as published, and none of those that the link gives.
        changed = maturity_change(now, then, frozenset()).assign(break_in_series=True)
    work.replace(store.linked_change, changed)
    return changed


def split_change(work: CycleWork) -> pd.DataFrame:
    """Store what the change of every score is made of; nothing where years are not comparable."""
    earlier, compared = before(work), compared_by(work)
    changed = work.read(store.score_change).head(0)
    if earlier and compared.under:
        now, then = counting(work, store.answer), counting(earlier, store.answer)
        changed = score_change(
            ScoredYear(
                work.cycle_id,
                work.framework,
                work.partners,
                now,
                compared.later_answers(now),
                work.read(store.commitment_stage),
            ),
            ScoredYear(
                earlier.cycle_id,
                earlier.framework,
                earlier.partners,
                then,
                compared.earlier_answers(then),
                earlier.read(store.commitment_stage),
            ),
            compared.under,
        )
    work.replace(store.score_change, changed)
    return changed


def compared_by(work: CycleWork) -> Years:
    """How this cycle is compared with the one before: under which framework, or why not."""
    earlier = before(work)
    if earlier is None:
        return years(work.framework, None, None)
    crosswalk = work.workspace.configuration.crosswalk(earlier.cycle, work.cycle)
    return years(work.framework, earlier.framework, crosswalk)


def as_scored(work: CycleWork) -> bool:
    """Whether the stored results are, to the bit, what their answers give under their framework.

    What they were made with is not looked at; a cycle that was never scored has none to differ.
    """
    stored = scored_cycle(work)
    if stored.organisation_profiles.empty:
        return True
    again = score_cycle(
        counting(work, store.answer), work.partners, work.framework, work.cycle_id, ""
    )
    return same_results(stored, again)


def before(work: CycleWork) -> CycleWork | None:
    """The work on the cycle before, if there is one."""
    cycle = work.workspace.configuration.cycles.before(work.cycle_id)
    return CycleWork(work.workspace, cycle.id) if cycle else None


def scored_cycle(work: CycleWork) -> ScoredCycle:
    """The stored results of the cycle."""
    return ScoredCycle(
        work.read(store.indicator_stage),
        work.read(store.commitment_stage),
        work.read(store.organisation_profile),
    )


def counting(work: CycleWork, table: Table) -> pd.DataFrame:
    """The rows of a table that come from submissions that count.

    Answers that a department takes over from its organisation are the organisation's.
    """
    verdicts = work.read(store.verdict)
    ids = verdicts.loc[verdicts["counts"].astype(bool), "submission_id"]
    rows = work.read(table)
    rows = rows[rows["submission_id"].isin(ids)].reset_index(drop=True)
    return with_inherited(rows, work.partners) if table is store.answer else rows


def input_hash(work: CycleWork) -> str:
    """SHA-256 of everything that the cycle's results are made from."""
    verdicts = work.read(store.verdict)
    submissions = work.read(store.submission).set_index("submission_id")
    parts = [
        ENGINE_VERSION,
        work.framework.model_dump_json(),
        work.cycle.model_dump_json(),
        work.places.model_dump_json(),
        work.partners.to_csv(index=False),
        *(
            f"{row['submission_id']} {submissions['sha256'][row['submission_id']]} {row['counts']}"
            for row in verdicts.to_dict("records")
        ),
        *_decided(work),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _decided(work: CycleWork) -> Iterator[str]:
    """What reviewers decided, and by which rule; nothing where none has."""
    decisions = decisions_of(work.workspace.engine, work.cycle_id)
    if decisions:
        yield f"two reviewers: {work.workspace.configuration.portal.two_person_review}"
    for one in decisions:
        yield (
            f"{one.organisation_id} {one.indicator_id} {one.stage} {one.basis} {one.decision} "
            f"{one.grade} {one.person_id}"
        )


def cycle_data(work: CycleWork) -> CycleData:
    """Everything the annual tables are made from, as it is stored."""
    scored = scored_cycle(work)
    earlier = before(work)
    compared = compared_by(work)
    return CycleData(
        cycle=work.cycle,
        framework=work.framework,
        places=work.places,
        policy=work.workspace.configuration.policy,
        organisations=work.partners,
        submissions=work.read(store.submission),
        verdicts=work.read(store.verdict),
        problems=work.read(store.problem),
        answers=counting(work, store.answer),
        records=records(work),
        indicator_stages=scored.indicator_stages,
        commitment_stages=scored.commitment_stages,
        organisation_profiles=scored.organisation_profiles,
        maturity_change=work.read(store.maturity_change),
        source_run_id=input_hash(work)[:16],
        engagement=work.workspace.configuration.engagement,
        previous_records=records(earlier) if earlier else {},
        stage_sensitivity=work.read(store.stage_sensitivity),
        comparison=Comparison(
            compared.how,
            f"{compared.before.title} {compared.before.version}" if compared.before else "",
            compared.compared(),
        ),
        linked_change=work.read(store.linked_change),
        score_change=work.read(store.score_change),
        assured_stages=work.read(reviews.assured_stage),
    )


def records(work: CycleWork) -> dict[str, pd.DataFrame]:
    """The records of the submissions that count, one wide frame a sheet."""
    return read_records(work.workspace.engine, work.cycle_id, record_sheets(work))


def record_sheets(work: CycleWork) -> list[SheetLayout]:
    """Every sheet of both workbooks on which records are written."""
    configuration = work.workspace.configuration
    shared = (work.places, work.partners, work.cycle)
    assessment = assessment_layout(
        work.framework, configuration.assessment, *shared, sector=None, department=True
    )
    engagement = engagement_layout(work.framework, configuration.engagement, *shared)
    return [*assessment.sheets, *engagement.sheets]


def tabulate(work: CycleWork) -> dict[str, pd.DataFrame]:
    """Make every annual table and store its figures as computed, before protection."""
    made = make_tables(cycle_data(work))
    store_figures(work, made, "computed")
    return made


def store_figures(work: CycleWork, tables: Mapping[str, pd.DataFrame], version: str) -> None:
    """Keep annual tables as figures of this version, `computed` or `published`."""
    figures = [
        to_figures(tables[table.id], all_columns(table), table.id, work.cycle_id, version)
        for table in work.tables
    ]
    work.replace(store.figure, pd.concat(figures, ignore_index=True), version=version)


def read_tables(work: CycleWork, version: str) -> dict[str, pd.DataFrame]:
    """The annual tables of the cycle as they were stored in this version."""
    rows = work.read(store.figure, version=version)
    return {
        table.id: from_figures(rows[rows["table_id"] == table.id], all_columns(table))
        for table in work.tables
    }


def protect_tables(work: CycleWork) -> Protected:
    """Withhold and round what may not be published, and store the figures as published."""
    policy = work.workspace.configuration.policy
    protected = protect(read_tables(work, "computed"), work.tables, policy)
    store_figures(work, protected.tables, "published")
    return protected


def release(work: CycleWork) -> ReleaseFolder:
    """Write the cycle's release from its published figures; a new version only if it differs."""
    # Only here: what draws charts would be 35 MB more in every process, such as the portal's.
    from remi.release.build import build_release, write_release
    from remi.release.compose import make_content

    edition = Edition(
        cycle=work.cycle,
        framework=work.framework,
        policy=work.workspace.configuration.policy,
        definitions=work.tables,
        tables=read_tables(work, "published"),
        source_run_id=input_hash(work)[:16],
        demonstration=work.workspace.settings.demonstration,
    )
    files = build_release(make_content(edition), installed_stylesheet())
    return write_release(files, work.workspace.settings.releases, work.cycle_id)
