"""The rule, what became of an answer, and where a node stands, in words for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from remi.scoring.explanation import CriterionRead, Level
from schemas.framework import AnswerMeaning, Framework
from schemas.intake import AnswerState
from schemas.results import ResultStatus

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number_words(number: int, noun: str, plural: str) -> str:
    """“one criterion”, “two criteria”, “12 criteria”."""
    word = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{word} {noun if number == 1 else plural}"


def listed(names: Iterable[str]) -> str:
    """“A”, “A and B”, “A, B and C”."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def share_words(share: Fraction) -> str:
    """“4 in 5”."""
    return f"{share.numerator} in {share.denominator}"


def stage_words(framework: Framework, stage: int) -> str:
    """“stage 2, Commitment”."""
    return f"stage {stage}, {framework.stage_name(stage)}"


def label(framework: Framework, meaning: str) -> str:
    """An answer as the workbook writes it, in quotation marks."""
    return next(f"“{a.label}”" for a in framework.answers if a.meaning == meaning)


def rule_in_words(framework: Framework, level: Level) -> tuple[str, ...]:
    """The rule for an indicator, a commitment or a whole organisation, as the policy has it."""
    policy = framework.scoring
    met, out = (
        label(framework, meaning) for meaning in (AnswerMeaning.MET, AnswerMeaning.NOT_APPLICABLE)
    )
    said = []
    if level == "organisation":
        said.append(
            "An organisation's commitments stand side by side and are never averaged. Its lowest "
            "stage is given only where every commitment has a stage."
        )
    if level != "indicator":
        said.append(
            "A commitment is at the lowest stage of its core indicators, leaving out those for "
            "which nothing that applies is left to meet."
        )
        share = policy.attainment.share_of_others
        if policy.attainment.rule != "all_core" and share:
            wanted = "All" if share == 1 else f"At least {share_words(share)}"
            said.append(f"{wanted} of its other indicators must have reached the stage too.")
    said.append(
        f"An indicator is at the highest stage for which its criteria are answered {met} without "
        f"a gap from the first. Only {met} counts."
    )
    said.append(
        f"A criterion answered {out} leaves the count. It never raises a stage: the floor shows "
        "the stage with it read as not met."
    )
    ceiling, thin = policy.not_applicable.ceiling, policy.missing.provisional_below
    if level != "indicator" and ceiling < 1:
        most = f"more than {share_words(ceiling)}" if ceiling else "any"
        said.append(
            f"If {most} of a commitment's criteria at any stage are answered {out}, the "
            "commitment cannot be assessed."
        )
    said.append(
        "A blank counts as not met. Where nothing is answered there is no stage, which is not the "
        "same as stage 0."
    )
    if thin:
        answered = "all" if thin == 1 else share_words(thin)
        said.append(f"A stage is provisional if fewer than {answered} of the criteria that apply "
                    "are answered, or if the criteria that decide it were left blank.")  # fmt: skip
    return tuple(said)


def treatment(framework: Framework, answer: AnswerState, *, after_gap: bool) -> str:
    """What the rule makes of an answer, to follow “This answer”."""
    met = label(framework, AnswerMeaning.MET)
    words = {
        AnswerState.MET: "counts",
        AnswerState.PART: f"does not count, because only {met} does",
        AnswerState.NOT_MET: "does not count",
        AnswerState.NOT_APPLICABLE: "leaves the count, and is read as not met for the floor",
        AnswerState.UNANSWERED: "is missing, which counts as not met",
        AnswerState.NOT_NEEDED: "could be left out after an earlier gap, and counts as not met",
    }
    if answer is AnswerState.MET and after_gap:
        return "is a claim ahead: it is kept, but does not count after an earlier gap"
    return words[answer]


def standing(
    framework: Framework, name: str, stage: int, reason: str, *, provisional: bool = False
) -> str:
    """“Leadership is at stage 2, Commitment, because ....”"""
    how = "is provisionally at" if provisional else "is at"
    return f"{name} {how} {stage_words(framework, stage)}, because {reason}."


def needed(framework: Framework, stage: int, blockers: Sequence[CriterionRead]) -> str:
    """“To reach stage 3, Implementation, two criteria are needed: L3 ...; L4 ....”"""
    some = number_words(len(blockers), "criterion", "criteria")
    verb = "is" if len(blockers) == 1 else "are"
    each = "; ".join(
        f"{c.indicator}{'' if c.stage == stage else f' at stage {c.stage}'}, "
        f"“{c.criterion.strip().rstrip('.')}”"
        for c in blockers
    )
    return f"To reach {stage_words(framework, stage)}, {some} {verb} needed: {each}."


def held_back_by(framework: Framework, stage: int, blockers: Sequence[CriterionRead]) -> str:
    """Who keeps a commitment below this stage, to follow “because”."""
    core = [c for c in blockers if c.core]
    blank = [c.indicator for c in core if c.answer is AnswerState.UNANSWERED]
    other = [c.indicator for c in core if c.answer is not AnswerState.UNANSWERED]
    said = []
    if other:
        have = "has" if len(other) == 1 else "have"
        said.append(f"{listed(other)} {have} not met {_its(other)} stage {stage} criterion")
    if blank:
        have = "has" if len(blank) == 1 else "have"
        said.append(f"{listed(blank)} {have} left {_its(blank)} stage {stage} criterion unanswered")
    if len(core) < len(blockers):
        share = framework.scoring.attainment.share_of_others
        few = "not all" if share == 1 else f"fewer than {share_words(share)}"
        said.append(f"{few} of its other indicators have reached stage {stage}")
    return listed(said)


def _its(indicators: Sequence[str]) -> str:
    return "its" if len(indicators) == 1 else "their"


def complete(framework: Framework, name: str, stage: int) -> str:
    """Why nothing is above."""
    last = stage == len(framework.stages)
    reason = "it is the last" if last else "no criterion that applies to it is left to meet"
    return standing(framework, name, stage, reason)


def without_stage(framework: Framework, name: str, status: ResultStatus) -> tuple[str, str]:
    """Nothing answered, or nothing that applies."""
    if status is ResultStatus.NOT_ASSESSED:
        return (
            f"{name} has no stage, because none of its criteria was answered.",
            "This is not stage 0: where it stands is not known until some are answered.",
        )
    out = label(framework, AnswerMeaning.NOT_APPLICABLE)
    return (
        f"{name} has no stage, because all of its criteria were answered {out}.",
        "There is nothing to reach unless one of them applies.",
    )


def not_assessable(
    framework: Framework, name: str, inputs: Sequence[CriterionRead]
) -> tuple[str, str]:
    """Too much not applicable at some stage, or no core indicator that applies."""
    ceiling = framework.scoring.not_applicable.ceiling
    out = label(framework, AnswerMeaning.NOT_APPLICABLE)
    for stage in framework.stages:
        here = [c.answer for c in inputs if c.stage == stage.number]
        n_out = here.count(AnswerState.NOT_APPLICABLE)
        if n_out * ceiling.denominator > len(here) * ceiling.numerator:
            most = len(here) * ceiling.numerator // ceiling.denominator
            return (
                f"{name} cannot be assessed, because {n_out} of {len(here)} criteria of "
                f"{stage_words(framework, stage.number)}, were answered {out}.",
                f"It gets a stage once no more than {most} of {len(here)} are at any stage.",
            )
    return (
        f"{name} cannot be assessed, because none of its core indicators applies.",
        "It gets a stage once one of them does.",
    )
