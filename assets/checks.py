"""What must hold before the next step may run, and what the data team should look at.

What belongs here: questions asked of stored tables, blocking where a table would be wrong. What
does not: frame contracts themselves, which are in `schemas`. Details hold counts and rule names,
never a value. See Dagster's “Asset checks”.
"""

import dagster as dg
import pandas as pd
import pandera.pandas as pa
from sqlalchemy import Table

from assets.impact import TABLES
from assets.resources import Installation
from remi.cycle.scoring import as_scored, counting
from remi.cycle.tables import read_tables
from remi.cycle.work import CycleWork, before
from remi.impact.figures import status_column
from remi.impact.registry import all_columns
from remi.release.published import latest_release, manifest_faults
from remi.review import assuring
from remi.scoring.robustness import many_change, share_that_change
from schemas import assessment, results, reviews, store
from schemas.checks import rows_broken
from schemas.impact import Holds

WORDS = (Holds.KEY, Holds.TEXT)


def _answer(passed: bool, work: CycleWork, **counts: int | str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=bool(passed),
        metadata={
            "cycle": dg.MetadataValue.text(work.cycle_id),
            **{
                name: dg.MetadataValue.int(count)
                if isinstance(count, int)
                else dg.MetadataValue.text(count)
                for name, count in counts.items()
            },
        },
    )


def _conforms(
    work: CycleWork, frame: pd.DataFrame, schema: pa.DataFrameSchema
) -> dg.AssetCheckResult:
    """Whether a frame keeps its contract; on a fault, how many rows broke each rule."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        broken = rows_broken(error)
        return _answer(
            False, work, rules_broken="; ".join(f"{rule}: {n}" for rule, n in broken.items())
        )
    return _answer(True, work, rows=len(frame))


@dg.asset_check(asset="verdicts", blocking=True)
def every_submission_has_a_verdict(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """Nothing that arrived is left without an answer, and nothing is answered that did not."""
    work = installation.cycle(context.partition_key)
    arrived = set(work.read(store.submission)["submission_id"])
    judged = set(work.read(store.verdict)["submission_id"])
    return _answer(arrived == judged, work, submissions=len(arrived), verdicts=len(judged))


@dg.asset_check(asset="verdicts", blocking=True)
def one_return_counts_for_each_organisation(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """For each organisation and kind of workbook at most one submission counts, and it is good."""
    work = installation.cycle(context.partition_key)
    verdicts = work.read(store.verdict)
    counted = verdicts[verdicts["counts"].astype(bool)]
    twice = int(counted.duplicated(["organisation_id", "kind"]).sum())
    refused = int((counted["outcome"] != "accepted").sum())
    return _answer(twice + refused == 0, work, counted_twice=twice, not_accepted=refused)


@dg.asset_check(asset="verdicts")
def files_that_could_not_be_read(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """A warning when something arrived that is no workbook of ours."""
    work = installation.cycle(context.partition_key)
    unusable = int((work.read(store.verdict)["outcome"] == "unusable").sum())
    return dg.AssetCheckResult(
        passed=unusable == 0,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"cycle": work.cycle_id, "files": unusable},
    )


@dg.asset_check(asset="verdicts")
def partners_without_a_return(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """A warning with the number of partners from whom no return counts yet."""
    work = installation.cycle(context.partition_key)
    verdicts = work.read(store.verdict)
    good = verdicts[verdicts["counts"].astype(bool) & (verdicts["kind"] == "assessment")]
    missing = sorted(set(work.partners["organisation_id"]) - set(good["organisation_id"]))
    return dg.AssetCheckResult(
        passed=not missing,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "cycle": work.cycle_id,
            "partners": len(work.partners),
            "no_return_counts": len(missing),
        },
    )


@dg.asset_check(asset="assessment_answers", blocking=True)
def assessment_answers_conform(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """Only criteria of the framework, each once for an organisation, each in a known state."""
    work = installation.cycle(context.partition_key)
    counted = counting(work, store.answer)
    return _conforms(work, counted, assessment.answers(work.framework))


@dg.asset_check(asset="assessment_answers", blocking=True)
def every_answer_has_its_cell(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """Every criterion that was answered names the sheet and cell that it was read from."""
    work = installation.cycle(context.partition_key)
    answers = work.read(store.answer)
    untraced = answers["cell"].isna() | answers["sheet"].isna()
    written = ~answers["answer"].isin(["unanswered", "not_needed"])
    return _answer(
        not (untraced & written).any(), work, answers=len(answers), untraced=int(untraced.sum())
    )


def _conformance(
    asset: str, table: Table, schema: pa.DataFrameSchema, promise: str
) -> dg.AssetChecksDefinition:
    """The blocking check that an asset's stored rows keep their contract."""

    @dg.asset_check(asset=asset, name=f"{asset}_conform", description=promise, blocking=True)
    def check(
        context: dg.AssetCheckExecutionContext, installation: Installation
    ) -> dg.AssetCheckResult:
        work = installation.cycle(context.partition_key)
        return _conforms(work, work.read(table), schema)

    return check


indicator_stages_conform = _conformance(
    "indicator_stages",
    store.indicator_stage,
    results.INDICATOR_STAGES,
    "A stage exactly where there is enough to give one, and never below its floor.",
)
commitment_stages_conform = _conformance(
    "commitment_stages",
    store.commitment_stage,
    results.COMMITMENT_STAGES,
    "Floor not above stage, score between its bounds, no more met than there is.",
)
organisation_profiles_conform = _conformance(
    "organisation_profiles",
    store.organisation_profile,
    results.ORGANISATION_PROFILES,
    "A lowest stage only where every commitment was assessed.",
)
stage_sensitivity_conforms = _conformance(
    "stage_sensitivity",
    store.stage_sensitivity,
    results.STAGE_SENSITIVITY,
    "A change exactly where another stage, or none, takes the place of the one published.",
)
maturity_change_conforms = _conformance(
    "maturity_change",
    store.maturity_change,
    results.MATURITY_CHANGE,
    "Only what has a stage in both cycles, and the direction is that of the change.",
)
linked_change_conforms = _conformance(
    "linked_change",
    store.linked_change,
    results.LINKED_CHANGE,
    "As for changes as published, and every row is flagged as bridging a break in the series.",
)
score_change_conforms = _conformance(
    "score_change",
    store.score_change,
    results.SCORE_CHANGE,
    "The effects of every change add up to it exactly, and each effect has a row.",
)


assured_stages_conform = _conformance(
    "assured_stages",
    reviews.assured_stage,
    reviews.ASSURED_STAGES,
    "A stage exactly where a review is finished, the gap beside it, no more accepted than claimed.",
)
assurance_agreement_conform = _conformance(
    "assurance_agreement",
    reviews.assurance_agreement,
    reviews.ASSURANCE_AGREEMENT,
    "A figure or the reason why there is none.",
)


@dg.asset_check(asset="assured_stages", blocking=True)
def nothing_is_assured_above_the_declared(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """Every declared stage is there as it was scored, and none is assured above it."""
    work = installation.cycle(context.partition_key)
    wrong = assuring.declared_otherwise(work)
    return _answer(wrong == 0, work, rows=len(work.read(reviews.assured_stage)), wrong=wrong)


@dg.asset_check(asset="maturity_change", blocking=True)
def the_year_before_is_as_it_was_scored(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """The cycle before, scored again under its own framework, gives its stored rows to the bit.

    Where it does not, its framework, its register or the program changed since: run that cycle
    again, and then this one.
    """
    work = installation.cycle(context.partition_key)
    earlier = before(work)
    same = earlier is None or as_scored(earlier)
    return _answer(same, work, year_before=earlier.cycle_id if earlier else "none")


@dg.asset_check(asset="score_change", blocking=True)
def score_changes_are_between_the_published_scores(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """What is split is the change from last year's stored score to this year's."""
    work = installation.cycle(context.partition_key)
    keys = ["organisation_id", "commitment_id"]
    changed = work.read(store.score_change).drop_duplicates(keys)
    wrong = 0
    for year, column in ((work, "score_now"), (before(work), "score_before")):
        if year is not None:
            scores = year.read(store.commitment_stage).set_index(keys)["score"]
            stored = scores.reindex(pd.MultiIndex.from_frame(changed[keys]))
            same = changed[column].to_numpy(float) == stored.to_numpy(float, na_value=float("nan"))
            wrong += int((~same).sum())
    return _answer(wrong == 0, work, rows=len(changed), other_scores=wrong)


@dg.asset_check(asset="stage_sensitivity")
def stages_depend_on_the_rule(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """A warning where more than a quarter of final stages change under an alternative rule."""
    work = installation.cycle(context.partition_key)
    counted = share_that_change(work.read(store.stage_sensitivity)).to_dict("records")
    many = [row for row in counted if many_change(row["n_change"], row["n_assessed"])]
    return dg.AssetCheckResult(
        passed=not many,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "cycle": work.cycle_id,
            "rules_and_commitments": len(counted),
            "with_many_changes": len(many),
            "alternatives": ", ".join(dict.fromkeys(row["alternative"] for row in many)) or "none",
        },
    )


@dg.asset_check(asset="organisation_profiles", blocking=True)
def every_return_that_counts_is_scored(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """The organisations scored are those whose assessment counts: no more, no fewer."""
    work = installation.cycle(context.partition_key)
    counted = set(counting(work, store.answer)["organisation_id"])
    scored = set(work.read(store.organisation_profile)["organisation_id"])
    return _answer(counted == scored, work, counted=len(counted), scored=len(scored))


@dg.asset_check(asset="london_picture", blocking=True)
def the_london_picture_adds_up(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """In every row the organisations counted by stage, and those left out, are those eligible."""
    work = installation.cycle(context.partition_key)
    table = read_tables(work, "computed")["A02"]
    stages = [f"n_stage_{number}" for number in range(len(work.framework.stages) + 1)]
    by_stage = table[stages].sum(axis=1)
    wrong = int((by_stage != table["n_base"]).sum())
    over = int((table["n_returned"] > table["n_eligible"]).sum())
    return _answer(wrong + over == 0, work, rows=len(table), do_not_add_up=wrong, over_100=over)


@dg.asset_check(asset="protected_tables", blocking=True)
def no_small_count_of_people_is_published(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """Every published count of people is 0 or a multiple above the threshold of the rule."""
    work = installation.cycle(context.partition_key)
    rule = work.workspace.configuration.policy.people
    tables = read_tables(work, "published")
    small = 0
    for table in TABLES:
        for column in all_columns(table):
            if column.holds is Holds.PEOPLE:
                people = tables[table.id][column.id].dropna()
                allowed = (people % rule.round_to == 0) & (
                    (people == 0) | (people > rule.withhold_up_to)
                )
                small += int((~allowed).sum())
    return _answer(small == 0, work, small_or_unrounded=small)


@dg.asset_check(asset="protected_tables", blocking=True)
def every_cell_has_a_number_or_says_why_not(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """No published cell is blank: a blank would be read as zero."""
    work = installation.cycle(context.partition_key)
    tables = read_tables(work, "published")
    blank = 0
    for table in TABLES:
        frame = tables[table.id]
        for column in all_columns(table):
            empty = frame[column.id].isna()
            if column.holds not in WORDS:
                empty &= frame[status_column(column.id)].isna()
            blank += int(empty.sum())
    return _answer(blank == 0, work, blank_cells=blank)


@dg.asset_check(asset="release", blocking=True)
def release_files_match_their_manifest(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """The newest version's files are those of its manifest, byte for byte."""
    work = installation.cycle(context.partition_key)
    folder = latest_release(work.workspace.settings.releases, work.cycle_id)
    faults = manifest_faults(folder) if folder else ["nothing is published"]
    return _answer(not faults, work, files_that_differ=len(faults))
