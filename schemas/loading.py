"""Read a YAML file into its model, or say which file, line and field is wrong and why."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from yaml.constructor import ConstructorError

ModelType = TypeVar("ModelType", bound=BaseModel)

Steps = tuple[int | str, ...]

_DAY = "must be a day that exists, written as 2025-10-31"

# pydantic's own words name Python types; whoever edits a file should not need to know them.
_REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field here; check its spelling and its indentation",
    "string_type": "must be text; put numbers, dates, yes and no in quotation marks",
    "tuple_type": "must be a list",
    "model_type": "must be made of fields, each written as “name: value”",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "too_short": "must not be left empty",
    "recursion_loop": "contains itself",
}


class ConfigurationError(ValueError):
    """A configuration file that cannot be used; the text names file, line, field and reason."""


class Fault(NamedTuple):
    """One thing wrong in a file: the steps from its top to the field, and the reason."""

    steps: Steps
    reason: str


class FaultsError(ValueError):
    """Raised by a model's validator to name the fields that do not fit each other."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "; ".join(f"{'.'.join(map(str, f.steps))}: {f.reason}" for f in self.faults)
        )


class _Rules(yaml.constructor.SafeConstructor):
    """Safe YAML that also refuses a field written twice, of which YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise ConstructorError(
                        None, None, f"{key.value}: is written twice", key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_day(self, node: yaml.ScalarNode) -> date | str:
        """The day, or its text where there is no such day, for the model to refuse by name."""
        try:
            day: date = self.construct_yaml_timestamp(node)
        except ValueError:
            return str(node.value)
        return day


class _Loader(_Rules, yaml.SafeLoader):
    """Reads slowly, and says of a fault what is missing and where it began."""


class _QuickLoader(_Rules, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads the same in a fraction of the time, with libyaml where it is there."""


_DAY_TAG = "tag:yaml.org,2002:timestamp"
_Loader.add_constructor(_DAY_TAG, _Loader.construct_day)  # type: ignore[type-var]
_QuickLoader.add_constructor(_DAY_TAG, _QuickLoader.construct_day)  # type: ignore[type-var]


def load_yaml(
    path: Path,
    model: type[ModelType],
    check: Callable[[ModelType], Iterable[Fault]] | None = None,
) -> ModelType:
    """Read `path` as `model`; `check` may look for faults that the model alone cannot know.

    Raises ConfigurationError with one line for each fault: `file:line: field: reason`.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path.name}: there is no such file") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path.name}: save this file as UTF-8 text") from error
    if check is None:
        return cast(ModelType, _loaded_once(path.name, text, model))
    return _loaded(path.name, text, model, check)


# Each step of a run opens the installation anew; its files are the same, and models are frozen.
@lru_cache(maxsize=64)
def _loaded_once(name: str, text: str, model: type[BaseModel]) -> BaseModel:
    return _loaded(name, text, model, None)


def _loaded(
    name: str,
    text: str,
    model: type[ModelType],
    check: Callable[[ModelType], Iterable[Fault]] | None,
) -> ModelType:
    tree, content = _parse(name, text)
    try:
        loaded = model.model_validate(content)
        if check and (found := list(check(loaded))):
            raise FaultsError(found)
    except ValidationError as error:
        faults = [fault for details in error.errors() for fault in _faults(details)]
        raise ConfigurationError(_report(name, tree, content, faults)) from error
    except FaultsError as error:
        raise ConfigurationError(_report(name, tree, content, error.faults)) from error
    return loaded


def _parse(name: str, text: str) -> tuple[yaml.Node | None, Any]:
    """The file's nodes, which know their lines, and its content."""
    try:
        return _nodes(text, _QuickLoader)
    except yaml.YAMLError:
        pass  # libyaml names other places than the words below expect
    try:
        return _nodes(text, _Loader)
    except ConstructorError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{name}:{line}: {error.problem}") from error
    except yaml.MarkedYAMLError as error:
        # A quotation mark or bracket left open is only noticed at the end of the file.
        at_the_end = error.problem_mark and not text[error.problem_mark.index :].strip()
        mark = error.context_mark if at_the_end and error.context_mark else error.problem_mark
        number = mark.line if mark else 0
        written = "".join(text.splitlines()[number : number + 1]).strip()
        raise ConfigurationError(
            f"{name}:{number + 1}: “{written}” cannot be read ({error.problem}); "
            "check quotation marks, colons and indentation here and just above"
        ) from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{name}:1: this is not a text that can be read") from error


def _nodes(text: str, kind: Callable[..., Any]) -> tuple[yaml.Node | None, Any]:
    loader = kind(text)
    tree = loader.get_single_node()
    return tree, loader.construct_document(tree) if tree else None


def _faults(details: ErrorDetails) -> Iterator[Fault]:
    """The faults in one of pydantic's findings: several where a validator raised FaultsError."""
    raised = details.get("ctx", {}).get("error")
    if isinstance(raised, FaultsError):
        yield from (Fault((*details["loc"], *steps), reason) for steps, reason in raised.faults)
    elif details["type"] == "default_factory_not_called":
        return  # the field that the default is made from has its own fault
    elif details["type"] == "string_pattern_mismatch":
        yield Fault(
            details["loc"], f"“{details['input']}” is not in the form that this field takes"
        )
    else:
        reason = details["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
        yield Fault(details["loc"], _REASONS.get(details["type"], reason))


def _report(name: str, tree: yaml.Node | None, content: Any, faults: Iterable[Fault]) -> str:
    lines = []
    for steps, reason in faults:
        field = _field(content, steps)
        lines.append(f"{name}:{_line_of(tree, steps)}: {field + ': ' if field else ''}{reason}")
    return "\n".join(dict.fromkeys(lines))


def _line_of(node: yaml.Node | None, steps: Steps) -> int:
    """Line (from 1) of the deepest part of `steps` that is written in the file."""
    line = node.start_mark.line + 1 if node else 1
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if found is None:
                # Not written, or pydantic's name for one of the ways to write what follows.
                continue
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            if step >= len(node.value):
                return line
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _field(content: Any, steps: Steps) -> str:
    """The field as it is known to whoever wrote it: list entries by their id, or counted from 1."""
    names: list[str] = []
    for place, step in enumerate(steps):
        if isinstance(content, list) and isinstance(step, int):
            content = content[step] if step < len(content) else None
            has_id = isinstance(content, dict) and "id" in content
            names.append(str(content["id"]) if has_id else str(step + 1))
        elif isinstance(content, dict) and (step in content or place == len(steps) - 1):
            content = content.get(step)
            names.append(str(step))
        # What is left are pydantic's names for the ways in which a field may be written.
    return ".".join(names)
