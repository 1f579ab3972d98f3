"""What must hold of what a run stored before anything is made from it, or published.

Each check is a question asked of stored tables. A blocking one stops the run where a table would
be wrong, and publication asks for its answer again; the others are for the data team to look at.
Facts are counts and names of rules, never a value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import pandas as pd
import pandera.pandas as pa
from sqlalchemy import Table

from remi.cycle.arrivals import arrivals
from remi.cycle.membership import Expected, disagreements
from remi.cycle.scoring import as_scored, counting
from remi.cycle.steps import JUDGE, SCORE, TABULATE
from remi.cycle.tables import read_tables
from remi.cycle.work import CycleWork, before
from remi.impact.figures import WORDS, status_column
from remi.impact.registry import all_columns
from remi.review import assuring
from remi.scoring.robustness import many_change, share_that_change
from remi.store.runs import steps_of
from schemas import assessment, people, results, reviews, store
from schemas.checks import rows_broken
from schemas.impact import Holds


@dataclass(frozen=True)
class Answer:
    """What was found, with the counts that say how far off it is."""

    passed: bool
    facts: Mapping[str, int | str]


@dataclass(frozen=True)
class Check:
    """One question, of the asset `asset` that the step `step` stores."""

    name: str
    asset: str
    step: str
    promise: str
    ask: Callable[[CycleWork], Answer]
    blocking: bool = True

    @property
    def words(self) -> str:
        """Its name as it is read."""
        return self.name.replace("_", " ")


_STEPS = {
    "verdicts": JUDGE,
    "assessment_answers": JUDGE,
    "indicator_stages": SCORE,
    "commitment_stages": SCORE,
    "organisation_profiles": SCORE,
    "london_picture": TABULATE,
    "partner_positions": TABULATE,
}
"""Assets that are not called after the step that stores them."""


def _check(asset: str, blocking: bool = True) -> Callable[[Callable[[CycleWork], Answer]], Check]:
    def made(ask: Callable[[CycleWork], Answer]) -> Check:
        return Check(
            ask.__name__, asset, _STEPS.get(asset, asset), ask.__doc__ or "", ask, blocking
        )

    return made


def _answer(passed: bool, **facts: int | str) -> Answer:
    return Answer(bool(passed), facts)


def _conforms(frame: pd.DataFrame, schema: pa.DataFrameSchema) -> Answer:
    """Whether a frame keeps its contract; on a fault, how many rows broke each rule."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        broken = rows_broken(error)
        return _answer(False, rules_broken="; ".join(f"{rule}: {n}" for rule, n in broken.items()))
    return _answer(True, rows=len(frame))


@_check("verdicts")
def every_submission_has_a_verdict(work: CycleWork) -> Answer:
    """Nothing that had arrived is left without an answer, and nothing is answered that did not.

    A file that came while the run judged has its answer from the portal, or waits for the next.
    """
    files = work.read(store.submission)
    made = steps_of(work.workspace.engine, work.cycle_id).get(JUDGE)
    in_time = files[files["place"] <= made.last_place] if made else files
    arrived, before_it = set(files["submission_id"]), set(in_time["submission_id"])
    judged = set(work.read(store.verdict)["submission_id"])
    return _answer(before_it <= judged <= arrived, submissions=len(before_it), verdicts=len(judged))


@_check("verdicts")
def every_signed_off_return_counts(work: CycleWork) -> Answer:
    """A return that was signed off counts, or one that was signed off after it does instead.

    Not where its organisation had left the register by the closing day: it is then no partner of
    the cycle, and its successor answers.
    """
    signed = work.read(people.sign_off).merge(
        work.read(store.verdict), on="submission_id", how="left", suffixes=("", "_judged")
    )
    counts = signed["counts"].fillna(False).astype(bool)
    in_time = {one.submission.submission_id for one in arrivals(work) if one.may_count}
    replaced = signed["superseded_by"].isin(signed.loc[counts, "submission_id"]) & signed[
        "outcome"
    ].eq("accepted")
    partners = signed["organisation_id"].isin(work.partners["organisation_id"])
    lost = partners & ~counts & ~replaced & signed["submission_id"].isin(in_time)
    return _answer(
        not lost.any(),
        signed_off=len(signed),
        do_not_count=int(lost.sum()),
        of_no_partner=int((~partners).sum()),
    )


@_check("verdicts")
def one_return_counts_for_each_organisation(work: CycleWork) -> Answer:
    """For each organisation and kind of workbook at most one submission counts, and it is good."""
    verdicts = work.read(store.verdict)
    counted = verdicts[verdicts["counts"].astype(bool)]
    twice = int(counted.duplicated(["organisation_id", "kind"]).sum())
    refused = int((counted["outcome"] != "accepted").sum())
    return _answer(twice + refused == 0, counted_twice=twice, not_accepted=refused)


@_check("verdicts", blocking=False)
def files_that_could_not_be_read(work: CycleWork) -> Answer:
    """A warning when something arrived that is no workbook of ours."""
    unusable = int((work.read(store.verdict)["outcome"] == "unusable").sum())
    return _answer(unusable == 0, files=unusable)


@_check("verdicts", blocking=False)
def partners_without_a_return(work: CycleWork) -> Answer:
    """A warning with the number of partners from whom no return counts yet."""
    verdicts = work.read(store.verdict)
    good = verdicts[verdicts["counts"].astype(bool) & (verdicts["kind"] == "assessment")]
    partners = Expected(work).whole
    missing = partners - set(good["organisation_id"])
    return _answer(not missing, partners=len(partners), no_return_counts=len(missing))


@_check("assessment_answers")
def assessment_answers_conform(work: CycleWork) -> Answer:
    """Only criteria of the framework, each once for an organisation, each in a known state."""
    counted = counting(work, store.answer)
    return _conforms(counted, assessment.answers(work.framework))


@_check("assessment_answers")
def every_answer_has_its_cell(work: CycleWork) -> Answer:
    """Every criterion that was answered names the sheet and cell that it was read from."""
    answers = work.read(store.answer)
    untraced = answers["cell"].isna() | answers["sheet"].isna()
    written = ~answers["answer"].isin(["unanswered", "not_needed"])
    return _answer(
        not (untraced & written).any(), answers=len(answers), untraced=int(untraced.sum())
    )


def _conformance(
    name: str, table: Table, schema: pa.DataFrameSchema, promise: str, asset: str = ""
) -> Check:
    """The blocking check that an asset's stored rows keep their contract."""
    asset = asset or name.removesuffix("_conform")
    return Check(
        name,
        asset,
        _STEPS.get(asset, asset),
        promise,
        lambda work: _conforms(work.read(table), schema),
    )


indicator_stages_conform = _conformance(
    "indicator_stages_conform",
    store.indicator_stage,
    results.INDICATOR_STAGES,
    "A stage exactly where there is enough to give one, and never below its floor.",
)
commitment_stages_conform = _conformance(
    "commitment_stages_conform",
    store.commitment_stage,
    results.COMMITMENT_STAGES,
    "Floor not above stage, score between its bounds, no more met than there is.",
)
organisation_profiles_conform = _conformance(
    "organisation_profiles_conform",
    store.organisation_profile,
    results.ORGANISATION_PROFILES,
    "A lowest stage only where every commitment was assessed.",
)
stage_sensitivity_conforms = _conformance(
    "stage_sensitivity_conform",
    store.stage_sensitivity,
    results.STAGE_SENSITIVITY,
    "A change exactly where another stage, or none, takes the place of the one published.",
)
maturity_change_conforms = _conformance(
    "maturity_change_conform",
    store.maturity_change,
    results.MATURITY_CHANGE,
    "Only what has a stage in both cycles, and the direction is that of the change.",
)
linked_change_conforms = _conformance(
    "linked_change_conform",
    store.linked_change,
    results.LINKED_CHANGE,
    "As for changes as published, and every row is flagged as bridging a break in the series.",
)
score_change_conforms = _conformance(
    "score_change_conform",
    store.score_change,
    results.SCORE_CHANGE,
    "The effects of every change add up to it exactly, and each effect has a row.",
)


assured_stages_conform = _conformance(
    "assured_stages_conform",
    reviews.assured_stage,
    reviews.ASSURED_STAGES,
    "A stage exactly where a review is finished, the gap beside it, no more accepted than claimed.",
)
assurance_agreement_conform = _conformance(
    "assurance_agreement_conform",
    reviews.assurance_agreement,
    reviews.ASSURANCE_AGREEMENT,
    "A figure or the reason why there is none.",
)


@_check("assured_stages")
def nothing_is_assured_above_the_declared(work: CycleWork) -> Answer:
    """Every declared stage is there as it was scored, and none is assured above it."""
    wrong = assuring.declared_otherwise(work)
    return _answer(wrong == 0, rows=len(work.read(reviews.assured_stage)), wrong=wrong)


@_check("maturity_change")
def the_year_before_is_as_it_was_scored(work: CycleWork) -> Answer:
    """The cycle before, scored again under its own framework, gives its stored rows to the bit.

    Where it does not, its framework, its register or the program changed since: run that cycle
    again, and then this one.
    """
    earlier = before(work)
    same = earlier is None or as_scored(earlier)
    return _answer(same, year_before=earlier.cycle_id if earlier else "none")


@_check("score_change")
def score_changes_are_between_the_published_scores(work: CycleWork) -> Answer:
    """What is split is the change from last year's stored score to this year's."""
    keys = ["organisation_id", "commitment_id"]
    changed = work.read(store.score_change).drop_duplicates(keys)
    wrong = 0
    for year, column in ((work, "score_now"), (before(work), "score_before")):
        if year is not None:
            scores = year.read(store.commitment_stage).set_index(keys)["score"]
            stored = scores.reindex(pd.MultiIndex.from_frame(changed[keys]))
            same = changed[column].to_numpy(float) == stored.to_numpy(float, na_value=float("nan"))
            wrong += int((~same).sum())
    return _answer(wrong == 0, rows=len(changed), other_scores=wrong)


@_check("stage_sensitivity", blocking=False)
def stages_depend_on_the_rule(work: CycleWork) -> Answer:
    """A warning where more than a quarter of final stages change under an alternative rule."""
    counted = share_that_change(work.read(store.stage_sensitivity)).to_dict("records")
    many = [row for row in counted if many_change(row["n_change"], row["n_assessed"])]
    return _answer(
        not many,
        rules_and_commitments=len(counted),
        with_many_changes=len(many),
        alternatives=", ".join(dict.fromkeys(row["alternative"] for row in many)) or "none",
    )


@_check("organisation_profiles")
def every_return_that_counts_is_scored(work: CycleWork) -> Answer:
    """The organisations scored are those whose assessment counts: no more, no fewer."""
    counted = set(counting(work, store.answer)["organisation_id"])
    scored = set(work.read(store.organisation_profile)["organisation_id"])
    return _answer(counted == scored, counted=len(counted), scored=len(scored))


@_check("organisation_profiles")
def the_same_organisations_are_scored(work: CycleWork) -> Answer:
    """Every hand-over up to the results is about the same organisations: those of the register on
    the closing day, and of them those whose return counts."""
    return _same(work, SCORE)


@_check("partner_positions")
def the_same_organisations_are_in_the_tables(work: CycleWork) -> Answer:
    """The annual tables are about the same organisations: who is scored, who is eligible, and who
    has rows of its own."""
    return _same(work, TABULATE)


def _same(work: CycleWork, step: str) -> Answer:
    wrong = disagreements(work, step)
    return _answer(
        not wrong,
        partners=len(work.partners),
        hand_overs_that_differ="; ".join(f"{where}: {n}" for where, n in wrong.items()) or "none",
    )


@_check("london_picture")
def the_london_picture_adds_up(work: CycleWork) -> Answer:
    """In every row the organisations counted by stage, and those left out, are those eligible."""
    table = read_tables(work, "computed")["A02"]
    stages = [f"n_stage_{number}" for number in range(len(work.framework.stages) + 1)]
    by_stage = table[stages].sum(axis=1)
    wrong = int((by_stage != table["n_base"]).sum())
    over = int((table["n_returned"] > table["n_eligible"]).sum())
    return _answer(wrong + over == 0, rows=len(table), do_not_add_up=wrong, over_100=over)


@_check("protected_tables")
def no_small_count_of_people_is_published(work: CycleWork) -> Answer:
    """Every published count of people is 0 or a multiple above the threshold of the rule."""
    rule = work.workspace.configuration.policy.people
    tables = read_tables(work, "published")
    small = 0
    for table in work.tables:
        for column in all_columns(table):
            if column.holds is Holds.PEOPLE:
                people = tables[table.id][column.id].dropna()
                allowed = (people % rule.round_to == 0) & (
                    (people == 0) | (people > rule.withhold_up_to)
                )
                small += int((~allowed).sum())
    return _answer(small == 0, small_or_unrounded=small)


@_check("protected_tables")
def every_cell_has_a_number_or_says_why_not(work: CycleWork) -> Answer:
    """No published cell is blank: a blank would be read as zero."""
    tables = read_tables(work, "published")
    blank = 0
    for table in work.tables:
        frame = tables[table.id]
        for column in all_columns(table):
            empty = frame[column.id].isna()
            if column.holds not in WORDS:
                empty &= frame[status_column(column.id)].isna()
            blank += int(empty.sum())
    return _answer(blank == 0, blank_cells=blank)


CHECKS: tuple[Check, ...] = tuple(
    value for value in dict(globals()).values() if isinstance(value, Check)
)
"""Every check of what a run stores, in the order in which they are asked."""


def blocking(steps: Collection[str]) -> list[Check]:
    """The checks that what these steps stored must pass."""
    return [check for check in CHECKS if check.blocking and check.step in steps]
