"""Read a maturity model from its file, and describe such files to editors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from remi.intake.locating.typed import plain
from schemas.loading import Fault, Steps, load_yaml
from schemas.maturity import Levels, MaturityModel, Node, Staged
from schemas.maturity_faults import places


def load_model(path: Path) -> MaturityModel:
    """Read the maturity model in `path`.

    Raises ConfigurationError with one line for each fault: `file:line: field: reason`. Beyond what
    the model itself refuses, a file is refused where it leaves a policy empty (an unquoted null
    would be read as inherited), where a node has no name, where a question is asked of nobody,
    where a sector named in the groups is asked of a node too little for it to reach a stage, and
    where questions or answers could not be told apart in a workbook.
    """
    return load_yaml(path, MaturityModel, _faults)


def editor_schema() -> str:
    """The JSON schema of a model file, by which editors complete fields and mark slips."""
    schema = MaturityModel.model_json_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _faults(model: MaturityModel) -> Iterator[Fault]:
    yield from _likeness_faults(model)
    sectors = sorted({s for group in model.organisation_groups for s in group.sectors})
    asked = {sector: model.asked(model.groups_of(sector)) for sector in sectors}
    by_nobody = frozenset(node.id for node in model.nodes()) - model.asked(frozenset())
    by_nobody = by_nobody.difference(*asked.values())
    for steps, node in places(model):
        yield from _writing_faults(steps, node)
        if not node.children and node.id in by_nobody:
            reason = "no sector is asked this, here or where it stands; see applies_to"
            yield Fault((*steps, "applies_to"), reason)
        for sector, ids in asked.items():
            if node.id in ids:
                yield from _sector_faults(steps, node, sector, ids)


def _likeness_faults(model: MaturityModel) -> Iterator[Fault]:
    """Ids and labels that are not the same, but are as they are compared when a cell is read."""
    seen: dict[str, str] = {}
    for steps, node in places(model):
        if not node.children and (other := seen.setdefault(plain(node.id), node.id)) != node.id:
            reason = f"differs from {other} only in its capitals, which workbooks do not go by"
            yield Fault((*steps, "id"), reason)
    for n, scale in enumerate(model.scales):
        of_label: dict[str, int] = {}
        for place, label in enumerate(scale.labels):
            for spelling in (label.label, *label.also_accepted):
                if of_label.setdefault(plain(spelling), place) != place:
                    reason = f"“{spelling}” cannot be told from another answer when it is typed"
                    yield Fault(("scales", n, "labels", place), reason)


def _writing_faults(steps: Steps, node: Node) -> Iterator[Fault]:
    if not node.name.strip():
        yield Fault((*steps, "name"), "has no wording")
    for field in sorted(node.policy.model_fields_set) if node.policy else []:
        if getattr(node.policy, field) is None:
            reason = "is empty; leave it out to inherit it, or write “null” in quotation marks"
            yield Fault((*steps, "policy", field), reason)


def _sector_faults(steps: Steps, node: Node, sector: str, asked: frozenset[str]) -> Iterator[Fault]:
    counted = [child for child in node.children if child.id in asked and child.weight]
    if node.children and not counted:
        yield Fault((*steps, "children"), f"asks “{sector}” only what has a weight of 0")
    match node.stage:
        case Staged(over="core"):
            if not any(child.core for child in counted):
                yield Fault((*steps, "stage", "over"), f"asks nothing core of “{sector}”")
        case Levels():
            levels = {child.level for child in node.children if child.level}
            for level in sorted(levels.difference(child.level for child in counted if child.level)):
                yield Fault((*steps, "stage"), f"asks nothing at level {level} of “{sector}”")
