"""What a framework file may say: stages, answers, commitments, indicators, evidence and rules.

A framework is data that its owners can replace. Everything a partner sees, everything that is
scored and every heading in the annual tables comes from one such file, so its shape is strict:
an unknown field, a missing criterion or a reference to nothing is refused when it is loaded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from schemas.loading import Fault, FaultsError, Steps

LONGEST_NUMBER = 200
"""Characters of a number in a file: more than any weight needs, few enough to work with."""

EXPONENT_FIGURES = 2


def _fraction(value: object) -> object:
    """Accept "4/5", "0.8" or 0.8 as the fraction it is written as, never as a binary float."""
    if not isinstance(value, Fraction):
        exponent = re.search(r"[eE][+-]?(\d+)\s*$", str(value))
        if len(str(value)) > LONGEST_NUMBER or (exponent and len(exponent[1]) > EXPONENT_FIGURES):
            raise ValueError(f"write a number of at most {LONGEST_NUMBER} characters")
        try:
            return Fraction(str(value))
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError("write a fraction in quotation marks, such as “4/5”") from error
    return value


Number = Annotated[Fraction, BeforeValidator(_fraction)]
Share = Annotated[Fraction, BeforeValidator(_fraction), Field(ge=0, le=1)]


class Model(BaseModel):
    """A frozen configuration model that knows no field but its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class AnswerMeaning(StrEnum):
    """What an answer does in scoring. Only `MET` counts towards a stage."""

    MET = "met"
    PART = "part"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


class Stage(Model):
    """One stage of maturity; `number` counts from 1 in the order in which stages are reached."""

    number: int = Field(ge=1)
    id: str
    name: str
    meaning: str


class Answer(Model):
    """One choice in a criterion's dropdown, with other spellings that are accepted on input."""

    meaning: AnswerMeaning
    label: str
    explanation: str
    also_accepted: tuple[str, ...] = ()


class Choice(Model):
    """One entry of a code list."""

    id: str
    label: str


class OrganisationGroup(Model):
    """Sectors that share which indicators apply to them, such as trusts and ICBs."""

    id: str
    name: str
    sectors: tuple[str, ...]


class EvidenceType(Model):
    """A kind of evidence, whether it is numeric, and for how many months it stays in date."""

    id: str
    label: str
    numeric: bool = False
    months_valid: int = Field(gt=0)


class EvidenceMinimum(Model):
    """What must be shown for stages from..to: how many items, and at least one of each list."""

    from_stage: int
    to_stage: int
    items: int = Field(ge=1)
    one_of: tuple[tuple[str, ...], ...] = ()


class NationalReturn(Model):
    """A return that partners already make and can cite instead of answering again."""

    id: str
    name: str


class Reuse(Model):
    """The part of a national return that is evidence for an indicator."""

    national_return: str
    item: str | None = None


class Indicator(Model):
    """One row of a commitment: a question with one criterion for each stage."""

    id: str = Field(pattern=r"^[A-Z]{1,3}[0-9]{1,3}$")
    title: str
    core: bool
    applies_to: Literal["all"] | tuple[str, ...]
    criteria: tuple[str, ...]
    evidence_types: tuple[str, ...] = ()
    reuses: tuple[Reuse, ...] = ()
    number_checked: str | None = None


class Commitment(Model):
    """One of the framework's commitments and the indicators that show it."""

    id: str = Field(pattern=r"^[a-z][a-z_]*$")
    name: str
    short_name: str
    expectation: str
    indicators: tuple[Indicator, ...] = Field(min_length=1)


class Attainment(Model):
    """What holds a commitment at its stage: every core indicator, or core and a share of others."""

    rule: Literal["all_core", "all_core_and_share_of_others"] = "all_core"
    share_of_others: Share = Fraction(4, 5)


class NotApplicablePolicy(Model):
    """A reason is asked for; above the ceiling in any stage a commitment cannot be assessed."""

    reason_required: bool = True
    ceiling: Share = Fraction(1, 5)


class MissingPolicy(Model):
    """Unanswered counts as not met; thin returns are marked rather than scored in silence."""

    provisional_below: Share = Fraction(4, 5)
    score_withheld_below: Share = Fraction(2, 3)
    stop_at_first_not_met: bool = True


class Alternative(Model):
    """Another rule that is tried beside the policy, to see how far stages depend on it.

    Of a policy that is given, only the fields written down differ; everything else stays.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    name: str = Field(description="As printed, to follow “with this rule:”.")
    attainment: Attainment | None = None
    not_applicable: NotApplicablePolicy | None = None
    missing: MissingPolicy | None = None
    read_as: dict[AnswerMeaning, AnswerMeaning] = Field(default_factory=dict)
    """Answers that are read as another, such as `part: met`."""
    leave_out_each_indicator: bool = False
    """Tried once for each indicator, left out of its commitment."""

    @model_validator(mode="after")
    def _differs(self) -> Alternative:
        policies = (self.attainment, self.not_applicable, self.missing)
        given = any(policy and policy.model_fields_set for policy in policies)
        reads = any(answer is not other for answer, other in self.read_as.items())
        if not (given or reads or self.leave_out_each_indicator):
            raise ValueError("says nothing that differs from the policy")
        return self


ALTERNATIVES = (
    Alternative(
        id="all_core",
        name="Core indicators alone",
        attainment=Attainment(rule="all_core"),
    ),
    Alternative(
        id="four_fifths_of_others",
        name="Core indicators and four fifths of the others",
        attainment=Attainment(rule="all_core_and_share_of_others", share_of_others=Fraction(4, 5)),
    ),
    Alternative(
        id="all_others",
        name="Every indicator, core or not",
        attainment=Attainment(rule="all_core_and_share_of_others", share_of_others=Fraction(1)),
    ),
    Alternative(
        id="not_applicable_as_not_met",
        name="Not applicable read as not met",
        read_as={AnswerMeaning.NOT_APPLICABLE: AnswerMeaning.NOT_MET},
    ),
    Alternative(
        id="part_as_met",
        name="Part read as met",
        read_as={AnswerMeaning.PART: AnswerMeaning.MET},
    ),
    Alternative(
        id="without",
        name="Without one indicator",
        leave_out_each_indicator=True,
    ),
)
"""What is tried where a framework names no alternatives of its own."""


class ScoringPolicy(Model):
    """The rule by which answers become stages, all of it a choice of the framework's owners."""

    attainment: Attainment = Attainment()
    not_applicable: NotApplicablePolicy = NotApplicablePolicy()
    missing: MissingPolicy = MissingPolicy()
    before_first_stage: str = "Before Awareness"
    sensitivity: tuple[Alternative, ...] = ALTERNATIVES


class Framework(Model):
    """A whole maturity framework, version and validity included."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+$")
    title: str
    statement: str = Field(description="Printed on every output: what this is and is not.")
    official: bool
    valid_from: date
    valid_to: date | None = None
    stages: tuple[Stage, ...] = Field(min_length=2)
    answers: tuple[Answer, ...]
    organisation_groups: tuple[OrganisationGroup, ...]
    evidence_types: tuple[EvidenceType, ...]
    evidence_minimums: tuple[EvidenceMinimum, ...]
    national_returns: tuple[NationalReturn, ...]
    challenges: tuple[Choice, ...]
    scoring: ScoringPolicy = ScoringPolicy()
    commitments: tuple[Commitment, ...] = Field(min_length=1)

    @property
    def name_and_version(self) -> str:
        """How results name the framework they were made with."""
        return f"{self.id} {self.version}"

    def indicators(self) -> Iterator[tuple[Commitment, Indicator]]:
        """Every indicator with its commitment, in the order of the file."""
        for commitment in self.commitments:
            for indicator in commitment.indicators:
                yield commitment, indicator

    def applies(self, indicator: Indicator, sector: str) -> bool:
        """Whether an organisation of this sector is asked this indicator."""
        if indicator.applies_to == "all":
            return True
        groups = {g.id for g in self.organisation_groups if sector in g.sectors}
        return bool(groups.intersection(indicator.applies_to))

    def stage_name(self, number: int) -> str:
        """The stage's name; 0 is before the first stage."""
        return self.stages[number - 1].name if number else self.scoring.before_first_stage

    @model_validator(mode="after")
    def _holds_together(self) -> Framework:
        parts = (_stage_faults, _answer_faults, _id_faults, _indicator_faults, _evidence_faults)
        faults = [fault for part in parts for fault in part(self)]
        if faults:
            raise FaultsError(faults)
        return self


def _stage_faults(framework: Framework) -> Iterator[Fault]:
    if [s.number for s in framework.stages] != list(range(1, len(framework.stages) + 1)):
        yield Fault(("stages",), "numbers must run 1, 2, 3 ... without a gap")
    if framework.valid_to is not None and framework.valid_to < framework.valid_from:
        yield Fault(("valid_to",), "comes before valid_from")


def _answer_faults(framework: Framework) -> Iterator[Fault]:
    if Counter(a.meaning for a in framework.answers) != Counter(AnswerMeaning):
        yield Fault(("answers",), "give each of met, part, not_met, not_applicable once")
    seen: set[str] = set()
    for place, answer in enumerate(framework.answers):
        for spelling in (answer.label, *answer.also_accepted):
            if spelling.strip().casefold() in seen:
                yield Fault(("answers", place), f"“{spelling}” is written twice among the answers")
            seen.add(spelling.strip().casefold())


def _id_faults(framework: Framework) -> Iterator[Fault]:
    placed: dict[str, list[tuple[Steps, str]]] = {
        "commitments": [(("commitments", n), c.id) for n, c in enumerate(framework.commitments)],
        "indicators": [
            (("commitments", n, "indicators", m), indicator.id)
            for n, commitment in enumerate(framework.commitments)
            for m, indicator in enumerate(commitment.indicators)
        ],
    }
    listed: dict[str, list[str]] = {
        "stages": [s.id for s in framework.stages],
        "evidence_types": [e.id for e in framework.evidence_types],
        "national_returns": [r.id for r in framework.national_returns],
        "challenges": [c.id for c in framework.challenges],
        "organisation_groups": [g.id for g in framework.organisation_groups],
    }
    for name, ids in listed.items():
        placed[name] = [((name, n), entry_id) for n, entry_id in enumerate(ids)]
    placed["alternatives"] = [
        (("scoring", "sensitivity", n), a.id) for n, a in enumerate(framework.scoring.sensitivity)
    ]
    for name, entries in placed.items():
        seen: set[str] = set()
        for steps, entry_id in entries:
            if entry_id in seen:
                yield Fault((*steps, "id"), f"{entry_id} is used twice in {name}")
            seen.add(entry_id)


def _indicator_faults(framework: Framework) -> Iterator[Fault]:
    groups = {g.id for g in framework.organisation_groups}
    kinds = {e.id for e in framework.evidence_types}
    returns = {r.id for r in framework.national_returns}
    stages = len(framework.stages)
    for n, commitment in enumerate(framework.commitments):
        if not any(i.core for i in commitment.indicators):
            yield Fault(("commitments", n), "has no core indicator, so it could reach no stage")
        for m, indicator in enumerate(commitment.indicators):
            at: Steps = ("commitments", n, "indicators", m)
            if len(indicator.criteria) != stages:
                written = len(indicator.criteria)
                reason = f"{written} criteria for {stages} stages; write one for each stage"
                yield Fault((*at, "criteria"), reason)
            if not indicator.applies_to:
                yield Fault((*at, "applies_to"), "nobody is asked; write all, or some groups")
            if indicator.applies_to != "all":
                for place, group in enumerate(indicator.applies_to):
                    if group not in groups:
                        yield Fault((*at, "applies_to", place), f"no organisation group “{group}”")
            for place, kind in enumerate(indicator.evidence_types):
                if kind not in kinds:
                    yield Fault((*at, "evidence_types", place), f"no evidence type “{kind}”")
            for place, reuse in enumerate(indicator.reuses):
                if reuse.national_return not in returns:
                    reason = f"no national return “{reuse.national_return}”"
                    yield Fault((*at, "reuses", place, "national_return"), reason)


def _evidence_faults(framework: Framework) -> Iterator[Fault]:
    kinds = {e.id for e in framework.evidence_types}
    covered: set[int] = set()
    for n, minimum in enumerate(framework.evidence_minimums):
        at: Steps = ("evidence_minimums", n)
        if not 1 <= minimum.from_stage <= minimum.to_stage <= len(framework.stages):
            yield Fault(at, "from_stage and to_stage must be stages, in order")
        stages = set(range(minimum.from_stage, minimum.to_stage + 1))
        if stages & covered:
            yield Fault(at, f"stage {min(stages & covered)} already has a minimum")
        covered |= stages
        for m, some in enumerate(minimum.one_of):
            for place, kind in enumerate(some):
                if kind not in kinds:
                    yield Fault((*at, "one_of", m, place), f"no evidence type “{kind}”")
