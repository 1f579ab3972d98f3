"""Maturity models as files: the shipped ones, public ones as pure configuration, refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from operator import itemgetter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from remi.framework.model_file import editor_schema, load_model
from schemas.loading import ConfigurationError
from schemas.maturity import (
    DEFAULT_POLICY,
    Anchor,
    Bands,
    Levels,
    MaturityModel,
    Node,
    Staged,
)

PROJECT = Path(__file__).parents[2]
SHIPPED = sorted((PROJECT / "config" / "models").glob("*.yaml"))
PUBLIC = sorted((Path(__file__).parent / "models").glob("*.yaml"))
FILES = {path.stem: path for path in (*SHIPPED, *PUBLIC)}
TEACHING, MARK = "teaching-example", "high-water-mark"
SCHEMA = PROJECT / "docs" / "maturity-model.schema.json"

Edited = Callable[..., tuple[Path, int]]


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """A model file with one text replaced, and the line (from 1) where it stood."""

    def edit(name: str, old: str, new: str) -> tuple[Path, int]:
        text = FILES[name].read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
        copy = tmp_path / "edited.yaml"
        copy.write_text(text.replace(old, new), encoding="utf-8")
        return copy, text[: text.index(old)].count("\n") + 1

    return edit


def refusal(path: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_model(path)
    return str(caught.value).splitlines()


def model(name: str) -> MaturityModel:
    return load_model(FILES[name])


# The shipped models


def test_eds_2022_is_three_domains_of_eleven_outcomes_with_a_sum_of_0_to_33() -> None:
    eds = model("eds-2022")
    assert [[leaf.id for leaf in domain.children] for domain in eds.root.children] == [
        ["1A", "1B", "1C", "1D"],
        ["2A", "2B", "2C", "2D"],
        ["3A", "3B", "3C"],
    ]
    assert [eds.highest_score(domain) for domain in eds.root.children] == [12, 12, 9]
    assert eds.highest_score(eds.root) == 33
    assert {leaf.scale for leaf in eds.leaves()} == {"rating"}
    assert [label.label.lower() for label in eds.scale("rating").labels] == [
        "undeveloped",
        "developing",
        "achieving",
        "excelling",
    ]


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "Undeveloped"),
        (7, "Undeveloped"),
        (8, "Developing"),
        (21, "Developing"),
        (22, "Achieving"),
        (32, "Achieving"),
        (33, "Excelling"),
    ],
)
def test_the_bands_of_eds_2022_are_exact_at_their_edges(total: int, band: str) -> None:
    eds = model("eds-2022")
    bands = eds.root.stage
    assert isinstance(bands, Bands)
    assert eds.stage_name(eds.root, sum(total >= cut for cut in bands.cuts)) == band


def test_eds_2022_says_that_its_wording_is_not_nhs_englands() -> None:
    assert "not NHS England's text" in model("eds-2022").statement


def test_an_eds_total_is_not_made_of_ten_outcomes() -> None:
    policies = model("eds-2022").policies()
    assert {p.unanswered_score for p in policies.values()} == {"null"}
    assert not model("eds-2022").scale("rating").allows_not_applicable


def test_every_line_of_the_teaching_example_that_says_something_new_is_explained() -> None:
    lines = FILES["teaching-example"].read_text("utf-8").splitlines()
    comments = [line for line in lines if line.strip().startswith("#")]
    assert len(comments) > len(lines) / 3


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_model_tells_editors_where_its_schema_is(path: Path) -> None:
    first = path.read_text("utf-8").splitlines()[0]
    written = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert written
    assert (path.parent / written[1]).resolve() == SCHEMA


# Public models are configuration only


@pytest.mark.parametrize("name", FILES)
def test_a_model_that_is_written_out_and_read_again_is_the_same(name: str, tmp_path: Path) -> None:
    loaded = model(name)
    assert MaturityModel.model_validate_json(loaded.model_dump_json()) == loaded
    copy = tmp_path / "copy.yaml"
    content = loaded.model_dump(mode="json", exclude_none=True)
    copy.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    assert load_model(copy) == loaded


@pytest.mark.parametrize(
    ("name", "questions", "highest", "top"),
    [
        ("any-all", 4, None, 2),
        ("business-functions", 30, 3, None),
        ("capability-levels", 8, None, 3),
        ("cumulative-product", 5, 5, 4),
        ("decision-table", 2, None, 2),
        ("high-water-mark", 3, 1, 3),
        ("offset-scale", 2, 1, None),
        ("proof-points", 12, 1, None),
    ],
)
def test_a_public_model_is_pure_configuration(
    name: str, questions: int, highest: int | None, top: int | None
) -> None:
    loaded = model(name)
    assert len(loaded.leaves()) == questions
    assert loaded.highest_score(loaded.root) == highest
    assert loaded.top_stage(loaded.root) == top


def test_values_and_shares_are_the_fractions_that_are_written() -> None:
    assert [label.value for label in model("business-functions").scales[0].labels] == [
        Fraction(0),
        Fraction(1, 4),
        Fraction(1, 2),
        Fraction(1),
    ]
    assert [label.value for label in model("proof-points").scales[0].labels] == [
        Fraction(n, 3) for n in range(4)
    ]


def test_a_bar_is_a_label_a_code_or_the_name_of_a_stage() -> None:
    levels = model("capability-levels")
    attribute, process = levels.leaves()[0], levels.root.children[0]
    assert levels.bar_code("L", attribute) == levels.bar_code(2, attribute) == 2
    assert levels.bar_code("Managed", process) == 2
    assert levels.bar_code("Incomplete", process) == 0
    with pytest.raises(ValueError, match="recruiting-1-1 has no “X”; it has N, P, L, F"):
        levels.bar_code("X", attribute)
    with pytest.raises(ValueError, match="has no “4”"):
        levels.bar_code(4, attribute)


def test_lower_levels_are_asked_the_same_unless_it_is_written() -> None:
    same = Levels(bar="L", share=Fraction(9, 10))
    assert (same.lower_bar, same.lower_share) == ("L", Fraction(9, 10))
    other = Levels(bar="L", lower_bar="F", lower_share=Fraction(1))
    assert (other.lower_bar, other.share, other.lower_share) == ("F", 1, 1)


def test_a_share_of_stages_is_one_for_all_or_one_for_each() -> None:
    assert [Staged(shares=Fraction(2, 3)).share_at(t) for t in (1, 2)] == [Fraction(2, 3)] * 2
    assert Staged(shares=(Fraction(1), Fraction(1, 2))).share_at(2) == Fraction(1, 2)


def test_nodes_come_before_their_children_and_leaves_in_the_order_of_the_file() -> None:
    teaching = model("teaching-example")
    assert [node.id for node in teaching.nodes()] == [
        *("reception", "people", "P1", "P2", "languages", "L1", "L2", "L3")
    ]
    assert [leaf.id for leaf in teaching.leaves()] == ["P1", "P2", "L1", "L2", "L3"]
    assert teaching.node("L3").name == "Letters are translated"
    with pytest.raises(KeyError):
        teaching.node("L4")


def test_only_the_groups_that_are_named_are_asked_a_question() -> None:
    teaching = model("teaching-example")
    assert teaching.groups_of("nhs_trust") == {"statutory"}
    everything = {node.id for node in teaching.nodes()}
    assert teaching.asked(teaching.groups_of("nhs_trust")) == everything
    assert teaching.asked(teaching.groups_of("vcse")) == everything - {"L3"}


def test_a_policy_holds_below_until_a_node_says_otherwise(edited: Edited) -> None:
    path, _ = edited(
        "teaching-example",
        "      name: Languages\n",
        "      name: Languages\n"
        '      policy: {unanswered_score: "null", not_applicable: {value: 1/2}}\n',
    )
    policies = load_model(path).policies()
    assert policies["P1"].not_applicable_ceiling == Fraction(1, 4)
    assert policies["P1"].unanswered_score == policies["people"].unanswered_score == "exclude"
    assert policies["L1"].unanswered_score == policies["languages"].unanswered_score == "null"
    assert policies["L1"].not_applicable == Anchor(value=Fraction(1, 2))
    assert policies["L1"].unanswered_stage == "zero"


def test_what_no_node_says_is_the_policy_of_the_index() -> None:
    assert set(model("high-water-mark").policies().values()) == {DEFAULT_POLICY}
    assert DEFAULT_POLICY.not_applicable == "exclude"
    assert DEFAULT_POLICY.unanswered_stage == "zero"
    assert DEFAULT_POLICY.unanswered_score == "exclude"
    assert DEFAULT_POLICY.not_applicable_ceiling == Fraction(1, 5)
    assert DEFAULT_POLICY.provisional_below == Fraction(4, 5)
    assert DEFAULT_POLICY.withheld_below == Fraction(2, 3)


def test_an_explicit_weight_of_0_stays_0(edited: Edited) -> None:
    path, _ = edited("teaching-example", "{id: L1,", "{id: L1, weight: 0,")
    assert load_model(path).node("L1").weight == 0


# Models that cannot be used


REFUSED = yaml.safe_load((Path(__file__).parent / "refused_models.yaml").read_text("utf-8"))


@pytest.mark.parametrize("refused", REFUSED, ids=lambda r: f"{r['model']}: {r['by'].strip()}")
def test_a_fault_is_named_with_its_file_line_field_and_reason(
    edited: Edited, refused: dict[str, Any]
) -> None:
    path, _ = edited(refused["model"], refused["replace"], refused["by"])
    lines = path.read_text("utf-8").splitlines()
    said = []
    for fault in refusal(path):
        name, number, text = fault.split(":", 2)
        assert name == "edited.yaml"
        said.append({"at": lines[int(number) - 1].strip(), "fault": text.strip()})
    by_text = itemgetter("fault")
    assert sorted(said, key=by_text) == sorted(refused["says"], key=by_text)


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ("P1", "root.children.people.stage: asks nothing at level 1 of “vcse”"),
        ("people", "root.stage.over: asks nothing core of “vcse”"),
    ],
)
def test_a_sector_that_could_reach_no_stage_is_named(
    edited: Edited, tmp_path: Path, question: str, fault: str
) -> None:
    path, _ = edited(
        TEACHING,
        "    sectors: [nhs_trust, local_authority]\n",
        "    sectors: [nhs_trust, local_authority]\n"
        "  - {id: voluntary, name: Voluntary, sectors: [vcse]}\n",
    )
    content = yaml.safe_load(path.read_text("utf-8"))
    people = content["root"]["children"][0]
    node = people if question == "people" else people["children"][0]
    assert node["id"] == question
    node["applies_to"] = ["statutory"]
    path.write_text(yaml.safe_dump(content), "utf-8")
    assert [text.split(": ", 1)[1] for text in refusal(path)] == [fault]


def test_all_faults_of_a_file_are_named_at_once(edited: Edited) -> None:
    path, line = edited(
        TEACHING,
        "        - {id: L1, name: Signs are in the languages of the area, scale: how-far}\n",
        "        - {id: P1, name: Signs, scale: far}\n        - {id: P2, name: Signs}\n",
    )
    assert [int(text.split(":")[1]) for text in refusal(path)] == [line, line, line + 1, line + 1]


def test_a_tree_of_one_question_is_no_model() -> None:
    content = model(MARK).model_dump(mode="json")
    content["root"] = content["root"]["children"][0]
    with pytest.raises(ValueError, match=r"root.children: has no questions below it"):
        MaturityModel.model_validate(content)


@pytest.mark.parametrize(
    "value", [True, [1], None, "1/0", "nan", "inf", float("nan"), "0x1", "1e999999999", "1" * 500]
)
def test_what_is_no_fraction_is_never_taken_for_one(value: object) -> None:
    with pytest.raises(ValueError, match=r"write a (fraction|number)"):
        Node.model_validate({"id": "a", "name": "A", "weight": value})


# Help for editors


def test_the_schema_for_editors_is_that_of_the_program() -> None:
    assert SCHEMA.read_text("utf-8") == editor_schema(), (
        "make docs/maturity-model.schema.json again; docs/models.md says how"
    )


@pytest.mark.parametrize("name", FILES)
def test_an_editor_finds_nothing_wrong_with_a_model_that_loads(name: str) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    # JSON has no keys but text.
    content = json.loads(json.dumps(yaml.safe_load(FILES[name].read_text("utf-8"))))
    jsonschema.Draft202012Validator(schema).validate(content)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rule: levels", "rule: level"),
        ("score: {rule: power, p: 1}\n  # ...", "score: {p: 1}\n  # ..."),
        ("over: core", "over: cores"),
        ("weight: 2", "wieght: 2"),
        ("label: In part, ", ""),
    ],
)
def test_an_editor_marks_a_slip(edited: Edited, old: str, new: str) -> None:
    path, _ = edited(TEACHING, old, new)
    schema = json.loads(SCHEMA.read_text("utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(path.read_text("utf-8")), schema)
