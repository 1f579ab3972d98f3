"""Maturity models of an installation: found, and collected in workbooks beside the cycle's own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from remi.cycle.judging import judging
from remi.cycle.work import CycleWork
from remi.framework.model_file import load_model
from remi.intake.judging.context import JudgingContext, with_models
from schemas.maturity import MaturityModel


def shipped_models(config: Path) -> dict[str, Path]:
    """The model files in the configuration folder, by their names without the ending."""
    return {path.stem: path for path in sorted((config / "models").glob("*.yaml"))}


def load_models(config: Path) -> tuple[MaturityModel, ...]:
    """Every model of the configuration folder. Raises ConfigurationError as `load_model` does."""
    return tuple(load_model(path) for path in shipped_models(config).values())


def judging_models(work: CycleWork, models: Iterable[MaturityModel]) -> JudgingContext:
    """What a verdict depends on where workbooks of these models are also taken."""
    return with_models(judging(work), models, work.workspace.configuration.model_workbook)
