"""The shipped framework file, and what is said of a file that cannot be used."""

from __future__ import annotations

import csv
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from remi.framework.load import framework_file, load_framework
from schemas.framework import ALTERNATIVES, Framework
from schemas.loading import ConfigurationError

CONFIG = Path(__file__).parents[2] / "config"
NAME = "race-equality-maturity-1.0"
SECTORS = [
    row["id"]
    for row in csv.DictReader(
        (CONFIG / "reference" / "sectors.csv").read_text("utf-8").splitlines()
    )
]
STATUTORY_ONLY = {"A1", "A3", "A5", "C5", "H2"}
STATUTORY = {"nhs_trust", "icb", "local_authority"}


@pytest.fixture(scope="module")
def shipped() -> Framework:
    return load_framework(framework_file(CONFIG, NAME), SECTORS)


Edited = Callable[..., tuple[Path, int]]


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """The shipped file with one text replaced, and the line (from 1) where it stood."""

    def edit(old: str, new: str) -> tuple[Path, int]:
        text = framework_file(CONFIG, NAME).read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in the file"
        copy = tmp_path / "edited-1.0.yaml"
        copy.write_text(text.replace(old, new), encoding="utf-8")
        return copy, text[: text.index(old)].count("\n") + 1

    return edit


def refusal(path: Path, sectors: list[str] = SECTORS) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_framework(path, sectors)
    return str(caught.value).splitlines()


# The shipped file


def test_the_shipped_framework_has_five_commitments_31_indicators_and_six_stages(
    shipped: Framework,
) -> None:
    assert [(c.id, [i.id for i in c.indicators]) for c in shipped.commitments] == [
        ("leadership", ["L1", "L2", "L3", "L4", "L5", "L6"]),
        ("anchor_institution", ["A1", "A2", "A3", "A4", "A5", "A6"]),
        ("local_communities", ["C1", "C2", "C3", "C4", "C5", "C6", "C7"]),
        ("workforce", ["W1", "W2", "W3", "W4", "W5", "W6"]),
        ("health_equity", ["H1", "H2", "H3", "H4", "H5", "H6"]),
    ]
    assert [s.name for s in shipped.stages] == [
        "Awareness",
        "Commitment",
        "Implementation",
        "Embedding",
        "Creating",
        "Championing",
    ]
    assert shipped.stage_name(0) == "Before Awareness"
    assert not {"L5", "L6", "A4", "A5", "A6", "C5", "C7", "W5", "W6", "H5"} & {
        i.id for _, i in shipped.indicators() if i.core
    }
    assert sum(i.core for _, i in shipped.indicators()) == 21


@pytest.mark.parametrize("sector", SECTORS)
def test_each_sector_is_asked_exactly_what_applies_to_it(shipped: Framework, sector: str) -> None:
    asked = {i.id for _, i in shipped.indicators() if shipped.applies(i, sector)}
    everything = {i.id for _, i in shipped.indicators()}
    assert asked == (everything if sector in STATUTORY else everything - STATUTORY_ONLY)


def test_every_criterion_is_one_sentence_that_a_partner_can_answer(shipped: Framework) -> None:
    criteria = [text for _, i in shipped.indicators() for text in i.criteria]
    assert len(criteria) == len(set(criteria)) == 31 * 6
    for text in criteria:
        assert 8 <= len(text.split()) <= 28, text
        assert text.endswith("."), text
        assert text[0].isupper(), text
        assert text.rstrip(".").count(". ") == 0, text


def test_the_shipped_framework_never_claims_to_be_the_official_index(shipped: Framework) -> None:
    assert shipped.official is False
    assert "not the official index" in shipped.statement
    assert shipped.version in shipped.statement


def test_no_text_lumps_ethnic_groups_under_an_abbreviation() -> None:
    words = framework_file(CONFIG, NAME).read_text("utf-8").replace("/", " ").split()
    assert not {"BME", "BAME", "bme", "bame"} & {w.strip(".,;:()“”'\"") for w in words}


def test_the_shipped_scoring_rule_is_written_as_exact_fractions(shipped: Framework) -> None:
    rule = shipped.scoring
    assert rule.attainment.rule == "all_core"
    assert rule.attainment.share_of_others == Fraction(4, 5)
    assert rule.not_applicable.ceiling == Fraction(1, 5)
    assert rule.missing.provisional_below == Fraction(4, 5)
    assert rule.missing.score_withheld_below == Fraction(2, 3)
    assert rule.missing.stop_at_first_not_met


def test_evidence_asked_for_rises_with_the_stage(shipped: Framework) -> None:
    numeric = {e.id for e in shipped.evidence_types if e.numeric}
    assert numeric == {"data_extract_or_return", "survey", "log", "budget_or_ledger"}
    months = {e.id: e.months_valid for e in shipped.evidence_types}
    assert months.pop("policy_or_strategy") == 36
    assert months.pop("data_extract_or_return") == 18
    assert set(months.values()) == {24}
    minimum = {
        stage: m for m in shipped.evidence_minimums for stage in range(m.from_stage, m.to_stage + 1)
    }
    assert {stage: m.items for stage, m in minimum.items()} == {1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 6: 5}
    assert [set(some) for some in minimum[4].one_of] == [numeric]
    assert {"participant_confirmation", "public_address", "peer_review_note"} == {
        kind for some in minimum[6].one_of for kind in some
    } - numeric


def test_every_national_return_on_the_list_can_be_reused_somewhere(shipped: Framework) -> None:
    reused = {r.national_return for _, i in shipped.indicators() for r in i.reuses}
    assert reused == {r.id for r in shipped.national_returns}


# Files that cannot be used


def test_a_field_that_does_not_exist_is_named_with_its_line(edited: Edited) -> None:
    path, line = edited("        title: Fair hiring\n", "        titel: Fair hiring\n")
    assert refusal(path) == [
        f"edited-1.0.yaml:{line - 1}: commitments.workforce.indicators.W1.title: is missing",
        f"edited-1.0.yaml:{line}: commitments.workforce.indicators.W1.titel: "
        "is not a field here; check its spelling and its indentation",
    ]


def test_a_missing_criterion_is_named_with_the_line_of_its_indicators_criteria(
    edited: Edited,
) -> None:
    path, line = edited(
        "          - Communities are using rooms and sites under the agreed offer.\n", ""
    )
    assert refusal(path) == [
        f"edited-1.0.yaml:{line - 3}: commitments.anchor_institution.indicators.A5.criteria: "
        "5 criteria for 6 stages; write one for each stage"
    ]


def test_a_stage_left_out_is_named_for_every_indicator_that_still_has_its_criterion(
    edited: Edited,
) -> None:
    path, _ = edited(
        "  - number: 6\n    id: championing\n    name: Championing\n    meaning: Results have "
        "lasted, anyone outside can examine them, and others are helped to follow.\n",
        "",
    )
    faults = refusal(path)
    text = path.read_text("utf-8").splitlines()
    criteria = [n for n, written in enumerate(text, 1) if written.strip() == "criteria:"]
    named = [int(f.split(":")[1]) for f in faults if "6 criteria for 5 stages" in f]
    assert named == criteria
    assert any("evidence_minimums.4: from_stage and to_stage must be stages" in f for f in faults)


def test_stages_out_of_order_are_refused(edited: Edited) -> None:
    path, line = edited("  - number: 2\n", "  - number: 3\n")
    assert refusal(path) == [
        f"edited-1.0.yaml:{line - 5}: stages: numbers must run 1, 2, 3 ... without a gap"
    ]


def test_an_id_used_twice_is_named_where_it_is_used_again(edited: Edited) -> None:
    path, line = edited("      - id: C4\n", "      - id: L4\n")
    assert refusal(path) == [
        f"edited-1.0.yaml:{line}: commitments.local_communities.indicators.L4.id: "
        "L4 is used twice in indicators"
    ]


def test_an_evidence_type_that_is_not_on_the_list_is_named(edited: Edited) -> None:
    path, line = edited(
        "        evidence_types: [public_address]\n", "        evidence_types: [web]\n"
    )
    assert refusal(path) == [
        f"edited-1.0.yaml:{line}: commitments.leadership.indicators.L5.evidence_types.1: "
        "no evidence type “web”"
    ]


def test_a_return_that_is_not_on_the_list_is_named(edited: Edited) -> None:
    path, line = edited("national_return: sc_wres, item: Metric 8", "national_return: scwres")
    assert refusal(path) == [
        f"edited-1.0.yaml:{line}: commitments.workforce.indicators.W6.reuses.3.national_return: "
        "no national return “scwres”"
    ]


def test_a_commitment_without_a_core_indicator_is_named(tmp_path: Path) -> None:
    text = framework_file(CONFIG, NAME).read_text("utf-8")
    before, after = text.split("  - id: health_equity\n")
    path = tmp_path / "edited-1.0.yaml"
    path.write_text(
        f"{before}  - id: health_equity\n{after.replace('core: true', 'core: false')}", "utf-8"
    )
    line = before.count("\n") + 1
    assert refusal(path) == [
        f"edited-1.0.yaml:{line}: commitments.health_equity: "
        "has no core indicator, so it could reach no stage"
    ]


def test_a_sector_that_no_core_indicator_of_a_commitment_is_asked_of_is_named(
    edited: Edited,
) -> None:
    path, _ = edited(
        "        title: Local jobs and entry routes\n        core: true\n",
        "        title: Local jobs and entry routes\n        core: false\n",
    )
    faults = refusal(path)
    text = path.read_text("utf-8").splitlines()
    assert len(faults) == len(SECTORS) - len(STATUTORY)
    for fault in faults:
        assert text[int(fault.split(":")[1]) - 1] == "  - id: anchor_institution"
    assert any(
        "commitments.anchor_institution: asks no core indicator of sector “vcse”" in f
        for f in faults
    )


def test_a_framework_may_leave_out_a_sector_altogether(tmp_path: Path) -> None:
    text = framework_file(CONFIG, NAME).read_text("utf-8")
    text = text.replace("applies_to: all", "applies_to: [nhs_bodies, local_authorities]")
    text = text.replace("sectors: [vcse, race_equity, faith, lived_experience]", "sectors: []")
    path = tmp_path / "statutory-only-1.0.yaml"
    path.write_text(text, "utf-8")
    framework = load_framework(path, SECTORS)
    assert not any(framework.applies(i, "vcse") for _, i in framework.indicators())
    assert all(framework.applies(i, "icb") for _, i in framework.indicators())


def test_a_group_of_a_sector_that_does_not_exist_is_named(edited: Edited) -> None:
    path, line = edited("sectors: [nhs_trust, icb]", "sectors: [nhs_trust, icb, ccg]")
    assert refusal(path) == [
        f"edited-1.0.yaml:{line}: organisation_groups.nhs_bodies.sectors.3: "
        "no sector “ccg” in the list of sectors"
    ]


def test_the_same_wording_for_two_stages_is_refused(edited: Edited) -> None:
    path, line = edited(
        "Access and experience are equal across ethnic groups and have stayed so.",
        "targets have been  set for equal use and equal experience of services.",
    )
    assert refusal(path) == [
        f"edited-1.0.yaml:{line}: commitments.health_equity.indicators.H5.criteria.6: "
        "has the same wording as stage 2"
    ]


def test_an_answer_that_could_be_read_two_ways_is_refused(edited: Edited) -> None:
    path, line = edited('["no", "n", "not yet",', '["no", "n", "Partly",')
    (fault,) = refusal(path)
    assert fault == (
        f"edited-1.0.yaml:{line - 3}: answers.3: “Partly” is written twice among the answers"
    )


def test_a_spelling_of_yes_or_no_without_quotation_marks_is_refused(edited: Edited) -> None:
    path, line = edited('["no", "n", "not yet",', '[no, "n", "not yet",')
    assert refusal(path) == [
        f"edited-1.0.yaml:{line}: answers.3.also_accepted.1: "
        "must be text; put numbers, dates, yes and no in quotation marks"
    ]


def test_a_field_written_twice_is_refused_rather_than_the_last_one_kept(edited: Edited) -> None:
    path, line = edited(
        "        title: Fair hiring\n", "        title: Fair hiring\n        title: Hiring\n"
    )
    assert refusal(path) == [f"edited-1.0.yaml:{line + 1}: title: is written twice"]


@pytest.mark.parametrize("share", ['"4/0"', "most", '"6/5"'])
def test_a_share_that_is_no_fraction_of_one_is_refused(edited: Edited, share: str) -> None:
    path, line = edited('provisional_below: "4/5"', f"provisional_below: {share}")
    (fault,) = refusal(path)
    assert fault.startswith(f"edited-1.0.yaml:{line}: scoring.missing.provisional_below: ")


def test_a_day_that_is_not_in_the_calendar_is_refused(edited: Edited) -> None:
    path, line = edited("valid_from: 2023-10-01", "valid_from: 2023-02-30")
    (fault,) = refusal(path)
    assert fault == (
        f"edited-1.0.yaml:{line}: valid_from: must be a day that exists, written as 2025-10-31"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("        title: Fair hiring", "        title: Fair: hiring"),
        ("        title: Fair hiring", '        title: "Fair" hiring'),
        ("        title: Fair hiring", "        title: [Fair hiring"),
        ("        title: Fair hiring", "       title: Fair hiring"),
    ],
)
def test_text_that_is_not_yaml_is_shown_with_its_line(edited: Edited, old: str, new: str) -> None:
    path, line = edited(old, new)
    (fault,) = refusal(path)
    name, number, rest = fault.split(":", 2)
    assert name == "edited-1.0.yaml"
    assert abs(int(number) - line) <= 1
    assert "cannot be read" in rest
    assert "check quotation marks, colons and indentation" in rest


def test_a_quotation_mark_left_open_is_shown_where_it_opens(edited: Edited) -> None:
    path, line = edited(
        "          - A new approach has been evaluated against a comparison",
        '          - "A new approach has been evaluated against a comparison',
    )
    (fault,) = refusal(path)
    assert fault.startswith(f'edited-1.0.yaml:{line}: “- "A new approach')


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty-1.0.yaml"
    path.write_text("# nothing yet\n", "utf-8")
    assert refusal(path) == [
        "empty-1.0.yaml:1: must be made of fields, each written as “name: value”"
    ]


def test_a_framework_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(ConfigurationError, match=NAME):
        framework_file(CONFIG, "official-index-1.0")


# Other rules that are tried

SENSITIVITY = """  before_first_stage: Before Awareness
  sensitivity:
    - id: half
      name: Half of the others
      attainment: {rule: all_core_and_share_of_others, share_of_others: "1/2"}
    - id: generous
      name: Part read as met
      read_as: {part: met}
"""


def test_a_framework_may_name_the_other_rules_that_are_tried(edited: Edited) -> None:
    path, _ = edited("  before_first_stage: Before Awareness\n", SENSITIVITY)
    half, generous = load_framework(path, SECTORS).scoring.sensitivity
    assert half.attainment is not None
    assert half.attainment.share_of_others == Fraction(1, 2)
    assert dict(generous.read_as) == {"part": "met"}


def test_the_guide_shows_the_other_rules_that_are_tried_by_default(edited: Edited) -> None:
    guide = (CONFIG.parent / "docs" / "frameworks.md").read_text("utf-8")
    shown = guide.split("```yaml\nscoring:\n")[1].split("```")[0]
    path, _ = edited(
        "  before_first_stage: Before Awareness\n",
        f"  before_first_stage: Before Awareness\n{shown}",
    )
    assert load_framework(path, SECTORS).scoring.sensitivity == ALTERNATIVES


def test_an_alternative_that_says_nothing_or_stands_twice_is_refused(edited: Edited) -> None:
    old = "  before_first_stage: Before Awareness\n"
    path, line = edited(old, SENSITIVITY.replace("      read_as: {part: met}\n", ""))
    (fault,) = refusal(path)
    assert fault.endswith("says nothing that differs from the policy")
    path, line = edited(old, SENSITIVITY.replace("id: generous", "id: half"))
    (fault,) = refusal(path)
    assert fault == (
        f"edited-1.0.yaml:{line + 5}: scoring.sensitivity.half.id: half is used twice in "
        "alternatives"
    )
