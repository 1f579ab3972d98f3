"""Read a YAML file into its model, or say which file, line and field is wrong and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

ModelType = TypeVar("ModelType", bound=BaseModel)


class ConfigurationError(ValueError):
    """A configuration file that cannot be used; the text names file, line, field and reason."""


def _line_of(node: yaml.Node | None, path: tuple[int | str, ...]) -> int:
    """Line (from 1) of the deepest part of `path` that is written in the file."""
    line = node.start_mark.line + 1 if node else 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            if step >= len(node.value):
                return line
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def load_yaml(path: Path, model: type[ModelType]) -> ModelType:
    """Read `path` as `model`.

    Raises ConfigurationError with one line for each fault: `file:line: field: reason`.
    """
    text = path.read_text(encoding="utf-8")
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        content: Any = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path.name}:{line}: {error.problem}") from error
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults = []
        for fault in error.errors():
            field = ".".join(str(step) for step in fault["loc"]) or model.__name__.lower()
            reason = fault["msg"].removeprefix("Value error, ")
            faults.append(f"{path.name}:{_line_of(tree, fault['loc'])}: {field}: {reason}")
        raise ConfigurationError("\n".join(faults)) from error
